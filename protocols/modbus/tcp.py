"""Modbus TCP, the server's side of a connection (MODBUS Messaging on TCP/IP V1.0b, clause 3).

::

    tcp = TcpServer(Server(bank), unit=17)
    n = tcp.feed(buf, n)            # bytes as they come: several requests, half a one
    while n:
        send(tcp.tx, n)
        n = tcp.feed(buf, 0)        # requests that found no room for their reply in tx
    if tcp.broken:                  # not Modbus: close the connection
"""

from protocols.modbus.codes import MAX_PDU
from protocols.modbus.registers import copy
from protocols.port import const

HEADER = const(7)
"""Bytes of the MBAP header: transaction, protocol (0), length, unit."""
MAX_ADU = const(260)
ANY_UNIT = const(0xFF)


class TcpServer:
    """One connection. A request for `unit`, for 0 or for 255 ("not significant", 4.4.1.2) is answered, others aren't.

    `tx` holds the replies that `feed` returned the length of, until the next `feed`. `room` is how many bytes the next
    `feed` takes. `broken`: the stream carried another protocol or an impossible length, so where a request begins is
    no longer known; nothing is executed from then on. Counters: `frames` (for this unit), `other_unit`, `malformed`.
    """

    def __init__(self, server, unit, replies=4):
        self.server = server
        self.unit = unit
        self.tx = bytearray(MAX_ADU * replies)
        self.frames = 0
        self.other_unit = 0
        self.malformed = 0
        self.broken = False
        self._rx = bytearray(2 * MAX_ADU)
        self._n = 0

    @property
    def exceptions(self):
        """Exception replies of the server, on all of its lines."""
        return self.server.exceptions

    @property
    def room(self):
        """Bytes that the next `feed` can take."""
        return len(self._rx) - self._n

    def reset(self):
        """Forget what is half read, for the next connection; the counters stay."""
        self._n = 0
        self.broken = False

    def feed(self, buf, n, at=0):
        """Take the ``n`` bytes at ``buf[at:]`` (at most `room`); return the length of the replies in `tx`."""
        if self.broken:
            return 0
        rx = self._rx
        if n > 0:
            if not copy(buf, at, n, rx, self._n):
                return self._break()
            self._n += n
        end = self._n
        tx = self.tx
        room = len(tx) - MAX_ADU
        used = 0
        at = 0
        while end - at >= HEADER and used <= room:
            length = (rx[at + 4] << 8) | rx[at + 5]  # of what follows it: the unit and the PDU
            if rx[at + 2] or rx[at + 3] or length < 2 or length > MAX_PDU + 1:
                self._break()
                return used
            if end - at < length + 6:
                break
            used += self._answer(at, length - 1, used)
            at += length + 6
        if at:
            # What is left moves to the front, in pieces that don't overlap (copy's condition).
            to = 0
            while at < end:
                piece = min(at - to, end - at)
                copy(rx, at, piece, rx, to)
                at += piece
                to += piece
            self._n = to
        return used

    def _answer(self, at, n, to):
        rx = self._rx
        unit = rx[at + 6]
        if unit != self.unit and unit != 0 and unit != ANY_UNIT:
            self.other_unit += 1
            return 0
        self.frames += 1
        tx = self.tx
        n = self.server.handle(rx, n, tx, False, at + HEADER, to + HEADER)
        if n == 0:
            return 0
        copy(rx, at, HEADER, tx, to)
        tx[to + 4] = 0
        tx[to + 5] = n + 1
        return n + HEADER

    def _break(self):
        self.malformed += 1
        self.broken = True
        self._n = 0
        return 0
