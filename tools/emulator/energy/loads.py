"""What the district draws besides charging, by shed tier, and what other plants draw (domain brief §0.1, §5).

Tier 1 is never shed. A plant that is emulated by itself (the waste station, heat pumps) hands its power in by name.
"""

from __future__ import annotations

import math
from random import Random

LOW_W = 300_000.0
HIGH_W = 700_000.0
TIER1 = 0.45
TIER2 = 0.25
"""Of the base load; the rest is tier 3."""
POWER_FACTOR_TAN = 0.25
NOISE = 0.015
NOISE_S = 30.0


def profile(second: float) -> float:
    """Base load at a second of the day, W: low at night, a shoulder in the morning, its peak in the evening."""
    hour = second / 3600.0 % 24
    morning = math.exp(-(((hour - 9.5) / 3.0) ** 2))
    evening = math.exp(-(((hour - 19.5) / 2.5) ** 2))
    return LOW_W + (HIGH_W - LOW_W) * min(1.0, 0.65 * morning + evening)


class Loads:
    """Loads of the 0.4 kV board. Watts."""

    def __init__(self, rng: Random, fixed_w: float | None = None) -> None:
        self.fixed_w = fixed_w
        """Base load that a test prescribes; None takes the daily profile with its noise."""
        self.others: dict[str, tuple[float, int]] = {}
        """Power and tier of other plants, by name."""
        self.extra_w = 0.0
        """More base load (or less) than its profile says."""
        self.shed = {2: False, 3: False}
        self.w = 0.0
        self.var = 0.0
        self.energy_wh = 0.0
        self.unserved_wh = 0.0
        self._rng = rng
        self._walk = 0.0

    def other(self, name: str, w: float, tier: int = 3) -> None:
        """Say what another plant draws from now on."""
        self.others[name] = (w, tier)

    def step(self, dt: float, second: float, live: bool) -> None:
        """Draw for `dt` seconds; `live`: the bus has voltage."""
        base = self.fixed_w
        if base is None:
            keep = math.exp(-dt / NOISE_S)
            self._walk = keep * self._walk + math.sqrt(1 - keep * keep) * self._rng.gauss(0, NOISE)
            base = profile(second) * (1.0 + self._walk)
        base = max(0.0, base + self.extra_w)
        shares = {1: base * TIER1, 2: base * TIER2, 3: base * (1.0 - TIER1 - TIER2)}
        for power, tier in self.others.values():
            shares[tier] += power
        wanted = shares[1] + shares[2] + shares[3]
        served = 0.0
        if live:
            served = shares[1] + (0.0 if self.shed[2] else shares[2]) + (0.0 if self.shed[3] else shares[3])
        self.w = served
        self.var = served * POWER_FACTOR_TAN
        self.energy_wh += served * dt / 3600.0
        self.unserved_wh += (wanted - served) * dt / 3600.0
