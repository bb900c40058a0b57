"""A grid-following inverter: limits, lag, ramp, start, protection, its own faults (domain brief §2f)."""

from __future__ import annotations

import math
from enum import IntEnum

from tools.emulator.energy.array import Array
from tools.emulator.energy.protection import PROFILES, Protection

LAG_S = 0.5
RAMP = 0.2
"""Of the rating, a second."""
START_S = 60.0
EFFICIENCY = 0.975
EFFICIENCY_LOW = 0.94
"""Below a tenth of the rating."""
WAKE_W = 500.0
DROOP_HZ = 50.2
DROOP_SPAN_HZ = 1.0
"""From DROOP_HZ on the power falls to nothing within this (a droop of 2 %)."""
HOT_C = 85.0
DEAD_PU = 0.1


class State(IntEnum):
    """Operating state, as model 103 counts it."""

    OFF = 1
    SLEEPING = 2
    STARTING = 3
    MPPT = 4
    THROTTLED = 5
    SHUTTING_DOWN = 6
    FAULT = 7
    STANDBY = 8


FAULTS = ("ground_fault", "arc", "over_temperature")


class Inverter:
    """One unit. Watts, positive when it generates; fractions of `rating_w` for the limit."""

    def __init__(self, array: Array, rating_va: float = 100_000.0, profile: str = "eu") -> None:
        self.array = array
        self.rating_va = rating_va
        self.w_max = rating_va
        """Setting WMax: what 100 % means."""
        self.state = State.SLEEPING
        self.limit = 1.0
        """Active power limit in force, 0..1 of `w_max`."""
        self.var_set = 0.0
        """Reactive power asked for, var; active power goes first."""
        self.connect = True
        """It may be on the grid (Conn, OpCtl)."""
        self.standby_below = 0.0
        """Some firmware drops to standby when the limit is below this."""
        self.start_s = START_S
        self.ramp = RAMP
        self.w = 0.0
        self.var = 0.0
        self.dc_w = 0.0
        self.energy_wh = 0.0
        self.dc_energy_wh = 0.0
        self.temperature = 30.0
        self.fault = ""
        """A fault that stands; it stays latched in `latched` until it's reset on the spot."""
        self.latched = ""
        self.trips = 0
        self.protection = Protection(PROFILES[profile])
        self._starting_s = 0.0
        self.volts = 0.0
        self.hertz = 0.0

    @property
    def starts_in(self) -> float:
        """Seconds until it feeds, 0 when it isn't starting."""
        return max(0.0, self.start_s - self._starting_s) if self.state is State.STARTING else 0.0

    @property
    def running(self) -> bool:
        """Whether it feeds, throttled or not."""
        return self.state is State.MPPT or self.state is State.THROTTLED

    def reset(self) -> None:
        """Acknowledge a latched fault, on the spot; one that still stands stays."""
        self.latched = self.fault

    def step(self, dt: float, irradiance: float, ambient: float, volts_pu: float, hertz: float) -> None:
        """Go on by `dt` seconds at a grid of `volts_pu` and `hertz` (0: dead)."""
        array = self.array
        array.step(dt, irradiance, ambient, self.w > 100.0)
        self.volts = volts_pu
        self.hertz = hertz
        if self.fault:
            self.latched = self.fault
        # On a dead bus the current has nowhere to go; a live one that is out of its limits is timed.
        if (self.protection.step(dt, volts_pu, hertz) or volts_pu < DEAD_PU) and self.running:
            self.trips += 1
            self._stop(State.STARTING)
        self._state(dt, array.available, volts_pu, hertz)
        if self.running:
            self._feed(dt, array.available, hertz)
        else:
            self.w = self.var = self.dc_w = 0.0
        self.energy_wh += self.w * dt / 3600.0
        self.dc_energy_wh += self.dc_w * dt / 3600.0
        # Losses warm the cabinet; its fans keep it below 65 degrees at full power.
        hot = HOT_C if self.fault == "over_temperature" else ambient + 12.0 * (self.dc_w - self.w) / 1000.0
        self.temperature += (hot - self.temperature) * min(1.0, dt / 60.0)

    def _stop(self, state: State) -> None:
        self.state = state
        self._starting_s = 0.0
        self.w = self.var = self.dc_w = 0.0

    def _state(self, dt: float, available: float, volts_pu: float, hertz: float) -> None:
        state = self.state
        if self.latched:
            if state is not State.FAULT:
                self._stop(State.FAULT)
        elif not self.connect:
            if state is not State.OFF:
                self._stop(State.OFF)
        elif available < WAKE_W and not (self.running and available > 0.0):
            if state is not State.SLEEPING:
                self._stop(State.SLEEPING)
        elif self.limit < self.standby_below:
            if state is not State.STANDBY:
                self._stop(State.STANDBY)
        elif not self.running:
            if state is not State.STARTING:
                self._stop(State.STARTING)
            self._starting_s = self._starting_s + dt if self.protection.within(volts_pu, hertz) else 0.0
            if self._starting_s >= self.start_s:
                self.state = State.MPPT

    def _feed(self, dt: float, available: float, hertz: float) -> None:
        rating = self.rating_va
        efficiency = EFFICIENCY if self.w > 0.1 * rating else EFFICIENCY_LOW
        can = available * efficiency
        allowed = min(rating, self.limit * self.w_max)
        if hertz > DROOP_HZ:
            allowed *= max(0.0, 1.0 - (hertz - DROOP_HZ) / DROOP_SPAN_HZ)
        target = min(can, allowed)
        # First-order lag, its speed limited by the ramp; the sun itself may take power away at any speed.
        change = (target - self.w) * (1.0 - math.exp(-dt / LAG_S))
        most = self.ramp * rating * dt
        self.w = min(max(0.0, self.w + max(-most, min(most, change))), can, rating)
        self.dc_w = self.w / efficiency
        room = math.sqrt(max(0.0, rating * rating - self.w * self.w))
        self.var = max(-room, min(room, self.var_set))
        self.state = State.THROTTLED if allowed < can - 1.0 else State.MPPT
