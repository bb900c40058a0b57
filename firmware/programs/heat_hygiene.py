"""Hygiene of the hot water: PASTEURISE, NETWORK_DISINFECT, and what H7 and H8 count (domain brief §4b, §4c).

PASTEURISE heats the store and nothing else: above 70 degC in every node for 60 min without a break, TT45 held at its
set-point. It is queued weekly at its minute, by a counter while the clock isn't synced or when a week was missed, by H8
and by an operator; the plant's state machine lets it in. It ends after 4 h whatever it reached; what asked
for it and still stands asks again a day later.

NETWORK_DISINFECT needs the key, all the time. Store hot, V401 fully hot, return at 70 degC, then taps may be flushed.
When it ends, for whatever reason, the pipes are still full of hot water: it goes on as COOLING, the notice lit, V401
towards cold, heaters off, until supply and return are back in their band. Scald protection stays suspended for as long
as TT45 is only what comes back from the network; hotter than that after two minutes, V401 lets store water through, and
H6 acts.
"""

from array import array

from drivers.blocks.timers import OnDelay
from firmware.programs.heat_sensors import TT41, TT43, TT44, TT45, TT46
from firmware.programs.heat_week import WEEK, minutes_until
from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_add, ticks_diff

# cycle
NONE = const(0)
PASTEURISE = const(1)
DISINFECT = const(2)
CYCLES = ("NONE", "PASTEURISE", "NETWORK_DISINFECT")

# phase
IDLE = const(0)
HEATING = const(1)  # the store
HOLDING = const(2)  # PASTEURISE: the whole store stays hot
NETWORK = const(3)  # NETWORK_DISINFECT: V401 fully hot until the return is
FLUSHING = const(4)  # taps may be flushed
COOLING = const(5)  # hot water in the pipe goes before normal operation counts as normal
PHASES = ("IDLE", "HEATING", "HOLDING", "NETWORK", "FLUSHING", "COOLING")

# why a PASTEURISE was queued or runs
WEEKLY = const(1)
COUNTER = const(2)  # the clock isn't synced, or a week was missed
STAGNANT = const(3)  # H8: a node lukewarm for a day
CIRCULATION = const(4)  # H8: circulation off
OPERATOR = const(5)
WHYS = ("NONE", "WEEKLY", "COUNTER", "STAGNANT", "CIRCULATION", "OPERATOR")

# result
DONE = const(1)
TIME_OUT = const(2)
ABORTED = const(3)
KEY_REMOVED = const(4)
TRIPPED = const(5)
UNPROVEN = const(6)  # held its time, but a node was an estimate
RESULTS = ("NONE", "DONE", "TIME_OUT", "ABORTED", "KEY_REMOVED", "TRIPPED", "UNPROVEN")

# suspended
SCALD_OFF = const(1)
SCALD_TT45 = const(2)  # the return is hot and known to be: TT45 alone counts

_NODES = const(4)
_MINUTE = const(60000)
_DAY = const(1440)
_WINDOW = const(60)  # a weekly one that was missed by this many minutes is still begun
_SINCE_MAX = const(60000)
_EDGE = const(50)  # 0.01 K that a limit has to be left by
_WARMER = const(200)  # 0.01 K
_BAND = const(6200)  # upper end of the hot-water band (§4c)
_TAPS = const(256)


class Hygiene:
    """Which cycle runs, what it wants, and what it has come to.

    cycle, phase, why, result   numbers above; `result` is that of the last cycle, `why` of the one that runs
    queued        why a PASTEURISE waits to be let in (0: none); the state machine lets it in with `admit`
    ended         1 in the scan in which a cycle ended (state machine leaves; counters, event)
    heat_to       store temperature wanted of EH1, 0.01 degC; 0: none
    tap_sp        set-point of TT45 meanwhile; 0: the usual
    tap_hot       V401 fully hot
    suspended     scald protection H6: 0 whole, 1 suspended, 2 by TT45 alone (NETWORK_DISINFECT only)
    lamp          HYG.LAMP: hot network notice
    hot_min       minutes the whole store has been hot      left_min   minutes until the cycle is ended
    next_min      minutes until the next one: by the clock, or by the counter
    since_min     minutes since the last PASTEURISE that was DONE (retained by the program, which sets it at start)
    luke_min      longest time of a node between 25 and 50, minutes
    flushed       taps flushed in this or the last NETWORK_DISINFECT
    deep          1: charge the whole store before a node is stagnant
    stagnant      fact H8, until a PASTEURISE was DONE      supply_low, return_low   facts H7
    """

    def __init__(self, table, par):
        self.par = par
        self.cycle = NONE
        self.phase = IDLE
        self.why = 0
        self.result = 0
        self.queued = 0
        self.ended = 0
        self.heat_to = 0
        self.tap_sp = 0
        self.tap_hot = 0
        self.suspended = 0
        self.lamp = 0
        self.hot_min = 0
        self.left_min = 0
        self.next_min = -1
        self.since_min = 0
        self.luke_min = 0
        self.flushed = 0
        self.deep = 0
        self.stagnant = 0
        self.supply_low = 0
        self.return_low = 0
        self._ending = 0  # ended in a scan, or by a call between two: told at the end of the scan
        self._began = 0
        self._now = 0
        self._since = 0  # HOLDING or COOLING since
        self._proven = 1
        self._luke = array("H", [0] * _NODES)
        self._taps = bytearray(_TAPS)
        self._supply = OnDelay(600000)
        self._return = OnDelay(1800000)
        self._minute_at = 0
        self._begun = 0
        self._window = 0  # the weekly one of this week was queued
        self._retry_min = 0
        self._return_hot = 0

    def step(self, io, temps, week_min, synced, circulation_off, now):
        """One scan. week_min: `heat_week.week_minute` or UNKNOWN; synced: the clock was set within a day."""
        self._now = now
        minute = 0
        if not self._begun:
            self._begun = 1
            self._minute_at = ticks_add(now, _MINUTE)
        elif ticks_diff(now, self._minute_at) >= 0:
            self._minute_at = ticks_add(self._minute_at, _MINUTE)
            minute = 1
        value = temps.value
        self._lukewarm(value, minute)
        self._low(value, 1 if temps.quality(TT45) >= BAD else 0, now)
        self._calendar(week_min, synced, minute)
        if circulation_off:
            self._ask(CIRCULATION)
            self.stagnant = 1  # circulation that comes back doesn't undo what has grown
        if self.stagnant:
            self._ask(STAGNANT)
        if self.cycle == PASTEURISE:
            self._pasteurise(value, temps.store_estimated, now)
        elif self.cycle == DISINFECT:
            self._disinfect(io, value, now)
        self.ended = self._ending
        self._ending = 0

    # -- orders ------------------------------------------------------------------------------------------------

    def pasteurise(self, why):
        """Queue a PASTEURISE. Returns 0 while a cycle runs."""
        if self.cycle:
            return 0
        self.queued = why
        return 1

    def admit(self, now):
        """The state machine lets the queued PASTEURISE begin. Returns 1 if it began."""
        if self.cycle or not self.queued:
            return 0
        self._begin(PASTEURISE, self.queued, self.par.past_max_min, now)
        self.queued = 0
        self.tap_sp = self.par.past_tap
        self.heat_to = self.par.past_temp + self.par.past_margin
        return 1

    def disinfect(self, io, now):
        """Begin NETWORK_DISINFECT. Returns 0 without the key or while a cycle runs."""
        if self.cycle or not io.KEY_DIS or io.KEY_DIS_Q >= BAD:
            return 0
        self._begin(DISINFECT, OPERATOR, self.par.dis_max_min, now)
        self.tap_sp = self.par.past_tap
        self.heat_to = self.par.dis_store
        self.lamp = 1
        self.flushed = 0
        for k in range(_TAPS):
            self._taps[k] = 0
        return 1

    def tap_flushed(self, tap):
        """Note that a tap had its 3 min. Returns 0 outside FLUSHING, for a return below 70, for a tap of 0 or > 255."""
        if self.phase != FLUSHING or not self._return_hot or not 0 < tap < _TAPS:
            return 0
        if not self._taps[tap]:
            self._taps[tap] = 1
            self.flushed += 1
        return 1

    def abort(self, result):
        """End the cycle that runs (ABORTED, TRIPPED). Returns 0 if none does.

        An operator who ends FLUSHING without a number of taps in the parameters says that all are flushed: DONE."""
        if not self.cycle:
            return 0
        if self.cycle == PASTEURISE:
            self._end(result)
        elif self.phase != COOLING:
            if result == ABORTED and self.phase == FLUSHING and self.flushed and not self.par.dis_taps:
                result = DONE
            self._cool(result, self._now)
        return 1

    # -- cycles ------------------------------------------------------------------------------------------------

    def _begin(self, cycle, why, most_min, now):
        self.left_min = most_min
        self.cycle = cycle
        self.phase = HEATING
        self.why = why
        self.result = 0
        self.hot_min = 0
        self._now = now
        self._began = now
        self._proven = 1

    def _pasteurise(self, value, estimated, now):
        par = self.par
        gone = ticks_diff(now, self._began)
        limit = par.past_max_min * _MINUTE
        self.left_min = max(0, limit - gone + _MINUTE - 1) // _MINUTE
        hot = 1
        for k in range(TT41, TT44 + 1):
            if value[k] < par.past_temp:
                hot = 0
        if not hot:
            self.phase = HEATING
            self.hot_min = 0
        elif self.phase == HEATING:
            self.phase = HOLDING
            self._since = now
            self._proven = 1
        if self.phase == HOLDING:
            if estimated:
                self._proven = 0
            held = ticks_diff(now, self._since)
            self.hot_min = held // _MINUTE
            if held >= par.past_hold_min * _MINUTE:
                self._end(DONE if self._proven else UNPROVEN)
                return
        if gone >= limit:
            self._end(TIME_OUT)

    def _end(self, result):
        """PASTEURISE is over, or the network has cooled."""
        if self.cycle == PASTEURISE:
            if result == DONE:
                self.since_min = 0
                self.stagnant = 0
            self._retry_min = _DAY
        self.result = result
        self.cycle = NONE
        self.phase = IDLE
        self.why = 0
        self.heat_to = 0
        self.tap_sp = 0
        self.tap_hot = 0
        self.suspended = 0
        self.lamp = 0
        self.left_min = 0
        self._ending = 1

    def _disinfect(self, io, value, now):
        par = self.par
        if self.phase == COOLING:
            self._cooling(io, value, now)
            return
        gone = ticks_diff(now, self._began)
        limit = par.dis_max_min * _MINUTE
        self.left_min = max(0, limit - gone + _MINUTE - 1) // _MINUTE
        if not io.KEY_DIS or io.KEY_DIS_Q >= BAD:
            self._cool(KEY_REMOVED, now)
        elif gone >= limit:
            self._cool(TIME_OUT, now)
        elif self.flushed and self.flushed == par.dis_taps:
            self._cool(DONE, now)
        elif self.phase == HEATING:
            if value[TT41] >= par.dis_store - _EDGE and value[TT43] >= par.dis_return:
                self.phase = NETWORK
                self.tap_hot = 1
                self.suspended = SCALD_OFF
        else:
            # An estimate of TT46 is made of TT45: it proves nothing of the far end.
            self._return_hot = 1 if io.TT46_Q < BAD and value[TT46] >= par.dis_return else 0
            if self._return_hot:
                self.phase = FLUSHING
            elif value[TT46] < par.dis_return - _WARMER:
                self.phase = NETWORK

    def _cool(self, result, now):
        """The hot network is over: its water has still to go."""
        self.result = result
        self.heat_to = 0
        if not self.tap_hot:
            self._end(result)  # V401 never opened: nothing is hot
            return
        self.phase = COOLING
        self.tap_hot = 0
        self.tap_sp = self.par.dis_cool_sp
        self._since = now
        self._return_hot = 0

    def _cooling(self, io, value, now):
        par = self.par
        gone = ticks_diff(now, self._since)
        limit = par.dis_cool_min * _MINUTE
        self.left_min = max(0, limit - gone + _MINUTE - 1) // _MINUTE
        supply = io.TT45 if io.TT45_Q < BAD else _BAND + 1
        back = value[TT46]
        # What left the store last has still to come round: TT46 is cool before the hot water has reached it, too.
        round_ = gone >= par.tt_pair_s * 1000
        if (round_ and supply < _BAND and back < _BAND) or gone >= limit:
            self._end(self.result)
        elif supply < par.scald_back:
            self.suspended = SCALD_TT45
        elif gone >= par.dis_cool_s * 1000 and supply > back + _WARMER:
            self.suspended = SCALD_TT45

    # -- what H7 and H8 count, and the calendar ------------------------------------------------------------------

    def _lukewarm(self, value, minute):
        par = self.par
        luke = self._luke
        longest = 0
        for k in range(_NODES):
            x = value[TT41 + k]
            if x < par.luke_lo - _EDGE or x > par.luke_hi + _EDGE:
                luke[k] = 0
            elif minute and luke[k] < _SINCE_MAX and (luke[k] or par.luke_lo <= x <= par.luke_hi):
                luke[k] += 1
            if luke[k] > longest:
                longest = luke[k]
        self.luke_min = longest
        if longest >= par.luke_min:
            self.stagnant = 1
        self.deep = 1 if longest >= par.charge_full_min and not self.cycle else 0

    def _low(self, value, blind, now):
        """H7. blind: TT45 isn't known, which puts V401 to cold (H6): what comes back of it tells too late."""
        par = self.par
        low = self._supply
        low.preset = par.supply_low_min * _MINUTE
        self.supply_low = low(blind or value[TT45] < par.supply_low + (_EDGE if low.q else 0), now)
        low = self._return
        low.preset = par.return_low_min * _MINUTE
        self.return_low = low(value[TT46] < par.return_low + (_EDGE if low.q else 0), now)

    def _calendar(self, week_min, synced, minute):
        par = self.par
        every = par.past_every_min
        if minute:
            if self.since_min < _SINCE_MAX:
                self.since_min += 1
            if self._retry_min:
                self._retry_min -= 1
        if synced and week_min >= 0:
            due = par.past_day * _DAY + par.past_at
            self.next_min = minutes_until(due, week_min)
            inside = (week_min - due) % WEEK < _WINDOW
            if inside and not self._window and self.since_min >= _DAY and not self.cycle and not self.queued:
                self.queued = WEEKLY
            self._window = 1 if inside else 0
            every += _DAY  # the clock has its turn first
        else:
            self.next_min = max(0, every - self.since_min)
        if self.since_min >= every:
            self._ask(COUNTER)

    def _ask(self, why):
        """Queue a PASTEURISE that the plant itself wants, unless one ran within a day."""
        if not self.cycle and not self.queued and not self._retry_min:
            self.queued = why
