"""A whole day of the whole plant: how long it takes, and what batching does to energy (domain brief §1g)."""

from __future__ import annotations

import time

import pytest

from tests.emulator.waste.support import collect
from tools.emulator.waste.direct import Direct

HOUR_MS = 3_600_000


def collected(hours: float, batch: int, at_least_kg: float, seed: int = 1) -> Direct:
    """Empty a fraction whenever `batch` of its chutes are at 60 %, or one is full."""
    plant = Direct(seed=seed, start_hour=0.0)
    while plant.now_ms < hours * HOUR_MS:
        plant.run(300)
        for fraction in range(3):
            levels = [plant.level(inlet, fraction) for inlet in range(1, 25)]
            if sum(level > 0 for level in levels) >= batch or 2 in levels:
                worth = (n for n in range(1, 25) if plant.chute(n, fraction).grams >= at_least_kg * 1000)
                collect(plant, fraction, worth)
    return plant


@pytest.mark.slow
def test_a_day_of_24_inlets_takes_well_under_a_minute_and_batching_saves_energy() -> None:
    begin = time.process_time()
    batched = collected(24, batch=6, at_least_kg=20.0)
    seconds = time.process_time() - begin
    single = collected(15, batch=1, at_least_kg=48.0)
    figures = [plant.energy_kwh / plant.landed_kg() * 1000.0 for plant in (batched, single)]
    print(f"one day: {seconds:.1f} s, {batched.network.steps} steps")
    print(f"batched {figures[0]:.0f} kWh/t, one by one {figures[1]:.0f} kWh/t")
    assert seconds < 60.0
    assert figures[0] < 40.0
    assert figures[0] < 0.7 * figures[1]
    for plant in (batched, single):
        assert plant.balance.closed
        assert plant.landed_kg() > 300
        assert plant.network.conveying.blockages == 0
        assert plant.network.two_open_ms == 0
        assert plant.network.max_speed < 35.0
        assert plant.network.reception.misdirected_g == 0
        assert plant.violations == []
