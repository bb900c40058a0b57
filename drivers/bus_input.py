"""A value that arrives over a bus (a reader's token, a meter's power), not over a terminal: it has an age, and nothing
to filter."""

from protocols.layout import BAD_SAMPLE, NO_SAMPLE
from protocols.quality import BAD, GOOD, STALE
from protocols.ticks import ticks_diff


class BusInput:
    """One channel: `value` (an int below 2**30, the last that came; 0 before), `quality` GOOD, BAD or STALE.

    busy, fresh: as in drivers/digital_input.py.
    """

    def __init__(self, stale_ms=2000):
        self.stale_ms = stale_ms
        self.value = 0
        self.quality = STALE
        self.busy = 0
        self.fresh = 0

    def __call__(self, raw, now):
        """Take a value, NO_SAMPLE or BAD_SAMPLE (what came is no value); return 1 if value or quality changed."""
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
        if raw == BAD_SAMPLE:
            if self.quality == BAD:
                return 0
            self.quality = BAD
            return 1
        if raw == self.value and self.quality == GOOD:
            return 0
        self.value = raw
        self.quality = GOOD
        return 1
