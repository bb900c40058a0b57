"""Which way a vehicle went through a lane, from loops and beams (domain brief §3b, occupancy and direction).

The boom loop is long: vehicles that follow closely keep it occupied, and a high truck bed lets it drop out. So what
parts one vehicle from the next is a gap in the *beams* at the boom's plane; the loops say where it came from and where
it went. A vehicle counts when the beams are clear behind it and it stands on the exit loop.
"""

from drivers.blocks.timers import OffDelay
from protocols.port import const
from protocols.ticks import ticks_diff

# `event`, for one scan
NOTHING = const(0)
ENTERED = const(1)  # came from the approach: onto the boom loop, or into the beams close behind another
WENT_THROUGH = const(2)  # passed forwards
BACKED_OUT = const(3)  # was under the boom and went back
RETREATED = const(4)  # touched the loop, never reached the boom
WRONG_WAY = const(5)  # went through backwards

NOBODY = const(0)
_ON_LOOP = const(1)  # on the boom loop, not yet in the beams
_IN_BEAMS = const(2)
_BEHIND = const(3)  # beams clear again: where did it go?
_TAIL = const(4)  # counted, but its rear may still be on the loop

_CAME_FROM_MS = const(3000)  # a vehicle that left the approach loop this lately is the one that arrives at the boom
_LOST_MS = const(1000)  # clear of beams and loop for this long without the exit loop: it went back


class Passage:
    """Follows vehicles through one lane; `event` says what happened in this scan, `under` whether anything is there."""

    def __init__(self):
        self.event = NOTHING
        self.under = 0
        self.state = NOBODY
        self._wrong = 0
        self._beyond = 0
        self._since = 0
        self._came = OffDelay(_CAME_FROM_MS)

    def __call__(self, la, lb, lc, beams, gap_ms, now):
        """Take approach, boom and exit loop and the beams (1 = broken by a body, not by their test); return `event`.

        gap_ms: beams clear for less belong to the same vehicle.
        """
        came = self._came(la, now)
        self.under = 1 if lb or beams else 0
        self.event = NOTHING
        state = self.state
        if state == NOBODY:
            if self.under:
                self._wrong = 1 if lc and not came else 0
                self.event = NOTHING if self._wrong else ENTERED
                self.state = _IN_BEAMS if beams else _ON_LOOP
        elif state == _ON_LOOP:
            if beams:
                self.state = _IN_BEAMS
            elif not lb:
                if not self._wrong:
                    self.event = RETREATED
                self.state = NOBODY
        elif state == _IN_BEAMS:
            if not beams:
                self.state = _BEHIND
                self._since = now
                self._beyond = lc
        elif state == _BEHIND:
            self._judge(lb, lc, beams, gap_ms, now)
        elif beams:  # _TAIL
            self._wrong = 0
            self.event = ENTERED
            self.state = _IN_BEAMS
        elif not lb:
            self.state = NOBODY
        return self.event

    def _judge(self, lb, lc, beams, gap_ms, now):
        if lc:
            self._beyond = 1
        gap = ticks_diff(now, self._since)
        if beams:
            self.state = _IN_BEAMS
        elif gap < gap_ms:
            pass
        elif self._wrong:
            if lc:
                self.state = _TAIL  # looked in from the exit side, and left again
            elif not lb:
                self.event = WRONG_WAY
                self.state = NOBODY
        elif self._beyond:
            self.event = WENT_THROUGH
            self.state = _TAIL
        elif not lb and gap >= _LOST_MS:
            self.event = BACKED_OUT
            self.state = NOBODY
