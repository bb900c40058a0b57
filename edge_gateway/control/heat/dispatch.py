"""The set-points of one moment out of a frozen image, and for each who limits it and why.

Limits narrow bands (`control/energy/limits.py`) in the order of authority of the domain brief §0.2 and §5: what
hygiene, scald protection and the machines allow; IT cooling; grid and transformer; the battery's reserve; the noise
curfew. None can take back what one before it has taken. What is left of a wish (a person's, or the plant's own law)
is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from edge_gateway.control.energy.limits import Band, Limit
from edge_gateway.control.energy.signals import Heat
from edge_gateway.control.heat.bands import FANS_LEAST, SETTABLE, Settable
from edge_gateway.control.heat.curve import Believed, Need
from edge_gateway.control.heat.image import Image, Season
from edge_gateway.control.heat.plant import Law, Plant
from edge_gateway.control.heat.power_to_heat import Allowance


class Order(IntEnum):
    """Who limits, in the order of authority."""

    SAFETY = 0
    IT = 1
    GRID = 2
    RESERVE = 3
    CURFEW = 4


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody would like, and why."""

    value: float
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """One set-point. value: None leaves it to the board. limits: those that have narrowed it, in their order. held_by:
    the one that decides."""

    name: str
    value: float | None
    unit: str
    wish: float | None
    why: str
    limits: tuple[Limit, ...] = ()
    held_by: Limit | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a dispatch depends on.

    need: of the buildings. outdoor: believed. orders: by the name of what is set. back_up, surplus: what EH1 shall do
    for the heating, and take of the sun's surplus (kW). lost: why the data centre's heat is lost, else empty. curfew:
    it is in force.
    """

    image: Image
    allowance: Allowance
    need: Need
    outdoor: Believed
    plant: Plant = field(default_factory=Plant)
    law: Law = field(default_factory=Law)
    orders: Mapping[str, Wish] = field(default_factory=dict)
    settable: Mapping[str, Settable] = field(default_factory=lambda: SETTABLE)
    back_up: float = 0.0
    surplus: float = 0.0
    lost: str = ""
    curfew: bool = False


Dispatch = dict[str, Decision]
"""By the name of what is set."""

_OWN = ("heating", "dhw", "charge", "buffer", "machines", "eh1", "fans")
"""These have a law of their own; the others are sent as they are ordered, or left to the board."""


def dispatch(s: Situation) -> Dispatch:
    """The set-points of this moment."""
    made = [_heating(s), _dhw(s), _charge(s), _buffer(s), _machines(s), _eh1(s), _fans(s)]
    made += [_ordered(s, name) for name in s.settable if name not in _OWN]
    return {decision.name: decision for decision in made}


def _heating(s: Situation) -> Decision:
    """The curve of the neediest building, lower while comfort is given up. Nothing out of season: the board heats
    nobody then. In the season it goes on with what it was told, so a warm day is told too: as little as it takes."""
    order, outdoor = s.orders.get("heating"), f"{s.outdoor.value:.1f} degC outside ({s.outdoor.source})"
    if order is None and s.image.season is not None and s.image.season is not Season.HEATING:
        return _left("heating", "degC", f"season: {s.image.season}")
    band = _band(s, "heating")
    if order is not None:
        return _made("heating", band, order, s)
    wanted = s.need.supply
    if wanted is None:
        return _made("heating", band, Wish(band.low, f"summer shut-off: {outdoor}"), s)
    given_up = f", comfort -{s.allowance.comfort:g} K: {s.allowance.why}" if s.allowance.comfort else ""
    return _made("heating", band, Wish(wanted, f"curve of {s.need.who} at {outdoor}{given_up}"), s)


def _dhw(s: Situation) -> Decision:
    wish = s.orders.get("dhw") or Wish(s.plant.dhw, "as the site file says")
    return _made("dhw", _band(s, "dhw"), wish, s)


def _charge(s: Situation) -> Decision:
    """Hotter by the sun's surplus, and never by bought energy that is short."""
    band = _band(s, "charge")
    if not s.allowance.bought:
        band.narrow(Order.GRID, f"{s.allowance.why}: nothing is stored", high=s.plant.store)
    normal = Wish(s.plant.store, "as the site file says")
    if s.allowance.surplus and s.plant.surplus_store > s.plant.store:
        normal = Wish(s.plant.surplus_store, f"{s.allowance.why}: hot water is stored")
    return _made("charge", band, s.orders.get("charge") or normal, s)


def _buffer(s: Situation) -> Decision:
    band = _band(s, "buffer")
    if not s.allowance.bought:
        band.narrow(Order.GRID, f"{s.allowance.why}: nothing is stored", high=0.0)
    normal = Wish(0.0, "no surplus")
    if s.lost:
        normal = Wish(0.0, f"hot water first: {s.lost}")
    elif s.allowance.surplus and s.image.season is Season.HEATING and s.need.supply is not None:
        normal = Wish(s.plant.surplus_boost, f"{s.allowance.why}: heat is stored")
    return _made("buffer", band, s.orders.get("buffer") or normal, s)


def _machines(s: Situation) -> Decision:
    """How many may run at most. Which of them do, and when, is the board's business."""
    band = _band(s, "machines", high=s.plant.machines)
    if s.allowance.machines < s.plant.machines:
        band.narrow(Order.GRID, s.allowance.why, high=s.allowance.machines)
    wish = s.orders.get("machines") or Wish(s.plant.machines, "heat pumps lead")
    return _made("machines", band, wish, s)


def _eh1(s: Situation) -> Decision:
    """What it takes for back-up, for a surplus, or because somebody wants it to."""
    band = _band(s, "eh1", high=s.plant.back_up_kw)
    if s.image.no_back_up:
        band.narrow(Order.SAFETY, ", ".join(s.image.no_back_up), high=0.0)
    if not s.allowance.eh1:
        band.narrow(Order.GRID, s.allowance.why, high=0.0)
    needed, why = s.back_up, "the heat pumps can't do it alone: EH1 takes hot water over"
    if s.lost and s.plant.loss_kw > needed:
        needed, why = s.plant.loss_kw, f"hot water first: {s.lost}"
    order = s.orders.get("eh1")
    if order is not None:
        if order.value > needed and not s.allowance.bought:  # back-up is a need, and no business of these rows
            short = s.image.power.heat is Heat.NO_POWER_TO_HEAT
            which = Order.RESERVE if short else Order.GRID
            band.narrow(which, f"{s.allowance.why}: no power-to-heat", high=needed)
        return _made("eh1", band, order, s)
    if s.surplus > needed:
        return _made("eh1", band, Wish(s.surplus, f"{s.allowance.why}: what would go into the grid"), s)
    return _made("eh1", band, Wish(needed, why if needed else "heat pumps do it"), s)


def _fans(s: Situation) -> Decision:
    """Largest speed of the dry cooler: in the curfew less, but never at the cost of IT."""
    band = Band(FANS_LEAST, 100.0)
    warm = s.image.it_out
    if warm is None:
        band.narrow(Order.IT, "TT101 is not known: IT gets all", low=100.0)
    elif s.plant.it_limit - warm <= s.law.it_margin:
        left = s.plant.it_limit - warm
        band.narrow(Order.IT, f"TT101 is {left:.1f} K from its limit: IT gets all", low=100.0)
    if s.curfew:
        band.narrow(Order.CURFEW, f"noise curfew: {s.plant.curfew_fan:g} % at most", high=s.plant.curfew_fan)
    return _made("fans", band, Wish(100.0, "as IT needs them"), s, "%")


def _ordered(s: Situation, name: str) -> Decision:
    order = s.orders.get(name)
    if order is None:
        return _left(name, s.settable[name].unit, "the board's own")
    return _made(name, _band(s, name), order, s)


def _band(s: Situation, name: str, high: float | None = None) -> Band:
    """From the least to the most that may be set; what lies outside is refused before it comes here."""
    row = s.settable[name]
    most = row.high if high is None else min(row.high, high)
    band = Band()
    band.narrow(Order.SAFETY, f"{row.low:g} to {most:g} {row.unit}".strip(), row.low, most)
    return band


def _left(name: str, unit: str, why: str) -> Decision:
    return Decision(name, None, unit, None, why)


def _made(name: str, band: Band, wish: Wish, s: Situation, unit: str | None = None) -> Decision:
    """The wish in its band, with words for what came out."""
    value = band.clamp(wish.value)
    held = band.binding(wish.value)
    unit = s.settable[name].unit if unit is None else unit
    return Decision(name, value, unit, wish.value, held.why if held else wish.why, tuple(band.limits), held)
