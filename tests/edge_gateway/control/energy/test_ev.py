"""The EV allocator: equal shares, 6 A or nothing, turns, up slowly and down at once (domain brief §2d)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_gateway.control.energy.ev import Allocation, Allocator
from edge_gateway.control.energy.image import Ev
from edge_gateway.control.energy.plant import EvFigures

FIGURES = EvFigures(stagger=96)
KW_A = 7 / 32


class Cars:
    """An allocator, some cars, a clock."""

    def __init__(self, **figures: Any) -> None:
        self.figures = EvFigures(**{"stagger": 96, **figures})
        self.allocator = Allocator(self.figures)
        self.now = 0

    def run(self, seconds: int, cars: set[int], kw: float, charging: set[int] | None = None) -> Allocation:
        made = Allocation()
        for _ in range(seconds):
            self.now += 1000
            charge = cars if charging is None else charging
            made = self.allocator.step(Ev(None, frozenset(cars), frozenset(charge)), kw, self.now)
            assert made.kw(self.figures) <= kw + 1e-6
        return made


def test_equal_shares_that_rise_by_one_ampere_in_ten_seconds() -> None:
    it = Cars()
    shares = [it.run(1, {0, 1}, 20 * KW_A * 2).amps]
    shares += [it.run(10, {0, 1}, 20 * KW_A * 2).amps for _ in range(16)]
    assert shares == [6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0, 20.0, 20.0, 20.0]
    assert it.run(1, {0, 1}, 8 * KW_A * 2).amps == pytest.approx(8.0), "and fall at once"
    assert it.run(1, {0, 1}, 0.0) == Allocation(0.0, frozenset(), (0, 1), "0 kW are not enough for one point at 6 A")


def test_a_restart_goes_on_with_those_that_charge_and_what_they_take() -> None:
    figures = EvFigures(stagger=8)
    charging = frozenset(range(10, 30))
    seen = Ev(20 * 12 * KW_A, frozenset(range(40)), charging)
    made = Allocator(figures).step(seen, 40 * 20 * KW_A, 1_000)
    assert made.enabled == charging and made.amps == pytest.approx(12.0)
    made = Allocator(figures).step(seen, 10 * 6 * KW_A, 1_000)
    assert len(made.enabled) == 10 and made.enabled < charging, "who charges is first in the queue"
    made = Allocator(figures).step(Ev(0.0, frozenset(range(40))), 40 * 20 * KW_A, 1_000)
    assert len(made.enabled) == 8 and made.amps == 6.0, "after all were off a few at a time"


def test_a_third_car_lowers_the_others_at_once() -> None:
    it = Cars()
    assert it.run(200, {0, 1}, 30 * KW_A).amps == pytest.approx(15.0)
    made = it.run(1, {0, 1, 2}, 30 * KW_A)
    assert made.amps == pytest.approx(10.0) and made.enabled == {0, 1, 2}


def test_who_gets_less_than_6_a_waits_for_a_turn_of_15_minutes() -> None:
    it = Cars()
    cars = set(range(5))
    turns = []
    for _ in range(5):
        made = it.run(1, cars, 2 * 6 * KW_A + 0.1)
        turns.append(sorted(made.enabled))
        made = it.run(899, cars, 2 * 6 * KW_A + 0.1)
        assert sorted(made.enabled) == turns[-1] and made.amps >= 6
    assert turns == [[0, 1], [2, 3], [0, 4], [1, 2], [3, 4]], "all the same, one after the other"
    assert "3 wait for their turn of 15 min" in made.why


def test_a_dc_point_counts_with_its_power() -> None:
    it = Cars()
    made = it.run(1, {0, 90}, 6 * KW_A + 6 * 120 / 32)
    assert made.enabled == {0, 90} and made.kw(it.figures) == pytest.approx(6 * (7 + 120) / 32)
    assert it.run(1, {0, 90}, 10.0).enabled == {0}, "22 kW are not there, 1.3 are"


def test_a_full_car_gives_its_share_to_the_others_and_is_asked_again() -> None:
    it = Cars()
    made = it.run(100, {0, 1}, 20 * KW_A, charging={0})
    assert made.enabled == {0, 1}
    assert it.run(30, {0, 1}, 20 * KW_A, charging={0}).enabled == {0}
    assert it.run(200, {0, 1}, 20 * KW_A, charging={0}).amps == pytest.approx(20.0)
    assert it.run(800, {0, 1}, 20 * KW_A, charging={0}).enabled == {0, 1}, "a turn later"
    it.run(130, {0, 1}, 20 * KW_A, charging={0})
    it.run(1, {0}, 20 * KW_A)
    assert it.run(1, {0, 1}, 20 * KW_A, charging={0}).enabled == {0, 1}, "a car that comes anew is new"


def test_the_power_of_6_a_for_all_is_6_a_for_all_whatever_the_rounding() -> None:
    for count in range(1, 93):
        it = Cars()
        cars = set(range(count)) if count % 2 else set(range(92 - count, 92))
        made = it.run(1, cars, it.allocator.floor_kw(Ev(None, frozenset(cars))))
        assert made.amps == 6.0 and made.enabled == cars, f"{count} cars"


def test_cars_that_can_not_be_seen_are_all_there() -> None:
    it = Cars()
    made = it.allocator.step(Ev(None, None, frozenset()), 600.0, 1000)
    assert len(made.enabled) == 92 and it.allocator.floor_kw(Ev()) == pytest.approx(6 * (88 * 7 + 4 * 120) / 32)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sets(st.integers(0, 91), max_size=20), st.floats(0, 700), st.integers(1, 1200_000)), max_size=25
    )
)
def test_never_more_than_the_budget_and_never_below_the_floor(story: list[tuple[set[int], float, int]]) -> None:
    allocator, now, before = Allocator(FIGURES), 0, 0.0
    for cars, kw, ms in story:
        now += ms
        made = allocator.step(Ev(None, frozenset(cars), frozenset(cars)), kw, now)
        assert made.kw(FIGURES) <= kw + 1e-6
        assert made.enabled <= cars and not made.enabled & set(made.waiting)
        assert made.amps == 0.0 or 6.0 - 1e-9 <= made.amps <= 32.0
        assert made.amps <= before + 1.0 + 1e-9 or before == 0.0
        assert bool(made.enabled) == bool(made.amps)
        before = made.amps
