"""The export law: what all inverters together may give, and each one's share of it (domain brief §2d).

``sum(P_set) = P_pv + P_grid + cap - margin`` each law, import positive: what the site draws without its inverters, plus
what may leave it. An inverter that is silent or doesn't mirror its limit may give its nameplate at any moment, so the
others leave that much free. The shares follow what each could give: one that gives less than it may keeps that and
some room, what is left goes to those that are held down. Limits fall at once and rise slowly.
"""

from array import array

from protocols.port import const

UNITS = const(6)
FULL = const(1000)  # 0.1 %
_STEP = const(10)  # 0.1 %: a rise of less isn't worth its requests
_HELD = const(20)  # 0.1 %: an inverter this near to its limit is held down by it

# What `take` did
FELL = const(1)
ROSE = const(2)
WISHED = const(4)

# PV.WHY
FREE = const(0)
EXPORT = const(1)
WISH = const(2)
METER = const(3)
OBSERVING = const(4)
STOPPED = const(5)


class Pv:
    """Limits of the inverters in 0.1 %. Lists have one entry an inverter.

    rating  nameplate in 0.1 kW; 0 not fitted     power   last known power     bad    silent or not controllable
    limit   what is asked                         stop    may not run          known  the limit in force was learnt
    """

    def __init__(self):
        self.rating = array("i", [0] * UNITS)
        self.power = array("i", [0] * UNITS)
        self.bad = bytearray(UNITS)
        self.silent = bytearray(UNITS)
        self.stop = bytearray(UNITS)
        self.limit = array("i", [0] * UNITS)
        self.known = bytearray(UNITS)
        self.total = 0  # what all give; a silent one counts with its nameplate
        self.allow = 0
        self.why = OBSERVING
        self.held = 0  # 1 while an inverter is held down
        self._need = array("i", [0] * UNITS)

    def learn(self, k, limit):
        """Begin at the limit that the inverter has: what follows is a ramp from there."""
        self.limit[k] = limit
        self.known[k] = 1

    def nameplate(self):
        """Sum of the nameplates in 0.1 kW."""
        total = 0
        for k in range(UNITS):
            total += self.rating[k]
        return total

    def sum(self, settled):
        """Work out `total`; returns the sum of the last known powers.

        Once the limits have `settled`, none that follows its limit gives more than that, whatever was read on the way.
        """
        known = 0
        total = 0
        for k in range(UNITS):
            power = self.power[k]
            total += self.rating[k] if self.silent[k] else power
            if settled and self.known[k] and not self.bad[k]:
                power = min(power, self.limit[k] * self.rating[k] // FULL)
            known += power
        self.total = total
        return known

    def share(self, cap):
        """Every inverter at its share of `cap` by nameplate: without a meter nothing else is safe (E4)."""
        rated = self.nameplate()
        share = min(FULL, cap * FULL // rated) if rated else FULL
        self.allow = cap
        self.held = 1 if share < FULL else 0
        for k in range(UNITS):
            self._need[k] = 0 if self.stop[k] else share

    def split(self, allow, above):
        """Give `allow` (0.1 kW) to the inverters; the result waits for `take`.

        `above` (0.1 %) is the room that an inverter which isn't held down gets above what it gives.
        """
        need = self._need
        free = allow
        kept = 0  # asked by those that are not held down
        held = 0  # nameplate of those that are
        for k in range(UNITS):
            rating = self.rating[k]
            need[k] = 0
            if not rating or self.stop[k]:
                continue
            if self.bad[k]:
                free -= rating
            elif self.power[k] * FULL >= (self.limit[k] - _HELD) * rating:
                held += rating
            else:
                need[k] = min(rating, self.power[k] + rating * above // FULL)
                kept += need[k]
        free = max(0, free)
        self.allow = allow
        self.held = 1 if free < kept + held else 0
        part = min(FULL, max(0, free - kept) * FULL // held) if held else 0  # of those held down
        spare = max(0, free - kept - held)
        for k in range(UNITS):
            rating = self.rating[k]
            if not rating or self.stop[k]:
                continue
            if self.bad[k]:
                # It is asked for its part as well: it may hear, and its nameplate is already set aside.
                need[k] = min(FULL, max(0, allow) * FULL // max(1, self.nameplate()))
            elif not need[k]:
                need[k] = part
            elif free < kept:
                need[k] = need[k] * free // kept * FULL // rating
            else:
                need[k] = min(FULL, (need[k] + spare // UNITS) * FULL // rating)

    def take(self, up, settled, tolerance, wishes, first):
        """Move the limits to what was worked out: down at once, up by at most `up` and only when `settled`.

        Until a change shows in what the inverters give, a higher result only means that they were read before it. A
        sum within `tolerance` (0.1 kW) of the one that stands is no change: each one costs the line a dozen requests.
        Wishes only tighten: `first` is that of all inverters, those after it are each one's own. Returns `FELL`, `ROSE`
        or 0, plus `WISHED` where a wish decides.
        """
        need = self._need
        now = 0
        goal = 0
        wished = 0
        forced = 0
        for k in range(UNITS):
            rating = self.rating[k]
            if not rating or not self.known[k]:
                continue
            tight = wishes.tighter(first + 1 + k, wishes.tighter(first, need[k]))
            if tight < need[k]:
                wished = WISHED
                need[k] = tight
                if tight < self.limit[k]:
                    forced = 1
            now += self.limit[k] * rating // FULL
            goal += min(need[k], self.limit[k]) * rating // FULL
        falls = forced or goal < now - tolerance
        if not falls and not settled:
            return wished
        moved = 0
        for k in range(UNITS):
            if not self.rating[k] or not self.known[k]:
                continue
            limit = self.limit[k]
            if need[k] < limit:
                if falls:
                    self.limit[k] = need[k]
                    moved = FELL
            elif settled and not falls and need[k] > limit:
                if need[k] - limit < _STEP and need[k] < FULL:
                    continue
                self.limit[k] = min(need[k], limit + up)
                moved = ROSE
        return moved | wished

    def worst(self):
        """The running inverter (from 0) that follows its limit worst; of those that follow, the weakest. -1: none."""
        found = -1
        excess = 0
        for k in range(UNITS):
            if not self.rating[k] or self.stop[k]:
                continue
            over = self.rating[k] if self.bad[k] else self.power[k] - self.limit[k] * self.rating[k] // FULL
            if over < self.rating[k] // 20:
                over = 0
            weaker = over == excess and found >= 0 and self.power[k] < self.power[found]
            if found < 0 or over > excess or weaker:
                found = k
                excess = over
        return found
