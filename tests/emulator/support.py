"""Worlds with the stub board, for tests of the engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from protocols.sheets.derive import table
from protocols.sheets.parking_lane import SHEET
from tools.emulator.board import Board
from tools.emulator.board_process import ROOT, BoardProcess
from tools.emulator.lane.plant import Lane
from tools.emulator.world import World

STUB = Path(__file__).parent / "fixtures" / "stub.py"
TABLE: Any = table(SHEET)


def stub_board(world: World, folder: Path, mode: str = "run", name: str = "B1", lane: Lane | None = None) -> Board:
    """Add a stub board on real MicroPython, without power."""
    runner = BoardProcess(STUB, folder / name, mode, heap="4m", path=ROOT)
    return world.add_board(name, TABLE, lane or Lane(1), runner)
