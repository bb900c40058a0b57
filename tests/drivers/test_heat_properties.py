"""What holds for the heat plant's devices whatever comes in, within a board's small integers."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from drivers.analogue_input import AnalogueInput
from drivers.counter_check import CounterCheck
from drivers.pulse_meter import KWH_0_1KW, PulseMeter
from drivers.three_way_valve import ThreeWayValve
from drivers.twin_pump import TwinPump
from protocols.layout import SIG_PT1000
from protocols.quality import BAD, GOOD
from protocols.ticks import PERIOD_MASK
from tests.drivers.test_device_properties import Small
from tools.emulator.pt1000 import ohms

STARTS = st.integers(0, PERIOD_MASK)


@given(st.one_of(st.integers(0, 200_000), st.integers(0, 2**29)))
def test_a_platinum_sensor_is_right_or_bad(raw: int) -> None:
    channel = AnalogueInput(-4000, 14000, SIG_PT1000)
    channel(Small(raw), Small(0))
    if channel.quality == GOOD:
        assert abs(100.0 * ohms(channel.value / 100.0) - raw) <= 3.0  # 0.01 K is 3.9 of these
    else:
        assert channel.quality == BAD
        assert not 100.0 * ohms(-40.0) + 1.0 < raw < 100.0 * ohms(140.0) - 1.0


# (s since the last reading, what the counter has advanced in them of its most (0.1 %), disturbance or 0)
READINGS = st.lists(
    st.tuples(st.integers(1, 4_000), st.integers(0, 1000), st.sampled_from([0, 0, 0, 1, 2**20, 99_999_999])),
    max_size=40,
)


@given(STARTS, st.integers(0, 99_999_999), st.integers(1, 20_000), READINGS)
def test_a_counter_never_counts_more_than_there_was(
    start: int, place: int, fastest: int, steps: list[tuple[int, int, int]]
) -> None:
    """Disturbed readings add at most the slack of one reading each; what is undisturbed is counted to the last unit."""
    counter = CounterCheck(Small(100_000_000), Small(fastest))
    seconds = true = wrong = 0
    first = None
    for dt, share, disturbed in steps:
        seconds += dt
        true += fastest * dt // 3600 * share // 1000
        wrong += 1 if disturbed else 0
        reading = (place + true + disturbed) % 100_000_000
        counter(Small(reading), Small((start + 1000 * seconds) & PERIOD_MASK))
        first = true if first is None else first
        most = fastest * seconds // 3600 + 4 * (wrong + 1)
        assert counter.total <= most
        if not wrong:
            assert (counter.total, counter.quality, counter.refused) == (true - first, GOOD, 0)


@given(STARTS, st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 1)), max_size=80))
def test_pulses_are_never_closer_than_the_meter_can_give(start: int, steps: list[tuple[int, int]]) -> None:
    meter = PulseMeter(Small(KWH_0_1KW), Small(2000))
    ms = 0
    counted: list[int] = []
    for dt, contact in steps:
        ms += dt
        if meter(contact, Small((start + ms) & PERIOD_MASK)):
            counted.append(ms)
        assert 0 <= meter.rate <= KWH_0_1KW // 2000
    assert len(counted) == meter.count
    assert all(b - a >= 2000 for a, b in pairwise(counted))


PUMP_STEPS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 1), st.integers(0, 1), st.integers(0, 1), st.integers(0, 1)),
    max_size=60,
)


@given(STARTS, PUMP_STEPS, st.integers(0, 1))
def test_a_wanted_pair_is_never_without_an_output(start: int, steps: list[tuple[int, ...]], hour: int) -> None:
    """And the one of them that is told to run alone has not failed, unless both have."""
    twin = TwinPump(hour)
    ms = 0
    for run_a, fault_a, run_b, fault_b, no_flow in steps:
        for _ in range(15):
            now = Small((start + ms) & PERIOD_MASK)
            twin.sense(run_a, fault_a, run_b, fault_b, now)
            twin.drive(1, no_flow, now)
            ms += 100
            assert twin.a.y or twin.b.y
            if not (twin.a.failed and twin.b.failed):
                assert not (twin.a.y and twin.a.failed)
                assert not (twin.b.y and twin.b.failed)
    twin.drive(0, 1, Small((start + ms) & PERIOD_MASK))
    assert not (twin.a.y or twin.b.y)


@given(
    STARTS,
    st.integers(1000, 120_000),
    st.lists(st.tuples(st.integers(0, 15_000), st.integers(-100, 1100)), max_size=60),
)
def test_the_model_of_a_valve_is_never_faster_than_its_stroke(
    start: int, stroke: int, steps: list[tuple[int, int]]
) -> None:
    valve = ThreeWayValve(Small(stroke))
    ms = 0
    for dt, sp in steps:
        ms += dt
        before, target = valve.position, valve.sp
        now = Small((start + ms) & PERIOD_MASK)
        out = valve.drive(Small(sp), now)
        assert 0 <= out <= 1000
        assert min(before, target) <= valve.position <= max(before, target)
        assert abs(valve.position - before) <= 1000 * min(dt, 10_000) // stroke + 1
