"""Speed of the exhausters: ladder, vacuum hold, air speed, and what takes their place (domain brief §1d, §1c P5)."""

from drivers.blocks.pi import PI
from drivers.blocks.rate import RateLimit
from protocols.port import const
from protocols.quality import BAD

OFF = const(0)  # SPEED_MODES of the sheet
LADDER = const(1)
VACUUM = const(2)
SETTLING = const(3)
VELOCITY = const(4)
FIXED = const(5)
CUT = const(6)
HAND = const(7)

_VACUUM_LOW = const(200)  # 0.1 %
_CUT_BAND = const(100)  # the cut ends 1 kPa below what it holds


class Speed:
    """`out` is the common set value of all exhausters, 0.1 %; `mode` says what makes it.

    cap, speed_set, vacuum_set   limits and set-points that the gateway may change
    """

    def __init__(self):
        self.out = 0
        self.mode = OFF
        self.cap = 1000
        self.speed_set = 0
        self.vacuum_set = 0
        self._slew = RateLimit(80, 50)
        self._velocity = PI()
        self._vacuum = PI()
        self._cutting = 0

    def scan(self, mode, io, par, cap, cut, now):
        """One step. `mode`: what the state asks for; `cap`: highest speed now; `cut`: the vacuum is too deep."""
        slew = self._slew
        slew.up = par.slew_up
        slew.down = par.slew_down
        if mode == OFF:
            self.mode = OFF
            self._cutting = 0
            slew.force(0)
            self.out = slew(0, now)
            return
        mode = self._what(mode, io, par, cut)
        target = self._target(mode, io, par, min(cap, self.cap), now)
        self.mode = mode
        out = slew(target, now)
        held = 1 if out < target else -1 if out > target else 0
        self._velocity.held = held
        self._vacuum.held = held
        self.out = out

    def ramp_down(self, par, now):
        """Towards standstill; returns 1 when there."""
        self._slew.down = par.slew_down
        self.mode = OFF
        self._cutting = 0
        self.out = self._slew(0, now)
        return 1 if self.out == 0 else 0

    def _what(self, mode, io, par, cut):
        depth = -io.PT90
        if cut:
            self._cutting = 1
        elif depth < par.vac_cut_set - _CUT_BAND or io.PT90_Q >= BAD:
            self._cutting = 0
        if self._cutting:
            return CUT
        return FIXED if (mode == VELOCITY or mode == SETTLING) and io.FT90_Q >= BAD else mode

    def _target(self, mode, io, par, cap, now):
        if mode == LADDER:
            return min(cap, par.start_speed)
        if mode == FIXED:
            return min(cap, par.fallback)
        if mode == HAND:
            return min(cap, par.hand_cap)
        if mode == SETTLING:
            return min(cap, self.out)
        if mode == VELOCITY:
            return self._follow_speed(io, par, cap, now)
        if io.PT90_Q >= BAD:
            return min(cap, self.out)  # hold; rows SENSOR and VACUUM_MAX decide how long
        return self._hold_vacuum(mode, io, par, cap, now)

    def _follow_speed(self, io, par, cap, now):
        pi = self._velocity
        pi.kp = par.speed_kp * 10
        pi.ti_ms = par.speed_ti_ms
        error = self.speed_set - io.FT90
        low = min(par.speed_lowest, cap)
        if self.mode != VELOCITY:
            pi.track(self.out, error)
        return pi(error, low, cap, now)

    def _hold_vacuum(self, mode, io, par, cap, now):
        pi = self._vacuum
        pi.kp = par.vac_kp * 10
        pi.ti_ms = par.vac_ti_ms
        error = (par.vac_cut_set if mode == CUT else self.vacuum_set) + io.PT90
        if self.mode != mode:
            pi.track(self.out, error)
        high = min(cap, self.out) if mode == CUT and error < 0 else cap
        return pi(error, min(_VACUUM_LOW, high), high, now)
