"""The emulated side of a site file: one emulated board and plant for each board that the file names."""

from __future__ import annotations

from pathlib import Path

from edge_gateway.site import LoadedSite, SerialLine
from tools.emulator.plants import PLANTS
from tools.emulator.site import ROLES, BoardSpec, SiteSpec


class NotEmulatedError(ValueError):
    """The site has something that no emulated plant stands for; the text says what."""


def serial_line(loaded: LoadedSite) -> SerialLine:
    """The one serial line that all boards are on. Raises NotEmulatedError."""
    used = {board.line for board in loaded.site.boards}
    lines = [line for line in loaded.site.lines if line.id in used]
    if len(lines) != 1 or not isinstance(lines[0], SerialLine):
        names = ", ".join(sorted(used))
        raise NotEmulatedError(f"boards of one serial line can be emulated; this site has them on: {names}")
    return lines[0]


def spec_of(
    loaded: LoadedSite, folder: Path, *, start_hour: float = 7.75, parked: int = 180, seed: int = 1
) -> SiteSpec:
    """What to emulate. `folder` keeps the boards' storage. Raises NotEmulatedError."""
    line = serial_line(loaded)
    boards = []
    for board in loaded.site.boards:
        if board.program not in PLANTS:
            raise NotEmulatedError(f"{board.id}: there is no emulated plant for the program {board.program}")
        params = dict(board.parameters)
        role = ROLES[params.pop("lane_role", 0)]
        boards.append(BoardSpec(board.id, board.unit, board.dev_id, role=role, program=board.program, params=params))
    bits = 10 if line.parity == "N" else 11
    return SiteSpec(str(folder), boards, line.baud, bits, seed, start_hour, parked)
