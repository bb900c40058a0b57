"""PK1, PK3, PK11 and the injections of domain brief §3e that concern beams, loops and wiring."""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeRig
from hil_tests.lane_rig import LaneRig
from tools.emulator.lane.devices import LOOP_FAULTS
from tools.emulator.lane.vehicle import MOTORCYCLE, TRUCK

POSITIONS = (82.0, 74.0, 66.0, 58.0, 50.0, 42.0, 34.0, 26.0, 18.0, 10.0)


@pytest.mark.parametrize("point", ["LA.P", "LB.P", "LC.P", "LA.FLT", "LB.FLT", "LC.FLT", "PE1", "PE2"])
def test_pk1_a_broken_wire_reads_present(rig: LaneRig, point: str) -> None:
    assert rig.contact(point) == 0
    rig.fault(point, "open")
    rig.run(120)
    assert rig.contact(point) == 1


@pytest.mark.parametrize("point", ["LB.P", "LB.FLT", "PE1", "PE2"])
def test_pk1_a_wire_that_breaks_while_closing_reverses_and_keeps_open(rig: LaneRig, point: str) -> None:
    rig.closing(50.0)
    cut = rig.fault(point, "open")
    assert rig.until(lambda: rig.out("YO") and not rig.out("YC"), within=100) <= 100
    rig.until(lambda: rig.open, within=4000)
    rig.run(60_000)
    assert rig.open
    assert rig.stamp("YC", 1, after=cut + 20) == -1
    rig.fault(point, "")
    rig.run(1000)
    # A loop that forgets what it saw may have tuned out: somebody has to look.
    rig.turn("ATT", 1)
    rig.run(100)
    rig.turn("ATT", 0)
    rig.until(lambda: rig.closed, within=40_000)


@pytest.mark.parametrize("degrees", POSITIONS)
def test_pk3_a_beam_cut_reverses_in_every_position(rig: LaneRig, degrees: float) -> None:
    """Reverse command within 100 ms, boom at rest within 350 ms, over-travel at most 12 degrees: exact virtual ms."""
    rig.closing(degrees)
    offset = int(degrees) % 10  # not in step with the scan
    rig.run(offset)
    beam = "PE1" if POSITIONS.index(degrees) % 2 else "PE2"
    before = rig.degrees
    cut = rig.fail(beam, "blocked")
    commanded = rig.until(lambda: rig.out("YO") and not rig.out("YC"), within=100)
    assert commanded == 10 - offset  # the very next scan
    rig.until(lambda: rig.lane.arm.omega >= 0.0, within=350 - (rig.now - cut))
    assert rig.now - cut <= 350
    assert before - rig.degrees <= 12.0
    rig.until(lambda: rig.open, within=4000)
    assert rig.status("REVERSALS") == 1
    assert rig.lane.reversals == 1


def test_pk3_over_travel_at_full_speed_is_what_physics_asks(rig: LaneRig) -> None:
    """One scan at 0.75 rad/s and a ramp of 4 rad/s2 make 4.5 degrees."""
    rig.closing(50.0)
    before = rig.degrees
    rig.fail("PE1", "blocked")
    rig.until(lambda: rig.lane.arm.omega >= 0.0, within=350)
    assert before - rig.degrees == pytest.approx(4.5, abs=0.3)


@pytest.mark.parametrize("beam", ["PE1", "PE2"])
def test_pk11_a_beam_that_is_stuck_clear_is_found_before_the_next_close(rig: LaneRig, beam: str) -> None:
    vehicle = rig.admit()
    rig.fault(beam, "stuck_clear")
    rig.until(lambda: vehicle.counted, within=20_000)
    begin = rig.now
    rig.run(30_000)
    assert rig.stamp("TEST", 1, after=begin) > 0
    assert rig.stamp("YC", 1) == -1
    assert rig.open
    assert rig.event("BEAM_TEST_FAILED")
    assert rig.tripped("BEAM_TEST")
    rig.fault(beam, "")
    rig.until(lambda: rig.closed, within=40_000)
    assert rig.stamp("YC", 1) > rig.stamp("TEST", 1, after=begin)


def test_beams_are_tested_before_every_close(rig: LaneRig) -> None:
    for _ in range(3):
        begin = rig.now
        rig.closing(80.0)
        test = rig.stamp("TEST", 1, after=begin)
        assert 0 < test < rig.stamp("YC", 1, after=begin)
        rig.until(lambda: rig.closed, within=6000)


def test_a_loop_that_drops_out_under_a_truck_keeps_the_boom_up(rig: LaneRig) -> None:
    truck = rig.passing(rig.at_line(TRUCK, halt_ms=20_000))
    for _ in range(8):
        rig.fault("LB.P", "stuck_clear", for_ms=150)
        rig.run(1500)
        assert rig.open
    rig.until(lambda: truck.counted, within=40_000)
    assert rig.stamp("YC", 1) == -1
    rig.until(lambda: rig.closed, within=10_000)
    assert rig.lane.contacts == 0
    assert rig.status("PASSED") == 1


@pytest.mark.parametrize("loop", ["LA", "LB", "LC"])
@pytest.mark.parametrize("kind", LOOP_FAULTS)
def test_no_loop_fault_lowers_the_boom_on_a_vehicle(rig: LaneRig, loop: str, kind: str) -> None:
    rig.fail(loop, kind)
    for stop_ms in (0, 8000, 0):
        rig.at_line(halt_ms=stop_ms)
        rig.run(25_000)
    assert rig.lane.contacts == 0


def test_a_cut_loop_wire_is_present_and_reported_within_two_seconds(rig: LaneRig) -> None:
    rig.fail("LB", "open")
    assert rig.until(lambda: rig.lane.inputs()["LB_FLT"], within=100) <= 100
    rig.run(100)
    assert rig.contact("LB.P") == 1
    assert rig.tripped("LOOP_FAULT")
    assert rig.now < 10_000


def test_a_motorcycle_half_a_second_behind_holds_the_boom(make_rig: MakeRig) -> None:
    rig = make_rig(seed=9)
    car = rig.admit()
    rider = rig.vehicle(MOTORCYCLE, at=car.rear - 1.2, tailgater=True, v_desired=2.5)
    rig.until(lambda: rider.counted, within=30_000)
    assert rig.stamp("YC", 1) == -1
    rig.until(lambda: rig.closed, within=15_000)
    assert rig.lane.contacts == 0
    assert rig.status("PASSED") == 2


def test_a_car_that_backs_out_is_not_counted_and_reported(rig: LaneRig) -> None:
    car = rig.admit(rig.at_line(backs_out=True))
    rig.until(lambda: car.reversing, within=20_000)
    rig.until(lambda: rig.lane.traffic.backed_out, within=40_000)
    assert rig.status("PASSED") == 0
    assert rig.status("BACKED.OUT") == 1
    assert rig.event("BACKED_OUT")
    assert rig.lane.contacts == 0


def test_a_pressed_edge_is_cut_by_hardware_and_stays_gentle(rig: LaneRig) -> None:
    """Something solid at 20 degrees: close is cut within 30 ms, peak at most 400 N, below 150 N within 750 ms."""
    rig.closing(30.0)
    arm = rig.lane.arm
    arm.obstacle = 20.0 / 57.29577951308232
    rig.until(lambda: arm.force > 30.0, within=1000)
    assert rig.until(lambda: not rig.lane.wired.close_enabled, within=40) <= 30
    rig.until(lambda: arm.force == 0.0, within=1000)
    assert arm.peak_force <= 400
    assert arm.force_over_150_ms < 750
    arm.obstacle = None
    rig.until(lambda: rig.open, within=4000)
    assert rig.status("REVERSALS") == 1
