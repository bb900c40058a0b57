"""The boom: J*w' = Tm - b*w + F*L - Tbal, a drive that tracks a speed, a brake, an obstacle (domain brief §3f).

The angle is 0 with the boom closed (level) and pi/2 with it open; positive speed opens. The balance spring is stronger
than the boom's weight, so that a boom without brake and drive rises by itself.
"""

from __future__ import annotations

import math

J = 15.0
"""Moment of inertia, kg*m2: a 5 kg boom of 3 m."""
DAMPING = 12.0
BALANCE = -8.0
"""Net torque of weight and spring, N*m; negative lifts."""
TORQUE_MAX = 180.0
BRAKE_TORQUE = 120.0
LENGTH = 3.0
ACCELERATION = 4.0
"""Ramp of the drive's speed reference, rad/s2."""
SPEED_GAIN = 300.0
CONTACT_K = 6000.0
CONTACT_C = 60.0
OPEN = math.pi / 2
DT = 0.005
DT_CONTACT = 0.001
"""A contact of 6 kN/m on this boom rings at 60 rad/s."""

DRIVE = 0
BRAKE = 1
FREE = 2

_AT_REST = 0.004


class Arm:
    """State of the boom; `step` integrates it, works are kept per origin so that energy can be audited."""

    def __init__(self, theta: float = 0.0) -> None:
        self.theta = theta
        self.omega = 0.0
        self.reference = 0.0
        self.torque = 0.0
        self.force = 0.0
        self.obstacle: float | None = None
        """Angle at which something solid is met by the falling boom, or None."""
        self.peak_force = 0.0
        self.force_over_150_ms = 0.0
        """How long the contact force has stayed above 150 N in the current contact."""
        self.work_drive = 0.0
        self.work_brake = 0.0
        self.work_damping = 0.0
        self.work_balance = 0.0
        self.work_contact = 0.0
        self.lost_at_stops = 0.0

    @property
    def degrees(self) -> float:
        """Angle in degrees, 0 closed to 90 open."""
        return self.theta * 57.29577951308232

    @property
    def kinetic(self) -> float:
        """Kinetic energy in joules."""
        return 0.5 * J * self.omega * self.omega

    @property
    def works(self) -> float:
        """Sum of all work done on the boom so far; equals the kinetic energy gained."""
        return (
            self.work_drive
            + self.work_brake
            + self.work_damping
            + self.work_balance
            + self.work_contact
            - self.lost_at_stops
        )

    @property
    def resting(self) -> bool:
        """Whether the boom stands still with nothing pressing on it."""
        return self.omega == 0.0 and self.reference == 0.0

    def step(self, dt_ms: int, mode: int, target: float) -> None:
        """Integrate `dt_ms`: drive tracks `target` rad/s (DRIVE), brake shut (BRAKE), or neither (FREE)."""
        if self.omega == 0.0 and self.reference == 0.0 and self.obstacle is None:
            if mode == BRAKE or (mode == DRIVE and target == 0.0):
                self.torque = 0.0
                return
            if mode == FREE and self.theta >= OPEN:
                return
        left = dt_ms * 0.001
        limit = DT if self.obstacle is None else DT_CONTACT
        while left > 1e-9:
            dt = limit if left > limit else left
            self._integrate(dt, mode, target)
            left -= dt

    def _integrate(self, dt: float, mode: int, target: float) -> None:
        omega = self.omega
        contact = self._contact(dt)
        if mode == DRIVE:
            torque = self._drive(dt, target)
        else:
            self.reference = 0.0
            torque = 0.0
        self.torque = torque
        passive = contact * LENGTH - BALANCE
        new = (omega + dt / J * (torque + passive)) / (1.0 + dt / J * DAMPING)
        damping = -DAMPING * new
        brake = 0.0
        held = mode == BRAKE or (mode == DRIVE and target == 0.0 and self.reference == 0.0 and abs(new) < 0.02)
        if held:
            brake = max(-BRAKE_TORQUE, min(BRAKE_TORQUE, -new * J / dt))
            new += dt / J * brake
            if abs(new) < _AT_REST:
                brake -= new * J / dt
                new = 0.0
        moved = 0.5 * (omega + new) * dt
        self.work_drive += torque * moved
        self.work_damping += damping * moved
        self.work_balance -= BALANCE * moved
        self.work_contact += contact * LENGTH * moved
        self.work_brake += brake * moved
        self.omega = new
        self.theta += moved
        if (self.theta >= OPEN and new > 0.0) or (self.theta <= 0.0 and new < 0.0):
            self.lost_at_stops += self.kinetic
            self.theta = OPEN if new > 0.0 else 0.0
            self.omega = 0.0
            self.reference = 0.0

    def _drive(self, dt: float, target: float) -> float:
        if (target > 0.0 and self.theta >= OPEN) or (target < 0.0 and self.theta <= 0.0):
            target = 0.0
        reference = self.reference
        change = ACCELERATION * dt
        ramp = 0.0
        if target > reference + change:
            self.reference = reference + change
            ramp = ACCELERATION
        elif target < reference - change:
            self.reference = reference - change
            ramp = -ACCELERATION
        else:
            ramp = (target - reference) / dt
            self.reference = target
        reference = self.reference
        torque = J * ramp + DAMPING * reference + BALANCE + SPEED_GAIN * (reference - self.omega)
        return max(-TORQUE_MAX, min(TORQUE_MAX, torque))

    def _contact(self, dt: float) -> float:
        if self.obstacle is None:
            self.force = 0.0
            return 0.0
        depth = LENGTH * (self.obstacle - self.theta)
        if depth <= 0.0:
            self.force = 0.0
            return 0.0
        force = max(0.0, CONTACT_K * depth - CONTACT_C * LENGTH * self.omega)
        self.force = force
        if force > self.peak_force:
            self.peak_force = force
        if force > 150.0:
            self.force_over_150_ms += dt * 1000.0
        return force
