"""EN7, the part that needs no site: rapid shutdown by button, fire and a dead board (§2c E1, §2e)."""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeEnergy
from hil_tests.energy_rig import EnergyRig
from tools.emulator.energy.array import TOUCH_V

DEAD_S = 30.0


@pytest.fixture
def rig(make_energy: MakeEnergy) -> EnergyRig:
    rig = make_energy(base_kw=700, rsd_wait_s=20)
    rig.until_state("RUN", within_s=30)
    rig.command("SET_PCS", 500, 300)
    rig.until(lambda: rig.kw("pcs") > 49, within_s=10)
    return rig


def volts(rig: EnergyRig) -> float:
    """Highest voltage at the conductors."""
    return max(inverter.array.volts for inverter in rig.district.inverters)


@pytest.mark.parametrize("cause", ["RSD.PB", "FIRE"])
def test_en7_button_and_fire_take_the_voltage_away(rig: EnergyRig, cause: str) -> None:
    assert volts(rig) > 500
    at = rig.turn(cause, 1)
    rig.until(lambda: not rig.out("RSD.YHOLD"), within_s=0.1)
    assert rig.stamp("RSD.YHOLD", 0, at) - at <= 100
    rig.until(lambda: rig.kw("pv") == 0 and rig.kw("pcs") == 0, within_s=2)
    rig.until(lambda: volts(rig) <= TOUCH_V, within_s=DEAD_S)
    assert rig.state == "SHUTDOWN"
    rig.turn(cause, 0)
    rig.reset()
    assert not rig.out("RSD.YHOLD"), "not before the plant has been down for its time"
    rig.run(25 - (rig.now - at) / 1000)
    rig.run(20)
    assert not rig.out("RSD.YHOLD"), "and not by itself"
    rig.reset()
    rig.until(lambda: rig.out("RSD.YHOLD"), within_s=1)


def test_en7_a_board_without_power_is_a_shutdown(rig: EnergyRig) -> None:
    rig.board.power_off()
    rig.until(lambda: volts(rig) <= TOUCH_V, within_s=DEAD_S)
    assert rig.kw("pv") == 0
