"""A Modbus unit on an emulated serial line: hears everything, answers what is for it after its latency."""

from __future__ import annotations

from typing import Any, Protocol

from protocols.modbus.rtu import RtuServer
from protocols.modbus.server import Server
from tools.emulator.serial_line import SerialLine
from tools.emulator.wiring import MASK
from tools.emulator.world import World


class Device(Protocol):
    """A bank that takes its time (see `sunspec.device.SunSpecDevice`)."""

    quirks: set[str]

    @property
    def answers(self) -> bool:
        """Whether it answers at all now."""
        ...

    def latency_ms(self) -> float:
        """How long it takes for the next answer."""
        ...

    def step(self, dt: float) -> None:
        """Let `dt` seconds pass for what it counts down."""

    def turn(self, quirk: str, on: bool = True) -> None:
        """Switch a quirk."""


class Station:
    """`device` as unit `unit` of `line`, under the name of its faults there."""

    def __init__(self, world: World, line: SerialLine, name: str, unit: int, device: Device) -> None:
        self.world = world
        self.line = line
        self.name = name
        self.device = device
        self.rtu: Any = RtuServer(Server(device), unit, line.baud, line.bits)
        self._asked = False
        line.connect(name, self)

    def receive_serial(self, data: bytes, end_us: int) -> None:
        """Take bytes from the line."""
        if not self.device.answers:
            return
        self.rtu.feed(data, len(data), end_us & MASK)
        self._wait()

    def _wait(self) -> None:
        """Look again when the silence that ends the frame is over."""
        if self.rtu.pending and not self._asked:
            self._asked = True
            now = self.world.now_us
            ahead = (self.rtu.due_us - now) & MASK
            self.world.at(now + (ahead if ahead < MASK >> 1 else 0), self._due)

    def _due(self) -> None:
        self._asked = False
        length = self.rtu.poll(self.world.now_us & MASK)
        if length:
            reply = bytes(self.rtu.tx[:length])
            self.world.after(self.device.latency_ms(), lambda: self.line.transmit(self.name, reply))
        else:
            self._wait()
