"""A diverting valve with a slow motor: set value out, no position back but its end switches (domain brief §4a: V101).

Where it stands is modelled from its stroke time; an end switch puts the model right. `position` is in 0.1 %: 1000 is
the end of `opened` (V101: all to recovery), 0 the end of `closed` (V101: all to the dry cooler).

    valve.sense(io.V101_ZSO, io.V101_ZSC, now)
    io.V101_SP = valve.drive(set_value, now)

What the valve doesn't do is found in two ways: it doesn't arrive at the end that it was sent to, or it doesn't leave
the end that it was sent away from. Each sets `stuck` until the valve is seen to follow.
"""

from protocols.port import const
from protocols.ticks import ticks_diff

FULL = const(1000)
_NEAR = const(20)  # 0.1 %: at an end, within the hysteresis of the motor
_LEFT = const(100)  # 0.1 %: as far from an end, its switch must be off
_LONGEST_MS = const(10000)  # a gap counts for no more

# `why`
NONE = const(0)
NOT_ARRIVED = const(1)
NOT_LEFT = const(2)
BOTH_SWITCHES = const(3)
WHY = ("", "did not arrive at its end", "does not leave its end", "both end switches on")


class ThreeWayValve:
    """One valve.

    stroke_ms   from end to end
    grace_ms    more than the stroke takes: what motor and switches may be late

    sp          the set value that was last put out, 0.1 %
    position    where it ought to be by now, 0.1 %
    opened      1: proven at 1000; closed: proven at 0
    stuck       1: it doesn't follow; `why` says how that was seen
    """

    def __init__(self, stroke_ms=30000, grace_ms=5000, start=0):
        self.stroke_ms = stroke_ms
        self.grace_ms = grace_ms
        self.sp = start
        self.position = start
        self.opened = 0
        self.closed = 0
        self.stuck = 0
        self.why = NONE
        self._rest = 0
        self._now = 0
        self._begun = 0
        self._late = 0  # a switch is missing, or on when it ought to be off, since `_late_at`
        self._late_at = 0

    def sense(self, zso, zsc, now):
        """Take the end switches; supervise what they show."""
        self.opened = 1 if zso and not zsc else 0
        self.closed = 1 if zsc and not zso else 0
        why = NONE
        if zso and zsc:
            why = BOTH_SWITCHES
        elif self.position >= FULL and self.sp >= FULL - _NEAR:
            why = NONE if self.opened else NOT_ARRIVED
        elif self.position <= 0 and self.sp <= _NEAR:
            why = NONE if self.closed else NOT_ARRIVED
        elif (self.opened and self.position < FULL - _LEFT) or (self.closed and self.position > _LEFT):
            why = NOT_LEFT
        if why == NONE:
            self._late = 0
            self._free()
            return
        if not self._late:
            self._late = 1
            self._late_at = now
        if ticks_diff(now, self._late_at) >= self.grace_ms:
            self.stuck = 1
            self.why = why

    def drive(self, sp, now):
        """Put out a set value (0.1 %); returns it within 0..1000."""
        sp = min(max(sp, 0), FULL)
        if self._begun:
            self._travel(min(max(ticks_diff(now, self._now), 0), _LONGEST_MS))
        self._begun = 1
        self._now = now
        self.sp = sp
        return sp

    def at(self, position):
        """Put the model where the valve is known to be: after a spring return, or a reset."""
        self.position = position
        self._rest = 0

    def _travel(self, dt):
        """Towards the set value of the last scan: 1000 in the stroke time, what is left below one is carried on."""
        target = self.sp
        if self.closed and target <= _NEAR:
            self.at(0)
        elif self.opened and target >= FULL - _NEAR:
            self.at(FULL)
        way = target - self.position
        if not way:
            self._rest = 0
            return
        budget = self._rest + FULL * dt
        step = budget // self.stroke_ms
        self._rest = budget - step * self.stroke_ms
        if way > 0:
            self.position = self.position + step if step < way else target
        else:
            self.position = self.position - step if step < -way else target

    def _free(self):
        self.stuck = 0
        self.why = NONE
