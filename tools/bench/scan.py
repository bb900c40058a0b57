"""How long one scan of each program takes on real MicroPython, beside the same scan of the same files under CPython."""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from protocols.sheets import PROGRAMS
from tools import micropython
from tools.bench.measure import Result, interleave
from tools.bundle.stage import Request, stage
from tools.emulator.board_process import HEAP
from tools.emulator.firmware_bundle import HEAPS

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).parent / "on_micropython" / "portable_scan.py"
SCANS = 2000


def _us(command: list[str]) -> float:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:2])} failed:\n{done.stdout}{done.stderr}")
    return float(done.stdout.split()[-1])


def scan(program: str) -> Result:
    """Measure the whole control cycle of ``program``: its bundle on MicroPython, its sources under CPython."""
    heap = HEAPS.get(program, HEAP)
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle"
        stage(Request("unix", program, 1, 1), bundle)
        ours, peer = interleave(
            lambda: _us(micropython.command(SCRIPT, str(bundle), program, str(SCANS), heap=heap)),
            lambda: _us([sys.executable, str(SCRIPT), str(ROOT), program, str(SCANS)]),
            rounds=7,
        )
    return Result(f"scan_us.{program}", ours, peer, f"the same under CPython {platform.python_version()}", "us")


BENCHES: dict[str, Callable[[], Result]] = {f"scan_us.{name}": partial(scan, name) for name in PROGRAMS}
