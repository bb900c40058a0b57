"""PK6: half an hour on battery, then the boom goes up and stays (domain brief §3c B9)."""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeRig
from hil_tests.lane_rig import LaneRig

MINUTE = 60_000


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_pk6_the_battery_carries_the_lane_for_30_minutes_then_it_raises(rig: LaneRig) -> None:
    rig.gateway.poll_ms = 1000
    failed = rig.fail("MAINS", "off")
    for _ in range(5):
        vehicle = rig.at_line()
        rig.until(lambda: vehicle.counted, within=30_000)  # noqa: B023
        rig.until(lambda: rig.closed, within=30_000)
        rig.run(5 * MINUTE)
    assert rig.lane.traffic.passed == 5
    rig.until(lambda: rig.out("YO"), within=6 * MINUTE)
    assert rig.now - failed == pytest.approx(30 * MINUTE, abs=MINUTE)
    rig.until(lambda: rig.open, within=3000)
    assert rig.lane.wired.supply.alive  # raised while energy remains
    assert rig.state == "HOLD_OPEN"
    rig.run(10 * MINUTE)
    assert rig.open
    assert not rig.lane.wired.supply.alive


def test_pk6_a_low_voltage_raises_the_boom_and_a_minute_of_mains_ends_it(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.lane.wired.supply.minutes = 2.0
    rig.fail("MAINS", "off")
    rig.run(1.8 * MINUTE)
    assert rig.closed
    rig.until(lambda: rig.open, within=MINUTE)
    volts = rig.lane.wired.supply.volts
    assert 21.5 < volts <= 22.1
    assert rig.tripped("SUPPLY_LOW")
    rig.fail("MAINS", "")
    rig.run(0.9 * MINUTE)
    assert rig.open
    rig.until(lambda: rig.closed, within=MINUTE)


def test_pk6_an_empty_battery_lets_the_spring_lift(rig: LaneRig) -> None:
    rig.board.power_off()
    rig.lane.wired.supply.minutes = 0.05
    rig.fail("MAINS", "off")
    rig.run(20_000)
    assert rig.open
