"""The reference day: 24 inlet groups, 72 chutes, residents by their profile, what a day of collecting costs and keeps."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from edge_gateway.control.waste.accounting import Books
from edge_gateway.control.waste.plant import Fraction, Rules
from edge_gateway.control.waste.schedule import HOUR_MS, Times, legs
from edge_gateway.control.waste.state import Run, State
from tools.collection.boards import DirectBoards
from tools.collection.rig import Rig
from tools.emulator.waste.direct import Direct

DAY_MS = 24 * HOUR_MS
START_HOUR = 6
KG_A_HOUR = {Fraction.PERISHABLE: 2.9, Fraction.OTHER: 3.3, Fraction.RECYCLABLE: 1.7}
"""What a chute gets in the mean."""


@dataclass(frozen=True)
class Day:
    """One day, six in the morning to six. kwh is what the fans took; latest_h by fraction the longest that waste has
    waited for its emptying; full_s and late of chutes that were full."""

    kg: float
    kwh: float
    starts: int
    pulses: int
    night_runs: int
    full: int
    late: int
    latest_h: dict[str, float]
    blockages: int
    cpu_s: float

    @property
    def kwh_per_t(self) -> float:
        """The figure of merit."""
        return 1000 * self.kwh / self.kg


def settled_plant(seed: int, rules: Rules | None = None, times: Times | None = None) -> Rig:
    """At six in the morning of a plant that has run for long: each branch of each fraction was emptied some time ago,
    and residents have come since. Inlets are read once a second, and every five while nothing runs."""
    direct = Direct(seed=seed, start_hour=START_HOUR)
    made = Rig(DirectBoards(direct, poll_ms=1_000), rules or Rules(), times or Times(), idle_ms=5_000)
    rng = random.Random(seed)
    ago: dict[tuple[Fraction, int], float] = {}
    for chute in made.boards.plant.chutes:
        leg = chute.fraction, chute.branch
        most = made.times.due_ms(chute.fraction) / HOUR_MS
        hours = ago.setdefault(leg, rng.uniform(min(8.0, most / 2), most - 1))
        grams = round(1000 * min(70.0, hours * KG_A_HOUR[chute.fraction] * rng.uniform(0.8, 1.2)))
        direct.fill(int(chute.inlet[5:]), int(chute.fraction), grams / 1000)
        _know(made.memory.books, chute.name, grams)
        made.memory.chute(chute.name).emptied = made.when.utc_ms - round(hours * HOUR_MS)
    return made


def _know(books: Books, chute: str, grams: int) -> None:
    books.dropped += grams
    books.chutes[chute] = grams


def live(made: Rig, ms: int = DAY_MS) -> Day:
    """Let a plant run for a day."""
    direct = made.boards.direct
    kg, kwh, began, first = direct.landed_kg(), direct.energy_kwh, time.process_time(), len(made.notes)
    start = made.now
    emptied = {name: known.emptied for name, known in made.memory.chutes.items()}
    made.until(lambda: made.now >= start + ms and made.memory.run is None, 1e6)
    took = time.process_time() - began
    notes = [(at, note) for at, note in made.notes if at > start][0:]
    ended = [note.body for _at, note in notes if note.name == "RUN_ENDED"]
    waited: dict[str, float] = {}
    zero = made.when.utc_ms - made.now
    for at, note in notes:
        if note.name == "DISCHARGED":
            name = note.source
            fraction = str(note.body["fraction"])
            waited[fraction] = max(waited.get(fraction, 0.0), (zero + at - emptied[name]) / HOUR_MS)
            emptied[name] = zero + at
    for name, last in emptied.items():
        fraction = made.boards.plant.by_name[name].fraction.name.lower()
        waited[fraction] = max(waited.get(fraction, 0.0), (zero + start + ms - last) / HOUR_MS)
    assert first >= 0
    return Day(
        direct.landed_kg() - kg,
        direct.energy_kwh - kwh,
        len(ended),
        sum(body["pulses"] for body in ended),
        sum(body["night"] for body in ended),
        sum(note.name == "CHUTE_FULL" for _at, note in notes),
        sum(note.name == "CHUTE_EMPTIED" and bool(note.body["late"]) for _at, note in notes),
        {name: round(hours, 2) for name, hours in sorted(waited.items())},
        sum(note.name == "WASTE_BLOCKED" for _at, note in notes),
        took,
    )


def one_inlet_a_run(rules: Rules | None = None) -> float:
    """kWh/t when every chute that reports 60 % gets a run of its own: one of each branch."""
    kg = kwh = 0.0
    never = Times(batch=1_000, daily_ms=1 << 40, perishable_ms=1 << 40)
    for branch in range(6):
        inlet = 4 * branch + 1 + branch % 4
        direct = Direct(seed=3, residents=0)
        direct.fill(inlet, 1, 48)
        made = Rig(DirectBoards(direct), rules or Rules(), times=never)
        made.scan()
        chute = made.boards.plant.by_name[f"inlet{inlet:02d}.2"]
        made.control.asked = Run(0, "one inlet", legs(made.boards.plant, [chute]))
        made.until(lambda made=made: made.state is State.START, 60)  # type: ignore[misc]
        made.until(lambda made=made: made.memory.run is None, 600)  # type: ignore[misc]
        kg += direct.landed_kg()
        kwh += direct.energy_kwh
    return 1000 * kwh / kg
