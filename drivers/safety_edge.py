"""A pressure-sensitive edge with its 8.2 kOhm end resistor (EN 12978; domain brief §3a, §3c B2).

Pressed, it is a short circuit; torn off or cut, it is open: both are tripped, and so is one that can't be read. The
relay in the motor circuit acts by itself; this sees the same and lets the boom go up.
"""

from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_diff

HEALTHY = const(0)
PRESSED = const(1)
OPEN = const(2)
UNREADABLE = const(3)
REASONS = ("healthy", "pressed", "open circuit", "no signal")


class SafetyEdge:
    """One monitored edge: `tripped`, and the `reason` of the last trip while it lasts.

    low / high: ohms of a healthy edge. It trips at once and is healthy again after `release_ms` within the limits, so
    that a brief touch is not lost between two scans of those who look at it.
    """

    def __init__(self, low=5000, high=12000, release_ms=100):
        self.low = low
        self.high = high
        self.release_ms = release_ms
        self.tripped = 1
        self.reason = UNREADABLE
        self._healthy = 0
        self._since = 0

    def __call__(self, ohms, quality, now):
        """Judge one sample and return `tripped`."""
        # The limits come first: an open circuit is often out of the input's range, hence BAD as well.
        if ohms < self.low:
            reason = PRESSED
        elif ohms > self.high:
            reason = OPEN
        else:
            reason = UNREADABLE if quality >= BAD else HEALTHY
        if reason != HEALTHY:
            self._healthy = 0
            self.tripped = 1
            self.reason = reason
        elif self.tripped:
            if not self._healthy:
                self._healthy = 1
                self._since = now
            if ticks_diff(now, self._since) >= self.release_ms:
                self.tripped = 0
                self.reason = HEALTHY
        return self.tripped
