"""A pump with its drive: output, run feedback and fault contact (domain brief §4a: P101-P402).

`sense(...)` at the beginning of a scan, `drive(want, now)` at its end:

    pump.sense(io.P401_RUN, io.P401_FLT, now)
    ...
    io.P401_Y = pump.drive(want, now)

A pump that doesn't prove that it runs, or whose drive reports a fault, has failed: its output is off, and after a rest
with a healthy fault contact it may try again.
"""

from protocols.port import const
from protocols.ticks import ticks_diff

# `why`: what made it fail last
NONE = const(0)
DRIVE_FAULT = const(1)
NOT_STARTED = const(2)
STOPPED_BY_ITSELF = const(3)
WHY = ("", "drive fault", "did not start", "stopped by itself")


class Pump:
    """One pump.

    prove_ms   longest time from the output to the run feedback
    lost_ms    a run feedback gone for so long is a pump that stopped by itself
    rest_ms    after a failure, so long with the output off and the fault contact healthy before the next try

    y         the output, valid after `drive`
    running   1: output on, feedback there, no fault
    failed    1: from the failure to the end of the rest; `why` says what it was
    unasked   1: it runs without its output for `prove_ms` (a welded contactor, a drive at hand)
    run_s     seconds that it has run, modulo 2**30: set it to go on from a kept value
    starts    how often it was proven running after standstill (mod 2**16)
    """

    def __init__(self, prove_ms=2000, lost_ms=500, rest_ms=60000):
        self.prove_ms = prove_ms
        self.lost_ms = lost_ms
        self.rest_ms = rest_ms
        self.y = 0
        self.running = 0
        self.failed = 0
        self.why = NONE
        self.unasked = 0
        self.run_s = 0
        self.starts = 0
        self._proven = 0  # since the output came on
        self._since = 0  # tick of the last change of the output
        self._gone = 0  # the feedback is missing since `_gone_at`
        self._gone_at = 0
        self._rest_at = 0
        self._there = 0  # feedback without output since `_there_at`
        self._there_at = 0
        self._now = 0
        self._part_ms = 0
        self._begun = 0

    def sense(self, run, fault, now):
        """Take the contacts (1: it runs, 1: the drive reports a fault)."""
        if self._begun and self.running:
            self._part_ms += ticks_diff(now, self._now)
            seconds = self._part_ms // 1000
            self._part_ms -= 1000 * seconds
            self.run_s = (self.run_s + seconds) & 0x3FFFFFFF
        if not self._begun:
            self._begun = 1
            self._since = now
        self._now = now
        if fault:
            self._fail(DRIVE_FAULT, now)
        elif self.failed and ticks_diff(now, self._rest_at) >= self.rest_ms:
            self.failed = 0
        if self.y:
            self._asked(run, fault, now)
        else:
            self.running = 0
            self._stands(run, now)

    def drive(self, want, now):
        """Set the output: on if wanted and not failed. Returns it."""
        return self.put(1 if want and not self.failed else 0, now)

    def put(self, y, now):
        """Set the output as it is, failed or not: for what must be tried whatever the drive says. Returns it."""
        if y != self.y:
            self.y = y
            self._since = now
            self._proven = 0
            self._gone = 0
            self._there = 0
            self.unasked = 0
            if not y:
                self.running = 0
        return y

    def _asked(self, run, fault, now):
        if run:
            if not self._proven:
                self._proven = 1
                self.starts = (self.starts + 1) & 0xFFFF
            self._gone = 0
            self.running = 0 if fault else 1
            if not fault and self.failed:  # tried against its failure, and it runs
                self.failed = 0
            return
        self.running = 0
        if not self._proven:
            if ticks_diff(now, self._since) >= self.prove_ms:
                self._fail(NOT_STARTED, now)
        elif not self._gone:
            self._gone = 1
            self._gone_at = now
            if not self.lost_ms:
                self._fail(STOPPED_BY_ITSELF, now)
        elif ticks_diff(now, self._gone_at) >= self.lost_ms:
            self._fail(STOPPED_BY_ITSELF, now)

    def _stands(self, run, now):
        if not run:
            self._there = 0
            self.unasked = 0
        elif not self._there:
            self._there = 1
            self._there_at = now
        elif not self.unasked and ticks_diff(now, self._there_at) >= self.prove_ms:
            self.unasked = 1

    def _fail(self, why, now):
        if not self.failed:
            self.why = why
        self.failed = 1
        self._rest_at = now
