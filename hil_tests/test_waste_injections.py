"""Injections of domain brief §1e that no PW test holds already: a fan, the gateway, the diverter's feedback."""

from __future__ import annotations

from edge_gateway.control.waste.state import State
from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import STATION, WasteRig

READ_MS = 300
"""Until the gateway has read what the board knows: its status is read every 250 ms."""


def two_chutes(make_waste: MakeWaste) -> WasteRig:
    """A run of two chutes of one fraction, asked for."""
    rig = make_waste(fractions=("perishable",) * 2)
    rig.fill(1, 1, 30)
    rig.fill(1, 2, 30)
    rig.collect("inlet01.1", "inlet01.2")
    return rig


def test_fan_2_trips(make_waste: MakeWaste) -> None:
    rig = two_chutes(make_waste)
    network = rig.network
    rig.until_state(State.SPACING, within_s=120)
    rig.fail(STATION, "FAN2", "trip")
    pulses = rig.discharges()
    ends = (State.BLOCKED, State.IDLE, State.TRIPPED)
    rig.until(lambda: rig.discharges() > pulses or any(rig.is_in(end) for end in ends), within_s=400)
    if rig.discharges() > pulses:
        assert network.air.speed >= 17.9, "no discharge before the air is fast again"
    rig.until(lambda: any(rig.is_in(end) for end in ends), within_s=400)
    assert not rig.out(STATION, "FAN2.YRUN")
    dropped = 30_000 * rig.discharges()
    assert rig.is_in(State.BLOCKED) or (network.balance.landed == dropped and not rig.in_flight_g)
    assert network.two_open_ms == 0 and network.balance.closed


def test_the_gateway_is_killed_with_a_valve_open(make_waste: MakeWaste) -> None:
    rig = two_chutes(make_waste)
    network = rig.network
    rig.until(lambda: rig.valve(1, 1).opened, within_s=90)
    at = rig.now
    rig.gateway.kill()
    rig.until(lambda: rig.valve(1, 1).closed, within_s=12)
    rig.until(lambda: not rig.fans_ordered, within_s=300)
    assert network.balance.landed == 30_000 and not rig.in_flight_g, "fans stop when the waste is home"
    assert rig.now - at > 10_000
    rig.run(30)
    assert rig.discharges() == 1 and rig.fans_ordered == 0 and rig.valves_shut
    assert network.two_open_ms == 0 and network.balance.closed


def test_the_diverter_tells_two_positions(make_waste: MakeWaste) -> None:
    rig = two_chutes(make_waste)
    rig.until(lambda: rig.gateway.tag(f"{STATION}.DV.PERMIT"), within_s=90)
    rig.until(lambda: rig.valve(1, 1).opened, within_s=10)
    at = rig.fail(STATION, "DIV1", "both")
    rig.until(lambda: rig.gateway.tag(f"{STATION}.DIV.STATE") == 3, within_s=2)
    assert rig.now - at <= 200 + READ_MS
    rig.until(lambda: rig.gateway.tag(f"{STATION}.DV.PERMIT") == 0, within_s=1)
    rig.run(60)
    assert rig.discharges() == 1, "no further discharge"
    assert rig.network.diverter.at == 0 and rig.network.reception.misdirected_g == 0
