"""The Modbus server of a board, on RTU and TCP at once, over one bank.

Nothing here waits: bytes are taken as the HAL has them, and a frame is answered when its silence is over, which `due`
tells the scan loop. A slow or garbled master costs the time of copying its bytes.
"""

from protocols.modbus.rtu import RtuServer
from protocols.modbus.server import Server
from protocols.modbus.tcp import TcpServer
from protocols.port import const
from protocols.ticks import ticks_diff

RX_BYTES = const(512)


class Wire:
    """RTU on the HAL's serial line, TCP on its sockets (`hal.sockets`, or None)."""

    def __init__(self, bank, hal, unit, baud):
        self.hal = hal
        self.server = Server(bank)
        self.rtu = RtuServer(self.server, unit, baud, check_t15=hal.exact_arrival)
        self.rx = bytearray(RX_BYTES)
        slots = hal.sockets.slots if hal.sockets else 0
        self.tcp = [TcpServer(self.server, unit) for _ in range(slots)]

    def serve(self, now_us):
        """Take what has arrived and answer what is complete at `now_us`."""
        hal = self.hal
        rtu = self.rtu
        n = hal.receive(self.rx)
        if n:
            rtu.feed(self.rx, n, hal.rx_end_us)
        if rtu.pending and ticks_diff(now_us, rtu.due_us) >= 0:
            n = rtu.poll(now_us)
            if n:
                hal.send(rtu.tx, n)
        if hal.sockets:
            hal.sockets.serve(self.tcp)

    def due(self, wake_us):
        """The tick at which the board must look again: `wake_us`, or earlier for a frame on the line."""
        rtu = self.rtu
        if rtu.pending and ticks_diff(rtu.due_us, wake_us) < 0:
            return rtu.due_us
        return wake_us
