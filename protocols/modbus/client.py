"""Modbus client engine: sends requests, finds the reply of each, times them out. No I/O and no clock of its own.

::

    def over(request): ...                          # request.status: DONE, an exception code, TIMEOUT or CANCELLED

    tcp = TcpClient(over, timeout=500, window=8)    # ticks of any one unit, here ms
    frame = tcp.send(request, now)                  # a memoryview to write; None: the window is full
    tcp.feed(data, len(data))                       # what the connection received, as it comes
    tcp.poll(now)                                   # now and then: time-outs
    tcp.close()                                     # the connection is gone: what was under way is CANCELLED

    rtu = RtuClient(over, baud=19200, timeout=200_000)      # ticks in us; one request at a time
    frame = rtu.send(request, now)                  # None: one is under way, or the line must stay silent a while yet
    rtu.feed(data, n, now)
    rtu.poll(now)                                   # at rtu.due_us or later: time-out, end of a broadcast

Requests are `protocols.modbus.request.Request`. The call-back may send the next one, the same one too; what the reply
holds is readable until it returns. A reply that answers nothing under way is dropped and counted, it never ends a
request: `late` (its request timed out), `duplicate` (TCP only), `foreign` (another unit, function or echo, or a
transaction never sent), `malformed` (lengths that the request doesn't have).

RTU replies carry no transaction: a reply that comes so late that an equal request is under way is taken for its own.
Give a serial line a time-out that its slowest unit keeps.
"""

from array import array

from protocols.modbus.codes import MAX_PDU
from protocols.modbus.crc import crc16
from protocols.modbus.registers import copy
from protocols.modbus.request import CANCELLED, DONE, FOREIGN, PENDING, TIMEOUT
from protocols.modbus.rtu import MAX_ADU, Timing
from protocols.modbus.tcp import HEADER
from protocols.modbus.tcp import MAX_ADU as MAX_TCP_ADU
from protocols.ticks import ticks_add, ticks_diff

_WRITES = (5, 6, 15, 16, 21, 22)


class _Client:
    """What both kinds count, and how a request ends."""

    def __init__(self, on_done, timeout):
        self.on_done = on_done
        self.timeout = timeout
        self.sent = 0
        self.answered = 0
        self.timeouts = 0
        self.late = 0
        self.duplicate = 0
        self.foreign = 0
        self.malformed = 0

    def _judge(self, request, unit, buf, at, n):
        # Return the status that a reply gives its request; a negative one is counted and ends nothing.
        status = request.judge(buf, at, n) if unit == request.unit else FOREIGN
        if status >= DONE:
            self.answered += 1
        elif status == FOREIGN:
            self.foreign += 1
        else:
            self.malformed += 1
        return status

    def _over(self, request, status):
        if status == TIMEOUT:
            self.timeouts += 1
        request.status = status
        self.on_done(request)


class TcpClient(_Client):
    """One connection, with up to ``window`` requests under way (a power of two; 1 for a device that takes no more).

    `in_flight`: how many are. `broken`: the stream isn't Modbus any more, close the connection.
    """

    def __init__(self, on_done, timeout, window=8):
        _Client.__init__(self, on_done, timeout)
        if window < 1 or window & (window - 1):
            raise ValueError("the window is a power of two")
        self.window = window
        self.in_flight = 0
        self.broken = False
        self._mask = window - 1
        self._slots = [None] * window
        self._past = array("i", [-1] * window)  # for each slot the last transaction over, times 2, + 1 if answered
        self._tid = 0
        self._rx = bytearray(MAX_TCP_ADU)
        self._n = 0

    def send(self, request, now, timeout=0):
        """Return the frame to write, a memoryview; None when the window is full. ``timeout`` 0: the client's own."""
        if self.in_flight == self.window or self.broken:
            return None
        slots = self._slots
        mask = self._mask
        tid = (self._tid + 1) & 0xFFFF
        while slots[tid & mask] is not None:
            tid = (tid + 1) & 0xFFFF
        self._tid = tid
        slots[tid & mask] = request
        self.in_flight += 1
        self.sent += 1
        request.set_tid(tid)
        request.deadline = ticks_add(now, timeout or self.timeout)
        request.status = PENDING
        return request.tcp

    def feed(self, buf, n, at=0):
        """Take the ``n`` bytes at ``buf[at:]``; calls back for each request that they end."""
        end = at + n
        while at < end and not self.broken:
            held = self._n
            if held:
                # A frame begun in an earlier piece: just its missing bytes are copied.
                rx = self._rx
                want = HEADER if held < HEADER else 6 + ((rx[4] << 8) | rx[5])
                take = min(want - held, end - at)
                copy(buf, at, take, rx, held)
                at += take
                self._n = held + take
                if self._n == want:
                    if want == HEADER:
                        self._sane(rx, 0)
                    else:
                        self._n = 0
                        self._match(rx, 0, want - HEADER)
                continue
            size = end - at
            if size >= HEADER:
                if not self._sane(buf, at):
                    return
                want = 6 + ((buf[at + 4] << 8) | buf[at + 5])
                if size >= want:
                    self._match(buf, at, want - HEADER)
                    at += want
                    continue
            copy(buf, at, size, self._rx, 0)
            self._n = size
            return

    def poll(self, now):
        """Call back for each request whose time is over at ``now``."""
        if not self.in_flight:
            return
        for slot in range(self.window):
            request = self._slots[slot]
            if request is not None and ticks_diff(now, request.deadline) >= 0:
                self._end(slot, request, TIMEOUT)

    def close(self):
        """Call back for each request under way, as CANCELLED, and be ready for a new connection."""
        self.broken = True  # so that a call-back can't send on what is gone
        for slot in range(self.window):
            request = self._slots[slot]
            if request is not None:
                self._end(slot, request, CANCELLED)
        self.broken = False
        self._n = 0

    def _sane(self, buf, at):
        length = (buf[at + 4] << 8) | buf[at + 5]
        if buf[at + 2] or buf[at + 3] or length < 3 or length > MAX_PDU + 1:
            self.malformed += 1
            self.broken = True
            return False
        return True

    def _match(self, buf, at, n):
        tid = (buf[at] << 8) | buf[at + 1]
        slot = tid & self._mask
        request = self._slots[slot]
        if request is None or request.tid != tid:
            past = self._past[slot]
            if past >> 1 != tid:
                self.foreign += 1
            elif past & 1:
                self.duplicate += 1
            else:
                self.late += 1
            return
        status = self._judge(request, buf[at + 6], buf, at + HEADER, n)
        if status >= DONE:
            self._end(slot, request, status)

    def _end(self, slot, request, status):
        self._slots[slot] = None
        self.in_flight -= 1
        self._past[slot] = (request.tid << 1) | (1 if status >= DONE else 0)
        self._over(request, status)


class RtuClient(_Client):
    """One serial line, of which this is the only client. Ticks in us.

    `busy`: the request under way, or None. `due_us`: when `poll` has something to do, if busy. A broadcast (unit 0, of
    functions that only write) is DONE when the turn-around time is over (Serial Line V1.02, 2.4.1: 100 to 200 ms).
    `crc_errors` counts damaged replies; their requests time out.
    """

    def __init__(self, on_done, baud, timeout, bits=10, turnaround_us=100000):
        _Client.__init__(self, on_done, timeout)
        self.timing = Timing(baud, bits)
        self.turnaround_us = turnaround_us
        self.busy = None
        self.due_us = 0
        self.crc_errors = 0
        self._rx = bytearray(MAX_ADU)
        self._n = 0
        self._deaf = False  # until the next silence: what came before it was no reply of ours
        self._quiet = 0  # when the silence after the last byte, sent or received, is over
        self._spoken = False

    def wait_us(self, now):
        """Return how long the line must stay silent before a request can be sent, in us."""
        if not self._spoken:
            return 0
        wait = ticks_diff(self._quiet, now)
        # Further ahead than a frame and a silence can be, the tick has wrapped: the line was idle for minutes.
        return wait if 0 < wait <= self.timing.chars_us(MAX_ADU) + self.timing.t35 else 0

    def send(self, request, now, timeout=0):
        """Return the frame to write, a memoryview; None when the line isn't free. ``timeout`` 0: the client's own.

        The time on the line is added to the time-out. Raises ValueError for a broadcast that would need an answer.
        """
        if self.busy is not None or self.wait_us(now):
            return None
        frame = request.rtu
        done = ticks_add(now, self.timing.chars_us(len(frame)))
        if request.unit:
            self.due_us = ticks_add(done, timeout or self.timeout)
        elif request.fc in _WRITES:
            self.due_us = ticks_add(done, self.turnaround_us)
        else:
            raise ValueError("a broadcast reads nothing")
        self._quiet = ticks_add(done, self.timing.t35)
        self._spoken = True
        self._n = 0
        self._deaf = False
        self.busy = request
        self.sent += 1
        request.deadline = self.due_us
        request.status = PENDING
        return frame

    def feed(self, buf, n, now, at=0):
        """Take the ``n`` bytes at ``buf[at:]``, the last of which arrived at ``now``; calls back when they end one."""
        if n < 1:
            return
        silent = not self._spoken or ticks_diff(now, self._quiet) >= self.timing.chars_us(n)
        self._quiet = ticks_add(now, self.timing.t35)
        self._spoken = True
        request = self.busy
        if request is None or not request.unit:
            if silent or not self._deaf:
                self.late += 1
            self._deaf = True
            return
        if silent and self._n:
            self.malformed += 1  # a reply that broke off
            self._n = 0
        if silent:
            self._deaf = False
        if self._deaf:
            return
        if self._n + n > MAX_ADU:
            self.malformed += 1
            self._drop()
            return
        copy(buf, at, n, self._rx, self._n)
        self._n += n
        self._match(request)

    def poll(self, now):
        """Call back if the request's time is over at ``now``."""
        request = self.busy
        if request is None or ticks_diff(now, self.due_us) < 0:
            return
        self.busy = None
        self._n = 0
        if request.unit:
            self._over(request, TIMEOUT)
        else:
            self.answered += 1
            self._over(request, DONE)

    def close(self):
        """Call back for the request under way, as CANCELLED: the port is gone."""
        request = self.busy
        self.busy = None
        self._n = 0
        self._spoken = False
        if request is not None:
            self._over(request, CANCELLED)

    def _drop(self):
        self._n = 0
        self._deaf = True

    def _match(self, request):
        rx = self._rx
        n = self._n
        if rx[0] != request.unit or (n > 1 and (rx[1] & 0x7F) != request.fc):
            self.foreign += 1
            self._drop()
            return
        size = request.reply_size(rx, 1, n - 1) + 3
        if size == 3 or n < size:
            return
        if size > MAX_ADU or crc16(rx, 0, size):
            self.crc_errors += 1
            self._drop()
            return
        self._drop()  # whatever comes before the next silence is nothing of ours
        if n > size:
            self.foreign += 1
        status = self._judge(request, rx[0], rx, 1, size - 3)
        if status >= DONE:
            self.busy = None
            self._over(request, status)


__all__ = ("RtuClient", "TcpClient")
