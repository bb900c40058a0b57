"""What the `energy` section must hold beyond types: its board, a day without gaps, caps that the board allows."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.ev_group import DC_FROM, DC_WEIGHT
from edge_gateway.site import programs
from edge_gateway.site.document import Document, Path
from edge_gateway.site.energy import Energy, EnergyEv
from edge_gateway.site.model import Board, Site
from edge_gateway.site.problems import Problem, did_you_mean

PROGRAM = "energy"
DAY_MIN = 24 * 60
FULL_A = 32


def check_energy(site: Site, document: Document) -> Iterator[Problem]:
    """All problems of the section."""
    energy = site.energy
    if energy is None:
        return
    yield from _board(energy, document, {board.id: board for board in site.boards})
    yield from _inverters(energy, document)
    yield from _day(energy, document)
    yield from _feeders(energy, document)
    if energy.import_cap_kw is not None and energy.import_cap_kw > energy.import_limit_kw:
        transformer = energy.transformer
        yield _value(
            document,
            ("energy", "import_cap_kw"),
            f"above {transformer.limit_pct:g} % of the transformer's {transformer.kva:g} kVA",
            f"{energy.import_limit_kw:g} at most",
        )


def minutes(clock: str) -> int:
    """Minutes from midnight; 24:00 is the end of the day."""
    hours, rest = clock.split(":")
    return 60 * int(hours) + int(rest)


def _board(energy: Energy, document: Document, boards: dict[str, Board]) -> Iterator[Problem]:
    path: Path = ("energy", "board")
    board = boards.get(energy.board)
    if board is None:
        yield _value(document, path, "no such board", did_you_mean(energy.board, sorted(boards), noun="boards"))
        return
    if board.program != PROGRAM:
        right = f"choose a board with the program {PROGRAM}"
        yield _value(document, path, f"{energy.board} runs {board.program}", right)
        return
    if programs.sheet(PROGRAM) is None:
        return
    yield from _caps(energy, document, board)
    if energy.ev is not None:
        yield from _charging(energy.ev, document, board)
    battery = energy.battery
    floor = _parameter(board, "reserve") / 10
    if battery is not None and battery.reserve_pct < floor:
        path = ("energy", "battery", "reserve_pct")
        yield _value(document, path, f"below the {floor:g} % that the board {board.id} keeps", f"{floor:g} or more")
    for index, inverter in enumerate(energy.inverters):
        if not _parameter(board, f"inv{inverter.number}_unit"):
            path = ("energy", "inverters", index, "number")
            what = f"the board {board.id} has no inverter {inverter.number}"
            yield _value(document, path, what, f"give the board `inv{inverter.number}_unit`, its address")


def _caps(energy: Energy, document: Document, board: Board) -> Iterator[Problem]:
    """The gateway may only tighten what the board's own protection holds."""
    wanted = (("export_cap", energy.export_cap_kw), ("import_cap", energy.import_limit_kw))
    for name, kw in wanted:
        allowed, key = _parameter(board, name) / 10, f"{name}_kw"
        if kw > allowed:
            yield _value(
                document,
                ("energy", key) if key in energy.model_fields_set else ("energy", "board"),
                f"{key} is {kw:g}, the board {board.id} holds {allowed:g} kW by itself",
                f"{allowed:g} at most, or give the board `{name}: {round(10 * kw)}`",
            )


def _charging(ev: EnergyEv, document: Document, board: Board) -> Iterator[Problem]:
    """The board reckons with power for each ampere of share; where points take more, it leaves them too much."""
    if ev.ac_points > DC_FROM or (ev.dc_points and ev.ac_points != DC_FROM):
        path: Path = ("energy", "ev", "ac_points")
        what = f"the board {board.id} takes points from {DC_FROM + 1} on for DC, and those before it for AC"
        yield _value(document, path, what, f"{DC_FROM}, or no DC points and {DC_FROM} at most")
    allowed = _parameter(board, "ev_w")
    for name, kw, points, share in (("ac_kw", ev.ac_kw, ev.ac_points, 1), ("dc_kw", ev.dc_kw, ev.dc_points, DC_WEIGHT)):
        takes = round(1000 * kw / FULL_A)
        if points and takes > share * allowed:
            path = ("energy", "ev", name) if name in ev.model_fields_set else ("energy", "board")
            what = f"{name} is {kw:g}, {takes} W for each A; the board {board.id} reckons with {share * allowed}"
            yield _value(document, path, what, f"give the board `ev_w: {-(-takes // share)}`")


def _inverters(energy: Energy, document: Document) -> Iterator[Problem]:
    seen: set[int] = set()
    for index, inverter in enumerate(energy.inverters):
        if inverter.number in seen:
            path: Path = ("energy", "inverters", index, "number")
            yield _value(document, path, f"inverter {inverter.number} is listed twice", "each has its own number")
        seen.add(inverter.number)


def _day(energy: Energy, document: Document) -> Iterator[Problem]:
    """The tariff's periods, in their order, must run from 00:00 to 24:00 without a gap."""
    at = 0
    for index, period in enumerate(energy.tariff.periods):
        path: Path = ("energy", "tariff", "periods", index)
        begin, end = minutes(period.from_), minutes(period.to)
        if begin != at:
            what = "two prices at one time" if begin < at else "no price before this"
            yield _value(document, (*path, "from"), what, f"it must begin at {_clock(at)}, where the last one ended")
        if end <= begin:
            yield _value(document, (*path, "to"), "the period ends before it begins", "over midnight it is two periods")
        at = max(end, begin)
    if at != DAY_MIN:
        path = ("energy", "tariff", "periods", len(energy.tariff.periods) - 1, "to")
        yield _value(document, path, f"no price from {_clock(at)} on", "the last period ends at 24:00")


def _feeders(energy: Energy, document: Document) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, feeder in enumerate(energy.feeders):
        if feeder.name in seen:
            path: Path = ("energy", "feeders", index, "name")
            yield _value(document, path, f"feeder {feeder.name} is listed twice", "a feeder hangs on one tier")
        seen.add(feeder.name)


def _parameter(board: Board, name: str) -> int:
    param = programs.parameters(board.program)[name]
    return int(board.parameters.get(name, param.default))


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _value(document: Document, path: Path, what: str, right: str) -> Problem:
    return Problem(document.at(path), what, document.text(path), right)
