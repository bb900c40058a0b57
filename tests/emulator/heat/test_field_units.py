"""The units of the heat plant's own line, as a client of that line finds them."""

from __future__ import annotations

import pytest

from drivers import data_centre, heat_meter, heat_pump
from protocols.modbus.codes import DEVICE_BUSY, ILLEGAL_ADDRESS, ILLEGAL_VALUE
from tools.emulator.heat.data_centre_device import DataCentreDevice
from tools.emulator.heat.heat_pump import HeatPump, State
from tools.emulator.heat.heat_pump_device import HeatPumpDevice
from tools.emulator.heat.meter_device import JUMP_KWH, MeterDevice, PulseOutput
from tools.emulator.heat.unit_device import UnitDevice


def read(device: UnitDevice, address: int, count: int = 1) -> list[int]:
    out = bytearray(2 * count)
    assert device.read_registers(3, address, count, out, 0) == 0
    return [out[2 * n] << 8 | out[2 * n + 1] for n in range(count)]


def write(device: UnitDevice, address: int, *values: int) -> int:
    data = b"".join(value.to_bytes(2, "big") for value in values)
    return device.write_registers(16, address, len(values), data, 0)


def machine() -> HeatPumpDevice:
    return HeatPumpDevice(HeatPump(), lambda: 38.0)


def ordered(device: HeatPumpDevice) -> bool:
    return device.machine.order


def test_a_machine_runs_only_with_contact_and_a_fresh_heartbeat() -> None:
    device = machine()
    assert write(device, heat_pump.HEARTBEAT, 1, 4500, 700) == 0
    assert not ordered(device)
    device.connect(True)
    assert ordered(device)
    assert (device.machine.set_point, device.machine.max_load) == (45.0, 0.7)
    for second in range(29):
        device.step(1.0)
        assert ordered(device), second
    device.step(1.0)
    assert not ordered(device)
    assert write(device, heat_pump.HEARTBEAT, 1, 4500, 700) == 0
    assert not ordered(device), "the same beat again is no sign of life"
    assert write(device, heat_pump.HEARTBEAT, 2, 4500, 700) == 0
    assert ordered(device)
    device.connect(False)
    assert not ordered(device)


def test_a_machine_refuses_what_it_can_t_do() -> None:
    device = machine()
    most, least = heat_pump.MAX_SET_POINT, heat_pump.MIN_SET_POINT
    for values in ((1, most + 1, 700), (1, least - 1, 700), (1, 4500, heat_pump.MAX_PART_LOAD + 1)):
        assert write(device, heat_pump.HEARTBEAT, *values) == ILLEGAL_VALUE
    assert write(device, heat_pump.STATE, 3) == ILLEGAL_ADDRESS
    assert read(device, heat_pump.SET_IN_FORCE) == [0]
    device.turn("silent_ignore")
    assert write(device, heat_pump.HEARTBEAT, 1, 4500, 700) == 0
    assert device.machine.set_point == 45.0 and read(device, heat_pump.HEARTBEAT_AGE)[0] >= 300
    device.turn("busy")
    assert device.read_registers(3, heat_pump.STATE, 1, bytearray(2), 0) == DEVICE_BUSY
    with pytest.raises(ValueError, match="frozen"):
        device.turn("haunted")


def test_a_machine_shows_what_it_does() -> None:
    device = machine()
    write(device, heat_pump.HEARTBEAT, 1, 4500, 1000)
    device.connect(True)
    for _ in range(200):
        write(device, heat_pump.HEARTBEAT, device.registers[heat_pump.HEARTBEAT] + 1 & 0x7FFF, 4500, 1000)
        device.step(1.0)
        device.machine.step(1.0, 27.0, 9.0, 38.0, 8.0)
    assert device.machine.state is State.RUNNING
    shown = read(device, heat_pump.STATE, heat_pump.READ_WORDS)
    assert shown[0] == heat_pump.ST_RUNNING
    assert shown[1] == pytest.approx(4500, abs=20)
    assert shown[5] == pytest.approx(8 * 4.186 * 7 * 10, rel=0.03)
    assert shown[8] == 1 and shown[9] == 4500
    assert shown[12] << 16 | shown[13] == 1
    assert device.points()[:2] == (shown[0], shown[1])


def test_a_meter_counts_wraps_and_jumps() -> None:
    meter = MeterDevice(lambda: (360e3, 8.6, 45.0, 35.0), kwh=1000.0)
    for _ in range(3600):
        meter.step(1.0)
    high, low = read(meter, heat_meter.ENERGY, 2)
    assert high << 16 | low == 1360 or meter.kwh == pytest.approx(1360.0)
    assert read(meter, heat_meter.POWER) == [3600]
    meter.fail("jump")
    assert meter.kwh == pytest.approx(1360.0 + JUMP_KWH)
    meter.fail("wrap")
    for _ in range(60):
        meter.step(1.0)
    assert meter.kwh < 10.0
    meter.fail("stands")
    before = meter.kwh
    meter.step(60.0)
    assert meter.kwh == before and read(meter, heat_meter.POWER) == [3600]
    meter.fail("swapped")
    assert read(meter, heat_meter.POWER) == [0x10000 - 3600]
    assert read(meter, heat_meter.ERROR) == [heat_meter.ERR_REVERSED]
    meter.fail("")
    assert read(meter, heat_meter.ERROR) == [0]


def test_a_hall_that_stands_still_goes_on_answering() -> None:
    hall = DataCentreDevice(lambda: (850e3, 24.5))
    hall.step(1.0)
    assert read(hall, data_centre.BEAT, 3) == [1, 8500, 2450]
    hall.beating = False
    hall.step(5.0)
    assert read(hall, data_centre.BEAT) == [1]


@pytest.mark.parametrize("step_s", [0.1, 1.0])
def test_pulses_are_as_many_as_there_are_litres(step_s: float) -> None:
    pulses = PulseOutput(10.0, step_s)
    closed = changes = 0
    for _ in range(round(600 / step_s)):
        pulses.step(step_s, 1.4 * step_s)
        changes += pulses.closed != bool(closed)
        closed = pulses.closed
    assert pulses.pulses == pytest.approx(84, abs=1)
    assert changes == pytest.approx(2 * pulses.pulses, abs=1)
