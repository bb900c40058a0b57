"""A photovoltaic array: its power, and its strings' voltage with the rapid shutdown (domain brief §2c E1, §2f)."""

from __future__ import annotations

import math

NOCT = 45.0
PER_KELVIN = -0.0035
WIRING = 0.96
OPEN_V = 780.0
MPP_V = 640.0
DECAY_S = 5.0
"""Without its hold the shutdown bleeds the strings with this time constant: 30 V after 16 s."""
TOUCH_V = 30.0


class Array:
    """One inverter's strings. Watts, volts."""

    def __init__(self, stc_w: float = 150_000.0) -> None:
        self.stc_w = stc_w
        self.available = 0.0
        self.volts = 0.0
        """At the conductors outside the array's boundary."""
        self.held = True
        """The rapid shutdown's hold is energised."""
        self.broken = False
        """The shutdown's switches don't open."""

    def step(self, dt: float, irradiance: float, ambient: float, loaded: bool) -> None:
        """Follow the sun for `dt` seconds; `loaded`: the inverter draws power."""
        lit = irradiance > 5.0
        if self.held or self.broken:
            cell = ambient + (NOCT - 20.0) / 800.0 * irradiance
            self.available = self.stc_w * irradiance / 1000.0 * (1.0 + PER_KELVIN * (cell - 25.0)) * WIRING
            self.volts = (MPP_V if loaded else OPEN_V) * (1.0 - 0.002 * (cell - 25.0)) if lit else 0.0
        else:
            self.available = 0.0
            self.volts *= math.exp(-dt / DECAY_S)
