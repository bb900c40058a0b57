"""Sensors checked against each other: drift, places that were exchanged, a store that stands on its head (domain brief
§4c H11, §4e: a drift of 5 K is found within 30 minutes).

None of these judges by one moment: a deviation has to stand. What they are fed is the caller's: values of sensors that
are GOOD, and an estimate of what each ought to show. While there is none, `rest`.
"""

from array import array

from protocols.port import const
from protocols.ticks import ticks_diff

_LONGEST_MS = const(10000)  # a gap counts for no more


class Deviation:
    """1 when a value has been off its estimate by more than `limit` for `after_ms` in sum.

    Time outside adds up and time inside takes away as much, so that a deviation that comes and goes is found when it
    comes more than it goes. Once found it stands until the sum is back at zero.

    off   the last deviation, value less estimate
    """

    def __init__(self, limit, after_ms):
        self.limit = limit
        self.after_ms = after_ms
        self.q = 0
        self.off = 0
        self._sum = 0
        self._now = 0
        self._timing = 0

    def __call__(self, value, estimate, now):
        """Take a pair; return 1 while it is found wrong."""
        off = value - estimate
        self.off = off
        dt = ticks_diff(now, self._now) if self._timing else 0
        self._timing = 1
        self._now = now
        if not 0 <= dt <= _LONGEST_MS:
            dt = _LONGEST_MS
        if off > self.limit or off < -self.limit:
            self._sum = min(self._sum + dt, self.after_ms)
            if self._sum >= self.after_ms:
                self.q = 1
        else:
            self._sum = max(self._sum - dt, 0)
            if not self._sum:
                self.q = 0
        return self.q

    def rest(self):
        """Nothing to compare with now: the sum stands, and no time passes."""
        self._timing = 0

    def reset(self):
        """Forget it."""
        self.q = 0
        self.off = 0
        self._sum = 0
        self._timing = 0


class Exchanged:
    """1 when the sensor that ought to be the warmer one has been the colder one by more than `margin`, for `after_ms`
    in sum, while heat flows: supply and return are exchanged."""

    def __init__(self, margin, after_ms):
        self._check = Deviation(margin, after_ms)
        self.q = 0

    def __call__(self, warm, cold, flows, now):
        """Take both temperatures; `flows`: heat is known to flow, so there must be a difference."""
        if not flows:
            self._check.rest()
        else:
            self.q = self._check(min(warm - cold, 0), 0, now)
        return self.q

    def reset(self):
        """Forget it."""
        self._check.reset()
        self.q = 0


class Follower:
    """What a sensor ought to show, by where its water comes from: a node of a store that follows the node before it.

    The estimate moves towards `source` by `share` (thousandths an hour of the difference, from the flow and the node's
    mass) and, slowly, towards the sensor itself: by 1/`trust_h` an hour, for what the estimate doesn't know. So a step
    of the sensor alone stands out for hours, a true one goes with its source.

    value   the estimate, in the sensor's unit
    """

    def __init__(self, trust_h=4):
        self.trust_h = trust_h
        self.value = 0
        self._rest = 0
        self._now = 0
        self._timing = 0

    def start(self, value):
        """Begin anew from the sensor."""
        self.value = value
        self._rest = 0
        self._timing = 0

    def __call__(self, sensor, source, share, now):
        """Let time pass; return the estimate. Differences within +-30000, share 0..30000 thousandths an hour."""
        dt = ticks_diff(now, self._now) if self._timing else 0
        if not self._timing:
            self._timing = 1
            self._now = now
            return self.value
        if dt < _SECOND_MS:
            return self.value
        self._now = now
        if dt > _LONGEST_MS:
            dt = _LONGEST_MS
        pull = (source - self.value) * share // 1000 + (sensor - self.value) // self.trust_h  # units an hour
        moved = self._rest + pull * (dt // 100)
        step = moved // _HOUR
        self._rest = moved - step * _HOUR
        self.value += step
        return self.value


_SECOND_MS = const(1000)
_HOUR = const(36000)  # in 0.1 s


class Column:
    """A store's temperatures from the top down, which must not rise by more than `margin` for `after_ms` in sum.

    Water of a store lies in layers: a node warmer than the one above it is no water but a wrong sensor. `wrong` is its
    index, -1 when there is none: the one whose removal leaves an order; where either would, the one that lies further
    from the line between its own neighbours.
    """

    def __init__(self, n, margin, after_ms):
        self.n = n
        self.margin = margin
        self.wrong = -1
        self._t = array("i", [0] * n)
        self._there = bytearray(n)
        self._checks = tuple([Deviation(margin, after_ms) for _ in range(n)])

    def put(self, i, value, good):
        """The i-th temperature, 0 at the top; one that isn't good is left out."""
        self._t[i] = value
        self._there[i] = 1 if good else 0

    def __call__(self, now):
        """Judge what was put; return `wrong`."""
        suspect = self._suspect()
        wrong = -1
        for i in range(self.n):
            check = self._checks[i]
            if not self._there[i]:
                check.reset()
            elif check(self.margin + 1 if i == suspect else 0, 0, now):
                wrong = i
        self.wrong = wrong
        return wrong

    def _suspect(self):
        above = self._next(-1)
        while above >= 0:
            below = self._next(above)
            if below >= 0 and self._t[below] > self._t[above] + self.margin:
                return self._worse(above, below)
            above = below
        return -1

    def _next(self, i):
        """The next fitted one below, -1 when there is none."""
        i += 1
        while i < self.n:
            if self._there[i]:
                return i
            i += 1
        return -1

    def _before(self, i):
        i -= 1
        while i >= 0 and not self._there[i]:
            i -= 1
        return i

    def _worse(self, above, below):
        """Which of the two makes the inversion."""
        over = self._before(above)
        under = self._next(below)
        without_above = over < 0 or self._t[below] <= self._t[over] + self.margin
        without_below = under < 0 or self._t[under] <= self._t[above] + self.margin
        if without_above != without_below:
            return above if without_above else below
        return above if self._bend(over, above, below) > self._bend(above, below, under) else below

    def _bend(self, over, i, under):
        """How far a node lies from the middle of its neighbours; from the only one at an end."""
        t = self._t
        if over < 0:
            line = t[under]
        elif under < 0:
            line = t[over]
        else:
            line = (t[over] + t[under]) // 2
        off = t[i] - line
        return off if off >= 0 else -off
