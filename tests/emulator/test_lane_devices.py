"""Loops, beams, edge, reader and the hard-wired layer."""

from __future__ import annotations

from random import Random

import pytest

from protocols.token import token
from tools.emulator.lane import geometry as g
from tools.emulator.lane.arm import BRAKE, DRIVE, FREE
from tools.emulator.lane.devices import Beam, Edge, Loop, Reader
from tools.emulator.lane.hardwired import FIRE_SPEED, HardWired
from tools.emulator.lane.vehicle import CAR, MOTORCYCLE, SUV, TRUCK, Kind, Vehicle, strike_angle


def vehicle(kind: Kind = CAR, front: float = 0.0) -> Vehicle:
    made = Vehicle(1, kind, Random(4), "浙A12345", 0)
    made.front = front
    return made


def settle(loop: Loop, vehicles: list[Vehicle], ms: int, start: int = 0) -> int:
    for now in range(start, start + ms, 5):
        loop.step(vehicles, now, 5)
    return start + ms


def test_loop_filters_presence_and_absence() -> None:
    loop = Loop(g.LB, Random(1))
    car = vehicle(front=0.0)
    now = 0
    while not loop.present:
        loop.step([car], now, 1)
        now += 1
    assert 60 <= now - 1 <= 100
    gone = now
    while loop.present:
        loop.step([], now, 1)
        now += 1
    assert 100 <= now - gone <= 251


@pytest.mark.parametrize("kind", [CAR, SUV, MOTORCYCLE])
def test_loop_sees_whole_vehicles(kind: Kind) -> None:
    made = vehicle(kind)
    loop = Loop(g.LB, Random(1))
    now = settle(loop, [made], 200)
    while made.rear < 0.8:
        made.front += 0.0125
        loop.step([made], now, 5)
        assert loop.present
        now += 5


def test_a_high_bed_drops_out_for_less_than_a_second_and_cuts_the_beam() -> None:
    truck = vehicle(TRUCK, front=-1.0)
    loop, beam = Loop(g.LB, Random(1)), Beam(g.PE1)
    out_ms, now = 0, settle(loop, [truck], 200)
    while truck.rear < 0.0:
        truck.front += 0.0125
        loop.step([truck], now, 5)
        now += 5
        if not loop.present:
            out_ms += 5
            assert beam.broken([truck], 0)
    assert 100 < out_ms < 1000


def test_loop_faults_read_present() -> None:
    for kind in ("open", "short"):
        loop = Loop(g.LB, Random(1))
        loop.fail(kind)
        settle(loop, [], 50)
        assert (loop.present, loop.fault) == (1, 1)
        loop.fail("")
        settle(loop, [], 400)
        assert (loop.present, loop.fault) == (0, 0)


def test_limited_presence_forgets_after_five_minutes() -> None:
    loop = Loop(g.LB, Random(1))
    loop.fail("tune_out")
    now = settle(loop, [vehicle()], 299_000)
    assert loop.present
    settle(loop, [vehicle()], 2_000, now)
    assert not loop.present


def test_drift_loses_high_vehicles_first() -> None:
    loop = Loop(g.LB, Random(1))
    loop.fail("drift")
    settle(loop, [vehicle(SUV)], 37_000)
    assert loop.present
    settle(loop, [vehicle(SUV)], 6_000, 37_000)
    assert not loop.present


def test_unknown_faults_are_refused() -> None:
    with pytest.raises(ValueError, match="crosstalk"):
        Loop(g.LB, Random(1)).fail("melted")


def test_a_healthy_beam_answers_its_test() -> None:
    beam = Beam(g.PE1)
    assert (beam.broken([], 0), beam.broken([], 1)) == (0, 1)
    assert beam.broken([vehicle(front=1.0)], 0) == 1
    assert beam.broken([vehicle(front=9.0)], 0) == 0
    beam.blocked = True
    assert beam.broken([], 0) == 1


def test_edge_is_short_when_pressed_and_open_when_torn() -> None:
    edge = Edge()
    assert edge.ohms(0.0) == 8200
    assert edge.ohms(80.0) < 1000
    edge.torn = True
    assert edge.ohms(0.0) >= 30_000


def test_reader_reads_within_its_latency_and_tries_again() -> None:
    reader = Reader(Random(3), retry_ms=2500)
    read = 0
    for _ in range(1000):
        car = vehicle(front=-2.0)
        now = 0
        while not car.read and now < 20_000:
            reader.look(car, now)
            now += 10
        read += car.read
        if reader.wrong_reads == 0:
            assert reader.token == token(car.plate)
    assert read == 1000
    assert 15 <= reader.missed <= 50
    assert reader.wrong_reads <= 12


def test_edge_removes_close_only_and_within_30_ms() -> None:
    wired = HardWired()
    assert wired.drive(0, 1, 500) == (DRIVE, -0.75)
    for _ in range(4):
        wired.step(5, True)
    assert wired.drive(0, 1, 500) == (DRIVE, 0.0)
    assert wired.drive(1, 0, 500) == (DRIVE, 0.75)
    for _ in range(60):
        wired.step(5, False)
    assert wired.drive(0, 1, 500) == (DRIVE, -0.75)


def test_fire_lifts_whatever_the_board_says() -> None:
    wired = HardWired()
    wired.fire = True
    for outputs in ((0, 0, 0), (0, 1, 1000), (1, 1, 0)):
        assert wired.drive(*outputs) == (DRIVE, FIRE_SPEED)
    wired.stop_pressed = True
    assert wired.drive(0, 0, 0) == (FREE, 0.0)


def test_emergency_stop_brakes_and_an_empty_supply_lets_go() -> None:
    wired = HardWired()
    wired.stop_pressed = True
    assert wired.drive(1, 0, 1000) == (BRAKE, 0.0)
    assert wired.relay_healthy == 0
    wired.stop_pressed = False
    wired.supply.mains = False
    for _ in range(30):
        wired.step(60_000, False)
    assert wired.supply.volts == pytest.approx(22.0, abs=0.01)
    for _ in range(4):
        wired.step(60_000, False)
    assert wired.drive(0, 1, 1000) == (FREE, 0.0)


def test_strike_angles_follow_roofs() -> None:
    assert strike_angle(MOTORCYCLE) < strike_angle(CAR) < strike_angle(SUV) < strike_angle(TRUCK) < 80
    assert strike_angle(CAR) == pytest.approx(45, abs=0.1)
