"""Edge detection: R_TRIG and F_TRIG of IEC 61131-3."""


class RisingEdge:
    """R_TRIG: 1 for the one call in which `x` became true.

    `last` is the value assumed before the first call. The standard's 0 makes an input that is true at power-up an
    edge; give 1 where that must not be (a reset button that is jammed in is not a reset).
    """

    def __init__(self, last=0):
        self.q = 0
        self._last = last

    def __call__(self, x):
        """Return 1 when `x` is true and was false at the last call."""
        self.q = 1 if x and not self._last else 0
        self._last = 1 if x else 0
        return self.q


class FallingEdge:
    """F_TRIG: 1 for the one call in which `x` became false; `last` as in RisingEdge, 1 by the standard."""

    def __init__(self, last=1):
        self.q = 0
        self._last = last

    def __call__(self, x):
        """Return 1 when `x` is false and was true at the last call."""
        self.q = 1 if self._last and not x else 0
        self._last = 1 if x else 0
        return self.q
