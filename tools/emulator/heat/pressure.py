"""Pressure of a closed circuit with its expansion vessel: leak and makeup (domain brief §4c H9, §4e)."""

from __future__ import annotations

COLD_FILL_BAR = 1.6
MAKEUP_BAR_S = 0.3 / 60.0
MAKEUP_TO_BAR = 1.8
"""The reducing station behind the makeup valve gives no more."""
RELIEF_BAR = 3.0
FILL_C = 20.0
BAR_PER_K = 0.008
"""The vessel takes the rest of the expansion."""


class Circuit:
    """One circuit. `bar` is its gauge pressure at the pump's suction."""

    __slots__ = ("_fill", "bar", "leak_bar_min", "relieved")

    def __init__(self, t: float, bar: float = COLD_FILL_BAR) -> None:
        self._fill = bar
        self.leak_bar_min = 0.0
        """What a leak takes, bar a minute."""
        self.relieved = False
        """The relief valve has opened."""
        self.bar = bar + BAR_PER_K * (t - FILL_C)

    def force(self, bar: float, t: float) -> None:
        """Have the circuit at `bar` with water of `t` °C."""
        self._fill = bar - BAR_PER_K * (t - FILL_C)
        self.bar = bar

    def step(self, dt: float, t: float, makeup: bool) -> None:
        """Go on by `dt` seconds with water of `t` °C."""
        leak = self.leak_bar_min
        if leak:
            self._fill -= leak * dt / 60.0
        bar = self._fill + BAR_PER_K * (t - FILL_C)
        if makeup and bar < MAKEUP_TO_BAR:
            self._fill += MAKEUP_BAR_S * dt
        if bar > RELIEF_BAR:
            self._fill -= bar - RELIEF_BAR
            bar = RELIEF_BAR
            self.relieved = True
        self.bar = bar if bar > 0.0 else 0.0
