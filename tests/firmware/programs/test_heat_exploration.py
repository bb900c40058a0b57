"""Every reachable state of the heat program, within `heat_worlds`: no machine without proven flow or inside its rest,
V101 at the dry cooler while H1 stands, no heater that may not; and mutations that the search must find."""

from __future__ import annotations

import pytest

from tests.firmware.programs.heat_worlds import WORLDS, HeaterWorld, HeatWorld, HourWorld, PairWorld
from tools.explorer.sandbox import Mutation
from tools.explorer.search import search

_LIMIT = 20_000
CAMPAIGNS: list[tuple[type[HeatWorld], str]] = [(world, name) for world in WORLDS for name in world.campaigns]

_P = "firmware.programs."
_PHASE = _P + "heat_pump_phase"
MUTATIONS: tuple[tuple[type[HeatWorld], str, Mutation], ...] = (
    (HeatWorld, "hall", Mutation("no rest", _PHASE, "            if left <= 0:\n", "            if 1:\n")),
    (
        HeatWorld,
        "mode",
        Mutation(
            "OFF begins no rest",
            _PHASE,
            "        self.hot = 0\n        if self.y:\n            self._off(now)\n",
            "        self.hot = 0\n        if self.y:\n            self.y = 0\n            self._go(OFF, now)\n",
        ),
    ),
    (
        HeatWorld,
        "flows",
        Mutation(
            "starts without flow",
            _PHASE,
            "            elif self._flow(proven, now):",
            "            elif self._flow(1, now):",
        ),
    ),
    (
        HeatWorld,
        "flows",
        Mutation(
            "condenser flow unproven",
            _P + "heat_base",
            "self.proven = 1 if evaporator and turning else 0",
            "self.proven = 1 if evaporator else 0",
        ),
    ),
    (
        HeatWorld,
        "flows",
        Mutation(
            "a trip that is only told",
            _P + "heat_state",
            "off = effects & (table.EF_HP_OFF | table.EF_HEAT_STOP)",
            "off = effects & table.EF_HEAT_STOP",
        ),
    ),
    (
        PairWorld,
        "fire",
        Mutation(
            "the second machine isn't stopped",
            _PHASE,
            "        if self.y and (stop or not self.there):",
            "        if self.y and self.number == 1 and (stop or not self.there):",
        ),
    ),
    (
        HourWorld,
        "starts",
        Mutation("starts are not counted", _PHASE, " and starts.count < par.hp_starts_h else 0", " else 0"),
    ),
    (
        HeatWorld,
        "hall",
        Mutation(
            "V101 goes by its law",
            _P + "heat_source",
            "            self.v101 = 0\n            self._v101_max = 0\n            self.demand",
            "            self.demand",
        ),
    ),
    (
        HeatWorld,
        "hall",
        Mutation(
            "the law goes on during H1",
            _P + "heat_source",
            "        if self.called:\n            self.limited = 0\n",
            "        if 0:\n            self.limited = 0\n",
        ),
    ),
    (
        HeatWorld,
        "hall",
        Mutation(
            "H1 lets go at once",
            _P + "heat_loop",
            "self.source.protect(io, self.par, self.it_calls, burns, now)",
            "self.source.protect(io, self.par, self.it_hot, burns, now)",
        ),
    ),
    (
        HeatWorld,
        "silence",
        Mutation(
            "a silent data centre is no cause",
            _P + "heat_base",
            "        self.it_calls = 1 if effects & table.EF_IT_COOL else 0",
            "        self.it_calls = 1 if effects & table.EF_IT_COOL and io.IT_REQ_Q < BAD else 0",
        ),
    ),
    (
        HeatWorld,
        "source pumps",
        Mutation("a failed pump is not replaced", "drivers.twin_pump", "        if on.failed:\n", "        if 0:\n"),
    ),
    (
        HeaterWorld,
        "heater",
        Mutation(
            "the heater heeds no thermostat",
            _P + "heat_outputs",
            "steps = 0 if effects & table.EF_EH1_OFF else self.backup.mask",
            "steps = self.backup.mask",
        ),
    ),
    (
        HeaterWorld,
        "heater",
        Mutation(
            "charging goes on",
            _P + "heat_outputs",
            "run = charge.run and not effects & (table.EF_CHARGE_OFF | table.EF_HEAT_STOP)",
            "run = charge.run and not effects & table.EF_HEAT_STOP",
        ),
    ),
)


@pytest.mark.parametrize(("world", "campaign"), CAMPAIGNS, ids=[f"{w.__name__}-{c}" for w, c in CAMPAIGNS])
def test_every_reachable_state_holds_the_invariants(world: type[HeatWorld], campaign: str) -> None:
    made = world(campaign)
    result = search(made, max_states=_LIMIT)
    print(f"{world.__name__} {campaign}: {result}")
    if result.violation:
        pytest.fail(made.trace(result.violation, result.trace), pytrace=False)
    assert result.complete, f"more than {_LIMIT} states: abstract more"
    assert made.acted, "nothing was ever on: nothing is proven"


@pytest.mark.parametrize(
    ("world", "campaign", "mutation"),
    MUTATIONS,
    ids=[f"{w.__name__}-{m.name.replace(' ', '-')}" for w, _, m in MUTATIONS],
)
def test_the_exploration_finds_a_mutated_program(world: type[HeatWorld], campaign: str, mutation: Mutation) -> None:
    made = world(campaign, mutation)
    result = search(made, max_states=_LIMIT)
    assert result.violation, f"{mutation.name}: not found in {result}"
    assert result.violation in made.trace(mutation.name, result.trace).splitlines()[-1]
