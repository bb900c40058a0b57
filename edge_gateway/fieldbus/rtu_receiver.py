"""Find the reply to a request among the bytes of a serial line (MODBUS over Serial Line V1.02, clause 2.5.1).

An RTU reply carries neither length nor transaction number. The receiver knows what was asked, so it takes a reply as
soon as its last byte is in, without waiting for the silence after it, and finds it behind noise or behind a late reply
of another unit. What is left over is judged when the line falls silent.
"""

from __future__ import annotations

from enum import IntEnum

from edge_gateway.fieldbus.counters import LineCounters
from edge_gateway.fieldbus.job import Job
from edge_gateway.fieldbus.unit import UnitLink
from protocols.modbus.crc import crc16
from protocols.modbus.request import DONE

MAX_FRAME = 256
_EXCEPTION_SIZE = 5
_SMALLEST = 4


class Found(IntEnum):
    """What is among the bytes so far."""

    NOTHING = 0
    REPLY = 1
    """`frame` is the reply that was asked for."""
    EXCEPTION = 2
    """`frame` is an exception reply to what was asked."""
    SPOILT = 3
    """A whole reply's worth of bytes came and is no reply: noise, a collision, two units with one number."""


class RtuReceiver:
    """Bytes in, the reply out. `frame` is valid after REPLY or EXCEPTION until the next call."""

    def __init__(self, counters: LineCounters, units: dict[int, UnitLink]) -> None:
        self.counters = counters
        self.units = units
        self.frame = b""
        self._rest = b""
        self._echo = b""
        self._last: dict[int, bytes] = {}  # the latest reply of each unit, to know it again

    @property
    def pending(self) -> bool:
        """Whether there are bytes that the next silence will judge."""
        return bool(self._rest)

    def expect_echo(self, sent: bytes) -> None:
        """The adapter hears itself: drop these bytes when they come in first."""
        self._echo = sent

    def feed(self, data: bytes, job: Job | None, now_us: int) -> Found:
        """Take bytes; `job` is the request in flight."""
        rest = self._rest = self._rest + data
        echo = self._echo
        if echo:
            if rest.startswith(echo):
                rest = self._rest = rest[len(echo) :]
                self._echo = b""
            elif echo.startswith(rest):
                return Found.NOTHING
        if job is not None:
            for size in self._sizes(job, rest):
                at = len(rest) - size
                found = self._is_reply(job, rest, at, size)
                if found is not Found.NOTHING:
                    if at and not self._judge(rest[:at], None, now_us):
                        self.counters.framing_errors += 1
                    return self._take(job, found, rest[at:])
        if len(rest) > MAX_FRAME:
            self._rest = b""
            self.counters.framing_errors += 1
        return Found.NOTHING

    def silence(self, job: Job | None, now_us: int) -> Found:
        """The line fell silent: look at what came in and wasn't taken."""
        rest = self._rest
        if job is not None:
            for size in self._sizes(job, rest):
                for at in range(len(rest) - size):
                    found = self._is_reply(job, rest, at, size)
                    if found is not Found.NOTHING:
                        self.counters.framing_errors += 1  # noise behind the reply
                        return self._take(job, found, rest[at : at + size])
        judged = self._judge(rest, job, now_us)
        if job is not None and not judged and len(rest) < (job.reply_bytes or MAX_FRAME) + 3:
            # Less than a reply: an adapter may deliver it in pieces, and the time-out ends the wait.
            return Found.NOTHING
        self._rest = b""
        if judged:
            return Found.NOTHING
        self.counters.crc_errors += 1
        return Found.SPOILT

    def drop(self) -> None:
        """The request ran out of time, or the line went down: forget what was half received."""
        if self._rest:
            self.counters.crc_errors += 1
        self._rest = b""
        self._echo = b""

    def _take(self, job: Job, found: Found, frame: bytes) -> Found:
        self._rest = b""
        self.frame = self._last[job.number] = frame
        return found

    @staticmethod
    def _sizes(job: Job, rest: bytes) -> tuple[int, int]:
        """The lengths that the awaited frame may have: a reply, an exception reply."""
        return (job.reply_bytes or job.request.reply_size(rest, 1, len(rest) - 1)) + 3, _EXCEPTION_SIZE

    @staticmethod
    def _is_reply(job: Job, rest: bytes, at: int, size: int) -> Found:
        if at < 0 or size < _EXCEPTION_SIZE or rest[at] != job.number or rest[at + 1] & 0x7F != job.function:
            return Found.NOTHING
        if crc16(rest, at, size):
            return Found.NOTHING
        status = job.request.judge(rest, at + 1, size - 3)
        if status == DONE:
            return Found.REPLY
        return Found.EXCEPTION if status > DONE else Found.NOTHING

    def _judge(self, frame: bytes, job: Job | None, now_us: int) -> bool:
        """Count a frame that isn't the reply; False if it's no frame at all."""
        if not _SMALLEST <= len(frame) <= MAX_FRAME or crc16(frame, 0, len(frame)):
            return False
        unit = self.units.get(frame[0])
        if unit is not None and now_us < unit.quiet_until_us:
            unit.quiet_until_us = now_us  # its late reply has come: no need to wait for it any longer
            self.counters.late += 1
        elif frame == self._last.get(frame[0]):
            self.counters.duplicate += 1
        elif job is not None and unit is job.unit:
            self.counters.mismatched += 1
        else:
            self.counters.foreign += 1
        return True
