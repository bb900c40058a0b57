"""What stands behind the transformer, and the figures of its control: defaults are §0.1's."""

from __future__ import annotations

from dataclasses import dataclass, field

SECOND_MS = 1_000
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class BatteryFigures:
    """Storage behind one PCS. Reserves in % of SoC (§2c E8, §5)."""

    kw: float = 500.0
    kwh: float = 1000.0
    efficiency: float = 0.965
    """One way, 0..1."""
    reserve: float = 30.0
    """Kept for the critical board: outranks even the transformer (§5). The board has its own floor below it (E8)."""
    island_reserve: float = 30.0
    full: float = 95.0
    """Above it an island curtails PV."""
    wear: float = 0.05
    """Cost of a kWh that goes through."""


@dataclass(frozen=True, slots=True)
class EvFigures:
    """The charging points. A point that charges gets at least `floor_a`, or nothing."""

    ac_points: int = 88
    ac_kw: float = 7.0
    dc_points: int = 4
    dc_kw: float = 120.0
    cap_kw: float = 600.0
    floor_a: float = 6.0
    full_a: float = 32.0
    turn_ms: int = 15 * MINUTE_MS
    rest_ms: int = 120_000
    """A vehicle that takes nothing for so long is taken for full, and asked again a turn later."""
    raise_a: float = 1.0
    raise_ms: int = 10_000
    """The share rises by one `raise_a` in this time; it falls at once."""
    stagger: int = 8
    """So many more points in one `raise_ms` after all were off."""

    @property
    def points(self) -> int:
        """How many there are."""
        return self.ac_points + self.dc_points

    def kw_a(self, point: int) -> float:
        """Power of a point for each ampere of share (kW/A): AC and DC take the same fraction of their ratings."""
        return (self.ac_kw if point < self.ac_points else self.dc_kw) / self.full_a


@dataclass(frozen=True, slots=True)
class GridFigures:
    """The grid connection (§2b, islanding). Outside of volts and hz, with QG closed, it is a grid event."""

    volts_low: float = 207.0
    volts_high: float = 246.0
    hz_low: float = 49.8
    hz_high: float = 50.2
    lost_ms: int = 200
    """Its relay says so for so long: the grid is lost."""
    back_ms: int = 300_000
    open_ms: int = 1_000
    """QG is proven open within this. (The board itself proves it in 100 ms; this is how we see it.)"""
    dead_ms: int = 500
    """No PCS carries the bus by then: black start."""
    sync_ms: int = 60_000
    form_ms: int = 10_000
    ev_after_ms: int = 300_000
    may_island: bool = True


@dataclass(frozen=True, slots=True)
class Plant:
    """The whole plant."""

    transformer_kva: float = 1600.0
    import_cap: float = 1280.0
    import_margin: float = 10.0
    export_cap: float = 200.0
    export_margin: float = 5.0
    battery: BatteryFigures | None = field(default_factory=BatteryFigures)
    inverters: tuple[float, ...] = (100.0,) * 6
    """AC rating of each (kW)."""
    ev: EvFigures | None = field(default_factory=EvFigures)
    grid: GridFigures = field(default_factory=GridFigures)

    @property
    def pv_kw(self) -> float:
        """All inverters together."""
        return sum(self.inverters)


@dataclass(frozen=True, slots=True)
class Law:
    """Figures of the laws (§2b, §2d)."""

    dead_band: float = 10.0
    ramp: float = 50.0
    """kW/s of a wish; a limit is obeyed at once."""
    gentle_ramp: float = 10.0
    """kW/s while the plant recovers."""
    keeper_gain: float = 10.0
    """kW for each % of SoC away from the plan."""
    keeper_most: float = 50.0
    reserve_band: float = 5.0
    """% of SoC above a reserve at which discharging begins again."""
    observe_ms: int = 60_000
    lost_ms: int = 2_000
    recover_ms: int = 10_000
    calm_ms: int = 60_000
