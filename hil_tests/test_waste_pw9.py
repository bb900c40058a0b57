"""PW9: a dip of the supply of the whole plant while a discharge runs: safe, told as such, and nothing starts again.

Short dips the gateway hears of only when the boards are back. From some 4 s on it has given the run up before, for a
station that isn't heard: the run ends as tripped by POWER all the same (domain brief §1e, §0.3).
"""

from __future__ import annotations

import pytest

from edge_gateway.control.waste.state import State
from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import STATION, WasteRig, inlet_name
from protocols import layout

PATIENCE_MS = 4_100
"""Three unanswered requests (1.8 s) make the station silent, 2 s later the run is given up; and the scan."""


def interrupted(make_waste: MakeWaste, dip_ms: int) -> tuple[WasteRig, int]:
    """A plant whose supply dips while its first valve is open; stamp of the supply's return."""
    rig = make_waste()
    rig.fill(1, 1, 30)
    rig.fill(1, 2, 30)
    rig.collect("inlet01.1", "inlet01.2")
    rig.until(lambda: rig.valve(1, 1).opened, within_s=90)
    rig.run(1)
    back = rig.dip(dip_ms)
    assert rig.valve(1, 1).target == 0, "the spring closes it"
    return rig, back


def nothing_restarts(rig: WasteRig, back: int) -> None:
    """Safe and told as such; neither the supply's return, nor the resets, nor time start anything."""
    rig.until(lambda: rig.valves_shut, within_s=3)
    rig.until(lambda: all(rig.gateway.ready(name) for name in rig.boards), within_s=20)
    rig.run(2)
    assert rig.first_out(STATION) == "POWER" and rig.trips(STATION) == ["POWER"]
    for name in rig.boards:
        header = rig.gateway.boards[name].session.header
        assert header is not None and header.reset_cause == layout.RESET_POWER and header.boot_cnt == 2
    assert rig.trips(inlet_name(1)) == [], "an inlet's POWER clears when its valves are proven shut (§1e)"
    rig.run(30)
    assert rig.is_in(State.TRIPPED) and rig.gateway.task.control.memory.tripped == "POWER"
    rig.confirm()
    rig.run(5)
    assert rig.is_in(State.TRIPPED), "the board's reset is not the collection's"
    rig.gateway.task.reset("test", rig.now)
    rig.run(30)
    assert rig.is_in(State.IDLE) and rig.fans_ordered == 0 and rig.valves_shut
    assert rig.discharges(after=back) == 0 and rig.count(f"{STATION}.FAN1.YRUN", 1, back) == 0
    assert rig.network.two_open_ms == 0 and rig.network.balance.closed
    doubtful = [(charge.chute, charge.sure) for charge in rig.gateway.task.control.memory.books.flying]
    assert rig.in_flight_g and doubtful == [("inlet01.1", False)], "what fell is known to lie in the pipe"


@pytest.mark.parametrize("dip_ms", [50, 300, 3_000])
def test_pw9_a_dip_of_the_supply(make_waste: MakeWaste, dip_ms: int) -> None:
    rig, back = interrupted(make_waste, dip_ms)
    rig.until_state(State.TRIPPED, within_s=PATIENCE_MS / 1000)
    assert rig.gateway.named("WASTE_HELD") == [], "it was not given up before"
    nothing_restarts(rig, back)


@pytest.mark.parametrize("gateway_too", [False, True])
def test_pw9_a_dip_that_outlasts_the_gateways_patience(make_waste: MakeWaste, gateway_too: bool) -> None:
    rig, back = interrupted(make_waste, 0 if gateway_too else 2 * PATIENCE_MS)
    if gateway_too:
        rig.gateway.kill()
        rig.run(1)
        rig.start_gateway()
    else:
        (held,) = rig.gateway.named("WASTE_HELD")
        assert held[1].body["why"] == "the station is not heard" and rig.is_in(State.IDLE)
    nothing_restarts(rig, back)
