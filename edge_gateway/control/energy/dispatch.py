"""The dispatch of one second: set-points out of a frozen image, and for each who limits it and why.

`dispatch` reads in the order of the domain brief §2b. Limits narrow bands (`limits.py`), so that none can take back
what one before it has taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from edge_gateway.control.energy.battery import Shaped, shape
from edge_gateway.control.energy.image import Image
from edge_gateway.control.energy.limits import Band, Limit, Order
from edge_gateway.control.energy.plant import Law, Plant
from edge_gateway.control.energy.state import ECONOMIC, State


@dataclass(frozen=True, slots=True)
class Wish:
    """What the tariff would like the battery to do (kW), and why. In OBSERVE: what stood when it began."""

    kw: float = 0.0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap on the grid's power (kW) and whose it is."""

    kw: float
    why: str


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a dispatch depends on.

    previous: the last set-point of the battery. kept: its reserve for the critical board is touched (with hysteresis).
    level: loading row of the transformer, 0, 80, 100 or 110. ev_floor, ev_full: power of all connected vehicles at 6
    and at 32 A; ev_given: what they may draw by now (kW). dt_s: since the last dispatch.
    """

    image: Image
    state: State
    import_cap: Cap
    export_cap: Cap
    plant: Plant = field(default_factory=Plant)
    law: Law = field(default_factory=Law)
    wish: Wish = field(default_factory=Wish)
    previous: float = 0.0
    kept: bool = False
    level: int = 0
    ev_floor: float = 0.0
    ev_full: float = 0.0
    ev_given: float = 0.0
    dt_s: float = 1.0


@dataclass(frozen=True, slots=True)
class SetPoint:
    """One set-point. limits: those that have narrowed it, in their order. held_by: the one that decides."""

    name: str
    kw: float
    wish: float
    why: str
    limits: tuple[Limit, ...] = ()
    held_by: Limit | None = None


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What is sent. pv_pct: limit of every inverter in % of its rating; None leaves them to the board's export law."""

    battery: SetPoint
    ev: SetPoint
    pv: SetPoint
    import_cap: Cap
    export_cap: Cap
    pv_pct: float | None = None

    @property
    def set_points(self) -> tuple[SetPoint, ...]:
        """In the order in which they are shown."""
        return self.battery, self.ev, self.pv


def dispatch(s: Situation) -> Dispatch:
    """The set-points of this second."""
    battery, ev, pv = _battery_ability(s), _ev_ability(s), _pv_ability(s)  # (0) what devices and safety allow
    firm = Band(battery.low, battery.high)
    grid, own, net = s.image.grid.kw, s.image.battery.kw, s.image.net_kw
    if s.state in (State.INIT, State.ISLAND, State.SHUTDOWN) or grid is None or own is None or net is None:
        return _without_laws(s, battery, ev, pv, firm)

    # (1) Transformer and EV cap: the battery shaves first, then the vehicles (E5); shedding is the board's.
    over = net - (s.import_cap.kw - s.plant.import_margin)
    battery.narrow(Order.IMPORT_CAP, s.import_cap.why, low=over)
    given = own if s.image.battery.deaf else battery.clamp(max(over, 0.0))  # who does not follow stays where it is (E9)
    short = over - given
    _limit_ev(s, ev, short)

    # (2) Export cap: all that generates together is P_pv + P_grid + P_export_cap - 5 kW (§2d).
    spare = s.export_cap.kw - s.plant.export_margin
    battery.narrow(Order.EXPORT_CAP, s.export_cap.why, high=net + spare)
    generation = s.image.pv_kw
    if generation is not None:
        pv.narrow(Order.EXPORT_CAP, s.export_cap.why, high=max(0.0, generation + grid + spare))
    else:
        pv.narrow(Order.EXPORT_CAP, "generation is not known: its share of the export cap", high=s.export_cap.kw)

    # (3) Reserve: what lies close above the critical board's share is for the transformer alone.
    soc = s.image.battery.soc
    figures = s.plant.battery
    if figures is not None and soc is not None and soc < figures.reserve + s.law.reserve_band:
        battery.narrow(Order.RESERVE, f"SoC {soc:.0f} %: kept for the transformer", high=0.0)
    firm = Band(battery.low, battery.high)

    # (4) Self-consumption: the battery never feeds the grid, and takes what the sun makes beyond the site's need.
    if s.state in ECONOMIC:
        battery.narrow(Order.SELF_CONSUMPTION, "own consumption first", high=net)
    elif s.state is State.OBSERVE:
        battery.narrow(Order.SELF_CONSUMPTION, "own consumption first", high=max(net, 0.0))

    # (5) Tariff: what is left of the plan's wish.
    follows = s.state in ECONOMIC or s.state is State.OBSERVE
    wish = s.wish if follows else Wish(0.0, f"no economics in {s.state}")
    ramp = s.law.gentle_ramp if s.state is State.RECOVER else s.law.ramp
    shaped = shape(s.law, battery.clamp(wish.kw), s.previous, firm, ramp, s.dt_s)
    return Dispatch(
        _set_point("battery", battery, wish, shaped),
        _set_point("EV", ev, Wish(s.ev_full, "all that is connected at 32 A"), Shaped(ev.high)),
        _set_point("PV", pv, Wish(s.plant.pv_kw, "all that the sun gives"), Shaped(pv.high)),
        s.import_cap,
        s.export_cap,
    )


def _without_laws(s: Situation, battery: Band, ev: Band, pv: Band, firm: Band) -> Dispatch:
    """The flows are not known (E4), or there is nothing to follow: the battery goes to 0, the rest to what is safe."""
    pct: float | None = None
    if s.state is State.ISLAND:
        why = "the grid is away: the PCS forms the island's"
        ev.narrow(Order.ABILITY, "tier 3 is shed in an island", high=0.0)
        share = _island_share(s)
        if share < 1:
            pv.narrow(Order.ABILITY, "an island with a full battery", high=share * s.plant.pv_kw)
            pct = 100 * share
    elif s.state is State.SHUTDOWN:
        why, pct = "shutdown", 0.0
    else:
        why = "the grid meter or the PCS can't be read (E4)"
        ev.narrow(Order.IMPORT_CAP, why, high=s.ev_floor)
        pv.narrow(Order.EXPORT_CAP, "its share of the export cap (E4)", high=s.export_cap.kw)
        pct = 100 * pv.high / s.plant.pv_kw if s.plant.pv_kw else None
    shaped = shape(s.law, battery.clamp(0.0), s.previous, firm, s.law.ramp, s.dt_s)
    return Dispatch(
        _set_point("battery", battery, Wish(0.0, why), shaped),
        _set_point("EV", ev, Wish(s.ev_full, why), Shaped(ev.high)),
        _set_point("PV", pv, Wish(s.plant.pv_kw, why), Shaped(pv.high)),
        s.import_cap,
        s.export_cap,
        pct,
    )


def _battery_ability(s: Situation) -> Band:
    """What the board (E2, E3, cold, taper, its reserve), a known SoC and the critical board leave."""
    figures, seen = s.plant.battery, s.image.battery
    if figures is None:
        return Band(0.0, 0.0)
    band = Band(-figures.kw, figures.kw)

    def forbid(why: str, charge: bool = True, discharge: bool = True) -> None:
        band.narrow(Order.ABILITY, why, -figures.kw if not charge else 0.0, figures.kw if not discharge else 0.0)

    if s.state in (State.SHUTDOWN, State.INIT):
        forbid(f"no power in {s.state}")
    for name in seen.trips:
        forbid(name)
    if seen.soc is None:
        forbid("its SoC is not known")
    if band.low == band.high:
        return band
    may_charge, may_discharge = seen.charge_max or 0.0, seen.discharge_max or 0.0
    band.narrow(Order.ABILITY, "the board allows no more", -may_charge, may_discharge)
    if s.kept:
        forbid(f"SoC {seen.soc:.0f} %: kept for the critical board (E8)", charge=False)
    return band


def _ev_ability(s: Situation) -> Band:
    figures = s.plant.ev
    if figures is None:
        return Band(0.0, 0.0)
    band = Band(0.0, figures.cap_kw)
    if s.state in (State.SHUTDOWN, State.INIT):
        band.narrow(Order.ABILITY, f"no charging in {s.state}", high=0.0)
    if s.image.shed:
        band.narrow(Order.ABILITY, "tier 3 is shed", high=0.0)
    if figures.cap_kw < figures.ac_points * figures.ac_kw + figures.dc_points * figures.dc_kw:
        band.narrow(Order.IMPORT_CAP, "cap of the group", high=figures.cap_kw)
    return band


def _limit_ev(s: Situation, ev: Band, short: float) -> None:
    """(1) for the vehicles. short: what is missing after the battery (kW); negative is room."""
    now = s.image.ev.kw
    if s.level >= 100:
        ev.narrow(Order.IMPORT_CAP, f"transformer above {s.level} %", high=0.0)
    elif now is None:
        ev.narrow(Order.IMPORT_CAP, "its power is not known: 6 A", high=s.ev_floor)
    else:
        # A shortage is taken from what they draw. Without one, what was given isn't taken back: it would never end,
        # for a vehicle that is nearly full draws less than its share.
        most = now - short if short > 0 else max(now - short, s.ev_given)
        ev.narrow(Order.IMPORT_CAP, s.import_cap.why, high=max(0.0, most))
        if s.level >= 80:
            ev.narrow(Order.IMPORT_CAP, "transformer above 80 %: not raised", high=max(now, s.ev_given, s.ev_floor))
    soc, figures = s.image.battery.soc, s.plant.battery
    if figures is not None and soc is not None and soc < figures.reserve:
        ev.narrow(Order.RESERVE, f"SoC {soc:.0f} %: 6 A", high=s.ev_floor)


def _pv_ability(s: Situation) -> Band:
    band = Band(0.0, s.plant.pv_kw)
    if s.state is State.SHUTDOWN:
        band.narrow(Order.ABILITY, "shutdown", high=0.0)
    return band


def _island_share(s: Situation) -> float:
    """What an island lets PV make, 0..1: all below 95 % of SoC, nothing at 100 %, and nothing while it isn't known."""
    soc, figures = s.image.battery.soc, s.plant.battery
    if soc is None or figures is None:
        return 0.0
    return min(max((100.0 - soc) / (100.0 - figures.full), 0.0), 1.0) if figures.full < 100 else 1.0


def _set_point(name: str, band: Band, wish: Wish, shaped: Shaped) -> SetPoint:
    """Words for what came out: the limit that decides, what shaped it, or the wish itself."""
    held = band.binding(wish.kw)
    reason = held.why if held is not None else wish.why
    why = f"{reason}; {shaped.why}" if shaped.why and reason else shaped.why or reason
    return SetPoint(name, shaped.kw, wish.kw, why, tuple(band.limits), held)
