"""What a board's clock says in the gateway's time.

A board stamps events with its own milliseconds, whose start nobody knows. But each stamp is known to lie between two
moments of the gateway: the event wasn't there at one header and was at the next. A few of these bounds tell the offset
to a few milliseconds.
"""

from __future__ import annotations

from protocols.ticks import PERIOD_MASK, ticks_diff

_DRIFT_PER_S = 0.0001
"""100 ppm: a crystal on a board and the gateway's own together."""


class BoardClock:
    """The offset between a board's milliseconds and `now`, as an interval. `forget` it when the board restarts."""

    def __init__(self) -> None:
        self._stamp = 0
        self._earliest = 0.0  # of `now` at _stamp
        self._latest = 0.0
        self._known = False

    def forget(self) -> None:
        """The board restarted: its clock began anew."""
        self._known = False

    def bound(self, stamp: int, earliest: int, latest: int) -> None:
        """What the board stamped `stamp` happened between `earliest` and `latest` of `now`."""
        if not self._known:
            self._stamp, self._earliest, self._latest, self._known = stamp, earliest, latest, True
            return
        elapsed = self._elapsed(stamp)
        slack = abs(elapsed) / 1000 * _DRIFT_PER_S * 1000
        low = max(self._earliest + elapsed - slack, earliest)
        high = min(self._latest + elapsed + slack, latest)
        if low > high:
            # It contradicts what was believed: the clock was set, or the gateway stood still. Believe the news.
            low, high = earliest, latest
        self._stamp, self._earliest, self._latest = stamp, low, high

    def now_of(self, stamp: int) -> tuple[int, int]:
        """The `now` at which the board's clock was `stamp`, and by how much that may be wrong; after a `bound`."""
        elapsed = self._elapsed(stamp)
        return round((self._earliest + self._latest) / 2 + elapsed), round((self._latest - self._earliest) / 2)

    def _elapsed(self, stamp: int) -> int:
        # The board's ticks wrap at 2**30.
        return int(ticks_diff(stamp & PERIOD_MASK, self._stamp & PERIOD_MASK))
