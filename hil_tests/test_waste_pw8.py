"""PW8: the container fills in the middle of a run: what is under way is taken, nothing new, no gram lost (§1c P10)."""

from __future__ import annotations

from edge_gateway.control.waste.state import State
from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import STATION

NO_NEW_MS = 200


def test_pw8_a_container_that_fills_takes_what_is_in_flight(make_waste: MakeWaste) -> None:
    rig = make_waste(fractions=("perishable",) * 2)
    network = rig.network
    rig.fill(1, 1, 30)
    rig.fill(1, 2, 30)
    rig.collect("inlet01.1", "inlet01.2")
    rig.until(lambda: network.conveying.slugs, within_s=90)
    rig.until_state(State.SPACING, within_s=15)
    at = rig.fault(STATION, "CNT1.LT", "value", 960)
    pulses = rig.discharges()
    rig.until_state(State.PURGE, within_s=2)
    rig.until(lambda: rig.told(STATION, "CONTAINER", at, container=1) > 0, within_s=2)
    assert rig.told(STATION, "CONTAINER", at, container=1) - at <= NO_NEW_MS, "the board forbids discharges"
    assert rig.gateway.tag(f"{STATION}.DV.PERMIT") == 0
    rig.until_state(State.IDLE, within_s=300)
    assert rig.discharges() == pulses == 1, "no new discharge"
    assert network.balance.landed == 30_000 and network.containers[0].grams == 30_000
    assert rig.grams(1, 2) == 30_000 and not rig.in_flight_g
    assert network.balance.closed and network.reception.misdirected_g == 0
    books = rig.gateway.task.control.memory.books
    assert books.balance == 0 and not books.flying
    assert rig.fans_ordered == 0 and rig.valves_shut
