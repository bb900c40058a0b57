"""Charging of the hot-water store: when, with what priority, how fast (domain brief §4b, §4d).

The store is charged when TT43, its second node from the bottom, is below 54 degC, until TT44, its bottom, is above 56.
The brief's T42 and T41 are these two: it counts from below, TT41 here is the top. Begun by TT42 a charge would come
when half of the store is spent, and the top would fall to 55.6 degC instead of 57.6 before the machines are hot; ended
at the top, which is hot as soon as a charge begins, it would use a tenth of the store and start the machines seventy
times a day. Heating waits for 45 min at most, then it has the machines for 15.

P401 goes with the machines' heat, Q / (cp (62 - TT44)), and a PI that holds the condenser just below their set-point:
then they give what they have, and nothing that is colder than the top of the store is pumped onto it. Until the
condenser is that hot P401 turns at its least.
"""

from firmware.programs.heat_controller import FEED_FORWARD, STATE, Controller
from firmware.programs.heat_sensors import TT41, TT43, TT44, TT204
from protocols.port import const
from protocols.ticks import ticks_diff

_MINUTE = const(60000)
_CP = const(239)  # flow in 0.01 L/s is 0.1 kW * 239 / 0.01 K
_SPREAD_MIN = const(500)  # 0.01 K
_BEGIN = const(700)  # 0.1 % of the feed-forward: the machines come back from their rest while it begins
_HOT_BAND = const(100)  # 0.01 K between the condenser being hot enough and not any more


class Charge:
    """P401 and the wish for 62 degC.

    wanted        1: the store wants heat from the heat pumps (DHW_PRIORITY while `priority` is 1)
    priority      1: hot water goes before heating now; 0: it doesn't want, or heating has its turn
    priority_left s until the turn changes; 0 while there is no turn to change
    outlet        set-point for the heat pumps' outlet while priority is 1, 0.01 degC; 0: none
    run, speed    P401.Y and P401.SPD (0.1 %)
    loop          its Controller: sp, pv, out, mode, held_by
    """

    def __init__(self, table, par):
        self.par = par
        self.wanted = 0
        self.priority = 0
        self.priority_left = 0
        self.outlet = 0
        self.run = 0
        self.speed = 0
        self.loop = Controller()
        self.loop.reverse = 1  # more flow makes the condenser colder
        self._resting = 0  # heating has its turn
        self._turn_at = 0
        self._timing = 0
        self._hot = 0

    def step(self, io, temps, sp, full, heating, allowed, stop, heat_kw, hand, now):
        """One scan. sp: store set-point (par.dhw_outlet, or the gateway's wish); full: charge it, however warm TT43
        is (`hygiene.deep`); heating: heating wants the heat pumps too; allowed: the plant can give heat; stop: an
        interlock holds P401; heat_kw: heat of the machines, 0.1 kW; hand: NO_HAND or the operator's speed."""
        value = temps.value
        if temps.store_blind:
            self.wanted = 0  # nothing is known of the store: no heat into it
        else:
            self._want(value, sp, full)
        self._turns(heating, now)
        self.outlet = sp if self.priority else 0
        self.run = 1 if self.priority and allowed and not stop else 0
        self._pump(value, temps.quality(TT204), sp, heat_kw, hand, now)

    def _want(self, value, sp, full):
        par = self.par
        start = sp - par.charge_on
        if full or value[TT43] < start:
            self.wanted = 1
        elif self.wanted and value[TT44] > sp - par.charge_off and value[TT43] >= start + par.charge_hyst:
            self.wanted = 0

    def _turns(self, heating, now):
        """Who has the machines. The turns run only while both want them."""
        par = self.par
        if not self.wanted or not heating:
            self._timing = 0
            self._resting = 0
            self.priority = self.wanted
            self.priority_left = 0
            return
        if not self._timing:
            self._timing = 1
            self._turn_at = now
        length = (par.prio_rest_min if self._resting else par.prio_min) * _MINUTE
        gone = ticks_diff(now, self._turn_at)
        if gone >= length:
            self._resting = 0 if self._resting else 1
            self._turn_at = now
            gone = 0
            length = (par.prio_rest_min if self._resting else par.prio_min) * _MINUTE
        self.priority = 0 if self._resting else 1
        self.priority_left = (length - gone + 999) // 1000

    def _pump(self, value, quality, sp, heat_kw, hand, now):
        par = self.par
        loop = self.loop
        if not self.run:
            loop.track(0, STATE, now, 1)
            self._hot = 0
            self.speed = 0
            return
        loop.tune(par.charge_kp, par.charge_ti, 1000)
        hot = value[TT204]
        if hot >= value[TT41] + par.charge_lift:
            self._hot = 1
        elif hot < value[TT41] + par.charge_lift - _HOT_BAND:
            self._hot = 0
        aim = sp - par.charge_under
        spread = aim - value[TT44]
        flow = min(heat_kw, 30000) * _CP // (spread if spread > _SPREAD_MIN else _SPREAD_MIN)
        forward = min(1000, min(flow, 100000) * 1000 // par.charge_flow)
        if hand < 0 and not self._hot:
            loop.sp = aim
            loop.pv = hot
            loop.track(par.charge_least, FEED_FORWARD, now, 1)
        else:
            loop.hold.preset = par.hold_s * 1000
            if hand < 0 and (loop.held_by == FEED_FORWARD or loop.held_by == STATE):
                # Hot now: the pump begins where the machines' heat wants it, not from standstill.
                loop.track(forward * _BEGIN // 1000, FEED_FORWARD, now, 1)
            loop.step(aim, hot, quality, par.charge_least, 1000, hand, now, forward, forward)
        self.speed = loop.out
