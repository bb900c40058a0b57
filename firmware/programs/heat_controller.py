"""A loop of the heat plant: automatic, by hand or following, never with a bump (domain brief §4d).

    loop.tune(par.mix_kp, par.mix_ti)
    loop.step(set_point, value, quality, lo, hi, hand, now)
    io.V301_SP = loop.out

Units are the caller's; output 0.1 %, errors within +-320 K of 0.01 K.
"""

from drivers.blocks.pi import MAX_LONGEST_MS, PI
from drivers.blocks.rate import RateLimit
from drivers.blocks.timers import OnDelay
from protocols.port import const
from protocols.quality import BAD

# mode
AUTO = const(0)
MANUAL = const(1)
TRACKING = const(2)
MODES = ("AUTO", "MANUAL", "TRACKING")

# held_by
NOTHING = const(0)
OPERATOR = const(1)
STATE = const(2)
PROTECTION = const(3)
SENSOR = const(4)
FEED_FORWARD = const(5)
HELD_BY = ("NOTHING", "OPERATOR", "STATE", "PROTECTION", "SENSOR", "FEED_FORWARD")

NO_HAND = const(-1)
_ERROR_MAX = const(32000)


class Controller:
    """PI with back-calculation, slew limit, tracking and bumpless change of mode. Scans up to 2 s apart.

    sp, pv   what it wants and has            out      output, 0.1 %
    mode     AUTO, MANUAL or TRACKING         held_by  who holds the output in MANUAL and TRACKING
    """

    def __init__(self, start=0):
        self.sp = 0
        self.pv = 0
        self.out = start
        self.mode = TRACKING
        self.held_by = STATE
        self.reverse = 0  # 1: more output lowers the value
        self.hold = OnDelay(30000)
        self._pi = PI(0, 1000, 2000, MAX_LONGEST_MS)
        self._slew = RateLimit(1000, 1000, start)

    def tune(self, kp, ti_tenths, slew):
        """kp in 0.0001 of full stroke for each 100 units of error; integral time in 0.1 s; slew in 0.1 %/s."""
        pi = self._pi
        pi.kp = kp
        pi.ti_ms = ti_tenths * 100
        pi.tt_ms = max(MAX_LONGEST_MS, pi.ti_ms)
        self._slew.up = slew
        self._slew.down = slew

    def step(self, sp, pv, quality, lo, hi, hand, now, fallback=-1, forward=0):
        """One scan in charge of the output, within lo..hi. `hand`: NO_HAND or the output that the operator wants;
        `forward`: feed-forward, what the output would be without an error.

        A measurement that can't be believed is never integrated: the output stands for `hold`, then goes to `fallback`
        (below 0: stands)."""
        self.sp = sp
        self.pv = pv
        error = pv - sp if self.reverse else sp - pv
        error = -_ERROR_MAX if error < -_ERROR_MAX else _ERROR_MAX if error > _ERROR_MAX else error
        bad = 1 if quality >= BAD else 0
        late = self.hold(bad, now)
        if hand >= 0:
            self._follow(MANUAL, OPERATOR, hand, lo, hi, now)
        elif bad:
            self._follow(TRACKING, SENSOR, fallback if late and fallback >= 0 else self.out, lo, hi, now)
        else:
            pi = self._pi
            if self.mode != AUTO:
                pi.track(self.out, error, forward)
                self.mode = AUTO
                self.held_by = NOTHING
            self.out = self._slew(pi(error, lo, hi, now, forward), now)
            pi.applied = self.out

    def track(self, out, held_by, now, at_once=0):
        """Another level holds the output: go to `out`, by the slew unless `at_once`."""
        if at_once:
            self._slew.force(out)
        self._follow(TRACKING, held_by, out, 0, 1000, now)

    def _follow(self, mode, held_by, out, lo, hi, now):
        self.mode = mode
        self.held_by = held_by
        out = lo if out < lo else hi if out > hi else out
        self.out = self._slew(out, now)
