"""The reference day: 24 inlet groups, 72 chutes, residents by their profile; what a day costs and keeps."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from edge_gateway.control.waste.plant import Fraction, Rules
from edge_gateway.control.waste.schedule import HOUR_MS, Times, legs
from edge_gateway.control.waste.state import Run, State
from tools.collection.boards import DirectBoards
from tools.collection.rig import Rig
from tools.emulator.waste.direct import Direct

START_HOUR = 6
DAY_MS = 24 * HOUR_MS
GRAMS_AN_HOUR = {Fraction.PERISHABLE: 2_900, Fraction.OTHER: 3_300, Fraction.RECYCLABLE: 1_700}
"""What a chute gets in the mean."""
BRIEF = Rules(speed=22.0, speed_purge=22.0, spacing_ms=15_000, open_ms=10_000, open_least_ms=10_000)
"""The set-points that the domain brief §1b and §1d start from; the defaults are within the ranges that it gives."""


@dataclass(frozen=True)
class Day:
    """What one day has brought, from six in the morning on. Energy is that of the fans (kWh)."""

    kg: float
    kwh: float
    runs: int
    night_runs: int
    pulses: int
    full: int
    late: int
    """Chutes that were full for longer than 30 minutes."""
    waited_h: dict[str, float]
    """By fraction: the longest that a chute was not emptied."""
    wall_s: float

    @property
    def kwh_per_t(self) -> float:
        """The figure of merit of §1g."""
        return 1000 * self.kwh / self.kg


def settled_plant(seed: int, rules: Rules | None = None, times: Times | None = None) -> Rig:
    """At six in the morning of a plant that has run for long: each branch of each fraction was emptied some time ago,
    and residents have come since. Inlets are read once a second; while nothing runs, every five."""
    direct = Direct(seed=seed, start_hour=START_HOUR)
    made = Rig(DirectBoards(direct, poll_ms=1_000), rules or Rules(), times or Times(), scan_ms=200, idle_ms=5_000)
    rng, hours = random.Random(seed), dict[tuple[Fraction, int], float]()
    for chute in made.boards.plant.chutes:
        leg, limit_h = (chute.fraction, chute.branch), made.times.due_ms(chute.fraction) / HOUR_MS
        ago = hours.setdefault(leg, rng.uniform(limit_h / 3, limit_h - 1))
        grams = min(70_000, round(ago * GRAMS_AN_HOUR[chute.fraction] * rng.uniform(0.8, 1.2)))
        direct.fill(int(chute.inlet[5:]), int(chute.fraction), grams / 1000)
        made.memory.books.dropped += grams
        made.memory.books.chutes[chute.name] = grams
        made.memory.chute(chute.name).emptied = made.when.utc_ms - round(ago * HOUR_MS)
    return made


def live(made: Rig) -> Day:
    """Let a plant run for a day, and to the end of the run that is then under way."""
    direct, start, began = made.boards.direct, made.now, time.perf_counter()
    kg, kwh, zero = direct.landed_kg(), direct.energy_kwh, made.when.utc_ms - made.now
    emptied = {name: known.emptied for name, known in made.memory.chutes.items()}
    made.until(lambda: made.now >= start + DAY_MS and made.memory.run is None, 2 * DAY_MS / 1000)
    wall_s = time.perf_counter() - began
    notes = [(at, note) for at, note in made.notes if at >= start]
    waited: dict[str, float] = {}
    emptyings = [(zero + at, note.source) for at, note in notes if note.name == "DISCHARGED"]
    for utc_ms, chute in emptyings + [(zero + start + DAY_MS, name) for name in emptied]:
        fraction = made.boards.plant.by_name[chute].fraction.name.lower()
        waited[fraction] = max(waited.get(fraction, 0.0), (utc_ms - emptied[chute]) / HOUR_MS)
        emptied[chute] = utc_ms
    runs = [note.body for _at, note in notes if note.name == "RUN_ENDED"]
    return Day(
        kg=direct.landed_kg() - kg,
        kwh=direct.energy_kwh - kwh,
        runs=len(runs),
        night_runs=sum(run["night"] for run in runs),
        pulses=sum(run["pulses"] for run in runs),
        full=sum(note.name == "CHUTE_FULL" for _at, note in notes),
        late=sum(note.name == "CHUTE_EMPTIED" and note.body["late"] for _at, note in notes),
        waited_h=waited,
        wall_s=wall_s,
    )


def one_inlet_a_run(rules: Rules | None = None) -> float:
    """kWh/t when every chute that reports 60 % gets a run of its own: one of each branch."""
    kg = kwh = 0.0
    never = Times(batch=1_000, daily_ms=1 << 40, perishable_ms=1 << 40)
    for branch in range(6):
        inlet = 4 * branch + 1 + branch % 4
        direct = Direct(seed=3, residents=0)
        direct.fill(inlet, 1, 48)
        made = Rig(DirectBoards(direct), rules or Rules(), never)
        made.scan()
        chute = made.boards.plant.by_name[f"inlet{inlet:02d}.2"]
        made.control.asked = Run(0, "one inlet", legs(made.boards.plant, [chute]))
        made.until(lambda made=made: made.state is State.START, 60)  # type: ignore[misc]
        made.until(lambda made=made: made.memory.run is None, 600)  # type: ignore[misc]
        kg += direct.landed_kg()
        kwh += direct.energy_kwh
    return 1000 * kwh / kg
