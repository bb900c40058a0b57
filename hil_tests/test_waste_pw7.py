"""PW7: hatch, manhole, E-stop, fire while a discharge runs (domain brief §1c P1 to P4, §1e): times, and no restart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from edge_gateway.control.waste.state import State
from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import STATION, WasteRig

INLET = "inlet01"
COMMAND_MS = 50
SHUT_MS = 2500
FANS = ("FAN1.YRUN", "FAN2.YRUN", "FAN3.YRUN")


def discharging(make_waste: MakeWaste) -> WasteRig:
    """A run with its first valve open and air moving."""
    rig = make_waste()
    rig.fill(1, 1, 30)
    rig.fill(1, 2, 30)
    rig.collect("inlet01.1", "inlet01.2")
    rig.until(lambda: rig.valve(1, 1).opened, within_s=90)
    rig.run(0.5)
    assert rig.out(INLET, "DV1.YO") and rig.fans_ordered == 3 and rig.network.air.speed > 5
    return rig


def off_within(rig: WasteRig, at: int, board: str, names: tuple[str, ...], ms: int) -> None:
    """Outputs that were on go off in that time."""
    for name in names:
        took = rig.stamp(f"{board}.{name}", 0, at) - at
        assert 0 <= took <= ms, f"{board}.{name} off after {took} ms"


def shut(rig: WasteRig, at: int, ms: int) -> None:
    """The discharge valve is really shut in that time, from the cause on."""
    rig.until(lambda: rig.valve(1, 1).closed, within_s=5)
    assert rig.now - at <= ms


def nothing_restarts(rig: WasteRig, heal: Callable[[], object]) -> None:
    """Neither when the cause has gone, nor by the resets, nor later."""
    rig.until_state(State.TRIPPED, within_s=5)
    rig.run(10)
    heal()
    rig.run(10)
    assert rig.fans_ordered == 0 and rig.valves_shut and rig.is_in(State.TRIPPED)
    rig.confirm()
    rig.gateway.task.reset("test", rig.now)
    rig.until_state(State.IDLE, within_s=5)
    at = rig.now
    rig.run(60)
    assert rig.trips(STATION) == [] and rig.trips(INLET) == []
    assert rig.is_in(State.IDLE) and rig.fans_ordered == 0 and rig.valves_shut
    assert rig.discharges(after=at) == 0
    assert rig.network.two_open_ms == 0 and rig.network.balance.closed


def test_pw7_a_hatch_forced_open_during_its_discharge(make_waste: MakeWaste) -> None:
    rig = discharging(make_waste)
    at = rig.turn(INLET, "DV1.ZDOOR", 0)
    rig.run(0.2)
    off_within(rig, at, INLET, ("DV1.YO",), COMMAND_MS)
    off_within(rig, at, INLET, ("YOK",), COMMAND_MS)
    off_within(rig, at, STATION, (*FANS, "AV1.YO"), 100 + COMMAND_MS)
    shut(rig, at, SHUT_MS)
    rig.until_state(State.TRIPPED, within_s=5)
    rig.run(1)
    tripped = rig.gateway.task.control.memory.tripped
    assert tripped == f"OPEN_DUCT {INLET}.1", "not HATCH1, which stands too and stops nobody"
    nothing_restarts(rig, lambda: rig.turn(INLET, "DV1.ZDOOR", 1))


def test_pw7_a_manhole_opened_with_air_in_the_pipe(make_waste: MakeWaste) -> None:
    rig = discharging(make_waste)
    at = rig.turn(STATION, "ZMAN", 1)
    rig.run(0.2)
    off_within(rig, at, STATION, (*FANS, "AV1.YO"), COMMAND_MS)
    rig.run(1)
    assert "MANHOLE_AIR" in rig.trips(STATION)
    nothing_restarts(rig, lambda: rig.turn(STATION, "ZMAN", 0))


def test_pw7_emergency_stop(make_waste: MakeWaste) -> None:
    rig = discharging(make_waste)
    at = rig.turn(STATION, "ES", 1)
    rig.run(0.2)
    off_within(rig, at, INLET, ("DV1.YO",), COMMAND_MS)
    off_within(rig, at, STATION, (*FANS, "AV1.YO"), COMMAND_MS)
    shut(rig, at, SHUT_MS)
    rig.run(1)
    assert rig.first_out(STATION) == "ESTOP"
    nothing_restarts(rig, lambda: rig.turn(STATION, "ES", 0))


def test_pw7_fire_in_a_served_building(make_waste: MakeWaste) -> None:
    rig = discharging(make_waste)
    at = rig.turn(INLET, "FIRE", 1)
    rig.until(lambda: all(valve.closed for valve in rig.network.sections), within_s=10)
    off_within(rig, at, INLET, ("DV1.YO",), 100 + COMMAND_MS)
    off_within(rig, at, STATION, (*FANS, "AV1.YO"), 100 + COMMAND_MS)
    closed = rig.stamp(f"{INLET}.DV1.ZSC", 1, at)
    assert 0 < closed - at <= 2000, "P2: the valves of the building within 2 s"
    rig.run(1)
    assert rig.first_out(STATION) == "FIRE" and rig.first_out(INLET) == "FIRE"
    nothing_restarts(rig, lambda: rig.turn(INLET, "FIRE", 0))


@pytest.mark.parametrize("tripping", ["ES", "ZMAN"])
def test_pw7_a_reset_before_the_cause_has_gone_does_nothing(make_waste: MakeWaste, tripping: str) -> None:
    rig = discharging(make_waste)
    rig.turn(STATION, tripping, 1)
    rig.until_state(State.TRIPPED, within_s=5)
    rig.turn(STATION, "ATT", 1)
    rig.order(STATION, "RESET")
    rig.run(1)
    rig.gateway.task.reset("test", rig.now)
    rig.run(10)
    assert rig.trips(STATION) and rig.is_in(State.TRIPPED) and rig.fans_ordered == 0


def test_pw7_a_valve_that_sticks_open_stops_air_and_fans(make_waste: MakeWaste) -> None:
    """§1e: detected 3 s after the close command; AV shut and fans stop commanded 100 ms after that."""
    rig = discharging(make_waste)
    rig.fail(INLET, "DV1", "stuck_open")
    rig.until(lambda: not rig.out(INLET, "DV1.YO"), within_s=12)
    off = rig.stamp(f"{INLET}.DV1.YO", 0)
    rig.until(lambda: not rig.out(INLET, "YOK"), within_s=4)
    detected = rig.stamp(f"{INLET}.YOK", 0, off)
    assert detected - off <= 3000 + 20
    rig.run(0.3)
    off_within(rig, detected, STATION, (*FANS, "AV1.YO"), 100)
    assert rig.first_out(STATION) == "INLETS" or "INLETS" in rig.trips(STATION)
    rig.until_state(State.TRIPPED, within_s=5)
    rig.run(20)
    assert rig.count(f"{INLET}.DV2.YO", 1) == 0, "no other valve"
