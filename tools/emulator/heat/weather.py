"""Air and ground of the site through day and year (30° north, domain brief §0.1)."""

from __future__ import annotations

from math import cos, exp, pi, sqrt
from random import Random

DAY_S = 86_400.0
YEAR_D = 365.0
MEAN_C = 16.7
SWING_C = 12.3
"""The coldest daily mean is 4.4 °C in the middle of January, the warmest 29 °C in July."""
DAILY_C = 4.0
COLDEST_DAY = 15.0
COLDEST_HOUR = 4.0
FRONTS_S = 2 * DAY_S
"""Time constant of warm and cold spells."""
COLD_FEED_MEAN_C = 15.0
COLD_FEED_SWING_C = 10.0
COLD_FEED_LAG_D = 15.0


class Weather:
    """Outdoor air and cold feed. `day`: day of the year at time 0; `spells`: standard deviation of the spells, K."""

    def __init__(self, rng: Random, *, day: float = 15.0, spells: float = 0.0) -> None:
        self.day = day
        self.spells = spells
        self.forced: float | None = None
        """Outdoor temperature that a test prescribes, °C."""
        self.forced_cold: float | None = None
        """Cold feed that a test prescribes, °C."""
        self.outdoor = MEAN_C
        self.cold = COLD_FEED_MEAN_C
        self._rng = rng
        self._walk = 0.0

    def step(self, dt: float, seconds: float) -> None:
        """Go on by `dt` seconds to `seconds` since the beginning of the day `day`."""
        day = self.day + seconds / DAY_S
        season = 2.0 * pi * (day - COLDEST_DAY) / YEAR_D
        if self.spells:
            keep = exp(-dt / FRONTS_S)
            self._walk = keep * self._walk + sqrt(1.0 - keep * keep) * self._rng.gauss(0.0, self.spells)
        if self.forced is None:
            hour = 2.0 * pi * (seconds / DAY_S - COLDEST_HOUR / 24.0)
            self.outdoor = MEAN_C - SWING_C * cos(season) - DAILY_C * cos(hour) + self._walk
        else:
            self.outdoor = self.forced
        if self.forced_cold is None:
            lag = 2.0 * pi * COLD_FEED_LAG_D / YEAR_D
            self.cold = COLD_FEED_MEAN_C - COLD_FEED_SWING_C * cos(season - lag)
        else:
            self.cold = self.forced_cold
