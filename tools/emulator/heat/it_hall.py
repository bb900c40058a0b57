"""IT hall and its water: 0.7 to 1.0 MW into an inventory of 2 m3 (domain brief §4f)."""

from __future__ import annotations

from math import cos, exp, pi, sqrt
from random import Random

from tools.emulator.heat.water import Volume

INVENTORY_KG = 2000.0
"""Of the whole loop: 1 MW warms it by 0.12 K/s when nothing takes the heat away."""
LEAST_W = 0.7e6
MOST_W = 1.0e6
BUSIEST_HOUR = 15.0
NOISE_S = 600.0
THROTTLE_FROM_C = 50.0
THROTTLE_K = 15.0
"""Machines that get hot clock down, and are off at the end of this."""
COIL_W_K = 800e3
"""From the loop's water to the supply air of the hall."""
AIR_LAG_S = 60.0


class ItHall:
    """The hall. `loop` is its water as it leaves (TT101)."""

    def __init__(self, rng: Random, t: float = 33.0, noise: float = 0.0) -> None:
        self.noise = noise
        self.forced: float | None = None
        """Load that a test prescribes, W."""
        self.load_w = LEAST_W
        self.loop = Volume(INVENTORY_KG, t)
        self.air = t - 8.0
        """Supply air of the hall, °C (IT.T)."""
        self._rng = rng
        self._walk = 0.0

    def plan(self, dt: float, second: float) -> None:
        """Choose the load of the second of the day `second`."""
        if self.forced is not None:
            self.load_w = self.forced
            return
        if self.noise:
            keep = exp(-dt / NOISE_S)
            self._walk = keep * self._walk + sqrt(1.0 - keep * keep) * self._rng.gauss(0.0, self.noise)
        shape = 0.5 + 0.5 * cos(2.0 * pi * (second / 86_400.0 - BUSIEST_HOUR / 24.0)) + self._walk
        self.load_w = LEAST_W + (MOST_W - LEAST_W) * min(1.0, max(0.0, shape))

    def step(self, dt: float, back: float, kg_s: float) -> float:
        """Take back `kg_s` of water of `back` °C; return the heat that the hall gave to the water, J.

        Without flow the heat stays in the loop and in the hall: its air follows the water.
        """
        loop = self.loop
        watts = self.load_w
        if loop.t > THROTTLE_FROM_C:
            watts *= max(0.0, 1.0 - (loop.t - THROTTLE_FROM_C) / THROTTLE_K)
        joules = watts * dt
        # What leaves has the temperature of the step's beginning: exchanger and cooler were calculated with it.
        loop.t += kg_s * dt / loop.kg * (back - loop.t)
        loop.heat(joules)
        supply = back if kg_s > 1.0 else loop.t
        self.air += (supply + self.load_w / COIL_W_K - self.air) * dt / (AIR_LAG_S + dt)
        return joules
