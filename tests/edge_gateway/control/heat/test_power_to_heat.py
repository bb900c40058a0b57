"""The rows of the domain brief §5 about heat, in seconds; and EH1 by the sun's surplus."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_gateway.control.energy.signals import Heat
from edge_gateway.control.heat.plant import Law, Plant
from edge_gateway.control.heat.power_to_heat import Rows, Surplus
from tests.edge_gateway.control.heat.harness import Bench, image, power


@pytest.mark.parametrize(
    ("told", "machines", "eh1", "buffer", "charge"),
    [
        (power(), 3, 100.0, 0.0, 62.0),
        (power(Heat.SURPLUS), 3, 100.0, 5.0, 65.0),
        (power(Heat.NO_POWER_TO_HEAT), 3, 0.0, 0.0, 62.0),
        (power(Heat.STAGE_DOWN), 2, 0.0, 0.0, 62.0),
        (power(Heat.EH1_OFF), 1, 0.0, 0.0, 62.0),
        (power(Heat.RETURN), 1, 0.0, 0.0, 62.0),
        (power(Heat.ISLAND), 0, 0.0, 0.0, 62.0),
        (power(shed=3), 1, 0.0, 0.0, 62.0),
        (power(Heat.SURPLUS, shed=2), 0, 0.0, 0.0, 62.0),
        (power(Heat.STAGE_DOWN, shed=3), 1, 0.0, 0.0, 62.0),
    ],
)
def test_each_row(told: object, machines: int, eh1: float, buffer: float, charge: float) -> None:
    """Somebody has ordered 100 kW of EH1 meanwhile: it is power-to-heat, and no row of need lets it be."""
    bench = Bench()
    bench.heat.order("eh1", 100.0, 3_600_000, "test", 0)
    bench.run(3, image(running=3, power=told))
    found = {name: bench.value(name) for name in ("machines", "eh1", "buffer", "charge")}
    assert found == {"machines": machines, "eh1": eh1, "buffer": buffer, "charge": charge}


def test_a_row_is_followed_in_the_scan_in_which_it_is_told() -> None:
    bench = Bench()
    bench.run(1, image(running=3))
    bench.run(0.1, image(running=3, power=power(Heat.EH1_OFF)), step_ms=100)
    assert bench.value("machines") == 1


def test_the_transformer_takes_a_stage_for_half_an_hour_at_most_and_not_again_at_once() -> None:
    bench, seen = Bench(), image(running=3, power=power(Heat.STAGE_DOWN))
    bench.run(1, seen)
    assert bench.value("machines") == 2 and bench.value("heating") == pytest.approx(41.8, abs=0.06)
    assert "comfort -1 K" in bench.why("heating")
    bench.run(30 * 60 - 2, seen)
    assert bench.value("machines") == 2
    bench.run(3, seen)
    assert bench.value("machines") == 3 and bench.value("heating") == 42.5
    bench.run(29 * 60, seen)
    assert bench.value("machines") == 3, "it has them all for half an hour"
    bench.run(2 * 60, seen)
    assert bench.value("machines") == 2
    bench.run(1, image(running=1))
    bench.run(1, image(running=1, power=power(Heat.STAGE_DOWN)))
    assert bench.value("machines") == 1, "the last one is left"


def test_after_an_island_one_machine_a_minute() -> None:
    rows = Rows(Plant(), Law())
    back = [rows.step(power(Heat.RETURN), 0, 1000 * second).machines for second in (0, 59, 60, 119, 120, 600)]
    assert back == [1, 1, 2, 2, 3, 3]


class Meter:
    """A grid connection: what goes into the grid when EH1 takes so much. EH1 follows after 2 s, and what it takes is
    read `late` seconds after the meter has seen it."""

    def __init__(self, sun: float, late: int) -> None:
        self.sun = sun
        self._orders = [0.0] * (3 + late)
        self._late = late

    def step(self, ordered: float) -> tuple[float, float]:
        self._orders = [*self._orders[1:], ordered]
        return self.sun - self._orders[self._late], self._orders[0]


@pytest.mark.parametrize("late", [0, 1, 3])
def test_the_surplus_is_taken_step_by_step_and_given_back_in_seconds(late: int) -> None:
    surplus, meter, now = Surplus(Plant(), Law()), Meter(240.0, late), 0
    taken = []
    for _ in range(900):
        now += 1000
        spare, eh1 = meter.step(surplus.kw)
        taken.append(surplus.step(True, spare, eh1, now))
    assert taken[58] == 0.0 and taken[61] == 50.0, "what lasts a minute counts"
    assert taken[-1] == 200.0 and sorted(taken) == taken, "240 less 10 in whole steps, and no hunting"
    meter.sun = 90.0
    for _ in range(10):
        now += 1000
        spare, eh1 = meter.step(surplus.kw)
        surplus.step(True, spare, eh1, now)
    assert surplus.kw == 50.0
    assert surplus.step(False, 90.0, 50.0, now + 1000) == 0.0, "the row is over"


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([True, True, True, False]),
            st.one_of(st.none(), st.floats(-800, 800)),
            st.one_of(st.none(), st.floats(0, 300)),
        ),
        min_size=1,
        max_size=300,
    )
)
def test_a_surplus_never_buys_for_longer_than_seconds(seen: list[tuple[bool, float | None, float | None]]) -> None:
    surplus, before, too_much = Surplus(Plant(), Law()), 0.0, 0
    for second, (allowed, spare, eh1) in enumerate(seen):
        kw = surplus.step(allowed, spare, eh1, 1000 * second)
        if not allowed or spare is None or eh1 is None:
            assert kw == 0.0
            too_much = 0
        else:
            too_much = too_much + 1 if kw > max(eh1 + spare - 10.0, 0.0) else 0
            assert too_much <= 5 and kw <= 300.0 and kw % 50.0 == 0.0
        assert kw <= before + 50.0
        before = kw
