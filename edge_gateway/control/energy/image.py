"""What the plant shows in one scan. Nothing in here changes while a scan looks at it.

A number is None when it must not be used: BAD, or STALE for longer than `lost.py` lets it be held. Whoever reads one
says what happens then.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Grid:
    """The meter GM and the breaker QG. kw: import positive. volts, hz: of the meter, so of an island's bus too. there:
    the grid side of QG is in its window, as its relay says. closed: QG. None: that contact can't be read."""

    kw: float | None = None
    kvar: float | None = None
    volts: float | None = None
    hz: float | None = None
    there: bool | None = None
    closed: bool | None = None

    @property
    def kva(self) -> float | None:
        """Apparent power through the transformer; the active one alone while the reactive isn't known."""
        return None if self.kw is None else math.hypot(self.kw, self.kvar or 0.0)


@dataclass(frozen=True, slots=True)
class Battery:
    """PCS and BMS. kw: discharge positive. setpoint: what the PCS holds, read back. soc, soh: %. charge_max and
    discharge_max: what the board allows now after BMS, cold, taper and its own reserve (kW, both positive). trips:
    names of the causes that forbid any power. deaf: it doesn't mirror set-points (E9). may_form: the board lets it form
    a grid. forming: it does so."""

    kw: float | None = None
    setpoint: float | None = None
    soc: float | None = None
    soh: float | None = None
    charge_max: float | None = None
    discharge_max: float | None = None
    trips: tuple[str, ...] = ()
    deaf: bool = False
    may_form: bool = False
    forming: bool = False


@dataclass(frozen=True, slots=True)
class Inverter:
    """One inverter. kw: generation positive. limit: % in force, read back. up: it may be generating; one that is silent
    may. ready: it is known to, or to wait for the sun."""

    kw: float | None = None
    limit: float | None = None
    up: bool = False
    ready: bool = False


@dataclass(frozen=True, slots=True)
class Ev:
    """The group of charging points, as sets of point numbers."""

    kw: float | None = None
    connected: frozenset[int] | None = None
    charging: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Image:
    """The whole plant. heard: its board is online and its values are current. refusal: why the gateway may not command
    it, else empty. shutdown: names of causes that stop everything (fire, rapid shutdown, maintenance key). shed: tier
    from which on loads are off, 0 none."""

    heard: bool = False
    refusal: str = ""
    grid: Grid = field(default_factory=Grid)
    battery: Battery = field(default_factory=Battery)
    inverters: tuple[Inverter, ...] = ()
    ev: Ev = field(default_factory=Ev)
    irradiance: float | None = None
    air_c: float | None = None
    shutdown: tuple[str, ...] = ()
    qg_unproven: bool = False
    """E10: open and not proven while there is voltage."""
    shed: int = 0

    @property
    def metered(self) -> bool:
        """Whether the flows are known on which every limit stands: the grid's, and the battery's."""
        return self.heard and self.grid.kw is not None and self.battery.kw is not None

    @property
    def pv_kw(self) -> float | None:
        """Generation of all inverters; None while one that is up can't be read."""
        if not self.inverters:
            return 0.0
        if any(inverter.up and inverter.kw is None for inverter in self.inverters):
            return None
        return sum(inverter.kw or 0.0 for inverter in self.inverters)

    @property
    def net_kw(self) -> float | None:
        """What the site takes beyond what its inverters make: grid and battery together (kW)."""
        grid, battery = self.grid.kw, self.battery.kw
        return None if grid is None or battery is None else grid + battery
