"""What the gateway wishes of the heat board, each for as long as it said (domain brief §4c H15).

Set-points move within bands that are parameters of the board. When the gateway is lost the last set-points go on, as
they are within their bands; what it wanted done by hand or by price ends.
"""

from array import array

from drivers.blocks.timers import OnDelay
from protocols import layout
from protocols.port import const
from protocols.ticks import ticks_add, ticks_diff

LOOPS = const(7)
SP = const(-1)  # SP + n: set-point of loop n
STORE = const(7)
P2H = const(8)
HP_MAX = const(9)
DRYC_CAP = const(10)
BOOST = const(11)
HAND = const(11)  # HAND + n: output of loop n by hand
EH1_MAX = const(19)  # behind the hands: its bit in the mask is 13
SLOTS = const(20)
_SET_POINTS = const(8)  # slots below are set-points: they outlive the gateway

HEATING = const(1)
HEATING_PUMP = const(2)
HEAT_PUMP = const(3)
CHARGE = const(4)
TAPS = const(5)
IT = const(6)
DRY_COOLER = const(7)

MAX_VALID_S = const(3600)
NOTHING = const(0)
NO_HAND = const(-1)


class Wishes:
    """Values with a life. `mask`: those that stand, in the bits of the sheet's WISHES."""

    def __init__(self, events, expired, loop_event):
        self.value = array("i", [0] * SLOTS)
        self.stands = bytearray(SLOTS)
        self.mask = 0
        self._until = array("i", [0] * SLOTS)
        self._for_good = bytearray(SLOTS)
        self._events = events
        self._expired = expired
        self._loop_event = loop_event
        self._alone = OnDelay(0)
        self._at = 0

    def scan(self, lost, fallback, par, now):
        """Forget what is over. lost: no gateway beats; fallback: the board is on its own (H15)."""
        self._alone.preset = par.p2h_lost_s * 1000
        if self._alone(lost, now) or fallback:
            self.drop(P2H)
        if fallback:
            self.drop(BOOST)
            for n in range(1, LOOPS + 1):
                self.release(n)
        if not self.mask:
            return
        mask = 0
        for slot in range(SLOTS):
            if self.stands[slot]:
                over = not self._for_good[slot] and ticks_diff(now, self._until[slot]) >= 0
                if over and lost and slot < _SET_POINTS:
                    self._until[slot] = now  # goes on with the last one; its time is over when the gateway is back
                    over = 0
                if over:
                    self.stands[slot] = 0
                    self._events.emit(self._expired, slot)
                    if HAND < slot < EH1_MAX:
                        self._events.emit(self._loop_event, slot - HAND, 0)
                else:
                    mask |= _bit(slot)
        self.mask = mask

    def hold(self, slot, value, valid_s, now):
        """Take a wish for `valid_s` seconds; 0: until the next one."""
        self.value[slot] = value
        self.stands[slot] = 1
        self._for_good[slot] = 0 if valid_s else 1
        self._until[slot] = ticks_add(now, min(valid_s, MAX_VALID_S) * 1000)
        self.mask |= _bit(slot)

    def drop(self, slot):
        """Forget one."""
        self.stands[slot] = 0

    def release(self, loop):
        """Loop back to automatic. Returns 1 if it was in manual."""
        slot = HAND + loop
        if not self.stands[slot]:
            return 0
        self.stands[slot] = 0
        self._events.emit(self._loop_event, loop, 0)
        return 1

    def set_point(self, slot, default, lo, hi):
        """The wish of a set-point or the default, within lo..hi."""
        value = self.value[slot] if self.stands[slot] else default
        return lo if value < lo else hi if value > hi else value

    def get(self, slot, default):
        """The wish, or the default."""
        return self.value[slot] if self.stands[slot] else default

    def hand(self, loop):
        """Output of a loop by hand, or NO_HAND."""
        slot = HAND + loop
        return self.value[slot] if self.stands[slot] else NO_HAND

    def command(self, table, par, code, a0, a1, a2, now):
        """Take the wish of a command. Returns layout.RES_, or NOTHING for a code that is none of ours."""
        if code == table.CMD_SET_SP:
            return self._set_point(par, a0, a1, a2, now)
        if code == table.CMD_DHW_SP:
            return self._take(STORE, a0, 5500, 6500, a1, now)
        if code == table.CMD_P2H:
            return self._take(P2H, a0, 0, par.eh_steps * par.eh_kw, a1 or par.wish_s, now)
        if code == table.CMD_EH1_MAX:
            return self._take(EH1_MAX, a0, 0, par.eh_steps * par.eh_kw, a1 or par.wish_s, now)
        if code == table.CMD_HP_MAX:
            return self._take(HP_MAX, a0, 0, 3, a1 or par.wish_s, now)
        if code == table.CMD_DRYC_CAP:
            return self._take(DRYC_CAP, a0, 300, 1000, a1 or par.wish_s, now)
        if code == table.CMD_BUFFER_BOOST:
            return self._take(BOOST, a0, 0, par.boost_max, a1 or par.wish_s, now)
        if code == table.CMD_LOOP_MAN:
            return self._by_hand(par, a0, a1, a2, now)
        if code == table.CMD_LOOP_AUTO:
            if not 1 <= a0 <= LOOPS:
                return layout.RES_BAD_ARGUMENT
            self.release(a0)
            return layout.RES_DONE
        return NOTHING

    def _set_point(self, par, loop, value, valid_s, now):
        """Bands: heating as the parameters say; hot water 55-62 to the taps, 55-65 in the store (hygiene, scald)."""
        if loop == HEATING:
            return self._take(SP + loop, value, par.supply_min, par.supply_max, valid_s, now)
        if loop == HEATING_PUMP:
            return self._take(SP + loop, value, 5, 90, valid_s, now)
        if loop == HEAT_PUMP:
            return self._take(SP + loop, value, par.supply_min, par.hp_sp_max, valid_s, now)
        if loop == CHARGE:
            return self._take(STORE, value, 5500, 6500, valid_s, now)
        if loop == TAPS:
            return self._take(SP + loop, value, 5500, 6200, valid_s, now)
        if loop == IT or loop == DRY_COOLER:  # never warmer than the hall's contract
            return self._take(SP + IT, value, 1500, par.it_sp, valid_s, now)
        return layout.RES_BAD_ARGUMENT

    def _by_hand(self, par, loop, output, valid_s, now):
        if loop == HEAT_PUMP or not 1 <= loop <= LOOPS:  # loop 3 has no output of its own
            return layout.RES_BAD_ARGUMENT
        if valid_s > par.manual_s:
            return layout.RES_BAD_ARGUMENT
        result = self._take(HAND + loop, output, 0, 1000, valid_s or par.manual_s, now)
        if result == layout.RES_DONE:
            self._events.emit(self._loop_event, loop, 1)
        return result

    def _take(self, slot, value, lo, hi, valid_s, now):
        if not lo <= value <= hi or valid_s > MAX_VALID_S:
            return layout.RES_BAD_ARGUMENT
        self.hold(slot, value, valid_s, now)
        return layout.RES_DONE


def _bit(slot):
    """Of the mask: the hands of all loops share one."""
    return 1 << (HAND + 2 if slot == EH1_MAX else min(slot, HAND + 1))
