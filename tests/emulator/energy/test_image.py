"""Register images against pysunspec2's own decoding: it reads what was set, for any values (domain brief §2a)."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sunspec2 import device

from tools.emulator.energy.sunspec.definitions import SIGNED, Point
from tools.emulator.energy.sunspec.image import Image, Model

COUNTS: dict[int, dict[str, int]] = {
    160: {"module": 3},
    302: {"repeating": 2},
    705: {"Crv": 2, "Pt": 3},
    707: {"Crv": 2, "Pt": 2},
    711: {"Ctl": 2},
    714: {"Prt": 2},
    803: {"string": 2},
}
MODELS = (1, 103, 113, 120, 121, 122, 123, 124, 160, 203, 302, 307, 701, 702, 703, 704, 705, 707, 711, 713, 714, 715)
_STRUCTURE = ("ID", "L", "N", "NPrt", "NStr", "NCrv", "NPt", "NCrvSet", "NCtl")
_GROUPS = {
    705: {"NCrv": 2, "NPt": 3},
    707: {"NCrvSet": 2, "NPt": 2},
    711: {"NCtl": 2},
    714: {"NPrt": 2},
    803: {"NStr": 2},
}


def build(number: int) -> Model:
    """A model with its counts in place, everything else not implemented."""
    model = Image(40_000, [(number, COUNTS.get(number, {}))])[number]
    for name, count in {**_GROUPS.get(number, {}), **({"N": 3} if number == 160 else {})}.items():
        model.set_raw(name, count)
    return model


def theirs(model: Model) -> Any:
    """The same registers as pysunspec2 sees them."""
    read = device.Model(model_id=model.number, model_len=model.length, data=bytes(model.data))
    assert not read.error_info, read.error_info
    return read


def point_of(read: Any, name: str) -> Any:
    """A point of theirs by our name."""
    group = read
    *path, last = name.split(".")
    for step in path:
        name, _, index = step.partition("[")
        group = group.groups[name]
        if index:
            group = group[int(index[:-1])]
    return group.points[last]


def settable(model: Model) -> list[Point]:
    return [
        point
        for name, point in model.points.items()
        if name not in _STRUCTURE and point.type not in ("pad", "sunssf", "string")
    ]


def raw_of(point: Point, draw: Any) -> int:
    bits = 16 * point.size
    if point.type in SIGNED:
        return int(draw(st.integers(-(1 << (bits - 1)) + 1, (1 << (bits - 1)) - 1)))
    if point.type.startswith("float"):
        return int(draw(st.sampled_from((0, 0x3F80_0000, 0xC2F6_E979, 0x4996_B438))))
    return int(draw(st.integers(0, (1 << bits) - 2)))


@pytest.mark.parametrize("number", MODELS)
@given(data=st.data())
@settings(max_examples=12, deadline=None)
def test_any_register_values_mean_the_same_to_both(number: int, data: st.DataObject) -> None:
    model = build(number)
    points = settable(model)
    factors = [point for point in model.points.values() if point.type == "sunssf"]
    for factor in factors:
        model.set_raw(factor.name, data.draw(st.integers(-4, 4)))
    chosen = data.draw(st.lists(st.sampled_from(points), max_size=12, unique_by=lambda point: point.name))
    for point in chosen:
        model.set_raw(point.name, raw_of(point, data.draw))
    read = theirs(model)
    for point in points:
        ours, value = model.get(point.name), point_of(read, point.name).cvalue
        if ours is None:
            assert value is None or (isinstance(value, float) and math.isnan(value)), point.name
        else:
            assert value == pytest.approx(ours, rel=1e-9), point.name


@pytest.mark.parametrize("number", [103, 203, 701, 802])
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_what_is_set_in_engineering_units_comes_back_within_half_a_count(number: int, data: st.DataObject) -> None:
    model = build(number)
    for point in model.points.values():
        if point.type == "sunssf":
            model.set_raw(point.name, data.draw(st.integers(-2, 2)))
    points = [point for point in settable(model) if point.type in ("int16", "uint16", "int32", "uint32")]
    chosen = data.draw(st.lists(st.sampled_from(points), min_size=1, max_size=8, unique_by=lambda point: point.name))
    wanted = {point.name: data.draw(st.floats(0, 300)) for point in chosen}
    model.update(wanted)
    read = theirs(model)
    for point in chosen:
        step = 10.0 ** model.factor(point)
        highest = (0x7FFF if point.type == "int16" else 0xFFFE) * step
        value = point_of(read, point.name).cvalue
        assert value == pytest.approx(min(wanted[point.name], highest), abs=step / 2 + 1e-9), point.name


def test_none_and_nan_are_not_implemented_and_accumulators_wrap() -> None:
    model = build(103)
    model.update({"W_SF": 0, "W": float("nan"), "Hz": None, "WH_SF": 0, "WH": 2**32 + 7})
    read = theirs(model)
    assert (read.points["W"].cvalue, read.points["Hz"].cvalue, read.points["WH"].cvalue) == (None, None, 7)
    assert (model.raw("W"), model.raw("Hz")) == (-0x8000, 0xFFFF)
    model.update({"W": 1e9, "PhVphA": -3.0, "V_SF": 0})
    assert (model.raw("W"), model.raw("PhVphA")) == (0x7FFF, 0), "saturated, never another sign"
