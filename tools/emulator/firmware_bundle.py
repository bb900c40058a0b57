"""The firmware that emulated boards run: a bundle for the unix port, staged once for each state of the sources.

A board has 192 KB; the sheet's text and the compiler don't fit beside the program, so an emulated board runs compiled
modules as a real one does.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from protocols.sheets.derive import table_source
from tools.bundle.stage import TARGETS, Request, modules_of, stage
from tools.emulator.board_process import HEAP, ROOT
from tools.emulator.time_lapse import sheet_of

CACHE = ROOT / "build" / "emulator"
HEAPS = {"energy": "512k", "heat_loop": "640k"}
"""These boards are clients of devices on a line of their own besides. The energy board needs 256 KB (an RP2350, an
ESP32 with PSRAM), the heat board, which has two sides of a plant, 320 KB (the same)."""
_KEPT = 4


@dataclass(frozen=True)
class Firmware:
    """How MicroPython is to be started with a program."""

    script: Path
    arguments: tuple[str, ...] = ()
    heap: str = HEAP
    path: Path | None = None


@cache
def firmware(program: str, lapse_ms: int = 0) -> Firmware:
    """Return the firmware with `program` as the sources stand now; `lapse_ms` as in `BoardSpec`."""
    sheet = sheet_of(program, lapse_ms)
    digest = hashlib.sha256(table_source(sheet).encode())
    for path in modules_of(TARGETS["unix"], program).values():
        digest.update(path.read_bytes())
    tree = CACHE / f"{program}-{digest.hexdigest()[:12]}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{program}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may want it at once
        if not (tree / "main.py").is_file():
            stage(Request("unix", program, 1, 1), tree, sheet)
            _forget_old(program, tree)
    return Firmware(tree / "main.py", heap=HEAPS.get(program, HEAP))


def _forget_old(program: str, newest: Path) -> None:
    """Keep the newest few bundles: others may be running from them."""
    trees = [path for path in CACHE.glob(f"{program}-*") if path.is_dir() and path != newest]
    for path in sorted(trees, key=lambda tree: tree.stat().st_mtime)[:-_KEPT]:
        shutil.rmtree(path)
        path.with_name(f"{path.name}.json").unlink(missing_ok=True)
