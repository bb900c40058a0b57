"""PW6: total blockage of each branch, and of the main, while it conveys: times of §1e, and the right section by name
(§1d)."""

from __future__ import annotations

import pytest

from edge_gateway.control.waste.state import State
from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import STATION, inlet_name

KNOWN_MS = 8000
FIRST_SHAKE_MS = 20_000
NAMED_MS = 180_000


@pytest.mark.parametrize("branch", range(1, 7))
def test_pw6_total_blockage_of_a_branch(make_waste: MakeWaste, branch: int) -> None:
    blocked(make_waste, branch, f"BRANCH{branch}", f"branch {branch}, AV{branch} to PT{branch}")


@pytest.mark.parametrize(("branch", "below"), [(1, "PT90"), (4, "PT3")])
def test_pw6_total_blockage_of_the_main(make_waste: MakeWaste, branch: int, below: str) -> None:
    blocked(make_waste, branch, f"MAIN{branch}", f"main, PT{branch} to {below}")


def blocked(make_waste: MakeWaste, branch: int, device: str, section: str) -> None:
    """Conveys from a branch, and follows a blockage to its end."""
    inlet = 4 * branch - 3
    chutes = [f"{inlet_name(inlet)}.{valve}" for valve in (1, 2)]
    rig = make_waste(inlets=(inlet,), fractions=("perishable",) * 2)
    rig.fill(inlet, 1, 30)
    rig.fill(inlet, 2, 30)
    rig.collect(*chutes)
    rig.until_state(State.SPACING, within_s=120)
    at = rig.fail(STATION, device, "total")
    pulses = rig.discharges()
    blocked = rig.until_state(State.BLOCKED, within_s=30)
    assert blocked <= KNOWN_MS
    rig.until(lambda: not rig.out(STATION, f"AV{branch}.YO"), within_s=20)
    rig.until(lambda: rig.out(STATION, f"AV{branch}.YO"), within_s=20)
    assert rig.now - at <= FIRST_SHAKE_MS, "the air inlet opens abruptly for the first time"
    rig.until_state(State.TRIPPED, within_s=200)
    assert rig.now - at <= NAMED_MS
    assert rig.gateway.task.control.memory.section == section
    assert rig.discharges() == pulses, "no discharge after the blockage"
    assert len(rig.gateway.named("SHAKE")) == 3
    rig.until(lambda: not rig.fans_ordered and rig.valves_shut, within_s=40)
    assert rig.network.two_open_ms == 0 and rig.network.balance.closed
