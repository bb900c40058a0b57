"""A contact: polarity, debounce, and its fail state when samples stay away (domain brief §0.3).

Contacts that keep people or plant safe are normally closed, so their logical 1 ("fire", "beam broken") is the open
contact, and the fail state of every contact is *open*: 1 for a normally closed one, 0 for a normally open one.
"""

from drivers.blocks.debounce import Debounce
from protocols.layout import NO_SAMPLE
from protocols.quality import GOOD, STALE
from protocols.ticks import ticks_diff


class DigitalInput:
    """One channel. `value` is logical (1 = the named condition holds), `quality` GOOD or STALE.

    nc: 1 for a normally closed contact. on_ms / off_ms: time a change must last to become 1 / 0. stale_ms: longest
    time without a fresh sample. A channel begins in its fail state, STALE, and leaves the fail state through the
    debounce, as it does after every gap.

    busy   1 while the channel must be called in every scan; while 0, a sample equal to the last one changes nothing
    fresh  tick of the last sample; who spares calls must put it right before the next one
    """

    def __init__(self, nc, on_ms=20, off_ms=20, stale_ms=2000):
        self.fail = 1 if nc else 0
        self.stale_ms = stale_ms
        self.value = self.fail
        self.quality = STALE
        self._debounce = Debounce(on_ms, off_ms, self.fail)
        self.busy = 0
        self.fresh = 0

    def __call__(self, raw, now):
        """Take the contact's level (1 closed, 0 open, NO_SAMPLE nothing new); return 1 if value or quality changed."""
        if raw == NO_SAMPLE:
            if self.quality == STALE:
                self.busy = 0
                return 0
            if ticks_diff(now, self.fresh) < self.stale_ms:
                self.busy = 1
                return 0
            self.quality = STALE
            self.value = self.fail
            self._debounce.force(self.fail)
            self.busy = 0
            return 1
        self.fresh = now
        changed = 0
        if self.quality != GOOD:
            self.quality = GOOD
            changed = 1
        x = (0 if raw else 1) if self.fail else (1 if raw else 0)
        if x != self.value or self.busy:
            q = self._debounce(x, now)
            self.busy = 1 if x != q else 0
            if q != self.value:
                self.value = q
                changed = 1
        return changed
