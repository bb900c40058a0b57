"""Garbage collection at a fixed place in the slack, and the proof that there is none to collect.

The scan allocates nothing, so a collection is only needed after rare things: a TCP connection, a stored record. It runs
every 10 s (every hundred scans, where those take longer) while nothing moves. HEAP_GROWTH is what is in use after a
collection above the lowest such figure of the first minute; it stays 0 on a board that doesn't leak. A board that comes
to know a device on its own line takes memory for what to read there: from then on the minute counts anew.
"""

import gc

from protocols.port import MICROPYTHON, const
from protocols.ticks import ticks_diff

EVERY_MS = const(10000)
EVERY_SCANS = const(100)
LEARN = const(6)  # collections of the first minute


class Heap:
    """`free` and `growth` in bytes; both 0 where the runtime doesn't say (CPython)."""

    def __init__(self, now, scan_ms):
        self.every_ms = max(EVERY_MS, EVERY_SCANS * scan_ms)
        self.free = gc.mem_free() if MICROPYTHON else 0  # type: ignore[attr-defined]  # MicroPython's
        self.growth = 0
        self._at = now
        self._low = 0
        self._runs = 0
        self._plans = 0

    def due(self, now):
        """Whether it is time to collect."""
        return MICROPYTHON and ticks_diff(now, self._at) >= self.every_ms

    def collect(self, now, plans=0):
        """Collect and look. `plans`: how often memory was taken for a device (`firmware.runtime.field`)."""
        self._at = now
        if plans != self._plans:
            self._plans = plans
            self._runs = 0
        gc.collect()
        used = gc.mem_alloc()  # type: ignore[attr-defined]
        self.free = gc.mem_free()  # type: ignore[attr-defined]
        if self._runs < LEARN:
            self._runs += 1
            if self._runs == 1 or used < self._low:
                self._low = used
        self.growth = max(0, used - self._low)
