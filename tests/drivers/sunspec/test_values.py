"""Scaled integers against exact arithmetic, whatever registers hold; no step leaves a board's small integers."""

from __future__ import annotations

import struct
from array import array
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sunspec2 import mb, mdef

from drivers.sunspec import values
from drivers.sunspec.values import BAD_SCALE, LIMIT, NOT_IMPLEMENTED, OVERFLOW, Decoder, implemented, scale
from tests.drivers.test_device_properties import Small

DECODER = Decoder()
TYPES = {
    values.U16: mdef.TYPE_UINT16,
    values.I16: mdef.TYPE_INT16,
    values.ACC16: mdef.TYPE_ACC16,
    values.COUNT: mdef.TYPE_COUNT,
    values.U32: mdef.TYPE_UINT32,
    values.I32: mdef.TYPE_INT32,
    values.ACC32: mdef.TYPE_ACC32,
    values.U64: mdef.TYPE_UINT64,
    values.I64: mdef.TYPE_INT64,
    values.ACC64: mdef.TYPE_ACC64,
    values.F32: mdef.TYPE_FLOAT32,
    values.F64: mdef.TYPE_FLOAT64,
}
CORNERS = [0, 1, 0x7FC0, 0x7F80, 0x7FF8, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF]
WORD = st.one_of(st.integers(0, 0xFFFF), st.sampled_from(CORNERS))
EXPONENT = st.integers(-16, 16)


class SmallArray(list[int]):
    """Registers whose values fail where a 32-bit board would begin to allocate."""

    def __getitem__(self, at: Any) -> Any:
        return Small(super().__getitem__(at))


def raw_value(kind: int, regs: list[int]) -> Any:
    """Return what pysunspec2 takes the registers for; None where the point is not implemented."""
    info = mb.point_type_info[TYPES[kind]]
    value = info.data_to(struct.pack(f">{len(regs)}H", *regs))
    return value if value is not None and info.is_impl(value) else None


def nearest(exact: Fraction) -> int:
    """Round half away from zero."""
    magnitude = (2 * abs(exact) + 1) // 2
    return int(-magnitude if exact < 0 else magnitude)


@pytest.mark.parametrize("kind", sorted(TYPES))
@given(data=st.data(), exponent=EXPONENT)
def test_numbers(kind: int, data: st.DataObject, exponent: int) -> None:
    regs = data.draw(st.lists(WORD, min_size=values.size(kind), max_size=values.size(kind)))
    number = DECODER.number(kind, array("H", [9, *regs, 9]), 1, exponent)
    raw = raw_value(kind, regs)
    if raw is None:
        assert DECODER.why == NOT_IMPLEMENTED
        return
    assert implemented(kind, array("H", regs), 0)
    if raw in (float("inf"), float("-inf")):
        assert DECODER.why == OVERFLOW
        return
    exact = nearest(Fraction(raw) * Fraction(10) ** exponent)
    if abs(exact) > LIMIT:
        assert (DECODER.why, number) == (OVERFLOW, 0)
    else:
        assert (DECODER.why, number) == (0, exact)


@pytest.mark.parametrize("kind", [values.F32, values.F64], ids=["f32", "f64"])
@given(value=st.floats(-1e9, 1e9), exponent=st.integers(-4, 4))
def test_floats_of_usual_size(kind: int, value: float, exponent: int) -> None:
    raw = struct.pack(">f" if kind == values.F32 else ">d", value)
    held = struct.unpack(">f" if kind == values.F32 else ">d", raw)[0]
    number = DECODER.number(kind, array("H", struct.unpack(f">{len(raw) // 2}H", raw)), 0, exponent)
    exact = nearest(Fraction(held) * Fraction(10) ** exponent)
    assert (number, DECODER.why) == ((exact, 0) if abs(exact) <= LIMIT else (0, OVERFLOW))


WRITABLE = {
    values.U16: (0, 0xFFFE, ">H"),
    values.I16: (-0x7FFF, 0x7FFF, ">h"),
    values.U32: (0, 0xFFFFFFFE, ">I"),
    values.I32: (-0x7FFFFFFF, 0x7FFFFFFF, ">i"),
}


@pytest.mark.parametrize("kind", sorted(WRITABLE))
@given(value=st.integers(-LIMIT, LIMIT), exponent=EXPONENT, down=st.booleans())
def test_writing(kind: int, value: int, exponent: int, down: bool) -> None:
    regs = array("H", [7, 7, 7])
    took = DECODER.encode(value, kind, regs, 0, exponent, down)
    exact = Fraction(value) / Fraction(10) ** exponent
    expected = int(exact) if down else nearest(exact)
    least, most, form = WRITABLE[kind]
    if not least <= expected <= most:
        assert not took and DECODER.why == OVERFLOW and list(regs) == [7, 7, 7]
        return
    assert took
    assert struct.pack(">3H", *regs)[: struct.calcsize(form)] == struct.pack(form, expected)
    assert down is False or abs(expected) <= abs(exact)  # a limit never grows


@given(value=st.integers(-0x7FFF, 0x7FFF), factor=st.integers(-10, 10))
def test_what_was_written_reads_back(value: int, factor: int) -> None:
    regs = array("H", [0])
    number = value * 10**factor if factor >= 0 else None
    if number is None or abs(number) > LIMIT:
        return
    assert DECODER.encode(number, values.I16, regs, 0, factor)
    assert DECODER.number(values.I16, regs, 0, factor) == number


@given(word=WORD)
def test_scale_factors(word: int) -> None:
    signed = word - 0x10000 if word > 0x7FFF else word
    assert scale(array("H", [word]), 0) == (signed if -10 <= signed <= 10 else BAD_SCALE)


@pytest.mark.parametrize("kind", sorted(TYPES))
@given(data=st.data(), exponent=EXPONENT)
def test_no_step_allocates_on_a_board(kind: int, data: st.DataObject, exponent: int) -> None:
    regs = data.draw(st.lists(WORD, min_size=values.size(kind), max_size=values.size(kind)))
    decoder = Decoder()
    decoder._limbs = SmallArray(decoder._limbs)
    decoder.number(kind, SmallArray(regs), 0, exponent)
    if kind in WRITABLE:
        decoder.encode(data.draw(st.integers(0, LIMIT)), kind, SmallArray(regs), 0, exponent)


NOTHING = {
    values.U16: [0xFFFF],
    values.I16: [0x8000],
    values.ENUM16: [0xFFFF],
    values.BITS16: [0xFFFF],
    values.ACC16: [0],
    values.COUNT: [0xFFFF],
    values.SF: [0x8000],
    values.PAD: [0],
    values.U32: [0xFFFF, 0xFFFF],
    values.I32: [0x8000, 0],
    values.ENUM32: [0xFFFF, 0xFFFF],
    values.BITS32: [0xFFFF, 0xFFFF],
    values.ACC32: [0, 0],
    values.F32: [0x7FC0, 0],
    values.IP4: [0, 0],
    values.U64: [0xFFFF] * 4,
    values.I64: [0x8000, 0, 0, 0],
    values.ACC64: [0] * 4,
    values.F64: [0x7FF8, 0, 0, 0],
    values.EUI48: [0, 0xFFFF, 0xFFFF, 0xFFFF],
    values.IP6: [0] * 8,
    values.STRING: [0] * 4,
}


@pytest.mark.parametrize("kind", sorted(NOTHING))
def test_not_implemented(kind: int) -> None:
    regs = NOTHING[kind]
    assert not implemented(kind, array("H", regs), 0, len(regs))
    if kind != values.PAD:
        for i in range(1 if kind == values.EUI48 else 0, len(regs)):
            other = list(regs)
            other[i] ^= 0x0101
            if kind not in (values.F32, values.F64):
                assert implemented(kind, array("H", other), 0, len(regs)), i


def test_enumerations_and_bits_have_no_scale() -> None:
    regs = array("H", [0x8000, 0x0003])
    assert DECODER.number(values.BITS32, regs, 0, 5) == 3  # bit 31 is none of a board's
    assert DECODER.number(values.ENUM16, regs, 1, -3) == 3
    assert DECODER.number(values.ENUM32, regs, 0, 0) == 0 and DECODER.why == OVERFLOW


@pytest.mark.parametrize("kind", [values.STRING, values.IP4, values.EUI48])
def test_what_is_no_number(kind: int) -> None:
    with pytest.raises(ValueError, match="no number"):
        DECODER.number(kind, array("H", [1] * 8), 0, 0)
    with pytest.raises(ValueError, match="isn't written"):
        DECODER.encode(1, kind, array("H", [1] * 8), 0, 0)
