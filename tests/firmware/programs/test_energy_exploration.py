"""Every reachable state of the energy program, within `energy_worlds`: no charge beside discharge, no breaker closed
that isn't proven open, no limit above what may leave the site; and mutations that the search must find."""

from __future__ import annotations

import pytest

from tests.firmware.programs.energy_worlds import WORLDS, BatteryWorld, BreakerWorld, EnergyWorld, InverterWorld
from tools.explorer.sandbox import Mutation
from tools.explorer.search import search

_LIMIT = 20_000
CAMPAIGNS: list[tuple[type[EnergyWorld], str]] = [(world, name) for world in WORLDS for name in world.campaigns]

_P = "firmware.programs."
MUTATIONS: tuple[tuple[type[EnergyWorld], str, Mutation], ...] = (
    (
        BatteryWorld,
        "sides",
        Mutation("no dead time", _P + "energy_bess", "if self.q or not rested:", "if self.q:"),
    ),
    (
        BatteryWorld,
        "sides",
        Mutation("through zero in one step", _P + "energy_bess", "if target * side < 0:", "if 0:"),
    ),
    (
        BatteryWorld,
        "sides",
        Mutation(
            "rest not proven by the device",
            _P + "energy",
            "store.move(par, 1 if resting else 0, now)",
            "store.move(par, 1, now)",
        ),
    ),
    (
        BatteryWorld,
        "sides",
        Mutation("an inhibit ramps", _P + "energy_bess", "self._ramp.force(-self.charge)", "pass"),
    ),
    (
        BatteryWorld,
        "sides",
        Mutation("cold unseen", _P + "energy_bess", "self.charge = 0 if no_charge else", "self.charge ="),
    ),
    (
        BatteryWorld,
        "sides",
        Mutation(
            "the reserve is given", _P + "energy_bess", "self.discharge = 0 if no_discharge else", "self.discharge ="
        ),
    ),
    (
        BatteryWorld,
        "stops",
        Mutation("gas stops by the ramp", _P + "energy_bess", "self._ramp.force(0)\n", "pass\n"),
    ),
    (
        BatteryWorld,
        "stops",
        Mutation(
            "a trip that is only told", _P + "energy", "if stopped or effects & table.EF_PCS_ZERO:", "if stopped:"
        ),
    ),
    (
        BatteryWorld,
        "gateway",
        Mutation(
            "works on without a gateway",
            _P + "energy",
            "wished = self.wishes.stands[PCS] and self.state == table.ST_RUN",
            "wished = self.wishes.value[PCS]",
        ),
    ),
    (
        BreakerWorld,
        "grid",
        Mutation("no window", _P + "energy_grid", "if age >= need:", "if 1:"),
    ),
    (
        BreakerWorld,
        "grid",
        Mutation(
            "the window is not begun anew",
            _P + "energy_grid",
            "            self._window = 0\n            self.waits = 1\n",
            "",
        ),
    ),
    (
        BreakerWorld,
        "grid",
        Mutation(
            "closes by itself",
            _P + "energy_grid",
            "        elif open_:\n            if state",
            "        elif open_ and not self.waits and not self.release(now):\n"
            "            pass\n"
            "        elif open_:\n            if state",
        ),
    ),
    (
        BreakerWorld,
        "voltage",
        Mutation(
            "an unproven breaker is closed",
            _P + "energy_commands",
            "if self.grid.state != OPEN or self.trips.effects & table.EF_NO_CLOSE:",
            "if 0:",
        ),
    ),
    (
        BreakerWorld,
        "voltage",
        Mutation(
            "a silent contact counts",
            _P + "energy_grid",
            "open_ = not io.QG_ZCL and io.QG_ZCL_Q == 0",
            "open_ = not io.QG_ZCL",
        ),
    ),
    (
        BreakerWorld,
        "shutdown",
        Mutation("the hold stays", _P + "energy_outputs", "hold = 0 if effects & table.EF_RSD_DROP else 1", "hold = 1"),
    ),
    (
        BreakerWorld,
        "shutdown",
        Mutation(
            "closing goes on in a shutdown",
            _P + "energy_outputs",
            "if effects & (table.EF_NO_CLOSE | table.EF_RSD_DROP):",
            "if effects & table.EF_NO_CLOSE:",
        ),
    ),
    (
        InverterWorld,
        "load",
        Mutation("the cap twice", _P + "energy", "known + io.GM_P + cap - par.margin", "known + io.GM_P + 2 * cap"),
    ),
    (
        InverterWorld,
        "load",
        Mutation(
            "limits wait", _P + "energy_pv", "                if falls:\n", "                if falls and settled:\n"
        ),
    ),
    (
        InverterWorld,
        "meter",
        Mutation("no fallback without a meter", _P + "energy", "            units.share(cap)\n", "            pass\n"),
    ),
    (
        InverterWorld,
        "deaf",
        Mutation(
            "a deaf inverter keeps no room",
            _P + "energy_pv",
            "                free -= rating\n",
            "                free -= 0\n",
        ),
    ),
    (
        InverterWorld,
        "shutdown",
        Mutation(
            "only told to stop",
            _P + "energy",
            "                units.limit[k] = 0\n                units.stop[k] = 1\n",
            "                pass\n",
        ),
    ),
    (
        InverterWorld,
        "wishes",
        Mutation(
            "a unit stopped by hand runs", _P + "energy_base", "(self.export_stopped | self.hand_stopped) & bit", "0"
        ),
    ),
)


@pytest.mark.parametrize(("world", "campaign"), CAMPAIGNS, ids=[f"{w.__name__}-{c}" for w, c in CAMPAIGNS])
def test_every_reachable_state_holds_the_invariants(world: type[EnergyWorld], campaign: str) -> None:
    made = world(campaign)
    result = search(made, max_states=_LIMIT)
    print(f"{world.__name__} {campaign}: {result}")
    if result.violation:
        pytest.fail(made.trace(result.violation, result.trace), pytrace=False)
    assert result.complete, f"more than {_LIMIT} states: abstract more"
    assert made.acted, "nothing was ever asked: nothing is proven"


@pytest.mark.parametrize(
    ("world", "campaign", "mutation"),
    MUTATIONS,
    ids=[f"{w.__name__}-{m.name.replace(' ', '-')}" for w, _, m in MUTATIONS],
)
def test_the_exploration_finds_a_mutated_program(world: type[EnergyWorld], campaign: str, mutation: Mutation) -> None:
    made = world(campaign, mutation)
    result = search(made, max_states=_LIMIT)
    assert result.violation, f"{mutation.name}: not found in {result}"
    assert result.violation in made.trace(mutation.name, result.trace).splitlines()[-1]
