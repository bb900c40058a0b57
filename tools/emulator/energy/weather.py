"""Sun, clouds, air: what falls on the roof (domain brief §2f).

The clear sky is a sine between sunrise and sunset. Clouds are a first-order random walk on top of it; `cloud` puts one
there on purpose, with its edge passing in so many seconds.
"""

from __future__ import annotations

import math
from random import Random

DAY_S = 86_400.0
SUNRISE_S = 6.0 * 3600
SUNSET_S = 18.0 * 3600
CLEAR_WM2 = 1000.0
CLOUD_S = 120.0
"""Time constant of the random clouds."""


class Weather:
    """Weather of one site. `clouds` 0 (a clear day) to 1 (broken clouds all day)."""

    def __init__(self, rng: Random, *, clouds: float = 0.0, ambient: float = 25.0) -> None:
        self.clouds = clouds
        self.mean_ambient = ambient
        self.irradiance = 0.0
        """In the plane of the array, W/m2."""
        self.ambient = ambient
        self.wind = 2.0
        """m/s."""
        self.forced: float | None = None
        """Irradiance that a test or a passing cloud prescribes, W/m2."""
        self._rng = rng
        self._walk = 0.0
        self._target = 0.0
        self._rate = 0.0
        self._left_s = -1.0

    def cloud(self, to_wm2: float, over_s: float) -> None:
        """Let a cloud's edge pass: the irradiance goes to `to_wm2` within `over_s` and stays there until `clear`."""
        self.forced = self.irradiance
        self._target = to_wm2
        self._rate = (to_wm2 - self.irradiance) / over_s if over_s > 0 else 0.0
        self._left_s = max(0.0, over_s)

    def clear(self) -> None:
        """End what `cloud` began."""
        self.forced = None
        self._left_s = -1.0

    def step(self, dt: float, second: float) -> None:
        """Go on by `dt` seconds to the second of the day `second`."""
        self.ambient = self.mean_ambient + 5.0 * math.sin((second / DAY_S - 0.375) * 2 * math.pi)
        share = (second - SUNRISE_S) / (SUNSET_S - SUNRISE_S)
        sky = CLEAR_WM2 * math.sin(math.pi * share) ** 1.2 if 0 < share < 1 else 0.0
        if self.clouds:
            keep = math.exp(-dt / CLOUD_S)
            self._walk = keep * self._walk + math.sqrt(1 - keep * keep) * self._rng.gauss(0, 1)
            sky *= 1.0 - self.clouds * min(0.85, max(0.0, 0.4 + 0.4 * self._walk))
        if self.forced is None:
            self.irradiance = sky
            return
        if self._left_s > 0:
            moved = min(dt, self._left_s)
            self._left_s -= moved
            self.forced += self._rate * moved
            if self._left_s <= 0:
                self.forced = self._target
        elif self._left_s == 0:
            self.forced = self._target
        self.irradiance = max(0.0, self.forced)
