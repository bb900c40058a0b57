"""EN12: 30 % CRC errors and a unit that takes a second: control goes on, nothing wrong is ever written (§2e)."""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeEnergy
from hil_tests.energy_rig import INVERTERS, EnergyRig

LIMIT_POINTS = {"WMaxLimPct", "WMaxLimPct_RmpTms", "WMaxLimPct_RvrtTms", "WMaxLim_Ena", "WMaxLimPctRvrt",
                "WMaxLimPctEnaRvrt", "WMaxLimPctRvrtTms", "WMaxLimPctEna"}  # fmt: skip


@pytest.fixture
def rig(make_energy: MakeEnergy) -> EnergyRig:
    """More load than sun: nothing is to be limited, so every limit that isn't 100 % is a wrong write."""
    rig = make_energy(base_kw=1000)
    rig.until_state("RUN", within_s=30)
    for name in INVERTERS:
        rig.until_value(f"{name}.CTL", lambda value: value == 1, within_s=30)
    return rig


def wrong(rig: EnergyRig, after: int) -> list[tuple[str, str, int]]:
    """Writes since a stamp that nobody can have wanted."""
    found = []
    for name in INVERTERS:
        for _, _, point, raw in rig.written(name, after):
            if point not in LIMIT_POINTS or (point == "WMaxLimPct" and raw != 1000):
                found.append((name, point, raw))
    return found


def test_en12_crc_errors_cost_time_and_nothing_else(rig: EnergyRig) -> None:
    before = rig.value("FIELD.WRONG")
    at = rig.fail("LINE", "corrupt")
    for target in (1000, -1000, 400):
        rig.command("SET_PCS", target & 0xFFFF, 60)
        rig.until(lambda target=target: abs(rig.kw("pcs") - target / 10) < 1, within_s=12)  # type: ignore[misc]
    after = rig.value("FIELD.WRONG")
    assert before is not None and after is not None
    assert after - before > 20, "the errors were there"
    assert wrong(rig, at) == []
    points = [raw for _, _, point, raw in rig.written("PCS", at) if point == "WSet"]
    assert all(-1000 <= raw <= 1000 for raw in points)
    rig.run(3)
    assert rig.state == "RUN" and rig.value("GM.P") == pytest.approx(rig.district.grid_w / 100, rel=0.02)


def test_en12_a_unit_that_takes_a_second_is_alone_with_it(rig: EnergyRig) -> None:
    at = rig.fail("INV3", "latency_1s")
    for _ in range(6):
        rig.run(2)
        for name in INVERTERS:
            value = rig.value(f"{name}.W")
            unit = rig.district.inverters[int(name[3:]) - 1]
            assert value == pytest.approx(unit.w / 100, abs=10) or (name == "INV3" and value is None), name
    assert rig.value("GM.P") == pytest.approx(rig.district.grid_w / 100, rel=0.02)
    assert rig.state == "RUN" and wrong(rig, at) == []
