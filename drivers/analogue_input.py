"""A measurement: electrical signal to scaled integer, with the doubts that its quality expresses (domain brief §0.3).

4-20 mA follows NAMUR NE 43: below 3.6 or above 21 mA is a broken transmitter or wire (BAD), between those and the
measuring range of 3.8 to 20.5 mA it is saturated (UNCERTAIN). A PT1000 below its range is shorted, above it open. A
live signal that moves faster than it physically can, or that a "lively" process leaves unchanged for too long, is BAD.
No fresh sample is STALE. A value that is BAD or STALE is the last good one, except of a resistance out of its range:
the limit says "short" or "open" better than the past does.
"""

from drivers import pt1000
from protocols.layout import (
    NO_SAMPLE,
    PT1000_HIGHEST,
    PT1000_LOWEST,
    SIG_0_10V,
    SIG_4_20MA,
    SIG_OHM,
    SIG_PT1000,
)
from protocols.port import const
from protocols.quality import BAD, GOOD, STALE, UNCERTAIN
from protocols.ticks import ticks_diff

# `reason`: why the quality isn't good
NONE = const(0)
NO_SIGNAL = const(1)
UNDER_RANGE = const(2)
OVER_RANGE = const(3)
FROZEN = const(4)
RATE = const(5)
REASONS = ("", "no fresh sample", "under range", "over range", "frozen", "changes too fast")

MAX_SPAN = 60000
"""Largest hi - lo: scaling multiplies it by up to 17,000 uA, and the product must stay a small int on a board."""
MAX_RATE = 100000
RATE_HOLD_MS = 500
"""A signal that jumped is BAD until it has behaved for this long."""

_RATE_DT_MAX = const(10000)
_LOW_BAD, _LOW_UNSURE, _LOW = const(3600), const(3800), const(4000)  # uA
_HIGH_BAD, _HIGH_UNSURE = const(21000), const(20500)
_SPAN_UA = const(16000)
_VOLT_LOW_BAD, _VOLT_HIGH_BAD, _SPAN_MV = const(-200), const(10500), const(10000)  # mV


class AnalogueInput:
    """One channel: `value` (scaled integer), `quality`, `reason`.

    lo, hi: value at 4 and 20 mA, 0 and 10 V, or the plausible limits of SIG_SCALED, SIG_OHM and SIG_PT1000 (0.01 degC).
    signal: layout.SIG_...; samples come in uA, mV, ohm, 0.01 ohm or the point's own scale. stale_ms: longest time
    without a fresh sample. frozen_ms: longest time without any change (0: not supervised). rate_per_s: largest physical
    change a second, in scaled units (0: not supervised). busy, fresh: as in drivers/digital_input.py. Raises ValueError
    for a span or rate that integers of a board can't hold, and for a range beyond the curve of a PT1000.
    """

    def __init__(self, lo, hi, signal, stale_ms=2000, frozen_ms=0, rate_per_s=0):
        if not 0 < hi - lo <= MAX_SPAN:
            raise ValueError("span %d..%d is not within 1..%d" % (lo, hi, MAX_SPAN))
        if signal == SIG_PT1000 and not PT1000_LOWEST <= lo < hi <= PT1000_HIGHEST:
            raise ValueError("PT1000 %d..%d is not within %d..%d" % (lo, hi, PT1000_LOWEST, PT1000_HIGHEST))
        if not 0 <= rate_per_s <= MAX_RATE:
            raise ValueError("rate %d is not within 0..%d per second" % (rate_per_s, MAX_RATE))
        self.lo = lo
        self.hi = hi
        self.signal = signal
        self.stale_ms = stale_ms
        self.frozen_ms = frozen_ms
        self.rate_per_s = rate_per_s
        self.value = lo
        self.quality = STALE
        self.reason = NO_SIGNAL
        self.busy = 0
        self.fresh = 0
        self._raw = NO_SAMPLE
        self._moved = 0
        self._frozen = 0
        self._reference = 0
        self._has_reference = 0
        self._jumped = 0
        self._jumpy = 0

    def __call__(self, raw, now):
        """Take one sample, or NO_SAMPLE; return 1 if value or quality changed."""
        value = self.value
        quality = self.quality
        if raw != NO_SAMPLE:
            self._sample(raw, now)
            self.busy = 1 if self.frozen_ms or self._jumpy else 0
        elif quality == STALE:
            self.busy = 0
        elif ticks_diff(now, self.fresh) >= self.stale_ms:
            self.quality = STALE
            self.reason = NO_SIGNAL
            self._has_reference = 0
            self._jumpy = 0
            self.busy = 0
        else:
            self.busy = 1
        return 1 if self.value != value or self.quality != quality else 0

    def _sample(self, raw, now):
        x, quality, reason = self.value, GOOD, NONE
        signal = self.signal
        if signal == SIG_4_20MA:
            if raw < _LOW_BAD:
                quality, reason = BAD, UNDER_RANGE
            elif raw > _HIGH_BAD:
                quality, reason = BAD, OVER_RANGE
            else:
                if raw < _LOW_UNSURE:
                    quality, reason = UNCERTAIN, UNDER_RANGE
                elif raw > _HIGH_UNSURE:
                    quality, reason = UNCERTAIN, OVER_RANGE
                x = self.lo + ((raw - _LOW) * (self.hi - self.lo) + _SPAN_UA // 2) // _SPAN_UA
        elif signal == SIG_0_10V:
            if raw < _VOLT_LOW_BAD:
                quality, reason = BAD, UNDER_RANGE
            elif raw > _VOLT_HIGH_BAD:
                quality, reason = BAD, OVER_RANGE
            else:
                x = self.lo + (raw * (self.hi - self.lo) + _SPAN_MV // 2) // _SPAN_MV
        elif signal == SIG_PT1000:
            x = pt1000.temperature(raw)
            if x < self.lo:
                x, quality, reason = self.lo, BAD, UNDER_RANGE
            elif x > self.hi:
                x, quality, reason = self.hi, BAD, OVER_RANGE
        elif self.lo <= raw <= self.hi:
            x = raw
        else:
            quality = BAD
            reason = UNDER_RANGE if raw < self.lo else OVER_RANGE
            if signal == SIG_OHM:
                x = self.lo if raw < self.lo else self.hi
        if quality == BAD:
            self._has_reference = 0
            self._jumpy = 0
        elif self.rate_per_s and self._too_fast(x, now):
            x, quality, reason = self.value, BAD, RATE
        if self.frozen_ms and self._is_frozen(raw, now) and quality != BAD:
            x, quality, reason = self.value, BAD, FROZEN
        self.fresh = now
        self._raw = raw
        self.value = x
        self.quality = quality
        self.reason = reason

    def _too_fast(self, x, now):
        """Compare with the last sample, believed or not; the first after a gap has nothing to be compared with."""
        if self._has_reference:
            dt = ticks_diff(now, self.fresh)
            if dt > _RATE_DT_MAX:
                dt = _RATE_DT_MAX
            change = x - self._reference
            if change < 0:
                change = -change
            if change > self.rate_per_s * dt // 1000 + 1:
                self._jumpy = 1
                self._jumped = now
        self._has_reference = 1
        self._reference = x
        if self._jumpy and ticks_diff(now, self._jumped) >= RATE_HOLD_MS:
            self._jumpy = 0
        return self._jumpy

    def _is_frozen(self, raw, now):
        if raw != self._raw:
            self._moved = now
            self._frozen = 0
        elif not self._frozen and ticks_diff(now, self._moved) >= self.frozen_ms:
            self._frozen = 1
        return self._frozen
