"""Quality of a value, the same four on a board, in the gateway and on the uplink (domain brief §0.3)."""

from protocols.port import const

GOOD = const(0)
UNCERTAIN = const(1)
"""Usable, with a reason to look: a value of a sensor in warm-up, a substitute, the minority of a vote."""
BAD = const(2)
"""The source says that it's wrong: open circuit, out of range, frozen."""
STALE = const(3)
"""No fresh sample within the point's time: what the value was is known, what it is isn't."""

NAMES = ("good", "uncertain", "bad", "stale")
