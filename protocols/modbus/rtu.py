"""Modbus RTU, the server's side of a serial line (MODBUS over Serial Line V1.02, clause 2.5.1).

::

    rtu = RtuServer(Server(bank), unit=17, baud=115200)
    rtu.feed(buf, n, now_us)        # n bytes arrived, the last of them at now_us
    if rtu.pending:                 # ask again at rtu.due_us, when the silence of 3.5 characters is over
        n = rtu.poll(now_us)        # rtu.tx[:n] is to be sent; 0: nothing is

Times are ticks in microseconds (`protocols.ticks`). A frame ends with a silence of T3.5; a silence between T1.5 and
T3.5 within a frame spoils it. Above 19,200 baud these are fixed, 750 and 1,750 us.
"""

from protocols.modbus.crc import crc16, seal
from protocols.modbus.registers import copy
from protocols.port import const
from protocols.ticks import ticks_add, ticks_diff

MAX_ADU = const(256)
_MIN_ADU = const(4)
_GAP = const(1)
_OVERRUN = const(2)


def t15_us(baud, bits=10):
    """Return the longest silence within a frame, in us; ``bits`` a character, 10 for 8N1 and 11 for 8E1."""
    return 750 if baud > 19200 else (15 * bits * 100000 + baud - 1) // baud


def t35_us(baud, bits=10):
    """Return the silence that ends a frame, in us."""
    return 1750 if baud > 19200 else (35 * bits * 100000 + baud - 1) // baud


class Timing:
    """The times of a line: `t15`, `t35` in us, and how long characters take."""

    def __init__(self, baud, bits=10):
        self.t15 = t15_us(baud, bits)
        self.t35 = t35_us(baud, bits)
        self._char_16 = bits * 16000000 // baud  # in 1/16 us: a frame's time stays in 31 bits

    def chars_us(self, n):
        """Return the time that ``n`` characters take on the line, in us (n below 6,000 at 1,200 baud)."""
        return (n * self._char_16) >> 4


class RtuServer:
    """One unit on one serial line.

    `pending`: a frame is under way, ask `poll` at tick `due_us`. `tx` holds the reply that `poll` returned the length
    of, until the next `poll`. Counters: `frames` (good ones for this unit, broadcasts too), `crc_errors`, `short`
    (under 4 bytes), `overruns` (over 256), `gaps` (T1.5 broken), `other_unit`, `late` (good requests overtaken by the
    next frame before they were polled: not executed, since an answer would collide).

    ``check_t15`` is for a caller that knows when bytes arrived (the I/O link does). A UART whose buffer is read once in
    a while doesn't; there it's off, and a broken frame falls to its CRC.
    """

    def __init__(self, server, unit, baud, bits=10, check_t15=True):
        self.server = server
        self.unit = unit
        self.timing = Timing(baud, bits)
        self.check_t15 = check_t15
        self.tx = bytearray(MAX_ADU)
        self.pending = False
        self.due_us = 0
        self.frames = 0
        self.crc_errors = 0
        self.short = 0
        self.overruns = 0
        self.gaps = 0
        self.other_unit = 0
        self.late = 0
        self._rx = bytearray(MAX_ADU)
        self._n = 0
        self._spoilt = 0

    @property
    def exceptions(self):
        """Exception replies of the server, on all of its lines."""
        return self.server.exceptions

    def feed(self, buf, n, now_us, at=0):
        """Take the ``n`` bytes at ``buf[at:]``, the last of which arrived at tick ``now_us``."""
        if n < 1:
            return
        timing = self.timing
        if self.pending:
            # due_us is the last byte's time and T3.5; what counts is the silence before this piece's first byte.
            silence = ticks_diff(now_us, self.due_us) + timing.t35 - timing.chars_us(n)
            if silence >= timing.t35:
                self._end(True)
            elif silence > timing.t15 and self.check_t15:
                self._spoilt = self._spoilt or _GAP
        if self._n + n > MAX_ADU:
            self._spoilt = _OVERRUN
        else:
            copy(buf, at, n, self._rx, self._n)
            self._n += n
        self.pending = True
        self.due_us = ticks_add(now_us, timing.t35)

    def poll(self, now_us):
        """Execute the frame if its silence is over at ``now_us``; return the length of its reply in `tx`, or 0."""
        if not self.pending or ticks_diff(now_us, self.due_us) < 0:
            return 0
        return self._end(False)

    def _end(self, overtaken):
        n = self._n
        self._n = 0
        self.pending = False
        if self._spoilt:
            if self._spoilt == _OVERRUN:
                self.overruns += 1
            else:
                self.gaps += 1
            self._spoilt = 0
            return 0
        return self.answer(self._rx, n, overtaken)

    def answer(self, frame, n, overtaken=False):
        """Execute a whole frame, the first ``n`` bytes of ``frame``; return the length of its reply in `tx`, or 0.

        For a caller that knows where frames end; ``overtaken``: only a broadcast is still executed.
        """
        if n < _MIN_ADU:
            self.short += 1
            return 0
        if crc16(frame, 0, n):
            self.crc_errors += 1
            return 0
        tx = self.tx
        unit = frame[0]
        if unit != self.unit:
            if unit:
                self.other_unit += 1
                return 0
            self.frames += 1
            return self.server.handle(frame, n - 3, tx, True, 1, 1)
        if overtaken:
            self.late += 1
            return 0
        self.frames += 1
        n = self.server.handle(frame, n - 3, tx, False, 1, 1)
        if n == 0:
            return 0
        tx[0] = unit
        return seal(tx, 0, n + 1)
