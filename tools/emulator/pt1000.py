"""Resistance of a platinum sensor, the world's side of `drivers.pt1000` (IEC 60751, Callendar-Van Dusen).

In floats from the standard's formula, so that a board's integers are judged by something else than themselves.
"""

from __future__ import annotations

from functools import cache

A = 3.9083e-3
B = -5.775e-7
C = -4.183e-12
"""Below 0 degC only."""
R0 = 1000.0
_LO, _HI = -5000, 15000
"""Range of the table, 0.01 degC; outside it the formula is worked out each time."""


def ohms(celsius: float) -> float:
    """Resistance in ohm at a temperature in degC."""
    t = celsius
    cubic = C * (t - 100.0) * t * t * t if t < 0.0 else 0.0
    return R0 * (1.0 + A * t + B * t * t + cubic)


@cache
def _table() -> list[int]:
    return [round(100.0 * ohms(value / 100.0)) for value in range(_LO, _HI + 1)]


def sample(value: int) -> int:
    """What the terminal of a PT1000 carries (0.01 ohm) at a temperature in 0.01 degC."""
    if _LO <= value <= _HI:
        return _table()[value - _LO]
    return max(0, round(100.0 * ohms(value / 100.0)))
