"""The grid meter: a sample every 200 ms, class 0.5, energy registers that wrap (domain brief §2f)."""

from __future__ import annotations

import math
from random import Random

PERIOD_S = 0.2
ERROR = 0.0015
"""Standard deviation of its error; it stays within 0.5 % of the reading."""
CLASS = 0.005
ERROR_S = 20.0
FLICKER_W = 150.0
FAULTS = ("frozen",)


class Meter:
    """Readings as of its last sample. Import is positive; watts, var, volts (phase to neutral), hertz, amperes."""

    def __init__(self, rng: Random) -> None:
        self.w = 0.0
        self.var = 0.0
        self.volts = 0.0
        self.hertz = 0.0
        self.amps = 0.0
        self.imported_wh = 0.0
        self.exported_wh = 0.0
        self.samples = 0
        self.fault = ""
        """``frozen``: readings stand still while it goes on counting."""
        self._rng = rng
        self._error = 0.0
        self._since_s = PERIOD_S

    def glance(self, w: float, volts: float, hertz: float) -> None:
        """Show these values at once, without counting."""
        self.w, self.volts, self.hertz = w, volts, hertz
        self.amps = abs(w) / (3.0 * volts) if volts > 1.0 else 0.0

    def step(self, dt: float, w: float, var: float, volts: float, hertz: float) -> None:
        """See the true values of the last `dt` seconds."""
        self._since_s += dt
        measured = w * (1.0 + self._error)
        if measured > 0:
            self.imported_wh += measured * dt / 3600.0
        else:
            self.exported_wh -= measured * dt / 3600.0
        if self._since_s < PERIOD_S - 1e-9:
            return
        elapsed, self._since_s = self._since_s, 0.0
        self.samples += 1
        keep = math.exp(-elapsed / ERROR_S)
        step = math.sqrt(1.0 - keep * keep) * self._rng.gauss(0, ERROR)
        self._error = max(-CLASS, min(CLASS, keep * self._error + step))
        if self.fault == "frozen":
            return
        noise = self._rng.gauss
        self.w = w * (1.0 + self._error) + (noise(0, FLICKER_W) if volts else 0.0)
        self.var = var * (1.0 + self._error) + (noise(0, FLICKER_W) if volts else 0.0)
        self.volts = volts * (1.0 + noise(0, 0.0003))
        self.hertz = hertz
        self.amps = math.hypot(self.w, self.var) / (3.0 * self.volts) if self.volts > 1.0 else 0.0
