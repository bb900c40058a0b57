"""Every model that is published, served as a device, is read by our client and says what pysunspec2 says."""

from __future__ import annotations

import math
import struct
from array import array
from collections.abc import Iterator
from importlib import import_module
from random import Random
from typing import Any

import pytest
import sunspec2.device as peer
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.sunspec import controls, definition, models, values
from drivers.sunspec.catalogue import MODELS
from drivers.sunspec.definition import Group, Reading
from drivers.sunspec.quirks import STANDARD, Quirk
from drivers.sunspec.reader import Reader
from tools.sunspec import __main__ as generator
from tools.sunspec.published import line, load, numbers

RIG: Any = import_module("tests.drivers.sunspec.portable_rig")  # untyped, as it runs on MicroPython too
chain, common = RIG.chain, RIG.common
SIZES = {"NPt": 3, "NCrv": 2, "NCrvSet": 2, "NCtl": 2, "NPrt": 3, "NStr": 2, "NMod": 3}


def group_of(model: int) -> Group:
    """Return our definition of any published model."""
    known: Group = definition.parse(line(model))
    return known


def leaf(regs: list[int], words: Iterator[int], group: Group, counts: dict[str, int]) -> None:
    """Append the registers of ``group``: whatever ``words`` has, but scale factors that are some, and counts."""
    for point in group.points:
        if point.name in counts:
            value = counts[point.name]
            regs.append(value)
        elif point.kind == values.SF:
            regs.append((next(words) % 21 - 10) & 0xFFFF)
        elif point.kind == values.STRING:
            regs += [0x4100 | (next(words) % 26 + 0x61) for _ in range(point.size)]
        elif point.kind in (values.F32, values.F64):
            number = float(next(words) - 30000) / 16
            form = ">f" if point.kind == values.F32 else ">d"
            regs += struct.unpack(f">{point.size}H", struct.pack(form, number))
        else:
            regs += [next(words) for _ in range(point.size)]
    for inner in group.groups:
        count = 1 if inner.count is None else 2 if inner.count == 0 else inner.count
        if isinstance(count, str):
            count = counts[count]
        for _ in range(count):
            leaf(regs, words, inner, counts)


def counters(group: Group) -> set[str]:
    """Return the names of the points that say how often a group is there."""
    own = {group.count} if isinstance(group.count, str) else set()
    return own.union(*(counters(inner) for inner in group.groups)) if group.groups else own


def image(model: int, words: Iterator[int]) -> list[int]:
    """Return registers of ``model``, its ID and its true L first."""
    group = group_of(model)
    regs: list[int] = []
    leaf(regs, words, group, {name: SIZES.get(name, 2) for name in counters(group)})
    return [model, len(regs) - 2, *regs[2:]]


def said(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (path, point) of a pysunspec2 group."""
    for name, point in group.points.items():
        yield path + name, point
    for name, inner in group.groups.items():
        if isinstance(inner, list):
            for one in inner:
                yield from said(one, f"{path}{name}[{one.index}].")
        else:
            yield from said(inner, f"{path}{name}.")


def agree(ours: Reading, theirs: Any) -> bool:
    """Return True when a point's raw and scaled values are the same to both."""
    raw = theirs.value
    if raw is not None and not theirs.info.is_impl(raw):
        raw = None
    if ours.point.kind == values.PAD:
        return True
    if isinstance(raw, float):
        return bool(ours.raw == raw)
    if ours.point.kind == values.IP6 and raw is not None:
        raw = ":".join(raw.replace(":", "")[i : i + 2] for i in range(0, 32, 2))
    if ours.raw != raw:
        return False
    if raw is None or not ours.sf:
        return True
    scaled = ours.value()
    return isinstance(scaled, int | float) and math.isclose(theirs.cvalue, scaled, rel_tol=1e-12, abs_tol=1e-12)


def compare(model: int, regs: list[int]) -> None:
    """Fail where our reading of ``regs`` and pysunspec2's differ."""
    data = struct.pack(f">{len(regs)}H", *regs)
    theirs = peer.Model(model_id=model, data=data, model_len=regs[1])
    assert not theirs.error_info, theirs.error_info
    ours = {reading.path: reading for reading in definition.decode(group_of(model), array("H", regs))}
    others = dict(said(theirs))
    assert ours.keys() == others.keys()
    for path, reading in ours.items():
        assert reading.offset == others[path].offset, path
        assert agree(reading, others[path]), (path, reading.raw, reading.sf, others[path].value)


def draws(seed: int) -> Iterator[int]:
    """Yield registers for ever: any, with more of those that mean "not implemented"."""
    random = Random(seed)
    while True:
        yield random.choice((0, 1, 0x7FFF, 0x8000, 0xFFFF, *(random.randrange(65536) for _ in range(10))))


def read_whole(device: Any, quirk: Quirk = STANDARD) -> dict[int, list[int]]:
    """Return the registers of each model that our client finds in ``device``."""
    reader = Reader(1, quirk)
    RIG.Rig([reader], [device]).until(lambda: reader.finished)
    assert (reader.cause, reader.refused) == (0, [])
    return {number: list(got) for number, _, got in reader.models}


@pytest.mark.parametrize("model", numbers())
def test_served_as_a_device_it_is_read_whole(model: int) -> None:
    if model == 1:
        regs = common()
        device = RIG.Device(1, chain(regs))
    else:
        regs = image(model, draws(model))
        device = RIG.Device(1, chain(common(), regs, [64999, 2, 5, 6]))
    assert read_whole(device)[model] == regs
    compare(model, regs)


@pytest.mark.parametrize("model", sorted(MODELS))
@given(seed=st.integers(0, 2**32))
@settings(max_examples=30)
def test_random_images_mean_the_same_to_both(model: int, seed: int) -> None:
    compare(model, image(model, draws(seed)))


def test_the_catalogue_is_what_is_published() -> None:
    assert generator.CATALOGUE.read_text(encoding="utf-8") == generator.source()
    for model in MODELS:
        known = definition.find(model)
        assert known is not None and known.points[0].name == "ID"


def test_a_model_of_701_is_split_between_points() -> None:
    regs = image(701, draws(5))
    for most in (125, 50, 33):
        assert read_whole(RIG.Device(1, chain(common(), regs)), Quirk(max_read=most)) == {1: common(), 701: regs}
    borders = definition.borders(definition.find(701), array("H"), 153)
    assert 17 in borders and 18 not in borders and borders[-1] == 155


# The boards' tables.

BOARD_ROWS = sorted({row for kind in models.FIELDS for sources in kind for row in sources})
LAYOUTS = (*controls.LIMITS, *controls.SET_POINTS, *controls.OPERATIONS)


def offsets(model: int) -> dict[int, definition.Point]:
    """Return the published points of one block each, by offset from ID."""
    regs = image(model, draws(0))
    return {reading.offset: reading.point for reading in definition.decode(group_of(model), array("H", regs))}


def check_factor(model: int, points: dict[int, definition.Point], offset: int, factor: int) -> None:
    published = points[offset].factor
    if factor < 0:
        assert (published or 0) == factor - models.FIXED, (model, offset)
    else:
        assert points[factor].name == published and points[factor].kind == values.SF, (model, offset)


@pytest.mark.parametrize("row", BOARD_ROWS, ids=str)
def test_what_a_board_reads_is_where_it_reads_it(row: tuple[int, int, int, int, int, int]) -> None:
    model, offset, kind, factor, _, _ = row
    for member in [number for number in MODELS if models.family(number) == model]:
        points = offsets(member)
        assert points[offset].kind == kind
        check_factor(member, points, offset, factor)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout[0]}_{layout[4][0][0]}")
def test_what_a_board_writes_is_where_it_writes_it(layout: Any) -> None:
    model, _, _, basis, rows = layout
    points = offsets(model)
    for offset, kind, what, factor in rows:
        assert points[offset].kind == kind and points[offset].writable, offset
        check_factor(model, points, offset, factor)
        if what == controls.PAIR:
            assert points[offset + 1].kind == kind and points[offset + 1].factor == points[offset].factor
    if basis:
        check_factor(model, points, *basis)


@pytest.mark.parametrize("heart", controls.HEARTS, ids=str)
def test_heartbeats_are_where_they_are_turned(heart: tuple[int, int, int]) -> None:
    model, offset, words = heart
    point = offsets(model)[offset]
    assert point.writable and point.size == words and point.name.endswith("Hb")


@pytest.mark.parametrize("model", sorted(MODELS))
def test_lengths_are_the_published_ones(model: int) -> None:
    length = image(model, draws(0))[1]
    assert models.length_fits(model, length)
    assert load(model)["id"] == model
    fixed = group_of(model).fixed() - 2
    if fixed == length or not group_of(model).groups:
        assert not models.length_fits(model, length - 2) and not models.length_fits(model, length + 2)


def test_every_type_of_point_is_published_somewhere() -> None:
    kinds = {point.kind for model in numbers() for point in _points(group_of(model))}
    assert kinds >= set(definition.TYPES.values()) - {values.F64}


def _points(group: Group) -> Iterator[definition.Point]:
    yield from group.points
    for inner in group.groups:
        yield from _points(inner)
