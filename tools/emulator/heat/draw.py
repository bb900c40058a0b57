"""What the taps draw: 60 m3 of water of 45 °C a day, by the hour (domain brief §4f)."""

from __future__ import annotations

from math import exp, sqrt
from random import Random

MIX_C = 45.0
"""Temperature that people mix at their taps, °C."""
HOURLY = (
    *(0.18, 0.12, 0.10, 0.10, 0.15, 0.45, 1.10, 1.75, 1.00, 0.55, 0.42, 0.45),
    *(0.55, 0.42, 0.35, 0.35, 0.42, 0.70, 1.20, 1.70, 1.90, 1.50, 0.807, 0.40),
)
"""Mixed water at 45 °C in each hour of the day, kg/s; in all 60 m3, peaks 1.7 to 1.9."""
NOISE_S = 120.0


class Draw:
    """The taps. `noise`: relative standard deviation of the draw around its hour's mean."""

    def __init__(self, rng: Random, noise: float = 0.0) -> None:
        self.noise = noise
        self.forced: float | None = None
        """Mixed water that a test prescribes, kg/s."""
        self.extra = 0.0
        """Mixed water beside the profile, kg/s (a big draw)."""
        self.flush = 0.0
        """Water taken unmixed, as hot as it comes (flushing the taps), kg/s."""
        self.mixed = 0.0
        """Mixed water wanted now, kg/s."""
        self._rng = rng
        self._walk = 0.0

    def step(self, dt: float, second: float) -> None:
        """Go on by `dt` seconds to the second of the day `second`."""
        mixed = self.forced
        if mixed is None:
            mixed = HOURLY[int(second // 3600.0) % 24]
            if self.noise:
                keep = exp(-dt / NOISE_S)
                self._walk = keep * self._walk + sqrt(1.0 - keep * keep) * self._rng.gauss(0.0, self.noise)
                mixed *= max(0.0, 1.0 + self._walk)
        self.mixed = mixed + self.extra

    def hot(self, t: float, cold: float) -> float:
        """Hot water that leaves the network at `t` °C for the wanted mix with water of `cold` °C, kg/s."""
        mixed = self.mixed
        if t > MIX_C:
            mixed *= (MIX_C - cold) / (t - cold)
        return mixed + self.flush
