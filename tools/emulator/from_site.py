"""The emulated side of a site file: one emulated board and plant for each board that the file names."""

from __future__ import annotations

from pathlib import Path

from edge_gateway.site import LoadedSite, SerialLine
from edge_gateway.site.waste import FRACTIONS
from tools.emulator.plants import PLANTS
from tools.emulator.spec import IN_PROCESS, MICROPYTHON, ROLES, BoardSpec, LineSpec, SiteSpec, WasteSpec


class NotEmulatedError(ValueError):
    """The site has something that no emulated plant stands for; the text says what."""


def serial_lines(loaded: LoadedSite) -> list[SerialLine]:
    """The serial lines that boards are on. Raises NotEmulatedError."""
    used = {board.line for board in loaded.site.boards}
    lines = []
    for line in loaded.site.lines:
        if line.id not in used:
            continue
        if not isinstance(line, SerialLine):
            raise NotEmulatedError(f"boards of serial lines can be emulated; {line.id} is none")
        lines.append(line)
    return lines


def spec_of(
    loaded: LoadedSite,
    folder: Path,
    *,
    start_hour: float = 7.75,
    parked: int = 180,
    seed: int = 1,
    addressed: bool = False,
) -> SiteSpec:
    """What to emulate. `folder` keeps the boards' storage. Raises NotEmulatedError.

    `addressed`: boards hear only what is meant for them on every line; else so on lines with boards in process.
    """
    waste = _waste(loaded)
    in_process = _in_process(loaded)
    crowded = {board.line for board in loaded.site.boards if board.id in in_process}
    lines = [
        LineSpec(line.id, line.baud, 10 if line.parity == "N" else 11, addressed=addressed or line.id in crowded)
        for line in serial_lines(loaded)
    ]
    boards = []
    for board in loaded.site.boards:
        if board.program not in PLANTS:
            raise NotEmulatedError(f"{board.id}: there is no emulated plant for the program {board.program}")
        params = dict(board.parameters)
        role = ROLES[params.pop("lane_role", 0)]
        runtime = IN_PROCESS if board.id in in_process else MICROPYTHON
        boards.append(
            BoardSpec(
                board.id,
                board.unit,
                board.dev_id,
                role=role,
                program=board.program,
                params=params,
                line=board.line,
                runtime=runtime,
            )
        )
    return SiteSpec(str(folder), boards, lines, seed, start_hour, parked, waste)


def _in_process(loaded: LoadedSite) -> set[str]:
    """Inlets that are there for their number: all but the first of each branch.

    A process of MicroPython for each of two dozen boards would take more than a small machine has.
    """
    waste = loaded.site.waste
    if waste is None:
        return set()
    first = {inlet.branch: inlet.board for inlet in reversed(waste.inlets)}
    return {inlet.board for inlet in waste.inlets} - set(first.values())


def _waste(loaded: LoadedSite) -> WasteSpec | None:
    waste = loaded.site.waste
    if waste is None:
        return None
    ordered = sorted(waste.branches, key=lambda branch: branch.number)
    if [branch.number for branch in ordered] != list(range(1, len(ordered) + 1)):
        raise NotEmulatedError("the emulated network has branches 1, 2, 3 … without a gap")
    for inlet in waste.inlets:
        if tuple(inlet.fractions) != FRACTIONS:
            raise NotEmulatedError(f"{inlet.board}: emulated inlets have the fractions {', '.join(FRACTIONS)}")
    return WasteSpec(
        [(float(branch.joins_m), float(branch.length_m)) for branch in ordered],
        [(inlet.board, inlet.branch - 1, float(inlet.distance_m)) for inlet in waste.inlets],
    )
