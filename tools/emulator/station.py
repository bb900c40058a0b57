"""A Modbus master in virtual time: the gateway end of an emulated line, for tests without a gateway process.

It is built on the same client engine as the gateway. Requests queue up, one is on the line at a time; `read` and
`write` run the world until theirs is over.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from protocols.modbus.client import RtuClient
from protocols.modbus.request import DONE, Request
from tools.emulator.serial_line import SerialLine
from tools.emulator.wiring import MASK
from tools.emulator.world import World

SLACK_US = 50_000
"""A unit has this long besides the time that the longest reply takes on the wire."""
_PATIENCE_MS = 5_000

Over = Callable[[Any], None]


class ModbusError(RuntimeError):
    """A request was not answered with what it asked for; `status` is an exception code, or negative (see request)."""

    def __init__(self, request: Any) -> None:
        super().__init__(f"unit {request.unit}, function {request.fc}: status {request.status}")
        self.status: int = request.status


class Master:
    """The only master of a line."""

    def __init__(self, world: World, line: SerialLine, name: str = "gateway", timeout_us: int = 0) -> None:
        self.world = world
        self.line = line
        self.name = name
        timeout_us = timeout_us or SLACK_US + line.character_us(256)
        self.client: Any = RtuClient(self._over, line.baud, timeout_us, line.bits)
        self.connected = True
        """False: the cable is pulled at the master's end; what is asked times out."""
        self._queue: deque[tuple[Any, Over]] = deque()
        self._current: Over | None = None
        self._pump_at = -1
        line.connect(name, self)

    def submit(self, request: Any, over: Over, *, first: bool = False) -> None:
        """Queue a request; `over(request)` is called when it's answered or has timed out. `first` jumps the queue."""
        if first:
            self._queue.appendleft((request, over))
        else:
            self._queue.append((request, over))
        self._pump()

    def ask(self, request: Any) -> Any:
        """Send a request and let the world run until it's over; returns it. Raises ModbusError if unanswered."""
        ended: list[Any] = []

        def over(answered: Any) -> None:
            if answered.status == DONE and answered.fc in (3, 4):
                answered.tag = answered.values()
            ended.append(answered)

        self.submit(request, over)
        self.world.until(lambda: ended, within=_PATIENCE_MS)
        if request.status != DONE:
            raise ModbusError(request)
        return request

    def read(self, unit: int, address: int, count: int = 1, fc: int = 3) -> tuple[int, ...]:
        """Read registers, u16 each. Raises ModbusError."""
        values: tuple[int, ...] = self.ask(Request(unit).read(fc, address, count)).tag
        return values

    def write(self, unit: int, address: int, values: int | Sequence[int]) -> None:
        """Write one register (function 6) or several (16). Raises ModbusError."""
        request = Request(unit)
        if isinstance(values, int):
            self.ask(request.write_register(address, values))
        else:
            self.ask(request.write_registers(address, array("H", [value & 0xFFFF for value in values])))

    def write_file(self, unit: int, file: int, record: int, data: bytes) -> None:
        """Write a file record (function 21). Raises ModbusError."""
        self.ask(Request(unit).write_files([(file, record, data)]))

    def clear(self) -> None:
        """Forget what is queued and what is on the line."""
        self._queue.clear()
        self._current = None
        self.client.close()

    def receive_serial(self, data: bytes, end_us: int) -> None:
        """Take bytes from the line."""
        if self.connected:
            self.client.feed(data, len(data), end_us & MASK)
            self._pump()

    def _over(self, request: Any) -> None:
        over, self._current = self._current, None
        if over is not None:
            over(request)

    def _pump(self) -> None:
        client = self.client
        if client.busy is not None or not self._queue:
            return
        now = self.world.now_us
        wait = client.wait_us(now & MASK)
        if wait:
            if self._pump_at != now + wait:
                self._pump_at = now + wait
                self.world.at(now + wait, self._pump)
            return
        request, self._current = self._queue.popleft()
        frame = client.send(request, now & MASK)
        if self.connected:
            self.line.transmit(self.name, bytes(frame))
        self.world.at(now + ((client.due_us - now) & MASK), self._due)

    def _due(self) -> None:
        self.client.poll(self.world.now_us & MASK)
        self._pump()
