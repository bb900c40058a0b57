"""Times that wrap at 2**30, as on a 32-bit MicroPython board; the unit (ms or us) is the caller's.

A tick is an int in 0..2**30-1, a difference in -2**29..2**29-1: times further apart than that (6 days in ms, 9 minutes
in us) compare wrongly. No intermediate result leaves 31 bits, so nothing is allocated on a board.
"""

from protocols.port import MICROPYTHON, const

PERIOD_MASK = const(0x3FFFFFFF)
_HALF = const(0x20000000)


def ticks_add(t, d):
    """Return the tick ``d`` after ``t`` (before it for a negative ``d``); ``d`` in -2**29..2**29-1."""
    # t - 2**29 + d stays in 31 bits; flipping bit 29 adds the 2**29 again, modulo 2**30.
    return ((t - _HALF + d) ^ _HALF) & PERIOD_MASK


def ticks_diff(a, b):
    """Return how far ``a`` is after ``b``, negative when it's before."""
    d = (a - b) & PERIOD_MASK
    return d if d < _HALF else (d - _HALF) - _HALF


if MICROPYTHON:
    import time

    # A 32-bit port has the same two in C; the 64-bit unix port's wrap elsewhere.
    if time.ticks_add(0, -1) == PERIOD_MASK:  # pyright: ignore[reportArgumentType]
        ticks_add = time.ticks_add  # pyright: ignore[reportAssignmentType]
        ticks_diff = time.ticks_diff  # pyright: ignore[reportAssignmentType]
