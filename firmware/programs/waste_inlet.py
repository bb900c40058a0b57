"""One waste inlet group: discharge valves one at a time, hatches, locks, levels (domain brief §1b, §1c).

Each scan runs in one order: the board is judged (`inlet_base`), the cycle of the valve that moves takes its step, the
outputs follow. The cycle is the board's own, CLOSED - OPENING - OPEN - CLOSING - CLOSED: a gateway that dies during a
discharge changes nothing about its end (P13). Above it stands the maximum-open timer in each valve's driver.

Nothing moves by itself after power-up or a reset: a valve opens for a new order or a pressed button, never for an old
one.
"""

from drivers.blocks.edges import RisingEdge
from firmware.programs.inlet_base import BOTH_SWITCHES, NOT_CLOSED, NOT_OPEN, YO
from firmware.programs.inlet_commands import InletCommands
from firmware.programs.inlet_hatches import VALVES, names
from protocols import layout
from protocols.port import const
from protocols.ticks import ticks_diff

PULSE = const(1)  # `kind`: an ordered discharge, or a hand on a button
JOG = const(2)

PULSES = names("PULSES")
BUTTON = names("JOG")
_ABORT = const(16)  # of the sheet
_COUNT = const(0x3FFFFFFF)


class WasteInlet(InletCommands):
    """The program of one inlet board.

    active   the valve that moves, 1..4; 0: none. kind: why it moves
    """

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.kind = 0
        self._open_at = 0
        self._failed = 0  # ACK_DETAIL of a failure, once there is one
        self._stop_told = 0
        self._pressed = RisingEdge(1)
        self._button = 0
        self._no_open = table.EF_ALL_SHUT | table.EF_NETWORK_STOP

    def scan(self, io, now):
        """One control cycle."""
        if not self.known(io, now):
            self.safe(io)
            return
        self.judge(io, now)
        self._hands(io, now)
        self._begin(io, now)
        if self.active:
            self._step(io, now)
        self._drive(io, now)
        self._rest(io, now)
        self._publish(io, now)

    def safe(self, io):
        """Valves de-energised, hatches locked, inlet loop open."""
        super().safe(io)
        for valve in self.valves:
            valve.close()

    def quiet(self, io):
        """Whether a flash write may come between: every valve is proven closed."""
        return not self.active and not self.order and self.all_closed

    # -- hands -----------------------------------------------------------------------------------------------

    def _hands(self, io, now):
        """One button, or a jog command that is renewed in time; `jog` is the valve that somebody holds open."""
        mode = io.mode
        button = 0
        pressed = 0
        for k in range(self.par.valves):
            if getattr(io, BUTTON[k]):
                pressed += 1
                button = k + 1
        if pressed != 1:
            button = 0
        # A button held through power-up, a change of mode, a trip or the timer must be let go and pressed anew.
        fresh = self._pressed(button)
        local = mode == layout.MODE_LOCAL or mode == layout.MODE_MAINT
        if self._button and (button != self._button or not local):
            self._button = self.jog = 0
        by_hand = mode == layout.MODE_MAINT or self.by_hand(io)
        if self.jog and (not by_hand or ticks_diff(now, self.jog_at) >= self.par.jog_dead_ms):
            self.jog = 0
        if fresh and local and not self.active and not self.order and not self.lacking(button, self.table.PM_JOG):
            self._button = button
            self.jog = button
        if self._button:
            self.jog_at = now

    # -- the cycle -------------------------------------------------------------------------------------------

    def _begin(self, io, now):
        if self.active:
            return
        table = self.table
        index = 0
        if self.order:
            index = self.order
            self.order = 0
            self.kind = PULSE
            if self.cut or self._forbidden(index, table.PM_DISCHARGE, io):
                self._settle(layout.RES_FAILED, self._culprit())
                index = 0
        elif self.jog:
            index = self.jog
            self.kind = JOG
            if self._forbidden(index, table.PM_JOG, io):
                self.jog = self._button = 0
                index = 0
        self.cut = 0
        if index:
            self.active = index
            self._failed = 0
            self.valves[index - 1].open()
            self.go(table.ST_OPENING, now, index)

    def _forbidden(self, index, mask, io):
        table = self.table
        if io.mode == layout.MODE_OFF or self.stopped:
            return 1
        if self.trips.effects & (self._no_open | table.EF_NO_DV | self.dv_shut[index - 1]):
            return 1
        return 1 if self.lacking(index, mask) else 0

    def _step(self, io, now):
        table = self.table
        valve = self.valves[self.active - 1]
        if self.state != table.ST_CLOSING:
            if valve.not_open or valve.both:
                self._failed = NOT_OPEN if valve.not_open else BOTH_SWITCHES
                self._close(valve, now)
            elif self._must_close(io):
                self._failed = self._culprit()
                self.events.emit(table.EV_DV_ABORTED, self.active, self._failed - _ABORT)
                self._close(valve, now)
            elif valve.expired:
                self._max_open(valve, now)
            elif self.state == table.ST_OPENING:
                if valve.opened:
                    self._open_at = now
                    self.events.emit(table.EV_DV_OPENED, self.active, valve.open_travel)
                    self.go(table.ST_OPEN, now, self.active)
                elif self._released():
                    self._close(valve, now)
            elif self._released() or (self.kind == PULSE and ticks_diff(now, self._open_at) >= self.pulse_ms):
                self._close(valve, now)
        elif valve.closed:
            self._closed(valve, io, now)
        elif valve.not_closed:
            self._failed = NOT_CLOSED
            self._end(now)

    def _must_close(self, io):
        return (
            self.trips.effects & (self._no_open | self.dv_shut[self.active - 1])
            or io.mode == layout.MODE_OFF
            or (io.mode == layout.MODE_MAINT and self.kind == PULSE)
            or self.stopped
        )

    def _released(self):
        """Whether who holds the valve open has let go: a hand, or DV_CLOSE."""
        return self.cut or (self.kind == JOG and not self.jog)

    def _close(self, valve, now):
        valve.close()
        self.cut = 0
        self.jog = self._button = 0
        self.go(self.table.ST_CLOSING, now, self.active)

    def _max_open(self, valve, now):
        self.events.emit(self.table.EV_MAX_OPEN, self.active, valve.energised_ms)
        self._close(valve, now)

    def _closed(self, valve, io, now):
        table = self.table
        self.events.emit(table.EV_DV_CLOSED, self.active, valve.close_travel)
        io.PULSE_MS = valve.energised_ms
        if self.kind == PULSE:
            name = PULSES[self.active - 1]
            setattr(io, name, getattr(io, name) + 1 & _COUNT)
            self.events.emit(table.EV_DISCHARGED, self.active, valve.energised_ms)
        self._end(now)

    def _end(self, now):
        valve = self.valves[self.active - 1]
        if self._failed:
            self._settle(layout.RES_FAILED, self._failed)
        else:
            self._settle(layout.RES_DONE, valve.energised_ms)
        self.active = 0
        self.kind = 0

    def _culprit(self):
        """ABORT + the first standing cause that works against valves, or ABORT when it was a command or the mode."""
        table = self.table
        against = self._no_open | table.EF_NO_DV | table.EF_NO_NEW
        for k in range(VALVES):
            against |= self.dv_shut[k]
        standing = self.trips.active | self.trips.latched
        for row in table.CAUSES:
            if standing & 1 << row[1] and row[5] & against:
                return _ABORT + row[1] + 1
        return _ABORT

    def _settle(self, result, detail):
        if self.pending:
            self.pending = 0
            self.complete(result, detail)

    # -- outputs ---------------------------------------------------------------------------------------------

    def _drive(self, io, now):
        effects = self.trips.effects
        for k in range(VALVES):
            valve = self.valves[k]
            # Whatever the cycle thinks: only its own valve may be energised, and never against a cause.
            if k + 1 != self.active or effects & (self._no_open | self.dv_shut[k]):
                valve.close()
            valve.drive(now)
            setattr(io, YO[k], valve.y)

    def _rest(self, io, now):
        """The state while no valve moves."""
        if self.active:
            return
        table = self.table
        if io.mode == layout.MODE_MAINT:
            self.go(table.ST_MAINT, now)
        elif io.mode == layout.MODE_OFF or self.stopped:
            self.go(table.ST_OFF, now)
        elif self.trips.latched & ~(1 << table.CAUSE_POWER):
            self.go(table.ST_FAULT, now)
        elif self.all_closed:
            self.go(table.ST_CLOSED, now)

    def _publish(self, io, now):
        table = self.table
        effects = self.trips.effects
        idle = io.mode == layout.MODE_OFF or io.mode == layout.MODE_MAINT
        moving = 1 << self.active - 1 if self.active else 0
        self.hatches.lock(io, self.par, self.closed & ~moving, idle or effects & self._no_open)
        stop = 1 if effects & table.EF_NETWORK_STOP else 0
        io.YOK = 1 - stop
        io.NETWORK_STOP = stop
        if stop != self._stop_told:
            self._stop_told = stop
            self.events.emit(table.EV_NETWORK_STOP, stop, self.trips.first_out)
        io.ACTIVE = self.active
        io.TOKEN = self.token
        io.PULSE_LEFT = self._left(now)
        self.show(io)

    def _left(self, now):
        """Longest time until the valve that moves is closed again, 0.1 s."""
        if not self.active:
            return 0
        par = self.par
        valve = self.valves[self.active - 1]
        left = par.close_travel_ms
        if valve.y:
            left += max(0, par.max_open_ms - valve.energised_ms)
            if self.kind == PULSE and self.state == self.table.ST_OPEN:
                pulse = max(0, self.pulse_ms - ticks_diff(now, self._open_at)) + par.close_travel_ms
                left = min(left, pulse)
        return (left + 99) // 100
