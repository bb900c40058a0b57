"""An RS-485 line as a line: RTU on the raw file descriptor, half-duplex, driven by the event loop's readiness calls."""

from __future__ import annotations

import errno
import os
import termios
import tty
from time import monotonic_ns
from typing import Literal

from edge_gateway.fieldbus.cost import CostModel
from edge_gateway.fieldbus.job import Job
from edge_gateway.fieldbus.reconnect import ReconnectDelay
from edge_gateway.fieldbus.rtu_receiver import Found, RtuReceiver
from edge_gateway.fieldbus.transport import LoopLine
from edge_gateway.fieldbus.unit import Patience

Parity = Literal["N", "E", "O"]

SPEEDS = {
    1200: termios.B1200,
    2400: termios.B2400,
    4800: termios.B4800,
    9600: termios.B9600,
    19200: termios.B19200,
    38400: termios.B38400,
    57600: termios.B57600,
    115200: termios.B115200,
}
_SILENCE_S = 0.005
"""When bytes that are no reply are judged: longer than t3.5 and the usual pauses of a USB adapter."""


def open_port(port: str, baud: int, parity: Parity = "N", stop_bits: int = 1) -> int:
    """A serial port, raw and without blocking: neither on a missing carrier now nor on a full buffer later.

    baud: one of `SPEEDS`. Returns the file descriptor. Raises OSError.
    """
    fd = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        tty.setraw(fd, termios.TCSANOW)
        mode = termios.tcgetattr(fd)
        cflag = mode[tty.CFLAG] & ~(termios.CSIZE | termios.PARENB | termios.PARODD | termios.CSTOPB)
        cflag |= termios.CS8 | termios.CREAD | termios.CLOCAL
        if parity != "N":
            cflag |= termios.PARENB | (termios.PARODD if parity == "O" else 0)
        if stop_bits == 2:
            cflag |= termios.CSTOPB
        mode[tty.CFLAG] = cflag
        mode[tty.ISPEED] = mode[tty.OSPEED] = SPEEDS[baud]
        termios.tcsetattr(fd, termios.TCSANOW, mode)
        termios.tcflush(fd, termios.TCIOFLUSH)
    except (OSError, termios.error) as error:
        os.close(fd)
        raise OSError(f"{port}: {error}") from error
    return fd


class SerialLine(LoopLine):
    """One serial port with Modbus RTU units on it; a pseudo terminal does as well.

    echo: the adapter receives what it sends (two-wire without receiver control).
    """

    serial = True

    def __init__(
        self,
        name: str,
        port: str,
        baud: int = 115_200,
        *,
        parity: Parity = "N",
        stop_bits: int = 1,
        echo: bool = False,
        patience: Patience | None = None,
        cost: CostModel | None = None,
        reconnect: ReconnectDelay | None = None,
    ) -> None:
        if baud not in SPEEDS:
            raise ValueError(f"line {name}: {baud} baud is not one of {', '.join(map(str, SPEEDS))}")
        bits = 9 + stop_bits + (parity != "N")
        super().__init__(name, cost or CostModel.serial(baud, bits), patience, 1, reconnect)
        self.port = port
        self.baud = baud
        self.parity = parity
        self.stop_bits = stop_bits
        self.echo = echo
        self._fd = -1
        self._unsent = b""
        self._receiver = RtuReceiver(self._counters, self.units)
        self._silence_armed = False
        self._heard_us = 0

    # --- LoopLine ----------------------------------------------------------------------------------------------------

    async def _open(self) -> None:
        assert self._loop is not None
        self._fd = fd = open_port(self.port, self.baud, self.parity, self.stop_bits)
        self._receiver.drop()
        self._loop.add_reader(fd, self._on_readable)
        self._up()

    def _hang_up(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0 and self._loop is not None:
            self._loop.remove_reader(fd)
            self._loop.remove_writer(fd)
            os.close(fd)
        self._unsent = b""

    def frame(self, job: Job) -> bytes:
        """The whole frame with its CRC."""
        return bytes(job.request.rtu)

    def _transmit(self, job: Job) -> None:
        if self._receiver.pending:
            self._receiver.silence(None, job.sent_us)
        if self.echo:
            self._receiver.expect_echo(job.body)
        self._unsent = job.body
        self._on_writable()

    def _after_timeout(self, expired: int) -> None:
        self._receiver.drop()

    # --- the file descriptor -----------------------------------------------------------------------------------------

    def _on_writable(self) -> None:
        assert self._loop is not None
        try:
            # One write for a frame: a pause of more than t1.5 within it would spoil it.
            done = os.write(self._fd, self._unsent)
        except BlockingIOError:
            done = 0
        except OSError as error:
            self._lose(error)
            return
        self._unsent = self._unsent[done:]
        if self._unsent:
            self._loop.add_writer(self._fd, self._on_writable)
        else:
            self._loop.remove_writer(self._fd)

    def _on_readable(self) -> None:
        try:
            data = os.read(self._fd, 512)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(error)
            return
        if not data:
            self._lose(OSError(errno.EIO, os.strerror(errno.EIO)))
            return
        now_us = monotonic_ns() // 1000
        self._heard_us = now_us
        job = next(iter(self.in_flight.values()), None)
        self._settle(self._receiver.feed(data, job, now_us), job, now_us)
        if self._receiver.pending and not self._silence_armed:
            assert self._loop is not None
            self._silence_armed = True
            self._loop.call_later(_SILENCE_S, self._on_silence)

    def _on_silence(self) -> None:
        self._silence_armed = False
        if not self._receiver.pending:
            return
        now_us = monotonic_ns() // 1000
        quiet_s = (now_us - self._heard_us) / 1e6
        if quiet_s < _SILENCE_S:
            assert self._loop is not None
            self._silence_armed = True
            self._loop.call_later(_SILENCE_S - quiet_s + 0.001, self._on_silence)
            return
        job = next(iter(self.in_flight.values()), None)
        self._settle(self._receiver.silence(job, now_us), job, now_us)

    def _settle(self, found: Found, job: Job | None, now_us: int) -> None:
        if found is Found.NOTHING or job is None:
            return
        # The next request leaves the line a gap of t3.5 first.
        self.bus_free_us = now_us + self.cost.gap_us
        if found is Found.REPLY:
            self.answered(job, self._receiver.frame, 3, now_us)
        elif found is Found.EXCEPTION:
            self.refused(job, self._receiver.frame[2], now_us)
        else:
            self.spoilt(job, now_us)
        self._pump(now_us)

    def _lose(self, error: OSError) -> None:
        self.problem = f"{self.port}: {error.strerror or error}"
        self._hang_up()
        self._down()
