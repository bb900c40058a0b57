"""Commands to a board: once or not at all, and always with an answer (domain brief §7.2).

A command gets a sequence number of its own and a time to live, and is written as one block. What happens then is read
from the header's ACK registers, never guessed: a write without answer is repeated with the *same* number only after a
header read says that the board hasn't seen it, which a board that has seen it after all takes as the repeat it is.
After its time to live a command is reported and forgotten. Nothing is sent again after a reboot.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from edge_gateway.fieldbus.header import Header
from edge_gateway.fieldbus.job import Job, Outcome, Reply, write_job
from edge_gateway.fieldbus.line import Line
from protocols import layout
from protocols.modbus.codes import DEVICE_BUSY
from protocols.modbus.crc import crc16
from protocols.sheets.common import RESULTS

TTL_MS = 100 * layout.TTL_DEFAULT
FINISH_MS = 120_000
"""How long an accepted command may take before its end isn't waited for any more."""

QUEUE = 16
_RETRY_MS = 100
_SEEN = 64
"""A board remembers fewer sequence numbers than this."""


class CommandEnd(StrEnum):
    """How a command ended."""

    DONE = "done"
    REFUSED = "refused by the board"
    FAILED = "failed"
    EXPIRED = "too old when it arrived"
    NOT_SENT = "not sent"
    UNACKNOWLEDGED = "sent, not acknowledged"
    """Written, and no acknowledgement within its time to live: nobody knows whether the board acted. Look."""
    REBOOTED = "board restarted meanwhile"
    OVERTAKEN = "accepted, then overtaken by another command"
    UNFINISHED = "accepted, end not seen"


_ENDS = {
    layout.RES_DONE: CommandEnd.DONE,
    layout.RES_EXPIRED: CommandEnd.EXPIRED,
    layout.RES_FAILED: CommandEnd.FAILED,
}

Told = Callable[["Command", int], None]
"""`told(command, now)`: a command was accepted or has ended; see its `accepted`, `end`, `result`, `detail`."""


@dataclass(slots=True, eq=False)
class Command:
    """One command and what became of it. Times are `now` in ms.

    end: None while it's under way. result/detail: of the board's acknowledgement (0: none yet). reason: words for an
    end that the board didn't give.
    """

    code: int
    args: tuple[int, ...]
    told: Told | None = None
    ttl_ms: int = TTL_MS
    hazardous: bool = False
    make_args: Callable[[], tuple[int, ...]] | None = None
    submitted: int = 0
    seq: int = 0
    accepted: bool = False
    result: int = 0
    detail: int = 0
    end: CommandEnd | None = None
    reason: str = ""
    _arming: bool = field(default=False, repr=False)

    @property
    def result_name(self) -> str:
        """The board's result in words: none, accepted, done, wrong mode, interlock..."""
        return str(RESULTS[self.result]) if self.result < len(RESULTS) else str(self.result)


class CommandChannel:
    """The one command under way to a board, and those that wait.

    The session calls `on_header` with each header, `on_reboot` when the board has restarted, and `scan`. heartbeat: the
    latest beat that the board has confirmed since its boot, or None: without one nothing is sent.
    """

    def __init__(self, unit: int, line: Line, gateway_id: int, hurry: Callable[[int], None]) -> None:
        self.unit = unit
        self.line = line
        self.gateway_id = gateway_id
        self.heartbeat: int | None = None
        self.ready = False
        self.sent = 0
        self._hurry = hurry
        self._seq = 0
        self._queue: deque[Command] = deque()
        self._active: Command | None = None
        self._accepted: Command | None = None
        self._accepted_at = 0
        self._block: list[int] = []
        self._job: Job | None = None
        self._written = False  # whether the block may have reached the board
        self._retry_at = 0
        self._checked = True  # whether a header was asked for and read since the latest write ended
        self._write_over_us = 0

    @property
    def idle(self) -> bool:
        """Whether no command waits or is under way."""
        return self._active is None and not self._queue

    def submit(self, command: Command, now: int) -> Command:
        """Queue a command; its time to live runs from here. It ends at once (NOT_SENT) if 16 are waiting."""
        command.submitted = now
        if len(command.args) > 4:
            raise ValueError(f"a command has at most 4 arguments, not {len(command.args)}")
        if len(self._queue) >= QUEUE:
            self._end(command, CommandEnd.NOT_SENT, now, "too many commands are waiting")
            return command
        self._queue.append(command)
        self._next(now)
        return command

    def resync(self, header: Header) -> None:
        """Go on from what the board acknowledged last: at the first header, and after a reboot."""
        if header.ack_seq:
            self._seq = header.ack_seq

    def on_reboot(self, now: int) -> None:
        """The board restarted: what was under way is over. What only waits was never sent and still may be."""
        self.heartbeat = None
        for command in (self._accepted, self._active):
            if command is not None and (command.accepted or self._written):
                self._forget(command)
                self._end(command, CommandEnd.REBOOTED, now)

    def on_header(self, header: Header, asked_us: int, now: int) -> None:
        """Look whether the board acknowledged; `asked_us` is when the read of this header left."""
        accepted, active = self._accepted, self._active
        if accepted is not None and _acks(header, accepted) and header.ack_result != layout.RES_ACCEPTED:
            self._acknowledged(accepted, header, now)
        if active is not None and self._written and _acks(header, active):
            self._acknowledged(active, header, now)
        elif self._job is None and asked_us >= self._write_over_us:
            self._checked = True
        self._next(now)

    def stop(self, now: int) -> None:
        """End everything: the session ends."""
        self.ready = False
        if self._accepted is not None:
            self._end(self._accepted, CommandEnd.UNFINISHED, now)
            self._accepted = None
        if self._active is not None:
            self._give_up(self._active, now)
        while self._queue:
            self._end(self._queue.popleft(), CommandEnd.NOT_SENT, now, "the session with the board ended")

    def scan(self, now: int) -> None:
        """End what is over; once in each control scan."""
        accepted = self._accepted
        if accepted is not None and now - self._accepted_at > FINISH_MS:
            self._forget(accepted)
            self._end(accepted, CommandEnd.UNFINISHED, now)
        active = self._active
        if active is not None and now - active.submitted > active.ttl_ms:
            self._give_up(active, now)
        while self._queue and now - self._queue[0].submitted > self._queue[0].ttl_ms:
            self._end(self._queue.popleft(), CommandEnd.NOT_SENT, now, "the board was not ready for commands")
        if self._active is not None and self._written and self._job is None:
            self._hurry(now)
        self._next(now)

    # --- own ---------------------------------------------------------------------------------------------------------

    def _next(self, now: int) -> None:
        """Write what is to be written: the next command, or the active one once more."""
        if not self.ready or self.heartbeat is None or self._job is not None:
            return
        active = self._active
        if active is None:
            if not self._queue:
                return
            active = self._active = self._queue.popleft()
            active._arming = active.hazardous
            self._compose(active)
        elif not self._block:
            self._compose(active)  # armed: now execute
        elif not self._checked or now < self._retry_at:
            return
        left_ms = active.submitted + active.ttl_ms - now
        if left_ms <= 0:
            return
        self._job = write_job(self.unit, layout.C_GW_HB, self._block, self._write_over)
        self._retry_at = now + _RETRY_MS
        if self.line.submit(self._job, (now + left_ms) * 1000):
            self.sent += 1
        else:
            self._job = None

    def _compose(self, command: Command) -> None:
        assert self.heartbeat is not None
        self._seq = command.seq = self._seq % 0xFFFF + 1
        args = command.make_args() if command.make_args is not None else command.args
        block = [self.heartbeat, self.gateway_id, command.seq, command.code, *args, *(0,) * (4 - len(args))]
        block.append(max(1, command.ttl_ms // 100))
        block.append(self.heartbeat)
        block.append(layout.KEY_ARM if command._arming else layout.KEY_EXECUTE)
        block.append(0)
        self._block = [word & 0xFFFF for word in block]
        covered = b"".join(word.to_bytes(2, "big") for word in self._block[2:])
        self._block.append(int(crc16(covered, 0, len(covered))))
        self._written = False

    def _write_over(self, job: Job, outcome: Outcome, data: Reply, at: int, now_us: int) -> None:
        if job is not self._job:
            return
        self._job = None
        self._checked = False
        self._write_over_us = now_us
        now = now_us // 1000
        active = self._active
        if active is None:
            return
        if outcome is Outcome.EXCEPTION:
            if job.exception != DEVICE_BUSY:
                self._forget(active)
                self._end(active, CommandEnd.REFUSED, now, f"exception {job.exception} to the command block")
                self._next(now)
                return
        elif job.sent:
            self._written = True
        self._hurry(now)

    def _acknowledged(self, command: Command, header: Header, now: int) -> None:
        result = header.ack_result
        if result == layout.RES_NONE:
            return
        if command._arming and result == layout.RES_DONE:
            command._arming = False
            self._block = []
            self._written = False
            return
        command.result = result
        command.detail = header.ack_detail
        if result == layout.RES_DUPLICATE:
            self._seq = (self._seq + _SEEN) % 0xFFFF
        if result == layout.RES_ACCEPTED:
            overtaken, self._accepted = self._accepted, command
            self._accepted_at = now
            self._active = None
            self._block = []
            command.accepted = True
            if overtaken is not None:
                self._end(overtaken, CommandEnd.OVERTAKEN, now)
            if command.told is not None:
                command.told(command, now)
            return
        if command is self._active and self._accepted is not None and result == layout.RES_DONE:
            # The board tells the end of the latest command alone.
            overtaken, self._accepted = self._accepted, None
            self._end(overtaken, CommandEnd.OVERTAKEN, now)
        self._forget(command)
        self._end(command, _ENDS.get(result, CommandEnd.REFUSED), now)

    def _give_up(self, active: Command, now: int) -> None:
        if self._job is not None:
            if not self._job.sent:
                self.line.remove(self._job)
            else:
                self._written = True
            self._job = None
        written = self._written
        self._forget(active)
        if written:
            self._end(active, CommandEnd.UNACKNOWLEDGED, now)
        else:
            self._end(active, CommandEnd.NOT_SENT, now, "the write did not reach the board")

    def _forget(self, command: Command) -> None:
        if command is self._active:
            self._active = None
            self._block = []
            self._written = False
        if command is self._accepted:
            self._accepted = None

    def _end(self, command: Command, end: CommandEnd, now: int, reason: str = "") -> None:
        command.end = end
        command.reason = reason
        if command.told is not None:
            command.told(command, now)


def _acks(header: Header, command: Command) -> bool:
    return header.ack_seq == command.seq and header.ack_code == command.code
