"""The rows B4 to B6, B10, B12 to B14 of the cause-and-effect table (domain brief §3c), each at the terminals."""

from __future__ import annotations

import math

import pytest

from hil_tests.conftest import MakeRig
from hil_tests.lane_rig import LaneRig
from hil_tests.lane_states import bring
from protocols import layout


def test_b2_three_reversals_in_a_minute_hold_the_lane_open(make_rig: MakeRig) -> None:
    rig = make_rig(reversal_hold_ms=2000)
    rig.closing(60.0)
    for _ in range(3):
        rig.until(lambda: rig.out("YC") and rig.degrees < 75, within=20_000)
        rig.fail("EDGE", "pressed", for_ms=200)
        rig.until(lambda: rig.open, within=4000)
    rig.run(2000)
    assert rig.state == "HOLD_OPEN"
    assert rig.tripped("REVERSAL_LIMIT")
    assert rig.event("CALL")
    rig.run(90_000)
    assert rig.open
    rig.reset()
    rig.run(500)
    assert not rig.tripped("REVERSAL_LIMIT")
    assert rig.open  # a reset never starts motion by itself


@pytest.mark.parametrize("kind", ["torn", "pressed"])
def test_b2_an_edge_that_is_not_healthy_keeps_the_boom_up(rig: LaneRig, kind: str) -> None:
    vehicle = rig.admit()
    rig.fail("EDGE", kind)
    rig.until(lambda: vehicle.counted, within=20_000)
    rig.run(20_000)
    assert rig.stamp("YC", 1) == -1
    assert rig.tripped("EDGE")


def test_b4_an_obstruction_shows_in_the_current_when_the_edge_is_blind(rig: LaneRig) -> None:
    rig.fault("EDGE", "value", 8200)
    rig.closing(45.0)
    arm = rig.lane.arm
    arm.obstacle = math.radians(25)
    rig.fail("EDGE.RELAY", "stuck")
    rig.until(lambda: arm.force > 0.0, within=2000)
    rig.until(lambda: rig.out("YO") and not rig.out("YC"), within=400)
    arm.obstacle = None
    rig.until(lambda: rig.open, within=4000)
    assert rig.status("REVERSALS") == 1
    reversed_by = rig.event("REVERSED")[-1][3]
    assert rig.table.CAUSES[reversed_by - 1][0] == "OBSTRUCTION"


def test_b5_both_limits_are_a_fault(rig: LaneRig) -> None:
    rig.fault("ZO", "stuck_set")
    rig.run(1000)
    assert rig.state == "FAULT"
    assert rig.tripped("MOTION")
    assert (rig.out("YO"), rig.out("YC")) == (0, 0)
    rig.fault("ZO", "")
    rig.run(1000)
    assert rig.state == "FAULT"  # latched
    rig.reset()
    rig.run(1000)
    assert rig.state == "CLOSED"


@pytest.mark.parametrize("degrees", [20, 80])
def test_b5_an_angle_that_contradicts_the_limit_is_a_fault(rig: LaneRig, degrees: int) -> None:
    rig.fault("ZC", "stuck_set")
    rig.at_line()
    rig.until(lambda: rig.degrees > degrees or (not rig.out("YO") and rig.degrees > 10), within=20_000)
    rig.run(1000)
    assert rig.state == "FAULT"


def test_b5_a_travel_that_takes_too_long_is_a_fault(rig: LaneRig) -> None:
    rig.fault("YO", "stuck_off")
    rig.at_line()
    rig.until(lambda: rig.board.wiring.commanded["YO"], within=20_000)
    rig.run(4500)
    assert rig.state == "FAULT"
    assert rig.tripped("MOTION")


@pytest.mark.parametrize(("switch", "cause"), [("ES", "ESTOP"), ("SK1", "SAFETY_RELAY")])
def test_b6_motor_power_goes_hard_wired_and_the_program_says_why(rig: LaneRig, switch: str, cause: str) -> None:
    rig.closing(60.0)
    if switch == "ES":
        pressed = rig.turn("ES", 1)
    else:
        pressed = rig.fail("SK1", "open")
    rig.until(lambda: rig.lane.resting, within=250)
    assert rig.now - pressed <= 250
    rig.run(2000)
    stopped_at = rig.degrees
    rig.run(10_000)
    assert rig.degrees == stopped_at
    assert rig.state == "FAULT"
    assert rig.tripped(cause)
    if switch == "ES":
        rig.turn("ES", 0)
    else:
        rig.fail("SK1", "")
    rig.run(1000)
    rig.reset(confirm=False)
    assert rig.state == "FAULT"  # wants the attendant
    rig.reset()
    rig.run(5000)
    assert rig.state != "FAULT"
    assert rig.degrees == stopped_at  # and moves nothing


def test_b10_a_boom_that_came_off_moves_no_more(rig: LaneRig) -> None:
    rig.closing(60.0)
    rig.turn("ARM.ZOK", 0)
    rig.run(500)
    assert rig.state == "FAULT"
    assert (rig.out("YO"), rig.out("YC"), rig.out("LT.R")) == (0, 0, 1)
    rig.turn("ARM.ZOK", 1)
    rig.run(500)
    rig.reset(confirm=False)
    rig.run(500)
    assert rig.state != "FAULT"


@pytest.mark.parametrize("switch", ["HATCH", "REL"])
def test_b12_cover_and_crank_take_the_motor_away(rig: LaneRig, switch: str) -> None:
    bring(rig, "OPENING")
    rig.turn(switch, 1)
    rig.run(200)
    assert (rig.out("YO"), rig.out("YC")) == (0, 0)
    assert rig.state == "FAULT"


def test_b13_wind_holds_the_boom_up_until_it_is_calm(make_rig: MakeRig) -> None:
    rig = make_rig(wind_supervised=1, wind_ok_min=1)
    rig.lane.wind = 24.0
    rig.until(lambda: rig.open, within=8000)
    assert rig.state == "HOLD_OPEN"
    rig.lane.wind = 17.0
    rig.run(90_000)
    assert rig.open
    rig.lane.wind = 12.0
    rig.run(50_000)
    assert rig.open
    rig.until(lambda: rig.closed, within=30_000)


def test_b13_without_a_sensor_wind_is_not_judged(rig: LaneRig) -> None:
    rig.lane.wind = 40.0
    rig.run(10_000)
    assert rig.closed


@pytest.mark.parametrize("point", ["PE1", "LB.P", "SK1", "ARM.ZOK", "FIRE", "ES"])
def test_a_contact_without_samples_takes_its_fail_state(rig: LaneRig, point: str) -> None:
    """STALE after 2 s counts as a vote: nothing closes on it (domain brief §0.3)."""
    vehicle = rig.admit()
    rig.fault(point, "stale")
    rig.until(lambda: vehicle.counted, within=20_000)
    begin = rig.now
    rig.run(20_000)
    assert rig.stamp("YC", 1, after=begin) == -1 or not rig.closed
    assert not rig.closed
    assert rig.lane.contacts == 0


@pytest.mark.parametrize("kind", ["open", "short", "stale"])
def test_an_angle_that_cannot_be_read_does_not_close(rig: LaneRig, kind: str) -> None:
    vehicle = rig.admit()
    rig.fault("POS", kind)
    rig.until(lambda: vehicle.counted, within=20_000)
    rig.run(20_000)
    assert not rig.closed
    assert rig.header(layout.H_TRIP_BITS, 2)
