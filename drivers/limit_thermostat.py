"""A limit thermostat with manual reset (STB), mirrored: it switches the heat off by wire, whatever a program does; here
its contact is seen, and whether it can be believed (domain brief §4a: LS/STB 75 degC DHW, 95 degC EH1; §4c H5).
"""

from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_diff

# `why`
NONE = const(0)
TRIPPED = const(1)
NO_SIGNAL = const(2)
DID_NOT_TRIP = const(3)
WHY = ("", "tripped", "no signal", "limit passed without a trip")


class LimitThermostat:
    """One thermostat.

    limit      where it trips, 0.01 degC; tolerance: what thermostat and sensor may differ by, 0.01 K
    late_ms    so long above limit + tolerance without a trip is a thermostat that doesn't work
    rest_ms    after its reset, heat stays off for so long

    off        1: no heat; `why` says why
    trips      how often it tripped (mod 2**16)
    """

    def __init__(self, limit, tolerance=300, late_ms=10000, rest_ms=10000):
        self.limit = limit
        self.tolerance = tolerance
        self.late_ms = late_ms
        self.rest_ms = rest_ms
        self.off = 1
        self.why = NO_SIGNAL
        self.trips = 0
        self._last = 1
        self._over = 0
        self._over_at = 0
        self._healthy = 0
        self._healthy_at = 0

    def __call__(self, contact, contact_q, value, value_q, now):
        """Take the contact (1: open, tripped) and the temperature beside it (0.01 degC); return `off`."""
        known = value_q < BAD
        if contact and not self._last:
            self.trips = (self.trips + 1) & 0xFFFF
        self._last = 1 if contact else 0
        why = NONE
        if contact_q >= BAD:
            why = NO_SIGNAL
        elif contact:
            why = TRIPPED
        elif self._ignored(known and value > self.limit + self.tolerance, now):
            why = DID_NOT_TRIP
        if why != NONE:
            self._healthy = 0
            self.off = 1
            self.why = why
        elif self.off:
            if not self._healthy:
                self._healthy = 1
                self._healthy_at = now
            if ticks_diff(now, self._healthy_at) >= self.rest_ms:
                self.off = 0
                self.why = NONE
        return self.off

    def _ignored(self, over, now):
        if not over:
            self._over = 0
        elif not self._over:
            self._over = 1
            self._over_at = now
        return self._over and ticks_diff(now, self._over_at) >= self.late_ms
