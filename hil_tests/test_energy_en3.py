"""EN3: model 701 is longer than one read and comes whole; what isn't implemented is BAD, never 65,535 W (§2a, §2e)."""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeEnergy

MOST = 125


def known(value: int | None) -> bool:
    """Whether the board has a value."""
    return value is not None


def test_en3_values_behind_a_split_read_are_right(make_energy: MakeEnergy) -> None:
    """701 is 155 registers with its scale factors at the end: a value is there when both halves have been read."""
    rig = make_energy(hour=7.0)
    device = rig.plant.field.sunspec("INV2")
    device.read_log = []
    rig.until_value("INV2.W", known, within_s=20)
    rig.run(4)
    unit = rig.district.inverters[1]
    assert rig.value("INV2.W") == pytest.approx(unit.w / 100, rel=0.02)
    assert rig.value("INV2.TMP") == pytest.approx(unit.temperature * 10, abs=5)
    assert max(count for _, _, count in device.read_log) <= MOST
    model = device.image[701]
    value = model.address + model.points["W"].at
    factor = model.address + model.points["W_SF"].at
    values = [at for at, first, count in device.read_log if first <= value < first + count]
    factors = [at for at, first, count in device.read_log if first <= factor < first + count]
    assert len(values) >= 2 and len(factors) == pytest.approx(len(values), abs=1), "each pass reads both"


@pytest.mark.parametrize("name", ["INV1", "INV2"], ids=["103", "701"])
def test_en3_not_implemented_is_bad_and_comes_back(make_energy: MakeEnergy, name: str) -> None:
    rig = make_energy(hour=7.0)
    number = int(name[3:])
    for k in range(1, 7):
        rig.until_value(f"INV{k}.W", known, within_s=20)
    rig.run(2)
    before = rig.value("PV.P")
    alone = rig.value(f"{name}.W")
    assert before is not None and alone is not None
    rig.fail(name, "nan")
    rig.until_value(f"{name}.W", lambda value: value is None, within_s=3)
    assert rig.value(f"{name}.TMP") is None
    rig.until_value("INV.SILENT", lambda value: value == 1 << (number - 1), within_s=3)
    assert rig.value("PV.P") == pytest.approx(before - alone + 1000, abs=15), "counts with its nameplate"
    rig.fail(name, "")
    rig.until_value(f"{name}.W", known, within_s=5)
    rig.until_value("INV.SILENT", lambda value: value == 0, within_s=5)
