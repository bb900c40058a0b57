"""The share current of the charging points: what the transformer leaves, at once down and slowly up (domain brief §2d).

A share below 6 A is none: a car takes 6 A or nothing. Who may charge then is the gateway's to choose; without one all
points have the same right.
"""

from protocols.port import const
from protocols.ticks import ticks_diff

# EV.WHY
WISH = const(0)
NO_WISH = const(1)
TRANSFORMER = const(2)
METER = const(3)
GATEWAY = const(4)
SHED = const(5)
STOPPED = const(6)
RISING = const(7)

_STEP = const(10)  # 1 A
_NEAR = const(2)


class EvShare:
    """Share in 0.1 A. `cap` is what the limits leave, `cut` 1 in the scan in which the transformer took some."""

    def __init__(self):
        self.share = 0
        self.cap = 0
        self.why = GATEWAY
        self.known = 0
        self.cut = 0
        self._raised = 0

    def begin(self, share, now):
        """Start at what the group has."""
        self.share = share
        self.cap = share
        self._raised = now
        self.known = 1

    def law(self, io, par, room):
        """Work out `cap`; `room` (0.1 kW) is what the site may still draw, as it is now."""
        cars = io.EV_N if self.share and io.EV_N else io.EV_CARS
        left = io.EV_P + room
        if left <= 0:
            self.cap = 0
        elif not cars:
            self.cap = par.ev_max
        else:
            self.cap = min(par.ev_max, left * 1000 // (par.ev_w * cars))

    def move(self, wanted, why, par, now):
        """One scan towards `wanted`, never above `cap`."""
        self.cut = 0
        goal = min(wanted, par.ev_max)
        if self.cap < goal:
            goal = self.cap
            why = TRANSFORMER
        if goal < par.ev_min:
            goal = 0
        if goal < self.share:
            self.cut = 1 if why == TRANSFORMER else 0
            self.share = goal
            self._raised = now
        elif goal > self.share:
            if ticks_diff(now, self._raised) >= par.ev_up_s * 1000:
                self._raised = now
                self.share = min(goal, max(par.ev_min, self.share + _STEP))
            if goal > self.share:
                why = RISING
        else:
            self._raised = now
        self.why = why

    def stop(self, why, now):
        """No charging, at once."""
        self.share = 0
        self.why = why
        self._raised = now
