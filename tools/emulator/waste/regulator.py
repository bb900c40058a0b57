"""Speed of the exhausters as domain brief §1d has it, for runs without a station board."""

from __future__ import annotations

KP = 0.03
TI_S = 3.0
SLEW_UP = 0.08
SLEW_DOWN = 0.05
LOWEST = 0.5
VELOCITY_AFTER_S = 5.0
VACUUM_KP = 0.05
VACUUM_TI_S = 5.0


class Regulator:
    """PI on air speed (m/s) or station vacuum (kPa), with slew and conditional anti-windup. Output 0 to 1."""

    def __init__(self) -> None:
        self.output = 0.0
        self._integral = 0.0

    def reset(self) -> None:
        """Start again from standstill."""
        self.output = 0.0
        self._integral = LOWEST

    def hold(self, output: float) -> None:
        """Give a fixed output from now on, so that a loop takes over without a bump."""
        self.output = output
        self._integral = output

    def velocity(self, dt: float, speed: float, wanted: float, cap: float) -> float:
        """Follow an air speed."""
        return self._pi(dt, wanted - speed, KP, TI_S, cap, LOWEST)

    def vacuum(self, dt: float, kilopascal: float, wanted: float, cap: float) -> float:
        """Hold a vacuum."""
        return self._pi(dt, wanted - kilopascal, VACUUM_KP, VACUUM_TI_S, cap, 0.3)

    def _pi(self, dt: float, error: float, kp: float, ti: float, cap: float, lowest: float) -> float:
        lowest = min(lowest, cap)
        wanted = kp * error + self._integral
        if lowest < wanted < cap or (wanted >= cap) == (error < 0.0):
            self._integral = min(cap, max(lowest, self._integral + kp * error * dt / ti))
        target = min(cap, max(lowest, kp * error + self._integral))
        slewed = min(self.output + SLEW_UP * dt, max(self.output - SLEW_DOWN * dt, target))
        self.output = slewed
        return slewed
