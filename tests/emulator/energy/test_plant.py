"""The energy plant at the terminals of its board: contacts, outputs, faults by name."""

from __future__ import annotations

import pytest

from protocols.sheets import load
from protocols.sheets.derive import table
from tools.emulator.energy.converter_device import ConverterDevice
from tools.emulator.energy.district import District
from tools.emulator.energy.plant import EnergyPlant
from tools.emulator.plants import PLANTS, Surroundings
from tools.emulator.spec import BoardSpec, SiteSpec
from tools.emulator.wiring import Wiring

HELD = {
    "QG_YTRIP": 0, "RSD_YHOLD": 1, "HVAC_YOFF": 0, "EXH_YRUN": 0, "SHED2_Y": 0, "SHED3_Y": 0, "QG_YCLOSE": 0,
    "PCS_YFORM": 0,
}  # fmt: skip


class Bench:
    """A plant with its hold energised."""

    def __init__(self) -> None:
        self.plant = EnergyPlant(District(5, start_s=12 * 3600, running=True, base_w=600e3, cars=False))
        self.outputs = dict(HELD)
        self.plant.drive(self.outputs)
        self.run(0.2)

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds * 100)):
            self.plant.step(10, self.outputs)

    def put(self, **outputs: int) -> None:
        self.outputs.update(outputs)
        self.plant.drive(self.outputs)

    def reads(self, name: str) -> int:
        return self.plant.inputs()[name]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_sheet_is_wired_completely() -> None:
    spec = BoardSpec("EN", 1, 1, program="energy")
    plant = PLANTS["energy"](Surroundings(SiteSpec("nowhere", [spec])), spec, 1)
    wiring = Wiring(table(load("energy")), plant)
    assert set(wiring.outputs) == set(HELD)


def test_the_hold_that_drops_takes_the_sun_away_at_once_and_the_voltage_within_30_seconds(bench: Bench) -> None:
    assert bench.plant.district.pv_w > 500e3
    bench.put(RSD_YHOLD=0)
    bench.run(0.1)
    assert bench.plant.district.pv_w == 0 and bench.reads("RSD_ZOK") == 1
    bench.run(30)
    assert bench.reads("RSD_ZOK") == 0


def test_a_warm_plant_runs_when_the_shutdown_is_first_held_off() -> None:
    plant = EnergyPlant(District(5, start_s=12 * 3600, base_w=600e3, cars=False), warm=True)
    plant.drive({**HELD, "RSD_YHOLD": 0})
    plant.step(500, {})
    assert plant.district.pv_w == 0
    plant.drive(HELD)
    assert plant.district.pv_w > 500e3
    plant.drive({**HELD, "RSD_YHOLD": 0})
    plant.step(500, {})
    plant.drive(HELD)
    plant.step(500, {})
    assert plant.district.pv_w == 0, "only the first time"


def test_another_plant_hands_its_power_in_and_is_shed_with_its_tier(bench: Bench) -> None:
    district = bench.plant.district
    before = district.loads.w
    district.loads.other("waste station", 140e3, tier=3)
    bench.run(0.1)
    assert district.loads.w == pytest.approx(before + 140e3)
    district.loads.other("waste station", 0.0)
    bench.run(0.1)
    assert district.loads.w == pytest.approx(before)


def test_the_breaker_is_proven_open_within_100_ms(bench: Bench) -> None:
    assert bench.reads("QG_ZCL") == 1
    bench.put(QG_YTRIP=1)
    bench.run(0.1)
    assert bench.reads("QG_ZCL") == 0


def test_the_converter_forms_the_grid_while_it_may(bench: Bench) -> None:
    district = bench.plant.district
    bench.plant.fail("GRID", "lost")
    bench.put(QG_YTRIP=1)
    bench.run(1)
    assert (district.live, district.converter.forming) == (False, False)
    bench.put(PCS_YFORM=1)
    bench.run(0.1)
    assert (district.live, district.converter.forming) == (True, True)
    bench.put(PCS_YFORM=0)
    bench.run(0.1)
    assert (district.live, district.converter.forming) == (False, False)


def test_a_lost_grid_is_seen_by_its_relay_within_50_ms(bench: Bench) -> None:
    bench.plant.fail("GRID", "lost")
    bench.run(0.05)
    assert bench.reads("GRID_OK") == 0
    bench.plant.fail("GRID", "")
    bench.run(0.1)
    assert bench.reads("GRID_OK") == 1


def test_shedding_takes_loads_and_charging(bench: Bench) -> None:
    district = bench.plant.district
    district.charging.surge(district.now_s, 40)
    bench.run(7)
    assert district.charging.w > 40e3
    full = district.loads.w
    bench.put(SHED3_Y=1)
    bench.run(0.2)
    assert district.charging.w == 0 and district.loads.w == pytest.approx(full - 180e3, abs=1)
    bench.put(SHED2_Y=1)
    bench.run(0.2)
    assert district.loads.w == pytest.approx(full - 330e3, abs=1)


@pytest.mark.parametrize("contact", ["BAT.GAS", "BAT.SMOKE", "BAT.ES"])
def test_gas_smoke_and_stop_open_the_contactors_without_any_board(bench: Bench, contact: str) -> None:
    converter = bench.plant.district.converter
    converter.setpoint = 100e3
    for device in bench.plant.field.devices.values():
        device.quirks.add("dead")
    device = bench.plant.field.devices["PCS"]
    assert isinstance(device, ConverterDevice)
    device.ramp.to(100e3)
    bench.run(2)
    assert converter.w == pytest.approx(100e3, rel=0.01)
    bench.plant.turn(contact, 1)
    bench.run(0.1)
    assert converter.w == 0 and not bench.plant.district.battery.closed
    assert bench.reads(contact.replace(".", "_")) == 1


FAULTS = {
    "INV1": ("ground_fault", "arc", "over_temperature", "silent_ignore", "dead", "nan", "busy", "sf_change"),
    "PCS": ("over_temperature", "ground_fault", "dead"),
    "BAT": ("contactor", "hot", "cold", "cell_high", "cell_low", "heartbeat", "no_cooling"),
    "GM": ("frozen", "dead", "nan"),
    "EV": ("earth_fault", "off", "surge", "dead"),
    "MET": ("dead",),
    "GRID": ("lost", "low", "high", "flicker"),
    "QG": ("stuck_closed", "stuck_open", "no_feedback"),
    "RSD": ("stuck",),
    "SKY": ("cloud", "bright"),
    "LOAD": ("loss", "high"),
}


def test_every_fault_begins_and_ends_by_name_and_the_plant_comes_back(bench: Bench) -> None:
    plant = bench.plant
    for device, kinds in FAULTS.items():
        for kind in kinds:
            plant.fail(device, kind)
        bench.run(0.3)
        plant.fail(device, "")
    district = plant.district
    district.battery.reset()
    bench.run(80)
    assert all(inverter.running for inverter in district.inverters)
    assert district.live and district.battery.closed and not district.meter.fault
    assert all(not device.quirks for device in plant.field.devices.values())
    for device, kind in (("INV9", "dead"), ("GRID", "sad"), ("INV1", "sad"), ("LINE", "drop")):
        with pytest.raises(ValueError, match=device if kind != "sad" else "sad"):
            plant.fail(device, kind)
    with pytest.raises(ValueError, match="GATE"):
        plant.turn("GATE", 1)


def test_a_frozen_heartbeat_and_a_stuck_shutdown(bench: Bench) -> None:
    district = bench.plant.district
    bench.plant.fail("BAT", "heartbeat")
    beat = district.battery.heartbeat
    bench.run(3)
    assert district.battery.heartbeat == beat
    bench.plant.fail("RSD", "stuck")
    bench.put(RSD_YHOLD=0)
    bench.run(31)
    assert district.inverters[0].array.volts > 300 and district.pv_w > 0


def test_a_flickering_grid_comes_and_goes(bench: Bench) -> None:
    bench.plant.fail("GRID", "flicker")
    bench.plant.trace = []
    bench.run(65)
    changes = [value for _, name, value in bench.plant.trace if name == "GRID_OK"]
    assert changes[:6] == [0, 1, 0, 1, 0, 1]


def test_counters_close(bench: Bench) -> None:
    bench.run(20)
    counters = bench.plant.counters()
    assert abs(counters["residual_uwh"]) <= 1
    assert counters["pv_w"] == pytest.approx(600e3, rel=0.01) and counters["dark_ms"] == 0
