"""Bacteria indicator of the hot water (domain brief §4f): growth and decimal reduction by temperature.

dN/dt = μ(T)·N - ln10/D(T)·N, with D(T) = 2·10^((60-T)/5.9) min and μ highest at 37 °C.
"""

from __future__ import annotations

GROWTH_MAX = 0.07
"""1/h."""
GROWTH_BEST_C = 37.0
GROWTH_FROM_C = 20.0
GROWTH_TO_C = 48.0
D_60_MIN = 2.0
Z_K = 5.9
LN10 = 2.302585092994046
FLOOR = 0.0
"""log10 of what the cold feed always brings along, per litre."""


def growth_per_h(t: float) -> float:
    """μ at `t` °C: a straight rise from 20 to 37, a straight fall to 48, nothing outside."""
    if t <= GROWTH_FROM_C or t >= GROWTH_TO_C:
        return 0.0
    if t <= GROWTH_BEST_C:
        return GROWTH_MAX * (t - GROWTH_FROM_C) / (GROWTH_BEST_C - GROWTH_FROM_C)
    return GROWTH_MAX * (GROWTH_TO_C - t) / (GROWTH_TO_C - GROWTH_BEST_C)


def decimal_min(t: float) -> float:
    """Minutes at `t` °C after which a tenth is left."""
    return float(D_60_MIN * 10.0 ** ((60.0 - t) / Z_K))


class Bacteria:
    """One place in the system. `log` is log10 of the number per litre."""

    __slots__ = ("log",)

    def __init__(self, log: float = 2.0) -> None:
        self.log = log

    def step(self, dt: float, t: float) -> None:
        """`dt` seconds at `t` °C, exact for a constant temperature."""
        log = self.log + dt * (growth_per_h(t) / (3600.0 * LN10) - 1.0 / (60.0 * decimal_min(t)))
        self.log = log if log > FLOOR else FLOOR
