"""A value that arrives over a bus (a reader's token), not over a terminal: it has an age, and nothing to filter."""

from protocols.layout import NO_SAMPLE
from protocols.quality import GOOD, STALE
from protocols.ticks import ticks_diff


class BusInput:
    """One channel: `value` (0..2**30-1, the last that came; 0 before), `quality` GOOD or STALE.

    busy, fresh: as in drivers/digital_input.py.
    """

    def __init__(self, stale_ms=2000):
        self.stale_ms = stale_ms
        self.value = 0
        self.quality = STALE
        self.busy = 0
        self.fresh = 0

    def __call__(self, raw, now):
        """Take a value, or NO_SAMPLE; return 1 if value or quality changed."""
        if raw == NO_SAMPLE:
            if self.quality == STALE:
                self.busy = 0
                return 0
            if ticks_diff(now, self.fresh) < self.stale_ms:
                self.busy = 1
                return 0
            self.quality = STALE
            self.busy = 0
            return 1
        self.fresh = now
        self.busy = 0
        if raw == self.value and self.quality == GOOD:
            return 0
        self.value = raw
        self.quality = GOOD
        return 1
