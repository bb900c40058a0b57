"""Split range: one controller drives two actuators, one after the other (domain brief §4d, V101 and dry cooler)."""

from protocols.port import const

FULL = const(1000)


class SplitRange:
    """Divides 0..1000 (0.1 %): up to `split` the first actuator goes from 0 to 1000, above it the second one does.

    gap  so much below and above `split` moves neither: actuators that must not work against each other. Raises
    ValueError where nothing is left for one of them.

    first, second  their set values, 0..1000
    """

    def __init__(self, split=500, gap=0):
        if gap < 0 or not gap < split < FULL - gap:
            raise ValueError("split at %d with a gap of %d" % (split, gap))
        self.split = split
        self.gap = gap
        self.first = 0
        self.second = 0

    def __call__(self, x):
        """Set `first` and `second` for a demand of `x`."""
        below = self.split - self.gap
        above = self.split + self.gap
        self.first = 0 if x <= 0 else FULL if x >= below else x * FULL // below
        self.second = 0 if x <= above else FULL if x >= FULL else (x - above) * FULL // (FULL - above)

    def demand(self, first, second):
        """The demand at which the actuators stand as they are: for a controller that tracks them, or takes over."""
        if second > 0:
            above = self.split + self.gap
            return above + (min(second, FULL) * (FULL - above) + FULL - 1) // FULL
        return (min(max(first, 0), FULL) * (self.split - self.gap) + FULL - 1) // FULL
