"""Vehicles and drivers: they obey the boom, follow each other, and are counted exactly."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from tools.emulator.lane import geometry as g
from tools.emulator.lane.plant import Lane
from tools.emulator.lane.traffic import Traffic, evening, morning, steady
from tools.emulator.lane.vehicle import CAR, TRUCK

OPEN_GREEN = {"YO": 1, "YC": 0, "SPD": 800, "LT_G": 1}


def test_arrivals_are_poisson_with_the_rate_asked_for() -> None:
    lane = Lane(5, rate=steady(300))
    for _ in range(3 * 360_00):
        lane.step(100, OPEN_GREEN)
    assert 3 * 300 * 0.88 < lane.traffic.arrived < 3 * 300 * 1.12


def test_profiles_peak_where_the_brief_says() -> None:
    assert morning(7.5)(1_800_000) == pytest.approx(240, abs=1)
    assert evening(17.5)(1_800_000) == pytest.approx(300, abs=1)
    assert morning(0.0)(3 * 3_600_000) < 20


def test_a_closed_boom_stops_everyone_before_the_line() -> None:
    lane = Lane(2, rate=steady(300))
    for _ in range(30_000):
        lane.step(10, {"LT_G": 0})
    assert lane.traffic.passed == 0
    assert lane.traffic.queue >= 5
    assert all(v.front <= g.STOP_LINE for v in lane.traffic.vehicles)
    fronts = [(v.front, v.rear) for v in lane.traffic.vehicles]
    assert all(ahead[1] > behind[0] for ahead, behind in pairwise(fronts))
    assert lane.inputs()["LA_P"] == 1
    assert lane.inputs()["LB_P"] == 0


def test_in_minus_out_is_exact() -> None:
    lane = Lane(7, rate=steady(400))
    for _ in range(60_000):
        lane.step(10, OPEN_GREEN)
        traffic = lane.traffic
        counted = sum(1 for v in traffic.vehicles if not v.counted) + len(traffic.backlog)
        assert traffic.arrived == traffic.passed + traffic.backed_out + counted
    assert lane.contacts == 0


def test_two_runs_of_one_seed_are_one() -> None:
    def story(seed: int) -> list[tuple[float, ...]]:
        lane = Lane(seed, rate=steady(350))
        lane.traffic.tailgaters = 0.2
        lines = []
        for tick in range(20_000):
            lane.step(10, OPEN_GREEN if tick % 3000 < 2000 else {"YC": 1, "SPD": 500})
            if tick % 100 == 0:
                lines.append((lane.degrees, *(v.front for v in lane.traffic.vehicles)))
        return lines

    assert story(11) == story(11)
    assert story(11) != story(12)


def test_a_truck_waits_for_a_higher_boom() -> None:
    lane = Lane(1)
    truck = lane.traffic.add(TRUCK)
    lane.put_boom(80)
    for _ in range(3000):
        lane.step(10, {"LT_G": 1})
    assert truck.front <= g.STOP_LINE
    lane.put_boom(90)
    for _ in range(1500):
        lane.step(10, {"LT_G": 1})
    assert truck.counted
    assert lane.contacts == 0


def test_a_boom_that_comes_down_on_a_car_is_one_contact() -> None:
    lane = Lane(1)
    car = lane.traffic.add(CAR)
    car.halt_ms = 60_000
    for tick in range(4000):
        lane.step(10, OPEN_GREEN if tick < 2500 else {"YC": 1, "SPD": 500})
    assert car.halted
    assert lane.contacts == 1


def test_a_driver_backs_out_only_with_nobody_behind() -> None:
    lane = Lane(1)
    car = lane.traffic.add(CAR)
    car.backs_out = True
    for _ in range(6000):
        lane.step(10, OPEN_GREEN)
    assert (lane.traffic.backed_out, lane.traffic.passed) == (1, 0)
    first, second = lane.traffic.add(CAR), lane.traffic.add(CAR)
    first.backs_out = True
    for _ in range(6000):
        lane.step(10, OPEN_GREEN)
    assert second.counted
    assert (lane.traffic.backed_out, lane.traffic.passed) == (1, 2)


def test_saturation_keeps_a_queue() -> None:
    traffic = Traffic(Random(1))
    traffic.saturated = True
    for now in range(0, 120_000, 10):
        traffic.step(10, now, 0.0, 0, 0)
    assert traffic.queue >= 5
