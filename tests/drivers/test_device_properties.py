"""What holds for the devices whatever comes in, and that no intermediate result leaves a board's small integers."""

from __future__ import annotations

from fractions import Fraction
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.analogue_input import MAX_RATE, MAX_SPAN, AnalogueInput
from drivers.blocks.rate import RateLimit
from drivers.boom import Boom
from drivers.digital_input import DigitalInput
from drivers.safety_edge import SafetyEdge
from protocols.layout import NO_SAMPLE, SIG_0_10V, SIG_4_20MA, SIG_SCALED
from protocols.quality import BAD, GOOD, STALE
from protocols.ticks import PERIOD_MASK

TRIP: Any = import_module("tests.drivers.portable_trip")  # untyped, as it runs on MicroPython too
DOOR, STOP, HEAT, FIRE = 1 << TRIP.DOOR, 1 << TRIP.STOP, 1 << TRIP.HEAT, 1 << TRIP.FIRE

SAMPLES = st.lists(st.tuples(st.integers(0, 60), st.sampled_from([0, 1, NO_SAMPLE])), max_size=80)


class Small(int):
    """An integer that fails where a 32-bit board would begin to allocate: beyond 31 bits with sign."""

    def __new__(cls, value: int) -> Small:
        assert -(2**30) <= value < 2**30, value
        return super().__new__(cls, value)


def _closed(name: str) -> Any:
    plain = getattr(int, name)

    def operation(*operands: int) -> Any:
        result = plain(*operands)
        return result if result is NotImplemented else Small(result)

    return operation


for _name in ("add", "sub", "mul", "floordiv", "mod", "and", "or", "xor", "lshift", "rshift"):
    setattr(Small, f"__{_name}__", _closed(f"__{_name}__"))
    setattr(Small, f"__r{_name}__", _closed(f"__r{_name}__"))
for _name in ("__neg__", "__invert__"):
    setattr(Small, _name, _closed(_name))


def test_small_integers_are_watched() -> None:
    assert Small(2**29) + 1 == 2**29 + 1
    for factor in (2, Small(2), -4):
        with pytest.raises(AssertionError):
            _ = Small(2**29) * factor
    with pytest.raises(AssertionError):
        _ = 2 + Small(2**30 - 1)


TRIP_STEPS = st.lists(
    st.fixed_dictionaries(
        {"dt": st.integers(0, 150), "reset": st.integers(0, 1), "local": st.integers(0, 1)},
        optional={
            "A": st.integers(0, 1),
            "B": st.integers(0, 1),
            "C": st.sampled_from([0, 501]),
            "D": st.integers(0, 1),
            "E": st.integers(0, 1),
            "A_Q": st.integers(GOOD, STALE),
            "C_Q": st.integers(GOOD, STALE),
        },
    ),
    max_size=60,
)


@given(st.integers(0, PERIOD_MASK), TRIP_STEPS)
def test_a_latched_trip_goes_only_by_a_fresh_edge_with_its_trip_healthy(
    start: int, steps: list[dict[str, int]]
) -> None:
    rig = TRIP.Rig(Small(start))
    ms = 0
    reset_before = 1
    for step in steps:
        before = rig.engine.latched
        first, first_ms = rig.engine.first_out, rig.engine.first_out_ms
        ms += step.pop("dt")
        e = rig.scan(ms, **step)
        edge = step["reset"] and not reset_before
        reset_before = step["reset"]

        assert e.active & (DOOR | STOP | HEAT | FIRE) & ~e.latched == 0
        gone = before & ~e.latched & ~HEAT  # HEAT resets by itself
        if gone:
            assert edge
            assert not gone & e.active
        if gone & (DOOR | STOP):  # one trip: they share an effect
            assert not e.active & (DOOR | STOP)
        if gone & (STOP | FIRE):
            assert step["local"]
        assert e.cleared & (e.active | e.latched) == 0
        assert (e.first_out == 0) == (not e.active | e.latched)
        if before and e.latched and first:
            assert (e.first_out, e.first_out_ms) == (first, first_ms)


@given(st.integers(0, PERIOD_MASK), st.integers(0, 1), st.integers(0, 60), st.integers(0, 60), SAMPLES)
def test_a_contact_leaves_its_fail_state_only_by_fresh_samples(
    start: int, nc: int, on_ms: int, off_ms: int, samples: list[tuple[int, int]]
) -> None:
    channel = DigitalInput(nc, on_ms, off_ms, 100)
    ms = 0
    fresh: int | None = None
    for dt, raw in samples:
        ms += dt
        before = channel.value
        channel(raw, Small((start + ms) & PERIOD_MASK))
        if raw != NO_SAMPLE:
            fresh = ms
        stale = fresh is None or ms - fresh >= 100
        if raw == NO_SAMPLE and stale:
            assert (channel.value, channel.quality) == (nc, STALE)
        elif raw == NO_SAMPLE:
            assert channel.value == before
        else:
            assert channel.quality == GOOD
            assert channel.value in (before, raw ^ nc)


@given(
    st.integers(-30000, 30000),
    st.integers(1, MAX_SPAN),
    st.sampled_from([(SIG_4_20MA, 4000, 16000, 3600, 21000), (SIG_0_10V, 0, 10000, -200, 10500)]),
    st.integers(-1000, 25000),
)
def test_scaling_rounds_to_the_nearest_and_stays_small(
    lo: int, span: int, signal: tuple[int, int, int, int, int], raw: int
) -> None:
    kind, zero, full, low, high = signal
    channel = AnalogueInput(Small(lo), Small(lo + span), kind)
    channel(Small(raw), Small(0))
    if low <= raw <= high:
        exact = lo + Fraction((raw - zero) * span, full)
        assert abs(channel.value - exact) <= Fraction(1, 2)
        assert channel.quality < BAD
    else:
        assert (channel.value, channel.quality) == (lo, BAD)


@given(st.lists(st.tuples(st.integers(0, 2**28), st.integers(0, MAX_SPAN)), max_size=20))
def test_rates_stay_small_for_any_gap(steps: list[tuple[int, int]]) -> None:
    channel = AnalogueInput(0, MAX_SPAN, SIG_SCALED, 2000, 1000, Small(MAX_RATE))
    slew = RateLimit(Small(1_000_000), Small(1_000_000), Small(0))
    now = 0
    for dt, x in steps:
        now = (now + dt) & PERIOD_MASK
        channel(Small(x), Small(now))
        assert slew(Small(x), Small(now)) <= MAX_SPAN


BOOM_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["open", "close", "stop", ""]),
        st.sampled_from([(0, 0, 450), (1, 0, 900), (0, 1, 0), (1, 1, 450), (1, 0, 300), (0, 0, 900), (0, 0, 60)]),
        st.sampled_from([GOOD, GOOD, GOOD, STALE]),
        st.integers(0, 1000),
        st.integers(1, 100),
    ),
    max_size=40,
)


@given(st.integers(0, PERIOD_MASK), BOOM_STEPS)
def test_a_boom_never_has_both_outputs_and_moves_only_when_asked(start: int, steps: list[Any]) -> None:
    boom = Boom()
    now = start
    for ask, (zo, zc, angle), quality, amps, scans in steps:
        for _ in range(scans):
            speed, before = boom.spd, (boom.yo, boom.yc)
            boom.sense(zo, zc, Small(angle), quality, Small(amps), GOOD, Small(now))
            if ask:
                getattr(boom, ask)()
            boom.drive(Small(now))
            now = (now + 10) & PERIOD_MASK

            outputs = (boom.yo, boom.yc)
            assert outputs != (1, 1)
            if outputs == (0, 0):
                assert boom.spd == 0
            else:
                assert boom.spd - (speed if outputs == before else 0) <= 100  # 10 % in 10 ms
                assert not boom.fault
            if boom.yc:
                assert ask == "close" or before == (0, 1)
                assert not (zc and not zo)
            if boom.yo:
                assert ask == "open" or before == (1, 0)
                assert before == (0, 1) or not (zo and not zc)  # turned round at the limit, it stops there
            if ask == "open":
                assert not boom.yc
            if ask == "close":
                assert not boom.yo
            if ask == "stop":
                assert outputs == (0, 0)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30000), st.integers(GOOD, STALE)), max_size=60))
def test_an_edge_out_of_its_limits_is_always_tripped(samples: list[tuple[int, int, int]]) -> None:
    edge = SafetyEdge()
    now = healthy_since = 0
    for dt, ohms, quality in samples:
        now += dt
        tripped = edge(ohms, quality, now)
        if not 5000 <= ohms <= 12000 or quality >= BAD:
            assert tripped
            healthy_since = now + 1
        elif not tripped:
            assert now - healthy_since >= 100 or healthy_since == 0
