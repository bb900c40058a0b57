"""Frequency of an island that the battery converter forms: droop and swing equation (domain brief §2f).

2H df/dt = (generation - load - D (f - 50)) / S. The converter's virtual inertia comes out of its battery, so the power
that it gives is what the bus needs; where it cannot, frequency runs away and the island collapses.
"""

from __future__ import annotations

from tools.emulator.energy.grid import NOMINAL_HZ

INERTIA_S = 2.0
DAMPING = 1.0
"""Load falls by this share of S for each per unit of frequency."""
DROOP_HZ = 0.5
"""From no load to the rating."""
FULL_FROM = 0.95
SHIFT_HZ = 1.1
"""A battery that gets full lifts the frequency by this, which throttles the inverters."""
SHIFT_S = 3.0
TRIM_PER_S = 0.5
LOW_HZ = 47.0
HIGH_HZ = 52.0


class Island:
    """Frequency while the converter forms."""

    def __init__(self, rating_w: float) -> None:
        self.hertz = NOMINAL_HZ
        self._rating = rating_w
        self._trim = 0.0
        self._shift = 0.0

    def begin(self) -> None:
        """A new island starts at 50 Hz."""
        self.hertz = NOMINAL_HZ
        self._trim = self._shift = 0.0

    def step(
        self, dt: float, needed_w: float, limits: tuple[float, float], soc: float, towards_hz: float | None
    ) -> bool:
        """Go on by `dt` s while the bus needs `needed_w` of the converter; False: it has collapsed.

        towards_hz: the synchroniser wants the grid's frequency.
        """
        shift = SHIFT_HZ * min(1.0, max(0.0, (soc - FULL_FROM) / (1.0 - FULL_FROM) * 2.0)) if needed_w < 0.0 else 0.0
        self._shift += (shift - self._shift) * min(1.0, dt / SHIFT_S)
        if towards_hz is not None:
            self._trim += (towards_hz - self.hertz) * TRIM_PER_S * dt
        low, high = limits
        remaining = dt
        while remaining > 1e-9:
            step = min(0.01, remaining)
            remaining -= step
            reference = NOMINAL_HZ + self._shift + self._trim
            governed = max(low, min(high, (reference - self.hertz) / DROOP_HZ * self._rating))
            damping = DAMPING * self._rating * (self.hertz - NOMINAL_HZ) / NOMINAL_HZ
            swing = (governed - needed_w - damping) / self._rating
            self.hertz += swing * NOMINAL_HZ / (2.0 * INERTIA_S) * step
        return LOW_HZ <= self.hertz <= HIGH_HZ
