"""EN9: the grid is lost at 400 kW of import, comes back flickering, and is joined again in step (§2b, §2e)."""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeEnergy
from hil_tests.energy_rig import EnergyRig
from protocols import layout

WINDOW_S = 30


@pytest.fixture
def rig(make_energy: MakeEnergy) -> EnergyRig:
    rig = make_energy(base_kw=400, hour=0.0, soc=0.6, grid_back_s=WINDOW_S)
    rig.until_state("RUN", within_s=30)
    return rig


def lose(rig: EnergyRig) -> int:
    at = rig.fail("GRID", "lost")
    rig.until(lambda: rig.district.converter.forming, within_s=2)
    return at


def test_en9_the_island_carries_the_critical_board_within_200_ms(rig: EnergyRig) -> None:
    at = lose(rig)
    opened, proven = rig.stamp("QG.YTRIP", 1, at), rig.stamp("QG.ZCL", 0, at)
    assert 0 <= proven - opened <= 100
    assert rig.stamp("SHED3.Y", 1, at) - at <= 2000
    rig.run(2)
    assert round(rig.district.longest_dark_s, 6) <= 0.2
    assert rig.state == "ISLAND"
    assert rig.district.live and rig.kw("pcs") == pytest.approx(rig.kw("load"), abs=1)
    assert rig.kw("load") < 300, "tier 3 is gone"


def test_en9_a_flickering_grid_restarts_its_window_each_time(rig: EnergyRig) -> None:
    lose(rig)
    rig.fail("GRID", "flicker")
    for _ in range(5):
        rig.run(9)
        order = rig.command("QG_CLOSE", hazardous=True)
        assert order.result == layout.RES_INTERLOCK
    assert not rig.district.breaker.closed and rig.district.live


def test_en9_joining_is_bumpless_whatever_was_wished_before(rig: EnergyRig) -> None:
    """The battery charged when the grid was lost: the island is joined with what it takes, then comes the ramp."""
    rig.command("SET_PCS", -2000 & 0xFFFF, 300)
    rig.until(lambda: rig.kw("pcs") < -199, within_s=10)
    lose(rig)
    rig.fail("GRID", "")
    rig.run(WINDOW_S + 2)
    rig.command("QG_CLOSE", hazardous=True, within_s=25)
    rig.until(lambda: rig.district.breaker.closed, within_s=25)
    before = rig.kw("pcs")
    assert before > 200
    for step in range(30):
        rig.run(0.1)
        assert before - rig.kw("pcs") <= 50 * 0.1 * step + 25, "no faster than the ramp"


def test_en9_back_to_the_grid_in_step_after_its_window(rig: EnergyRig) -> None:
    lose(rig)
    rig.fail("GRID", "")
    rig.run(WINDOW_S - 2)
    assert rig.command("QG_CLOSE", hazardous=True).result == layout.RES_INTERLOCK
    rig.run(4)
    rig.command("QG_CLOSE", hazardous=True, within_s=25)
    rig.until(lambda: rig.district.breaker.closed, within_s=25)
    assert abs(rig.district.hertz - 50.0) < 0.2, "no kick"
    rig.run(3)
    assert rig.district.live and rig.kw("grid") == pytest.approx(rig.kw("load") - rig.kw("pcs"), abs=1)
