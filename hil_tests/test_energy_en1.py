"""EN1: the board discovers its devices wherever their registers begin, and skips models that it doesn't know (§2a)."""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeEnergy
from hil_tests.energy_rig import INVERTERS

QUIRKS = {
    "INV1": ("base_0",),
    "INV2": ("base_50000",),
    "INV3": ("unknown_model",),
    "INV4": ("unknown_model", "base_0"),
    "PCS": ("base_50000", "unknown_model"),
    "GM": ("base_0",),
}
FOUND_S = 15


def test_en1_discovery_at_0_40000_and_50000_and_an_unknown_model_skipped(make_energy: MakeEnergy) -> None:
    rig = make_energy(quirks=QUIRKS, hour=7.0)
    points = [f"{name}.W" for name in INVERTERS] + ["PCS.P", "BAT.SOC", "GM.P", "GM.V", "MET.G", "EV.P"]
    begin = rig.now
    while any(rig.value(point) is None for point in points):
        assert rig.now - begin < FOUND_S * 1000, [point for point in points if rig.value(point) is None]
        rig.run(0.2)
    # Limits are taken over and rise to what the caps leave; then what the board has is what the physics has.
    for name in INVERTERS:
        rig.until_value(f"{name}.CTL", lambda value: value == 1, within_s=20)
    rig.until(lambda: all(each.w > 0.96 * each.array.available for each in rig.district.inverters), within_s=30)
    rig.run(3)
    for index, name in enumerate(INVERTERS):
        assert rig.value(f"{name}.W") == pytest.approx(rig.district.inverters[index].w / 100, rel=0.02), name
    assert rig.value("GM.P") == pytest.approx(rig.district.grid_w / 100, rel=0.02, abs=30)
    assert rig.value("GM.V") == pytest.approx(rig.district.volts_pu * 2300, abs=15)
    assert rig.value("BAT.SOC") == pytest.approx(rig.district.battery.soc * 1000, abs=1)
    assert rig.value("MET.G") == pytest.approx(rig.district.weather.irradiance, abs=10)
    told = {row[3] for row in rig.event("DEVICE") if row[4] == 1}
    assert told == set(range(1, 11)), "each device was heard, and is told by name"
