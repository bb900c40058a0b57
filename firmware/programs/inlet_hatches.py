"""What residents do at an inlet: hatches, cards, levels, and the locks (domain brief §1a, the community's points)."""

from protocols.port import const
from protocols.quality import BAD, STALE
from protocols.ticks import ticks_diff

VALVES = const(4)
_COUNT = const(0x3FFFFFFF)
_OPEN_MAX_MS = const(6500000)  # what HATCH_SHUT can say


def names(suffix):
    """Attributes of the four positions: ``DV1_ZSO`` ..."""
    return tuple(["DV%d_%s" % (k + 1, suffix) for k in range(VALVES)])


DOOR = names("ZDOOR")
DOOR_Q = names("ZDOOR_Q")
LSH = names("LSH")
LSHH = names("LSHH")
LOCK = names("YLOCK")
DEPOSITS = names("DEPOSITS")


class Hatches:
    """The hatches of one board. `open` is a mask of those not proven shut, bit 0 for hatch 1."""

    def __init__(self, table, events):
        self.table = table
        self.events = events
        self.open = 0
        self.locked = 0  # mask: locked by command
        self.levels = 0
        self.token = 0  # card read last, while it counts
        self._read_at = 0
        self._seq = -1
        self._told = 0  # hatches whose opening was told: a hatch whose switch is lost is nobody's deposit
        self._since = [0] * VALVES

    def sense(self, io, par, now):
        """Read hatches, cards and levels; tell what is new."""
        self._card(io, par, now)
        self._level(io, par)
        for k in range(VALVES):
            bit = 1 << k
            if k >= par.valves or getattr(io, DOOR[k]):
                self.open &= ~bit
                if self._told & bit:
                    self._told &= ~bit
                    self._shut(k, now)
            else:
                self.open |= bit
                if not self._told & bit and getattr(io, DOOR_Q[k]) < BAD:
                    self._told |= bit
                    self._opened(k, io, now)

    def lock(self, io, par, closed, forbidden):
        """Energise the locks of hatches that residents may open. `closed`: mask of valves proven closed."""
        barred = self.locked
        if forbidden or io.VS or (par.access and not self.token):
            barred = -1
        for k in range(VALVES):
            bit = 1 << k
            full = par.lock_full and getattr(io, LSHH[k])
            free = k < par.valves and closed & bit and not barred & bit and not full
            setattr(io, LOCK[k], 1 if free else 0)

    def _card(self, io, par, now):
        if io.READ_SEQ_Q < STALE:
            if self._seq >= 0 and io.READ_SEQ != self._seq:
                self.token = io.READ_TOKEN
                self._read_at = now
            self._seq = io.READ_SEQ
        if self.token and ticks_diff(now, self._read_at) >= par.unlock_s * 1000:
            self.token = 0

    def _level(self, io, par):
        levels = 0
        for k in range(par.valves):
            level = 2 if getattr(io, LSHH[k]) else 1 if getattr(io, LSH[k]) else 0
            levels |= level << 2 * k
            if level != self.levels >> 2 * k & 3:
                self.events.emit(self.table.EV_LEVEL, k + 1, level)
        self.levels = levels
        io.LEVELS = levels

    def _opened(self, k, io, now):
        self._since[k] = now
        setattr(io, DEPOSITS[k], getattr(io, DEPOSITS[k]) + 1 & _COUNT)
        io.DEP_SEQ = io.DEP_SEQ + 1 & 0xFFFF
        io.DEP_INDEX = k + 1
        io.DEP_TOKEN = self.token
        if self.token:
            self.events.emit(self.table.EV_RESIDENT, self.token >> 16, self.token & 0xFFFF)
        self.events.emit(self.table.EV_HATCH_OPENED, k + 1)

    def _shut(self, k, now):
        age = ticks_diff(now, self._since[k])
        if not 0 <= age <= _OPEN_MAX_MS:
            age = _OPEN_MAX_MS
        self.events.emit(self.table.EV_HATCH_SHUT, k + 1, age // 100)
