"""Two pumps for one duty, with change-over: P101 A and B, which keep the IT loop moving (domain brief §4c H1, H12).

    twin.sense(io.P101A_RUN, io.P101A_FLT, io.P101B_RUN, io.P101B_FLT, now)
    twin.drive(1, no_flow, now)
    io.P101A_Y, io.P101B_Y = twin.a.y, twin.b.y

A fault of the pump on duty starts the other one in the same scan, a missing run feedback after the times of
`drivers.pump.Pump` (2 s to start, 0.5 s when it is lost). So the other one is told to run within 2 s of whatever
happened, to the scan. The duty then stays where it is. Once a week it changes for even wear: the other pump is started
and proven first, so the flow never stops. When both have failed, both are tried: nothing is lost by it, and cooling may
come back.
"""

from drivers.pump import Pump
from protocols.port import const
from protocols.ticks import ticks_diff

A = const(0)
B = const(1)


class TwinPump:
    """Pumps `a` and `b` (`drivers.pump.Pump`), of which one is on duty.

    swap_h      hours on duty after which the other one takes over; 0: never

    duty        A or B
    changing    1: both run, until the other one has proven itself (weekly change)
    running     1: at least one runs
    lost        1: both have failed
    helped      1: the other one was started beside the duty pump, because there was no flow
    duty_s      seconds of this duty
    changes     how often the duty went over because of a failure (mod 2**16); swaps: by the clock
    """

    def __init__(self, swap_h=168, prove_ms=2000, lost_ms=500, rest_ms=60000):
        self.swap_h = swap_h
        self.a = Pump(prove_ms, lost_ms, rest_ms)
        self.b = Pump(prove_ms, lost_ms, rest_ms)
        self.duty = A
        self.changing = 0
        self.running = 0
        self.lost = 0
        self.helped = 0
        self.duty_s = 0
        self.changes = 0
        self.swaps = 0
        self._now = 0
        self._part_ms = 0
        self._begun = 0

    def sense(self, run_a, fault_a, run_b, fault_b, now):
        """Take the contacts of both."""
        self.a.sense(run_a, fault_a, now)
        self.b.sense(run_b, fault_b, now)
        self.running = 1 if self.a.running or self.b.running else 0
        self.lost = 1 if self.a.failed and self.b.failed else 0
        self._time(now)

    def drive(self, want, no_flow, now):
        """Set both outputs. `no_flow`: the flow that ought to be there isn't, start the other pump beside."""
        on = self.a if self.duty == A else self.b
        other = self.b if self.duty == A else self.a
        if not want:
            self.changing = 0
            self.helped = 0
            on.put(0, now)
            other.put(0, now)
            return
        if self.lost:
            self.changing = 0
            on.put(1, now)
            other.put(1, now)
            return
        if on.failed:
            self._hand_over()
            self.changes = (self.changes + 1) & 0xFFFF
            on, other = other, on
        elif self.changing:
            if other.failed:
                self.changing = 0
                self.duty_s = 0  # tried again after a whole term
            elif other.running:
                self._hand_over()
                self.swaps = (self.swaps + 1) & 0xFFFF
                on, other = other, on
        elif self.swap_h and self.duty_s >= 3600 * self.swap_h and not other.failed:
            self.changing = 1
        if not no_flow:
            self.helped = 0
        elif not self.changing:
            self.helped = 1
        on.drive(1, now)
        other.drive(self.changing or self.helped, now)

    def _hand_over(self):
        self.duty = B if self.duty == A else A
        self.duty_s = 0
        self.changing = 0

    def _time(self, now):
        if self._begun and self.running:
            self._part_ms += ticks_diff(now, self._now)
            seconds = self._part_ms // 1000
            self._part_ms -= 1000 * seconds
            self.duty_s += seconds
        self._begun = 1
        self._now = now
