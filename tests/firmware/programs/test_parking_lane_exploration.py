"""Every reachable state of the lane program: nowhere is the boom lowered on something (issue: Done when 5).

What is abstracted, and why that is sound, stands in `lane_world`; what is explored, in `lane_campaigns`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.firmware.programs.lane_campaigns import CAMPAIGNS, MUTATIONS
from tests.firmware.programs.lane_model import NOW, SCAN
from tests.firmware.programs.lane_world import World
from tools.explorer.sandbox import Mutation
from tools.explorer.search import search

pytestmark = pytest.mark.slow

_LIMIT = 400_000


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_no_reachable_state_lowers_the_boom_on_something(
    name: str, record_property: Callable[[str, object], None]
) -> None:
    world = World(CAMPAIGNS[name])
    result = search(world, max_states=_LIMIT)
    print(f"{name}: {result}")
    record_property("states", result.states)
    record_property("transitions", result.transitions)
    record_property("seconds", round(result.seconds, 1))
    if result.violation:
        pytest.fail(world.logbook(f"{name}: {result.violation}", result.trace), pytrace=False)
    assert result.complete, f"more than {_LIMIT} states: abstract more"
    assert world.lowered, "the boom is never lowered: nothing is proven"


@pytest.mark.parametrize(("campaign", "mutation"), MUTATIONS, ids=[m.name.replace(" ", "-") for _, m in MUTATIONS])
def test_the_exploration_finds_a_mutated_program(campaign: str, mutation: Mutation) -> None:
    world = World(CAMPAIGNS[campaign], mutation)
    result = search(world, max_states=_LIMIT)
    assert result.violation, f"{mutation.name}: not found in {result}"
    trace = world.logbook(f"{mutation.name}: {result.violation}", result.trace)
    print(trace)
    assert len(trace.splitlines()) == len(result.trace) + 3


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_a_restored_state_goes_on_as_the_original(name: str) -> None:
    """What the search takes for a state is the whole state: a program that is never restored does the same."""
    searched = World(CAMPAIGNS[name])
    straight = World(CAMPAIGNS[name])
    choose = random.Random(1)
    node: Any = searched.initial()
    straight.graph.restore(node[2], NOW)
    now = NOW
    for step in range(1000):
        moves = list(searched.moves(node))
        move = choose.choice(moves)
        node, _ = searched.step(node, move)
        now = (now + SCAN) & 0x3FFFFFFF
        straight.scan_at(move, now)
        assert straight.graph.capture(now) == node[2], f"step {step}: {_difference(searched, straight, node, now)}"
        outputs = (searched.io.YO, searched.io.YC, searched.io.TEST, searched.io.LT_R)
        same = (straight.io.YO, straight.io.YC, straight.io.TEST, straight.io.LT_R)
        assert same == outputs


def _difference(searched: World, straight: World, node: Any, now: int) -> dict[str, Any]:
    mine = searched.graph.describe(node[2])
    other = straight.graph.describe(straight.graph.capture(now))
    return {name: (value, other[name]) for name, value in mine.items() if other[name] != value}
