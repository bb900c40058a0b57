"""PK7, PK9 and PK12: long stops, counting, throughput (domain brief §3b, §3e, §3g)."""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeRig
from hil_tests.lane_rig import LaneRig
from tools.emulator.lane.traffic import steady

MINUTE = 60_000


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_pk7_a_car_that_stops_for_20_minutes_keeps_the_boom_up(rig: LaneRig) -> None:
    rig.gateway.poll_ms = 1000
    car = rig.passing(rig.at_line(halt_ms=20 * MINUTE))
    for _ in range(20 * 12):
        rig.run(5000)
        assert rig.open
        assert rig.stamp("YC", 1) == -1
    rig.until(lambda: car.counted, within=20_000)
    assert rig.event("STOPPED_VEHICLE")
    rig.until(lambda: rig.closed, within=20_000)
    assert rig.lane.contacts == 0
    assert rig.status("PASSED") == 1


def test_pk7_a_loop_that_tunes_out_does_not_lower_the_boom(rig: LaneRig) -> None:
    """A detector of limited presence forgets the car after 5 min; the beams still see it, and the loop is doubted."""
    rig.fail("LB", "tune_out")
    car = rig.passing(rig.at_line(halt_ms=6 * MINUTE))
    rig.run(5.5 * MINUTE)
    assert rig.contact("LB.P") == 0
    assert rig.open
    rig.until(lambda: car.counted, within=MINUTE)
    assert rig.stamp("YC", 1) == -1
    assert rig.lane.contacts == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_pk12_a_lane_passes_400_vehicles_an_hour(rig: LaneRig) -> None:
    traffic = rig.lane.traffic
    traffic.saturated = True
    rig.until(lambda: traffic.passed == 5, within=2 * MINUTE)
    begin = rig.now
    rig.until(lambda: traffic.passed == 55, within=9 * MINUTE)
    per_hour = round(50 * 3_600_000 / (rig.now - begin))
    print(f"throughput {per_hour} vehicles an hour")
    assert per_hour >= 400
    assert rig.lane.contacts == 0


def test_occupancy_is_exact_with_stops_and_followers(make_rig: MakeRig) -> None:
    rig = make_rig(seed=21)
    traffic = rig.lane.traffic
    traffic.rate = steady(300)
    traffic.tailgaters = 0.15
    traffic.stoppers = 0.1
    traffic.limit = 25
    rig.until(lambda: traffic.arrived == 25 and traffic.quiet, within=20 * MINUTE)
    rig.run(5000)
    assert rig.status("PASSED") == traffic.passed == 25
