"""pysunspec2's own client reads every emulated device, and finds what the physics has (domain brief §7.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sunspec2.modbus.client import (
    SunSpecModbusClientDeviceRTU,
    SunSpecModbusClientDeviceTCP,
    SunSpecModbusClientError,
)

from tools.emulator.energy.bench import SerialBench
from tools.emulator.energy.district import District
from tools.emulator.energy.field import UNITS, Field
from tools.emulator.energy.tcp import TcpUnits

SUNSPEC = [name for name in UNITS if name != "EV"]


@pytest.fixture
def district() -> District:
    district = District(seed=3, start_s=11 * 3600, running=True, base_w=420e3, cars=False)
    district.converter.setpoint = -150e3
    district.advance(5)
    return district


@pytest.fixture(params=[("INV2", "INV4", "INV6", "PCS"), ("INV1",)], ids=["as built", "other chains"])
def units(request: pytest.FixtureRequest, district: District) -> Iterator[tuple[Field, TcpUnits]]:
    field = Field(district, newer=request.param)
    with TcpUnits(field.devices, UNITS) as tcp:
        yield field, tcp


def scan(tcp: TcpUnits, name: str) -> Any:
    client = SunSpecModbusClientDeviceTCP(slave_id=UNITS[name], ipaddr=tcp.host, ipport=tcp.ports[name], timeout=5)
    client.scan()
    return client


def errors(client: Any) -> list[str]:
    return [model.error_info for models in client.models.values() for model in models if model.error_info]


def test_every_device_is_scanned_without_an_error(units: tuple[Field, TcpUnits]) -> None:
    field, tcp = units
    for name in SUNSPEC:
        client = scan(tcp, name)
        numbers = [number for number in client.models if isinstance(number, int)]
        assert numbers == list(field.sunspec(name).image.models), name
        assert not errors(client), name
        assert client.common[0].SN.value == field.sunspec(name).serial
        assert client.common[0].DA.value == UNITS[name]


def test_what_the_client_reads_is_what_the_physics_has(units: tuple[Field, TcpUnits], district: District) -> None:
    _, tcp = units
    for index, inverter in enumerate(district.inverters):
        client = scan(tcp, f"INV{index + 1}")
        model = client.models[701 if 701 in client.models else 103][0]
        assert inverter.w > 50e3
        assert model.W.cvalue == pytest.approx(inverter.w, abs=5.1)
        assert model.Hz.cvalue == pytest.approx(district.hertz, abs=0.0051)
        assert model.TmpCab.cvalue == pytest.approx(inverter.temperature, abs=0.051)
    client = scan(tcp, "PCS")
    assert client.models[802][0].SoC.cvalue == pytest.approx(100 * district.battery.soc, abs=0.051)
    assert client.models[802][0].CellVMax.cvalue == pytest.approx(district.battery.cell_max, abs=0.00051)
    assert client.models[803][0].ModTmpMax.cvalue == pytest.approx(district.battery.hottest, abs=0.051)
    assert client.models[701 if 701 in client.models else 103][0].W.cvalue == pytest.approx(-150e3, abs=51)
    client = scan(tcp, "GM")
    assert client.models[203][0].W.cvalue == pytest.approx(district.meter.w, abs=51)
    assert client.models[203][0].TotWhExp.cvalue == int(district.meter.exported_wh)
    assert district.meter.w == pytest.approx(district.grid_w, rel=0.005, abs=600)
    client = scan(tcp, "MET")
    assert client.models[302][0].repeating[0].GHI.cvalue == round(district.weather.irradiance)
    assert client.models[307][0].TmpAmb.cvalue == pytest.approx(district.weather.ambient, abs=0.051)


def test_what_the_client_writes_takes_effect(units: tuple[Field, TcpUnits], district: District) -> None:
    field, tcp = units
    client = scan(tcp, "INV1")
    if 704 in client.models:
        control = client.models[704][0]
        control.WMaxLimPct.cvalue = 30.0
        control.WMaxLimPctRvrtTms.value = 30
        control.WMaxLimPctEna.value = 1
    else:
        control = client.models[123][0]
        control.WMaxLimPct.cvalue = 30.0
        control.WMaxLimPct_RvrtTms.value = 30
        control.WMaxLim_Ena.value = 1
    control.write()
    with tcp.lock:
        for _ in range(200):
            field.step(0.05)
            district.step(0.05)
    assert district.inverters[0].w == pytest.approx(30e3, abs=100)
    assert district.inverters[1].w > 50e3


@pytest.mark.parametrize("base", ["base_0", "base_50000"])
def test_the_chain_may_begin_elsewhere_and_hold_a_model_that_nobody_knows(district: District, base: str) -> None:
    field = Field(district)
    device = field.sunspec("INV2")
    device.turn(base)
    device.turn("unknown_model")
    district.advance(3.1)
    with TcpUnits(field.devices, UNITS) as tcp:
        client = scan(tcp, "INV2")
    assert client.base_addr == int(base.removeprefix("base_"))
    assert 64_901 in client.models and 704 in client.models
    assert client.models[701][0].W.cvalue == pytest.approx(district.inverters[1].w, abs=5.1)


def test_one_client_at_a_time(district: District) -> None:
    field = Field(district)
    field.devices["INV1"].turn("one_tcp_client")
    with TcpUnits(field.devices, UNITS) as tcp:
        first = SunSpecModbusClientDeviceTCP(slave_id=1, ipaddr=tcp.host, ipport=tcp.ports["INV1"], timeout=5)
        first.connect()
        first.scan(connect=False)
        second = SunSpecModbusClientDeviceTCP(slave_id=1, ipaddr=tcp.host, ipport=tcp.ports["INV1"], timeout=5)
        with pytest.raises(SunSpecModbusClientError):
            second.scan()
        second.disconnect()
        first.disconnect()


def test_the_same_over_a_serial_line(district: District) -> None:
    district.converter.setpoint = 0.0
    district.advance(3)
    with SerialBench(Field(district)) as bench:
        client = SunSpecModbusClientDeviceRTU(UNITS["GM"], bench.path, 115_200, timeout=5)
        client.scan()
        client.close()
        meter = client.models[203][0]
        assert not errors(client)
        assert meter.Hz.cvalue == pytest.approx(50.0, abs=0.2)
        assert meter.W.cvalue == pytest.approx(district.grid_w, rel=0.02, abs=2000)
