"""What every control program is: a pure `scan` over the process image, a state, and answers to commands.

A program does no I/O, takes no clock and allocates nothing in `scan`: the same file runs on a board, under CPython in
the tests, and on real MicroPython against the emulated plant. The runtime (`firmware.runtime`) gives it the image and
the time. Modes, links and the results of commands are those of `protocols.layout`.
"""

from drivers.blocks.timers import OnDelay
from protocols import layout
from protocols.port import const
from protocols.quality import STALE
from protocols.ticks import ticks_add, ticks_diff

_AGE_MAX = const(0x10000000)  # ms, 3.1 days: ages saturate here, well before ticks wrap
_SETTLE_MS = const(300)  # from the first sample of every input until its debounce is over; longer ones: see `heard`
_SILENT_MS = const(2500)  # an input without a sample for this long after power-up is judged as what it is: stale


class NoTrips:
    """Stands for the trip engine of a program without cause-and-effect rows."""

    active = 0
    latched = 0
    effects = 0
    first_out = 0
    first_out_ms = 0
    raised = 0
    cleared = 0


class Program:
    """Base of the control programs.

    ============  ======================================================================================
    table         the program's Table (`protocols.sheets.derive`)
    par           parameters as attributes, from the board's configuration
    events        ``events.emit(code, arg0, arg1)`` puts a line into the board's event ring
    state         one of the table's ST_ constants; change it with `go`
    substate      the program's own detail of the state (a reason, a step)
    trips         the trip engine
    missing       permissives not given, a bit each (ILK_MISSING)
    fault_bits    latched faults, warn_bits live warnings: 31 bits at most
    detail        set with the result that `command` returns, where one has a detail
    whitelist     ``token in whitelist``: the tokens that the board may admit by itself
    awaited       names of the qualities ("LB_P_Q") that must be there before `known` says so
    heard         on-delay from then until it does; a program with an input debounced for longer sets its preset
    ============  ======================================================================================
    """

    TABLE = None
    FIELD = None  # the devices of the board's own line: a class of `firmware.runtime.field.Devices`

    def __init__(self, table, par, events):
        self.table = table
        self.par = par
        self.events = events
        self.state = 0
        self.substate = 0
        self.since = 0
        self.trips = NoTrips()
        self.missing = 0
        self.fault_bits = 0
        self.warn_bits = 0
        self.detail = 0
        self.whitelist = ()
        self.awaited = ()
        self._known = 0
        self.heard = OnDelay(_SETTLE_MS)
        self.completed = layout.RES_NONE
        self.completed_detail = 0

    def start(self, io, now):
        """Called once, before the first scan, with the image at its boot values."""
        self.since = now
        self.safe(io)

    def scan(self, io, now):
        """One control cycle: read `io`, move the state machine, set the outputs in `io`. `now` is a tick in ms."""
        raise NotImplementedError

    def safe(self, io):
        """Put every output into its safe state: what the sheet says, unless a program knows better."""
        for attr, _bit, safe in self.table.DO:
            setattr(io, attr, safe)
        for row in self.table.AO:
            setattr(io, row[0], row[2])
        for row in self.table.BO:
            setattr(io, row[0], row[2])

    def command(self, code, a0, a1, a2, a3, io, now):
        """Answer a command with a result (layout.RES_); RES_ACCEPTED promises a later `complete`."""
        return layout.RES_BAD_ARGUMENT

    def quiet(self, io):
        """Whether the board may stop for the tens of milliseconds that a flash write takes: nothing moves that has to
        be stopped in time. By default whenever all switched outputs are as in the safe state."""
        for attr, _bit, safe in self.table.DO:
            if getattr(io, attr) != safe:
                return False
        return True

    # -- helpers for programs ------------------------------------------------------------------------------

    def go(self, state, now, substate=0):
        """Enter `state`: its age begins anew, and the change is an event. Staying where one is does nothing."""
        if state != self.state:
            self.events.emit(layout.EV_STATE, self.state, state)
            self.state = state
            self.since = now
        self.substate = substate

    def age(self, now):
        """Milliseconds since the state was entered; saturates at 3 days."""
        age = ticks_diff(now, self.since)
        if 0 <= age < _AGE_MAX:
            return age
        self.since = ticks_add(now, -_AGE_MAX)
        return _AGE_MAX

    def permit(self, bit, given):
        """Note whether the permissive `bit` is given."""
        if given:
            self.missing &= ~(1 << bit)
        else:
            self.missing |= 1 << bit

    def permitted(self, mask=-1):
        """Whether no permissive of `mask` (all by default) is missing."""
        return not self.missing & mask

    def refuse(self, missing):
        """RES_INTERLOCK for the mask `missing` (not 0), with the number of its lowest permissive as `detail`."""
        bit = 0
        while not missing >> bit & 1:
            bit += 1
        self.detail = bit
        return layout.RES_INTERLOCK

    def complete(self, result, detail=0):
        """End the accepted command: RES_DONE, or RES_FAILED with the fault as detail. The ack follows this scan."""
        self.completed = result
        self.completed_detail = detail

    def known(self, io, now):
        """Whether the plant's conditions are known after power-up: till then nothing is judged and nothing moves."""
        if not self._known:
            all_there = 1
            for name in self.awaited:
                if getattr(io, name) == STALE and self.fitted(name):
                    all_there = 0
            if self.heard(all_there, now) or self.age(now) >= _SILENT_MS:
                self._known = 1
        return self._known

    def fitted(self, name):
        """Whether the input behind a quality exists on this board."""
        return True

    def automatic(self, io):
        """Whether the program runs its sequence by itself."""
        return io.mode == layout.MODE_AUTO

    def by_hand(self, io):
        """Whether an operator moves the outputs: a mode that bypasses the sequence, never the interlocks (§0.2)."""
        return io.mode == layout.MODE_LOCAL or io.mode == layout.MODE_REMOTE

    def gateway(self, io):
        """Whether the gateway supervises this board. A beat that is only late is not yet a lost gateway."""
        return io.link == layout.LINK_OK or io.link == layout.LINK_LATE
