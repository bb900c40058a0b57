"""A Modbus TCP endpoint as a line: callbacks only, pipelined where the peer allows it.

Framing: MODBUS Messaging on TCP/IP Implementation Guide V1.0b, clause 3.1.3 (the MBAP header).
"""

from __future__ import annotations

import asyncio
from struct import Struct
from time import monotonic_ns
from typing import cast

from edge_gateway.fieldbus.cost import CostModel
from edge_gateway.fieldbus.job import Job
from edge_gateway.fieldbus.reconnect import ReconnectDelay
from edge_gateway.fieldbus.transport import LoopLine
from edge_gateway.fieldbus.unit import Patience
from protocols.modbus.request import DONE

CONNECT_S = 5.0
SILENT_CONNECTION = 4
"""After so many time-outs without a byte in between the connection itself is suspected and opened again."""

_HEADER = Struct(">HHHBBB")  # transaction, protocol, length, unit, function, and the byte after it
_HEAD_SIZE = 9
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
        return bytes(job.request.tcp[2:])

    def _transmit(self, job: Job) -> None:
        assert self._transport is not None
        self._transport.write(job.transaction.to_bytes(2, "big") + job.body)

    def _after_timeout(self, now_us: int) -> None:
        if self._deaf >= SILENT_CONNECTION:
            self._abort("the peer accepts the connection but answers nothing")

    # --- asyncio.Protocol --------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast(asyncio.Transport, transport)
        self._rest = b""
        self._up()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone, by whomever."""
        self._transport = None
        self._rest = b""
        if not self.problem:
            self.problem = str(exc) if exc else "the peer closed the connection"
        self._down()

    def data_received(self, data: bytes) -> None:
        """Match replies to requests. This is the hot path of the gateway: it stays in one function."""
        now_us = monotonic_ns() // 1000
        self._deaf = 0
        if self._rest:
            data = self._rest + data
        size = len(data)
        at = 0
        in_flight = self.in_flight
        while size - at >= _HEAD_SIZE:
            transaction, protocol, length, unit, function, third = _HEADER.unpack_from(data, at)
            if protocol or not 3 <= length <= _LONGEST:
                self.counters.framing_errors += 1
                self._abort("what the peer sends isn't Modbus TCP")
                return
            end = at + 6 + length
            if end > size:
                break
            job = in_flight.get(transaction)
            if job is None:
                self.stray(transaction)
            elif unit != job.number:
                self.counters.mismatched += 1
            elif function == job.function and third == job.data_bytes == length - 3:
                self.answered(job, data, at + 9, now_us)
            else:
                # Not the plain register read that nearly all are.
                status = job.request.judge(data, at + 7, length - 1)
                if status == DONE and job.data_bytes < 0:
                    self.answered(job, data, at + 9, now_us)
                elif status > DONE:
                    self.refused(job, status, now_us)
                else:
                    self.counters.mismatched += 1
            at = end
        self._rest = data[at:] if at < size else b""
        self._pump(now_us)

    def _abort(self, problem: str) -> None:
        self.problem = problem
        self._rest = b""
        self._hang_up()
        # What the loop still delivers of this connection belongs to nobody.
        self._down()
