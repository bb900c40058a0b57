"""Injections of §2e beside the acceptance tests: frozen meter, other scale factors, a deaf inverter, a cloud."""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeEnergy
from hil_tests.energy_rig import INVERTERS, EnergyRig


@pytest.fixture
def rig(make_energy: MakeEnergy) -> EnergyRig:
    rig = make_energy(base_kw=700)
    rig.until_state("RUN", within_s=30)
    for name in INVERTERS:
        rig.until_value(f"{name}.CTL", lambda value: value == 1, within_s=30)
    return rig


def test_a_frozen_meter_is_no_meter(rig: EnergyRig) -> None:
    rig.command("SET_PCS", 500, 300)
    rig.until(lambda: rig.kw("pcs") > 49, within_s=10)
    at = rig.fail("GM", "frozen")
    rig.until_value("GM.P", lambda value: value is None, within_s=3)
    assert rig.now - at <= 2500
    rig.until(lambda: rig.kw("pcs") == 0 and rig.kw("pv") < 320, within_s=10)
    assert rig.state == "METER_LOST"
    assert rig.now - at <= 10_000
    rig.fail("GM", "")
    rig.until_state("RUN", within_s=15)


@pytest.mark.parametrize("name", ["INV1", "INV2"], ids=["123", "704"])
def test_other_scale_factors_after_a_restart_never_make_ten_times_the_limit(rig: EnergyRig, name: str) -> None:
    rig.command("INV_LIMIT", 0, 400, 300)
    unit = rig.district.inverters[int(name[3:]) - 1]
    rig.until(lambda: abs(unit.limit - 0.4) < 0.001, within_s=5)
    at = rig.fail(name, "sf_change")
    rig.until(lambda: abs(unit.limit - 0.4) < 0.001 and rig.now - at > 3000, within_s=30)
    points = [raw for _, _, point, raw in rig.written(name, at) if point == "WMaxLimPct"]
    assert set(points) == {40}, "whole per cent now, and nothing else was ever written"
    rig.until_value(f"{name}.W", lambda value: value is not None and abs(value - unit.w / 100) < 20, within_s=5)


def test_an_inverter_that_ignores_is_found_out_and_the_others_make_room(make_energy: MakeEnergy) -> None:
    rig = make_energy(base_kw=700, export_cap=0)
    rig.until_state("RUN", within_s=30)
    for name in INVERTERS:
        rig.until_value(f"{name}.CTL", lambda value: value == 1, within_s=30)
    rig.run(5)
    rig.fail("INV3", "silent_ignore")
    at = rig.fail("LOAD", "loss")
    rig.until_value("INV.DEAF", lambda value: value == 1 << 2, within_s=12)
    first = next(ms for ms, *_ in rig.written("INV3", at))
    assert first - at <= 2000
    assert rig.now - first <= 10_000, "after the first write that it ignored"
    rig.until(lambda: rig.kw("grid") >= -5, within_s=10)
    assert rig.kw("inv3") > 90, "it does as it likes"


@pytest.mark.parametrize(("name", "kind"), [("INV1", "arc"), ("INV2", "arc"), ("INV4", "over_temperature")])
def test_an_inverter_with_a_fault_is_stopped_alone_until_confirmed(rig: EnergyRig, name: str, kind: str) -> None:
    """E7: an arc has no bit of its own in Evt1 and Alrm; the state says it."""
    at = rig.fail(name, kind)
    bit = 1 << int(name[3:]) - 1
    rig.until_value("INV.STOPPED", lambda value: value == bit, within_s=3)
    rig.until(lambda: any(raw == 0 for _, _, point, raw in rig.written(name, at) if point in ("Conn", "OpCtl")), 5)
    assert rig.tripped(name)
    assert rig.kw("pv") > 300
    rig.fail(name, "")
    rig.run(2)
    rig.command("RESET")
    assert rig.value("INV.STOPPED") == bit, "nobody confirmed on the spot"
    rig.reset()
    rig.until_value("INV.STOPPED", lambda value: value == 0, within_s=3)


def test_a_cloud_over_a_full_load_stays_under_the_cap(make_energy: MakeEnergy) -> None:
    """600 kW of sun become 160 in 5 s while the battery rests: it makes up for what the cap doesn't leave."""
    rig = make_energy(base_kw=1500, soc=0.8)
    rig.until_state("RUN", within_s=30)
    rig.until(lambda: rig.kw("pv") > 590, within_s=60)
    rig.fail("SKY", "cloud")
    highest = over_s = 0.0
    for _ in range(200):
        rig.run(0.1)
        highest = max(highest, rig.kw("grid"))
        over_s += 0.1 if rig.kw("grid") > 1280.0 else 0.0
    assert highest <= 1.05 * 1280.0
    assert over_s <= 5.0
    assert rig.kw("pcs") > 50
