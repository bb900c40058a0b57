"""The only clocks of the core: control counts monotonic milliseconds, the wall clock dates what people read."""

from __future__ import annotations

from time import monotonic_ns, time_ns


def now_ms() -> int:
    """Monotonic milliseconds: `now` everywhere."""
    return monotonic_ns() // 1_000_000


def utc_ms() -> int:
    """Milliseconds since 1970 UTC. It may jump; nothing is controlled by it."""
    return time_ns() // 1_000_000
