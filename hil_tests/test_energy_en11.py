"""EN11: what the devices' own counters say adds up, under the board's control (§2f, §6).

Whole days, in all weathers, are in tests/emulator/energy without a board; here four minutes have everything in them: a
cloud, cars, the battery both ways, a limit.
"""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeEnergy
from hil_tests.energy_rig import INVERTERS, EnergyRig

CLOSES_TO = 0.001


def counters(rig: EnergyRig) -> dict[str, float]:
    """Energy registers of the devices, Wh."""
    field = rig.plant.field
    for device in (*INVERTERS, "PCS", "GM"):
        field.sunspec(device).refresh()
    read: dict[str, float | None] = {}
    for name in INVERTERS:
        image = field.sunspec(name).image
        read[name] = image[701].get("TotWhInj") if 701 in image else image[103].get("WH")
    read["out"], read["in"] = (field.sunspec("PCS").image[701].get(point) for point in ("TotWhInj", "TotWhAbs"))
    read["import"], read["export"] = (field.sunspec("GM").image[203].get(point) for point in ("TotWhImp", "TotWhExp"))
    return {name: value or 0.0 for name, value in read.items()}


def test_en11_counters_of_all_devices_close(make_energy: MakeEnergy) -> None:
    rig = make_energy(base_kw=650)
    rig.until_state("RUN", within_s=30)
    district = rig.district
    before, used = counters(rig), district.books.loads + district.books.charging
    rig.fail("EV", "surge")
    for target in (1500, -1500):
        rig.command("SET_PCS", target & 0xFFFF, 60)
        rig.run(50)
    rig.fail("SKY", "cloud")
    rig.run(50)
    rig.fail("SKY", "")
    rig.command("INV_LIMIT", 0, 600, 60)
    rig.run(80)
    gained = {name: value - before[name] for name, value in counters(rig).items()}
    used = district.books.loads + district.books.charging - used
    assert all(value >= 0 for value in gained.values()), "counters never run backwards"
    assert gained["out"] > 500 and gained["in"] > 500
    generated = sum(gained[name] for name in INVERTERS)
    balance = generated + gained["import"] - gained["export"] + gained["out"] - gained["in"] - used
    assert abs(balance) <= CLOSES_TO * used
    assert abs(district.residual_wh) < 1e-6 * district.books.pv_dc
    assert used == pytest.approx(45_000, rel=0.3)
