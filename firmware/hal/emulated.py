"""A board in the emulated world, which hands it inputs, time and serial bytes over `protocols.iolink`.

The link has one of two carriers: `firmware.hal.carrier.SocketCarrier` on MicroPython, a process for each board, or
`CallCarrier` under CPython, where firmware and world live in one process.
"""

from protocols import layout
from protocols.iolink import (
    STEP_FED,
    STEP_OUTPUTS,
    STEP_RESET,
    WELCOME,
    WORLD,
    WORLD_DOWN,
    BoardEnd,
    shape_of,
)
from protocols.port import const

WDT_MS = const(2000)
TX_BYTES = const(512)


class CallCarrier:
    """The link as a function: ``exchange(frame) -> frame``, which may raise OSError to end the board's life."""

    def __init__(self, exchange):
        self.exchange = exchange
        self.frame = b""

    def send(self, buf, n):
        """Hand over a frame; the answer is there at once."""
        self.frame = self.exchange(bytes(memoryview(buf)[:n]))

    def receive(self, sockets):
        """Length of the answer in `frame`."""
        return len(self.frame)


class EmulatedField:
    """The board's own line (`firmware.hal`): bytes come and go with the frames of the link."""

    def __init__(self, carrier, end):
        self.end_us = 0
        self.tx = bytearray(TX_BYTES)
        self.n_tx = 0
        self._carrier = carrier
        self._end = end
        self._left = 0

    def send(self, buf, n):
        """Bytes of the next STEP."""
        tx = self.tx
        at = self.n_tx
        for i in range(n):
            tx[at + i] = buf[i]
        self.n_tx = at + n

    def receive(self, buf):
        """Bytes of the world's last word."""
        n = self._left
        if n:
            self._left = 0
            frame = self._carrier.frame
            at = self._end.field_at
            for i in range(n):
                buf[i] = frame[at + i]
        return n

    def arrived(self):
        """A WORLD frame was decoded."""
        end = self._end
        self._left = end.field_n
        if end.field_n:
            self.end_us = end.field_end_us


class Emulated:
    """HAL of an emulated board. `carrier` as above, `store` its storage, `runtime` what executes it (bytes)."""

    exact_arrival = True

    def __init__(self, table, carrier, store, runtime, sockets=None, tcp_port=0):
        self.model = b"emulated, " + runtime
        self.store = store
        self.sockets = sockets
        self.alive = True
        self.reset_cause = 0
        self.rx_end_us = 0
        self.end = BoardEnd(shape_of(table))
        self.tx = bytearray(TX_BYTES)
        self.n_tx = 0
        self.field = EmulatedField(carrier, self.end) if table.FIELD else None
        self._table = table
        self._carrier = carrier
        self._runtime = runtime
        self._tcp_port = tcp_port
        self._flags = 0
        self._outputs = None
        self._samples = [layout.NO_SAMPLE] * self.end.shape.raw_len
        self._rx_left = 0
        self._waiting = False  # a STEP is out and not answered

    def open(self, dev_id):
        """Say HELLO and wait for the world's WELCOME. Raises OSError if it says something else."""
        end = self.end
        table = self._table
        n = end.hello(dev_id, table.PROGRAM.encode(), table.SHEET_CRC, self._runtime, WDT_MS, self._tcp_port)
        self._carrier.send(end.buf, n)
        n = self._carrier.receive(None)
        if end.decode(self._carrier.frame, n, self._samples) != WELCOME:
            raise OSError("no WELCOME from the world")
        self.reset_cause = end.reset_cause

    def open_field(self, baud):
        """The field line, or None. Its speed is the world's."""
        return self.field

    def ms(self):
        """The world's time in ms, as of its last word."""
        return self.end.now_ms

    def us(self):
        """The world's time in us."""
        return self.end.now_us

    def read(self, raw):
        """This scan's samples. What the world sent once is no fresh sample the next time."""
        samples = self._samples
        for i in range(len(samples)):  # behind them `raw` has what the field line brings
            raw[i] = samples[i]
            samples[i] = layout.NO_SAMPLE

    def write(self, out):
        """Outputs of the next STEP."""
        self._outputs = out
        self._flags |= STEP_OUTPUTS

    def feed(self):
        """Tell the world, which has the watchdog, in the next STEP."""
        self._flags |= STEP_FED

    def receive(self, buf):
        """Serial bytes of the world's last word."""
        n = self._rx_left
        if n:
            self._rx_left = 0
            frame = self._carrier.frame
            at = self.end.rx_at
            for i in range(n):
                buf[i] = frame[at + i]
        return n

    def send(self, buf, n):
        """Serial bytes of the next STEP."""
        tx = self.tx
        at = self.n_tx
        for i in range(n):
            tx[at + i] = buf[i]
        self.n_tx = at + n

    def wait(self, until_us):
        """Hand the turn to the world. Comes back early for serial bytes, and for a TCP request without its answer."""
        carrier = self._carrier
        end = self.end
        try:
            if not self._waiting:
                n = self._step(until_us)
                self._flags = 0
                self.n_tx = 0
                carrier.send(end.buf, n)
                self._waiting = True
            n = carrier.receive(self.sockets)
        except OSError:
            self.alive = False
            return
        if n:
            self._waiting = False
            if end.decode(carrier.frame, n, self._samples) != WORLD or end.flags & WORLD_DOWN:
                self.alive = False
                return
            self._rx_left = end.rx_n
            self.rx_end_us = end.rx_end_us
            if self.field:
                self.field.arrived()

    def _step(self, until_us):
        field = self.field
        end = self.end
        if field is None or not field.n_tx:
            return end.step(self._flags, until_us, self._outputs, self.tx, self.n_tx)
        n = end.step(self._flags, until_us, self._outputs, self.tx, self.n_tx, field.tx, field.n_tx)
        field.n_tx = 0
        return n

    def temperature(self):
        """Not measured."""
        return layout.NO_SAMPLE

    def supply(self):
        """Not measured."""
        return layout.NO_SAMPLE

    def reset(self):
        """Ask the world for a reset with the next STEP, which is the last."""
        while self._waiting and self.alive:
            self.wait(self.us())
        self._flags |= STEP_RESET
        self.wait(self.us())
        self.alive = False
