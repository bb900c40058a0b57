"""The arithmetic of identification: least squares of a first-order process with dead time to a record.

For a given lag and dead time the value is linear in gain, offset and drift, so only two figures are searched for; the
three others are solved for at each try (variable projection), with outliers weighed down (Huber).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log, sqrt

_HUBER = 2.0
"""Residuals beyond so many standard deviations weigh less."""
_GRID = 13
_REFINE = 60
_FINE = 0.002
"""The search ends with steps of this share of the lag."""
_MOVES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1))
_SINGULAR = 1e-12


@dataclass(frozen=True, slots=True)
class Fit:
    """One try. sse: weighed squares of what it leaves."""

    gain: float
    lag: float
    dead: float
    sse: float


class Record:
    """Samples, prepared: times from the first on, the output as the steps that it made, and robust weights.

    at: times (s, rising); u: outputs, each held until the next; y: values; keep: False for one that says nothing.
    """

    def __init__(self, at: Sequence[float], u: Sequence[float], y: Sequence[float], keep: Sequence[bool]) -> None:
        self.at = [t - at[0] for t in at]
        self.span = self.at[-1]
        self.middle = self.span / 2
        self.y = list(y)
        self.keep = list(keep)
        self.edges: list[tuple[float, float]] = []
        """When the output changed, half way between two samples, and how far from the first one it then was."""
        for i in range(1, len(u)):
            if u[i] != u[i - 1]:
                self.edges.append(((self.at[i - 1] + self.at[i]) / 2, u[i] - u[0]))
        self._weigh([1.0 if kept else 0.0 for kept in keep])

    def response(self, lag: float, dead: float) -> list[float]:
        """What a process of gain 1 that stood still at the begin shows at each sample."""
        edges = self.edges
        shown: list[float] = []
        x = drive = at = 0.0
        following, count = 0, len(edges)
        for t in self.at:
            while following < count and edges[following][0] + dead <= t:
                edge = edges[following][0] + dead
                x = drive + (x - drive) * exp((at - edge) / lag)
                at, drive = edge, edges[following][1]
                following += 1
            x = drive + (x - drive) * exp((at - t) / lag)
            at = t
            shown.append(x)
        return shown

    def fit(self, lag: float, dead: float) -> Fit | None:
        """The best gain for this lag and dead time, with offset and drift taken out; None when nothing tells it."""
        x = self.response(lag, dead)
        level = slope = power = product = 0.0
        for a, w, t, y in zip(x, self.weights, self._t, self._rest, strict=True):
            wa = w * a
            level += wa
            slope += wa * t
            power += wa * a
            product += wa * y
        power -= level * level / self._count + slope * slope / self._stretch
        if power <= _SINGULAR * self._count:
            return None
        gain = product / power
        return Fit(gain, lag, dead, max(0.0, self.flat - gain * product))

    def split(self, fit: Fit, more: Sequence[Sequence[float]] = ()) -> tuple[list[float], list[float]]:
        """Gain, offset, drift and one factor for each further column; and what they leave, sample by sample."""
        x = self.response(fit.lag, fit.dead)
        rows = [(a, 1.0, t - self.middle, *others) for a, t, *others in zip(x, self.at, *more, strict=True)]
        found = solve(rows, self.y, self.weights) or [fit.gain] + [0.0] * (2 + len(more))
        return found, [
            y - sum(a * b for a, b in zip(found, row, strict=True)) for y, row in zip(self.y, rows, strict=True)
        ]

    def distrust(self, residuals: Sequence[float], scale: float) -> None:
        """Takes weight from outliers; scale: standard deviation of the rest."""
        limit = _HUBER * scale
        self._weigh(
            [
                0.0 if not kept else 1.0 if abs(r) <= limit else limit / abs(r)
                for kept, r in zip(self.keep, residuals, strict=True)
            ]
        )

    def _weigh(self, weights: list[float]) -> None:
        """Sums that each try needs: the value without offset and drift, times from their own middle."""
        self.weights = weights
        self._count = sum(weights)
        middle = sum(w * t for w, t in zip(weights, self.at, strict=True)) / self._count
        self._t = [t - middle for t in self.at]
        self._stretch = sum(w * t * t for w, t in zip(weights, self._t, strict=True)) or 1.0
        level = sum(w * y for w, y in zip(weights, self.y, strict=True)) / self._count
        slope = sum(w * t * y for w, t, y in zip(weights, self._t, self.y, strict=True)) / self._stretch
        self._rest = [y - level - slope * t for y, t in zip(self.y, self._t, strict=True)]
        self.flat = sum(w * r * r for w, r in zip(weights, self._rest, strict=True))
        """Weighed squares that offset and drift alone leave."""


def search(record: Record, lags: tuple[float, float], dead_most: float) -> Fit | None:
    """The best lag within `lags` and dead time within 0..dead_most (s); None when the output did nothing."""
    low, high = log(lags[0]), log(lags[1])
    tries = [
        record.fit(exp(low + (high - low) * i / (_GRID - 1)), dead_most * (j / (_GRID - 1)) ** 2)
        for i in range(_GRID)
        for j in range(_GRID)
    ]
    found = [fit for fit in tries if fit is not None]
    return improve(record, min(found, key=lambda fit: fit.sse), lags, dead_most) if found else None


def improve(record: Record, best: Fit, lags: tuple[float, float], dead_most: float) -> Fit | None:
    """From there downhill, in steps that halve where none helps."""
    fit = record.fit(best.lag, best.dead)
    factor, step = 0.5, dead_most / _GRID
    for _round in range(_REFINE):
        if fit is None or factor < _FINE:
            break
        tries = (
            record.fit(
                min(max(fit.lag * exp(a * factor), lags[0]), lags[1]), min(max(fit.dead + b * step, 0.0), dead_most)
            )
            for a, b in _MOVES
        )
        better = min((each for each in tries if each is not None), key=lambda each: each.sse, default=fit)
        if better.sse < fit.sse * (1 - 1e-9):
            fit = better
        else:
            factor, step = factor / 2, step / 2
    return fit


def spread(record: Record, fit: Fit, residuals: Sequence[float], noise: float) -> tuple[float, float, float] | None:
    """Standard deviations of gain and lag (shares of them) and of the dead time (s); None when they have no bounds.

    From the slope of the model in all five figures; neighbours in time that err together count as one sample.
    """
    lag_step, dead_step = 0.02, 0.02 * (fit.lag + fit.dead)
    by_lag = _slope(record, (fit.lag * exp(lag_step), fit.dead), (fit.lag * exp(-lag_step), fit.dead), 2 * lag_step)
    low, high = max(0.0, fit.dead - dead_step), fit.dead + dead_step
    by_dead = _slope(record, (fit.lag, high), (fit.lag, low), high - low)
    x = record.response(fit.lag, fit.dead)
    rows = [
        (a, 1.0, t - record.middle, fit.gain * b, fit.gain * c)
        for a, t, b, c in zip(x, record.at, by_lag, by_dead, strict=True)
    ]
    sd = noise * sqrt(_together(record, residuals))
    found = []
    for of in (0, 3, 4):
        column = solve(rows, None, record.weights, of)
        if column is None or column[of] < 0 or not fit.gain:
            return None
        found.append(sd * sqrt(column[of]))
    return found[0] / abs(fit.gain), found[1], found[2]


def _slope(record: Record, high: tuple[float, float], low: tuple[float, float], step: float) -> list[float]:
    return [(a - b) / step for a, b in zip(record.response(*high), record.response(*low), strict=True)]


def _together(record: Record, residuals: Sequence[float]) -> float:
    """How many samples say one thing: (1 + r) / (1 - r) of the correlation r between neighbours; 1 to 20."""
    kept = [r for r, keep in zip(residuals, record.keep, strict=True) if keep]
    power = sum(r * r for r in kept)
    if power <= 0:
        return 1.0
    r = sum(a * b for a, b in pairwise(kept)) / power
    r = min(max(r, 0.0), 0.9)
    return (1 + r) / (1 - r)


def solve(
    rows: Sequence[Sequence[float]], right: Sequence[float] | None, weights: Sequence[float], unit: int = 0
) -> list[float] | None:
    """Weighed least squares by the normal equations; None when they are singular. Without `right`: column `unit` of the
    inverse of the normal matrix."""
    n = len(rows[0])
    matrix = [[0.0] * (n + 1) for _ in range(n)]
    for k, (row, w) in enumerate(zip(rows, weights, strict=True)):
        if not w:
            continue
        for i in range(n):
            wa = w * row[i]
            line = matrix[i]
            for j in range(i, n):
                line[j] += wa * row[j]
            if right is not None:
                line[n] += wa * right[k]
    for i in range(n):
        for j in range(i):
            matrix[i][j] = matrix[j][i]
        if right is None:
            matrix[i][n] = 1.0 if i == unit else 0.0
    return _eliminate(matrix)


def _eliminate(matrix: list[list[float]]) -> list[float] | None:
    """Gauss with the largest pivot, on columns scaled by their own size."""
    n = len(matrix)
    scale = [sqrt(matrix[i][i]) for i in range(n)]
    if min(scale) <= 0.0:
        return None
    for i in range(n):
        matrix[i] = [value / scale[i] / (scale[j] if j < n else 1.0) for j, value in enumerate(matrix[i])]
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(matrix[k][i]))
        if abs(matrix[pivot][i]) < _SINGULAR:
            return None
        matrix[i], matrix[pivot] = matrix[pivot], matrix[i]
        for k in range(i + 1, n):
            factor = matrix[k][i] / matrix[i][i]
            for j in range(i, n + 1):
                matrix[k][j] -= factor * matrix[i][j]
    found = [0.0] * n
    for i in reversed(range(n)):
        found[i] = (matrix[i][n] - sum(matrix[i][j] * found[j] for j in range(i + 1, n))) / matrix[i][i]
    return [value / scale[i] for i, value in enumerate(found)]
