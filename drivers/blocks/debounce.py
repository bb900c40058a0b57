"""Debounce with different times for coming and going (domain brief §0.3: 20 ms, range 0-200)."""

from protocols.ticks import ticks_diff


class Debounce:
    """The output follows `x` once `x` has differed from it for `on_ms` (going to 1) or `off_ms` (going to 0).

    A shorter excursion leaves no trace: the time starts anew at each. With samples every 10 ms the default 20 ms
    takes three equal samples in a row.
    """

    def __init__(self, on_ms=20, off_ms=20, q=0):
        self.on_ms = on_ms
        self.off_ms = off_ms
        self.q = q
        self._timing = 0
        self._since = 0

    def __call__(self, x, now):
        """Take one sample and return the debounced value."""
        x = 1 if x else 0
        if x == self.q:
            self._timing = 0
            return x
        if not self._timing:
            self._timing = 1
            self._since = now
        if ticks_diff(now, self._since) >= (self.on_ms if x else self.off_ms):
            self._timing = 0
            self.q = x
        return self.q

    def force(self, q):
        """Put the output to `q` at once, without its time: for a fail state."""
        self.q = q
        self._timing = 0
