"""The board's own line, on which it is the client of several devices; nothing here ever waits for one.

Between two scans the line is served like the gateway's: bytes are taken as the HAL has them, and the next request goes
out when the line is free. At a scan the devices' values become samples of the sheet's bus inputs (`BI` with a
register), and what the program wants (`BO`) becomes their set-points. A device that is silent costs the others nothing
but the time of its requests; the line (`drivers.modbus_line`) sees to that.
"""

from protocols.layout import NO_SAMPLE
from protocols.port import const
from protocols.ticks import ticks_add, ticks_diff

RX_BYTES = const(512)


class Devices:
    """Base of a program's devices: made with the table, the parameters and the events of its board.

    line   the `drivers.modbus_line.ModbusLine` with their stations
    baud   its speed
    """

    def __init__(self, table, par, events):
        self.table = table
        self.par = par
        self.events = events
        self.line = None
        self.baud = 115200

    def sample(self, raw, at, now):
        """Put what is new at ``raw[at:]``, in the order of `table.FIELD`; what isn't touched stands as it was.

        A value stands until it is older than its row in `table.BI` allows; then it is layout.NO_SAMPLE. BAD_SAMPLE says
        that the device answered, and has no such value.
        """
        raise NotImplementedError

    def want(self, io, now):
        """Take the set-points from the image (`table.BO`)."""
        raise NotImplementedError

    def plans(self):
        """How often memory was taken for good, because a device came to be known or came back as another one."""
        return 0


class Group:
    """A device's values on the image: `first` of them from the first field row on, `n` in all, alive for `stale_ms`."""

    def __init__(self, first, n, stale_ms):
        self.first = first
        self.n = n
        self.stale_ms = stale_ms
        self.at = 0
        self.there = 0

    def expire(self, raw, at, now):
        """Take back what is too old."""
        if self.there and ticks_diff(now, self.at) > self.stale_ms:
            self.there = 0
            for i in range(self.n):
                raw[at + self.first + i] = NO_SAMPLE


class Field:
    """Serves `devices` on the HAL's `port`; ``raw[at:]`` is where their samples stand."""

    def __init__(self, port, devices, at):
        self.port = port
        self.devices = devices
        self.line = devices.line
        self.rx = bytearray(RX_BYTES)
        self._at = at

    def serve(self, now_us, now):
        """Take what has arrived; send what may be sent."""
        port = self.port
        line = self.line
        n = port.receive(self.rx)
        if n:
            line.feed(self.rx, n, port.end_us, now)
        frame = line.poll(now_us, now)
        if frame is not None:
            port.send(frame, len(frame))

    def due(self, now_us, now, wake_us):
        """The tick at which the board must look again: `wake_us`, or earlier for the line."""
        at = ticks_add(now_us, self.line.wait_us(now_us, now))
        return at if ticks_diff(at, wake_us) < 0 else wake_us

    def sample(self, raw, now):
        """At the beginning of a scan."""
        self.devices.sample(raw, self._at, now)

    def want(self, io, now):
        """At the end of a scan."""
        self.devices.want(io, now)
