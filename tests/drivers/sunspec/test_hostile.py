"""Whatever a device says: nothing raises, every walk ends, no value is GOOD that it hasn't, no write is wrong."""

from __future__ import annotations

from array import array
from importlib import import_module
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.modbus_line import ModbusLine
from drivers.sunspec.discovery import CAUSES, MAX_MODELS
from drivers.sunspec.models import INV_W, INVERTER, PCS
from drivers.sunspec.quirks import Quirk
from drivers.sunspec.reader import Reader
from drivers.sunspec.unit import READING, REFUSED, SunSpecUnit
from protocols.quality import GOOD

RIG: Any = import_module("tests.drivers.sunspec.portable_rig")
KNOWN = (1, 103, 113, 120, 123, 124, 160, 203, 302, 701, 704, 713, 714, 715, 802, 803, 64999, 0, 0xFFFF)
LENGTHS = st.one_of(st.sampled_from((0, 24, 26, 50, 62, 65, 66, 153)), st.integers(0, 0xFFFF))
GARBAGE = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(KNOWN), LENGTHS).map(list),
        st.lists(st.sampled_from((0, 1, 0x8000, 0xFFFF, 103, 50)), max_size=80),
    ),
    max_size=12,
)


def regs_of(parts: list[list[int]], common: bool) -> list[int]:
    """Return a device's registers: the mark, perhaps a sound model 1, then garbage."""
    regs = list(RIG.SUNS) + (RIG.common() if common else [])
    for part in parts:
        regs += part
    return regs


@given(parts=GARBAGE, common=st.booleans(), lengths=st.integers(0, 1), most=st.sampled_from((125, 60, 7)))
@settings(max_examples=60)
def test_every_walk_ends_and_what_is_refused_is_not_written_to(
    parts: list[list[int]], common: bool, lengths: int, most: int
) -> None:
    device = RIG.Device(1, regs_of(parts, common))
    unit = SunSpecUnit(PCS, 1, Quirk(lengths=lengths, max_read=most))
    unit.setpoint.set(100, 30, 0, 0)
    unit.heart.on = 1
    rig = RIG.Rig([unit], [device])
    rig.until(lambda: unit.stage in (READING, REFUSED))
    assert device.reads < 3 * MAX_MODELS
    if unit.stage == REFUSED:
        assert CAUSES[unit.cause] and not device.writes and GOOD not in bytes(unit.quality)
    rig.run(3000)


@given(parts=GARBAGE)
@settings(max_examples=40)
def test_a_desk_reads_what_is_there(parts: list[list[int]]) -> None:
    device = RIG.Device(1, regs_of(parts, True))
    reader = Reader(1)
    RIG.Rig([reader], [device]).until(lambda: reader.finished)
    for model, address, got in reader.models:
        at = address - device.base
        assert list(got) == list(device.regs[at : at + len(got)]) and device.regs[at] == model


NOISE = st.lists(st.tuples(st.integers(0, 40), st.binary(min_size=1, max_size=20)), max_size=30)


@given(noise=NOISE, power=st.integers(0, 1000))
@settings(max_examples=40)
def test_noise_between_and_into_the_answers(noise: list[tuple[int, bytes]], power: int) -> None:
    device = RIG.Device(1, RIG.chain(RIG.common(), RIG.inverter_103(power), RIG.controls_123()))
    unit = SunSpecUnit(INVERTER, 1)
    unit.limit.set(600, 30)
    rig = RIG.Rig([unit], [device])
    line: ModbusLine = rig.line
    for pause, data in noise:
        rig.run(pause)
        line.feed(array("B", data), len(data), rig.us, rig.ms)
        if unit.quality[INV_W] == GOOD:
            assert unit.values[INV_W] == power
    rig.until(lambda: unit.limit.mirrored, 20000)
    assert unit.values[INV_W] == power
    at = 40000 + 2 + 68 + 52
    assert set(map(repr, device.writes)) <= {repr((at + k, [v])) for k, v in ((5, 60), (7, 30), (9, 1))}
