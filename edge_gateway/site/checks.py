"""What a site file must hold beyond types: references that lead somewhere, addresses that are used once.

Each check yields problems; none stops at its first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from edge_gateway.site import programs
from edge_gateway.site.document import Document, Path
from edge_gateway.site.energy_checks import check_energy
from edge_gateway.site.heat_checks import check_heat
from edge_gateway.site.model import Site, TcpLine
from edge_gateway.site.problems import Problem, did_you_mean
from edge_gateway.site.waste_checks import check_waste

_LANE_ROLES = {"entries": (0, "entry"), "exits": (1, "exit"), "emergency": (2, "emergency")}


def check(site: Site, document: Document) -> list[Problem]:
    """All problems of a site whose types are right."""
    found: list[Problem] = []
    own = (_timezone, _ids, _lines, _boards, _units, _parameters, _sheets, _parking)
    for each in (*own, check_waste, check_energy, check_heat):
        found.extend(each(site, document))
    return found


def unknown_program(document: Document, path: Path, program: str) -> Problem:
    """A program that has no sheet."""
    return _value(document, path, "unknown program", _both(program, programs.known(), "known programs"))


def unknown_parameter(document: Document, path: Path, program: str) -> Problem:
    """A parameter that the program's sheet doesn't have."""
    name = str(path[-1])
    right = did_you_mean(name, sorted(programs.parameters(program)), noun="parameters")
    return Problem(document.at_key(path), f"{program} has no such parameter", name, right)


def _timezone(site: Site, document: Document) -> Iterator[Problem]:
    path = ("site", "timezone")
    try:
        ZoneInfo(site.site.timezone)
    except (ValueError, OSError, KeyError):
        yield _value(document, path, "unknown time zone", "an IANA name, as in Asia/Shanghai or UTC")


def _ids(site: Site, document: Document) -> Iterator[Problem]:
    yield from _once(document, "lines", "id", [line.id for line in site.lines])
    yield from _once(document, "boards", "id", [board.id for board in site.boards])
    yield from _once(document, "boards", "dev_id", [board.dev_id for board in site.boards])


def _lines(site: Site, document: Document) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, line in enumerate(site.lines):
        tcp = isinstance(line, TcpLine)
        port = f"{line.host}:{line.port}" if isinstance(line, TcpLine) else line.port
        other = first.setdefault(port, index)
        if other != index:
            yield _value(
                document,
                ("lines", index, "host" if tcp else "port"),
                f"two lines on one port: {site.lines[other].id} and {line.id} both use {port}",
                "put the boards of both on one line, or give this line its own port",
            )


def _boards(site: Site, document: Document) -> Iterator[Problem]:
    lines = [line.id for line in site.lines]
    for index, board in enumerate(site.boards):
        if board.line not in lines:
            yield _value(
                document, ("boards", index, "line"), "no such line", did_you_mean(board.line, lines, noun="lines")
            )


def _units(site: Site, document: Document) -> Iterator[Problem]:
    first: dict[tuple[str, int], str] = {}
    for index, board in enumerate(site.boards):
        other = first.setdefault((board.line, board.unit), board.id)
        if other != board.id:
            taken = {b.unit for b in site.boards if b.line == board.line}
            free = next((unit for unit in range(1, 248) if unit not in taken), None)
            yield _value(
                document,
                ("boards", index, "unit"),
                f"two boards on unit {board.unit} of line {board.line}: {other} and {board.id}",
                "no unit is free on this line" if free is None else f"unit {free} is free",
            )


def _parameters(site: Site, document: Document) -> Iterator[Problem]:
    for index, board in enumerate(site.boards):
        if programs.sheet(board.program) is None:
            continue
        known = programs.parameters(board.program)
        for name, value in board.parameters.items():
            path = ("boards", index, "parameters", name)
            param = known.get(name)
            if param is None:
                yield unknown_parameter(document, path, board.program)
            elif not param.lo <= value <= param.hi:
                unit = f" {param.unit}" if param.unit else ""
                yield _value(
                    document,
                    path,
                    f"parameter {name} is out of the range of {board.program}",
                    f"{param.lo} to {param.hi}{unit}; {param.default} is the default",
                )


def _sheets(site: Site, document: Document) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, board in enumerate(site.boards):
        sheet = programs.sheet(board.program)
        if sheet is None or board.program in seen:
            continue
        seen.add(board.program)
        wrong = programs.contradiction(sheet)
        if wrong:
            yield _value(
                document,
                ("boards", index, "program"),
                f"the sheet of {board.program} contradicts itself: {wrong}",
                f"correct protocols/sheets/{board.program}.py",
            )


def _parking(site: Site, document: Document) -> Iterator[Problem]:
    if site.parking is None:
        return
    boards = {board.id: board for board in site.boards}
    owner: dict[str, str] = {}
    for group, (role, word) in _LANE_ROLES.items():
        for index, name in enumerate(getattr(site.parking, group)):
            path: Path = ("parking", group, index)
            board = boards.get(name)
            if board is None:
                yield _value(document, path, "no such board", did_you_mean(name, sorted(boards), noun="boards"))
                continue
            first = owner.setdefault(name, group)
            if first != group or getattr(site.parking, group).index(name) != index:
                yield _value(document, path, f"lane {name} is listed twice", f"it stands under {first} already")
                continue
            param = programs.parameters(board.program).get("lane_role")
            if param is None:
                yield _value(document, path, f"{name} runs {board.program}, which is no lane", "choose a parking_lane")
            elif board.parameters.get("lane_role", param.default) != role:
                yield _value(
                    document, path, f"the board {name} does not work as {word} lane", f"give it `lane_role: {word}`"
                )


def _once(document: Document, group: str, key: str, values: Sequence[str | int]) -> Iterator[Problem]:
    first: dict[str | int, int] = {}
    for index, value in enumerate(values):
        other = first.setdefault(value, index)
        if other != index:
            where = document.at((group, other, key))
            yield _value(
                document,
                (group, index, key),
                f"{key} {value} is used twice in {group}",
                f"it must be unique; the first is in line {where.line}",
            )


def _value(document: Document, path: Path, what: str, right: str) -> Problem:
    return Problem(document.at(path), what, document.text(path), right)


def _both(word: str, known: list[str], noun: str) -> str:
    """Near word and whole list together: for a short list it costs nothing to show both."""
    near = did_you_mean(word, known, noun=noun)
    listed = f"{noun}: {', '.join(known)}"
    return near if near == listed else f"{near} ({listed})"
