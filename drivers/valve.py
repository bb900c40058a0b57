"""An on-off valve that closes by itself without its output (spring or stored air), with two end switches: discharge and
air-inlet valves of the waste network (domain brief §1b, §1c P4).

A program asks with `open()` and `close()`, calls `sense(...)` at the beginning of its scan and `drive(now)` at the end:

    valve.sense(io.DV1_ZSO, io.DV1_ZSC, now)
    ...                                        # the states: valve.open(), valve.close()
    valve.drive(now)
    io.DV1_YO = valve.y

The maximum-open timer is in `drive`, below everything that a program could get wrong: whatever is asked, the output is
never on for longer than `max_ms` at a stretch, and after that only a new `open()` switches it on again.
"""

from drivers.blocks.timers import OnDelay
from protocols.port import const
from protocols.ticks import ticks_diff

# `state`
CLOSED = const(0)
OPENING = const(1)
OPEN = const(2)
CLOSING = const(3)
UNPROVEN = const(4)


class Valve:
    """One valve.

    Parameters: open_ms and close_ms, the longest travel; switches_ms, both switches on; drift_ms, an end switch lost at
    rest; max_ms, the longest the output is on (0: no limit).

    y             the output, valid after `drive`
    state         CLOSED, OPENING, OPEN, CLOSING, or UNPROVEN: neither at an end nor on the way in time
    closed        1 when proven closed: its switch alone, and the output off
    opened        1 when proven open
    not_open      travel took too long or the open switch was lost; the valve closes; stands until it is closed
    not_closed    it ought to be closed and isn't proven so; stands until it is
    both          both switches on; the valve closes; stands as long as they are
    expired       the maximum-open timer closed it; stands until the next `open()`
    energised_ms  how long the output has been on, or was the last time
    open_travel   duration of the last opening and closing (ms)
    close_travel
    """

    def __init__(self, max_ms=0):
        self.open_ms = 3000
        self.close_ms = 3000
        self.switches_ms = 200
        self.drift_ms = 1000
        self.max_ms = max_ms
        self.y = 0
        self.state = UNPROVEN
        self.closed = 0
        self.opened = 0
        self.not_open = 0
        self.not_closed = 0
        self.both = 0
        self.expired = 0
        self.energised_ms = 0
        self.open_travel = 0
        self.close_travel = 0
        self._demand = 0
        self._since = 0  # tick of the last change of the output
        self._arrived = 0
        self._moved = 0
        self._started = 0
        self._both = OnDelay(0)
        self._lost = OnDelay(0)

    def open(self):
        """Open, and stay so until `close`, a fault or the maximum-open timer."""
        if not self.both:
            self._demand = 1

    def close(self):
        """Close and stay closed."""
        self._demand = 0

    def sense(self, zso, zsc, now):
        """Take the end switches; supervise the travel."""
        if not self._started:
            self._started = 1
            self._since = now
        self._both.preset = self.switches_ms
        self._lost.preset = self.drift_ms
        self.both = self._both(zso and zsc, now)
        self.opened = 1 if zso and not zsc else 0
        self.closed = 1 if zsc and not zso and not self.y else 0
        if self.both:
            self._demand = 0
        if self.y:
            self._energised(now)
        else:
            self._at_rest(now)

    def drive(self, now):
        """Set `y` from what is demanded now."""
        if self.y and self.max_ms and ticks_diff(now, self._since) >= self.max_ms:
            self.expired = 1
            self._demand = 0
        if self._demand != self.y:
            self._turn(now)
        if self.y:
            self.state = OPEN if self._arrived else OPENING
        elif self.closed:
            self.state = CLOSED
        else:
            self.state = CLOSING if self._moved and not self.not_closed else UNPROVEN

    def _turn(self, now):
        if self.y:
            self.energised_ms = ticks_diff(now, self._since)
            self.y = 0
        else:
            self.y = 1
            self.energised_ms = 0
            self.closed = 0
            self.expired = 0
            self._moved = 1
        self._arrived = 0
        self._since = now
        self._lost.reset()

    def _energised(self, now):
        age = ticks_diff(now, self._since)
        self.energised_ms = age
        if not self._arrived:
            if self.opened:
                self._arrived = 1
                self.open_travel = age
            elif age >= self.open_ms:
                self._fail_to_open()
        elif self._lost(not self.opened, now):
            self._fail_to_open()

    def _fail_to_open(self):
        self.not_open = 1
        self._demand = 0

    def _at_rest(self, now):
        if self.closed:
            if not self._arrived:
                self._arrived = 1
                if self._moved:
                    self.close_travel = ticks_diff(now, self._since)
                    self._moved = 0
            self.not_closed = 0
            self.not_open = 0
            self._lost(0, now)
        elif self._arrived:
            if self._lost(1, now):
                self._arrived = 0
                self.not_closed = 1
        elif not self.not_closed and ticks_diff(now, self._since) >= self.close_ms:
            self.not_closed = 1
