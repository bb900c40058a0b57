"""A PI controller in integers, with anti-windup, feed-forward and bumpless take-over (domain brief §1d, §4d).

    pi.kp = 300                              # thousandths of an output unit for each unit of error
    pi.ti_ms = 3000
    target = pi(set_point - measured, lo, hi, now)
    out = slew(target, now)
    pi.held = 1 if out < target else -1 if out > target else 0

The output's unit is the caller's; the integral has thousandths of it, and what a scan leaves below that is carried to
the next, so loops of ten minutes are as exact as those of a second. Nobody may call it with a measurement that can't be
believed: don't call it, and `track` when the measurement is back, or while another level holds the actuator.

Two kinds of anti-windup:

* conditional (`tt_ms` 0): the integral stands still while the error would drive it further into a limit: `lo`, `hi`, or
  whatever holds the actuator back (`held`);
* back-calculation (`tt_ms` > 0): the integral follows what the actuator really got, with the time constant `tt_ms`.
  That is `lo` or `hi` where they limit; for a slew or a slow valve say it after each call: ``pi.applied = out``.

A new `kp` makes no bump either: the integral takes up what the proportional part loses or gains.
"""

from protocols.port import const
from protocols.ticks import ticks_diff

MAX_LONGEST_MS = const(2000)
_CHUNK_MS = const(200)  # a longer step is taken in pieces, so that products stay small integers on a board
_MAX_P = const(5000000)  # thousandths; times a piece it is still a small int
_MAX_I = const(50000000)


class PI:
    """kp: thousandths of output per unit of error (0..5000, errors within +-32000); ti_ms: integral time, 1..600000.
    tt_ms: back-calculation time, 0 (none) or longest_ms..600000. longest_ms: a gap between two calls counts for no
    more; at most 2000, else ValueError.

    q        the output of the last call
    held     1: the actuator lags below `q`; -1: above; 0: it follows (conditional anti-windup)
    applied  what the actuator got (back-calculation); each call sets it to `q`
    """

    def __init__(self, kp=0, ti_ms=1000, tt_ms=0, longest_ms=200):
        if not 0 < longest_ms <= MAX_LONGEST_MS:
            raise ValueError("the longest step is 1..%d ms" % MAX_LONGEST_MS)
        self.kp = kp
        self.ti_ms = ti_ms
        self.tt_ms = tt_ms
        self.longest_ms = longest_ms
        self.q = 0
        self.held = 0
        self.applied = 0
        self._i = 0
        self._rest = 0
        self._rest_t = 0
        self._kp = kp  # of the last call
        self._free = 0  # the last output before its limits
        self._last = 0
        self._running = 0

    def __call__(self, error, lo, hi, now, ahead=0):
        """Return the output for this error, within lo..hi. `ahead`: feed-forward, in units of output."""
        dt = ticks_diff(now, self._last) if self._running else 0
        if dt > self.longest_ms or dt < 0:
            dt = self.longest_ms
        p = self._proportional(error)
        if self.kp != self._kp:
            self._new_gain(error, p)
        base = p + ahead * 1000
        low = lo * 1000
        high = hi * 1000
        total = base + self._i
        up = error > 0
        if self.tt_ms:
            if self._running:
                self._calculate_back(dt)
            self._integrate(p, dt)
        elif not (total >= high or self.held > 0 if up else total <= low or self.held < 0):
            self._integrate(p, dt)
        self._running = 1
        self._last = now
        total = base + self._i
        self._free = total // 1000
        total = low if total < low else high if total > high else total
        self.q = total // 1000
        self.applied = self.q
        return self.q

    def track(self, q, error, ahead=0):
        """Take over at output `q` with the error as it is: the next call continues from there.

        Call it in every scan in which another level holds the actuator at `q`.
        """
        self._i = (q - ahead) * 1000 - self._proportional(error)
        self._kp = self.kp
        self._rest = 0
        self._rest_t = 0
        self._running = 0
        self.held = 0
        self.q = q
        self.applied = q

    def _proportional(self, error):
        p = self.kp * error
        return -_MAX_P if p < -_MAX_P else _MAX_P if p > _MAX_P else p

    def _new_gain(self, error, p):
        kp = self.kp
        self.kp = self._kp
        if self._running:
            self._i += self._proportional(error) - p
        self.kp = kp
        self._kp = kp

    def _integrate(self, p, dt):
        i = self._i
        while dt > 0:
            step = self._rest + p * (dt if dt < _CHUNK_MS else _CHUNK_MS)
            whole = step // self.ti_ms
            self._rest = step - whole * self.ti_ms
            i += whole
            dt -= _CHUNK_MS
        self._i = -_MAX_I if i < -_MAX_I else _MAX_I if i > _MAX_I else i

    def _calculate_back(self, dt):
        """Towards the integral with which the last output would have been what the actuator got."""
        short = (self.applied - self._free) * 1000
        short = -_MAX_P if short < -_MAX_P else _MAX_P if short > _MAX_P else short
        if not short:
            self._rest_t = 0
            return
        i = self._i
        if dt > self.tt_ms:
            dt = self.tt_ms
        while dt > 0:
            step = self._rest_t + short * (dt if dt < _CHUNK_MS else _CHUNK_MS)
            whole = step // self.tt_ms
            self._rest_t = step - whole * self.tt_ms
            i += whole
            dt -= _CHUNK_MS
        self._i = i
