"""What the `heat` section must hold beyond types: its board, bands that it takes, hygiene that both mean alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from edge_gateway.control.heat.plant import HYGIENE_HIGH, HYGIENE_LOW, SCALD_CAP
from edge_gateway.site import programs
from edge_gateway.site.document import Document, Path
from edge_gateway.site.energy_checks import minutes
from edge_gateway.site.heat import WEEKDAYS, Heat
from edge_gateway.site.model import Board, Site
from edge_gateway.site.problems import Problem, did_you_mean

PROGRAM = "heat_loop"


def check_heat(site: Site, document: Document) -> Iterator[Problem]:
    """All problems of the section."""
    heat = site.heat
    if heat is None:
        return
    yield from _once(document, ("heat", "buildings"), "name", [building.name for building in heat.buildings])
    yield from _once(document, ("heat", "taps"), "id", [tap.id for tap in heat.taps])
    yield from _bands(heat, document)
    boards = {board.id: board for board in site.boards}
    path: Path = ("heat", "board")
    board = boards.get(heat.board)
    if board is None:
        yield _value(document, path, "no such board", did_you_mean(heat.board, sorted(boards), noun="boards"))
    elif board.program != PROGRAM:
        right = f"choose a board with the program {PROGRAM}"
        yield _value(document, path, f"{heat.board} runs {board.program}", right)
    elif programs.sheet(PROGRAM) is not None:
        yield from _curves(heat, document, board)
        yield from _water(heat, document, board)
        yield from _hygiene(site, heat, document, board)
        yield from _electric(heat, document, board)


def parameter(board: Board, name: str) -> int:
    """What the board holds, in the units of its register."""
    param = programs.parameters(board.program)[name]
    return int(board.parameters.get(name, param.default))


def _curves(heat: Heat, document: Document, board: Board) -> Iterator[Problem]:
    """The gateway may only ask for what the board takes."""
    low, high = parameter(board, "supply_min") / 100, parameter(board, "supply_max") / 100
    for index, building in enumerate(heat.buildings):
        for name, value in (
            ("supply_cold_c", building.curve.supply_cold_c),
            ("supply_warm_c", building.curve.supply_warm_c),
        ):
            if low <= value <= high:
                continue
            where, limit = ("supply_max", value) if value > high else ("supply_min", value)
            yield _value(
                document,
                _given(document, ("heat", "buildings", index, "curve", name), ("heat", "board")),
                f"{name} of {building.name} is {value:g}, the board {board.id} takes {low:g} to {high:g} degC",
                f"stay within it, or give the board `{where}: {round(100 * limit)}`",
            )


def _bands(heat: Heat, document: Document) -> Iterator[Problem]:
    """Hot water between what lets bacteria grow and what scalds, and each stage as hot as the next one needs it."""
    dhw, path = heat.dhw, ("heat", "dhw")
    scalds = "only a hygiene cycle of the board heats further, inside the store or under key"
    for name, value, high in (
        ("supply_c", dhw.supply_c, HYGIENE_HIGH),
        ("store_c", dhw.store_c, SCALD_CAP),
        ("surplus_c", dhw.surplus_c, SCALD_CAP),
    ):
        band = f"{HYGIENE_LOW:g} to {high:g} degC"
        if value < HYGIENE_LOW:
            yield _value(document, (*path, name), f"{name} is below the hygiene band: bacteria grow", band)
        elif value > high:
            yield _value(document, (*path, name), f"{name} is above the scald band", f"{band}; {scalds}")
    if dhw.store_c < dhw.supply_c:
        key = "store_c" if "store_c" in dhw.model_fields_set else "supply_c"
        what = f"a store of {dhw.store_c:g} degC can't supply {dhw.supply_c:g}: V401 only cools"
        yield _value(document, (*path, key), what, "store_c must not be below supply_c")
    if dhw.surplus_c < dhw.store_c:
        key = "surplus_c" if "surplus_c" in dhw.model_fields_set else "store_c"
        what = f"a surplus is stored at {dhw.surplus_c:g} degC, colder than the {dhw.store_c:g} of every day"
        yield _value(document, (*path, key), what, "surplus_c must not be below store_c")


def _water(heat: Heat, document: Document, board: Board) -> Iterator[Problem]:
    """The store can't be hotter than the heat pumps make it."""
    outlet = parameter(board, "hp_sp_max") / 100
    for name, value in (("store_c", heat.dhw.store_c), ("surplus_c", heat.dhw.surplus_c)):
        if outlet < value <= SCALD_CAP:
            path = _given(document, ("heat", "dhw", name), ("heat", "board"))
            what = f"{name} is {value:g}, the heat pumps of {board.id} give {outlet:g} degC at most (hp_sp_max)"
            yield _value(document, path, what, f"{outlet:g} at most")


def _hygiene(site: Site, heat: Heat, document: Document, board: Board) -> Iterator[Problem]:
    """The board pasteurises by itself, in its own local time; what people read here must be what it does."""
    day, at = WEEKDAYS[parameter(board, "past_day")], parameter(board, "past_at")
    past = heat.pasteurise
    if past.day != day:
        path = _given(document, ("heat", "pasteurise", "day"), ("heat", "board"))
        right = f"give the board `past_day: {WEEKDAYS.index(past.day)}`"
        yield _value(document, path, f"the board {board.id} pasteurises on {day}, not on {past.day}", right)
    if minutes(past.at) != at:
        path = _given(document, ("heat", "pasteurise", "at"), ("heat", "board"))
        what = f"the board {board.id} pasteurises at {at // 60:02d}:{at % 60:02d}, not at {past.at}"
        yield _value(document, path, what, f"give the board `past_at: {minutes(past.at)}`")
    held = parameter(board, "zone_min")
    offsets = _offsets(site.site.timezone)
    if held not in offsets:
        told = f"{held // 60:+d}:{held % 60:02d} h from UTC, the site's zone {site.site.timezone} isn't"
        yield _value(
            document,
            ("heat", "board"),
            f"the board {board.id} reckons with {told}",
            f"give the board `zone_min: {offsets[0]}`" if offsets else "correct site.timezone",
        )
    flushed = parameter(board, "dis_taps")
    if flushed and flushed != len(heat.taps):
        what = f"the board {board.id} waits for {flushed} flushed taps, {len(heat.taps)} are listed"
        path = ("heat", "taps") if "taps" in heat.model_fields_set else ("heat", "board")
        yield _value(document, path, what, f"give the board `dis_taps: {len(heat.taps)}`")


def _electric(heat: Heat, document: Document, board: Board) -> Iterator[Problem]:
    fitted = parameter(board, "eh_steps") * parameter(board, "eh_kw") / 10
    wanted: tuple[tuple[Path, float], ...] = (
        (("heat", "power_to_heat", "kw"), heat.power_to_heat.kw),
        (("heat", "loss_kw"), heat.loss_kw),
    )
    for path, kw in wanted:
        if kw > fitted:
            name = path[-1]
            what = f"{name} is {kw:g}, the electric heater of {board.id} has {fitted:g} kW (eh_steps, eh_kw)"
            yield _value(document, _given(document, path, ("heat", "board")), what, f"{fitted:g} at most")
    most = parameter(board, "boost_max") / 100
    if heat.power_to_heat.boost_k > most:
        path = _given(document, ("heat", "power_to_heat", "boost_k"), ("heat", "board"))
        what = f"boost_k is {heat.power_to_heat.boost_k:g}, the board {board.id} takes {most:g} K (boost_max)"
        yield _value(document, path, what, f"{most:g} at most")


def _offsets(timezone: str) -> list[int]:
    """Minutes from UTC in January and in July: the board knows no summer time, either will do."""
    try:
        zone = ZoneInfo(timezone)
    except (ValueError, OSError, KeyError):
        return []
    year = datetime.now(UTC).year
    found = [datetime(year, month, 1, tzinfo=UTC).astimezone(zone).utcoffset() for month in (1, 7)]
    return [round(offset.total_seconds() / 60) for offset in found if offset is not None]


def _once(document: Document, group: Path, key: str, values: list[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield _value(document, (*group, index, key), f"{key} {value} is used twice", "each has its own")
        seen.add(value)


def _given(document: Document, path: Path, otherwise: Path) -> Path:
    """A place in the file: where the value stands, or where the section is when it is a default."""
    return path if path in document.values else otherwise


def _value(document: Document, path: Path, what: str, right: str) -> Problem:
    return Problem(document.at(path), what, document.text(path), right)
