"""The grid connection: network, transformer, breaker QG with its feedback and its synchroniser (domain brief §2f).

Powers are positive when the plant exports; per unit on the transformer's rating.
"""

from __future__ import annotations

import math
from random import Random

RATING_VA = 1_600_000.0
SHORT_CIRCUIT = 0.06
R_PU = SHORT_CIRCUIT * 0.5 / math.sqrt(1.25)
X_PU = SHORT_CIRCUIT / math.sqrt(1.25)
"""R/X = 0.5."""
NOMINAL_V = 230.0
NOMINAL_HZ = 50.0
HERTZ_NOISE = 0.015
HERTZ_S = 15.0
OPEN_S = 0.04
CLOSE_S = 0.06
FEEDBACK_S = 0.02
RELAY_S = 0.02
"""The relay that watches the grid side says so after this."""
SYNC_HZ = 0.1
SYNC_PU = 0.05
SYNC_S = 2.0
"""A running island is in step for this long before the synchroniser closes."""
FAULTS = ("stuck_closed", "stuck_open", "no_feedback")


class Network:
    """The 10 kV network as seen behind the transformer."""

    def __init__(self, rng: Random) -> None:
        self.there = True
        self.level = 1.0
        """Its voltage without load, per unit."""
        self.shift_hz = 0.0
        self.hertz = NOMINAL_HZ
        self.seen = True
        """What the relay on the grid side says."""
        self.flicker: tuple[float, float] | None = None
        """Every so many seconds it's gone for so many."""
        self._rng = rng
        self._walk = 0.0
        self._relay_s = 0.0
        self._flicker_s = 0.0

    @property
    def live(self) -> bool:
        """Whether it carries voltage."""
        gone = self.flicker is not None and self._flicker_s < self.flicker[1]
        return self.there and self.level > 0.1 and not gone

    def step(self, dt: float) -> None:
        """Let the frequency wander and the relay look."""
        if self.flicker is not None:
            self._flicker_s = (self._flicker_s + dt) % self.flicker[0]
        else:
            self._flicker_s = 0.0
        keep = math.exp(-dt / HERTZ_S)
        self._walk = keep * self._walk + math.sqrt(1 - keep * keep) * self._rng.gauss(0, HERTZ_NOISE)
        self.hertz = NOMINAL_HZ + self.shift_hz + self._walk if self.live else 0.0
        good = self.live and 0.9 <= self.level <= 1.1 and 49.5 <= self.hertz <= 50.5
        self._relay_s = 0.0 if good == self.seen else self._relay_s + dt
        if self._relay_s >= RELAY_S:
            self.seen = good
            self._relay_s = 0.0

    def volts_behind(self, p_w: float, q_var: float, before_pu: float) -> float:
        """Voltage behind the transformer with that export, per unit; `before_pu`: the one it had."""
        square = max(0.25, before_pu * before_pu)
        return self.level * (1.0 + (R_PU * p_w + X_PU * q_var) / RATING_VA / square)


class Breaker:
    """QG. It trips by its coil; its synchroniser closes it when the closing is released and both sides agree."""

    def __init__(self) -> None:
        self.closed = True
        self.feedback = True
        """Contact ZCL."""
        self.trip_coil = False
        self.released = False
        self.fault = ""
        self.operations = 0
        self._moving_s = 0.0
        self._seen_s = 0.0
        self._agreed_s = 0.0

    def step(self, dt: float, network: Network, bus_pu: float, bus_hz: float) -> None:
        """Go on by `dt` seconds with the bus at that voltage and frequency."""
        if self.trip_coil and self.closed and self.fault != "stuck_closed":
            self._moving_s += dt
            if self._moving_s >= OPEN_S:
                self._switch(False)
        elif self.released and not self.trip_coil and not self.closed and self.fault != "stuck_open":
            self._synchronise(dt, network, bus_pu, bus_hz)
        else:
            self._moving_s = 0.0
            self._agreed_s = 0.0
        if self.fault != "no_feedback" and self.feedback != self.closed:
            self._seen_s += dt
            if self._seen_s >= FEEDBACK_S:
                self.feedback = self.closed
        else:
            self._seen_s = 0.0

    def _synchronise(self, dt: float, network: Network, bus_pu: float, bus_hz: float) -> None:
        if not network.live:
            self._agreed_s = self._moving_s = 0.0
            return
        dead = bus_pu < 0.1
        if not dead and (abs(bus_hz - network.hertz) > SYNC_HZ or abs(bus_pu - network.level) > SYNC_PU):
            self._agreed_s = self._moving_s = 0.0
            return
        self._agreed_s += dt
        if dead or self._agreed_s >= SYNC_S:
            self._moving_s += dt
            if self._moving_s >= CLOSE_S:
                self._switch(True)

    def _switch(self, closed: bool) -> None:
        self.closed = closed
        self.operations += 1
        self._moving_s = 0.0
        self._agreed_s = 0.0
