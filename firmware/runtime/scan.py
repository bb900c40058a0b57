"""The scan loop: read, condition, program, write, feed the watchdog, serve the wire until the next scan is due.

Deadline based: scan n+1 is due one period after scan n *was due*, so lateness doesn't add up; periods missed altogether
are counted and left out, never caught up. The watchdog is fed in one place, and only by a scan that ended within its
period on a board whose self-check holds. Everything slow (collecting garbage, storing records) has its place after the
outputs are written, one job a scan, and only while the program says that nothing moves.
"""

from array import array

from firmware.runtime.board import FAULT_OF_SELF_CHECK, FAULT_SELF_CHECK, WARN_STORAGE
from protocols import layout
from protocols.port import const
from protocols.ticks import ticks_add, ticks_diff

OVERRUN_EVENT_MS = const(10000)  # at most one EV_SCAN_OVERRUN in this time
_MAX_SCANS = const(0x3FFFFFFF)


class ScanLoop:
    """Runs a `firmware.runtime.board.Board`. `wake_us`: when `turn` must be called at the latest."""

    def __init__(self, board):
        self.board = board
        self.period_us = board.table.SCAN_MS * 1000
        self.due_us = board.hal.us()
        self.wake_us = self.due_us
        table = board.table
        self._outputs = tuple([row[0] for row in table.DO + table.AO])
        self._out = array("i", [0] * len(self._outputs))
        self._latching = 0
        for row in table.CAUSES:
            if row[3]:
                self._latching |= 1 << row[1]
        self._overrun_told = ticks_add(board.now, -OVERRUN_EVENT_MS)

    def run(self):
        """Until the HAL says that the board's life is over (an emulated board's link has ended)."""
        hal = self.board.hal
        while hal.alive:
            self.turn()
            hal.wait(self.wake_us)

    def turn(self):
        """Serve the wire, and scan if a scan is due. Never waits."""
        board = self.board
        hal = board.hal
        now_us = hal.us()
        board.wire.serve(now_us)
        field = board.field
        if field is not None:
            field.serve(now_us, hal.ms())
        if ticks_diff(now_us, self.due_us) >= 0:
            self.scan()
        wake = board.wire.due(self.due_us)
        self.wake_us = wake if field is None else field.due(now_us, hal.ms(), wake)

    def scan(self):
        """One control cycle."""
        board = self.board
        hal = board.hal
        io = board.io
        program = board.program
        hal.read(board.raw)
        now = hal.ms()
        if board.field is not None:
            board.field.sample(board.raw, now)
        board.now = now
        board.events.now = now
        board.events.state = program.state
        board.inputs.condition(board.raw, io, now)
        self._supervise(now)
        board.modes.scan()
        io.reset = 1 if board.actions.reset else 0
        program.scan(io, now)
        io.reset = 0
        board.actions.reset = False
        self._write()
        if board.field is not None:
            board.field.want(io, now)
        board.bank.fresh = False
        self._tell(now)
        self._finish(now)
        self._slack(now)

    def _supervise(self, now):
        board = self.board
        supervision = board.supervision
        before = board.io.link
        if supervision.scan(now):
            board.io.link = supervision.link
            board.events.emit(layout.EV_LINK, before, supervision.link)

    def _write(self):
        io = self.board.io
        out = self._out
        names = self._outputs
        for i in range(len(names)):
            out[i] = getattr(io, names[i])
        self.board.hal.write(out)

    def _tell(self, now):
        """Trips into the event ring (causes that latch; the others come and go with the traffic), acks that are due."""
        board = self.board
        program = board.program
        trips = program.trips
        news = trips.raised & self._latching
        if news:
            self._emit_bits(layout.EV_TRIP, news, trips.first_out)
        news = trips.cleared & self._latching
        if news:
            self._emit_bits(layout.EV_TRIP_CLEARED, news, 0)
        if program.completed:
            board.commands.finish(program.completed, program.completed_detail, now)
            program.completed = layout.RES_NONE

    def _emit_bits(self, code, bits, first_out):
        number = 1
        while bits:
            if bits & 1:
                self.board.events.emit(code, number, 1 if number == first_out else 0)
            bits >>= 1
            number += 1

    def _finish(self, now):
        """The scan's time, its deadline, the watchdog, the next scan's due time."""
        board = self.board
        took = ticks_diff(board.hal.us(), self.due_us)
        board.scans = board.scans + 1 & _MAX_SCANS
        if took > board.scan_max_us:
            board.scan_max_us = took
        self.due_us = ticks_add(self.due_us, self.period_us)
        if took <= self.period_us:
            if not board.faults & FAULT_SELF_CHECK:
                board.hal.feed()
            return
        board.overruns = board.overruns + 1 & 0xFFFF
        missed = took // self.period_us
        self.due_us = ticks_add(self.due_us, (missed - 1) * self.period_us)
        if ticks_diff(now, self._overrun_told) >= OVERRUN_EVENT_MS:
            self._overrun_told = now
            board.events.emit(layout.EV_SCAN_OVERRUN, took // 1000, board.overruns)

    # -- slack: after the outputs are written ------------------------------------------------------------------

    def _slack(self, now):
        board = self.board
        if board.clock.scan(now):
            self._each_second(now)
        if not board.program.quiet(board.io):
            return
        actions = board.actions
        if actions.commit:
            self._commit(now)
        elif board.whitelist.waits:
            self._store_whitelist()
        elif board.retained.due(now) or actions.reboot_due(now):
            self._store_retained(now)
        elif board.heap.due(now):
            board.heap.collect(now, board.field.devices.plans() if board.field is not None else 0)

    def _each_second(self, now):
        board = self.board
        io = board.io
        clock = board.clock
        io.time_high = clock.high
        io.time_low = clock.low
        io.time_q = clock.quality
        board.temperature = board.hal.temperature()
        board.supply = board.hal.supply()
        if board.config.scan(now):
            board.bank.show_config()
        if not board.config.intact() and not board.faults & FAULT_SELF_CHECK:
            board.faults |= FAULT_SELF_CHECK
            board.events.emit(layout.EV_FAULT, FAULT_OF_SELF_CHECK)

    def _commit(self, now):
        board = self.board
        board.actions.commit = False
        try:
            board.config.commit()
        except OSError:
            board.storage_failed()
            board.commands.finish(layout.RES_FAILED, 0, now)
            return
        board.warnings &= ~WARN_STORAGE
        board.config.apply(board.par)
        board.bank.show_config()
        board.events.emit(layout.EV_CONFIG, board.config.version, board.config.crc)
        board.commands.finish(layout.RES_DONE, board.config.crc, now)

    def _store_whitelist(self):
        board = self.board
        board.show_whitelist()
        try:
            board.whitelist.save()
        except OSError:
            board.whitelist.waits = False
            board.storage_failed()

    def _store_retained(self, now):
        board = self.board
        reboot = board.actions.reboot_due(now)
        try:
            board.retained.save(now)
        except OSError:
            board.storage_failed()
        if reboot:
            board.program.safe(board.io)
            self._write()
            board.hal.reset()
