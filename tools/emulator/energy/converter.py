"""The battery converter (PCS): follows a set-point on a live grid, or forms an island's (domain brief §2b, §2f).

Power is positive when the battery discharges.
"""

from __future__ import annotations

import math
from enum import Enum

from tools.emulator.energy.battery import EFFICIENCY, Battery
from tools.emulator.energy.protection import PROFILES, Protection

LAG_S = 0.1
RAMP_W_S = 2_500_000.0
"""The converter itself is quick; the ramp that the grid connection wants comes with the set-points."""
DEAD_S = 0.2
"""At zero between charge and discharge."""
START_S = 1.0
RETURN_S = 5.0
"""A grid that has come back is looked at this long."""
NEAR_ZERO_W = 1_000.0
FAULTS = ("over_temperature", "ground_fault")


class Mode(Enum):
    """What the converter does."""

    OFF = "off"
    STANDBY = "standby"
    STARTING = "starting"
    FOLLOWING = "following"
    FORMING = "forming"
    FAULT = "fault"


class Converter:
    """One converter with its battery. `w` is at its AC terminals; its losses are in the battery's efficiency."""

    def __init__(self, battery: Battery, rating_w: float = 500_000.0, profile: str = "eu") -> None:
        self.battery = battery
        self.rating_w = rating_w
        self.mode = Mode.STARTING
        self.setpoint = 0.0
        """Power asked for, W."""
        self.run = True
        """OpCtl: started."""
        self.standby = False
        self.may_form = True
        """It may form an island when its bus is dead and the grid breaker is proven open."""
        self.w = 0.0
        self.var = 0.0
        self.energy_out_wh = 0.0
        self.energy_in_wh = 0.0
        self.temperature = 30.0
        self.volts_pu = 0.0
        self.hertz = 0.0
        self.fault = ""
        self.latched = ""
        self.collapses = 0
        """Islands that asked more than it could give."""
        self.protection = Protection(PROFILES[profile])
        self._wait_s = 0.0
        self._dead_s = 0.0

    @property
    def forming(self) -> bool:
        """Whether it holds the voltage of the bus."""
        return self.mode is Mode.FORMING

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest power that it and its battery can do now, W."""
        battery = self.battery
        return -min(self.rating_w, battery.charge_limit), min(self.rating_w, battery.discharge_limit)

    def reset(self) -> None:
        """Acknowledge a latched fault, on the spot."""
        self.latched = self.fault

    def supervise(self, dt: float, volts_pu: float, hertz: float, isolated: bool) -> None:
        """Change the mode as grid, battery and commands say. `isolated`: the grid breaker is proven open."""
        self.volts_pu = volts_pu
        self.hertz = hertz
        if self.fault:
            self.latched = self.fault
        tripped = self.protection.step(dt, volts_pu, hertz)
        if self.latched:
            self._to(Mode.FAULT)
        elif not self.run or not self.battery.closed:
            self._to(Mode.OFF)
        elif self.standby:
            self._to(Mode.STANDBY)
        elif self.forming:
            if not isolated:
                self._to(Mode.FOLLOWING)
            elif not self.may_form:
                self._to(Mode.STARTING)
        elif volts_pu < 0.1:
            if self.may_form and isolated and self.battery.discharge_limit > 0.0:
                self._to(Mode.FORMING)
            elif tripped or self.mode is not Mode.FOLLOWING:
                self._to(Mode.STARTING)
        elif self.mode is Mode.FOLLOWING:
            if tripped:
                self._to(Mode.STARTING)
                self._wait_s = START_S - RETURN_S
        else:
            self._start(dt, volts_pu, hertz)

    def _start(self, dt: float, volts_pu: float, hertz: float) -> None:
        self._to(Mode.STARTING)
        self._wait_s = self._wait_s + dt if self.protection.within(volts_pu, hertz) else 0.0
        if self._wait_s >= START_S:
            self._to(Mode.FOLLOWING)

    def _to(self, mode: Mode) -> None:
        if mode is self.mode:
            return
        if mode in (Mode.STARTING, Mode.OFF, Mode.FAULT):
            self._wait_s = 0.0
        if mode is not Mode.FOLLOWING and mode is not Mode.FORMING:
            self.w = self.var = 0.0
        self.mode = mode

    def collapse(self) -> None:
        """The island asked more than there is: it lets go and tries again."""
        self.collapses += 1
        self._to(Mode.STARTING)
        self._wait_s = START_S - RETURN_S

    def follow(self, dt: float) -> None:
        """Go towards the set-point, through a pause at zero between charge and discharge."""
        low, high = self.limits
        target = max(low, min(high, self.setpoint)) if self.mode is Mode.FOLLOWING else 0.0
        if self.w * target < 0.0:
            target = 0.0
        if self.w == 0.0 and target != 0.0 and self._dead_s < DEAD_S:
            self._dead_s += dt
            target = 0.0
        change = (target - self.w) * (1.0 - math.exp(-dt / LAG_S))
        most = RAMP_W_S * dt
        wanted = self.w + max(-most, min(most, change))
        if target == 0.0 and abs(wanted) < NEAR_ZERO_W:
            wanted = 0.0
        self.move(dt, wanted)

    def move(self, dt: float, wanted: float) -> None:
        """Give (or take) `wanted` W for `dt` seconds, within what there is."""
        low, high = self.limits
        before = self.w
        self.w = self.battery.transfer(max(low, min(high, wanted)), dt)
        if before and not self.w:
            self._dead_s = 0.0
        hours = dt / 3600.0
        if self.w > 0:
            self.energy_out_wh += self.w * hours
        else:
            self.energy_in_wh -= self.w * hours
        loss = abs(self.w) * (1.0 - EFFICIENCY)
        self.temperature += (self.battery.room + loss / 1000.0 * 1.6 - self.temperature) * min(1.0, dt / 120.0)
