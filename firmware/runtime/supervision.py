"""Supervision of the gateway by its heartbeat (domain brief §7.3).

``NEVER`` at start; a changing beat makes it ``OK``. Unchanged for 1,000 ms it is ``LATE``, for LOST_MS ``LOST``: the
safe timer starts, and at zero it is ``SAFE``: the program follows its own policy. Back from LOST or SAFE takes 10 good
beats, each in time after the one before. A board that never hears a gateway goes the same way, counted from its start.
"""

from array import array

from protocols import layout
from protocols.port import const
from protocols.ticks import ticks_add, ticks_diff

LATE_MS = const(1000)
GOOD_BEATS = const(10)
KEEP_MS = const(120000)
HISTORY = const(32)  # beats remembered with their time of arrival, for the age of commands
_AGE_MAX = const(0x10000000)


class Supervision:
    """The heartbeat's judge. `link` is layout.LINK_, `value` the last beat."""

    def __init__(self, lost_ms, safe_ms, now):
        self.lost_ms = lost_ms
        self.safe_ms = safe_ms
        self.link = layout.LINK_NEVER
        self.value = 0
        self.beats = 0
        self._heard = False
        self._good = 0
        self._last = now  # tick of the last beat, or of the start
        self._lost_at = now
        self._reported = layout.LINK_NEVER
        self._values = array("H", [0] * HISTORY)
        self._times = array("i", [0] * HISTORY)
        self._count = 0  # how many of them are filled
        self._next = 0

    def beat(self, value, now):
        """The heartbeat register was written. Only a changed value is a beat; the very first is none yet."""
        if self._heard and value == self.value:
            return
        in_time = ticks_diff(now, self._last) < LATE_MS
        first = not self._heard
        self._heard = True
        self.value = value
        self._last = now
        self._remember(value, now)
        if first:
            return
        self.beats = self.beats + 1 & 0xFFFF
        if self.link == layout.LINK_LOST or self.link == layout.LINK_SAFE:
            self._good = self._good + 1 if in_time else 1
            if self._good >= GOOD_BEATS:
                self.link = layout.LINK_OK
        else:
            self.link = layout.LINK_OK

    def scan(self, now):
        """Judge the beat's age. Returns True if the link is not what it was at the last scan."""
        age = ticks_diff(now, self._last)
        if age < 0 or age > _AGE_MAX:  # days of silence: stay on this side of the ticks' wrap
            self._last = ticks_add(now, -_AGE_MAX)
            age = _AGE_MAX
        if age >= LATE_MS:
            self._good = 0
        link = self.link
        if link < layout.LINK_LOST:
            if age >= self.lost_ms:
                link = layout.LINK_LOST
                self._lost_at = now
            elif age >= LATE_MS and link == layout.LINK_OK:
                link = layout.LINK_LATE
        # The safe timer runs on until the gateway is back for good: single beats don't hold it up.
        if link == layout.LINK_LOST and ticks_diff(now, self._lost_at) >= self.safe_ms:
            link = layout.LINK_SAFE
        self.link = link
        self._forget(now)
        if link == self._reported:
            return False
        self._reported = link
        return True

    def remaining(self, now):
        """Time until SAFE in 0.1 s, rounded up; the whole safe time while nothing is lost."""
        if self.link == layout.LINK_SAFE:
            return 0
        if self.link != layout.LINK_LOST:
            return self.safe_ms // 100
        return max(0, (self.safe_ms - ticks_diff(now, self._lost_at) + 99) // 100)

    def age_of(self, echo, now):
        """Milliseconds since the beat `echo` arrived, or -1 if it is none of the last beats since reset.

        A command that carries it is at most that old. The newest beat of that value counts.
        """
        i = self._next
        n = self._count
        while n:
            i = (i or HISTORY) - 1
            if self._values[i] == echo:
                return ticks_diff(now, self._times[i])
            n -= 1
        return -1

    def _forget(self, now):
        """Drop one beat that is too old for any command, long before its tick could wrap."""
        if self._count:
            oldest = (self._next - self._count) % HISTORY
            if not 0 <= ticks_diff(now, self._times[oldest]) <= KEEP_MS:
                self._count -= 1

    def _remember(self, value, now):
        i = self._next
        self._values[i] = value
        self._times[i] = now
        self._next = (i + 1) % HISTORY
        if self._count < HISTORY:
            self._count += 1
