"""A pair of through-beams that is tested before each closing (domain brief §3a, §3c B1; EN 12453 asks for a test).

Either beam broken is broken (1oo2, and a beam that can't be read is broken). A receiver that is stuck at "clear" can
only be found by switching the transmitters off and looking: both beams must answer, and then both must come back.
"""

from drivers.blocks.votes import vote_1oo2
from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_diff

UNTESTED = const(0)
DARK = const(1)  # transmitters off: both beams must read broken
LIGHT = const(2)  # transmitters on again: both must read clear
PASSED = const(3)
FAILED = const(4)


class SafetyBeams:
    """Two beams and their common TEST output.

    Before closing: `start(now)` once, then call every scan, put `test` on the output, and close only on `ok` and not
    `broken`. Not before `testing` has ended, that is: `broken` tells the truth during the test too.

    broken     1 while either beam is broken or unreadable, by the test or by a vehicle
    test       the output: 1 switches the transmitters off
    testing    1 while a test runs
    ok         1 after a good test, for `valid_ms` or until `spend()`
    failed     beams that did not answer the last test, 1 | 2; stays until a test is good
    answer_ms  time within which a beam must answer; a beam's own debounce is part of it
    """

    def __init__(self, answer_ms=50, valid_ms=2000):
        self.answer_ms = answer_ms
        self.valid_ms = valid_ms
        self.broken = 1
        self.test = 0
        self.testing = 0
        self.ok = 0
        self.failed = 0
        self.state = UNTESTED
        self._since = 0

    def start(self, now):
        """Begin a test; return 0 when a beam is broken, for then nothing can be learned from one."""
        if self.broken:
            return 0
        self._enter(DARK, now)
        return 1

    def spend(self):
        """The good test has been used for a closing; the next one needs its own. Ends a test that runs, too."""
        if self.state != FAILED:
            self._enter(UNTESTED, self._since)

    def __call__(self, pe1, q1, pe2, q2, now):
        """Judge one scan of both beams (1 = broken, with quality) and return `broken`."""
        self.broken = vote_1oo2(pe1, q1, pe2, q2)
        state = self.state
        age = ticks_diff(now, self._since)
        if state == DARK:
            # A beam that can't be read takes the value of a broken one, but has not answered.
            silent = (0 if pe1 and q1 < BAD else 1) | (0 if pe2 and q2 < BAD else 2)
            if not silent:
                self._enter(LIGHT, now)
            elif age >= self.answer_ms:
                self.failed = silent
                self._enter(FAILED, now)
        elif state == LIGHT:
            if not self.broken:
                self.failed = 0
                self._enter(PASSED, now)
            elif age >= self.answer_ms:
                # Somebody walked in, or a transmitter stayed off: broken says so by itself, the test says nothing.
                self._enter(UNTESTED, now)
        elif state == PASSED and age >= self.valid_ms:
            self._enter(UNTESTED, now)
        return self.broken

    def _enter(self, state, now):
        self.state = state
        self._since = now
        self.test = 1 if state == DARK else 0
        self.testing = 1 if state == DARK or state == LIGHT else 0
        self.ok = 1 if state == PASSED else 0
