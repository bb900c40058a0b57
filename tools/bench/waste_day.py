"""A day of the waste plant, 24 inlets and 72 chutes: energy by the tonne, and how long simulating the day takes.

The collection sequence is the gateway's own; boards and pipes are the directly driven network of the emulator. Energy
is that of the worst of several seeds, beside one run of the fans for every inlet; `brief` has the set-points that the
domain brief starts from (22 m/s, 15 s between two charges, valves open for 10 s).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from tools.bench.measure import Result
from tools.collection.day import BRIEF, Day, live, one_inlet_a_run, settled_plant

SEEDS = (1, 2, 3, 4, 5)
LIMIT_S = 60.0


@cache
def _days() -> tuple[Day, ...]:
    return tuple(live(settled_plant(seed)) for seed in SEEDS)


def energy() -> Result:
    """Return kWh/t with the defaults of the site file, the worst of `SEEDS`."""
    worst = max(day.kwh_per_t for day in _days())
    return Result("waste_kwh_per_t", worst, one_inlet_a_run(), "one inlet a run", "kWh/t")


def energy_of_the_brief() -> Result:
    """Return kWh/t of one day with the brief's set-points."""
    batched = live(settled_plant(SEEDS[0], BRIEF)).kwh_per_t
    return Result("waste_kwh_per_t.brief", batched, one_inlet_a_run(BRIEF), "one inlet a run", "kWh/t")


def wall() -> Result:
    """Return the seconds that the slowest of the days took."""
    return Result("waste_day_wall_s", max(day.wall_s for day in _days()), LIMIT_S, "the limit", "s")


BENCHES: dict[str, Callable[[], Result | Iterable[Result]]] = {
    "waste_kwh_per_t": energy,
    "waste_kwh_per_t.brief": energy_of_the_brief,
    "waste_day_wall_s": wall,
}
