"""Eight unknown SunSpec units found and read by real MicroPython, beside what their bytes take on the wire."""

from __future__ import annotations

import statistics
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tools import micropython
from tools.bench.measure import Result

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).parent / "on_micropython" / "portable_sunspec.py"
ROUNDS = 5


def _figures(what: str) -> tuple[float, float]:
    command = micropython.command(SCRIPT, str(ROOT), what, heap="1m")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:2])} failed:\n{done.stdout}{done.stderr}")
    took, wire = done.stdout.split()[-2:]
    return float(took), float(wire)


def found(what: str) -> Result:
    """Measure ``what`` ("control" or "whole"), the median of a few runs; a ratio of 1.43 is 70 % of the limit."""
    runs = sorted(_figures(what) for _ in range(ROUNDS))
    ours = statistics.median(took for took, _ in runs)
    return Result(f"sunspec_ms.{what}", ours, runs[0][1], "its bytes at 115,200 baud", "ms")


BENCHES: dict[str, Callable[[], Result]] = {f"sunspec_ms.{what}": partial(found, what) for what in ("control", "whole")}
