"""Blocks against their definitions, over any jitter of the scan and any place in the wrap of ticks."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.blocks.debounce import Debounce
from drivers.blocks.rate import RateCounter, RateLimit
from drivers.blocks.timers import OffDelay, OnDelay, Pulse
from drivers.blocks.votes import vote_1oo1, vote_1oo2, vote_2oo2, vote_2oo3
from protocols.quality import BAD, GOOD, STALE, UNCERTAIN
from protocols.ticks import PERIOD_MASK

STARTS = st.integers(0, PERIOD_MASK)
PRESETS = st.integers(0, 300)
# (ms since the last scan, input): scans come when they come
SCANS = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 1)), max_size=60)


def stamped(scans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """(ms since the beginning, input), ms without a wrap."""
    ms = 0
    rows = []
    for dt, x in scans:
        ms += dt
        rows.append((ms, x))
    return rows


def since_change(rows: list[tuple[int, int]], i: int) -> int:
    """How long, at row i, the input has been what it is, as the scans saw it."""
    first = i
    while first and rows[first - 1][1] == rows[i][1]:
        first -= 1
    return rows[i][0] - rows[first][0]


@given(STARTS, PRESETS, SCANS)
def test_on_delay_is_true_exactly_when_the_input_stood_for_the_preset(
    start: int, preset: int, scans: list[tuple[int, int]]
) -> None:
    block = OnDelay(preset)
    rows = stamped(scans)
    for i, (ms, x) in enumerate(rows):
        expected = x and since_change(rows, i) >= preset
        assert block(x, (start + ms) & PERIOD_MASK) == expected


@given(STARTS, PRESETS, SCANS)
def test_off_delay_is_true_until_the_input_was_gone_for_the_preset(
    start: int, preset: int, scans: list[tuple[int, int]]
) -> None:
    block = OffDelay(preset)
    rows = stamped(scans)
    for i, (ms, x) in enumerate(rows):
        ever = any(row[1] for row in rows[:i])
        expected = x or (ever and since_change(rows, i) < preset)
        assert block(x, (start + ms) & PERIOD_MASK) == expected


@given(STARTS, PRESETS, SCANS)
def test_a_pulse_has_its_length_and_needs_an_edge(start: int, preset: int, scans: list[tuple[int, int]]) -> None:
    block = Pulse(preset)
    began = None
    last = 0
    for ms, x in stamped(scans):
        if began is not None:
            if ms - began >= preset:
                began = None
        elif x and not last and preset:
            began = ms
        last = x
        assert block(x, (start + ms) & PERIOD_MASK) == (began is not None)


@given(STARTS, PRESETS, PRESETS, st.integers(0, 1), SCANS)
def test_debounce_changes_only_after_its_time(
    start: int, on_ms: int, off_ms: int, q: int, scans: list[tuple[int, int]]
) -> None:
    block = Debounce(on_ms, off_ms, q)
    rows = stamped(scans)
    for i, (ms, x) in enumerate(rows):
        if x != q and since_change(rows, i) >= (on_ms if x else off_ms):
            q = x
        assert block(x, (start + ms) & PERIOD_MASK) == q


@given(
    STARTS,
    st.integers(1, 100_000),
    st.integers(1, 100_000),
    st.lists(st.tuples(st.integers(0, 50), st.integers(-3000, 3000))),
)
def test_slew_never_exceeds_its_rate_and_wastes_none_of_it(
    start: int, up: int, down: int, scans: list[tuple[int, int]]
) -> None:
    slew = RateLimit(up, down)
    slew(0, start)
    ms = 0
    for dt, x in scans:
        before = slew.q
        ms += dt
        q = slew(x, (start + ms) & PERIOD_MASK)
        assert min(before, x) <= q <= max(before, x)
        assert q - before <= (up * dt + 999) // 1000
        assert before - q <= (down * dt + 999) // 1000
    x = slew.q + 1000
    began = slew.q
    slew.force(began)  # no remainder
    for i in range(1, 200):
        slew(x, (start + ms + 7 * i) & PERIOD_MASK)
        assert slew.q == min(x, began + up * 7 * i // 1000)


@given(STARTS, st.integers(1, 5), st.integers(1, 1000), SCANS)
def test_rate_counter_counts_the_events_of_its_window(
    start: int, n: int, window: int, scans: list[tuple[int, int]]
) -> None:
    counter = RateCounter(n, window)
    rows = stamped(scans)
    for i, (ms, x) in enumerate(rows):
        inside = sum(1 for at, event in rows[: i + 1] if event and ms - at <= window)
        assert counter(x, (start + ms) & PERIOD_MASK) == (inside >= n)
        assert counter.count == min(n, inside)


def believed(readings: tuple[tuple[int, int], ...]) -> list[int]:
    return [x for x, q in readings if q in (GOOD, UNCERTAIN)]


READINGS = list(product((0, 1), (GOOD, UNCERTAIN, BAD, STALE)))


@pytest.mark.parametrize("a", READINGS)
def test_votes_degrade_as_the_brief_says(a: tuple[int, int]) -> None:
    assert vote_1oo1(*a) == (believed((a,)) != [0])
    for b in READINGS:
        good = believed((a, b))
        assert vote_1oo2(*a, *b) == (len(good) < 2 or any(good))
        assert vote_2oo2(*a, *b) == all(good)  # one bad: the other decides; both bad: trip
        for c in READINGS:
            good = believed((a, b, c))
            # three: 2oo3; two: 1oo2; one or none: trip
            expected = sum(good) >= 2 if len(good) == 3 else any(good) if len(good) == 2 else True
            assert vote_2oo3(*a, *b, *c) == expected
