"""Gateway, board, field line and each inverter die in every state of the energy management (§2c E11, §2e).

Export and import stay at most 5 % and 5 s beyond their caps; every device falls back by itself; and whoever comes back
begins where the battery is: no set-point steps, none moves faster than 50 kW/s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from edge_gateway.control.energy.state import State
from hil_tests.conftest import made_rigs
from hil_tests.energy_rig import INVERTERS, EnergyRig
from hil_tests.energy_states import EXPORT_KW, PLACES, RVRT_S, KilledPlant
from tools.emulator.energy.charging import FALLBACK_A

pytestmark = pytest.mark.slow

SAFE_S = 2 + 30
"""The board misses the gateway's heartbeat for 2 s, and falls back 30 s later (E11)."""
ZERO_KW = 1.0
FULL_KW = 600.0


@pytest.fixture(scope="module", params=list(State), ids=str)
def plant(
    request: pytest.FixtureRequest, runtime: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KilledPlant]:
    """One plant for all the deaths in one state."""
    folder = tmp_path_factory.mktemp(str(request.param))
    for make in made_rigs(EnergyRig, folder, runtime):
        yield KilledPlant(request.param, make, folder)


def gateway(plant: KilledPlant) -> None:
    """Wishes are dropped; the limits are the board's own."""
    rig = plant.rig
    plant.gateway.kill()
    rig.run(SAFE_S)
    if plant.target is State.PEAK_SHAVE:
        rig.run(5)
        assert rig.kw("pcs") > 100, "without a gateway the board itself keeps its transformer"
    elif plant.target is State.ISLAND:
        rig.run(5)
        assert rig.district.live, "the island goes on"
    else:
        rig.until(lambda: abs(rig.kw("pcs")) < ZERO_KW, within_s=15)
        rig.until(lambda: rig.district.charging.share_in_force <= FALLBACK_A, within_s=5)
    plant.mend()
    plant.begin_gateway()


def board(plant: KilledPlant) -> None:
    """Its outputs drop: rapid shutdown, no island. What it has written reverts."""
    rig = plant.rig
    plant.watched.import_cap = plant.place.alone_kw
    rig.board.power_off()
    rig.until(lambda: rig.kw("pv") < ZERO_KW, within_s=1)
    rig.run(RVRT_S + 1)
    assert abs(rig.kw("pcs")) < ZERO_KW
    assert rig.district.charging.share_in_force <= FALLBACK_A
    plant.mend()
    rig.board.power_on()


def line(plant: KilledPlant) -> None:
    """Every device is alone: battery 0 kW, inverters their share of the export cap, charging 6 A."""
    rig = plant.rig
    plant.watched.import_cap = plant.place.alone_kw
    rig.fail("LINE", "mute")
    rig.run(RVRT_S + 1)
    if plant.target is State.ISLAND:
        assert rig.district.live, "who forms the island needs no set-point for it"
    else:
        assert abs(rig.kw("pcs")) < ZERO_KW
    assert all(unit.limit <= EXPORT_KW / FULL_KW + 0.01 for unit in rig.district.inverters)
    assert rig.district.charging.share_in_force <= FALLBACK_A
    rig.fail("LINE", "")
    plant.mend()


def inverters(plant: KilledPlant) -> None:
    """One after the other doesn't answer; each is named, and counts with its nameplate."""
    rig = plant.rig
    for number, name in enumerate(INVERTERS):
        if plant.target is State.INIT:
            plant.gateway.kill()
            plant.begin_gateway()
        rig.fail(name, "dead")
        rig.until(lambda bit=1 << number: plant.gateway.tag("INV.SILENT") == bit, within_s=9)  # type: ignore[misc]
        rig.fail(name, "")
        rig.until(lambda: plant.gateway.tag("INV.SILENT") == 0, within_s=9)
    plant.mend()


@pytest.mark.parametrize("kill", [gateway, inverters, line, board], ids=lambda kill: kill.__name__)
def test_killed(plant: KilledPlant, kill: Callable[[KilledPlant], None]) -> None:
    plant.enter()
    kill(plant)
    plant.back(within_s=30)
    plant.watched.check()
    assert plant.steps() == []


def test_every_state_has_its_place() -> None:
    assert set(PLACES) == set(State)
