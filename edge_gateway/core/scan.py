"""The fixed scan: at the same distance whatever it took before, and never stopped by a part that fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from edge_gateway.core.clock import now_ns

log = logging.getLogger(__name__)

Step = Callable[[int], Any]
"""One part of the scan: `step(now)`, monotonic ms."""


class ScanExecutive:
    """Calls its steps in order once in each period. A scan that comes a whole period late is counted and left out."""

    def __init__(self, period_ms: int, steps: list[tuple[str, Step]]) -> None:
        self.period_ms = period_ms
        self.scans = 0
        self.overruns = 0
        self.longest_us = 0
        self.mean_us = 0.0
        self.faults: dict[str, int] = {}
        self._steps = steps
        self._due_ns = 0
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begins, on the running loop."""
        self._loop = asyncio.get_running_loop()
        self._due_ns = now_ns()
        self._wait()

    def stop(self) -> None:
        """No scan comes after this."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def as_dict(self) -> dict[str, Any]:
        """For the local API."""
        return {
            "period_ms": self.period_ms,
            "scans": self.scans,
            "overruns": self.overruns,
            "longest_ms": round(self.longest_us / 1000, 2),
            "mean_ms": round(self.mean_us / 1000, 3),
            "faults": dict(self.faults),
        }

    def _wait(self) -> None:
        assert self._loop is not None
        period_ns = self.period_ms * 1_000_000
        self._due_ns += period_ns
        late_ns = now_ns() - self._due_ns
        if late_ns > 0:
            left_out = late_ns // period_ns + 1
            self.overruns += left_out
            self._due_ns += left_out * period_ns
        self._timer = self._loop.call_later(max(0, self._due_ns - now_ns()) / 1e9, self._scan)

    def _scan(self) -> None:
        began_ns = now_ns()
        now = began_ns // 1_000_000
        for name, step in self._steps:
            try:
                step(now)
            except Exception:
                # The others are somebody's heartbeat: they go on. The fault is counted and shown in `status`.
                count = self.faults[name] = self.faults.get(name, 0) + 1
                if count & (count - 1) == 0:
                    log.exception("scan: %s failed for the %d. time", name, count)
        took_us = (now_ns() - began_ns) // 1000
        self.scans += 1
        self.longest_us = max(self.longest_us, took_us)
        self.mean_us += (took_us - self.mean_us) / min(self.scans, 1000)
        self._wait()
