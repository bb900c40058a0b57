"""The heat plant at its board's terminals: sensors and their faults, devices that fail by name, hard-wired layers."""

from __future__ import annotations

import pytest

from tools.emulator.heat.district import HeatDistrict
from tools.emulator.heat.plant import HeatPlant
from tools.emulator.heat.plant_faults import CIRCUITS, MACHINE_FAULTS, PUMP_FAULTS, VALVE_FAULTS
from tools.emulator.heat.sensors import SWAPS, TEMPERATURES
from tools.emulator.site import program_table
from tools.emulator.wiring import Wiring


class Bench:
    """A plant with its wiring; `go` lets seconds pass with these outputs."""

    def __init__(self) -> None:
        self.district = HeatDistrict(1, it_w=850e3)
        self.plant = HeatPlant(self.district)
        self.wiring = Wiring(program_table("heat_loop"), self.plant)
        self.outputs = dict(self.wiring.outputs)

    def go(self, seconds: float, **outputs: int) -> None:
        """Set outputs, let time pass."""
        self.outputs.update(outputs)
        self.plant.drive(self.outputs)
        for _ in range(round(10 * seconds)):
            self.plant.step(100, self.outputs)

    def told(self, name: str) -> int:
        """What is at a terminal, in the register's scale."""
        return self.plant.inputs()[name]


@pytest.fixture
def bench() -> Bench:
    made = Bench()
    made.go(20, P101A_Y=1, P101_SPD=800, P201_Y=1, P201_SPD=1000, P202_Y=1, V101_SP=1000, P402_Y=1, DRYC_FAN=500)
    return made


def test_every_temperature_is_alive_and_true(bench: Bench) -> None:
    seen = {name: set[int]() for name in TEMPERATURES}
    for _ in range(50):
        bench.go(0.1)
        for name, values in seen.items():
            values.add(bench.told(name))
            assert bench.told(name) == pytest.approx(100 * getattr(bench.district, name.lower()), abs=2), name
    assert all(len(values) > 1 for values in seen.values())


def test_sensors_fail_each_in_its_way(bench: Bench) -> None:
    plant, district = bench.plant, bench.district
    plant.fail("TT41", "open")
    plant.fail("TT42", "short")
    plant.fail("TT43", "drift")
    plant.fail("TT44", "frozen")
    plant.fail("TT305", "swapped")
    bench.go(0.1)
    stands = bench.told("TT44")
    bench.go(400)
    assert bench.told("TT41") > 15_000 and bench.told("TT42") < -5_000
    assert bench.told("TT43") == pytest.approx(100 * district.tt43 + 500, abs=3)
    assert bench.told("TT44") == stands
    assert bench.told("TT305") == pytest.approx(100 * district.tt306, abs=3)
    assert bench.told("TT306") == pytest.approx(100 * district.tt305, abs=3)
    for name in ("TT41", "TT42", "TT43", "TT44", "TT305"):
        plant.fail(name, "")
    bench.go(0.1)
    for name in ("TT41", "TT42", "TT43", "TT44", "TT305"):
        assert bench.told(name) == pytest.approx(100 * getattr(district, name.lower()), abs=3)
    for name, kind in (("TT50", "swapped"), ("FT101", "open"), ("TT41", "haunted"), ("TT99", "open")):
        with pytest.raises(ValueError, match=r"can be|no device"):
            plant.fail(name, kind)
    assert "TT50" not in SWAPS


def test_a_fading_pump_and_a_tripped_one(bench: Bench) -> None:
    before = bench.district.ft201
    bench.plant.fail("P201", "decay")
    bench.go(5)
    assert bench.district.ft201 == pytest.approx(before / 2, rel=0.1)
    assert bench.told("P201_RUN") == 1 and bench.told("P201_FLT") == 0
    bench.go(3)
    assert bench.told("FS201") == 0
    bench.plant.fail("P201", "")
    bench.plant.fail("P101A", "trip")
    bench.go(5)
    assert bench.district.ft201 == pytest.approx(before, rel=0.1)
    assert bench.district.ft101 < 1.0 and (bench.told("P101A_RUN"), bench.told("P101A_FLT")) == (0, 1)


def test_valves_stick_and_spring_home(bench: Bench) -> None:
    bench.go(60)
    assert bench.told("V101_ZSO") == 1
    bench.plant.fail("V101", "no_power")
    bench.go(30)
    assert bench.told("V101_ZSC") == 1
    bench.plant.fail("V101", "stuck")
    bench.go(60)
    assert bench.told("V101_ZSC") == 1
    bench.plant.fail("V401", "hot")
    bench.go(30, V401_SP=0)
    assert bench.district.dhw.mixer.position > 0.95
    bench.plant.fail("V401", "")
    bench.go(30)
    assert bench.district.dhw.mixer.position < 0.05


def test_a_leak_empties_its_circuit_alone(bench: Bench) -> None:
    before = [bench.told(name) for name in ("PT101", "PT201", "PT301")]
    bench.plant.fail("HEAT.LOOP", "leak")
    bench.go(120)
    assert before[2] - bench.told("PT301") == pytest.approx(20, abs=3)
    assert bench.told("PT101") >= before[0] - 3, "warmer water, no leak"
    bench.plant.fail("EVAP.LOOP", "low")
    bench.go(0.1)
    assert bench.told("PT201") == pytest.approx(50, abs=3)


def test_what_can_fail_can_be_mended(bench: Bench) -> None:
    """Every fault there is, begun and ended: afterwards the plant is as it would be without."""
    kinds = {
        **dict.fromkeys(bench.plant.pumps, PUMP_FAULTS),
        **VALVE_FAULTS,
        **dict.fromkeys(("HP1", "HP2", "HP3"), (*MACHINE_FAULTS, "dead", "frozen")),
        **dict.fromkeys(CIRCUITS, ("leak", "low", "high")),
        "HM1": ("supply_sensor", "swapped", "dead"),
        "DC": ("still", "busy"),
        "IT": ("surge", "idle"),
        "DRYC": ("fans",),
        "FILTER": ("clogged",),
        "EH1": ("dry", "welded"),
        "FS201": ("stuck",),
        "TAPS": ("burst", "none"),
    }
    for device, faults in kinds.items():
        for kind in faults:
            bench.plant.fail(device, kind)
            bench.go(0.2)
            bench.plant.fail(device, "")
        with pytest.raises(ValueError, match="can be"):
            bench.plant.fail(device, "haunted")
    bench.district.hall.forced = 850e3
    bench.go(60)
    assert all(machine.state == 1 for machine in bench.district.machines)
    assert bench.told("FS201") == 1 and bench.told("V101_ZSO") == 1
    assert bench.district.ft101 == pytest.approx(22.0, rel=0.1)


def test_a_welded_heater_ends_at_its_thermostat(bench: Bench) -> None:
    """Its contactors stick, the store boils up: STB.DHW takes the supply away, and stays until somebody resets it."""
    bench.district.dhw.store.t[:] = [74.0, 73.5, 60.0, 55.0]
    bench.plant.fail("EH1", "welded")
    bench.go(1)
    assert bench.district.dhw.backup_w == 300e3
    bench.go(400)
    bench.go(1, P401_Y=1, P401_SPD=500)
    assert bench.told("STB_DHW") == 1 and bench.district.dhw.backup_w == 0.0
    assert not bench.district.p401_y
    with pytest.raises(ValueError, match="can't be reset"):
        bench.plant.turn("STB.DHW", 0)
    bench.district.dhw.store.t[:] = [60.0, 60.0, 60.0, 55.0]
    bench.go(1)
    assert bench.district.dhw.backup_w == 0.0
    bench.plant.turn("STB.DHW", 0)
    bench.go(1)
    assert bench.district.dhw.backup_w == 300e3
