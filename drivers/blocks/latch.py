"""Bistable blocks: SR and RS of IEC 61131-3. They differ in which input wins when both are true."""


class SetDominant:
    """SR: `s` sets, `r` resets, and `s` wins."""

    def __init__(self, q=0):
        self.q = q

    def __call__(self, s, r):
        """Return the stored bit after this scan's set and reset."""
        if s:
            self.q = 1
        elif r:
            self.q = 0
        return self.q


class ResetDominant:
    """RS: `s` sets, `r` resets, and `r` wins."""

    def __init__(self, q=0):
        self.q = q

    def __call__(self, s, r):
        """Return the stored bit after this scan's set and reset."""
        if r:
            self.q = 0
        elif s:
            self.q = 1
        return self.q
