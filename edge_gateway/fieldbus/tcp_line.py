"""A Modbus TCP endpoint as a line: callbacks only, pipelined where the peer allows it.

Framing: MODBUS Messaging on TCP/IP Implementation Guide V1.0b, clause 3.1.3 (the MBAP header).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from struct import Struct
from time import monotonic_ns
from typing import cast

from edge_gateway.fieldbus.cost import CostModel
from edge_gateway.fieldbus.job import Job
from edge_gateway.fieldbus.reconnect import ReconnectDelay
from edge_gateway.fieldbus.transport import LoopLine
from edge_gateway.fieldbus.unit import Patience
from protocols.modbus.request import DONE, FOREIGN

CONNECT_S = 5.0
SILENT_CONNECTION = 4
"""After so many time-outs without a byte in between the connection itself is suspected and opened again."""

_HEADER = Struct(">HHHB")  # transaction, protocol, length, unit
_HEAD_SIZE = 9  # header, function, and the exception code or byte count: the shortest reply
_LONGEST = 254  # of the length field: unit and 253 bytes of PDU


class TcpLine(LoopLine, asyncio.Protocol):
    """One connection to a board, a device or a TCP gateway with several units.

    window: requests in flight at once; 1 unless the peer is known to take more.
    """

    def __init__(
        self,
        name: str,
        host: str,
        port: int = 502,
        *,
        window: int = 1,
        patience: Patience | None = None,
        cost: CostModel | None = None,
        reconnect: ReconnectDelay | None = None,
    ) -> None:
        super().__init__(name, cost or CostModel.tcp(), patience, window, reconnect)
        self.host = host
        self.port = port
        self._transport: asyncio.Transport | None = None
        self._deaf = 0
        self._replies = 0
        self._write: Callable[[bytes], None] = _no_connection
        self._rest = b""

    # --- LoopLine ----------------------------------------------------------------------------------------------------

    async def _open(self) -> None:
        assert self._loop is not None
        async with asyncio.timeout(CONNECT_S):
            await self._loop.create_connection(lambda: self, self.host, self.port)

    def _hang_up(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def frame(self, job: Job) -> bytes:
        """The frame from the protocol number on; the transaction number goes before it."""
        length = job.reply_bytes + 1
        job.head = bytes((0, 0, length >> 8, length & 0xFF, job.number, job.function, job.data_bytes & 0xFF))
        return bytes(job.request.tcp[2:])

    def _pump(self, now_us: int) -> None:
        """As `LoopLine._pump`, but what leaves together leaves in one write."""
        frames = b""
        while len(self.in_flight) < self.window:
            job = self.next(now_us)
            if job is None:
                self._sleep(now_us)
                break
            frames += job.transaction.to_bytes(2, "big") + job.body
            if job.deadline_us < self._timer_us:
                self._wake_at(job.deadline_us, now_us)
        if frames:
            self._write(frames)

    def _after_timeout(self, expired: int) -> None:
        replies = self.counters.replies
        if replies != self._replies:
            self._replies = replies
            self._deaf = 0
        self._deaf += expired
        if self._deaf >= SILENT_CONNECTION:
            self._abort("the peer accepts the connection but answers nothing")

    # --- asyncio.Protocol --------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast(asyncio.Transport, transport)
        self._deaf = 0
        self._write = self._transport.write
        self._rest = b""
        self._up()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, by whomever."""
        self._transport = None
        self._write = _no_connection
        self._rest = b""
        if not self.problem:
            self.problem = str(exc) if exc else "the peer closed the connection"
        self._down()

    def data_received(self, data: bytes) -> None:
        """Match replies to requests. This is the hot path of the gateway: it stays in one function."""
        now_us = monotonic_ns() // 1000
        if self._rest:
            data = self._rest + data
        size = len(data)
        at = 0
        while size - at >= _HEAD_SIZE:
            job = self.in_flight.get(data[at] << 8 | data[at + 1])
            # What the reply to a plain register read must begin with is known: nearly all replies end here.
            if job is not None and data[at + 2 : at + 9] == job.head and job.data_bytes <= size - at - 9:
                self.answered(job, data, at + 9, now_us)
                at += 9 + job.data_bytes
                continue
            taken = self._judge(job, data, at, now_us)
            if taken <= 0:
                if taken < 0:
                    return
                break
            at += taken
        self._rest = data[at:] if at < size else b""
        self._pump(now_us)

    def _judge(self, job: Job | None, data: bytes, at: int, now_us: int) -> int:
        """Any other frame. Returns its length, 0 if it isn't whole yet, -1 if the connection had to be dropped."""
        transaction, protocol, length, unit = _HEADER.unpack_from(data, at)
        if protocol or not 3 <= length <= _LONGEST:
            self._counters.framing_errors += 1
            self._abort("what the peer sends isn't Modbus TCP")
            return -1
        if at + 6 + length > len(data):
            return 0
        if job is None:
            self.stray(transaction)
        else:
            status = job.request.judge(data, at + 7, length - 1) if unit == job.number else FOREIGN
            if status == DONE:
                self.answered(job, data, at + 9, now_us)
            elif status > DONE:
                self.refused(job, status, now_us)
            else:
                self._counters.mismatched += 1
        return 6 + int(length)

    def _abort(self, problem: str) -> None:
        self.problem = problem
        self._rest = b""
        self._hang_up()
        # What the loop still delivers of this connection belongs to nobody.
        self._down()


def _no_connection(data: bytes) -> None:
    raise AssertionError("a line without connection transmits nothing")
