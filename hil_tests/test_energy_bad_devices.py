"""Devices that lie about their chains, or are busy for minutes: no wrong value, no wrong write, the unit is named.

The lies themselves, and any others, are read by the driver alone in tests/drivers/sunspec; here a board reads them all
at once on its line while the sound devices go on.
"""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeEnergy
from hil_tests.energy_rig import INVERTERS, EnergyRig

LIARS = {
    "INV1": ("chain_loop",),
    "INV2": ("chain_cut",),
    "INV3": ("no_common",),
    "INV4": ("chain_long",),
    "INV5": ("no_mark",),
}
BUSY = ("INV1", "INV2")
"""One with model 123, one with 704."""
BUSY_S = 120


def limits(rig: EnergyRig, name: str, after: int = 0) -> list[int]:
    """Limits that were written to an inverter."""
    return [raw for _, _, point, raw in rig.written(name, after) if point == "WMaxLimPct"]


def test_lies_about_the_chain_are_nobodys_values_and_the_sound_ones_go_on(make_energy: MakeEnergy) -> None:
    rig = make_energy(base_kw=1000, quirks=LIARS)
    rig.until_value("INV6.CTL", lambda value: value == 1, within_s=60)
    rig.run(10)
    for name in LIARS:
        assert rig.value(f"{name}.W") is None and rig.written(name) == [], name
    assert rig.value("INV.SILENT") == 0b011111
    assert rig.value("INV6.W") == pytest.approx(rig.district.inverters[5].w / 100, rel=0.02)
    assert rig.value("GM.P") == pytest.approx(rig.district.grid_w / 100, rel=0.02, abs=30)


def test_two_that_are_busy_for_two_minutes_cost_themselves_and_no_wrong_write(make_energy: MakeEnergy) -> None:
    rig = make_energy(base_kw=700)
    rig.until_state("RUN", within_s=30)
    for name in INVERTERS:
        rig.until_value(f"{name}.CTL", lambda value: value == 1, within_s=30)
    rig.command("INV_LIMIT", 0, 400, 300)
    units = dict(zip(BUSY, rig.district.inverters, strict=False))
    rig.until(lambda: all(abs(unit.limit - 0.4) < 0.001 for unit in units.values()), within_s=10)
    at = rig.now
    for name in BUSY:
        rig.fail(name, "busy")
    for name in BUSY:
        rig.until_value(f"{name}.W", lambda value: value is None, within_s=7)
    rig.run(BUSY_S)
    assert rig.value("GM.P") == pytest.approx(rig.district.grid_w / 100, rel=0.02, abs=30)
    assert rig.state == "RUN" and rig.value("INV.SILENT") == 0b11
    back = rig.now
    for name in BUSY:
        assert rig.value(f"{name}.W") is None and limits(rig, name, at) == []
        rig.fail(name, "")
    for name in BUSY:
        rig.until_value(f"{name}.CTL", lambda value: value == 1, within_s=30)
    rig.until(lambda: all(abs(unit.limit - 0.4) < 0.001 for unit in units.values()), within_s=20)
    for name in BUSY:
        assert set(limits(rig, name, back)) <= {400}, "and where the register has kept it, only its enable"
