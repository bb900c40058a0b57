"""A blocked pipe: shaken free, or the right section named in time (PW6), in every branch and in the main."""

from __future__ import annotations

import pytest

from edge_gateway.control.waste.image import Station
from edge_gateway.control.waste.plant import Branch, Plant
from edge_gateway.control.waste.state import State
from edge_gateway.control.waste.unblock import locate, upstream_of
from tests.edge_gateway.control.waste.test_sequence import ask, ordered, rig

S = State
NETWORK = Plant((), tuple(Branch(n, 150 * n + 300, 150 * n) for n in range(1, 7)))


def blocked(branch: int, main: bool) -> tuple[str, float, float, int]:
    """What the trip says, seconds to the first shake and to the trip, and discharges after the blockage."""
    near = 4 * branch - 3
    made = rig(*((near + k, 0, 30.0) for k in range(4)))
    ask(made, *(f"inlet{near + k:02d}.1" for k in range(4)))
    made.until(lambda: made.state is S.SPACING, 200)
    at, before = made.now, len(ordered(made, "DV_DISCHARGE"))
    (made.boards.direct.block_main if main else made.boards.direct.block)(branch)
    first = made.until(lambda: made.state is S.BLOCKED, 60)
    made.until(lambda: made.state is S.TRIPPED, 300)
    after = len(ordered(made, "DV_DISCHARGE")) - before
    assert made.boards.direct.network.two_open_ms == 0 and made.memory.books.balance == 0
    return made.memory.tripped, first, (made.now - at) / 1000, after


@pytest.mark.parametrize("branch", range(1, 7))
def test_a_blockage_in_a_branch_is_named(branch: int) -> None:
    tripped, first, last, after = blocked(branch, main=False)
    assert tripped == f"BLOCKED: branch {branch}, AV{branch} to PT{branch}"
    assert first <= 8 and last <= 180 and after == 0


@pytest.mark.parametrize("branch", [1, 2, 6])
def test_a_blockage_in_the_main_is_named(branch: int) -> None:
    tripped, first, last, after = blocked(branch, main=True)
    below = f"PT{branch - 1}" if branch > 1 else "PT90"
    assert tripped == f"BLOCKED: main, PT{branch} to {below}"
    assert first <= 8 and last <= 180 and after == 0


def test_a_shake_frees_it_and_the_run_goes_on() -> None:
    made = rig((1, 0, 30), (2, 0, 30))
    ask(made, "inlet01.1", "inlet02.1")
    made.until(lambda: made.state is S.SPACING, 200)
    made.boards.direct.block(1, shakes=2)
    made.until(lambda: made.state is S.BLOCKED, 20)
    made.until(lambda: made.state is S.IDLE, 900)
    assert made.boards.direct.landed_kg() == 60 and made.memory.books.balance == 0
    assert [note.body["number"] for note in made.named("SHAKE")] == [1]
    assert "brought the air back" in next(made.named("UNBLOCK")).body["what"]


def taps(pressures: dict[int, float | None], vacuum: float) -> Station:
    return Station(fresh=True, taps=pressures, vacuum=vacuum)


def test_the_greatest_step_beyond_the_share_of_length_is_the_place() -> None:
    steady = taps({3: -6.0, 2: -10.0, 1: -14.0}, -17.0)
    assert locate(NETWORK, 3, steady).step < 5, "free air falls with the length"
    assert locate(NETWORK, 3, taps({3: -30, 2: -30, 1: -30}, -31)).name == "branch 3, AV3 to PT3"
    assert locate(NETWORK, 3, taps({3: 0, 2: -30, 1: -30}, -31)).name == "main, PT3 to PT2"
    assert locate(NETWORK, 3, taps({3: 0, 2: 0, 1: 0}, -31)).name == "main, PT1 to PT90"
    assert locate(NETWORK, 3, taps({3: 0, 2: None, 1: -30}, -31)).name == "main, PT3 to PT1", "a bad tap widens it"


def test_the_next_branch_upstream_is_probed() -> None:
    assert [upstream_of(NETWORK, branch) for branch in range(1, 7)] == [2, 3, 4, 5, 6, 5]
    assert upstream_of(Plant((), (Branch(1, 300, 0),)), 1) == 0
