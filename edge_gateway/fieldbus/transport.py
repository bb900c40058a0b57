"""What lines with an event loop behind them share: the pump, one timer, opening again after a loss."""

from __future__ import annotations

import asyncio
import logging
from time import monotonic_ns

from edge_gateway.fieldbus.cost import CostModel
from edge_gateway.fieldbus.job import Job
from edge_gateway.fieldbus.line import NEVER_US, Line
from edge_gateway.fieldbus.reconnect import ReconnectDelay
from edge_gateway.fieldbus.unit import Patience

log = logging.getLogger(__name__)

_LATE_TIMER_US = 10_000
"""A timer that fires so late means that the loop stood still: replies may wait in the kernel, so look there first."""


class LoopLine(Line):
    """A `Line` that an asyncio (or uvloop) event loop drives. `start` it and `await close()` it on that loop.

    There is one timer for the line, never one for each request, and it's only moved when something is due earlier.
    """

    def __init__(
        self,
        name: str,
        cost: CostModel,
        patience: Patience | None = None,
        window: int = 1,
        reconnect: ReconnectDelay | None = None,
    ) -> None:
        super().__init__(name, cost, patience, window)
        self.reconnect = reconnect or ReconnectDelay()
        self.problem = ""
        """Why the line is down, in words; empty while it's up."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._lost_event = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_us = NEVER_US
        self._kicked = False
        self._looked = False

    # --- for the composer --------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Open the line and keep it open, from within a running loop. Returns at once."""
        if self._keeper is not None:
            raise RuntimeError(f"line {self.name} is started already")
        self._loop = asyncio.get_running_loop()
        self._keeper = self._loop.create_task(self._keep_open(), name=f"line {self.name}")

    async def close(self) -> None:
        """Close the line for good; what is in flight ends with LINE_DOWN."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.wait([keeper])
        self.problem = "closed"
        self._hang_up()
        self._down()

    # --- what a transport provides -----------------------------------------------------------------------------------

    async def _open(self) -> None:
        """Open; OSError or TimeoutError if it can't be."""
        raise NotImplementedError

    def _hang_up(self) -> None:
        """Drop the connection, if there is one; never raises."""
        raise NotImplementedError

    def _transmit(self, job: Job) -> None:
        """Send the frame of `job`."""
        raise NotImplementedError

    # --- shared ------------------------------------------------------------------------------------------------------

    def kick(self) -> None:
        """Send what was queued in the next turn of the loop."""
        if self._loop is not None and self.is_up and not self._kicked:
            self._kicked = True
            self._loop.call_soon(self._on_kick)

    def _on_kick(self) -> None:
        self._kicked = False
        self._pump(monotonic_ns() // 1000)

    def _pump(self, now_us: int) -> None:
        """Transmit what may be transmitted and see to it that the line wakes up for the rest."""
        while len(self.in_flight) < self.window:
            job = self.next(now_us)
            if job is None:
                self._sleep(now_us)
                break
            self._transmit(job)
            if job.deadline_us < self._timer_us:
                self._wake_at(job.deadline_us, now_us)

    def _sleep(self, now_us: int) -> None:
        """There is nothing to send just now: wake up when there will be."""
        wake_us = self.wake_us()
        if wake_us < self._timer_us:
            self._wake_at(wake_us, now_us)

    def _wake_at(self, wake_us: int, now_us: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
        assert self._loop is not None
        self._timer_us = wake_us
        # Loops count in ms: up to the next whole one, so that it doesn't fire early and spin.
        self._timer = self._loop.call_later(max((wake_us - now_us + 999) // 1000, 1) / 1000, self._on_timer)

    def _on_timer(self) -> None:
        now_us = monotonic_ns() // 1000
        planned_us, self._timer_us, self._timer = self._timer_us, NEVER_US, None
        if now_us - planned_us > _LATE_TIMER_US and self.in_flight and not self._looked:
            self._looked = True
            self._wake_at(now_us, now_us)
            return
        self._looked = False
        expired = self.expire(now_us)
        if expired:
            self._after_timeout(expired)
        self._pump(now_us)
        self._sleep(now_us)

    def _after_timeout(self, expired: int) -> None:
        """So many requests ran out of time together."""

    def _up(self) -> None:
        self.problem = ""
        self.reconnect.reset()
        log.info("line %s: up", self.name)
        self.go_up(monotonic_ns() // 1000)
        self.kick()

    def _down(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._timer_us = None, NEVER_US
        self.go_down(monotonic_ns() // 1000)
        self._lost_event.set()

    async def _keep_open(self) -> None:
        task = asyncio.current_task()
        assert task is not None
        # A cancellation that something below turned into another error still ends the line.
        while not task.cancelling():
            try:
                self._lost_event.clear()
                await self._open()
                await self._lost_event.wait()
                log.warning("line %s: lost, %s", self.name, self.problem)
            except (OSError, TimeoutError) as error:
                problem = str(error) or type(error).__name__
                if problem != self.problem:
                    log.warning("line %s: %s", self.name, problem)
                self.problem = problem
            except Exception as error:
                # A fault of ours, not of the line: said in full, and the line is still tried again.
                log.exception("line %s", self.name)
                self.problem = f"{type(error).__name__}: {error}"
            await asyncio.sleep(self.reconnect.next_s())
