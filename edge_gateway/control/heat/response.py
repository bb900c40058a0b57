"""Small questions about a recorded response."""

from __future__ import annotations

from collections.abc import Sequence

from edge_gateway.control.heat.identify import Sample

_STILL = 0.05
"""A response whose last two quarters differ by this share of it has come to its end."""


def spread_of(values: Sequence[float]) -> float:
    """Between the lowest and the highest; 0.0 of nothing."""
    return max(values) - min(values) if values else 0.0


def mean(values: Sequence[float]) -> float:
    """Of at least one value."""
    return sum(values) / len(values)


def wander(samples: Sequence[Sample]) -> float:
    """By how much the value moves, noise aside: between the highest and the lowest mean of four parts of the time."""
    began, span = samples[0].at_s, samples[-1].at_s - samples[0].at_s
    parts: list[list[float]] = [[], [], [], []]
    for sample in samples:
        parts[min(3, int(4 * (sample.at_s - began) / span) if span else 0)].append(sample.y)
    return spread_of([mean(part) for part in parts if part])


def settled(part: Sequence[Sample], start: float) -> bool:
    """Whether the value, which began at `start`, has come to its new end."""
    began, until = part[0].at_s, part[-1].at_s
    quarter = (until - began) / 4
    third = [sample.y for sample in part if began + 2 * quarter <= sample.at_s < until - quarter]
    last = [sample.y for sample in part if sample.at_s >= until - quarter]
    if len(third) < 2 or len(last) < 2:
        return False
    return abs(mean(last) - mean(third)) <= _STILL * abs(mean(last) - start)
