"""Dry coolers behind V101: what is not recovered goes to the air here (domain brief §4f).

The heat is proportional to the water's flow and to (T - Ta): sections of the cooler are opened with the flow, so each
runs at its rated flow. With the fans' speed it grows in proportion at first, and ends where the water leaves as cold as
the air. Spraying lowers the temperature of the air that enters. Without signals fans and spray are at their full
(domain brief §4a); the spray has a thermostat of its own.
"""

from __future__ import annotations

from math import exp

from tools.emulator.heat.water import CP

NTU = 2.6
"""Of each section at full fan speed."""
SPRAY_K = 10.0
"""By how much full spraying cools the air. With it the coolers do without machines up to 35 °C outdoors."""
SPRAY_FROM_C = 15.0
"""Outdoor temperature below which a thermostat keeps the spray shut, whatever is commanded."""
FAN_LAG_S = 5.0
FAN_W = 30e3
"""Fans at full speed; they go with the cube of the speed."""
REJECT_NTU = 0.8
"""Of the coil that rejects condenser heat in summer."""


class DryCooler:
    """The coolers. `fan_signal`, `spray_signal` 0..1; without a signal (None) at full speed, fully sprayed."""

    def __init__(self) -> None:
        self.fan_signal: float | None = None
        self.spray_signal: float | None = None
        self.fan_failed = 0.0
        """Share of the fans that stands still whatever the signal says."""
        self.fan = 0.0
        self.air = 20.0
        """Air that enters, after the spray, °C."""
        self.w = 0.0
        self.out = 20.0
        """Temperature of the water that leaves it, °C."""
        self.rejected_w = 0.0
        self.fan_w = 0.0

    def step(self, dt: float, t: float, kg_s: float, outdoor: float) -> float:
        """Heat taken from `kg_s` of water of `t` °C, W; never warms the water (shut dampers)."""
        signal = self.fan_signal
        wanted = 1.0 if signal is None else (0.0 if signal < 0.0 else 1.0 if signal > 1.0 else signal)
        fan = self.fan + (wanted - self.fan) * dt / (FAN_LAG_S + dt)
        self.fan = fan
        self.fan_w = FAN_W * fan * fan * fan
        air = outdoor
        if outdoor > SPRAY_FROM_C:
            spray = self.spray_signal
            air -= SPRAY_K * (1.0 if spray is None or spray > 1.0 else 0.0 if spray < 0.0 else spray)
        self.air = air
        if kg_s < 0.01 or t <= air:
            self.w = 0.0
            self.out = t
            return 0.0
        cooled = (t - air) * (1.0 - exp(-NTU * (1.0 - self.fan_failed) * fan))
        self.out = t - cooled
        self.w = kg_s * CP * cooled
        return self.w

    def reject(self, t: float, kg_s: float) -> float:
        """Condenser heat that the second coil takes from `kg_s` of water of `t` °C, W."""
        w = 0.0
        if kg_s >= 0.01 and t > self.air:
            share = 1.0 - exp(-REJECT_NTU * (1.0 - self.fan_failed) * self.fan)
            w = kg_s * CP * (t - self.air) * share
        self.rejected_w = w
        return w
