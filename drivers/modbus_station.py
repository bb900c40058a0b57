"""A unit on a client's serial line, as `drivers.modbus_line.ModbusLine` sees it: what it wants, when, and how it fails.

A station gives one request at a time and is told what came of it. This base keeps what every unit needs: retries of a
read that got no answer (the very same request again, at most three times), an increasing pause once it is given up, and
the time-out, which follows from how fast the unit has answered.
"""

from protocols.modbus.request import DONE, Request
from protocols.port import const
from protocols.ticks import ticks_add, ticks_diff

NOTHING = const(0)
"""What a station wants: `urgency`."""
READ = const(1)
WRITE = const(2)

MAX_RETRIES = const(3)
_AGAIN_MS = const(20)
_FIRST_PAUSE_MS = const(1000)
_LAST_PAUSE_MS = const(8000)
_MIN_TIMEOUT_MS = const(100)
_MAX_TIMEOUT_MS = const(1500)

BUSY = const(6)
ACKNOWLEDGE = const(5)


class Station:
    """One unit; ``address`` 0 means not fitted. ``timeout_ms`` 0: found out, 100 to 1,500 ms.

    alive       1 since it last answered, 0 once it was given up (and before it first answered)
    failures    requests that got no answer, of all time (mod 2**16); busy: answers "busy" likewise
    deadline    ms tick by which what it wants should be done: the line takes the earliest first
    """

    def __init__(self, address, timeout_ms=0):
        if not 0 <= address <= 247:
            raise ValueError("a unit's address is 1 to 247, or 0 for none")
        self.address = address
        self.alive = 0
        self.failures = 0
        self.busy = 0
        self.deadline = 0
        self.timeout_ms = timeout_ms or _MIN_TIMEOUT_MS
        self.short = Request(address, 5, self)  # reads and single writes
        self._fixed_timeout = timeout_ms
        self._again = 0
        self._attempts = 0
        self._first_sent = 0
        self._hold = 0
        self._holding = 0
        self._pause_ms = 0

    # What a kind of unit implements.

    def wants(self, now):
        """Return NOTHING, READ or WRITE and set `deadline`; called whenever the line is free."""
        return NOTHING

    def make(self, now):
        """Return the request for what `wants` has just said."""
        return self.short

    def done(self, request, now):
        """Take the reply, or the exception code in ``request.status``."""

    def unanswered(self, request, now):
        """A write got no answer: whether it was executed isn't known."""

    def lost(self, now):
        """The unit is given up: four requests in a row got no answer."""

    def tick(self, now):
        """Called often, whether the unit is asked or not: to let values grow old."""

    def careful(self):
        """Return 1 where a reply to an earlier attempt could be taken for the reply to the next request."""
        return 0

    # What the line calls.

    def urgency(self, now):
        """Return NOTHING, READ or WRITE: what the station wants the line for at ``now`` (ms tick)."""
        if self._holding:
            if ticks_diff(self._hold, now) > 0:
                return NOTHING
            self._holding = 0
        if self._again:
            return READ
        return self.wants(now)

    def request(self, now):
        """Return the request to send now."""
        if not self._again:
            request = self.make(now)
            self._first_sent = now
            return request
        return self.short

    def over(self, request, now):
        """Take what came of the request."""
        if request.status >= DONE:
            self._answered(request, now)
            return
        self.failures = (self.failures + 1) & 0xFFFF
        self._again = 0
        self._attempts += 1
        self._slower()
        if self._attempts > MAX_RETRIES or not self.alive:
            self._attempts = 0
            self.alive = 0
            self._pause_ms = min(2 * self._pause_ms, _LAST_PAUSE_MS) or _FIRST_PAUSE_MS
            self.hold(self._pause_ms, now)
            self.lost(now)
            return
        if request.fc <= 4:
            self._again = 1
            self.hold(_AGAIN_MS, now)
        else:
            self.unanswered(request, now)

    def hold(self, ms, now):
        """Want nothing for ``ms``."""
        self._hold = ticks_add(now, ms)
        self._holding = 1

    def _answered(self, request, now):
        again = self._again
        waited = ticks_diff(now, self._first_sent)
        self._again = 0
        self._attempts = 0
        self._pause_ms = 0
        self.alive = 1
        if not again:
            self._faster(waited)
        elif self.careful():
            # Each attempt may yet be answered, none later than the first was: until then nothing else is asked.
            self.hold(waited, now)
        if request.status == BUSY or request.status == ACKNOWLEDGE:
            self.busy = (self.busy + 1) & 0xFFFF
        self.done(request, now)

    def _faster(self, waited):
        if not self._fixed_timeout:
            self.timeout_ms = max(_MIN_TIMEOUT_MS, min(3 * waited, _MAX_TIMEOUT_MS))

    def _slower(self):
        if not self._fixed_timeout:
            self.timeout_ms = min(2 * self.timeout_ms, _MAX_TIMEOUT_MS)


__all__ = ("ACKNOWLEDGE", "BUSY", "MAX_RETRIES", "NOTHING", "READ", "WRITE", "Station")
