"""EN4: 250 kW of load are gone at once; the export is back within 5 kW of its cap in 5 s (§2d)."""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeEnergy
from hil_tests.energy_rig import INVERTERS, EnergyRig

WITHIN_KW = 5.0
BACK_S = 5.0
SETTLED_S = 6.0


def settled(make_energy: MakeEnergy, cap: int) -> EnergyRig:
    """600 kW of sun, exporting up to the cap (0.1 kW), limits raised as far as it leaves them."""
    rig = make_energy(base_kw=600 - cap / 10, export_cap=cap)
    for name in INVERTERS:
        rig.until_value(f"{name}.CTL", lambda value: value == 1, within_s=30)
    rig.until(lambda: rig.kw("grid") < -cap / 10 + 15, within_s=40)
    return rig


@pytest.mark.parametrize("cap", [0, 1000], ids=["no export", "100 kW"])
@pytest.mark.parametrize("newer", [("PCS",), ("INV1", "INV2", "INV3", "INV4", "INV5", "INV6")], ids=["123", "704"])
def test_en4_export_is_back_in_5_seconds(make_energy: MakeEnergy, cap: int, newer: tuple[str, ...]) -> None:
    def make(**options: object) -> EnergyRig:
        return make_energy(newer=newer, **options)

    rig = settled(make, cap)
    kept = -cap / 10 - WITHIN_KW
    at = rig.fail("LOAD", "loss")
    rig.run(0.1)
    assert rig.kw("grid") < kept - 200, "the load is gone"
    rig.until(lambda: rig.kw("grid") >= kept, within_s=BACK_S)
    took = rig.now - at
    lowest = 0.0
    for _ in range(60):
        rig.run(0.1)
        lowest = min(lowest, rig.kw("grid"))
    assert lowest >= kept, f"back after {took} ms and out again: {lowest:.0f} kW"
    assert rig.kw("pv") > 300, "and no more is given up than has to be"
