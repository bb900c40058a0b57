"""The PI for any errors, limits and scans: bounded, bumpless, never wound up, exact, and within small integers."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from drivers.blocks.pi import PI
from drivers.blocks.split_range import SplitRange
from protocols.ticks import PERIOD_MASK
from tests.drivers.test_device_properties import Small

STARTS = st.integers(0, PERIOD_MASK)
GAINS = st.integers(0, 5000)
INTEGRALS = st.integers(1, 600_000)
BACKS = st.one_of(st.just(0), st.integers(2000, 600_000))
ERRORS = st.integers(-32_000, 32_000)
OUTPUTS = st.integers(0, 1000)
# (ms since the last call, error, feed-forward, how far the actuator is behind)
CALLS = st.lists(
    st.tuples(st.integers(0, 5000), ERRORS, st.integers(-1000, 1000), st.integers(-1000, 1000)), max_size=60
)


@given(STARTS, GAINS, INTEGRALS, BACKS, st.integers(1, 2000), OUTPUTS, OUTPUTS, CALLS)
def test_the_output_is_within_its_limits_and_all_integers_are_small(
    start: int, kp: int, ti: int, tt: int, longest: int, a: int, b: int, calls: list[tuple[int, int, int, int]]
) -> None:
    pi = PI(Small(kp), Small(ti), Small(tt), Small(longest))
    lo, hi = Small(min(a, b)), Small(max(a, b))
    ms = 0
    for dt, error, ahead, behind in calls:
        ms += dt
        q = pi(Small(error), lo, hi, Small((start + ms) & PERIOD_MASK), Small(ahead))
        assert lo <= q <= hi
        pi.applied = Small(q - behind)
        pi.held = (behind > 0) - (behind < 0)


@given(STARTS, GAINS, INTEGRALS, BACKS, OUTPUTS, ERRORS, st.integers(-1000, 1000), CALLS)
def test_it_takes_over_at_any_output_whatever_was_before(
    start: int, kp: int, ti: int, tt: int, out: int, error: int, ahead: int, calls: list[tuple[int, int, int, int]]
) -> None:
    pi = PI(kp, ti, tt, 2000)
    ms = 0
    for dt, before, forward, behind in calls:
        ms += dt
        pi(before, 0, 1000, (start + ms) & PERIOD_MASK, forward)
        pi.applied -= behind
    pi.track(out, error, ahead)
    assert pi(error, 0, 1000, (start + ms + 100) & PERIOD_MASK, ahead) == out


@given(
    GAINS,
    INTEGRALS,
    BACKS,
    st.lists(st.tuples(st.integers(0, 2000), st.integers(-60, 60)), max_size=80),
)
def test_between_its_limits_the_integral_is_exact(kp: int, ti: int, tt: int, calls: list[tuple[int, int]]) -> None:
    """However small the steps: what a scan leaves below a thousandth is never lost."""
    pi = PI(kp, ti, tt, 2000)
    exact = Fraction(0)
    ms = 0
    bound = 30_000_000
    for i, (dt, error) in enumerate(calls):
        ms += dt
        exact += Fraction(kp * error * dt, ti) if i else 0
        q = pi(error, -bound // 1000, bound // 1000, ms)
        if abs(exact) + 5_000_000 > bound:
            return
        assert q == (kp * error + exact) // 1000


@given(
    st.integers(20, 2000),
    st.integers(5000, 600_000),
    st.one_of(st.just(0), st.integers(2000, 600_000)),
    st.integers(100, 3000),
    st.integers(100, 2000),
    st.integers(1, 400),
)
def test_however_long_it_was_at_its_end_it_leaves_it_at_once(
    kp: int, ti: int, tt: int, error: int, scan: int, calls: int
) -> None:
    """By conditional integration, and by back-calculation with a time no longer than the integral's."""
    pi = PI(kp, ti, min(tt, ti), 2000)
    now = 0
    for _ in range(calls):
        pi(error, 0, 1000, now)
        now += scan
    pi(-error, 0, 1000, now)
    assert pi(-error, 0, 1000, now + scan) < 1000


@given(st.integers(1, 999), st.integers(0, 200), OUTPUTS, OUTPUTS)
def test_split_range_rises_with_its_demand_and_never_moves_both(split: int, gap: int, a: int, b: int) -> None:
    if not gap < split < 1000 - gap:
        return
    block = SplitRange(split, gap)
    less, more = min(a, b), max(a, b)
    block(less)
    first, second = block.first, block.second
    assert first == 1000 or second == 0
    block(more)
    assert block.first >= first
    assert block.second >= second
    block(0)
    assert (block.first, block.second) == (0, 0)
    block(1000)
    assert (block.first, block.second) == (1000, 1000)
