"""PW10: at night only full chutes start the fans, those run at 70 % at most, and are quiet enough at the property line
(§1c P14, §5)."""

from __future__ import annotations

import pytest

from edge_gateway.control.waste import requests
from edge_gateway.control.waste.state import State
from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import STATION, WasteRig, short_pipes

NIGHT = 23 * 60
CAP = 700
LIMIT_DB = 45.0
"""At night, class 1 (§5)."""
FANS = ("FAN1.SREF", "FAN2.SREF", "FAN3.SREF")


def fastest(rig: WasteRig) -> int:
    return max(rig.out(STATION, name) for name in FANS)


def test_pw10_no_start_in_the_curfew_except_for_a_full_chute(make_waste: MakeWaste) -> None:
    rig = make_waste(start_minute=NIGHT, pipes=short_pipes())
    for valve in (1, 2, 3):
        rig.fill(1, valve, 60)
    rig.run(90)
    assert rig.gateway.tag("inlet01.DV1.LSH") == 1 and rig.gateway.tag("inlet01.DV1.LSHH") == 0
    assert rig.is_in(State.IDLE) and not rig.fans_ordered
    with pytest.raises(requests.RefusedError, match="curfew"):
        rig.gateway.task.collect(None, "inlet01", "test")
    assert rig.gateway.named("RUN_BEGAN") == []
    rig.fill(1, 2, 20)
    rig.until(lambda: rig.fans_ordered, within_s=60)
    quiet = loudest = rig.gateway.tag(f"{STATION}.NS94")
    fast = 0
    while not rig.is_in(State.IDLE):
        rig.run(0.2)
        fast = max(fast, fastest(rig))
        loudest = max(loudest, rig.gateway.tag(f"{STATION}.NS94"))
        assert rig.now < 900_000
    assert 0 < fast <= CAP
    assert quiet + 5 < loudest <= LIMIT_DB, "measured at the property line, and it is heard at all"
    (began,) = rig.gateway.named("RUN_BEGAN")
    assert began[1].body["why"] == "1 chute is full" and began[1].body["chutes"] == 1
    assert rig.discharges() == rig.count("inlet01.DV2.YO", 1) > 0
