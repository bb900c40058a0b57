"""Believed temperatures of the heat plant: what each sensor says, or what stands for it, and why (domain brief §4c).

Open, short, frozen and silent sensors are known by their quality; drift and swapped wires by what heat can have done to
a store (`heat_store_check`), and by supply and return of the same water (`heat_pair_check`). Those are doubts: they
stand until a reset, since a sensor that lied once can't say that it doesn't any more.

What stands for a sensor: a node has its neighbours; supply and return have each other and the difference that they last
had; TT101 has TT102 and what the hall's heat does to its flow; TT47 a parameter; TT50 its last value, which goes slowly
to the climate's. Drift of TT46, TT47 and TT50 by a few kelvin stays unseen: nothing on the plant contradicts them.
"""

from array import array

from drivers.blocks.timers import OnDelay
from firmware.programs.heat_pair_check import PairCheck
from firmware.programs.heat_store_check import StoreCheck
from protocols.port import const
from protocols.quality import BAD, STALE
from protocols.ticks import ticks_add, ticks_diff

# Places in `Temperatures.value` and `.reason`, and bits of `.estimates`
TT101, TT102, TT201, TT202, TT203, TT204 = 0, 1, 2, 3, 4, 5
TT301, TT302, TT303, TT304, TT305, TT306 = 6, 7, 8, 9, 10, 11
TT41, TT42, TT43, TT44, TT45, TT46, TT47, TT50 = 12, 13, 14, 15, 16, 17, 18, 19
NAMES = tuple(
    (
        "TT101 TT102 TT201 TT202 TT203 TT204 TT301 TT302 TT303 TT304 TT305 TT306 "
        "TT41 TT42 TT43 TT44 TT45 TT46 TT47 TT50"
    ).split()
)
COUNT = const(20)

# reason
GOOD = const(0)
OPEN = const(1)
SHORT = const(2)
FROZEN = const(3)  # or faster than physics
DRIFT = const(4)
SWAPPED = const(5)
SILENT = const(6)
REASONS = ("GOOD", "OPEN", "SHORT", "FROZEN", "DRIFT", "SWAPPED", "SILENT")

_TOP = const(12)  # TT41
_BOTTOM = const(15)
_BUFFER_TOP = const(6)
_BUFFER_BOTTOM = const(9)
_STORE = const(0xF000)  # bits of TT41-TT44
_NEAR_OPEN = const(13900)
_NEAR_SHORT = const(-3900)
_RUNNING = const(3)  # HPn.ST
_SECOND = const(1000)
_BEHIND = const(5000)
_MINUTE = const(60)
_LOAD = const(1000)  # 0.1 kW: less heat says nothing about TT101 and TT102
_DELTA_MAX = const(3000)
_LITRES_MAX = const(2000)  # a minute
_FULL = const(990)
# Hot and cold side of the same water
_PAIRS = ((0, 1), (2, 3), (5, 4), (10, 11), (16, 17))
_SOURCE, _EVAPORATOR, _CONDENSER, _HEATING, _TAPS = 0, 1, 2, 3, 4


class Temperatures:
    """`value[TT41]`: 0.01 degC as believed; `reason[TT41]`: why it isn't the sensor's own.

    estimates   bit k: value[k] isn't what sensor k says      news   bits of those whose reason changed in this scan
    store_estimated  fact: a store node is an estimate         store_backup  fact: for longer than 30 min
    store_blind      fact: no store node is known: no heat into the store
    source_estimated fact H11: TT101 is an estimate            outdoor_estimated  fact: no season change
    tap_estimated    fact: TT45 is an estimate
    sensor_doubt     fact: a sensor drifts or two are swapped
    """

    def __init__(self, table, par):
        self.par = par
        self.value = array("h", [2000] * COUNT)
        self.reason = bytearray(COUNT)
        self.estimates = 0
        self.news = 0
        self.store_estimated = 0
        self.store_backup = 0
        self.store_blind = 0
        self.source_estimated = 0
        self.outdoor_estimated = 0
        self.tap_estimated = 0
        self.sensor_doubt = 0
        self.store = StoreCheck(par)
        self._q = tuple([name + "_Q" for name in NAMES])
        self._doubt = bytearray(COUNT)
        self._delta = array("h", [0] * len(_PAIRS))  # hot less cold, as last seen
        self._seen = 0  # pairs whose difference was seen
        self._inverse = tuple([PairCheck() for _ in _PAIRS])
        self._tap_high = PairCheck()
        self._tap_low = PairCheck()
        self._outlet = PairCheck()
        self._hall = PairCheck()
        self._second_at = 0
        self._begun = 0
        self._estimated = OnDelay(1800000)
        self._outdoor_part = 0
        self._litres = 0x3FFFFFFF  # the first minute counts for nothing
        self._draw_s = 0
        self._draw = 0

    def step(self, io, heaters, hot_network, cooling, now):
        """One scan, before anything else. heaters: steps of EH1 that are on; hot_network: NETWORK_DISINFECT or its
        cooling; cooling: chilled water in the heating circuit. Doubts are forgotten with io.reset."""
        if io.reset:
            self._forget()
        second = 0
        if not self._begun:
            self._begun = 1
            self._second_at = ticks_add(now, _SECOND)
        elif ticks_diff(now, self._second_at) >= 0:
            self._second_at = ticks_add(self._second_at, _SECOND)  # so that seconds are right at any scan
            if ticks_diff(now, self._second_at) > _BEHIND:
                self._second_at = now
            second = 1
        self._read(io)
        self._estimate(io, second)
        self._estimated.preset = self.par.tt_estimate_min * 60000
        self.store_backup = self._estimated(self.store_estimated, now)
        if second:
            self._learn(io)
            self._judge_store(io, heaters, now)
            self._judge_pairs(io, hot_network, cooling, now)
            self._age()

    def quality(self, k):
        """GOOD where value[k] may close a loop: the sensor's own, or what stands for one that drifts or was swapped."""
        why = self.reason[k]
        return GOOD if why == GOOD or why == DRIFT or why == SWAPPED else BAD

    def _forget(self):
        for k in range(COUNT):
            self._doubt[k] = GOOD
        self.store.clear()
        for check in self._inverse:
            check.reset()
        self._tap_high.reset()
        self._tap_low.reset()
        self._outlet.reset()
        self._hall.reset()

    def _read(self, io):
        value = self.value
        reason = self.reason
        doubt = self._doubt
        estimates = 0
        news = 0
        for k in range(COUNT):
            q = getattr(io, self._q[k])
            x = getattr(io, NAMES[k])
            why = doubt[k]
            if q >= BAD:
                why = SILENT if q == STALE else OPEN if x >= _NEAR_OPEN else SHORT if x <= _NEAR_SHORT else FROZEN
            elif why == GOOD:
                value[k] = x
            if why != reason[k]:
                news |= 1 << k
                reason[k] = why
            if why:
                estimates |= 1 << k
        self.news = news
        self.estimates = estimates
        blind = _STORE & ~estimates == 0
        self.store_blind = 1 if blind else 0
        self.store_estimated = 1 if estimates & _STORE else 0
        self.source_estimated = estimates >> TT101 & 1
        self.tap_estimated = estimates >> TT45 & 1
        self.outdoor_estimated = estimates >> TT50 & 1

    # -- estimates ---------------------------------------------------------------------------------------------

    def _estimate(self, io, second):
        estimates = self.estimates
        if not estimates:
            return
        value = self.value
        for k in range(COUNT):
            if not estimates >> k & 1:
                continue
            if _TOP <= k <= _BOTTOM:
                self._node(k, _TOP, _BOTTOM)
            elif _BUFFER_TOP <= k <= _BUFFER_BOTTOM:
                self._node(k, _BUFFER_TOP, _BUFFER_BOTTOM)
            elif k == TT47:
                value[k] = self.par.cold_default
            elif k == TT50:
                if second:
                    self._climate()
            else:
                self._partner(io, k)

    def _node(self, k, top, bottom):
        """Mean of the two neighbours, or the nearest sensor that is good; without any the last value stands."""
        value = self.value
        estimates = self.estimates
        up = k - 1
        while up >= top and estimates >> up & 1:
            up -= 1
        down = k + 1
        while down <= bottom and estimates >> down & 1:
            down += 1
        if up < top:
            if down <= bottom:
                value[k] = value[down]
        elif down > bottom:
            value[k] = value[up]
        else:
            value[k] = (value[up] * (down - k) + value[down] * (k - up)) // (down - up)

    def _partner(self, io, k):
        value = self.value
        for n in range(len(_PAIRS)):
            hot, cold = _PAIRS[n]
            if k != hot and k != cold:
                continue
            other = cold if k == hot else hot
            if self.reason[k] == SWAPPED and self.reason[other] == SWAPPED:
                value[k] = getattr(io, NAMES[other])
            elif not self.estimates >> other & 1:
                delta = self._delta[n]
                if n == _SOURCE:
                    expected = self._hall_delta(io)
                    delta = delta if expected < 0 else expected
                value[k] = value[other] + delta if k == hot else value[other] - delta
                if k == TT101 and self.reason[k] == DRIFT:
                    value[k] = max(value[k], io.TT101)  # which of the two lies isn't known: the hotter counts

    def _climate(self):
        """TT50 goes from its last value to the default, so slowly that no mean of a day jumps."""
        par = self.par
        self._outdoor_part += par.outdoor_slew
        step = self._outdoor_part // 3600
        if step:
            self._outdoor_part -= step * 3600
            x = self.value[TT50]
            aim = par.outdoor_default
            self.value[TT50] = min(aim, x + step) if x < aim else max(aim, x - step)

    def _hall_delta(self, io):
        """What the heat of the hall does to its water, 0.01 K; -1 where that isn't known."""
        if io.IT_REQ_Q >= BAD or io.FT101_Q >= BAD or io.IT_REQ < _LOAD or io.FT101 < 100:
            return -1
        return min(_DELTA_MAX, io.IT_REQ * 2387 // (10 * io.FT101))

    def _learn(self, io):
        for n in range(len(_PAIRS)):
            hot, cold = _PAIRS[n]
            if not self.estimates & (1 << hot | 1 << cold):
                delta = self.value[hot] - self.value[cold]
                delta = -_DELTA_MAX if delta < -_DELTA_MAX else _DELTA_MAX if delta > _DELTA_MAX else delta
                old = self._delta[n]
                change = delta - old
                # A fortieth of the way each second; the last digits at once.
                self._delta[n] = delta if -40 < change < 40 or not self._seen >> n & 1 else old + change // 40
                self._seen |= 1 << n

    # -- doubts ------------------------------------------------------------------------------------------------

    def _judge_store(self, io, heaters, now):
        par = self.par
        value = self.value
        charge = 0
        if io.P401_RUN:
            charge = par.charge_flow if io.FT401_Q >= BAD else io.FT401
        # V401 lets in from the store what it doesn't mix from the return and the cold feed.
        circulation = (par.circ_flow if io.FT402_Q >= BAD else io.FT402) * io.V401_SP // 1000
        draw = self._drawn(io) * io.V401_SP // 1000
        store = self.store
        good = ~self.estimates >> _TOP & 15
        heat_kw = heaters * par.eh_kw
        store.step(value, _TOP, good, value[TT204], value[TT46], value[TT47], charge, circulation, draw, heat_kw, now)
        for k in range(4):
            if store.drift[k] and not self._doubt[_TOP + k]:
                self._doubt[_TOP + k] = DRIFT

    def _drawn(self, io):
        """Cold feed, 0.01 L/s: what its meter has counted in the last minute that is over."""
        self._draw_s += 1
        if self._draw_s >= _MINUTE:
            litres = io.FQ_L - self._litres
            self._litres = io.FQ_L
            self._draw_s = 0
            self._draw = litres * 100 // _MINUTE if 0 <= litres < _LITRES_MAX else 0
        return self._draw

    def _judge_pairs(self, io, hot_network, cooling, now):
        machines = io.HP1_ST == _RUNNING or io.HP2_ST == _RUNNING or io.HP3_ST == _RUNNING
        expected = self._hall_delta(io)
        self._swapped(_SOURCE, expected > 0, now)
        self._swapped(_EVAPORATOR, machines, now)
        self._swapped(_CONDENSER, machines, now)
        self._swapped(_HEATING, io.P301_RUN and not cooling, now)
        self._swapped(_TAPS, io.P402_RUN and not hot_network, now)
        value = self.value
        estimates = self.estimates
        par = self.par
        preset = par.tt_pair_s * 1000
        if estimates & (1 << TT41 | 1 << TT45):
            self._tap_high.reset()
            self._tap_low.reset()
        else:
            top = value[TT41]
            tap = value[TT45]
            open_ = io.V401_SP >= _FULL and io.P402_RUN
            high = self._tap_high(tap > top + par.tt_drift, tap, top, preset, now)
            low = self._tap_low(open_ and tap < top - par.tt_drift, tap, top, preset, now)
            if (high or low) and not self._doubt[TT45]:  # swapped wires are found in the same second
                self._doubt[TT45] = DRIFT
        if not estimates >> TT204 & 1:
            self._condenser(io, value[TT204], preset, now)
        if not estimates & 3 and value[TT102] < par.it_water:  # a hall that is hotter takes its load back
            wrong = value[TT101] - value[TT102] - expected
            most = max(par.tt_drift, expected // 3)
            wrong = 1 if expected > 0 and (wrong > most or wrong < -most) else 0
            if self._hall(wrong, value[TT101], value[TT102], preset, now):
                self._doubt[TT101] = DRIFT

    def _swapped(self, n, active, now):
        hot, cold = _PAIRS[n]
        check = self._inverse[n]
        if self.estimates & (1 << hot | 1 << cold):
            check.reset()
            return
        a = self.value[hot]
        b = self.value[cold]
        par = self.par
        wrong = active and b > a + par.tt_pair
        if n == _CONDENSER:
            a = b = 0  # its outlet is moved all day by the machines, and its water comes round in two minutes
        if check(wrong, a, b, par.tt_pair_s * 1000, now):
            self._doubt[hot] = SWAPPED
            self._doubt[cold] = SWAPPED
            check.reset()

    def _condenser(self, io, out, preset, now):
        """TT204 lies within the outlets of the machines that run."""
        lo = 0x7FFF
        hi = -0x7FFF
        if io.HP1_ST == _RUNNING and io.HP1_TO_Q < BAD:
            lo = hi = io.HP1_TO
        if io.HP2_ST == _RUNNING and io.HP2_TO_Q < BAD:
            lo = min(lo, io.HP2_TO)
            hi = max(hi, io.HP2_TO)
        if io.HP3_ST == _RUNNING and io.HP3_TO_Q < BAD:
            lo = min(lo, io.HP3_TO)
            hi = max(hi, io.HP3_TO)
        most = self.par.tt_drift
        # A machine that only stands by lets its water through at the return's temperature.
        if io.P202_RUN and lo <= hi:
            lo = min(lo, self.value[TT203])
            wrong = 1 if out > hi + most or out < lo - most else 0
        else:
            wrong = 0
        if self._outlet(wrong, 0, 0, preset, now):  # the same water at the same moment, however it moves
            self._doubt[TT204] = DRIFT

    def _age(self):
        doubts = 0
        for k in range(COUNT):
            doubts |= self._doubt[k]
        self.sensor_doubt = 1 if doubts else 0
