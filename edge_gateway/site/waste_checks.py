"""What the `waste` section must hold beyond types: boards that exist, valves that fit, distances that can be."""

from __future__ import annotations

from collections.abc import Iterator

from edge_gateway.site import programs
from edge_gateway.site.document import Document, Path
from edge_gateway.site.model import Board, Site
from edge_gateway.site.problems import Problem, did_you_mean
from edge_gateway.site.waste import FRACTIONS, Waste, WasteInlet

STATION, INLET = "waste_station", "waste_inlet"


def check_waste(site: Site, document: Document) -> Iterator[Problem]:
    """All problems of the section."""
    waste = site.waste
    if waste is None:
        return
    boards = {board.id: board for board in site.boards}
    yield from _board(document, ("waste", "station"), waste.station, boards, STATION)
    yield from _branches(waste, document)
    yield from _inlets(waste, document, boards)
    yield from _purge(waste, document, boards.get(waste.station))


def _branches(waste: Waste, document: Document) -> Iterator[Problem]:
    seen: set[int] = set()
    for index, branch in enumerate(waste.branches):
        if branch.number in seen:
            path: Path = ("waste", "branches", index, "number")
            yield _value(document, path, f"branch {branch.number} is listed twice", "each branch has its own number")
        seen.add(branch.number)


def _inlets(waste: Waste, document: Document, boards: dict[str, Board]) -> Iterator[Problem]:
    branches = {branch.number: branch for branch in waste.branches}
    seen: set[str] = set()
    for index, inlet in enumerate(waste.inlets):
        here: Path = ("waste", "inlets", index)
        if inlet.board in seen:
            yield _value(document, (*here, "board"), f"inlet {inlet.board} is listed twice", "an inlet stands once")
        seen.add(inlet.board)
        yield from _board(document, (*here, "board"), inlet.board, boards, INLET)
        branch = branches.get(inlet.branch)
        if branch is None:
            known = ", ".join(str(number) for number in sorted(branches))
            yield _value(document, (*here, "branch"), "no such branch", f"branches: {known}")
        elif not branch.joins_m <= inlet.distance_m <= branch.length_m:
            yield _value(
                document,
                (*here, "distance_m"),
                f"{inlet.board} does not lie on branch {branch.number}",
                f"between {branch.joins_m} m (where it meets the main) and {branch.length_m} m (its air inlet)",
            )
        board = boards.get(inlet.board)
        if board is not None and board.program == INLET and programs.sheet(INLET) is not None:
            yield from _valves(document, (*here, "fractions"), inlet, board)


def _valves(document: Document, path: Path, inlet: WasteInlet, board: Board) -> Iterator[Problem]:
    """The board must have these valves for these fractions."""
    fitted = _parameter(board, "valves")
    if fitted != len(inlet.fractions):
        yield _value(
            document,
            path,
            f"the board {board.id} has {fitted} valves, {len(inlet.fractions)} fractions are listed",
            f"list {fitted}, or give the board `valves: {len(inlet.fractions)}`",
        )
        return
    for valve, name in enumerate(inlet.fractions, 1):
        if _parameter(board, f"fraction{valve}") != FRACTIONS.index(name):
            yield _value(
                document,
                (*path, valve - 1),
                f"valve {valve} of the board {board.id} does not discharge {name}",
                f"give the board `fraction{valve}: {name}`",
            )


def _purge(waste: Waste, document: Document, station: Board | None) -> Iterator[Problem]:
    """The station's own purge must reach the farthest inlet of each branch."""
    if station is None or station.program != STATION or programs.sheet(STATION) is None:
        return
    for index, branch in enumerate(waste.branches):
        length = _parameter(station, f"length{branch.number}")
        farthest = max((inlet.distance_m for inlet in waste.inlets if inlet.branch == branch.number), default=0)
        if length < farthest:
            yield _value(
                document,
                ("waste", "branches", index, "number"),
                f"the station purges {length} m of branch {branch.number}, its farthest inlet is {farthest} m away",
                f"give the board {station.id} `length{branch.number}: {farthest}`",
            )


def _board(document: Document, path: Path, name: str, boards: dict[str, Board], program: str) -> Iterator[Problem]:
    board = boards.get(name)
    if board is None:
        yield _value(document, path, "no such board", did_you_mean(name, sorted(boards), noun="boards"))
    elif board.program != program:
        yield _value(document, path, f"{name} runs {board.program}", f"choose a board with the program {program}")


def _parameter(board: Board, name: str) -> int:
    param = programs.parameters(board.program)[name]
    return int(board.parameters.get(name, param.default))


def _value(document: Document, path: Path, what: str, right: str) -> Problem:
    return Problem(document.at(path), what, document.text(path), right)
