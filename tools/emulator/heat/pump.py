"""Pumps: H = H0·s² - a·Q² against a system H = k·Q², P = ρ·g·Q·H/0.6 (domain brief §4f).

Flows are kg/s (a litre of water is a kilogram here), heads metres, speeds 0..1.
"""

from __future__ import annotations

from math import sqrt

from tools.emulator.heat.water import GRAVITY

EFFICIENCY = 0.6
DRIVE_DEFAULT = 0.8
"""Speed of a drive that is switched on but gets no set-point (P101: energise on fail)."""
CAVITATES_BAR = 0.5
"""Gauge pressure of the circuit below which a pump moves little more than vapour."""
CAVITATION_SHARE = 0.2
RUNNING = 0.05
"""Speed from which the drive reports that it runs."""


class Pump:
    """One pump with its drive. `rated` is its flow at full speed in its own circuit, `h0` its head without flow."""

    def __init__(self, rated: float, h0: float, *, knee: float = 0.35, lag_s: float = 1.2) -> None:
        self.order = False
        """The contact of its drive."""
        self.speed_signal: float | None = None
        """Set-point 0..1; None: no signal, the drive goes to its own default."""
        self.default = DRIVE_DEFAULT
        self.fault = False
        """The drive is in fault and stands still."""
        self.seized = False
        """The motor turns, the impeller doesn't."""
        self.loss = 0.0
        """Share of its flow that it loses: air in the water, a worn impeller."""
        self.speed = 0.0
        self.flow = 0.0
        self.head = 0.0
        self.w = 0.0
        self.h0 = h0
        self.a = knee * h0 / (rated * rated)
        self.k = (1.0 - knee) * h0 / (rated * rated)
        self.lag_s = lag_s

    @property
    def running(self) -> bool:
        """What the drive reports."""
        return self.speed > RUNNING and not self.fault

    def turn(self, dt: float) -> float:
        """Let the drive go on by `dt` seconds; return its speed."""
        wanted = 0.0
        if self.order and not self.fault:
            signal = self.speed_signal
            wanted = self.default if signal is None else (0.0 if signal < 0.0 else 1.0 if signal > 1.0 else signal)
        speed = self.speed
        if speed != wanted:
            speed += (wanted - speed) * dt / (self.lag_s + dt)
            if abs(wanted - speed) < 1e-3:
                speed = wanted
            self.speed = speed
        return speed

    def step(self, dt: float, bar: float, k: float = 0.0) -> float:
        """Flow of this pump alone in its circuit after `dt` seconds, kg/s; `k` stands in for the circuit's own."""
        speed = self.turn(dt)
        if speed <= 0.0 or self.seized:
            self.flow = self.head = self.w = 0.0
            return 0.0
        flow = speed * (1.0 - self.loss) * sqrt(self.h0 / (self.a + (k or self.k)))
        if bar < CAVITATES_BAR:
            flow *= CAVITATION_SHARE
        self.flow = flow
        self.head = self.h0 * speed * speed - self.a * flow * flow
        self.w = GRAVITY * flow * self.head / EFFICIENCY
        return flow


class TwinPump:
    """Two pumps side by side with check valves, one standing by (P101 A/B)."""

    def __init__(self, rated: float, h0: float) -> None:
        self.a = Pump(rated, h0)
        self.b = Pump(rated, h0)
        self.flow = 0.0
        self.w = 0.0

    def step(self, dt: float, bar: float) -> float:
        """Flow of both after `dt` seconds, kg/s."""
        a = self.a
        b = self.b
        sa = 0.0 if a.turn(dt) <= 0.0 or a.seized else a.speed * (1.0 - a.loss)
        sb = 0.0 if b.turn(dt) <= 0.0 or b.seized else b.speed * (1.0 - b.loss)
        high, low = (sa, sb) if sa >= sb else (sb, sa)
        if high <= 0.0:
            self.flow = self.w = 0.0
            return 0.0
        alone = a.a + a.k
        flow = high * sqrt(a.h0 / alone)
        if low > 0.0:
            # Equal pumps share the flow; a slower one opens its check valve only as far as its head reaches.
            both = sqrt(a.h0 / (a.a / 4.0 + a.k))
            share = low / high
            flow += high * (both - sqrt(a.h0 / alone)) * share * share
        if bar < CAVITATES_BAR:
            flow *= CAVITATION_SHARE
        self.flow = flow
        self.w = GRAVITY * flow * (a.k * flow * flow) / EFFICIENCY
        return flow
