"""Every reachable state of the two waste programs, within `waste_worlds`: no valve open too long or beside another, no
diverter moved on waste, nothing started by a reset; and mutations that the search must find."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.firmware.programs.waste_inlet_world import InletWorld
from tests.firmware.programs.waste_station_world import StationWorld
from tests.firmware.programs.waste_worlds import NOW, SCAN, World
from tools.explorer.sandbox import Mutation
from tools.explorer.search import search

_LIMIT = 60_000
CAMPAIGNS: list[tuple[type[World], str]] = [
    (world, name) for world in (InletWorld, StationWorld) for name in world.campaigns
]

_P = "firmware.programs."
MUTATIONS: tuple[tuple[type[World], str, Mutation], ...] = (
    (
        InletWorld,
        "travel",
        Mutation("no timer", "drivers.valve", "if self.y and self.max_ms and ticks", "if 0 and ticks"),
    ),
    (
        InletWorld,
        "travel",
        Mutation(
            "timer that tells only",
            "drivers.valve",
            "self.expired = 1\n            self._demand = 0",
            "self.expired = 1",
        ),
    ),
    (
        InletWorld,
        "travel",
        Mutation("timer not set", _P + "inlet_base", "valve.max_ms = par.max_open_ms", "valve.max_ms = 0"),
    ),
    (
        InletWorld,
        "travel",
        Mutation(
            "closed unseen", "drivers.valve", "1 if zsc and not zso and not self.y else 0", "1 if not self.y else 0"
        ),
    ),
    (
        InletWorld,
        "travel",
        Mutation("an order taken twice", _P + "waste_inlet", "self.order = 0\n            self.kind", "self.kind"),
    ),
    (
        InletWorld,
        "travel",
        Mutation(
            "a discharge that repeats itself",
            _P + "waste_inlet",
            "        self.active = 0\n        self.kind = 0",
            "        self.order = self.active\n        self.active = 0\n        self.kind = 0",
        ),
    ),
    (
        InletWorld,
        "hazards",
        Mutation("no cause closes", _P + "waste_inlet", "table.EF_ALL_SHUT | table.EF_NETWORK_STOP", "0"),
    ),
    (
        InletWorld,
        "hazards",
        Mutation("closing is a wish", "drivers.valve", 'closed."""\n        self._demand = 0', 'closed."""'),
    ),
    (InletWorld, "hazards", Mutation("hatches unseen", _P + "inlet_hatches", "self.open |= bit", "self.open |= 0")),
    (StationWorld, "flight", Mutation("lands early", _P + "station_flight", "if left > 0:", "if left > 60:")),
    (
        StationWorld,
        "flight",
        Mutation(
            "only the unknown counts", _P + "station_flight", "1 if self.mask or self.unknown", "1 if self.unknown"
        ),
    ),
    (StationWorld, "flight", Mutation("slow air counts", _P + "waste_station", "elif self.air_ok:", "else:")),
    (
        StationWorld,
        "flight",
        Mutation("a command clears all", _P + "station_flight", "        if known:", "        if 1:"),
    ),
    (
        StationWorld,
        "flight",
        Mutation("a moving diverter goes on", _P + "station_outputs", "if self.flight.any or effects", "if effects"),
    ),
    (
        StationWorld,
        "branches",
        Mutation(
            "closed unseen", "drivers.valve", "1 if zsc and not zso and not self.y else 0", "1 if not self.y else 0"
        ),
    ),
    (
        StationWorld,
        "stops",
        Mutation("starts by itself", _P + "waste_station", "if self.asked == table.CMD_FANS_START:", "if 1:"),
    ),
    (
        StationWorld,
        "stops",
        Mutation(
            "a trip without effect", _P + "waste_station", "elif self.trips.effects & table.EF_FANS_OFF:", "elif 0:"
        ),
    ),
    (
        StationWorld,
        "stops",
        Mutation(
            "a trip leaves the exhausters",
            _P + "waste_station",
            "self.fans.stop()\n        self.diverter.stop()\n        self.asked",
            "self.diverter.stop()\n        self.asked",
        ),
    ),
    (
        StationWorld,
        "link",
        Mutation(
            "permitted whatever forbids it", _P + "station_outputs", "and not self.trips.effects & table.EF_NO_DV", ""
        ),
    ),
)


@pytest.mark.parametrize(("world", "campaign"), CAMPAIGNS, ids=[f"{w.name}-{c}" for w, c in CAMPAIGNS])
def test_every_reachable_state_holds_the_invariants(world: type[World], campaign: str) -> None:
    made = world(campaign)
    result = search(made, max_states=_LIMIT)
    print(f"{world.name} {campaign}: {result}")
    if result.violation:
        pytest.fail(made.trace(result.violation, result.trace), pytrace=False)
    assert result.complete, f"more than {_LIMIT} states: abstract more"
    assert made.acted, "no output was ever on: nothing is proven"


@pytest.mark.parametrize(
    ("world", "campaign", "mutation"),
    MUTATIONS,
    ids=[f"{w.name}-{m.name.replace(' ', '-')}" for w, _, m in MUTATIONS],
)
def test_the_exploration_finds_a_mutated_program(world: type[World], campaign: str, mutation: Mutation) -> None:
    made = world(campaign, mutation)
    result = search(made, max_states=_LIMIT)
    assert result.violation, f"{mutation.name}: not found in {result}"
    assert result.violation in made.trace(mutation.name, result.trace).splitlines()[-1]


@pytest.mark.parametrize(("world", "campaign"), CAMPAIGNS, ids=[f"{w.name}-{c}" for w, c in CAMPAIGNS])
def test_a_restored_state_goes_on_as_the_original(world: type[World], campaign: str) -> None:
    """What the search takes for a state is the whole state: a program that is never restored does the same."""
    searched, straight = world(campaign), world(campaign)
    choose = random.Random(1)
    node: Any = searched.initial()
    straight.restore(node[2])
    now = NOW
    for step in range(1000):
        move = choose.choice(list(searched.moves(node)))
        node, _ = searched.step(node, move)
        now = (now + SCAN) & 0x3FFFFFFF
        straight.scan_at(move, now)
        assert straight.capture(now) == node[2], f"step {step}: {_difference(straight, node, now)}"


def _difference(straight: World, node: Any, now: int) -> dict[str, Any]:
    other = straight.graph.describe(straight.graph.capture(now))
    mine = straight.graph.describe(node[2][1])
    return {name: (value, other[name]) for name, value in mine.items() if other[name] != value}
