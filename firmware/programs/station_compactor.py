"""The compactor's cycle with its one retry (domain brief §1c P11), and the filter's cleaning (§1c P8, §1d)."""

from drivers.blocks.latch import SetDominant
from drivers.blocks.timers import OnDelay, Pulse
from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_diff

HOME = const(0)  # COMPACTOR_STATES of the sheet
PRESSING = const(1)
PAUSE = const(2)
FAULT = const(3)

PRESSURE = const(1)  # why it was stopped
NOT_HOME = const(2)

_CLEAN_MS = const(10000)  # one cleaning by command


class Compactor:
    """From home, press, home again.

    run      the output
    fault    1 in the scan of the second failure; the state stays FAULT until `forgive`
    done     1 in the scan in which a cycle has ended well; retried: reason of a first failure in this scan
    took_ms, peak   duration and highest pressure of the last cycle (0.1 bar)
    """

    def __init__(self):
        self.state = HOME
        self.run = 0
        self.fault = 0
        self.done = 0
        self.retried = 0
        self.took_ms = 0
        self.peak = 0
        self._tries = 0
        self._left_home = 0
        self._since = 0
        self._pressure = OnDelay(0)

    def start(self, now):
        """One cycle; 0 when one is under way or a fault stands."""
        if self.state != HOME:
            return 0
        self._tries = 0
        self._press(now)
        return 1

    def stop(self):
        """At once; the cycle is not taken up again."""
        if self.state != FAULT:
            self.state = HOME
        self.run = 0

    def forgive(self):
        """The trip row has been reset."""
        self.state = HOME

    def scan(self, io, par, now):
        """Supervise."""
        self.done = 0
        self.retried = 0
        self.fault = 0
        if self.state == HOME or self.state == FAULT:
            self._pressure.reset()
            return
        pressing = self.state == PRESSING
        self._pressure.preset = par.cmp_max_s * 1000
        high = self._pressure(pressing and (io.CMP_PT_Q >= BAD or io.CMP_PT > par.cmp_max), now)
        age = ticks_diff(now, self._since)
        if pressing:
            if io.CMP_PT > self.peak:
                self.peak = io.CMP_PT
            if not io.CMP_ZHOME:
                self._left_home = 1
            if high:
                self._fail(PRESSURE, now)
            elif self._left_home and io.CMP_ZHOME:
                self.took_ms = age
                self.state = HOME
                self.run = 0
                self.done = 1
            elif age >= par.cmp_home_s * 1000:
                self._fail(NOT_HOME, now)
        elif self.state == PAUSE and age >= par.cmp_pause_s * 1000:
            self._press(now)

    def _press(self, now):
        self.state = PRESSING
        self.run = 1
        self.peak = 0
        self._left_home = 0
        self._since = now

    def _fail(self, reason, now):
        self.run = 0
        self._since = now
        self._tries += 1
        if self._tries > 1:
            self.state = FAULT
            self.fault = 1
        else:
            self.state = PAUSE
            self.retried = reason


class Filter:
    """Cleaning with hysteresis on the pressure drop, and by command. `q` is the output."""

    def __init__(self):
        self.q = 0
        self._latch = SetDominant()
        self._pulse = Pulse(_CLEAN_MS)
        self._asked = 0

    def clean(self):
        """One cleaning."""
        self._asked = 1

    def scan(self, io, par, now):
        """Returns 1 when cleaning has begun or ended."""
        good = io.PDT91_Q < BAD
        dirty = self._latch(good and io.PDT91 > par.filter_dirty, not good or io.PDT91 < par.filter_clean)
        pulse = self._pulse(self._asked, now)
        self._asked = 0
        q = 1 if dirty or pulse else 0
        changed = q != self.q
        self.q = q
        return changed
