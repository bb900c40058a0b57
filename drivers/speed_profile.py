"""Speed over the way that is left, so that a drive arrives slowly (domain brief §3d)."""

from array import array


def _root(x):
    """Integer square root (MicroPython's math has none)."""
    if x < 2:
        return x
    guess = x
    better = (x + 1) // 2
    while better < guess:
        guess = better
        better = (guess + x // guess) // 2
    return guess


class SpeedProfile:
    """Constant deceleration from `cruise` to `end` over the last `zone` units of way: v**2 falls in a straight line.

    The roots are taken once, here: a call is a look-up. Speeds up to 30,000, zone up to some hundred units.
    """

    def __init__(self, cruise, end, zone):
        if not 0 < end <= cruise <= 30000 or zone < 1:
            raise ValueError("profile %d..%d over %d" % (end, cruise, zone))
        self.cruise = cruise
        self.zone = zone
        self._speeds = array(
            "h", [_root(end * end + (cruise * cruise - end * end) * way // zone) for way in range(zone)]
        )

    def __call__(self, left):
        """Speed with `left` units to go; the end speed at and past the end."""
        if left >= self.zone:
            return self.cruise
        return self._speeds[left if left > 0 else 0]
