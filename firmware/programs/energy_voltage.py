"""The mean of a voltage over ten minutes, without keeping a thousand samples: ten means of a minute each."""

from array import array

from protocols.port import const
from protocols.ticks import ticks_diff

MINUTES = const(10)
_EVERY_MS = const(1000)
_SAMPLES = const(60)


class Mean:
    """`mean` of the last ten minutes in the unit of its samples; 0 until there have been ten."""

    def __init__(self):
        self.mean = 0
        self._minutes = array("i", [0] * MINUTES)
        self._count = 0
        self._at = 0
        self._sum = 0
        self._n = 0
        self._last = -1

    def __call__(self, value, now):
        """Take a sample (-1: none), at most one each second. Returns 1 when `mean` is new."""
        if value < 0 or (self._last >= 0 and 0 <= ticks_diff(now, self._last) < _EVERY_MS):
            return 0
        self._last = now
        self._sum += value
        self._n += 1
        if self._n < _SAMPLES:
            return 0
        self._minutes[self._at] = self._sum // _SAMPLES
        self._at = (self._at + 1) % MINUTES
        self._count = min(MINUTES, self._count + 1)
        self._sum = 0
        self._n = 0
        if self._count < MINUTES:
            return 0
        total = 0
        for minute in self._minutes:
            total += minute
        self.mean = total // MINUTES
        return 1
