"""A PI controller in integers, with conditional anti-windup and bumpless take-over (domain brief §1d).

    pi.kp = 300                              # thousandths of an output unit for each unit of error
    pi.ti_ms = 3000
    target = pi(set_point - measured, lo, hi, now)
    out = slew(target, now)
    pi.held = 1 if out < target else -1 if out > target else 0

The output's unit is the caller's; the integral has thousandths of it, and what a scan leaves below that is carried to
the next, so slow loops are exact. It stands still while the error would drive it further into a limit: `lo`, `hi`, or
whatever holds the actuator back (`held`). Nobody may call it with a measurement that can't be believed: don't call it,
and `track` when the measurement is back.
"""

from protocols.port import const
from protocols.ticks import ticks_diff

_MAX_DT_MS = const(200)  # a gap counts for no more
_MAX_P = const(5000000)  # thousandths; times the longest step it is still a small int on a board


class PI:
    """kp: thousandths of output per unit of error (0..5000, errors within +-32000); ti_ms: integral time, 1..60000.

    q     the output of the last call
    held  1: the actuator lags below `q`; -1: above; 0: it follows
    """

    def __init__(self, kp=0, ti_ms=1000):
        self.kp = kp
        self.ti_ms = ti_ms
        self.q = 0
        self.held = 0
        self._i = 0
        self._rest = 0
        self._last = 0
        self._running = 0

    def __call__(self, error, lo, hi, now):
        """Return the output for this error, within lo..hi."""
        dt = ticks_diff(now, self._last) if self._running else 0
        self._running = 1
        self._last = now
        if dt > _MAX_DT_MS or dt < 0:
            dt = _MAX_DT_MS
        p = self._proportional(error)
        low = lo * 1000
        high = hi * 1000
        i = self._i
        total = p + i
        up = error > 0
        if not (total >= high or self.held > 0 if up else total <= low or self.held < 0):
            step = self._rest + p * dt
            whole = step // self.ti_ms
            self._rest = step - whole * self.ti_ms
            i += whole
        self._i = i
        total = p + i
        total = low if total < low else high if total > high else total
        self.q = total // 1000
        return self.q

    def track(self, q, error):
        """Take over at output `q` with the error as it is: the next call continues from there."""
        self._i = q * 1000 - self._proportional(error)
        self._rest = 0
        self._running = 0
        self.held = 0
        self.q = q

    def _proportional(self, error):
        p = self.kp * error
        return -_MAX_P if p < -_MAX_P else _MAX_P if p > _MAX_P else p
