"""PW4: the diverter does not move while waste is in flight, whoever asks (domain brief §1b, hard rules)."""

from __future__ import annotations

from edge_gateway.control.waste.state import State
from edge_gateway.core.commands import why
from edge_gateway.fieldbus.command import CommandEnd
from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import STATION

DRIVES = ("DIV1.YPOS1", "DIV1.YPOS2", "DIV1.YPOS3")


def test_pw4_the_diverter_is_refused_until_the_charge_has_landed(make_waste: MakeWaste) -> None:
    rig = make_waste()
    network, sheet = rig.network, rig.gateway.boards[STATION].sheet
    rig.fill(1, 1, 30)
    rig.collect("inlet01.1")
    rig.until(lambda: network.conveying.slugs, within_s=60)
    begin, refused = rig.now, 0
    while rig.gateway.tag(f"{STATION}.FLIGHT"):
        order = rig.order(STATION, "DIVERT", 1 + refused % 2)
        if order.end is CommandEnd.REFUSED:
            refused += 1
            assert "WASTE_IN_FLIGHT" in why(order, sheet)
            assert rig.gateway.tag(f"{STATION}.FLIGHT")
        rig.run(5)
        if order.end is not CommandEnd.REFUSED:
            break
        assert network.diverter.at == 0
        assert all(rig.stamp(f"{STATION}.{drive}", 1, begin) < 0 for drive in DRIVES)
    assert refused >= 15
    assert network.balance.landed == 30_000 and not rig.in_flight_g
    assert network.reception.misdirected_g == 0
    rig.until_state(State.IDLE, within_s=120)
    assert rig.order(STATION, "DIVERT", 2, within_s=20).end is CommandEnd.DONE, "with the pipe empty it moves"
    assert network.diverter.at == 2
