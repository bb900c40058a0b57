"""The only clocks of the core: control counts monotonic milliseconds, the wall clock dates what people read.

A composition root may put another pair behind them before it makes the core (`follow`), so that a gateway lives in the
time of an emulated plant. Nothing that is made by `Core` then looks at the machine's clock to control by it; lines that
wait for a device of the machine do, and are not used there.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic_ns as _machine_monotonic_ns
from time import time_ns as _machine_time_ns

_sources: list[Callable[[], int]] = [_machine_monotonic_ns, _machine_time_ns]


def follow(monotonic_ns: Callable[[], int], utc_ns: Callable[[], int]) -> None:
    """Take the time from these from now on, in nanoseconds; the first must never go back."""
    _sources[:] = [monotonic_ns, utc_ns]


def now_ns() -> int:
    """Monotonic nanoseconds, for what is finer than control."""
    return _sources[0]()


def now_ms() -> int:
    """Monotonic milliseconds: `now` everywhere."""
    return _sources[0]() // 1_000_000


def utc_ms() -> int:
    """Milliseconds since 1970 UTC. It may jump; nothing is controlled by it."""
    return _sources[1]() // 1_000_000
