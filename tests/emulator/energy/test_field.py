"""The ten units on an emulated RS-485 line: who answers when, and what goes wrong there (domain brief §2f, §7.5)."""

from __future__ import annotations

import pytest

from drivers import ev_group as reg
from protocols.modbus.request import TIMEOUT
from tools.emulator.energy.district import District
from tools.emulator.energy.field import UNITS, Field
from tools.emulator.serial_line import SerialLine
from tools.emulator.station import Master, ModbusError
from tools.emulator.world import World


class Bus:
    """A master on the line of a sunny noon."""

    def __init__(self) -> None:
        self.world = World()
        self.line = SerialLine(self.world)
        self.district = District(5, start_s=12 * 3600, running=True, base_w=400e3, cars=False)
        self.field = Field(self.district)
        self.stations = self.field.connect(self.world, self.line)
        self.master = Master(self.world, self.line, timeout_us=500_000)

    def let_pass(self, seconds: float) -> None:
        self.district.advance(seconds)
        self.world.run(seconds * 1000)


@pytest.fixture
def bus() -> Bus:
    return Bus()


def test_every_unit_answers_under_its_address_within_20_to_200_ms(bus: Bus) -> None:
    for name, unit in UNITS.items():
        begin = bus.world.now_us
        first = bus.master.read(unit, 0 if name == "EV" else 40_000, 2)
        took = (bus.world.now_us - begin) / 1000
        assert first == ((reg.MAGIC_VALUE, reg.VERSION_VALUE) if name == "EV" else (0x5375, 0x6E53))
        assert 20 <= took <= 200, name
    assert bus.line.statistics.collisions == 0


def test_nobody_answers_for_an_address_that_is_not_there(bus: Bus) -> None:
    with pytest.raises(ModbusError) as refused:
        bus.master.read(11, 40_000, 2)
    assert refused.value.status == TIMEOUT


def test_a_dead_unit_leaves_the_others_alone_and_executes_nothing(bus: Bus) -> None:
    bus.field.devices["INV1"].turn("dead")
    control = bus.field.sunspec("INV1").image[123]
    at = control.address + control.points["WMaxLimPct"].at
    with pytest.raises(ModbusError):
        bus.master.write(UNITS["INV1"], at, 300)
    assert control.raw("WMaxLimPct") == 1000
    assert bus.master.read(UNITS["INV3"], at, 1) == (1000,)
    bus.field.devices["INV1"].turn("dead", False)
    assert bus.master.read(UNITS["INV1"], at, 1) == (1000,)


@pytest.mark.parametrize(("quirk", "ms"), [("latency_200ms", 200), ("latency_1s", 1000)])
def test_a_slow_unit_is_as_slow_as_it_says(bus: Bus, quirk: str, ms: int) -> None:
    bus.field.devices["GM"].turn(quirk)
    master = Master(bus.world, bus.line, "patient", timeout_us=3_000_000)
    begin = bus.world.now_ms
    master.read(UNITS["GM"], 40_000, 2)
    assert ms <= bus.world.now_ms - begin <= ms + 10


def test_a_damaged_request_is_not_executed(bus: Bus) -> None:
    control = bus.field.sunspec("INV1").image[123]
    at = control.address + control.points["WMaxLimPct"].at
    fault = bus.line.fault("corrupt", "gateway")
    for _ in range(10):
        with pytest.raises(ModbusError):
            bus.master.write(UNITS["INV1"], at, 300)
    bus.line.mend(fault)
    assert control.raw("WMaxLimPct") == 1000
    bus.master.write(UNITS["INV1"], at, 300)
    assert bus.master.read(UNITS["INV1"], at, 1) == (300,)


def test_what_the_meter_says_is_at_most_one_period_old(bus: Bus) -> None:
    model = bus.field.sunspec("GM").image[203]
    at = model.address + model.points["W"].at
    (before,) = bus.master.read(UNITS["GM"], at, 1)
    bus.district.loads.fixed_w = 900e3
    bus.let_pass(0.25)
    (after,) = bus.master.read(UNITS["GM"], at, 1)
    signed = [value - 0x10000 if value & 0x8000 else value for value in (before, after)]
    assert signed[1] - signed[0] == pytest.approx(5000, rel=0.02)
