"""The day-ahead plan: what the battery does in each quarter hour to come, and what is expected of the rest.

Somebody else makes it (`optimiser.py` in its own process, or `rules.py`); control only follows one that is fresh.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from edge_gateway.control.energy.plant import MINUTE_MS, BatteryFigures

SLOT_MS = 15 * MINUTE_MS
SLOTS = 96
HOURS = SLOT_MS / 3_600_000


class InfeasibleError(ValueError):
    """There is no plan that keeps all limits; the text says why."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a plan is made of: one value for each quarter hour from `begin_utc` (ms) on, in kW and price of a kWh.

    soc: % now. consumption: loads and vehicles. peak_so_far: highest import of the day up to now (kW)."""

    begin_utc: int
    soc: float
    consumption: tuple[float, ...]
    pv: tuple[float, ...]
    buy: tuple[float, ...]
    names: tuple[str, ...]
    minutes: tuple[int, ...]
    sell: float
    peak_price: float
    import_cap: float
    export_cap: float
    battery: BatteryFigures
    peak_so_far: float = 0.0

    @classmethod
    def of(cls, data: dict[str, Any]) -> Problem:
        """The reverse of `asdict`, of JSON."""
        lists = {name: tuple(data[name]) for name in ("consumption", "pv", "buy", "names", "minutes")}
        return cls(**{**data, **lists, "battery": BatteryFigures(**data["battery"])})


@dataclass(frozen=True, slots=True)
class Slot:
    """A quarter hour: power of the battery (discharge positive) and of the grid (kW), SoC at its end (%)."""

    battery: float
    grid: float
    soc: float


@dataclass(frozen=True, slots=True)
class Plan:
    """source: `optimiser` or `rules`. soc: % at its begin. peak: highest import that it reckons with (kW). cost: of the
    energy that it buys, less what it sells."""

    source: str
    begin_utc: int
    soc: float
    slots: tuple[Slot, ...]
    peak: float
    cost: float = 0.0

    def slot(self, utc_ms: int) -> Slot | None:
        """The quarter hour of a time; None outside of the plan."""
        index = (utc_ms - self.begin_utc) // SLOT_MS
        return self.slots[index] if 0 <= index < len(self.slots) else None

    def soc_at(self, utc_ms: int) -> float | None:
        """Planned SoC (%) at a time."""
        index = (utc_ms - self.begin_utc) // SLOT_MS
        if not 0 <= index < len(self.slots):
            return None
        before = self.slots[index - 1].soc if index else self.soc
        share = (utc_ms - self.begin_utc) % SLOT_MS / SLOT_MS
        return before + share * (self.slots[index].soc - before)

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def of(cls, data: dict[str, Any]) -> Plan:
        """The reverse of `as_dict`. Raises KeyError, TypeError."""
        return cls(**{**data, "slots": tuple(Slot(**slot) for slot in data["slots"])})


def energy_cost(problem: Problem, slots: Iterable[Slot]) -> float:
    """What the grid's energy of these quarter hours costs, less what is paid for it."""
    return HOURS * sum(
        buy * max(slot.grid, 0.0) - problem.sell * max(-slot.grid, 0.0)
        for buy, slot in zip(problem.buy, slots, strict=True)
    )


def violations(plan: Plan, problem: Problem, slack: float = 1e-3) -> list[str]:
    """What a plan does that it may not, in words; empty when it is feasible."""
    found, battery, soc = [], problem.battery, problem.soc
    for index, slot in enumerate(plan.slots):
        if abs(slot.battery) > battery.kw + slack:
            found.append(f"slot {index}: battery {slot.battery:.1f} kW, its rating is {battery.kw:g}")
        if slot.grid > problem.import_cap + slack or -slot.grid > problem.export_cap + slack:
            found.append(f"slot {index}: grid {slot.grid:.1f} kW is beyond its caps")
        if not -slack <= slot.soc <= 100 + slack:
            found.append(f"slot {index}: SoC {slot.soc:.1f} %")
        if slot.battery > slack and slot.soc < min(battery.reserve, soc) - slack:
            found.append(f"slot {index}: discharges the reserve to {slot.soc:.1f} %")
        stored = -slot.battery * HOURS * (battery.efficiency if slot.battery < 0 else 1 / battery.efficiency)
        if abs(soc + 100 * stored / battery.kwh - slot.soc) > 0.01:
            found.append(f"slot {index}: SoC {soc:.2f} to {slot.soc:.2f} % does not follow from {slot.battery:.1f} kW")
        soc = slot.soc
    return found
