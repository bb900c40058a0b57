"""On-delay, off-delay and pulse timers: TON, TOF and TP of IEC 61131-3.

A timer learns of the world only when it is called, so it times from the first scan that saw the edge: it may be
late by up to one scan, never early. Presets are 0 .. 2**29-1 ms (six days). A timer that has run out keeps no
time, so it may stay so for any span; one that runs must be called at least every 2**29 ms less its preset.
"""

from protocols.ticks import ticks_diff


class OnDelay:
    """TON: 1 once `x` has been true for `preset` ms without a break; 0 the moment `x` is false."""

    def __init__(self, preset):
        self.preset = preset
        self.q = 0
        self._timing = 0
        self._since = 0

    def __call__(self, x, now):
        """Return 1 when `x` has held for the preset; a preset of 0 follows `x`."""
        if not x:
            self._timing = 0
            self.q = 0
        elif not self.q:
            if not self._timing:
                self._timing = 1
                self._since = now
            if ticks_diff(now, self._since) >= self.preset:
                self.q = 1
                self._timing = 0
        return self.q

    def reset(self):
        """Forget the time that has run, as if `x` had been false."""
        self._timing = 0
        self.q = 0


class OffDelay:
    """TOF: 1 with `x`, and for `preset` ms after `x` went false."""

    def __init__(self, preset):
        self.preset = preset
        self.q = 0
        self._timing = 0
        self._since = 0

    def __call__(self, x, now):
        """Return 1 while `x` holds or held less than the preset ago; 0 before `x` ever held."""
        if x:
            self._timing = 0
            self.q = 1
        elif self.q:
            if not self._timing:
                self._timing = 1
                self._since = now
            if ticks_diff(now, self._since) >= self.preset:
                self.q = 0
                self._timing = 0
        return self.q

    def reset(self):
        """Drop the output now; the next true `x` starts afresh."""
        self._timing = 0
        self.q = 0


class Pulse:
    """TP: a rising edge of `x` gives one pulse of `preset` ms, whatever `x` does meanwhile.

    Edges during the pulse are lost, and an `x` that stays true gives no second pulse.
    """

    def __init__(self, preset):
        self.preset = preset
        self.q = 0
        self._last = 0
        self._since = 0

    def __call__(self, x, now):
        """Return 1 during the pulse; a preset of 0 gives none."""
        if self.q:
            if ticks_diff(now, self._since) >= self.preset:
                self.q = 0
        elif x and not self._last and self.preset > 0:
            self.q = 1
            self._since = now
        self._last = 1 if x else 0
        return self.q

    def reset(self):
        """End the pulse; an `x` that is still true is not an edge."""
        self.q = 0
