"""PW5: vacuum and air speed that the real station board makes (domain brief §1d, §1f), and what goes wrong (§1e)."""

from __future__ import annotations

import pytest

from edge_gateway.control.waste.state import State
from edge_gateway.fieldbus.command import CommandEnd
from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import STATION, WasteRig

BUILD_MS = 30_000
SPEED, BAND = 22.0, 1.5
SETTLE_S, LOOK_S = 20, 30
POLL_MS = 500
"""Until the gateway has read it."""


def fans(rig: WasteRig) -> None:
    """Diverter and gate ready, fans on order; the collection keeps out of it."""
    rig.gateway.task.control.memory.paused = True
    rig.order(STATION, "FLIGHT_CLEAR")
    assert rig.order(STATION, "DIVERT", 0, within_s=20).end is CommandEnd.DONE
    rig.gateway.order(STATION, "FANS_START", 0, 0)
    rig.until(lambda: rig.fans_ordered, within_s=2)


@pytest.mark.parametrize("branch", [1, 6])
def test_pw5_vacuum_and_speed(make_waste: MakeWaste, branch: int) -> None:
    rig = make_waste()
    air = rig.network.air
    fans(rig)
    begin = rig.now
    rig.until(lambda: air.pressure >= 15_000, within_s=60)
    assert rig.now - begin <= BUILD_MS, "from the first exhauster's start, with all staggers"
    rig.until(lambda: rig.gateway.tag(f"{STATION}.VACUUM.OK"), within_s=2)
    rig.until(lambda: rig.fans_ordered == 3, within_s=20)
    rig.run(4)
    assert rig.order(STATION, "AV_OPEN", branch, within_s=20).end is CommandEnd.DONE
    rig.run(SETTLE_S)
    seen = []
    for _ in range(2 * LOOK_S):
        rig.run(0.5)
        seen.append(air.speed)
        assert abs(rig.gateway.tag(f"{STATION}.FT90") - air.speed) <= 0.5, "what the gateway reads is what flows"
    assert min(seen) >= SPEED - BAND and max(seen) <= SPEED + BAND
    assert air.pressure < 29_000


def test_pw5_a_leak_trips_at_the_timeout_and_not_before(make_waste: MakeWaste) -> None:
    rig = make_waste()
    rig.fail(STATION, "LEAK", "open")
    rig.fill(1, 1, 30)
    rig.collect("inlet01.1")
    rig.until_state(State.VACUUM, within_s=90)
    begin = rig.now
    rig.until(lambda: not rig.fans_ordered, within_s=70)
    assert 59_000 <= rig.now - begin <= 61_000
    assert rig.network.air.pressure < 15_000 and rig.discharges() == 0
    rig.until_state(State.TRIPPED, within_s=2)
    rig.run(5)
    assert "NO_VACUUM" in (rig.first_out(STATION), rig.gateway.task.control.memory.tripped)


@pytest.mark.parametrize(("kind", "bad_ms"), [("stuck", 2000), ("open", 0)])
def test_pw5_a_dead_flow_meter_forbids_discharges(make_waste: MakeWaste, kind: str, bad_ms: int) -> None:
    """§1e, P6: FT90 frozen is bad within 2 s, below 3.6 mA at once; bad for 2 s forbids discharges."""
    rig = make_waste()
    rig.fill(1, 1, 30)
    rig.fill(1, 2, 30)
    rig.collect("inlet01.1")
    rig.until(lambda: rig.network.air.speed >= 18, within_s=90)
    rig.until(lambda: rig.gateway.tag(f"{STATION}.DV.PERMIT"), within_s=10)
    rig.until(lambda: rig.valve(1, 1).opened, within_s=5)
    at = rig.fault(STATION, "FT90", kind)
    pulses = rig.discharges()
    rig.until(lambda: rig.gateway.tag(f"{STATION}.DV.PERMIT") == 0, within_s=5)
    assert rig.now - at <= bad_ms + 2000 + POLL_MS
    rig.run(30)
    assert rig.discharges() == pulses, "the discharge under way ends, no new one"
    assert rig.valve(1, 1).closed
