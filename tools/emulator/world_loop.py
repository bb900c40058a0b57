"""An event loop whose time is the world's: asyncio code lives in lockstep with boards and plants, as fast as they go.

Whenever the loop has nothing to do until its next timer, the world moves on to that timer. So nothing is ever late, at
whatever speed: the loop's time stands still while its callbacks work, and a board's while the loop does.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from tools.emulator.world import World

_SLICE_S = 0.1
"""World time between two looks at sockets and pipes, which live in wall time."""


class _WorldSelector(selectors.DefaultSelector):
    """Lets the world go on where another selector would sleep. It waits only when the world is ahead of its pace."""

    def __init__(self, world: World, speed: float, on_look: Callable[[], None]) -> None:
        super().__init__()
        self._world = world
        self._speed = speed
        self._on_look = on_look
        self._began_s = time.monotonic() - world.now_us / 1e6 / speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready in wall time, or nothing after the world has reached the timer in question."""
        self._on_look()
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        world = self._world
        ahead_s = world.now_us / 1e6 / self._speed - (time.monotonic() - self._began_s)
        if ahead_s > 0:
            ready = super().select(ahead_s)
            if ready:
                return ready
        else:
            self._began_s = max(self._began_s, self._began_s - ahead_s - 1.0)  # what is lost is not made up for
        world.run(1000 * max(1e-6, min(_SLICE_S, _SLICE_S if timeout is None else timeout)))
        return super().select(0)


class _HereAndNow(ThreadPoolExecutor):
    """What a thread would do, the disk above all, is done at once and takes no world time."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call it."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is raised where the result is awaited, as a thread's is
            future.set_exception(error)
        return future


class WorldLoop(asyncio.SelectorEventLoop):
    """Runs with the world, `speed` times as fast as the wall clock at most. `on_look` is called very often."""

    def __init__(self, world: World, speed: float, on_look: Callable[[], None]) -> None:
        super().__init__(_WorldSelector(world, speed, on_look))
        self._world = world
        self.set_default_executor(_HereAndNow())

    def time(self) -> float:
        """World time, s."""
        return self._world.now_us / 1e6
