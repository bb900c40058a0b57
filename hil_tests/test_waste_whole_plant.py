"""One sequence over the whole network: six real inlet boards, one on each branch, two fractions, books to the gram."""

from __future__ import annotations

from edge_gateway.control.waste.state import State
from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import inlet_name, short_pipes

INLETS = (1, 3, 5, 7, 9, 11)
"""The nearest of each branch."""
KG = 30
OTHER = (5, 11)
"""Those of which the second fraction is collected too."""


def test_all_branches_and_two_fractions_in_one_sequence(make_waste: MakeWaste) -> None:
    rig = make_waste(inlets=INLETS, pipes=short_pipes(), poll_ms=500)
    network = rig.network
    chutes = [(number, 1) for number in INLETS] + [(number, 2) for number in OTHER]
    for number, valve in chutes:
        rig.drop(number, valve, KG)
    rig.collect(*(f"{inlet_name(number)}.{valve}" for number, valve in chutes))
    rig.until_state(State.IDLE, within_s=900)
    (ended,) = rig.gateway.named("RUN_ENDED")
    assert ended[1].body["end"] == "IDLE" and ended[1].body["skipped"] == {}
    assert ended[1].body["fractions"] == {"perishable": KG * len(INLETS), "other": KG * len(OTHER)}
    emptied = [draft.source for _, draft in rig.gateway.named("DISCHARGED") if draft.source.endswith((".1", ".2"))]
    assert emptied == [f"{inlet_name(number)}.{valve}" for number, valve in chutes], "a fraction after the other"
    assert [network.containers[place].grams for place in (0, 1, 2)] == [180_000, 60_000, 0]
    truth, books = network.balance, rig.gateway.task.control.memory.books
    assert truth.closed and truth.chutes == truth.in_flight == 0 and network.reception.misdirected_g == 0
    assert (books.dropped, books.in_chutes, books.in_flight) == (truth.received, 0, 0)
    assert books.landed == {1: 180_000, 2: 60_000} and books.balance == 0 and not books.flying
    assert network.two_open_ms == 0 and rig.valves_shut
    assert rig.gateway.named("WASTE_TRIPPED") == rig.gateway.named("WASTE_BLOCKED") == []
