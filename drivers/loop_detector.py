"""An inductive loop with its detector, seen so that a boom may trust it (domain brief §3a, §3b, §3c B3).

Two readings of one loop. *Occupied* is for safety: present, faulty, unreadable or in doubt, at once and without a
filter. *Vehicle* is for counting and direction: presence filtered 100 ms on and 250 ms off.

A boom needs *permanent presence*: a limited-presence detector tunes a standing car out after minutes and then reports a
free loop. So a long presence that ends without anything arriving on the loop beyond is doubted, and `occupied` stands.
The doubt ends when a vehicle does arrive there: it can only have come from here. (A vehicle on the approach proves
nothing, it may have joined the queue.) A vehicle that stood long and then backed out leaves a doubt too; the boom stays
up for it until the next vehicle drives through, or until somebody looks and calls `believe()`.
"""

from drivers.blocks.debounce import Debounce
from drivers.blocks.timers import OffDelay
from protocols.quality import BAD
from protocols.ticks import ticks_diff

STANDING_MS = 60000
"""Presence beyond this may end by being tuned out; known detectors take from 5 min."""
MOVED_MS = 10000
"""How long ago an arrival on the loop beyond still explains the end of a presence."""


class LoopDetector:
    """One loop.

    occupied   1 unless the loop is proven free: what keeps a boom up
    vehicle    1 for a vehicle, filtered: for direction and counting; keeps its value while the detector is unreadable
    fault      1 while the detector reports a fault or can't be read, and until it has been well for `ok_ms`
    doubt      1 after a long presence that ended without an arrival beyond
    """

    def __init__(self, on_ms=100, off_ms=250, ok_ms=10000):
        self.occupied = 1
        self.vehicle = 0
        self.fault = 1
        self.doubt = 0
        self._filter = Debounce(on_ms, off_ms)
        self._well = OffDelay(ok_ms)
        self._was_present = 0
        self._present_since = 0
        self._standing = 0
        self._beyond = 0
        self._arrived = 0
        self._arrived_since = 0

    def __call__(self, present, present_q, broken, broken_q, beyond, now):
        """Judge one scan and return `occupied`.

        present, broken: the loop's presence and fault contacts as conditioned, each with its quality. beyond: presence
        on the next loop in the direction of travel; 0 forever where there is none, and then a doubt needs believe().
        """
        unreadable = present_q >= BAD or broken or broken_q >= BAD
        self.fault = self._well(unreadable, now)
        if beyond and not self._beyond:
            self._arrived = 1
            self._arrived_since = now
            self.doubt = 0
        elif self._arrived and ticks_diff(now, self._arrived_since) > MOVED_MS:
            self._arrived = 0
        self._beyond = beyond
        if unreadable:
            self.occupied = 1
            return 1
        if present:
            if not self._was_present:
                self._present_since = now
                self._standing = 0
            elif not self._standing and ticks_diff(now, self._present_since) >= STANDING_MS:
                self._standing = 1
        elif self._was_present and self._standing and not self._arrived:
            self.doubt = 1
        self._was_present = present
        self.vehicle = self._filter(present, now)
        self.occupied = 1 if present or self.vehicle or self.doubt else 0
        return self.occupied

    def believe(self):
        """Take the loop's word that it is free: somebody looked."""
        self.doubt = 0
