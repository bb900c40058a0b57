"""A barrier's boom: drive outputs, limits, angle, travel supervision, speed profile (domain brief §3b, §3c B5, §3d).

A program asks with `open()`, `close()` and `stop()`, as often as it likes. It calls `sense(...)` at the beginning of
its scan and `drive(now)` at the end, so that what a sensor saw moves the outputs within the same scan:

    boom.sense(io.ZO, io.ZC, io.POS, io.POS_Q, io.MOT_I, io.MOT_I_Q, now)
    ...                                    # the states: boom.open(), boom.close(), boom.stop()
    boom.drive(now)
    io.YO = boom.yo                        # and YC, SPD

A demand ends at its limit: a boom that is pushed away from the closed limit does not close again by itself, for nobody
has looked whether it may. A fault ends it too, with both outputs off, which is stop and hold (or the balance spring
lifts). From closing to opening the close output goes and the open output comes at once, its speed rising from 0: the
drive brakes first.

Angles are 0.1 degree (0 closed, 900 open), speeds 0.1 % of the drive's full speed, currents 0.01 A.
"""

from drivers.blocks.rate import RateLimit
from drivers.blocks.timers import OnDelay
from drivers.boom_current import CurrentCurve
from drivers.speed_profile import SpeedProfile
from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_diff

OPENING = const(1)
RESTING = const(0)
CLOSING = const(-1)

# `fault`
NONE = const(0)
BOTH_LIMITS = const(1)
ANGLE = const(2)
TIMEOUT = const(3)
FAULTS = ("", "both limits on", "limit and angle contradict", "travel takes too long")

_OPEN_ANGLE = const(900)
_MISMATCH = const(100)  # 10 degrees between a limit and the angle
_MISMATCH_MS = const(100)
_LIMIT = const(10)  # the limits switch 1 degree before the stops
_SLEW_PER_S = const(10000)  # 10 % in 10 ms


class Boom:
    """One boom.

    Parameters, to be set from the lane's configuration: open_nominal_ms, open_max_ms, close_nominal_ms, close_max_ms,
    current.pct, current.ms; cap, a lower limit of speed for hold-to-run (0.1 %; the speed of arrival is the least).

    yo, yc, spd         outputs, valid after `drive`; yo and yc are never on together
    demand              OPENING, CLOSING or RESTING: what is being done
    at_open, at_closed  limit reached, and no fault
    fault               NONE, BOTH_LIMITS, ANGLE, TIMEOUT. The first two last as long as what they saw; the time-out
                        lasts until `stop()`
    obstructed          1 while the current of a closing boom says that something is in the way (B4)
    angle               last angle that could be believed
    travel_ms           duration of the last complete opening or closing; slow: 1 when it took 1.5 x nominal or more
    current             the learned curve (drivers/boom_current.py)
    """

    def __init__(self, full_speed=1500, cruise_open=1350, cruise_close=750, end=100, creep=500):
        """Speeds in mrad/s: of the drive at 100 %, cruising (0.4-1.5 rad/s), on arrival, and without an angle.

        Closing decelerates over the last 8 degrees, the faster opening over the last 15. A boom whose angle is BAD or
        STALE creeps all the way, and its opening may take open_max_ms.
        """
        self.open_nominal_ms = 1500
        self.open_max_ms = 4000
        self.close_nominal_ms = 2400
        self.close_max_ms = 6000
        self.yo = 0
        self.yc = 0
        self.spd = 0
        self.demand = RESTING
        self.at_open = 0
        self.at_closed = 0
        self.fault = NONE
        self.obstructed = 0
        self.angle = 0
        self.travel_ms = 0
        self.slow = 0
        self.current = CurrentCurve()
        low = end * 1000 // full_speed
        self._low = low
        self._creep = creep * 1000 // full_speed
        self.cap = 1000
        self._opening = SpeedProfile(cruise_open * 1000 // full_speed, low, 150)
        self._closing = SpeedProfile(cruise_close * 1000 // full_speed, low, 80)
        self._slew = RateLimit(_SLEW_PER_S, _SLEW_PER_S)
        self._contradiction = OnDelay(_MISMATCH_MS)
        self._both = OnDelay(_MISMATCH_MS)
        self._blind = 0
        self._driven = RESTING
        self._since = 0
        self._whole = 0
        self._timeout = 0

    # -- what the program asks -----------------------------------------------------------------------------

    def open(self):
        """Raise the boom to its limit; turns a closing round, even one that has not yet left the open limit."""
        if not self.fault and (not self.at_open or self.demand == CLOSING):
            self.demand = OPENING

    def close(self):
        """Lower the boom to its limit. The boom doesn't know whether it may: that is the program's to have proven."""
        if not self.fault:
            self.demand = RESTING if self.at_closed else CLOSING

    def stop(self):
        """Stop and hold, and take note of a time-out."""
        self.demand = RESTING
        self._timeout = 0
        if self.fault == TIMEOUT:
            self.fault = NONE

    # -- the scan ------------------------------------------------------------------------------------------

    def sense(self, zo, zc, pos, pos_q, amps, amps_q, now):
        """Take limits, angle and motor current with their qualities; supervise the movement."""
        self._blind = 1 if pos_q >= BAD else 0
        if not self._blind:
            self.angle = pos
        apart = not self._blind and ((zo and pos < _OPEN_ANGLE - _MISMATCH) or (zc and pos > _MISMATCH))
        driven = self._driven
        fault = NONE
        if self._both(zo and zc, now):
            fault = BOTH_LIMITS
        if self._contradiction(apart, now) and not fault:
            fault = ANGLE
        if driven != RESTING:
            age = ticks_diff(now, self._since)
            if (zo if driven == OPENING else zc) and not (zo and zc):
                self._arrive(age)
            elif age >= self._allowed(driven):
                self._timeout = 1
        if self._timeout and not fault:
            fault = TIMEOUT
        self.fault = fault
        self.at_open = 1 if zo and not zc and not fault else 0
        self.at_closed = 1 if zc and not zo and not fault else 0
        if fault:
            self.demand = RESTING
        self.obstructed = 0
        if self._driven == CLOSING:
            self.obstructed = self.current.watch(self.angle, pos_q, amps, amps_q, now)

    def drive(self, now):
        """Set `yo`, `yc` and `spd` from what is demanded now."""
        demand = self.demand
        if demand != self._driven:
            self._turn(demand, now)
        self.yo = 1 if demand == OPENING else 0
        self.yc = 1 if demand == CLOSING else 0
        if demand == RESTING:
            self._slew.force(0)
            self.spd = self._slew(0, now)  # keeps its clock going
            return
        if self._blind:
            speed = self._creep
        elif demand == OPENING:
            speed = self._opening(_OPEN_ANGLE - _LIMIT - self.angle)
        else:
            speed = self._closing(self.angle - _LIMIT)
        if speed > self.cap:
            speed = self.cap if self.cap > self._low else self._low
        self.spd = self._slew(speed, now)

    def moving_ms(self, now):
        """How long the boom has been moving in its present direction; 0 at rest."""
        return ticks_diff(now, self._since) if self._driven != RESTING else 0

    def _turn(self, demand, now):
        if self._driven == CLOSING:
            self.current.end(0)
        if demand == CLOSING:
            self.current.begin(self.at_open, now)
        self._whole = self.at_closed if demand == OPENING else self.at_open
        self._slew.force(0)
        self._driven = demand
        self._since = now

    def _arrive(self, age):
        if self._driven == CLOSING:
            self.current.end(1)
        if self._whole:
            nominal = self.open_nominal_ms if self._driven == OPENING else self.close_nominal_ms
            self.travel_ms = age
            self.slow = 1 if 2 * age >= 3 * nominal else 0
        self._driven = RESTING
        self.demand = RESTING

    def _allowed(self, driven):
        if driven == CLOSING:
            return self.close_max_ms
        twice = 2 * self.open_nominal_ms
        return twice if twice < self.open_max_ms and not self._blind else self.open_max_ms
