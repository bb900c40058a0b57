"""The order in which a line asks: writes first, one silent unit never holds up the others.

`Line` is control code: it owns no clock and does no I/O, all its times are monotonic microseconds handed in. A
transport (`tcp_line`, `serial_line`, or the virtual one of a test) derives from it, transmits what `next` gives and
reports what came back.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from heapq import heapify, heappop, heappush, heapreplace

from edge_gateway.fieldbus.cost import CostModel
from edge_gateway.fieldbus.counters import LineCounters
from edge_gateway.fieldbus.job import Job, Outcome, Reply
from edge_gateway.fieldbus.unit import Patience, UnitLink

ONE_SHOTS_IN_A_ROW = 8
"""After so many one-shot requests a cyclic one that is due goes in between: a flood of writes can't blind us."""

NEVER_US = 1 << 62

_REMEMBERED = 256
"""Requests that ran out of time and whose late replies are still known as such."""

_MEASURED = 7
"""Every eighth reply is measured for the time-out: enough to follow a unit, and cheap."""

log = logging.getLogger(__name__)

StateWatcher = Callable[[bool, int], None]
"""`watcher(is_up, now_us)`."""


class Line:
    """Queue, requests in flight and units of one line.

    window: how many requests may be in flight at once (1 on a serial line). `watchers` hear when the line goes up or
    down.
    """

    serial = False
    """Whether replies carry no transaction number."""

    def __init__(self, name: str, cost: CostModel, patience: Patience | None = None, window: int = 1) -> None:
        if window < 1:
            raise ValueError(f"line {name}: at least one request must be allowed in flight, not {window}")
        self.name = name
        self.cost = cost
        self.patience = patience or Patience()
        self.window = window
        self.is_up = False
        self._counters = LineCounters()
        self.units: dict[int, UnitLink] = {}
        self.in_flight: dict[int, Job] = {}
        self.watchers: list[StateWatcher] = []
        self.bus_free_us = NEVER_US
        """When the next request may leave: after the gap on a serial line, never while the line is down."""
        self._cyclic: list[tuple[int, int, Job]] = []
        self._one_shots: tuple[deque[Job], deque[Job]] = (deque(), deque())
        self._queued = 0
        self._order = 0
        self._row = 0
        self._transaction = 0
        self._lost: dict[int, None] = {}

    # --- for users ---------------------------------------------------------------------------------------------------

    def unit(self, number: int) -> UnitLink:
        """State and counters of a unit (0..255); made at first use."""
        unit = self.units.get(number)
        if unit is None:
            if not 0 <= number <= 255:
                raise ValueError(f"line {self.name}: no unit {number}")
            unit = self.units[number] = UnitLink(number, self.patience)
        return unit

    @property
    def counters(self) -> LineCounters:
        """What happened so far."""
        counters = self._counters
        counters.requests = sum(unit.requests for unit in self.units.values())
        counters.replies = sum(unit.replies for unit in self.units.values())
        return counters

    def add(self, job: Job, first_us: int = 0) -> None:
        """Send `job` at `first_us` and then once in each of its periods, without drift, until it is removed."""
        if job.period_us <= 0:
            raise ValueError(f"{job} has no period")
        self._bind(job)
        job.due_us = first_us
        self._order += 1
        job.order = self._order
        heappush(self._cyclic, (first_us, job.order, job))
        self.kick()

    def submit(self, job: Job, expires_us: int = NEVER_US) -> bool:
        """Send `job` once: writes before reads before what is cyclic. After `expires_us` it doesn't leave any more.

        Returns False, and calls nobody, if the line is down: a request made now is stale when it comes back.
        """
        if job.period_us:
            raise ValueError(f"{job} is cyclic: add it")
        if not self.is_up:
            self._counters.not_sent += 1
            return False
        self._bind(job)
        job.expires_us = expires_us
        self._one_shots[0 if job.writing else 1].append(job)
        self._queued += 1
        self.kick()
        return True

    def remove(self, job: Job) -> None:
        """Don't send `job` again, and tell nobody if it's in flight."""
        job.removed = True
        if job.period_us:
            self._cyclic = [entry for entry in self._cyclic if entry[2] is not job]
            heapify(self._cyclic)

    def hurry(self, job: Job, now_us: int) -> None:
        """Make a cyclic job due now, if it's not in flight; its period counts from here."""
        for place, (due, order, queued) in enumerate(self._cyclic):
            if queued is job:
                if due > now_us:
                    job.due_us = now_us
                    self._cyclic[place] = (now_us, order, job)
                    heapify(self._cyclic)
                    self.kick()
                return

    # --- for transports ----------------------------------------------------------------------------------------------

    def kick(self) -> None:
        """Something was queued. A transport overrides this to send it soon, not from inside this call."""

    def frame(self, job: Job) -> bytes:
        """What has to be sent for `job` apart from a transaction number; made once. Transports override it."""
        return bytes(job.request.rtu)

    def next(self, now_us: int) -> Job | None:
        """The request to transmit now, or None. It's in flight from here on.

        Call it only while fewer than `window` are in flight.
        """
        if now_us < self.bus_free_us:
            return None
        job = self._one_shot(now_us) if self._queued else None
        if job is None:
            cyclic = self._cyclic
            while True:
                if not cyclic or cyclic[0][0] > now_us:
                    return None
                due_us, order, job = cyclic[0]
                if not job.unit.failures:
                    break
                wait_until_us = self._deferred(job.unit, now_us)
                if wait_until_us <= now_us:
                    job.unit.probing = job.unit.silent
                    break
                job.due_us = wait_until_us
                heapreplace(cyclic, (wait_until_us, order, job))
            heappop(cyclic)
            if now_us - due_us > job.period_us > 1:
                # A whole period late: it counts from here, instead of being made up for.
                self._counters.overruns += 1
                job.due_us = now_us
        # In flight.
        unit = job.unit
        unit.requests += 1
        self._transaction = job.transaction = self._transaction + 1 & 0xFFFF
        job.sent_us = now_us
        job.deadline_us = now_us + job.wire_us + unit.timeout_us
        self.in_flight[job.transaction] = job
        return job

    def answered(self, job: Job, data: Reply, at: int, now_us: int) -> None:
        """Take the reply that belongs to `job`; `data[at:]` are its registers."""
        del self.in_flight[job.transaction]
        unit = job.unit
        unit.replies += 1
        if unit.failures:
            self._revive(unit, now_us)
        if unit.replies & _MEASURED == 1:
            unit.measured(now_us - job.sent_us - job.wire_us)
        self._finish(job, Outcome.OK, data, at, now_us)

    def refused(self, job: Job, code: int, now_us: int) -> None:
        """Take an exception reply that belongs to `job`."""
        del self.in_flight[job.transaction]
        unit = job.unit
        unit.replies += 1
        unit.exceptions += 1
        self._counters.exceptions += 1
        if unit.failures:
            self._revive(unit, now_us)
        job.exception = code
        self._finish(job, Outcome.EXCEPTION, b"", 0, now_us)

    def spoilt(self, job: Job, now_us: int) -> None:
        """The reply to `job` came and is unreadable. It ends as if none had come, but its unit isn't silent."""
        del self.in_flight[job.transaction]
        unit = job.unit
        if unit.probing:
            unit.probing = False
            unit.retry_us = now_us + unit.backoff_us
        self._finish(job, Outcome.TIMEOUT, b"", 0, now_us)

    def expire(self, now_us: int) -> int:
        """End the requests whose time is over. Returns how many there were."""
        over = [job for job in self.in_flight.values() if job.deadline_us <= now_us]
        for job in over:
            if self.in_flight.pop(job.transaction, None) is None:
                continue
            unit = job.unit
            self._counters.timeouts += 1
            if not self.serial:
                self._lost[job.transaction] = None
                if len(self._lost) > _REMEMBERED:
                    del self._lost[next(iter(self._lost))]
            unit.unanswered(now_us, job.deadline_us - job.sent_us, self.serial)
            self._finish(job, Outcome.TIMEOUT, b"", 0, now_us)
        return len(over)

    def stray(self, transaction: int) -> None:
        """Count a reply with a transaction number that isn't in flight."""
        if transaction in self._lost:
            del self._lost[transaction]
            self._counters.late += 1
        elif 0 < (self._transaction - transaction & 0xFFFF) + 1 <= min(self.counters.requests, 0x8000):
            self._counters.duplicate += 1
        else:
            self._counters.foreign += 1

    def wake_us(self) -> int:
        """When there is something to do if nothing comes in before: a time-out or a request (NEVER_US: nothing)."""
        wake = min((job.deadline_us for job in self.in_flight.values()), default=NEVER_US)
        if not self.is_up or len(self.in_flight) >= self.window:
            return wake
        free = self._cyclic[0][0] if self._cyclic else NEVER_US
        if self._queued:
            quiet = min(job.unit.quiet_until_us for queue in self._one_shots for job in queue)
            free = min(free, quiet)
        return min(wake, max(free, self.bus_free_us))

    def go_up(self, now_us: int) -> None:
        """The line can be used."""
        if self.is_up:
            return
        self.is_up = True
        self._counters.connects += 1
        self.bus_free_us = 0
        self._lost.clear()
        for unit in self.units.values():
            unit.forget()
        for watcher in self.watchers:
            watcher(True, now_us)

    def go_down(self, now_us: int) -> None:
        """The line can't be used: end what is in flight or queued once. Nothing of it is sent after the reconnect."""
        if not self.is_up:
            return
        self.is_up = False
        self.bus_free_us = NEVER_US
        self._counters.losses += 1
        ended = [*self.in_flight.values(), *self._one_shots[0], *self._one_shots[1]]
        self.in_flight.clear()
        for queue in self._one_shots:
            queue.clear()
        self._queued = 0
        for job in ended:
            if not job.sent:
                self._counters.not_sent += 1
            self._finish(job, Outcome.LINE_DOWN, b"", 0, now_us)
        for watcher in self.watchers:
            watcher(False, now_us)

    # --- own ---------------------------------------------------------------------------------------------------------

    def _bind(self, job: Job) -> None:
        job.unit = self.unit(job.number)
        job.transaction = -1
        job.removed = False
        job.body = self.frame(job)
        job.wire_us = round((len(job.request.rtu) + job.reply_bytes + 3) * self.cost.char_us)

    def _one_shot(self, now_us: int) -> Job | None:
        """The next request that is sent once, if there is one that may be sent now."""
        if self._row >= ONE_SHOTS_IN_A_ROW:
            self._row = 0
            if self._cyclic and self._cyclic[0][0] <= now_us:
                return None
        for queue in self._one_shots:
            place = 0
            while place < len(queue):
                job = queue[place]
                if job.removed:
                    ended = None
                elif now_us > job.expires_us:
                    ended = Outcome.EXPIRED
                elif job.unit.silent:
                    ended = Outcome.SILENT
                elif now_us < job.unit.quiet_until_us:
                    place += 1
                    continue
                else:
                    del queue[place]
                    self._queued -= 1
                    self._row += 1
                    return job
                del queue[place]
                self._queued -= 1
                if ended is not None:
                    self._counters.not_sent += 1
                    self._finish(job, ended, b"", 0, now_us)
        return None

    @staticmethod
    def _deferred(unit: UnitLink, now_us: int) -> int:
        """Until when a unit that left requests unanswered isn't asked; `_revive` undoes it as soon as it answers."""
        if unit.silent and (unit.probing or now_us < unit.retry_us):
            return max(unit.retry_us, now_us + unit.timeout_us)
        return unit.quiet_until_us

    def _revive(self, unit: UnitLink, now_us: int) -> None:
        """The unit answers again: its cyclic requests that were deferred are due."""
        if unit.silent:
            for _, _, job in self._cyclic:
                if job.unit is unit:
                    job.due_us = min(job.due_us, now_us)
            self._cyclic = [(job.due_us, order, job) for _, order, job in self._cyclic]
            heapify(self._cyclic)
        unit.revived()

    def _finish(self, job: Job, outcome: Outcome, data: Reply, at: int, now_us: int) -> None:
        if job.removed:
            return
        period_us = job.period_us
        if period_us:
            # Without drift while the line keeps up; without a burst when it doesn't.
            due_us = job.due_us + period_us
            if due_us < now_us:
                due_us = now_us
            job.due_us = due_us
            heappush(self._cyclic, (due_us, job.order, job))
        try:
            job.done(job, outcome, data, at, now_us)
        except Exception:
            # A fault in what one unit's reply is used for mustn't take the line from the others.
            self._counters.callback_faults += 1
            log.exception("line %s: %r", self.name, job)
