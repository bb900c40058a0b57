"""Charges of waste on their way to the station."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.emulator.waste.calibration import GRAVITY, Calibration

if TYPE_CHECKING:
    from tools.emulator.waste.air import Segment
    from tools.emulator.waste.blockage import Plug

SLOW = 2.0
"""Below this speed, in air that moves, a charge settles ..."""
SETTLE_S = 5.0
"""... and is a blockage after this time."""
MOVING_AIR = 1.0


class Slug:
    """One charge: `at` metres to the station, `speed` m/s, mass in grams."""

    __slots__ = ("branch", "at", "speed", "grams", "fraction", "inlet", "dropped_ms", "slow_s", "segment", "plug")

    def __init__(self, branch: int, at: float, grams: int, fraction: int, inlet: int, dropped_ms: int) -> None:
        self.branch = branch
        self.at = at
        self.speed = 0.0
        self.grams = grams
        self.fraction = fraction
        self.inlet = inlet
        self.dropped_ms = dropped_ms
        self.slow_s = 0.0
        self.segment: Segment | None = None
        self.plug: Plug | None = None

    def step(self, dt: float, cal: Calibration) -> float:
        """Move for `dt` seconds; returns the way in metres. The drag is put on the segment's air."""
        segment = self.segment
        air = 0.0 if segment is None else segment.flow / cal.area
        relative = air - self.speed
        pull = cal.drag * relative * abs(relative)
        if segment is not None:
            segment.force += pull * self.grams / 1000.0
        grip = cal.sliding * GRAVITY
        speed = self.speed
        if speed > 0.0:
            speed = max(0.0, speed + (pull - grip) * dt)
        elif pull > grip:
            speed = (pull - grip) * dt
        way = 0.5 * (speed + self.speed) * dt
        self.speed = speed
        if speed < SLOW and air > MOVING_AIR:
            self.slow_s += dt
        else:
            self.slow_s = 0.0
        return way
