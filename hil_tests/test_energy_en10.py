"""EN10: without gateway, meter or board, charging falls back to 6 A (§2c E4, E11)."""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeEnergy
from hil_tests.energy_rig import EnergyRig
from tools.emulator.energy.charging import FALLBACK_A, FALLBACK_S


@pytest.fixture
def rig(make_energy: MakeEnergy) -> EnergyRig:
    """Sixty cars that charge with 16 A."""
    rig = make_energy(base_kw=300)
    rig.until_state("RUN", within_s=30)
    rig.fail("EV", "surge")
    rig.command("EV_SHARE", 160, 600)
    for word in range(6):
        rig.command("EV_ENABLE", word, 0xFFFF, 600)
    rig.until(lambda: rig.district.charging.share_in_force == 16.0, within_s=150)
    return rig


def test_en10_a_dead_board_leaves_6_amperes_after_10_seconds(rig: EnergyRig) -> None:
    rig.board.power_off()
    at = rig.now
    rig.until(lambda: rig.district.charging.share_in_force == FALLBACK_A, within_s=FALLBACK_S + 1)
    assert rig.now - at >= (FALLBACK_S - 1.5) * 1000
    rig.run(6)
    assert rig.kw("ev") < 60 * FALLBACK_A * 0.23 * 2.5


def test_en10_a_dead_gateway_leaves_6_amperes(rig: EnergyRig) -> None:
    rig.gateway.kill()
    rig.until(lambda: rig.district.charging.share_in_force == FALLBACK_A, within_s=40)


def test_en10_a_silent_meter_leaves_6_amperes_within_10_seconds(rig: EnergyRig) -> None:
    rig.fail("GM", "dead")
    rig.until(lambda: rig.district.charging.share_in_force == FALLBACK_A, within_s=10)
