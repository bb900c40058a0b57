"""A unit with a map of its own on a client's line: one block is read each period, one is written each period."""

from array import array

from drivers.modbus_station import BUSY, NOTHING, READ, WRITE, Station
from protocols.modbus.request import DONE, Request
from protocols.port import const
from protocols.quality import GOOD, STALE
from protocols.ticks import ticks_add, ticks_diff

_BUSY_MS = const(300)


class RegisterUnit(Station):
    """Reads ``read_count`` holding registers from ``read_at``, writes ``write_count`` from ``write_at`` (function 16).

    regs      what was read last; quality GOOD or STALE (older than ``stale_ms``); passes: +1 (mod 2**16) a reading
    Periodic writings take their turn with the reads; `now` lets one go first.

    out       what is to be written: filled by the program; writing: 1 writes it each period (and a heartbeat with it,
              where ``heartbeat`` is an index into `out` that is turned before each writing)
    refused   exception code of the last writing, 0 when it was taken; writes: how often it was (mod 2**16)
    plans     always 0: its map is fixed, and no memory is ever taken for it
    """

    plans = 0

    def __init__(
        self, address, read_at, read_count, write_at, write_count, period_ms, heartbeat=-1, stale_ms=5000, timeout_ms=0
    ):
        Station.__init__(self, address, timeout_ms)
        self.regs = array("H", [0] * read_count)
        self.out = array("H", [0] * write_count)
        self.quality = STALE
        self.passes = 0
        self.writing = 0
        self.refused = 0
        self.writes = 0
        self.period_ms = period_ms
        self.stale_ms = stale_ms
        self._read_at = read_at
        self._write_at = write_at
        self._heartbeat = heartbeat
        self._write = Request(address, 6 + 2 * write_count, self)
        self._due = 0
        self._write_due = 0
        self._read_on = 0
        self._begun = 0
        self._urgent = 0
        self._writes = 0  # 1: what `wants` said last is the writing
        self._patience = max(period_ms, stale_ms * 4 // 5 - period_ms)

    def now(self):
        """Write as soon as the line is free: `out` holds something that shouldn't wait for the period."""
        self._urgent = 1

    def wants(self, now):
        """Return NOTHING, READ or WRITE."""
        if not self._begun:
            self._begun = 1
            self._due = now
            self._write_due = now
        self._writes = 0
        late = ticks_diff(now, self._due)
        if self.writing and self.alive:
            overdue = ticks_diff(now, self._write_due)
            if self._urgent:
                self._writes = 1
                return WRITE
            if overdue >= 0 and overdue >= late:
                self._writes = 1
                late = overdue
        if late < 0:
            return NOTHING
        self.press(late, self._patience)
        return READ

    def make(self, now):
        """Return the request for what `wants` has just said."""
        if self._writes:
            self._urgent = 0
            if self._heartbeat >= 0:
                self.out[self._heartbeat] = (self.out[self._heartbeat] + 1) & 0x7FFF
            self._write_due = ticks_add(now, self.period_ms)
            return self._write.write_registers(self._write_at, self.out)
        self._due = ticks_add(now, self.period_ms)
        return self.short.read(3, self._read_at, len(self.regs))

    def done(self, request, now):
        """Take a reply or an exception."""
        if request.fc > 4:
            self.refused = request.status
            if request.status == DONE:
                self.writes = (self.writes + 1) & 0xFFFF
            elif request.status == BUSY:
                self._write_due = now
                self.hold(_BUSY_MS, now)
        elif request.status == DONE:
            request.registers(self.regs)
            self._read_on = now
            self.quality = GOOD
            self.passes = (self.passes + 1) & 0xFFFF

    def unanswered(self, request, now):
        """A writing got no answer: it carries all there is, so the next one repairs it."""
        self._write_due = now

    def tick(self, now):
        """Let what was read grow old."""
        if self.quality == GOOD and ticks_diff(now, self._read_on) > self.stale_ms:
            self.quality = STALE
