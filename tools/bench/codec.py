"""One Modbus transaction on real MicroPython, ours beside umodbus: time and heap."""

from __future__ import annotations

import statistics
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tools import micropython
from tools.bench import _umodbus
from tools.bench.measure import Result

ROOT = Path(__file__).parents[2]
ROUNDS = 21
WARM_UP = 1


def transaction() -> Iterable[Result]:
    """Measure both in one MicroPython process, in turn."""
    script = Path(__file__).parent / "on_micropython" / "portable_codec.py"
    command = micropython.command(script, str(ROOT), str(_umodbus.folder()), str(ROUNDS + WARM_UP), heap="16m")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the codec bench failed on MicroPython:\n{done.stdout}{done.stderr}")
    *rounds, heap = [[float(figure) for figure in row.split()] for row in done.stdout.splitlines()]
    ours_us, peer_us = (statistics.median(side) for side in zip(*rounds[WARM_UP:], strict=True))
    return [
        Result("codec_transaction_us", ours_us, peer_us, _umodbus.NAME, "us"),
        Result("codec_transaction_heap_bytes", heap[0], heap[1], _umodbus.NAME, "bytes"),
    ]


BENCHES = {"codec_transaction_us": transaction, "codec_transaction_heap_bytes": transaction}
