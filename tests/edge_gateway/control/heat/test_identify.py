"""Identification: how near it comes to plants that are known, and that it says so when it can't tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf, nan, sin
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_gateway.control.heat.identify import Cause, Model, Sample, identify
from tests.edge_gateway.control.heat.plants import Plant, Test, recorded

RESOLUTION = 0.01
V301 = Plant(0.4, 20.0, 5.0)
"""The mixing valve of the domain brief §4d: 40 K for its whole stroke."""
TEST = Test(hold=100.0, dt=1.0, noise=0.02, grain=0.003)


def model_of(samples: list[Sample], resolution: float = RESOLUTION) -> Model:
    outcome = identify(samples, resolution=resolution)
    assert outcome.model is not None, outcome.why
    return outcome.model


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    sign=st.sampled_from((-1, 1)),
    gain=st.floats(0.05, 2.0),
    lag=st.floats(3.0, 200.0),
    dead_share=st.floats(0.0, 0.5),
    holds=st.floats(3.0, 6.0),
    per_lag=st.floats(10.0, 20.0),
    noise=st.floats(0.0, 1 / 40),
    grain=st.floats(0.001, 0.03),
    drift=st.floats(-0.2, 0.2),
    seed=st.integers(0, 10_000),
)
def test_the_stated_accuracy(
    sign: int, gain: float, lag: float, dead_share: float, holds: float, per_lag: float, noise: float, grain: float,
    drift: float, seed: int,
) -> None:  # fmt: skip
    plant = Plant(sign * gain, lag, dead_share * lag)
    test = Test((lag + plant.dead) * holds, lag / per_lag, 8.0, noise, grain, drift, lost=0.05, seed=seed)
    found = model_of(recorded(plant, test), max(grain * 8 * gain, 1e-6))
    assert found.gain == pytest.approx(plant.gain, rel=0.05)
    assert found.lag_s == pytest.approx(lag, rel=0.10)
    assert found.dead_s == pytest.approx(plant.dead, abs=0.05 * lag + test.dt)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    lag=st.floats(5.0, 60.0),
    dead_share=st.floats(0.0, 0.5),
    holds=st.floats(0.3, 4.0),
    noise=st.floats(0.02, 0.3),
    seed=st.integers(0, 10_000),
)
def test_a_bad_record_makes_no_model_or_one_that_says_how_unsure_it_is(
    lag: float, dead_share: float, holds: float, noise: float, seed: int
) -> None:
    plant = Plant(0.5, lag, dead_share * lag)
    outcome = identify(recorded(plant, Test(holds * lag, lag / 12, noise=noise, seed=seed)), resolution=RESOLUTION)
    if outcome.model is None:
        assert outcome.cause is not None and outcome.why
        return
    gain, share, dead = outcome.model.spread
    assert outcome.model.gain == pytest.approx(plant.gain, rel=0.03 + 4 * gain)
    assert outcome.model.lag_s == pytest.approx(lag, rel=0.05 + 4 * share)
    assert outcome.model.dead_s == pytest.approx(plant.dead, abs=0.05 * lag + lag / 12 + 4 * dead)


def _clipped(samples: list[Sample], most: float) -> list[Sample]:
    return [replace(sample, y=min(sample.y, most)) for sample in samples]


def _disturbed(samples: list[Sample], by: Callable[[float], float]) -> list[Sample]:
    return [replace(sample, y=sample.y + by(sample.at_s)) for sample in samples]


CANNOT: dict[str, tuple[list[Sample], Cause]] = {
    "too few samples": (recorded(V301, TEST)[:15], Cause.TOO_FEW),
    "the output is at its end and did not move": (
        [replace(sample, u=100.0) for sample in recorded(V301, TEST)],
        Cause.OUTPUT_STOOD,
    ),
    "the transmitter is at its end": (_clipped(recorded(V301, TEST), 46.5), Cause.VALUE_CLIPPED),
    "nothing but noise": (recorded(Plant(0.001, 20.0, 5.0), replace(TEST, noise=20.0)), Cause.NO_RESPONSE),
    "the wire is cut: a value that stands": (
        [replace(sample, y=45.0) for sample in recorded(V301, TEST)],
        Cause.NO_RESPONSE,
    ),
    "held for half a lag": (recorded(V301, replace(TEST, hold=10.0, dt=0.5)), Cause.TOO_SHORT),
    "faster than it is sampled": (recorded(Plant(0.4, 0.5, 0.0), replace(TEST, dt=2.0)), Cause.TOO_FAST),
    "a disturbance that stays": (_disturbed(recorded(V301, TEST), lambda t: 2.0 * (t > 90)), Cause.UNEQUAL),
    "a disturbance that goes again": (
        _disturbed(recorded(V301, TEST), lambda t: 1.5 * (60 < t < 110)),
        Cause.NOT_FIRST_ORDER,
    ),
    "a value that goes its own way": (
        _disturbed(recorded(V301, TEST), lambda t: 9.0 * sin(t / 20)),
        Cause.NOT_FIRST_ORDER,
    ),
    "another loop that swings": (_disturbed(recorded(V301, TEST), lambda t: sin(t / 6)), Cause.NOT_FIRST_ORDER),
    "a valve with play comes back by a third": (
        [replace(s, y=s.y if s.at_s < 138 else 48.2 - 0.35 * (48.2 - s.y)) for s in recorded(V301, TEST)],
        Cause.UNEQUAL,
    ),
}


@pytest.mark.parametrize("name", CANNOT)
def test_it_says_why_a_response_cannot_be_identified(name: str) -> None:
    samples, cause = CANNOT[name]
    outcome = identify(samples, resolution=RESOLUTION, ends=(0.0, 46.5) if cause is Cause.VALUE_CLIPPED else None)
    assert (outcome.model, outcome.cause) == (None, cause)
    assert outcome.why


def test_samples_at_an_end_of_the_transmitter_are_left_out() -> None:
    outcome = identify(_clipped(recorded(V301, TEST), 47.9), resolution=RESOLUTION, ends=(0.0, 47.9))
    assert outcome.model is not None
    assert outcome.model.gain == pytest.approx(0.4, rel=0.05)
    assert outcome.model.lag_s == pytest.approx(20.0, rel=0.1)


def test_one_wild_sample_in_thirty_changes_nothing() -> None:
    random = Random(1)
    wild = _disturbed(recorded(V301, TEST), lambda _t: random.choice((-6.0, 6.0)) * (random.random() < 0.03))
    found = model_of(wild)
    assert found.gain == pytest.approx(0.4, rel=0.05)
    assert found.lag_s == pytest.approx(20.0, rel=0.1)


def test_neither_do_holes_of_another_kind() -> None:
    samples = recorded(V301, TEST)
    holed = [replace(sample, y=(nan, inf)[i % 2]) if i % 7 == 0 else sample for i, sample in enumerate(samples)]
    assert model_of([*reversed(holed), samples[3]]).lag_s == pytest.approx(20.0, rel=0.1)


def test_drift_is_told_from_the_response() -> None:
    found = model_of(_disturbed(recorded(V301, TEST), lambda t: 0.01 * t))
    assert found.drift == pytest.approx(0.01, abs=0.002)
    assert found.gain == pytest.approx(0.4, rel=0.05)


def test_a_valve_that_strokes_slowly_is_lag_and_dead_time_of_its_process() -> None:
    """Two lags, 10 s each: what matters to a controller is their sum, and that part of it acts as dead time."""
    random = Random(2)
    x = y = 0.0
    samples = []
    for i in range(4800):
        t = i * 0.05
        x += 0.05 / 10 * (0.4 * (8.0 if 42 <= t < 142 else 0.0) - x)
        y += 0.05 / 10 * (x - y)
        if i % 20 == 0:
            samples.append(Sample(t, 48.0 if 40 <= t < 140 else 40.0, round(45 + y + random.gauss(0, 0.05), 2)))
    found = model_of(samples)
    assert found.gain == pytest.approx(0.4, rel=0.05)
    assert found.lag_s + found.dead_s == pytest.approx(22.0, rel=0.1)
    assert found.dead_s > 4.0


def test_a_loop_that_stays_in_auto_is_identified_by_what_its_controller_did() -> None:
    """Its set-point steps and the output moves all the time: no step, but a record of it."""
    random = Random(3)
    x, output, total, samples = 0.0, 40.0, 0.0, []
    late = [40.0] * 41  # 4 s
    for i in range(3000):
        t = i * 0.1
        error = (4.0 if 60 <= t < 180 else 0.0) - x
        total += 0.1 * error / 15
        output = 40.0 + 2.5 * (error + total)
        late.append(output)
        x += 0.1 / 15 * (0.4 * (late.pop(0) - 40.0) - x)
        if i % 8 == 0:
            samples.append(Sample(t, round(output, 1), round(45.0 + x + random.gauss(0, 0.03), 2)))
    found = model_of(samples)
    assert found.gain == pytest.approx(0.4, rel=0.05)
    assert found.lag_s == pytest.approx(15.0, rel=0.1)
    assert found.dead_s == pytest.approx(4.0, abs=1.0)
