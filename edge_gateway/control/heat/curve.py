"""Weather compensation: the supply temperature that the buildings need, and the outdoor temperature that is believed.

An outdoor temperature that is lost is held for a while, then drifts to the month's mean, and comes back as slowly: no
broken wire makes a season (§4e).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge_gateway.control.heat.plant import Building, Curve, Law

_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Believed:
    """An outdoor temperature (degC) and where it is from: `measured`, `last value`, `climate`."""

    value: float
    source: str


class Outdoor:
    """The outdoor temperature that counts. `step` in each dispatch.

    climate: means of the months from January on (degC).
    """

    def __init__(self, law: Law, climate: Sequence[float]) -> None:
        self._law = law
        self._climate = tuple(climate)
        self._value: float | None = None
        self._seen: int | None = None
        self._at = 0

    def step(self, measured: float | None, month: int, now: int) -> Believed:
        """month: 1 to 12."""
        law, normal = self._law, self._climate[month - 1]
        passed, self._at = now - self._at, now
        slew = law.outdoor_slew * passed / _HOUR_MS
        if measured is not None:
            fresh = self._seen is not None and now - self._seen <= law.outdoor_hold_ms
            if self._value is None or fresh or self._seen is None:
                self._value = measured
            else:  # back after hours without: it may be another sensor, or one that is wired wrongly
                self._value = _toward(self._value, measured, slew)
            if self._value == measured:
                self._seen = now
            return Believed(self._value, "measured" if self._value == measured else "climate")
        if self._value is None:
            return Believed(normal, "climate")
        if self._seen is not None and now - self._seen <= law.outdoor_hold_ms:
            return Believed(self._value, "last value")
        self._value = _toward(self._value, normal, slew)
        return Believed(self._value, "climate")


def supply(curve: Curve, outdoor: float) -> float:
    """Supply temperature of one curve (degC), level beyond its ends."""
    share = (outdoor - curve.cold) / (curve.warm - curve.cold)
    share = min(max(share, 0.0), 1.0)
    return curve.supply_cold + share * (curve.supply_warm - curve.supply_cold)


@dataclass(frozen=True, slots=True)
class Need:
    """What the neediest building asks for: degC, or None when it is warm enough for all. who: its name."""

    supply: float | None
    who: str = ""


class Needs:
    """Which buildings are heated, with a band below each one's limit, and the hottest water that one of them needs."""

    def __init__(self, law: Law, buildings: Sequence[Building]) -> None:
        self._law = law
        self._buildings = tuple(buildings)
        self._heated: set[str] = set()

    def step(self, outdoor: float, less: float = 0.0) -> Need:
        """less: K of room temperature that are given up; for a building that is as if it were so much warmer."""
        found = Need(None)
        for building in self._buildings:
            if outdoor >= building.limit:
                self._heated.discard(building.name)
            elif outdoor <= building.limit - self._law.limit_band:
                self._heated.add(building.name)
            if building.name not in self._heated:
                continue
            wanted = supply(building.curve, outdoor + less)
            if found.supply is None or wanted > found.supply:
                found = Need(wanted, building.name)
        return found


def _toward(value: float, goal: float, step: float) -> float:
    return min(value + step, goal) if goal > value else max(value - step, goal)
