"""What boards with real pins have in common; `rp2` and `esp32` add what differs."""

import os
import select
import time

import machine

from firmware.hal.reader import LineReader
from firmware.hal.rs485 import Rs485
from firmware.hal.sockets import Sockets
from firmware.hal.terminals import Terminals
from firmware.runtime.store import DirStore
from protocols import layout
from protocols.port import const
from protocols.ticks import ticks_diff

WDT_MS = const(2000)
STORE = "data"
HOLD = "hold"
_REBOOT = "reboot"  # its being there says that a reset was asked for
_SPIN_US = const(2000)  # shorter waits are spun: a poll waits in whole milliseconds


def held():
    """Whether the file ``hold`` asks the board not to start its program."""
    return HOLD in os.listdir()


class FieldPort(Rs485):
    """The board's own line on its second UART (`firmware.hal`)."""

    def __init__(self, pins, baud):
        super().__init__(pins, baud)
        self.end_us = 0

    def receive(self, buf):
        """Bytes that have arrived into `buf`; how many."""
        n = super().receive(buf)
        if n:
            self.end_us = time.ticks_us()
        return n


class Chip:
    """HAL over `machine` (members: see `firmware.hal`)."""

    exact_arrival = False

    def __init__(self, table, board, model, converter):
        self.terminals = Terminals(table, board, converter)
        self.model = model
        self.store = DirStore(STORE)
        self.sockets = None
        self.alive = True
        self.rx_end_us = 0
        self.reset_cause = self._cause()
        self.line = None
        self.field = None
        self._board = board
        self._poller = select.poll()
        self._dog = None
        self._bi = len(table.DI) + len(table.AI)
        self._reader = None
        if board.READER and len(table.BI) - len(table.FIELD) == 3:
            pins = board.READER
            uart = machine.UART(
                pins["uart"], baudrate=pins["baud"], tx=machine.Pin(pins["tx"]), rx=machine.Pin(pins["rx"]), timeout=0
            )
            self._reader = LineReader(uart, self.ms())

    def open(self, baud):
        """Start the serial line, and Modbus TCP where the pin map has a port."""
        self.line = Rs485(self._board.LINE, baud)
        self._poller.register(self.line.uart, select.POLLIN)
        if self._board.TCP_PORT:
            self.sockets = Sockets(self._board.TCP_PORT, self._poller)

    def open_field(self, baud):
        """Start the board's own line where the pin map has one."""
        pins = getattr(self._board, "FIELD", None)
        if pins:
            self.field = FieldPort(pins, baud)
            self._poller.register(self.field.uart, select.POLLIN)
        return self.field

    def ms(self):
        """Ticks in ms."""
        return time.ticks_ms()

    def us(self):
        """Ticks in us."""
        return time.ticks_us()

    def read(self, raw):
        """This scan's samples."""
        self.terminals.read(raw)
        if self._reader:
            self._reader.read(raw, self._bi, self.ms())

    def write(self, out):
        """Outputs to the terminals."""
        self.terminals.write(out)

    def feed(self):
        """Feed the watchdog. The first time starts it, and nothing stops it again."""
        if self._dog is None:
            self._dog = machine.WDT(timeout=WDT_MS)
        self._dog.feed()

    def receive(self, buf):
        """Serial bytes that are there."""
        n = self.line.receive(buf)
        if n:
            self.rx_end_us = self.us()
        return n

    def send(self, buf, n):
        """Answer on the serial line."""
        self.line.send(buf, n)

    def wait(self, until_us):
        """Until then, or until something arrives."""
        line = self.line
        field = self.field
        while True:
            left = ticks_diff(until_us, self.us())
            busy = line.poll()
            if field is not None and field.poll():
                busy = True
            if left <= 0:
                return
            if busy or left < _SPIN_US:
                if line.heard() or (field is not None and field.heard()):
                    return
                continue
            for source, _flags in self._poller.ipoll(left // 1000 - 1):
                if source is line.uart or (field is not None and source is field.uart):
                    left = 0
                elif self.sockets and self.sockets.mark(source):
                    left = 0
            if not left:
                return

    def temperature(self):
        """0.1 degC, NO_SAMPLE where the chip doesn't tell."""
        return layout.NO_SAMPLE

    def supply(self):
        """0.01 V, NO_SAMPLE where the board doesn't measure it."""
        return layout.NO_SAMPLE

    def reset(self):
        """Restart, and leave word that it was asked for."""
        try:
            self.store.write(_REBOOT, b"1")
        finally:
            machine.reset()

    def _cause(self):
        cause = machine.reset_cause()
        asked = self.store.read(_REBOOT) is not None
        if asked:
            os.remove(STORE + "/" + _REBOOT)
            return layout.RESET_SOFT
        if cause == machine.WDT_RESET:
            return layout.RESET_WATCHDOG
        return layout.RESET_POWER
