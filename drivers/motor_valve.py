"""A motor-driven valve that stays where it is without drive, with two end switches: the sectioning valves of the waste
network (domain brief §1a).

Asked with `open()`, `close()` and `stay()`; `sense(...)` at the beginning of a scan, `drive(now)` at its end. The motor
runs until the end switch, or until the travel has taken too long: then it is off, and `late` stands until the valve is
asked for the other end, told to stay, or found at an end after all.
"""

from drivers.valve import CLOSED, CLOSING, OPEN, OPENING, UNPROVEN
from protocols.port import const
from protocols.ticks import ticks_diff

_STAY = const(0)
_OPEN = const(1)
_CLOSE = const(2)


class MotorValve:
    """One valve. travel_ms: its longest travel.

    yo, yc          outputs, never on together; valid after `drive`
    state           CLOSED, OPENING, OPEN, CLOSING, UNPROVEN (drivers/valve.py)
    opened, closed  proven at that end
    late            1: it did not arrive in time
    """

    def __init__(self):
        self.travel_ms = 8000
        self.yo = 0
        self.yc = 0
        self.state = UNPROVEN
        self.opened = 0
        self.closed = 0
        self.late = 0
        self._demand = _STAY
        self._driven = _STAY
        self._since = 0

    def open(self):
        """Drive open."""
        self._ask(_OPEN)

    def close(self):
        """Drive closed."""
        self._ask(_CLOSE)

    def stay(self):
        """Stop where it is."""
        self._ask(_STAY)

    def sense(self, zso, zsc, now):
        """Take the end switches; supervise the travel."""
        self.opened = 1 if zso and not zsc else 0
        self.closed = 1 if zsc and not zso else 0
        if self.opened if self._demand == _OPEN else self.closed:
            self.late = 0
        elif self._driven != _STAY and ticks_diff(now, self._since) >= self.travel_ms:
            self.late = 1

    def drive(self, now):
        """Set `yo` and `yc` from what is asked now."""
        want = _STAY
        if not self.late:
            if self._demand == _OPEN and not self.opened:
                want = _OPEN
            elif self._demand == _CLOSE and not self.closed:
                want = _CLOSE
        if want != self._driven:
            self._driven = want
            self._since = now
        self.yo = 1 if want == _OPEN else 0
        self.yc = 1 if want == _CLOSE else 0
        if want:
            self.state = OPENING if want == _OPEN else CLOSING
        elif self.opened:
            self.state = OPEN
        else:
            self.state = CLOSED if self.closed else UNPROVEN

    def _ask(self, demand):
        if demand != self._demand:
            self._demand = demand
            self.late = 0
