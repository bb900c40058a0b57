"""Which branches have waste that has not landed (domain brief §1b: the diverter never moves with waste in flight).

Two know of it, and the safe side is what either believes. The gateway declares what it drops (WASTE). The board infers:
wherever an air-inlet valve is open, somebody may be dropping; it ends only with a purge, air fast enough through the
open branch for purge_factor x length / u_min, counted while no discharge is permitted. After a reset the board knows
nothing, and says so.
"""

from protocols.port import const
from protocols.ticks import ticks_diff

BRANCHES = const(6)
ALL = const(0x3F)
UNKNOWN = const(0x40)  # bit of FLIGHT
_LENGTH = ("length1", "length2", "length3", "length4", "length5", "length6")


class Flight:
    """Purge time still needed, by branch.

    mask      branches with waste in flight as this board believes, bit 0 branch 1
    declared  of these, declared by the gateway
    unknown   branches not purged since reset
    """

    def __init__(self):
        self.mask = 0
        self.declared = 0
        self.unknown = ALL
        self._left = [0] * BRANCHES
        self._last = 0

    @property
    def any(self):
        """1 while waste may be anywhere."""
        return 1 if self.mask or self.unknown else 0

    @property
    def word(self):
        """What FLIGHT shows."""
        return self.mask | (UNKNOWN if self.unknown else 0)

    def tick(self, now):
        """Once a scan: returns the milliseconds since the last one (at most 1 s)."""
        dt = ticks_diff(now, self._last)
        self._last = now
        return dt if 0 <= dt <= 1000 else 0

    def full(self, branch, par):
        """Purge time of a whole branch, ms."""
        return getattr(par, _LENGTH[branch - 1]) * 1000 // par.u_min * par.purge_factor

    def note(self, branch, par, declared=0):
        """There may be waste in the branch from now on."""
        bit = 1 << branch - 1
        self.mask |= bit
        if declared:
            self.declared |= bit
        self._left[branch - 1] = self.full(branch, par)

    def left(self, branch):
        """Purge time that the branch still needs, ms."""
        return self._left[branch - 1] if branch else 0

    def begin(self, branch, par):
        """A purge of this branch begins: what lies in it, known or not, needs the whole time."""
        if not self.mask & 1 << branch - 1:
            self.note(branch, par)

    def blow(self, branch, dt):
        """Fast air for dt ms; returns 1 when with that the branch is clear."""
        left = self._left[branch - 1] - dt
        if left > 0:
            self._left[branch - 1] = left
            return 0
        self._left[branch - 1] = 0
        bit = ~(1 << branch - 1)
        self.mask &= bit
        self.declared &= bit
        self.unknown &= bit
        return 1

    def clear(self, known):
        """By command: what is unknown; with `known`, what the board believes too. Returns the branches."""
        cleared = self.unknown
        self.unknown = 0
        if known:
            cleared |= self.mask
            self.mask = 0
            self.declared = 0
            for i in range(BRANCHES):
                self._left[i] = 0
        return cleared
