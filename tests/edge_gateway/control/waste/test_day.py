"""A reference day: 24 inlet groups, 72 chutes, residents by their profile; energy, deadlines and wall time."""

from __future__ import annotations

import random
import time

import pytest

from edge_gateway.control.waste.schedule import Times, legs
from edge_gateway.control.waste.state import Run, State
from tools.collection.boards import DirectBoards
from tools.collection.rig import Rig
from tools.emulator.waste.direct import Direct

HOUR_MS = 3_600_000


def settled_plant() -> Rig:
    """At six in the morning of a plant that has run for long: chutes are filled at random."""
    direct = Direct(seed=1, start_hour=6.0)
    rng = random.Random(7)
    for inlet in range(1, 25):
        for fraction, kg in ((1, 30), (2, 20)):
            direct.fill(inlet, fraction, rng.uniform(0.6, 1.4) * kg)
    return Rig(DirectBoards(direct))


def one_inlet_a_run() -> float:
    """kWh/t when every inlet that reports 60 % gets a run of its own: one of each branch."""
    kg = kwh = 0.0
    never = Times(batch=1_000, daily_ms=1 << 40, perishable_ms=1 << 40)
    for branch in range(6):
        inlet = 4 * branch + 1 + branch % 4
        direct = Direct(seed=3, residents=0)
        direct.fill(inlet, 1, 48)
        made = Rig(DirectBoards(direct), times=never)
        made.scan()
        chute = made.boards.plant.by_name[f"inlet{inlet:02d}.2"]
        made.control.asked = Run(0, "one inlet", legs(made.boards.plant, [chute]))
        made.until(lambda made=made: made.state is State.START, 60)  # type: ignore[misc]
        made.until(lambda made=made: made.memory.run is None, 600)  # type: ignore[misc]
        kg += direct.landed_kg()
        kwh += direct.energy_kwh
    return 1000 * kwh / kg


@pytest.mark.slow
def test_the_second_day_keeps_deadlines_and_energy() -> None:
    """Printed: kWh/t of default batching and of one inlet a run; CPU seconds of one simulated day."""
    made = settled_plant()
    direct = made.boards.direct
    made.until(lambda: made.now >= 24 * HOUR_MS, 1e6)
    kg, kwh, began = direct.landed_kg(), direct.energy_kwh, time.process_time()
    made.until(lambda: made.now >= 48 * HOUR_MS, 1e6)
    took = time.process_time() - began
    kg, kwh = direct.landed_kg() - kg, direct.energy_kwh - kwh
    batched, single = 1000 * kwh / kg, one_inlet_a_run()
    print(f"\nbatched {batched:.1f} kWh/t, one inlet a run {single:.1f} kWh/t ({1 - batched / single:.0%} less)")
    print(f"{kg / 1000:.2f} t, {kwh:.0f} kWh, {took:.0f} s of CPU for the day")
    assert direct.violations == [] and direct.network.two_open_ms == 0 and direct.balance.closed
    assert made.memory.books.balance == 0
    late = [note for note in made.named("CHUTE_EMPTIED") if note.body["late"]]
    full = list(made.named("CHUTE_FULL"))
    assert len(late) <= max(1, len(full) // 20)
    assert not list(made.named("WASTE_TRIPPED"))
    assert batched <= 0.4 * single
