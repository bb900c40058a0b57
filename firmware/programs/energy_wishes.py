"""What the gateway wishes, each for as long as it said (domain brief §2a: every set-point has an expiry).

A wish can only tighten what the board's parameters allow; who uses one sees to that. A wish that is not renewed in time
is forgotten, and the board goes back to what it does without.
"""

from array import array

from protocols import layout
from protocols.port import const
from protocols.ticks import ticks_add, ticks_diff

PCS = const(0)
EXPORT = const(1)
IMPORT = const(2)
EV_SHARE = const(3)
SHED = const(4)
RESERVE = const(5)
EV_WORD = const(6)  # six words
INV_ALL = const(12)
INV = const(12)  # INV + k for inverter k from 1
SLOTS = const(19)

MAX_VALID_S = const(3600)
NOTHING = const(0)

# Bit of WISHES for each slot
_BITS = bytes((1, 2, 4, 8, 64, 128, 16, 16, 16, 16, 16, 16, 32, 32, 32, 32, 32, 32, 32))


class Wishes:
    """Values with a life. `mask` has the bits of the sheet's WISHES."""

    def __init__(self, events, expired):
        self.value = array("i", [0] * SLOTS)
        self.stands = bytearray(SLOTS)
        self.mask = 0
        self._until = array("i", [0] * SLOTS)
        self._events = events
        self._expired = expired

    def hold(self, slot, value, valid_s, default_s, now):
        """Take a wish for `valid_s` seconds (0: `default_s`; an hour at most)."""
        valid = min(valid_s or default_s, MAX_VALID_S)
        self.value[slot] = value
        self.stands[slot] = 1
        self._until[slot] = ticks_add(now, valid * 1000)
        self.mask |= _BITS[slot]

    def scan(self, now):
        """Forget what is over."""
        if not self.mask:
            return
        mask = 0
        for slot in range(SLOTS):
            if self.stands[slot]:
                if ticks_diff(now, self._until[slot]) >= 0:
                    self.stands[slot] = 0
                    self._events.emit(self._expired, slot)
                else:
                    mask |= _BITS[slot]
        self.mask = mask

    def drop(self, slot):
        """Forget one."""
        if self.stands[slot]:
            self.stands[slot] = 0

    def drop_set_points(self):
        """The gateway is gone: what it wanted done is over; what it tightened stands until it expires."""
        self.drop(PCS)
        self.drop(EV_SHARE)

    def tighter(self, slot, limit):
        """`limit`, or the wish of `slot` where that is lower."""
        if self.stands[slot] and self.value[slot] < limit:
            return self.value[slot]
        return limit

    def command(self, table, code, a0, a1, a2, default_s, now):
        """Take the wish of a command. Returns layout.RES_, or NOTHING for a code that is none of ours."""
        if code == table.CMD_SET_PCS:
            value = a0 - 0x10000 if a0 & 0x8000 else a0
            return self._take(PCS, value, -20000, 20000, a1, default_s, now)
        if code == table.CMD_SET_EXPORT_CAP:
            return self._take(EXPORT, a0, 0, 0xFFFF, a1, default_s, now)
        if code == table.CMD_SET_IMPORT_CAP:
            return self._take(IMPORT, a0, 0, 0xFFFF, a1, default_s, now)
        if code == table.CMD_EV_SHARE:
            return self._take(EV_SHARE, a0, 0, 320, a1, default_s, now)
        if code == table.CMD_EV_ENABLE:
            if a0 > 5:
                return layout.RES_BAD_ARGUMENT
            return self._take(EV_WORD + a0, a1, 0, 0xFFFF, a2, default_s, now)
        if code == table.CMD_INV_LIMIT:
            if a0 > 6:
                return layout.RES_BAD_ARGUMENT
            return self._take(INV + a0, a1, 0, 1000, a2, default_s, now)
        if code == table.CMD_SET_RESERVE:
            return self._take(RESERVE, a0, 0, 1000, a1, default_s, now)
        if code == table.CMD_SHED:
            if a0 == 1:  # tier 1 is never shed
                return layout.RES_BAD_ARGUMENT
            if a0 == 0:
                self.drop(SHED)
                return layout.RES_DONE
            return self._take(SHED, a0, 2, 3, a1, MAX_VALID_S, now)
        return NOTHING

    def _take(self, slot, value, lo, hi, valid_s, default_s, now):
        if not lo <= value <= hi:
            return layout.RES_BAD_ARGUMENT
        self.hold(slot, value, valid_s, default_s, now)
        return layout.RES_DONE
