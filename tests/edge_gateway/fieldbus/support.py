"""Peers and small helpers for the fieldbus tests."""

from __future__ import annotations

import asyncio
import os
import time
import tty
from array import array
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from edge_gateway.fieldbus.job import Job, Outcome, Reply
from edge_gateway.fieldbus.unit import Patience
from protocols import layout
from protocols.modbus.bank import ArrayBank
from protocols.modbus.rtu import RtuServer
from protocols.modbus.server import Server
from protocols.sheets import load
from protocols.sheets.derive import sheet_crc
from protocols.ticks import PERIOD_MASK

SHEET = load("parking_lane")
WAIT_S = 20.0
PATIENT = Patience(min_us=500_000, max_us=2_000_000)
"""Where a time-out would be taken for an answer: longer than a busy machine holds anybody up."""


def run(main: Callable[[], Awaitable[None]]) -> None:
    """Run a test's coroutine on the loop that the gateway runs on."""
    import uvloop

    async def bounded() -> None:
        async with asyncio.timeout(4 * WAIT_S):
            await main()

    uvloop.run(bounded())


def now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


def utc_ms() -> int:
    return time.time_ns() // 1_000_000


class Collector:
    """A `done` that remembers, and can be waited for."""

    def __init__(self) -> None:
        self.outcomes: list[Outcome] = []
        self.registers: list[tuple[int, ...]] = []
        self._news = asyncio.Event()

    def __call__(self, job: Job, outcome: Outcome, data: Reply, at: int, now_us: int) -> None:
        self.outcomes.append(outcome)
        if outcome is Outcome.OK and job.data_bytes > 0:
            raw = bytes(data[at : at + job.data_bytes])
            self.registers.append(tuple(int.from_bytes(raw[i : i + 2], "big") for i in range(0, len(raw), 2)))
        self._news.set()

    async def have(self, count: int) -> None:
        """Wait until that many requests have ended."""
        await until(lambda: len(self.outcomes) >= count, self._news)


async def until(holds: Callable[[], bool], news: asyncio.Event) -> None:
    """Wait until a condition holds, looking whenever there are news."""
    async with asyncio.timeout(WAIT_S):
        while not holds():
            news.clear()
            # What clearing may have swallowed, the condition itself tells.
            if not holds():
                await news.wait()


def board_registers(sheet: Any = SHEET, dev_id: int = 11, size: int = 0x240) -> array[int]:
    """Registers of a board that has just been read well: its header, and zeros."""
    registers = array("H", [0] * size)
    registers[layout.H_MAGIC] = layout.MAGIC
    registers[layout.H_MAP_VER] = layout.MAP_MAJOR << 8 | layout.MAP_MINOR
    registers[layout.H_DEV_TYPE] = sheet.dev_type
    registers[layout.H_DEV_ID] = dev_id
    registers[layout.H_SHEET_CRC] = sheet_crc(sheet)
    registers[layout.H_BOOT_CNT] = 1
    registers[layout.H_MODE] = layout.MODE_AUTO
    return registers


class PtyUnits:
    """Modbus RTU units on the far end of a pseudo terminal, served by our own server engine in wall time.

    `path` is what a `SerialLine` opens. `mute` units hear and don't answer; `heard` is set with each request.
    """

    def __init__(self, units: dict[int, array[int]], baud: int = 115_200) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        self._slave = slave
        os.set_blocking(self.master, False)
        self.banks: dict[int, ArrayBank] = {}
        self.servers: dict[int, RtuServer] = {}
        self.mute: set[int] = set()
        self.heard = asyncio.Event()
        self.requests: list[bytes] = []
        self._replies: deque[asyncio.TimerHandle] = deque(maxlen=16)
        for unit, registers in units.items():
            bank = ArrayBank(0, 0)
            bank.holding = registers
            self.banks[unit] = bank
            self.servers[unit] = RtuServer(Server(bank), unit, baud, check_t15=False)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self.master, self._readable)

    def close(self) -> None:
        """End of the line: the other side sees an error."""
        self._loop.remove_reader(self.master)
        for reply in self._replies:  # they would go to whoever is given the same descriptor next
            reply.cancel()
        os.close(self.master)
        os.close(self._slave)

    def say(self, data: bytes) -> None:
        """Put bytes on the line that nobody asked for."""
        os.write(self.master, data)

    def _readable(self) -> None:
        data = os.read(self.master, 512)
        self.requests.append(data)
        self.heard.set()
        now_us = time.monotonic_ns() // 1000 & PERIOD_MASK
        for server in self.servers.values():
            server.feed(data, len(data), now_us)
        self._replies.append(self._loop.call_later(0.003, self._silence))

    def _silence(self) -> None:
        now_us = time.monotonic_ns() // 1000 & PERIOD_MASK
        for unit, server in self.servers.items():
            n = server.poll(now_us)
            if n and unit not in self.mute:
                os.write(self.master, bytes(server.tx[:n]))
