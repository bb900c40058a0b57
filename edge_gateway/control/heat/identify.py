"""Gain, lag and dead time of a loop, out of a recorded step test.

The process is taken for a first-order one with dead time (FOPDT): lag * dx/dt = gain * (u(t - dead) - u0) - x, and
the value for offset + drift * t + x. Whatever moved the output counts as it was recorded, at the times at which it was
recorded: samples need no even spacing, a valve that stood at its end moved nothing, and a loop that stayed in AUTO can
be identified too. Samples at an end of the transmitter's range are left out.

Accuracy that tests hold it to, for a step up and back held for three lags or more, with at least 10 samples a lag and a
response of 40 times the noise and more: gain 5 %, lag 10 %, dead time 5 % of the lag and one sample. `spread` says how
sure the figures of one record are; where they aren't, or the process is another one, there is a cause and no model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import pairwise
from math import isfinite, sqrt
from typing import Any

from edge_gateway.control.heat.fopdt import Fit, Record, improve, search, spread

_LEAST_SAMPLES = 20
_LAG_LEAST = 0.3
"""Shortest lag that is looked for, in times between samples; below 1 it isn't believed."""
_DEAD_MOST = 0.25
"""Longest dead time that is looked for, as a share of the record."""
_LAG_MOST = 0.6
"""A lag that is longer than this share of the record isn't believed."""
_ROBUST = 3
_NORMAL_MEDIAN = 0.6745
"""Median distance from the mean of a normal distribution, in standard deviations."""
_CLIPPED_MOST = 0.3
_SWING_LEAST = 3.0
"""A response is that many times the noise, or it is none."""
_FIT_SOME = 60.0
_LEFT_MOST, _SHAPE = 2.0, 0.06
"""The model may miss by so many times the noise and this share of the swing: no real process is of the first order."""
_GAIN_SURE, _LAG_SURE = 0.15, 0.25
"""Largest standard deviations of a model that is believed."""
_UNEQUAL_MOST = 0.35


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment of a test. at_s: any origin; u: what moves the process (%, or K of a set-point); y: the value."""

    at_s: float
    u: float
    y: float


@dataclass(frozen=True, slots=True)
class Model:
    """A process. gain: units of the value for each unit of u; lag_s, dead_s; drift: units of the value a second.

    spread: one standard deviation of gain and lag as a share of them, of dead time in s. fit_pct: how much of what
    drift doesn't explain the model does. noise: standard deviation of what is left, in units of the value.
    """

    gain: float
    lag_s: float
    dead_s: float
    drift: float
    fit_pct: float
    noise: float
    spread: tuple[float, float, float]
    samples: int

    def as_dict(self) -> dict[str, Any]:
        """For the local API."""
        return asdict(self)


class Cause(StrEnum):
    """Why a response can't be identified."""

    TOO_FEW = "TOO_FEW"
    OUTPUT_STOOD = "OUTPUT_STOOD"
    VALUE_CLIPPED = "VALUE_CLIPPED"
    NO_RESPONSE = "NO_RESPONSE"
    TOO_SHORT = "TOO_SHORT"
    TOO_FAST = "TOO_FAST"
    NOT_FIRST_ORDER = "NOT_FIRST_ORDER"
    UNEQUAL = "UNEQUAL"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a test has shown: a model, or the cause why there is none and the sentence that a person reads."""

    model: Model | None
    cause: Cause | None = None
    why: str = ""


def identify(samples: Sequence[Sample], *, resolution: float, ends: tuple[float, float] | None = None) -> Outcome:
    """resolution: the smallest step in which the value is told; ends: what its transmitter can tell.

    The first samples must be of a plant that stands still. Takes about a tenth of a second for 500 samples.
    """
    found = _prepared(samples, ends)
    if isinstance(found, Outcome):
        return found
    record, spacing = found
    least = resolution / sqrt(12)
    fit = search(record, (_LAG_LEAST * spacing, record.span), _DEAD_MOST * record.span)
    for _round in range(_ROBUST):
        if fit is None:
            break
        _figures, residuals = record.split(fit)
        record.distrust(residuals, max(_median([abs(r) for r in residuals]) / _NORMAL_MEDIAN, least))
        fit = improve(record, fit, (_LAG_LEAST * spacing, record.span), _DEAD_MOST * record.span)
    if fit is None:
        return _no(Cause.NO_RESPONSE, "the value does not follow the output")
    return _judged(record, fit, spacing, least)


def _prepared(samples: Sequence[Sample], ends: tuple[float, float] | None) -> tuple[Record, float] | Outcome:
    """The record and the median time between samples, or why there is nothing to look at."""
    kept: list[Sample] = []
    for sample in sorted(samples, key=lambda sample: sample.at_s):
        if isfinite(sample.u) and isfinite(sample.y) and (not kept or sample.at_s > kept[-1].at_s):
            kept.append(sample)
    if len(kept) < _LEAST_SAMPLES:
        return _no(Cause.TOO_FEW, f"{len(kept)} samples; it takes {_LEAST_SAMPLES}")
    us = [sample.u for sample in kept]
    if max(us) == min(us):
        return _no(Cause.OUTPUT_STOOD, f"the output stood at {us[0]:g} all the time: it is at its end, or held")
    inside = [ends is None or ends[0] < sample.y < ends[1] for sample in kept]
    first = next(i for i, u in enumerate(us) if u != us[0])
    clipped = inside[first:].count(False) / len(inside[first:])
    if clipped > _CLIPPED_MOST:
        return _no(Cause.VALUE_CLIPPED, f"the value is at the end of its range in {100 * clipped:.0f} % of the test")
    spacing = _median([b.at_s - a.at_s for a, b in pairwise(kept)])
    record = Record([sample.at_s for sample in kept], us, [sample.y for sample in kept], inside)
    return record, spacing


def _judged(record: Record, fit: Fit, spacing: float, least: float) -> Outcome:
    """The model, if it can be believed."""
    (gain, _offset, drift), residuals = record.split(fit)
    x = record.response(fit.lag, fit.dead)
    swing = abs(gain) * (max(x) - min(x))
    left = max(sqrt(fit.sse / max(1.0, sum(record.weights) - 5)), least)
    grain = max(_grain(record), least)
    fit_pct = 100 * (1 - fit.sse / record.flat) if record.flat > 0 else 0.0
    if swing < _SWING_LEAST * grain:
        return _no(Cause.NO_RESPONSE, f"the value moved by {swing:.3g} with the output; its noise is {grain:.2g}")
    if fit_pct < _FIT_SOME:
        return _no(Cause.NOT_FIRST_ORDER, f"something else moved the value: the model explains {fit_pct:.0f} % of it")
    if left > _LEFT_MOST * grain + _SHAPE * swing:
        return _no(
            Cause.NOT_FIRST_ORDER,
            f"something else moved the value, or the process is of another kind: the model misses by {left:.2g}, "
            f"noise is {grain:.2g}",
        )
    unequal = _unequal(record, fit, x)
    if unequal is not None:
        return _no(
            Cause.UNEQUAL, f"on its way back the process has {unequal:.1f} times the gain: a disturbance, or play"
        )
    if fit.lag < spacing:
        return _no(Cause.TOO_FAST, f"the lag is below the time between samples ({spacing:.2g} s)")
    sure = spread(record, fit, residuals, left)
    if fit.lag >= _LAG_MOST * record.span or sure is None or sure[0] > _GAIN_SURE or sure[1] > _LAG_SURE:
        return _no(
            Cause.TOO_SHORT, "the step was too short for this lag, or too small: gain and lag can't be told apart"
        )
    return Outcome(Model(gain, fit.lag, fit.dead, drift, fit_pct, left, sure, len(record.y)))


def _unequal(record: Record, fit: Fit, x: Sequence[float]) -> float | None:
    """How many times the gain the process has on its way back, where that is far from 1; None where it is near."""
    top = max(range(len(x)), key=lambda i: abs(x[i]))
    if abs(x[-1]) > abs(x[top]) / 2:
        return None
    (gain, _offset, _drift, more), _residuals = record.split(
        fit, [[0.0 if i < top else value - x[top] for i, value in enumerate(x)]]
    )
    ratio = (gain + more) / gain if gain else 0.0
    return None if abs(ratio - 1) <= _UNEQUAL_MOST else ratio


def _grain(record: Record) -> float:
    """Noise of the value alone (standard deviation), from how each sample differs from its neighbours."""
    y, keep = record.y, record.keep
    bends = [
        abs(y[i] - (y[i - 1] + y[i + 1]) / 2) for i in range(1, len(y) - 1) if keep[i - 1] and keep[i] and keep[i + 1]
    ]
    return _median(bends) / _NORMAL_MEDIAN / sqrt(1.5) if bends else 0.0


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def _no(cause: Cause, why: str) -> Outcome:
    return Outcome(None, cause, why)
