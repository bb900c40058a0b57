"""CBOR against cbor2, and against bytes that nobody encoded."""

from __future__ import annotations

import math
from typing import Any

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.cbor import CborError, Reader, Tagged, dumps, loads
from protocols.cbor.floats import put_shortest
from protocols.cbor.reader import END, ERROR
from protocols.cbor.utf8 import first_bad

KEYS = st.integers(-(2**64), 2**64 - 1) | st.text(max_size=8) | st.binary(max_size=8)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.sampled_from([edge + d for edge in (0, 24, 2**8, 2**16, 2**30, 2**32, 2**63) for d in (-1, 0, 1)])
    | st.floats()
    | st.floats(width=16)
    | st.floats(width=32)
    | st.text(max_size=40)
    | st.binary(max_size=300)
)
ITEMS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(KEYS, inner, max_size=30),
    max_leaves=40,
)
DEPTH = 50


def same(a: Any, b: Any) -> bool:
    """Equal in value and type; NaN equals NaN, -0.0 differs from 0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return bool(a == b)


@given(ITEMS)
def test_cbor2_reads_what_we_write(item: Any) -> None:
    assert same(cbor2.loads(dumps(item, DEPTH)), item)


@given(ITEMS)
def test_we_read_what_cbor2_writes(item: Any) -> None:
    assert same(loads(cbor2.dumps(item), DEPTH, strict=0), item)


@given(st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=30), max_leaves=40))
def test_one_encoding_and_it_is_that_of_cbor2(item: Any) -> None:
    """Without maps: cbor2's canonical order of keys is the older one, shortest first (RFC 8949, 4.2.3)."""
    data = dumps(item, DEPTH)
    assert data == cbor2.dumps(item, canonical=True)
    assert same(loads(data, DEPTH), item)


@given(st.dictionaries(st.integers(-24, 23) | st.text(max_size=20), LEAVES, max_size=30))
def test_maps_with_keys_that_both_orders_agree_on(item: dict[Any, Any]) -> None:
    assert dumps(item) == cbor2.dumps(item, canonical=True)


@given(ITEMS)
def test_what_we_write_is_read_strictly(item: Any) -> None:
    assert same(loads(dumps(item, DEPTH), DEPTH), item)


@given(st.integers(0, 2**64 - 1), LEAVES)
def test_tags(tag: int, item: Any) -> None:
    got = loads(dumps(Tagged(tag, item)))
    assert isinstance(got, Tagged)
    assert got.tag == tag
    assert same(got.item, item)


@given(st.binary(max_size=60))
@settings(max_examples=1000)
def test_garbage_is_refused_or_is_the_one_encoding_of_what_it_means(data: bytes) -> None:
    reader = Reader().begin(data)
    while reader.next() not in (END, ERROR):
        pass
    if reader.error:
        assert 0 <= reader.offset <= len(data)
        with pytest.raises(CborError) as refusal:
            loads(data)
        assert refusal.value.offset == reader.offset
    else:
        assert dumps(loads(data)) == data


@given(ITEMS, st.data())
def test_a_damaged_byte_never_breaks_the_reader(item: Any, data: st.DataObject) -> None:
    damaged = bytearray(dumps(item, DEPTH))
    at = data.draw(st.integers(0, len(damaged) - 1))
    damaged[at] = data.draw(st.integers(0, 255))
    for strict in (0, 1):
        reader = Reader(DEPTH, strict).begin(damaged)
        steps = 0
        while reader.next() not in (END, ERROR):
            steps += 1
        assert steps <= len(damaged)
        assert reader.at <= len(damaged)


@given(ITEMS, st.data())
def test_a_truncated_item_is_refused(item: Any, data: st.DataObject) -> None:
    whole = dumps(item, DEPTH)
    cut = data.draw(st.integers(0, len(whole) - 1))
    reader = Reader(DEPTH).begin(whole, cut)
    while reader.next() not in (END, ERROR):
        pass
    assert reader.error


@given(st.floats())
def test_the_shortest_float_is_the_shortest(x: float) -> None:
    buf = bytearray(8)
    width = put_shortest(buf, 0, x)
    assert cbor2.dumps(x, canonical=True)[1:] == bytes(buf[:width])


@given(st.binary(max_size=12) | st.text(max_size=6).map(lambda text: text.encode("utf-8", "surrogatepass")))
@settings(max_examples=1000)
def test_utf8_is_judged_as_python_judges_it(data: bytes) -> None:
    bad = first_bad(data, 0, len(data))
    if bad < 0:
        data.decode()
    else:
        with pytest.raises(UnicodeDecodeError) as refusal:
            data.decode()
        assert refusal.value.start == bad
    assert first_bad(b"\xff" + data + b"\xff", 1, len(data)) in (-1, 1 + bad)
