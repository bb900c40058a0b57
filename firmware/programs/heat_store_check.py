"""Drift of the sensors of a stratified store, found by what heat can have done to its water (domain brief §4c, §4e).

A store that charges and empties moves its temperatures by tens of kelvin, so neighbours that differ say little. What
can't be is a node that warms faster than the water and heat that reach it: an upper bound falls with the reading at
once, and rises only with the net flow from above, circulation return, heater and conduction, less what is drawn. A
reading above its bound by more than `tt_drift` for `tt_drift_s` has drifted. The lower bound is the mirror image, with
the largest draw there is, so it finds less. Flows count a quarter more or less than measured, as is safe. A lower node
that stays hotter than the one above is wrong as well: which of the two, their bounds say.
"""

from array import array

from drivers.blocks.timers import OnDelay
from protocols.port import const
from protocols.ticks import ticks_diff

NODES = const(4)
_EVERY_MS = const(1000)
_DT_MAX = const(5000)
_RATE_MAX = const(100000)  # 10 K/s: times the longest step it is a small int
_CONVECTION = const(500)  # 0.05 K/s: warm water rises by itself


class StoreCheck:
    """Bounds of four nodes, top first, in 0.0001 K. `drift[k]` is 1 once sensor k has been found to drift."""

    def __init__(self, par):
        self.par = par
        self.drift = bytearray(NODES)
        self._hi = array("i", [0] * NODES)
        self._lo = array("i", [0] * NODES)
        self._known = bytearray(NODES)
        self._high = tuple([OnDelay(300000) for _ in range(NODES)])
        self._low = tuple([OnDelay(300000) for _ in range(NODES)])
        self._inverse = tuple([OnDelay(300000) for _ in range(NODES - 1)])
        self._last = 0
        self._begun = 0

    def clear(self):
        """Forget what was found; every reading is believed again."""
        for k in range(NODES):
            self.drift[k] = 0
            self._known[k] = 0
            self._high[k].reset()
            self._low[k].reset()
        for timer in self._inverse:
            timer.reset()

    def step(self, value, at, good, hot, back, cold, charge, circulation, draw, heat_kw, now):
        """Judge once a second. Temperatures 0.01 degC: the nodes are value[at:at+4], bit k of `good`: node k is its
        sensor's; hot: condenser, back: circulation return, cold: feed. Flows 0.01 L/s into the store; heat_kw: EH1,
        0.1 kW."""
        if self._begun:
            dt = ticks_diff(now, self._last)
            if dt < _EVERY_MS:
                return
            if dt > _DT_MAX:
                dt = _DT_MAX
        else:
            self._begun = 1
            dt = 0
        self._last = now
        charge = charge * 5 // 4
        drawn = draw * 3 // 4
        comes = circulation * 5 // 4
        node = self.par.circ_node
        for k in range(NODES):
            if not good >> k & 1:
                self._known[k] = 0
                self._high[k].reset()
                self._low[k].reset()
                continue
            above = hot if k == 0 else value[at + k - 1]
            below = cold if k == NODES - 1 else value[at + k + 1]
            # Between this node and the one above, downwards; from below, upwards.
            down = charge if k == 0 else charge - drawn - (circulation * 3 // 4 if k + 1 <= node else 0)
            up = drawn if k == NODES - 1 else drawn - charge + (circulation * 3 // 4 if k + 1 < node else 0)
            returns = comes if node == k + 1 else 0
            self._node(k, value[at + k] * 100, above, below, back, charge, down, up, returns, heat_kw, dt, now)
        self._inversions(value, at, good, now)

    def _node(self, k, x, above, below, back, charge, down, up, returns, heat_kw, dt, now):
        par = self.par
        if not self._known[k]:
            self._known[k] = 1
            self._hi[k] = x
            self._lo[k] = x
        kg = par.node_kg
        slack = par.tt_slack * 100 // 3600
        hi = self._hi[k]
        t = hi // 100
        rise = heat_kw * 299 // kg if par.eh_node else 0  # 1e5 / 4.19, and a quarter
        if above > t and down > 0:
            rise += down * (above - t) // kg
        if back > t:
            rise += returns * (back - t) // kg
        if below < t and up > 0:
            rise = max(0, rise - up * (t - below) // kg)
        if below > t and k < NODES - 1:
            rise += _CONVECTION
        rise += slack
        lo = self._lo[k]
        t = lo // 100
        fall = slack
        if below < t:
            fall += par.draw_most * (t - below) // kg
        if above < t:
            fall += charge * (t - above) // kg + (_CONVECTION if k else 0)
        if back < t:
            fall += returns * (t - back) // kg
        hi += (rise if rise < _RATE_MAX else _RATE_MAX) * dt // 1000
        lo -= (fall if fall < _RATE_MAX else _RATE_MAX) * dt // 1000
        hi = x if x < hi else hi
        lo = x if x > lo else lo
        self._hi[k] = hi
        self._lo[k] = lo
        most = par.tt_drift * 100
        high = self._high[k]
        low = self._low[k]
        high.preset = low.preset = par.tt_drift_s * 1000
        if high(x - hi > most, now) or low(lo - x > most, now):
            self.drift[k] = 1

    def _inversions(self, value, at, good, now):
        par = self.par
        for k in range(NODES - 1):
            timer = self._inverse[k]
            timer.preset = par.tt_drift_s * 1000
            both = good >> k & 3 == 3
            if timer(both and value[at + k + 1] - value[at + k] > par.tt_inverse, now):
                # The higher reading is blamed where the bounds don't tell: believed, it would starve the charge.
                high = value[at + k + 1] * 100 - self._hi[k + 1]
                low = self._lo[k] - value[at + k] * 100
                self.drift[k if low > high else k + 1] = 1
                timer.reset()
