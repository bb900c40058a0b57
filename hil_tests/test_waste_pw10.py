"""PW10, the curfew half: at night only full chutes start the fans, and those run at 70 % at most (§1c P14, §5)."""

from __future__ import annotations

import pytest

from edge_gateway.control.waste import requests
from edge_gateway.control.waste.state import State
from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import STATION, WasteRig

NIGHT = 23 * 60
CAP = 700
FANS = ("FAN1.SREF", "FAN2.SREF", "FAN3.SREF")


def fastest(rig: WasteRig) -> int:
    return max(rig.out(STATION, name) for name in FANS)


def test_pw10_no_start_in_the_curfew_except_for_a_full_chute(make_waste: MakeWaste) -> None:
    rig = make_waste(start_minute=NIGHT)
    for valve in (1, 2, 3):
        rig.fill(1, valve, 60)
    rig.run(120)
    assert rig.gateway.tag("inlet01.DV1.LSH") == 1 and rig.gateway.tag("inlet01.DV1.LSHH") == 0
    assert rig.is_in(State.IDLE) and not rig.fans_ordered
    with pytest.raises(requests.RefusedError, match="curfew"):
        rig.gateway.task.collect(None, "inlet01", "test")
    assert rig.gateway.named("RUN_BEGAN") == []
    rig.fill(1, 2, 20)
    rig.until(lambda: rig.fans_ordered, within_s=60)
    fast = 0
    while not rig.is_in(State.IDLE):
        rig.run(0.2)
        fast = max(fast, fastest(rig))
        assert rig.now < 900_000
    assert 0 < fast <= CAP
    (began,) = rig.gateway.named("RUN_BEGAN")
    assert began[1].body["why"] == "1 chute is full" and began[1].body["chutes"] == 1
    assert rig.discharges() == rig.count("inlet01.DV2.YO", 1) > 0
