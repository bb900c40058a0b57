"""A small plant for a simulated day: sun with clouds, loads, vehicles, a battery with losses, a grid for the rest.

No device and no bus: what is compared here is what the management decides. The whole plant is in `tools/emulator`.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from edge_gateway.control.energy.ems import Ems, When
from edge_gateway.control.energy.image import Image
from edge_gateway.control.energy.plan import SLOT_MS, SLOTS, Plan, Problem
from edge_gateway.control.energy.plant import BatteryFigures, Law, Plant
from edge_gateway.control.energy.tariff import Tariff
from tests.edge_gateway.control.energy.harness import image

STEP_S = 30
DAY_S = 86_400
ETA = 0.965


@dataclass
class Course:
    """Mean power (kW) for each step of a day: what the sun gives, what loads and vehicles take."""

    seed: int = 1
    sun: list[float] = field(default_factory=list)
    use: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng, cloud = random.Random(self.seed), 1.0
        for step in range(DAY_S // STEP_S):
            hour = step * STEP_S / 3600
            cloud += 0.012 * (0.85 - cloud) + 0.05 * rng.gauss(0, 1)
            cloud = min(max(cloud, 0.2), 1.0)
            clear = max(0.0, math.sin((hour - 6) / 12 * math.pi)) if 6 < hour < 18 else 0.0
            self.sun.append(min(600.0, 760.0 * clear * cloud))
            base = 260 + 110 * math.sin((hour - 9) / 24 * 2 * math.pi) + 15 * rng.gauss(0, 1)
            cars = 140 * math.exp(-(((hour - 10) / 1.5) ** 2)) + 420 * math.exp(-(((hour - 20) / 1.6) ** 2))
            self.use.append(max(base + cars, 100.0))

    def quarters(self, series: list[float]) -> tuple[float, ...]:
        """Means of quarter hours: a perfect forecast."""
        size = SLOT_MS // 1000 // STEP_S
        return tuple(sum(series[i : i + size]) / size for i in range(0, len(series), size))


@dataclass
class Result:
    """A day. kWh and kW; lost: what the balance does not explain, in kWh."""

    pv: float = 0.0
    imported: float = 0.0
    exported: float = 0.0
    used: float = 0.0
    cost: float = 0.0
    peak: float = 0.0
    over: float = 0.0
    """Highest import above the cap (kW), and..."""
    out: float = 0.0
    """...export above its cap."""
    soc: float = 50.0
    low: float = 100.0
    lost: float = 0.0
    heat: float = 0.0
    """What the battery's losses are."""

    @property
    def self_consumption(self) -> float:
        """Share of the sun that stayed here."""
        return 1 - self.exported / self.pv


def problem(course: Course, plant: Plant, tariff: Tariff, soc: float) -> Problem:
    """What the optimiser is asked at midnight."""
    minutes = tuple(15 * slot for slot in range(SLOTS))
    prices = [tariff.at(minute) for minute in minutes]
    return Problem(
        begin_utc=0,
        soc=soc,
        consumption=course.quarters(course.use),
        pv=course.quarters(course.sun),
        buy=tuple(price.buy for price in prices),
        names=tuple(price.name for price in prices),
        minutes=minutes,
        sell=tariff.sell,
        peak_price=tariff.peak_kw,
        import_cap=plant.import_cap - plant.import_margin,
        export_cap=plant.export_cap - plant.export_margin,
        battery=plant.battery or BatteryFigures(),
    )


def live(course: Course, plant: Plant, tariff: Tariff, plan: Plan | None, control: bool = True) -> Result:
    """One day in steps of 30 s: `plan` is followed, or the rules; without control the battery rests."""
    ems = Ems(plant, tariff, 0, Law(observe_ms=0), stale_ms=2 * DAY_S * 1000)
    if plan is not None:
        ems.follow(plan, 0)
    battery = plant.battery or BatteryFigures()
    found, power, limit, energy = Result(), 0.0, 1e9, 0.5 * battery.kwh
    began = energy
    quarter = 0.0
    for step, (sun, use) in enumerate(zip(course.sun, course.use, strict=True)):
        seconds = step * STEP_S
        hours = STEP_S / 3600
        pv = min(sun, limit)
        grid = use - pv - power
        if control:
            made = _second(ems, image(grid=grid, bat=power, soc=100 * energy / battery.kwh, pv=pv), seconds)
            power = made[0]
            limit = made[1]
        room = (battery.kwh - energy) / ETA / hours
        power = min(max(power, -room), energy * ETA / hours)
        pv = min(sun, limit) if control else sun
        grid = use - pv - power
        energy -= power * hours * (ETA if power < 0 else 1 / ETA)
        found.heat += abs(power) * hours * ((1 - ETA) if power < 0 else (1 / ETA - 1))
        found.pv += pv * hours
        found.used += use * hours
        found.imported += max(grid, 0.0) * hours
        found.exported += max(-grid, 0.0) * hours
        found.cost += hours * (tariff.at(seconds // 60).buy * max(grid, 0.0) - tariff.sell * max(-grid, 0.0))
        found.over, found.out = max(found.over, grid - plant.import_cap), max(found.out, -grid - plant.export_cap)
        found.low = min(found.low, 100 * energy / battery.kwh)
        quarter += grid * hours
        if (seconds + STEP_S) % 900 == 0:
            found.peak, quarter = max(found.peak, 4 * quarter), 0.0
    found.soc = 100 * energy / battery.kwh
    found.lost = found.imported + found.pv - found.exported - found.used - (energy - began)
    found.cost -= (energy - began) * ETA * min(period.buy for period in tariff.periods)
    return found


def _second(ems: Ems, seen: Image, seconds: int) -> tuple[float, float]:
    """Set-points of battery and PV."""
    ems.step(seen, 1000 * seconds, When(1000 * seconds, seconds // 60 % 1440))
    made = ems.dispatched
    return (0.0, 1e9) if made is None else (made.battery.kw, made.pv.kw)
