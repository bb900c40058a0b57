"""What works without firmware: safety relay, fire contact, limits, supply (domain brief, safety claim; §3c B2, B6, B7).

The edge removes the close direction through its own relay, the emergency stop removes motor power, an open fire contact
drives the boom up from the same supply, and an empty supply releases the brake so that the spring lifts. Nothing here
reads a board's state; the board's outputs pass through and can only be taken away from.
"""

from __future__ import annotations

from tools.emulator.lane.arm import BRAKE, DRIVE, FREE

FULL_SPEED = 1.5
"""rad/s at SPD = 100 %."""
FIRE_SPEED = 1.0
EDGE_DROP_MS = 15
EDGE_PULL_MS = 200
UPS_MINUTES = 30.0
V_MAINS = 27.0
V_FULL = 25.5
V_RESERVE = 22.0
V_EMPTY = 21.0
RESERVE = 0.1


class Supply:
    """Mains and battery. On battery the voltage falls from 25.5 V to 22.0 V in `minutes`: then 10 % of the charge are
    left, which take it to 21.0 V before all is dark."""

    def __init__(self, minutes: float = UPS_MINUTES) -> None:
        self.mains = True
        self.minutes = minutes
        self.charge = 1.0

    @property
    def alive(self) -> bool:
        """Whether anything has power."""
        return self.mains or self.charge > 0.0

    @property
    def volts(self) -> float:
        """Control supply in volts."""
        if self.mains:
            return V_MAINS
        charge = self.charge
        if charge > RESERVE:
            return V_RESERVE + (V_FULL - V_RESERVE) * (charge - RESERVE) / (1.0 - RESERVE)
        return V_EMPTY + (V_RESERVE - V_EMPTY) * charge / RESERVE if charge > 0.0 else 0.0

    def step(self, dt_ms: int) -> None:
        """Drain or charge; charging takes ten times as long as draining."""
        part = (1.0 - RESERVE) * dt_ms / (self.minutes * 60_000.0)
        if not self.mains:
            self.charge = max(0.0, self.charge - part)
        elif self.charge < 1.0:
            self.charge = min(1.0, self.charge + part / 10.0)


class HardWired:
    """Relays between the board's outputs and the drive."""

    def __init__(self) -> None:
        self.supply = Supply()
        self.fire = False
        """The fire panel's contact is open."""
        self.stop_pressed = False
        self.relay_fault = False
        self.edge_relay_stuck = False
        """The edge's own relay is welded: the edge acts through the board alone."""
        self.close_enabled = True
        self._edge_ms = 0
        self._free_ms = 0

    @property
    def relay_healthy(self) -> int:
        """SK1: motor power relay closed."""
        return int(self.supply.alive and not self.stop_pressed and not self.relay_fault)

    def step(self, dt_ms: int, edge_tripped: bool) -> None:
        """Let the relays move."""
        supply = self.supply
        if not supply.mains or supply.charge < 1.0:
            supply.step(dt_ms)
        if edge_tripped and not self.edge_relay_stuck:
            self._free_ms = 0
            self._edge_ms += dt_ms
            if self._edge_ms >= EDGE_DROP_MS:
                self.close_enabled = False
        elif self._edge_ms or not self.close_enabled:
            self._edge_ms = 0
            self._free_ms += dt_ms
            if self._free_ms >= EDGE_PULL_MS:
                self.close_enabled = True

    def drive(self, yo: int, yc: int, spd: int) -> tuple[int, float]:
        """Return (mode, target speed rad/s) for the arm from what the board asks; `spd` is 0..1000."""
        if not self.supply.alive:
            return FREE, 0.0
        if not self.relay_healthy:
            return (FREE if self.fire else BRAKE), 0.0
        if self.fire:
            return DRIVE, FIRE_SPEED
        if yo == yc:
            return DRIVE, 0.0
        speed = spd * (FULL_SPEED / 1000.0)
        if yo:
            return DRIVE, speed
        return (DRIVE, -speed) if self.close_enabled else (DRIVE, 0.0)
