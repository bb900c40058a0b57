"""A half-duplex RS-485 line on a UART: sending returns at once, and the driver is let go when the last bit is out."""

import machine

from protocols.port import const

_BUFFER = const(512)


class Rs485:
    """8N1 at `baud`. `pins`: uart, tx, rx, driver_enable (see `firmware.boards`)."""

    def __init__(self, pins, baud):
        self._driver = machine.Pin(pins["driver_enable"], machine.Pin.OUT, value=0)
        self.uart = machine.UART(
            pins["uart"],
            baudrate=baud,
            bits=8,
            parity=None,
            stop=1,
            tx=machine.Pin(pins["tx"]),
            rx=machine.Pin(pins["rx"]),
            rxbuf=_BUFFER,
            txbuf=_BUFFER,
            timeout=0,
            timeout_char=0,
        )
        self.sending = False

    def receive(self, buf):
        """Bytes that have arrived into `buf`; how many. While the board sends it hears only itself: that's dropped."""
        n = min(self.uart.any(), len(buf))
        if not n:
            return 0
        n = self.uart.readinto(buf, n) or 0
        return 0 if self.sending else n

    def send(self, buf, n):
        """Send; `poll` ends it."""
        self._driver(1)
        self.sending = True
        self.uart.write(buf, n)  # type: ignore[call-arg]  # as every stream: no slice, so no heap

    def heard(self):
        """Whether bytes of somebody else wait."""
        return not self.sending and self.uart.any()

    def poll(self):
        """Let the driver go once everything is out. Returns whether the line is still ours."""
        if self.sending and self.uart.txdone():
            self._driver(0)
            self.sending = False
        return self.sending
