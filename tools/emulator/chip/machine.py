"""``machine`` of an emulated board: what the unix port's own has, and the parts of RP2040 and ESP32 that a HAL opens.

Pins read as unconnected, converters as half of their range, and nothing arrives on the serial ports: enough for a
board's firmware to start and to scan with safe outputs. It runs on MicroPython's unix port.
"""

import io
import socket
import sys

from umachine import *  # noqa: F403

PWRON_RESET = 1
HARD_RESET = 2
WDT_RESET = 3
DEEPSLEEP_RESET = 4
SOFT_RESET = 5

RESET_EXIT = 66
"""How the supervisor of the emulated board knows a reset from an end."""

_MP_STREAM_GET_FILENO = 10


def reset() -> None:
    """Start again as after power-on."""
    sys.exit(RESET_EXIT)


def reset_cause() -> int:
    """Return why the board started: always power."""
    return PWRON_RESET


def unique_id() -> bytes:
    """Return this chip's number."""
    return b"emulated"


def freq(hertz: int = 125_000_000) -> int:
    """Return the processor's clock (Hz)."""
    return hertz


class Pin:
    """A digital pin; an output keeps its level, an input reads its pull."""

    IN, OUT, OPEN_DRAIN = 0, 1, 2
    PULL_UP, PULL_DOWN = 1, 2
    IRQ_RISING, IRQ_FALLING = 1, 2

    def __init__(self, number: object, mode: int = -1, pull: "int | None" = -1, value: "int | None" = None) -> None:
        self.number = number
        self.init(mode, pull, value)

    def init(self, mode: int = -1, pull: "int | None" = -1, value: "int | None" = None) -> None:
        """Set mode, pull and level."""
        self.level = (1 if pull == self.PULL_UP else 0) if value is None else value

    def value(self, level: "int | None" = None) -> "int | None":
        """Return the level, or set it."""
        if level is None:
            return self.level
        self.level = 1 if level else 0
        return None

    __call__ = value

    def on(self) -> None:
        """Set the level to 1."""
        self.level = 1

    def off(self) -> None:
        """Set the level to 0."""
        self.level = 0

    def irq(self, handler: object = None, trigger: int = 3, hard: bool = False) -> None:
        """Take a handler that no edge will call."""


class ADC:
    """A converter that reads half of its range."""

    ATTN_0DB, ATTN_2_5DB, ATTN_6DB, ATTN_11DB = 0, 1, 2, 3
    CORE_TEMP = 4

    def __init__(self, source: object, atten: int = 0) -> None:
        self.source = source

    def read_u16(self) -> int:
        """Return 0..65535."""
        return 0x8000

    def read_uv(self) -> int:
        """Return microvolts."""
        return 1_650_000


class PWM:
    """A pulse output."""

    def __init__(self, pin: Pin, freq: int = 0, duty_u16: int = 0) -> None:
        self.pin = pin
        self.duty = duty_u16

    def freq(self, hertz: int = 0) -> None:
        """Take the frequency."""

    def duty_u16(self, duty: int = 0) -> None:
        """Take the duty, 0..65535."""
        self.duty = duty

    def deinit(self) -> None:
        """Stop."""


class UART(io.IOBase):
    """A serial port with nobody at the other end."""

    INV_TX, INV_RX, RTS, CTS = 1, 2, 2, 1
    IRQ_RXIDLE = 0x40

    def __init__(self, number: int, baudrate: int = 9600, **settings: object) -> None:
        self.number = number
        self._silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def init(self, baudrate: int = 9600, **settings: object) -> None:
        """Take the settings."""

    def any(self) -> int:
        """Return how many bytes wait."""
        return 0

    def readinto(self, buffer: object, count: int = 0) -> None:
        """Read nothing."""

    def read(self, count: int = -1) -> None:
        """Read nothing."""

    def write(self, data: object, count: int = -1) -> int:
        """Send into the void; returns how many bytes."""
        return count if count >= 0 else len(data)  # type: ignore[arg-type]

    def txdone(self) -> bool:
        """Return whether all is sent."""
        return True

    def flush(self) -> None:
        """All is sent."""

    def irq(self, handler: object = None, trigger: int = 0, hard: bool = False) -> None:
        """Take a handler that no byte will call."""

    def ioctl(self, request: int, argument: int) -> int:
        """Lend select.poll the descriptor of the silent end: it waits on that, and calls no Python while it waits.

        A Ctrl-C in an ioctl written in Python would be taken for an error of the stream, and be gone.
        """
        return self._silent.fileno() if request == _MP_STREAM_GET_FILENO else -1


class WDT:
    """A watchdog that does not bite: the emulated world has that one."""

    def __init__(self, number: int = 0, timeout: int = 5000) -> None:
        self.timeout = timeout

    def feed(self) -> None:
        """Be content."""
