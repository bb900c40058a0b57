"""Rules of the emulated devices: what a write does, when it is forgotten, what is refused (domain brief §2a, §7.5)."""

from __future__ import annotations

import struct

import pytest

from drivers import ev_group as reg
from protocols.modbus.codes import DEVICE_BUSY, DEVICE_FAILURE, ILLEGAL_ADDRESS, ILLEGAL_VALUE
from tools.emulator.energy.charging import POINTS
from tools.emulator.energy.charging_device import ChargingDevice
from tools.emulator.energy.converter_device import ConverterDevice
from tools.emulator.energy.district import District
from tools.emulator.energy.field import Field
from tools.emulator.energy.inverter import State
from tools.emulator.energy.sunspec.device import SunSpecDevice


class Bench:
    """A sunny noon with its devices, read and written by the names of points."""

    def __init__(self, newer: tuple[str, ...] = ("INV2", "INV4", "INV6", "PCS")) -> None:
        self.district = District(5, start_s=12 * 3600, running=True, base_w=400e3, cars=False)
        self.field = Field(self.district, newer)

    def device(self, name: str) -> SunSpecDevice:
        return self.field.sunspec(name)

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / 0.05)):
            self.district.step(0.05)
            self.field.step(0.05)

    def write(self, name: str, model: int, point: str, raw: int) -> int:
        """Write a point; returns the exception code."""
        device = self.device(name)
        image = device.image[model]
        at = image.points[point]
        data = (raw & ((1 << (16 * at.size)) - 1)).to_bytes(2 * at.size, "big")
        return device.write_registers(16, image.address + at.at, at.size, data, 0)

    def read(self, name: str, model: int, point: str) -> int:
        """Read a point from the registers, raw, unsigned."""
        device = self.device(name)
        image = device.image[model]
        at = image.points[point]
        out = bytearray(250)
        assert device.read_registers(3, image.address + at.at, at.size, out, 0) == 0
        return int.from_bytes(out[: 2 * at.size], "big")


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_chains_of_the_brief_stand_where_the_brief_says(bench: Bench) -> None:
    older = {number: model.address for number, model in bench.device("INV1").image.models.items()}
    assert older == {
        1: 40002, 103: 40070, 120: 40122, 121: 40150, 122: 40182, 123: 40228, 124: 40254, 160: 40280, 802: 40370,
    }  # fmt: skip
    assert bench.device("INV1").image.end == 40434
    newer = bench.device("INV2").image
    some = {701: 40070, 702: 40225, 703: 40277, 704: 40296, 705: 40363, 713: 40790, 714: 40799, 715: 40894, 802: 40903}
    assert {number: newer[number].address for number in some} == some
    assert newer.end == 40967
    out = bytearray(4)
    assert bench.device("INV1").read_registers(3, 40434, 2, out, 0) == 0 and out == b"\xff\xff\0\0"


def test_a_limit_of_model_123_needs_its_enable_and_reverts_to_none(bench: Bench) -> None:
    unit = bench.district.inverters[0]
    bench.write("INV1", 123, "WMaxLimPct", 300)
    bench.write("INV1", 123, "WMaxLimPct_RvrtTms", 30)
    bench.run(5)
    assert unit.w == pytest.approx(100e3, rel=0.01), "a value without its enable does nothing"
    bench.write("INV1", 123, "WMaxLim_Ena", 1)
    bench.run(29.5)
    assert unit.w == pytest.approx(30e3, rel=0.01) and unit.state is State.THROTTLED
    assert bench.read("INV1", 103, "St") == 5
    bench.run(1)
    assert bench.read("INV1", 123, "WMaxLim_Ena") == 0
    bench.run(6)
    assert unit.w == pytest.approx(100e3, rel=0.01)


def test_every_refresh_starts_the_reversion_anew(bench: Bench) -> None:
    bench.write("INV1", 123, "WMaxLimPct_RvrtTms", 30)
    bench.write("INV1", 123, "WMaxLimPct", 400)
    bench.write("INV1", 123, "WMaxLim_Ena", 1)
    for _ in range(3):
        bench.run(20)
        bench.write("INV1", 123, "WMaxLimPct", 400)
    assert bench.district.inverters[0].w == pytest.approx(40e3, rel=0.01)


def test_a_ramp_time_is_kept(bench: Bench) -> None:
    bench.write("INV1", 123, "WMaxLimPct_RmpTms", 20)
    bench.write("INV1", 123, "WMaxLimPct", 0)
    bench.write("INV1", 123, "WMaxLim_Ena", 1)
    bench.run(10)
    assert bench.district.inverters[0].limit == pytest.approx(0.5, abs=0.01)


def test_a_window_lets_the_limit_begin_at_some_moment_within_it(bench: Bench) -> None:
    bench.write("INV1", 123, "WMaxLimPct_WinTms", 10)
    bench.write("INV1", 123, "WMaxLimPct", 0)
    bench.write("INV1", 123, "WMaxLim_Ena", 1)
    waited = 0.0
    while bench.district.inverters[0].limit > 0.5:
        bench.run(0.1)
        waited += 0.1
    assert 0.2 < waited <= 10.1


def test_model_704_reverts_to_what_was_written_for_that_case(bench: Bench) -> None:
    for point, raw in (
        ("WMaxLimPct", 800), ("WMaxLimPctRvrt", 250), ("WMaxLimPctEnaRvrt", 1), ("WMaxLimPctRvrtTms", 10),
        ("WMaxLimPctEna", 1),
    ):  # fmt: skip
        assert bench.write("INV2", 704, point, raw) == 0
    bench.run(6)
    assert bench.district.inverters[1].w == pytest.approx(80e3, rel=0.01)
    assert bench.read("INV2", 704, "WMaxLimPctRvrtRem") == 4
    assert bench.read("INV2", 701, "InvSt") == 4, "701 counts from 0"
    bench.run(10)
    assert bench.district.inverters[1].w == pytest.approx(25e3, rel=0.01)
    assert (bench.read("INV2", 704, "WMaxLimPctEna"), bench.read("INV2", 704, "WMaxLimPct")) == (1, 250)


def test_a_set_point_of_704_in_watts_and_its_reversion_to_zero(bench: Bench) -> None:
    bench.write("PCS", 704, "WSet", -2000)  # scale factor 2
    bench.write("PCS", 704, "WSetRvrtTms", 10)
    bench.write("PCS", 704, "WSetEna", 1)
    bench.run(3)
    assert bench.district.converter.w == pytest.approx(-200e3, rel=0.01)
    bench.run(9)
    assert bench.district.converter.w == 0.0


def test_both_limits_of_124_at_one_figure_are_a_set_point() -> None:
    bench = Bench(newer=())
    out, charge = 300, -300
    image = bench.device("PCS").image[124]
    data = struct.pack(">hh", out, charge)
    assert bench.device("PCS").write_registers(16, image.address + image.points["OutWRte"].at, 2, data, 0) == 0
    bench.write("PCS", 124, "InOutWRte_RvrtTms", 20)
    bench.run(2)
    assert bench.district.converter.w == 0.0
    bench.write("PCS", 124, "StorCtl_Mod", 3)
    bench.run(3)
    assert bench.district.converter.w == pytest.approx(150e3, rel=0.01)
    bench.run(18)
    assert bench.district.converter.w == 0.0 and bench.read("PCS", 124, "StorCtl_Mod") == 0


def test_charging_by_124_needs_the_grid_to_be_allowed() -> None:
    bench = Bench(newer=())
    image = bench.device("PCS").image[124]
    data = struct.pack(">hh", -400, 400)
    bench.device("PCS").write_registers(16, image.address + image.points["OutWRte"].at, 2, data, 0)
    bench.write("PCS", 124, "StorCtl_Mod", 3)
    bench.run(3)
    assert bench.district.converter.w == 0.0
    bench.write("PCS", 124, "ChaGriSet", 1)
    bench.run(3)
    assert bench.district.converter.w == pytest.approx(-200e3, rel=0.01)


def test_a_controller_that_falls_silent_after_its_heartbeat_was_seen_gets_zero(bench: Bench) -> None:
    bench.write("PCS", 704, "WSet", 1000)
    bench.write("PCS", 704, "WSetEna", 1)
    bench.write("PCS", 715, "ControllerHb", 1)
    bench.run(9)
    assert bench.district.converter.w == pytest.approx(100e3, rel=0.01)
    bench.run(3)
    assert bench.district.converter.w == 0.0
    bench.write("PCS", 715, "ControllerHb", 2)
    bench.run(3)
    assert bench.district.converter.w == pytest.approx(100e3, rel=0.01)


def test_stop_and_start(bench: Bench) -> None:
    bench.write("PCS", 704, "WSet", 1000)
    bench.write("PCS", 704, "WSetEna", 1)
    bench.run(2)
    bench.write("PCS", 715, "OpCtl", 0)
    bench.write("INV2", 715, "OpCtl", 0)
    bench.write("INV1", 123, "Conn", 0)
    bench.run(0.1)
    assert bench.district.converter.w == 0.0
    assert [unit.w for unit in bench.district.inverters[:2]] == [0.0, 0.0]
    bench.run(0.5)
    assert (bench.read("INV1", 103, "St"), bench.read("INV2", 701, "InvSt")) == (1, 0)


@pytest.mark.parametrize(
    ("model", "point", "raw", "code"),
    [
        (123, "WMaxLimPct", 1001, ILLEGAL_VALUE),
        (123, "WMaxLim_Ena", 2, ILLEGAL_VALUE),
        (103, "W", 5, ILLEGAL_ADDRESS),
        (124, "OutWRte", 5, ILLEGAL_ADDRESS),
    ],
    ids=["above 100 %", "no such enumeration", "read only", "not implemented"],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    bench: Bench, model: int, point: str, raw: int, code: int
) -> None:
    before = bench.device("INV1").image.bytes()
    assert bench.write("INV1", model, point, raw) == code
    assert bench.device("INV1").image.bytes() == before


def test_half_a_point_and_what_lies_behind_the_end_are_refused(bench: Bench) -> None:
    device = bench.device("INV2")
    image = device.image[704]
    at = image.address + image.points["WMaxLimPctRvrtTms"].at
    assert device.write_registers(16, at, 1, b"\0\1", 0) == ILLEGAL_VALUE
    assert device.write_registers(16, device.image.end + 2, 1, b"\0\1", 0) == ILLEGAL_ADDRESS
    assert device.read_registers(3, device.image.end, 3, bytearray(9), 0) == ILLEGAL_ADDRESS
    assert device.read_registers(3, 0, 2, bytearray(9), 0) == ILLEGAL_ADDRESS


def test_quirks_of_control(bench: Bench) -> None:
    bench.device("INV1").turn("silent_ignore")
    bench.write("INV1", 123, "WMaxLimPct", 300)
    assert bench.read("INV1", 123, "WMaxLimPct") == 1000
    bench.device("INV3").turn("reversion_60s")
    bench.write("INV3", 123, "WMaxLimPct_RvrtTms", 30)
    assert bench.read("INV3", 123, "WMaxLimPct_RvrtTms") == 60
    bench.device("INV5").turn("standby_below_10")
    bench.write("INV5", 123, "WMaxLimPct", 90)
    bench.write("INV5", 123, "WMaxLim_Ena", 1)
    bench.run(1)
    assert (bench.district.inverters[4].state, bench.district.inverters[4].w) == (State.STANDBY, 0.0)
    bench.device("INV2").turn("no704")
    assert 704 not in bench.device("INV2").image and 123 in bench.device("INV2").image
    bench.device("INV4").turn("outranked")
    bench.run(6)
    assert bench.district.inverters[3].w == pytest.approx(50e3, rel=0.01)


def test_other_scale_factors_after_a_restart(bench: Bench) -> None:
    bench.run(1)
    before = bench.read("INV1", 103, "W")
    bench.device("INV1").turn("sf_change")
    assert not bench.device("INV1").answers, "it restarts"
    bench.run(3.1)
    assert bench.device("INV1").answers
    assert bench.read("INV1", 103, "W_SF") == 2 and bench.read("INV1", 103, "W") == pytest.approx(before / 10, abs=1)
    assert bench.read("INV1", 123, "WMaxLimPct_SF") == 0 and bench.read("INV1", 123, "WMaxLimPct") == 100
    assert bench.write("INV1", 123, "WMaxLimPct", 300) == ILLEGAL_VALUE, "300 % by now"


def test_not_implemented_everywhere(bench: Bench) -> None:
    bench.device("INV1").turn("nan")
    bench.device("GM").turn("nan")
    bench.run(1)
    assert bench.read("INV1", 103, "W") == 0x8000 and bench.read("INV1", 103, "Hz") == 0xFFFF
    assert bench.read("INV1", 103, "W_SF") == 1
    assert bench.read("GM", 203, "W") == 0x8000


def test_quirks_of_answers(bench: Bench) -> None:
    device = bench.device("INV1")
    out = bytearray(4)
    for quirk, code in (("busy", DEVICE_BUSY), ("failure", DEVICE_FAILURE)):
        device.turn(quirk)
        assert device.read_registers(3, 40000, 2, out, 0) == code
        assert bench.write("INV1", 123, "WMaxLimPct", 5) == code
        device.turn(quirk, False)
    device.turn("latency_200ms")
    assert device.latency_ms() == 200.0
    with pytest.raises(ValueError, match="sleepy"):
        device.turn("sleepy")


def test_lies_of_the_chain(bench: Bench) -> None:
    device = bench.device("INV1")

    def word(address: int) -> int:
        out = bytearray(2)
        assert device.read_registers(3, address, 1, out, 0) == 0
        return int.from_bytes(out, "big")

    length_of_103 = 40071
    assert word(length_of_103) == 50
    for quirk, length in (("chain_loop", 0xFFFE), ("chain_long", 90), ("chain_short", 46)):
        device.turn(quirk)
        assert word(length_of_103) == length
        device.turn(quirk, False)
    device.turn("chain_cut")
    assert device.read_registers(3, 40090, 1, bytearray(2), 0) == ILLEGAL_ADDRESS
    device.turn("chain_cut", False)
    device.turn("chain_no_end")
    assert device.read_registers(3, 40434, 1, bytearray(2), 0) == ILLEGAL_ADDRESS
    device.turn("chain_no_end", False)
    device.turn("no_common")
    assert word(40002) == 103
    device.turn("no_common", False)
    device.turn("no_mark")
    assert word(40000) == 0


class TestChargingGroup:
    @pytest.fixture
    def bench(self) -> Bench:
        return Bench()

    @pytest.fixture
    def device(self, bench: Bench) -> ChargingDevice:
        device = bench.field.devices["EV"]
        assert isinstance(device, ChargingDevice)
        return device

    def test_one_block_carries_heartbeat_share_and_bitmap(self, bench: Bench, device: ChargingDevice) -> None:
        bench.district.charging.arrive(0.0, point=17)
        block = struct.pack(">8H", 1, 160, 0xFFFF, 0x0002, 0, 0, 0, 0)
        assert device.write_registers(16, reg.HEARTBEAT, reg.WRITE_WORDS, block, 0) == 0
        bench.run(6)
        out = bytearray(2 * reg.READ_WORDS)
        assert device.read_registers(3, reg.TOTAL_W, reg.READ_WORDS, out, 0) == 0
        values = dict(enumerate(struct.unpack(f">{reg.READ_WORDS}H", out), reg.TOTAL_W))
        assert values[reg.TOTAL_W] == round(16 * 230 / 100)
        assert (values[reg.CONNECTED + 1], values[reg.CHARGING + 1]) == (2, 2)
        assert (values[reg.STATE], values[reg.SHARE_IN_FORCE]) == (reg.ST_CONTROLLED, 160)
        bench.run(5)
        device.read_registers(3, reg.STATE, 2, out, 0)
        assert struct.unpack_from(">2H", out) == (reg.ST_FALLBACK, 60)

    @pytest.mark.parametrize("share", [59, 321])
    def test_a_share_that_no_car_takes_is_refused(self, device: ChargingDevice, share: int) -> None:
        assert device.write_registers(6, reg.SHARE, 1, share.to_bytes(2, "big"), 0) == ILLEGAL_VALUE

    def test_addresses_without_a_register_are_refused(self, device: ChargingDevice) -> None:
        out = bytearray(256)
        assert device.read_registers(3, reg.FALLBACK_AFTER_S, 2, out, 0) == ILLEGAL_ADDRESS
        assert device.read_registers(3, 0, 0x20, out, 0) == ILLEGAL_ADDRESS
        assert device.read_registers(3, reg.POINT_I, POINTS, out, 0) == 0
        assert device.read_registers(3, reg.POINT_I, POINTS + 1, out, 0) == ILLEGAL_ADDRESS
        assert device.write_registers(6, reg.TOTAL_W, 1, b"\0\0", 0) == ILLEGAL_ADDRESS


def test_every_sunspec_device_says_who_it_is(bench: Bench) -> None:
    serials = {bench.device(name).serial for name in bench.field.devices if name != "EV"}
    assert len(serials) == 9
    assert isinstance(bench.device("PCS"), ConverterDevice)
