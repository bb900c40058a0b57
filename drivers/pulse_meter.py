"""A meter that gives a pulse for each unit: HM4 (1 kWh), the cold feed FQ (10 L) (domain brief §4a).

The contact is debounced as every input is (`drivers.digital_input`). Here its edges are counted, those that come faster
than the meter can give them are refused, and the rate is made of the time between two pulses.
"""

from protocols.port import const
from protocols.ticks import ticks_diff

KWH_0_1KW = const(36000000)
"""`worth` of a pulse of 1 kWh, for a rate in 0.1 kW."""
L10_0_01LS = const(1000000)
"""`worth` of a pulse of 10 L, for a rate in 0.01 L/s."""

_COUNT_MASK = const(0x3FFFFFFF)


class PulseMeter:
    """One meter.

    worth      rate that one pulse a millisecond would be, at most 2**30
    least_ms   the shortest time between two pulses that the meter can give; a pulse sooner is refused
    quiet_ms   so long after a pulse the rate is 0

    count      pulses, modulo 2**30: set it to go on from a kept value
    rate       by the last interval; while the next pulse is late, what it can be at most by now; 0 before two pulses
    refused    pulses that came too soon (mod 2**16)
    """

    def __init__(self, worth, least_ms, quiet_ms=1800000):
        self.worth = worth
        self.least_ms = least_ms
        self.quiet_ms = quiet_ms
        self.count = 0
        self.rate = 0
        self.refused = 0
        self._last = 1  # a contact that is closed at the start gave its pulse before
        self._edge_at = 0
        self._interval = 0  # 0: no two pulses to measure between
        self._timing = 0

    def __call__(self, contact, now):
        """Take the contact; return 1 for a pulse that counts. Call it every scan."""
        edge = contact and not self._last
        self._last = 1 if contact else 0
        age = ticks_diff(now, self._edge_at) if self._timing else self.quiet_ms
        if self._timing and age >= self.quiet_ms:
            self._timing = 0
            self._interval = 0
            self.rate = 0
        if not edge:
            if self._interval and age > self._interval:
                self.rate = self.worth // age
            return 0
        if self._timing and age < self.least_ms:
            self.refused = (self.refused + 1) & 0xFFFF
            return 0
        if self._timing:
            self._interval = age
            self.rate = self.worth // age
        self._timing = 1
        self._edge_at = now
        self.count = (self.count + 1) & _COUNT_MASK
        return 1
