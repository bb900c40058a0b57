"""PW9: a dip of the supply of the whole plant while a discharge runs: safe, told as such, and nothing starts again."""

from __future__ import annotations

import pytest

from edge_gateway.control.waste.state import State
from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import STATION
from protocols import layout


@pytest.mark.parametrize("dip_ms", [50, 300, 3000])
def test_pw9_a_dip_of_the_supply(make_waste: MakeWaste, dip_ms: int) -> None:
    rig = make_waste()
    rig.fill(1, 1, 30)
    rig.fill(1, 2, 30)
    rig.collect("inlet01.1", "inlet01.2")
    rig.until(lambda: rig.valve(1, 1).opened, within_s=90)
    rig.run(1)
    back = rig.dip(dip_ms)
    assert rig.valve(1, 1).target == 0, "the spring closes it"
    rig.until(lambda: rig.valves_shut, within_s=3)
    rig.until(lambda: all(rig.gateway.ready(name) for name in rig.boards), within_s=20)
    rig.run(2)
    assert rig.first_out(STATION) == "POWER"
    assert rig.trips(STATION) == ["POWER"]
    for name in rig.boards:
        header = rig.gateway.boards[name].session.header
        assert header is not None and header.reset_cause == layout.RESET_POWER and header.boot_cnt == 2
    rig.run(60)
    assert rig.is_in(State.TRIPPED)
    assert rig.fans_ordered == 0 and rig.valves_shut
    assert rig.discharges(after=back) == 0
    rig.confirm()
    rig.gateway.task.reset("test", rig.now)
    rig.run(30)
    assert rig.is_in(State.IDLE) and rig.fans_ordered == 0, "and a reset starts nothing"
    assert rig.network.two_open_ms == 0 and rig.network.balance.closed
