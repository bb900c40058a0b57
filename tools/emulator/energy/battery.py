"""The LFP battery and its management: charge, cells, heat, contactors, trips (domain brief §2c E2, E3, §2f).

Power at its terminals is positive when it discharges. What goes in is stored with `EFFICIENCY`, what comes out costs
1/`EFFICIENCY`; the rest is loss.
"""

from __future__ import annotations

import math
from enum import IntEnum

EFFICIENCY = 0.965
CAPACITY_WH = 1_000_000.0
SERIES = 240
RESISTANCE = 0.020
"""Of the pack, ohm."""
HEAT_J_K = 1.2e6
COOLING_W_K = 900.0
AMBIENT_LEAK_W_K = 60.0
AIR_C = 25.0
TAPER_FROM = 0.90
EMPTY_TAPER = 0.05
PRECHARGE_S = 3.0
CELL_MAX = 3.65
CELL_MIN = 2.50
HOT_C = 55.0
COLD_C = 0.0
SPREAD_V = 0.012
SPREAD_K = 3.0


class Management(IntEnum):
    """State of the battery management, as model 802 counts it."""

    DISCONNECTED = 1
    INITIALIZING = 2
    CONNECTED = 3
    STANDBY = 4
    SOC_PROTECTION = 5
    SUSPENDING = 6
    FAULT = 99


# Bits of Evt1 of model 802.
OVER_TEMP_ALARM = 1 << 1
UNDER_TEMP_WARNING = 1 << 4
OVER_VOLT_ALARM = 1 << 9
UNDER_VOLT_ALARM = 1 << 11
CONTACTOR_ERROR = 1 << 20
FAN_ERROR = 1 << 21
OTHER_ALARM = 1 << 25

FAULTS = ("contactor", "hot", "cold", "cell_high", "cell_low", "heartbeat", "no_cooling")
_LATCHING = OVER_TEMP_ALARM | OVER_VOLT_ALARM | UNDER_VOLT_ALARM | CONTACTOR_ERROR | OTHER_ALARM


class Battery:
    """Pack and management. Watts, volts, degrees Celsius; `soc` is 0..1."""

    def __init__(self, soc: float = 0.5, capacity_wh: float = CAPACITY_WH, rating_w: float = 500_000.0) -> None:
        self.capacity_wh = capacity_wh
        self.rating_w = rating_w
        self.soc = soc
        self.soh = 0.98
        self.temperature = 25.0
        self.room = AIR_C
        self.recirculation = True
        self.w = 0.0
        self.volts = 0.0
        self.amps = 0.0
        self.loss_wh = 0.0
        self.charged_wh = 0.0
        self.discharged_wh = 0.0
        self.state = Management.STANDBY
        self.events = 0
        self.heartbeat = 0
        self.wanted = True
        """Contactors may be closed (SetOp of model 802)."""
        self.stop_loop = True
        """Closed while nobody has pressed the battery's stop and neither gas nor smoke is there."""
        self.faults: set[str] = set()
        self.trips = 0
        self._precharge_s = 0.0
        self._beat_s = 0.0
        self._measure()

    # -- what it allows --------------------------------------------------------------------------------------

    @property
    def closed(self) -> bool:
        """Contactors are closed."""
        return self.state in (Management.CONNECTED, Management.STANDBY, Management.SOC_PROTECTION)

    @property
    def cell_max(self) -> float:
        """Highest cell voltage."""
        high = 0.06 if "cell_high" in self.faults else 0.0
        return max(CELL_MAX + high, self.volts / SERIES) if high else self.volts / SERIES + SPREAD_V

    @property
    def cell_min(self) -> float:
        """Lowest cell voltage."""
        return CELL_MIN - 0.06 if "cell_low" in self.faults else self.volts / SERIES - SPREAD_V

    @property
    def hottest(self) -> float:
        """Highest module temperature."""
        return HOT_C + 3.0 if "hot" in self.faults else self.temperature + SPREAD_K / 2

    @property
    def coldest(self) -> float:
        """Lowest module temperature."""
        return COLD_C - 4.0 if "cold" in self.faults else self.temperature - SPREAD_K / 2

    @property
    def charge_limit(self) -> float:
        """Watts that it takes: nothing when cold, tapering from 90 % on."""
        if not self.closed or self.coldest < COLD_C:
            return 0.0
        return self.rating_w * min(1.0, max(0.0, (1.0 - self.soc) / (1.0 - TAPER_FROM)))

    @property
    def discharge_limit(self) -> float:
        """Watts that it gives: tapering to nothing when empty."""
        if not self.closed:
            return 0.0
        return self.rating_w * min(1.0, max(0.0, self.soc / EMPTY_TAPER))

    def open_circuit(self) -> float:
        """Open-circuit voltage of a cell: flat in the middle, steep at both ends."""
        soc = self.soc
        shape = soc + 0.9 * math.exp(-30.0 * (1.0 - soc)) - 2.4 * math.exp(-25.0 * soc)
        return 3.20 + 0.15 * shape

    # -- time ------------------------------------------------------------------------------------------------

    def transfer(self, w: float, dt: float) -> float:
        """Move `w` for `dt` seconds, within what the pack holds; return what was really moved."""
        hours = dt / 3600.0
        if w > 0.0:
            w = min(w, self.soc * self.capacity_wh * EFFICIENCY / hours)
            self.soc = max(0.0, self.soc - w / EFFICIENCY * hours / self.capacity_wh)
            loss = w / EFFICIENCY - w
            self.discharged_wh += w * hours
        else:
            w = max(w, -(1.0 - self.soc) * self.capacity_wh / EFFICIENCY / hours)
            self.soc = min(1.0, self.soc - w * EFFICIENCY * hours / self.capacity_wh)
            loss = -w * (1.0 - EFFICIENCY)
            self.charged_wh -= w * hours
        self.loss_wh += loss * hours
        self.w = w
        self._measure()
        return w

    def _measure(self) -> None:
        rest = self.open_circuit() * SERIES
        self.amps = self.w / rest
        self.volts = rest - self.amps * RESISTANCE

    def step(self, dt: float) -> None:
        """Heat, contactors, trips and heartbeat of `dt` seconds; `transfer` has moved the energy."""
        cooling = AMBIENT_LEAK_W_K
        if self.recirculation and "no_cooling" not in self.faults:
            cooling = COOLING_W_K
        heat = self.amps * self.amps * RESISTANCE - cooling * (self.temperature - self.room)
        self.temperature += heat * dt / HEAT_J_K
        self._watch()
        self._contactors(dt)
        self._beat_s += dt
        while self._beat_s >= 1.0:
            self._beat_s -= 1.0
            if "heartbeat" not in self.faults:
                self.heartbeat = (self.heartbeat + 1) & 0xFFFF

    def _live_events(self) -> int:
        events = 0
        if self.hottest > HOT_C:
            events |= OVER_TEMP_ALARM
        if self.coldest < COLD_C:
            events |= UNDER_TEMP_WARNING  # inhibits charging, no trip
        if self.cell_max > CELL_MAX:
            events |= OVER_VOLT_ALARM
        if self.cell_min < CELL_MIN:
            events |= UNDER_VOLT_ALARM
        if "contactor" in self.faults:
            events |= CONTACTOR_ERROR
        if "no_cooling" in self.faults:
            events |= FAN_ERROR
        if not self.stop_loop:
            events |= OTHER_ALARM
        return events

    def _watch(self) -> None:
        live = self._live_events()
        self.events = live | (self.events & _LATCHING)
        if self.events & _LATCHING and self.state is not Management.FAULT:
            self.state = Management.FAULT
            self.trips += 1

    def reset(self) -> None:
        """Acknowledge trips (AlmRst); what still stands comes again."""
        self.events = self._live_events()
        if self.state is Management.FAULT and not self.events & _LATCHING:
            self.state = Management.DISCONNECTED

    def _contactors(self, dt: float) -> None:
        if self.state is Management.FAULT:
            return
        if not self.wanted:
            self.state = Management.DISCONNECTED
        elif self.state is Management.DISCONNECTED:
            self.state = Management.INITIALIZING
            self._precharge_s = 0.0
        elif self.state is Management.INITIALIZING:
            self._precharge_s += dt
            if self._precharge_s >= PRECHARGE_S:
                self.state = Management.STANDBY
        elif self.soc >= 0.999 or self.soc <= 0.001:
            self.state = Management.SOC_PROTECTION
        else:
            self.state = Management.CONNECTED if self.w else Management.STANDBY
