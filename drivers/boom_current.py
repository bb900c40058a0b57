"""Obstruction by motor current: more than usual at this angle, for too long (domain brief §3c B4, §3d).

"Usual" is a curve with one point every 5 degrees, learned while closing freely. It is relearned only on purpose (in
maintenance), never by itself: a boom that grows heavy would teach itself to push.
"""

from array import array

from drivers.blocks.timers import OnDelay
from protocols.quality import BAD
from protocols.ticks import ticks_diff

BIN = 50
"""0.1 degree a point: 5 degrees."""
BINS = 18
FLOOR = 50
"""0.5 A: no point of a curve is lower, or noise would trip a light boom."""
DEFAULT = 300
"""3 A: until a curve is learned; free closing of a 3 m boom takes half of it."""
DEFAULT_START = 500
"""5 A in the top 10 degrees, where closing starts and the drive accelerates."""
START_MS = 300
"""The drive accelerates for this long wherever it starts: then the highest point of the curve counts."""


class CurrentCurve:
    """Watches the current of a closing boom; `over` is 1 while it is an obstruction.

    curve     array('h') of 18 currents in 0.01 A by 5 degrees, for the program to keep in its configuration
    learning  set to 1 to take the next complete closing as the new curve; it falls back to 0 when that is done
    pct, ms   how far above the curve, in %, and for how long
    """

    def __init__(self, pct=150, ms=60):
        self.pct = pct
        self.curve = array("h", [DEFAULT] * (BINS - 2) + [DEFAULT_START] * 2)
        self.learning = 0
        self.over = 0
        self._long = OnDelay(ms)
        self._seen = array("h", [0] * BINS)
        self._complete = 0
        self._start = 0
        self._starting = 0

    @property
    def ms(self):
        """How long the current must be too high."""
        return self._long.preset

    @ms.setter
    def ms(self, value):
        self._long.preset = value

    def begin(self, from_open, now):
        """A closing begins; only one from the open limit can be learned."""
        for i in range(BINS):
            self._seen[i] = 0
        self._complete = from_open
        self._start = now
        self._starting = 1
        self._long.reset()
        self.over = 0

    def watch(self, angle, angle_q, amps, amps_q, now):
        """Judge one scan of a closing; return `over`. A current that can't be read counts as too high."""
        if self._starting and ticks_diff(now, self._start) >= START_MS:
            self._starting = 0
        i = angle // BIN
        if i < 0:
            i = 0
        elif i >= BINS:
            i = BINS - 1
        if amps > self._seen[i]:
            self._seen[i] = amps if amps < 32767 else 32767
        if amps_q >= BAD or angle_q >= BAD:
            self._complete = 0
        high = amps_q >= BAD or amps * 100 > self._usual(i, angle_q) * self.pct
        self.over = self._long(high, now)
        return self.over

    def end(self, arrived):
        """The closing ends; `arrived` is 1 at the closed limit. A complete one is adopted while learning."""
        self.over = 0
        if not (arrived and self.learning and self._complete):
            return
        last = FLOOR
        for i in range(BINS - 1, -1, -1):  # in the direction of travel: an angle that no scan met takes the one before
            amps = self._seen[i]
            if amps:
                last = amps if amps > FLOOR else FLOOR
            self.curve[i] = last
        self.learning = 0

    def _usual(self, i, angle_q):
        curve = self.curve
        if self._starting or angle_q >= BAD:
            most = 0
            for amps in curve:
                if amps > most:
                    most = amps
            return most
        # The edge between two points of the curve is not met at the same angle each time.
        before = curve[i + 1] if i + 1 < BINS else 0
        return before if before > curve[i] else curve[i]
