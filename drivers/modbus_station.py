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
PERIOD = const(64)
"""`Station.pressure` of what is so late that it can't well wait any longer."""
_DEAD_MS = const(2000)
_FIRST_PAUSE_MS = const(250)
_LAST_PAUSE_MS = const(8000)
_MIN_TIMEOUT_MS = const(60)
_FIRST_TIMEOUT_MS = const(100)
_MAX_TIMEOUT_MS = const(400)

BUSY = const(6)
ACKNOWLEDGE = const(5)


class Station:
    """One unit; ``address`` 0 means not fitted. ``timeout_ms`` 0: found out, 60 to 400 ms; a unit that takes
    longer has to be known for it (`drivers.sunspec.quirks`), since each silence is the whole line's.

    alive       1 since it last answered, 0 once it was given up (and before it first answered)
    failures    requests that got no answer, of all time (mod 2**16); busy: answers "busy" likewise
    pressure    how late is what it wants, in 1/64 of the time that it can wait: the line takes the greatest first
    """

    def __init__(self, address, timeout_ms=0):
        if not 0 <= address <= 247:
            raise ValueError("a unit's address is 1 to 247, or 0 for none")
        self.address = address
        self.alive = 0
        self.failures = 0
        self.busy = 0
        self.pressure = 0
        self.patience = 1000
        self.timeout_ms = timeout_ms or _FIRST_TIMEOUT_MS
        self.short = Request(address, 5, self)  # reads and single writes
        self._fixed_timeout = timeout_ms
        self._known_timeout = 0
        self._again = 0
        self._attempts = 0
        self._first_sent = 0
        self._wanted = 0
        self._hold = 0
        self._holding = 0
        self._pause_ms = 0
        self._heard = 0

    # What a kind of unit implements.

    def wants(self, now):
        """Return NOTHING, WRITE (goes first), or READ (takes its turn by `press`); called whenever the line is free."""
        return NOTHING

    def make(self, now):
        """Return the request for what `wants` has just said."""
        return self.short

    def done(self, request, now):
        """Take the reply, or the exception code in ``request.status``."""

    def unanswered(self, request, now):
        """A write got no answer: whether it was executed isn't known."""

    def unread(self, request, now):
        """A read got no answer, nor did its retries: it may be asked for anew, or something else first."""

    def lost(self, now):
        """The unit is given up: at least four requests in a row got no answer, for 2 s or more."""

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
            self.press(ticks_diff(now, self._wanted), self.patience)
            return READ
        return self.wants(now)

    def press(self, late, patience):
        """Take note that what is wanted is late by so many ms, of `patience` ms that it can wait (its slack)."""
        late = 0 if late < 0 else 0xFFFF if late > 0xFFFF else late
        self.pressure = late * PERIOD // patience
        self.patience = patience

    def request(self, now):
        """Return the request to send now."""
        if not self._again:
            request = self.make(now)
            self._first_sent = now
            # In what goes on waiting, the lateness that it has already counts too.
            self._wanted = ticks_add(now, -(self.pressure * self.patience // PERIOD))
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
        if not self.alive or (self._attempts > MAX_RETRIES and ticks_diff(now, self._heard) >= _DEAD_MS):
            self._give_up(now)
            return
        # As long as it has cost the others, it waits itself.
        self.hold(self.timeout_ms, now)
        self._slower()
        if request.fc > 4:
            self.unanswered(request, now)
        elif self._attempts % (MAX_RETRIES + 1):
            self._again = 1
        else:
            self.unread(request, now)

    def _give_up(self, now):
        if not self._known_timeout:
            self._slower()  # it never answered: perhaps it takes longer
        elif not self._fixed_timeout:
            self.timeout_ms = min(2 * self._known_timeout, _MAX_TIMEOUT_MS)
        self._attempts = 0
        self.alive = 0
        self._pause_ms = min(2 * self._pause_ms, _LAST_PAUSE_MS) or _FIRST_PAUSE_MS
        self.hold(self._pause_ms, now)
        self.lost(now)

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
        self._heard = now
        if not again:
            self._faster(waited)
        elif self.careful():
            # Each attempt may yet be answered, none later than the first was: until then nothing else is asked.
            self.hold(waited, now)
        if request.status == BUSY or request.status == ACKNOWLEDGE:
            self.busy = (self.busy + 1) & 0xFFFF
        self.done(request, now)

    def _faster(self, waited):
        # Up at once, down little by little: one quick answer doesn't mean that the next one can't take its time.
        if not self._fixed_timeout:
            least = max(_MIN_TIMEOUT_MS, self._known_timeout - (self._known_timeout >> 4))
            self.timeout_ms = max(least, min(3 * waited, _MAX_TIMEOUT_MS))
            self._known_timeout = self.timeout_ms

    def _slower(self):
        # The second attempt waits as long as the first: damage is more likely than a unit that has become slow.
        if self._fixed_timeout or (self._attempts < 2 and self.alive):
            return
        if self.timeout_ms < _MAX_TIMEOUT_MS:
            self.timeout_ms = min(2 * self.timeout_ms, _MAX_TIMEOUT_MS)
        else:
            self.timeout_ms = self._known_timeout or _FIRST_TIMEOUT_MS


__all__ = ("ACKNOWLEDGE", "BUSY", "MAX_RETRIES", "NOTHING", "READ", "WRITE", "Station")
