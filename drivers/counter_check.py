"""Believes a counter that it only sees now and then: it wraps at its end, and it may jump (a meter exchanged, reset or
disturbed).

A reading is believed when it lies no further ahead of the last believed one than the counter can have come since. One
that doesn't is refused; three in a row that follow one another are a counter with a new place, and what lies between
the old and the new place is not counted.
"""

from protocols.port import const
from protocols.quality import BAD, GOOD, UNCERTAIN
from protocols.ticks import ticks_diff

MAX_FASTEST = const(20000)
PROOF = const(3)
_SLACK = const(2)  # units: the reading before may have been just before an advance, this one just after
_COUNTED_S = const(50000)  # up to here the time is taken in seconds, then in minutes: the product stays a small integer
_MOST_S = const(3000000)
_TOTAL_MASK = const(0x3FFFFFFF)


class CounterCheck:
    """A counter of units (kWh, litres) with a range of 0..modulus-1 (at most 2**30), no faster than `fastest` units an
    hour (1..20000). Raises ValueError for what a board can't count.

    total    sum of the believed advances, modulo 2**30; set it to go on from a kept value
    quality  UNCERTAIN before the first reading, GOOD, or BAD from a refused reading to the next believed one
    refused  readings that weren't believed (mod 2**16)
    jumps    how often the counter's place was taken anew (mod 2**16); wraps: how often it went through its end
    """

    def __init__(self, modulus, fastest):
        if not 1 < modulus <= 1 << 30 or not 0 < fastest <= MAX_FASTEST:
            raise ValueError("a counter to %d, %d units an hour" % (modulus, fastest))
        self.modulus = modulus
        self.fastest = fastest
        self.total = 0
        self.quality = UNCERTAIN
        self.refused = 0
        self.jumps = 0
        self.wraps = 0
        self._last = -1  # the last believed reading, and how long ago that was
        self._age_s = 0
        self._new = -1  # the last refused one
        self._new_age_s = 0
        self._proofs = 0
        self._at = 0
        self._rest_ms = 0
        self._begun = 0

    def tick(self, now):
        """Let time pass: at least once an hour, however seldom the counter is read."""
        if self._begun:
            self._rest_ms += ticks_diff(now, self._at)
            seconds = self._rest_ms // 1000
            self._rest_ms -= seconds * 1000
            if self._age_s < _MOST_S:
                self._age_s += seconds
            if self._new_age_s < _MOST_S:
                self._new_age_s += seconds
        self._begun = 1
        self._at = now

    def __call__(self, reading, now):
        """Take a reading; return the units that it is ahead of the last believed one, 0 when it isn't believed."""
        self.tick(now)
        if not 0 <= reading < self.modulus:
            self._refuse(-1)
            return 0
        if self._last < 0:
            self._believe(reading)
            return 0
        advance = self._advance(reading, self._last)
        if advance <= self._most(self._age_s):
            if reading < self._last:
                self.wraps = (self.wraps + 1) & 0xFFFF
            self._believe(reading)
            self.total = (self.total + advance) & _TOTAL_MASK
            return advance
        follows = self._new >= 0 and self._advance(reading, self._new) <= self._most(self._new_age_s)
        self._proofs = self._proofs + 1 if follows else 1
        if self._proofs >= PROOF:
            self.jumps = (self.jumps + 1) & 0xFFFF
            self._believe(reading)
        else:
            self._refuse(reading)
        return 0

    def _advance(self, reading, before):
        ahead = reading - before
        return ahead if ahead >= 0 else ahead + self.modulus

    def _most(self, age_s):
        """The furthest that it can have come in that time."""
        if age_s < _COUNTED_S:
            return self.fastest * (age_s + 1) // 3600 + _SLACK
        return self.fastest * (age_s // 60 + 1) // 60 + _SLACK

    def _believe(self, reading):
        self._last = reading
        self._age_s = 0
        self._new = -1
        self._proofs = 0
        self.quality = GOOD

    def _refuse(self, reading):
        self._new = reading
        self._new_age_s = 0
        if reading < 0:
            self._proofs = 0
        self.refused = (self.refused + 1) & 0xFFFF
        self.quality = BAD
