"""Leaving the grid and coming back (domain brief §2b): a table, and nothing starts before the breaker is proven open.

    GRID_OK -> OPEN_QG -> GRID_FORMING | BLACK_START -> SHED -> ISLAND -> (grid in its window 300 s) -> SYNC -> GRID_OK

The state is made of what is seen alone, so that a gateway that starts in the middle of an outage goes on there. The
timer of the grid's return starts again at each flicker. Works in each control scan (100 ms).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from edge_gateway.control.energy.image import Image
from edge_gateway.control.energy.lasting import NEVER, Lasting
from edge_gateway.control.energy.plant import BatteryFigures, GridFigures
from edge_gateway.control.energy.state import Island

BLACK_START_ORDER = (
    "shed tiers 3 and 2",
    "open QG, proven",
    "PCS forms the grid on a dead bus",
    "tier 1: fire, lights, P101, DRYC, IT, barriers, gateway",
    "inverters, when they have seen the grid for 60 s",
    "tier 2, when the reserve allows it",
)
"""Tier 3 waits for the grid."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the board shall do. shed: tier from which on loads are off, 0 none. form: the PCS forms the grid. open_qg,
    close_qg: until the breaker has proven it."""

    shed: int = 0
    form: bool = False
    open_qg: bool = False
    close_qg: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What the table looks at. `..._ms`: for how long something has been so; age: time in this state."""

    image: Image
    figures: GridFigures
    battery: BatteryFigures | None
    age: int
    away_ms: int
    back_ms: int


Condition = Callable[[View], bool]


def lost(v: View) -> bool:
    """The grid is outside of its window, or the breaker has opened by itself."""
    return v.away_ms >= v.figures.lost_ms or v.image.grid.closed is False


def proven_open(v: View) -> bool:
    """QG."""
    return v.image.grid.closed is False and not v.image.qg_unproven


def bus_alive(v: View) -> bool:
    """Proven open, and the PCS already carries the bus."""
    return proven_open(v) and v.image.battery.forming


def bus_dead(v: View) -> bool:
    """Proven open, and the PCS must start on a dead bus; without a battery nothing is formed."""
    return proven_open(v) and not v.image.battery.forming and v.age >= v.figures.dead_ms


def formed(v: View) -> bool:
    """The PCS forms the island's grid."""
    return proven_open(v) and v.image.battery.forming


def not_forming(v: View) -> bool:
    """The PCS has stopped doing so."""
    return not v.image.battery.forming


def settled(v: View) -> bool:
    """Tiers are shed as the image says."""
    return v.image.shed in (2, 3)


def grid_back(v: View) -> bool:
    """In its window for long enough, without a flicker, and the breaker can be trusted (E10)."""
    return v.back_ms >= v.figures.back_ms and not v.image.qg_unproven


def flicker(v: View) -> bool:
    """The grid has left its window again."""
    return v.back_ms == NEVER


def joined(v: View) -> bool:
    """QG proven closed."""
    return v.image.grid.closed is True


def never_left(v: View) -> bool:
    """The breaker stays closed and the grid is back: a dip."""
    return v.image.grid.closed is True and v.back_ms >= v.figures.lost_ms


@dataclass(frozen=True, slots=True)
class Exit:
    """Where a state goes."""

    when: Condition
    to: Island


@dataclass(frozen=True, slots=True)
class Row:
    """One state: what it wants, where it goes, and where it goes when its time is over."""

    exits: tuple[Exit, ...]
    wants: Wanted = field(default_factory=Wanted)
    limit: str = ""
    over: Island = Island.ISLAND
    alarm: str = ""


# fmt: off
TABLE: dict[Island, Row] = {
    Island.GRID_OK: Row((
        Exit(lost, Island.OPEN_QG),)),
    Island.OPEN_QG: Row((
        Exit(never_left, Island.GRID_OK),
        Exit(bus_alive, Island.GRID_FORMING),
        Exit(bus_dead, Island.BLACK_START)),
        wants=Wanted(shed=3, open_qg=True),
        limit="open_ms", over=Island.OPEN_QG, alarm="QG_NOT_PROVEN_OPEN"),
    Island.GRID_FORMING: Row((
        Exit(formed, Island.SHED),),
        wants=Wanted(shed=3, form=True),
        limit="form_ms", over=Island.BLACK_START, alarm="GRID_NOT_FORMED"),
    Island.BLACK_START: Row((
        Exit(grid_back, Island.SYNC),
        Exit(formed, Island.SHED)),
        wants=Wanted(shed=2, form=True),
        limit="form_ms", over=Island.BLACK_START, alarm="BLACK_START_WAITS"),
    Island.SHED: Row((
        Exit(settled, Island.ISLAND),),
        wants=Wanted(shed=3, form=True),
        limit="form_ms", over=Island.ISLAND, alarm="NOT_SHED"),
    Island.ISLAND: Row((
        Exit(joined, Island.GRID_OK),
        Exit(grid_back, Island.SYNC),
        Exit(not_forming, Island.BLACK_START)),
        wants=Wanted(shed=3, form=True)),
    Island.SYNC: Row((
        Exit(joined, Island.GRID_OK),
        Exit(flicker, Island.ISLAND)),
        wants=Wanted(shed=3, form=True, close_qg=True),
        limit="sync_ms", over=Island.ISLAND, alarm="NOT_SYNCHRONISED"),
}
# fmt: on


class Islanding:
    """Works the table. `step` in each scan; `wanted` is what the board shall do."""

    def __init__(self, figures: GridFigures, battery: BatteryFigures | None, now: int) -> None:
        self.figures = figures
        self.state = Island.GRID_OK
        self.wanted = Wanted()
        self.back_ms = NEVER
        """For how long the grid has been in its window, while it isn't joined."""
        self.returning = False
        """The grid is back, and not everything that was shed runs again: the board brings tiers back 60 s apart."""
        self.alarm = ""
        self._battery = battery
        self._entered = now
        self._told = False
        self._short = False
        self._ev_from = now
        self._lasting = Lasting()

    def step(self, image: Image, now: int) -> list[tuple[Island, Island, str]]:
        """Returns the steps that were taken: from, to, and the alarm that caused it (empty for none)."""
        if not image.heard or not self.figures.may_island:
            self._lasting.clear()
            return []
        # A relay that can't be read proves neither: it opens no breaker, and it lets none be closed.
        away_ms = self._lasting.ms("away", image.grid.there is False, now)
        self.back_ms = self._lasting.ms("back", image.grid.there is True, now)
        v = View(image, self.figures, self._battery, now - self._entered, away_ms, self.back_ms)
        moved = self._move(v, now)
        self.wanted = self._wants(image, now)
        return [moved] if moved is not None else []

    def ev_waits(self, now: int) -> bool:
        """Whether vehicles wait: in an island, until their tier is back, and five minutes more (§5)."""
        return self.state is not Island.GRID_OK or self.returning or now < self._ev_from

    def _move(self, v: View, now: int) -> tuple[Island, Island, str] | None:
        row = TABLE[self.state]
        for way in row.exits:
            if way.when(v):
                return self._go(way.to, "", now)
        if row.limit and v.age >= getattr(v.figures, row.limit) and not (row.over is self.state and self._told):
            self._told = True
            if row.over is self.state:
                self.alarm = row.alarm
                return (self.state, self.state, row.alarm)
            return self._go(row.over, row.alarm, now)
        return None

    def _go(self, to: Island, alarm: str, now: int) -> tuple[Island, Island, str]:
        come, self.state = self.state, to
        self._entered, self._told, self.alarm = now, False, alarm
        if to is Island.GRID_OK and come is not Island.OPEN_QG:
            self.returning = True
        return come, to, alarm

    def _wants(self, image: Image, now: int) -> Wanted:
        if self.state is Island.GRID_OK:
            if self.returning:
                self.returning = bool(image.shed)
                self._ev_from = now + self.figures.ev_after_ms
            return Wanted()
        row = TABLE[self.state].wants
        return Wanted(self._tier(row.shed, image), row.form, row.open_qg, row.close_qg)

    def _tier(self, shed: int, image: Image) -> int:
        """E8 in an island: below its reserve (and until 5 % more) tier 2 goes too."""
        soc = image.battery.soc
        if self._battery is None or soc is None or soc < self._battery.island_reserve:
            self._short = True
        elif soc >= self._battery.island_reserve + 5:
            self._short = False
        return 2 if self._short else shed
