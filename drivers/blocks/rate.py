"""Blocks that hold a rate: the slew of an integer, and how many events a window of time has seen."""

from array import array

from protocols.ticks import ticks_diff

# A step is rate x dt with both bounded, so that the product stays a small int (31 bits) on a board.
MAX_RATE = 1000000
MAX_DT_MS = 1000


class RateLimit:
    """Follow `x`, an integer, no faster than `up` and `down` units a second.

    What a scan's budget leaves below one unit is carried to the next scan, so slow ramps are exact: after t ms the
    output has moved by floor(rate * t / 1000). The first call takes `start` as the output, not `x`. A gap between
    two calls counts for at most 1 s: an output must not jump after a pause. Rates are 1 .. 1,000,000 a second.
    """

    def __init__(self, up, down, start=0):
        if not 0 < up <= MAX_RATE or not 0 < down <= MAX_RATE:
            raise ValueError("rate must be 1..%d per second" % MAX_RATE)
        self.up = up
        self.down = down
        self.q = start
        self._rest = 0
        self._rising = 0
        self._started = 0
        self._last = 0

    def __call__(self, x, now):
        """Return the output after the time since the last call; the first call only starts the clock."""
        if not self._started:
            self._started = 1
            self._last = now
            return self.q
        dt = ticks_diff(now, self._last)
        self._last = now
        q = self.q
        if x == q:
            self._rest = 0
            return q
        if dt > MAX_DT_MS:
            dt = MAX_DT_MS
        rising = 1 if x > q else 0
        if rising != self._rising:
            self._rising = rising
            self._rest = 0
        budget = self._rest + (self.up if rising else self.down) * dt
        step = budget // 1000
        if rising:
            q = q + step if x - q > step else x
        else:
            q = q - step if q - x > step else x
        self._rest = 0 if q == x else budget - step * 1000
        self.q = q
        return q

    def force(self, q):
        """Put the output to `q` at once: for a stop, which must not ramp."""
        self.q = q
        self._rest = 0


class RateCounter:
    """1 while at least `n` events lie within the last `window_ms` (an event is counted up to and at that age).

    Keeps the last n times in a fixed ring, which is all the question needs: older events can't change the answer.
    `.count` is how many of the last n are inside. Call it every scan, with event 0 too, so that old times leave
    before ticks wrap.
    """

    def __init__(self, n, window_ms):
        self.n = n
        self.window_ms = window_ms
        self.count = 0
        self.q = 0
        self._ring = array("i", [0] * n)
        self._oldest = 0

    def __call__(self, event, now):
        """Note an event if there is one, drop those that are too old, return 1 at n or more."""
        n = self.n
        if event:
            if self.count == n:
                self._oldest = (self._oldest + 1) % n
                self.count -= 1
            self._ring[(self._oldest + self.count) % n] = now
            self.count += 1
        while self.count and ticks_diff(now, self._ring[self._oldest]) > self.window_ms:
            self._oldest = (self._oldest + 1) % n
            self.count -= 1
        self.q = 1 if self.count == n else 0
        return self.q

    def clear(self):
        """Forget all events."""
        self.count = 0
        self.q = 0
