"""Ways into every state of the lane's program, for tests that must hold in each of them."""

from __future__ import annotations

from collections.abc import Callable

from hil_tests.lane_rig import UNIT, LaneRig
from protocols import layout
from tools.emulator.lane.vehicle import Vehicle
from tools.emulator.stand_in import HOLD, LOCK

OPERATOR = 5
"""A reason of the HOLD command."""


def hesitant(rig: LaneRig) -> Vehicle:
    """A vehicle at the stop line whose driver doesn't go for a minute."""
    return rig.at_line(reaction_ms=60_000)


def _closed(rig: LaneRig) -> None:
    assert rig.closed


def _opening(rig: LaneRig) -> None:
    hesitant(rig)
    rig.until(lambda: rig.degrees > 20, within=20_000)


def _open(rig: LaneRig) -> None:
    rig.admit(hesitant(rig))
    rig.run(200)


def _passing(rig: LaneRig) -> None:
    rig.passing(rig.at_line(halt_ms=120_000))
    rig.run(3000)


def _passed(rig: LaneRig) -> None:
    vehicle = rig.admit()
    rig.until(lambda: vehicle.counted, within=20_000)
    rig.until_state("PASSED", within=2000)


def _preclose(rig: LaneRig) -> None:
    vehicle = rig.admit()
    rig.until(lambda: vehicle.counted, within=20_000)
    rig.until(lambda: rig.out("BEEP"), within=5000)


def _closing(rig: LaneRig) -> None:
    rig.closing(60.0)


def _reversing(rig: LaneRig) -> None:
    rig.closing(40.0)
    rig.fail("PE1", "blocked", for_ms=300)
    rig.until(lambda: rig.out("YO"), within=100)


def _hold_open(rig: LaneRig) -> None:
    rig.command(HOLD, OPERATOR, 0)
    rig.until(lambda: rig.open, within=5000)


def _locked(rig: LaneRig) -> None:
    rig.command(LOCK)


def _fault(rig: LaneRig) -> None:
    rig.turn("HATCH", 1)
    rig.run(100)


def _maint(rig: LaneRig) -> None:
    rig.turn("KEY", 1)
    rig.run(200)


def _off(rig: LaneRig) -> None:
    rig.gateway.command_and_wait(UNIT, layout.CMD_SET_MODE, layout.MODE_OFF)
    rig.run(100)


WAYS: dict[str, Callable[[LaneRig], None]] = {
    "OFF": _off,
    "CLOSED": _closed,
    "OPENING": _opening,
    "OPEN": _open,
    "PASSING": _passing,
    "PASSED": _passed,
    "PRECLOSE": _preclose,
    "CLOSING": _closing,
    "REVERSING": _reversing,
    "HOLD_OPEN": _hold_open,
    "LOCKED": _locked,
    "FAULT": _fault,
    "MAINT": _maint,
}


def bring(rig: LaneRig, state: str) -> None:
    """Bring a lane that has just been started into a state, and prove that it's there."""
    WAYS[state](rig)
    found = rig.state
    assert found == state, f"{found} and not {state}"
