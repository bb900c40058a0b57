"""The three loops towards people: hot water to the taps (V401), heating supply (V301), its pump (P301)."""

from firmware.programs.heat_controller import OPERATOR, PROTECTION, STATE, Controller
from firmware.programs.heat_sensors import TT45, TT301, TT305, TT306
from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_diff

_FULL = const(1000)
_COLDER = const(50)  # 0.01 K: TT45 that has fallen by this follows V401
_ABOVE = const(100)  # 0.01 K above the set-point
_SPREAD_MIN = const(500)  # 0.01 K
_SPREAD = const(4000)  # 0.01 K: what the gain of V301 is stated for
_STEEPEST = const(1000)


class TapMix:
    """V401 holds TT45; to cold when it can't.

    out     V401.SP, 0.1 % (0 cold)      loop   its Controller
    scald   fact: TT45 or TT46 above 65, until both are below 60; or TT45 isn't known (H6; delay by the sheet: scald_s)
    scorch  fact: above 70, until below 60 (H6; scorch_s)
    stuck   fact: V401 was closed and TT45 doesn't fall

    The facts look at the sensors as they are, not at what stands for one in doubt: of two, the hotter counts, but for a
    network that cools down. A TT45 that is BAD is no reason to stop charging.
    """

    def __init__(self, table, par):
        self.par = par
        self.loop = Controller()
        self.out = 0
        self.scald = 0
        self.scorch = 0
        self.stuck = 0
        self._watching = 0
        self._from = 0
        self._from_out = 0
        self._from_t = 0

    def step(self, io, temps, sp, cold, hot, suspended, hand, now):
        """One scan. sp: set-point; cold: an interlock wants cold water; hot: NETWORK_DISINFECT wants it fully hot;
        suspended: `hygiene.suspended`, 1 no scald protection, 2 by TT45 alone."""
        par = self.par
        loop = self.loop
        loop.tune(par.tap_kp, par.tap_ti, par.tap_slew)
        loop.hold.preset = par.hold_s * 1000
        pv = temps.value[TT45]
        if cold:
            loop.sp = sp
            loop.pv = pv
            loop.track(0, PROTECTION, now, 1)
        elif hot:
            loop.sp = sp
            loop.pv = pv
            loop.track(_FULL, STATE, now)
        else:
            loop.step(sp, pv, temps.quality(TT45), 0, _FULL, hand, now, 0)
        self.out = loop.out
        self._guard(io, suspended)
        self._watch(io, sp, cold or hot or suspended, now)

    def _guard(self, io, suspended):
        par = self.par
        if suspended == 1:
            self.scald = 0
            self.scorch = 0
            return
        bad = io.TT45_Q >= BAD
        hottest = -0x7FFF if bad else io.TT45
        if not suspended and io.TT46_Q < BAD and io.TT46 > hottest:
            hottest = io.TT46
        back = hottest < par.scald_back
        if hottest > par.scald or bad:
            self.scald = 1
        elif back:
            self.scald = 0
        if hottest > par.scorch:
            self.scorch = 1
        elif back:
            self.scorch = 0

    def _watch(self, io, sp, other, now):
        """A valve that was moved towards cold while TT45 is too hot, and TT45 doesn't mind."""
        par = self.par
        if other or io.TT45_Q >= BAD or io.TT45 <= sp + _ABOVE or self.loop.held_by == OPERATOR:
            self._watching = 0
            if io.TT45_Q < BAD and io.TT45 <= sp + _ABOVE:
                self.stuck = 0
            return
        t = io.TT45
        if not self._watching or t < self._from_t - _COLDER:
            self._watching = 1
            self._from = now
            self._from_out = self.out
            self._from_t = t
            return
        if ticks_diff(now, self._from) >= par.stuck_s * 1000 and self._from_out - self.out >= par.stuck_move:
            self.stuck = 1


class HeatingMix:
    """V301 holds TT305: `out`, `loop`. Without TT305 it holds its place, then stands where buffer and return would mix
    to the set-point."""

    def __init__(self, table, par):
        self.par = par
        self.loop = Controller()
        self.out = 0

    def step(self, io, temps, sp, run, cooling, hand, now):
        """One scan. run: heating or cooling is on; cooling: the valve opened further makes the supply colder."""
        par = self.par
        loop = self.loop
        loop.hold.preset = par.hold_s * 1000
        loop.reverse = 1 if cooling else 0
        value = temps.value
        # V301 moves the supply by as much as buffer and return differ: with less of it, it has to move further.
        gain = min(_SPREAD, max(_STEEPEST, abs(value[TT301] - value[TT306])))
        loop.tune(par.mix_kp * _SPREAD // gain, par.mix_ti, par.mix_slew)
        if run:
            back = value[TT306]
            spread = value[TT301] - back
            wanted = sp - back
            if cooling:
                spread = -spread
                wanted = -wanted
            open_ = max(0, min(_FULL, wanted * 1000 // spread)) if spread > _SPREAD_MIN else _FULL
            loop.step(sp, value[TT305], temps.quality(TT305), 0, _FULL, hand, now, open_)
        else:
            loop.sp = sp
            loop.pv = value[TT305]
            loop.track(0, STATE, now)
        self.out = loop.out


class HeatingPump:
    """P301 holds DP301: `run`, `speed`, `loop`; without it a fixed speed."""

    def __init__(self, table, par):
        self.par = par
        self.loop = Controller()
        self.run = 0
        self.speed = 0

    def step(self, io, sp, run, hand, now):
        """One scan. run: heating, cooling or frost wants flow and nothing forbids it."""
        par = self.par
        loop = self.loop
        self.run = 1 if run else 0
        if run:
            loop.tune(par.dp_kp * 100, par.dp_ti, _FULL)
            loop.hold.preset = par.hold_s * 1000
            loop.step(sp, io.DP301, io.DP301_Q, par.dp_least, _FULL, hand, now, par.dp_fixed)
        else:
            loop.sp = sp
            loop.pv = io.DP301
            loop.track(0, STATE, now, 1)
        self.speed = loop.out
