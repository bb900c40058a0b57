"""EN6: what the battery may not do: BMS trip, cells, heat, cold charge, gas, smoke, a dead heartbeat (§2c E2, E3)."""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeEnergy
from hil_tests.energy_rig import EnergyRig


@pytest.fixture
def rig(make_energy: MakeEnergy) -> EnergyRig:
    """More load than sun, the battery commanded to charge with 100 kW."""
    rig = make_energy(base_kw=900)
    rig.until_state("RUN", within_s=30)
    rig.command("SET_PCS", 0x10000 - 1000, 300)
    rig.until(lambda: rig.kw("pcs") < -99, within_s=10)
    return rig


@pytest.mark.parametrize("contact", ["BAT.GAS", "BAT.SMOKE"])
def test_en6_gas_or_smoke_stops_seals_and_ventilates(rig: EnergyRig, contact: str) -> None:
    at = rig.turn(contact, 1)
    rig.until(lambda: rig.kw("pcs") == 0, within_s=0.2)
    rig.until(lambda: rig.out("HVAC.YOFF") and rig.out("EXH.YRUN"), within_s=0.2)
    assert rig.stamp("EXH.YRUN", 1, at) - at <= 200
    rig.run(3)
    assert not rig.district.battery.closed, "the management has opened the contactors"
    assert not rig.district.converter.run, "and the board has stopped the converter"
    rig.turn(contact, 0)
    rig.run(3)
    assert rig.out("EXH.YRUN"), "latched until somebody has looked"
    assert rig.kw("pcs") == 0


@pytest.mark.parametrize("fault", ["cell_high", "cell_low", "hot", "contactor"])
def test_en6_a_trip_of_the_battery_takes_the_power_away_within_a_second(rig: EnergyRig, fault: str) -> None:
    at = rig.fail("BAT", fault)
    rig.until(lambda: rig.kw("pcs") == 0, within_s=1)
    rig.run(4)
    wanted = [raw for _, _, point, raw in rig.written("PCS", at) if point == "WSet"]
    assert wanted and wanted[-1] == 0, "the board asks for nothing either"


def test_en6_cold_inhibits_charging_only(rig: EnergyRig) -> None:
    rig.fail("BAT", "cold")
    rig.until(lambda: rig.kw("pcs") == 0, within_s=1)
    rig.run(3)
    rig.command("SET_PCS", 500, 60)
    rig.until(lambda: rig.kw("pcs") > 49, within_s=10)


def test_en6_a_heartbeat_that_stands_still_ends_the_power_within_5_seconds(rig: EnergyRig) -> None:
    at = rig.fail("BAT", "heartbeat")
    rig.until(lambda: rig.kw("pcs") == 0, within_s=5)
    assert rig.now - at <= 5000
    rig.fail("BAT", "")
    rig.until(lambda: rig.kw("pcs") < -99, within_s=20)
