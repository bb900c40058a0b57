"""The waste station: exhausters, branches, diverter, containers (domain brief §1b to §1d).

The collection sequence is the gateway's. The board's own states are those that must not depend on one: a ladder that
starts, vacuum, one branch that conveys, a purge that brings waste home, a stop. Each scan runs in one order: judge
(`station_base`), take the state that something forces, take the present state's step, then the outputs.

What ends a run is always the same way: PURGE while anything is in flight in the branch that is open, then STOPPING.
Only a trip skips the purge. Nothing starts by itself: not after power-up, not after a reset, not when a gateway comes
back.
"""

from firmware.programs import station_speed as speeds
from firmware.programs.station_commands import COMMAND, LINK, STOP_NOW
from firmware.programs.station_outputs import StationOutputs
from protocols import layout
from protocols.port import const
from protocols.ticks import ticks_diff

CONTAINER = const(3)  # PURGE_REASONS of the sheet, after COMMAND and LINK
FANS = const(4)
FILTER = const(5)
COMPACTOR = const(6)
MODE = const(7)
TOO_LONG = const(8)


class WasteStation(StationOutputs):
    """The program of the station."""

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self._opened_at = 0  # tick at which the air-inlet valve was proven open
        self._blown = 0  # ms of fast air in this purge
        self._vacuum_told = 0
        self._now = 0
        self._steps = (
            self._off,
            self._idle,
            self._starting,
            self._vacuum,
            self._conveying,
            self._purging,
            self._stopping,
            self._tripped,
            self._maint,
        )

    def scan(self, io, now):
        """One control cycle."""
        if not self.known(io, now):
            self.safe(io)
            return
        self._now = now
        self.judge(io, now)
        self.tell(io)
        self._force(io, now)
        self._steps[self.state](io, now)
        self.hands(io, now)
        self.drive(io, now)
        self.publish(io)

    def safe(self, io):
        """All outputs off: valves shut by their springs, diverter and sectioning valves stay where they are."""
        super().safe(io)
        self.branches.release()
        self.fans.stop()
        self.diverter.stop()
        self.compactor.stop()

    def quiet(self, io):
        """Whether a flash write may come between: nothing runs or moves."""
        return not (self.fans.wanted or self.branches.wanted or self.diverter.target or self.compactor.run or self.jog)

    # -- what forces a state ---------------------------------------------------------------------------------

    def _force(self, io, now):
        table = self.table
        state = self.state
        if io.mode == layout.MODE_MAINT:
            wanted = table.ST_MAINT
        elif self.trips.effects & table.EF_FANS_OFF:
            wanted = table.ST_TRIPPED
        elif io.mode == layout.MODE_OFF:
            wanted = table.ST_OFF
        elif state == table.ST_MAINT or state == table.ST_TRIPPED or state == table.ST_OFF:
            wanted = table.ST_OFF if self.stopped else table.ST_IDLE
        else:
            wanted = state
        if wanted != state:
            self._halt()
            if wanted == table.ST_OFF or wanted == table.ST_MAINT:
                self.compactor.stop()
            self.fail()
            if wanted == table.ST_TRIPPED:
                self.events.emit(table.EV_CALL, self.trips.first_out)
            self.go(wanted, now)
        why = self._must_end(io)
        if why == STOP_NOW:
            self.asked = 0
            self._begin_stop(now)
        elif why:
            self._end_run(why, now)

    def _halt(self):
        self.branches.release()
        self.fans.stop()
        self.diverter.stop()
        self.asked = 0
        self.jog = 0

    def _must_end(self, io):
        """PURGE_REASONS of what ends a run that is under way, STOP_NOW, or 0 for nothing."""
        table = self.table
        state = self.state
        if state < table.ST_STARTING or state > table.ST_PURGE:
            return 0
        why = 0
        if self.asked == STOP_NOW:
            why = STOP_NOW
        elif self.asked == table.CMD_FANS_STOP:
            why = COMMAND
        elif io.link == layout.LINK_SAFE or io.link == layout.LINK_NEVER:
            why = LINK
        elif io.mode == layout.MODE_LOCAL:
            why = MODE
        elif self.trips.effects & table.EF_PURGE_STOP:
            standing = self.trips.active | self.trips.latched
            if standing & 1 << table.CAUSE_FANS_FEW:
                why = FANS
            elif standing & 1 << table.CAUSE_FILTER_HIGH:
                why = FILTER
            else:
                why = COMPACTOR if standing & 1 << table.CAUSE_COMPACTOR else CONTAINER
        elif state == table.ST_CONVEY and self.age(self._now) >= self.par.convey_max_s * 1000:
            why = TOO_LONG
        return why

    def _end_run(self, why, now):
        """Bring home what is under way, then stop. A purge that runs becomes one that ends in a stop."""
        table = self.table
        self.asked = 0
        if self.state == table.ST_PURGE:
            self.purge_then = 1
            if why > COMMAND:
                self.purge_why = why
            return
        if self.pending != table.CMD_FANS_STOP:
            self.fail()
        if self.state == table.ST_CONVEY or (self.state == table.ST_VACUUM and self.flight.left(self.branch)):
            self._begin_purge(1, why, now)
        else:
            self._begin_stop(now)

    # -- the states ------------------------------------------------------------------------------------------

    def _off(self, io, now):
        self.speed_mode = speeds.OFF
        if not self.stopped and io.mode != layout.MODE_OFF:
            self.go(self.table.ST_IDLE, now)

    def _idle(self, io, now):
        table = self.table
        self.speed_mode = speeds.OFF
        if self.asked == table.CMD_FANS_START:
            self.asked = 0
            if self.missing & table.PM_START or self.trips.effects & table.EF_NO_START or self.stopped:
                self.settle(table.CMD_FANS_START, layout.RES_FAILED, self.trips.first_out)
                return
            self.fans.start(now)
            self.go(table.ST_STARTING, now)
        elif self.stopped:
            self.go(table.ST_OFF, now)

    def _starting(self, io, now):
        table = self.table
        self.speed_mode = speeds.LADDER
        if self.fans.complete:
            self.settle(table.CMD_FANS_START, layout.RES_DONE)
            self._vacuum_told = 0
            self.go(table.ST_VACUUM, now)

    def _vacuum(self, io, now):
        table = self.table
        self.speed_mode = speeds.VACUUM
        if self.branches.all_shut:
            self.settle(table.CMD_AV_CLOSE, layout.RES_DONE)
        if self.vacuum_ok and not self._vacuum_told:
            self._vacuum_told = 1
            self.events.emit(table.EV_VACUUM_REACHED, self.age(now) // 100)
        if self.asked == table.CMD_AV_OPEN:
            self.asked = 0
            if self.missing & table.PM_AIR or self.diverter.target:
                self.settle(table.CMD_AV_OPEN, layout.RES_FAILED, self.trips.first_out)
                return
            self._open_branch(now)
            self.go(table.ST_CONVEY, now)

    def _conveying(self, io, now):
        table = self.table
        self._through_branch(now)
        if self.branches.open:
            self.settle(table.CMD_AV_OPEN, layout.RES_DONE)
        # Whoever looks away for a moment must assume that somebody has just dropped something.
        self.flight.note(self.branch, self.par)
        if self.trips.effects & (table.EF_AV_SHUT | table.EF_SV_CLOSE):
            self._back_to_vacuum(now)
        elif self.branches.sv_fault and not self.branches.open:
            self.settle(table.CMD_AV_OPEN, layout.RES_FAILED, self.trips.first_out)
            self._back_to_vacuum(now)
        elif self.asked == table.CMD_AV_CLOSE:
            self.asked = 0
            self._back_to_vacuum(now)
        elif self.asked == table.CMD_PURGE:
            self.asked = 0
            self._begin_purge(self.purge_then, COMMAND, now)

    def _purging(self, io, now):
        table = self.table
        self._through_branch(now)
        if self.asked == table.CMD_AV_CLOSE:
            self.asked = 0
            self._back_to_vacuum(now)
            return
        if self.asked == table.CMD_PURGE:
            self.asked = 0
        if self.age(now) >= self.par.purge_max_s * 1000:
            self.events.emit(table.EV_PURGE_SPENT, self.branch, self.flight.left(self.branch) // 1000)
            self.settle(table.CMD_PURGE, layout.RES_FAILED, self.trips.first_out)
            self._begin_stop(now)
        elif self.air_ok:
            self._blown += self.dt
            if self.flight.blow(self.branch, self.dt):
                self._landed(io, now)

    def _landed(self, io, now):
        table = self.table
        io.LANDED_SEQ = io.LANDED_SEQ + 1 & 0xFFFF
        self.events.emit(table.EV_LANDED, self.branch, self._blown // 1000)
        self.settle(table.CMD_PURGE, layout.RES_DONE)
        if self.par.cmp_auto and not self.trips.effects & table.EF_CMP_OFF:
            self.compactor.start(now)
        if self.purge_then:
            self._begin_stop(now)
        else:
            self._back_to_vacuum(now)

    def _stopping(self, io, now):
        table = self.table
        self.speed_mode = speeds.OFF
        self.branches.wanted = 0
        if self.speed.ramp_down(self.par, now) and self.branches.all_shut:
            self.fans.stop()
        gone = -io.PT90 < self.par.vac_gone
        if self.age(now) >= self.par.stop_s * 1000 or (not self.fans.wanted and not self.fans.running and gone):
            self.fans.stop()
            self.settle(table.CMD_FANS_STOP, layout.RES_DONE)
            self.asked = 0
            self.go(table.ST_OFF if self.stopped else table.ST_IDLE, now)

    def _tripped(self, io, now):
        self.speed_mode = speeds.OFF

    def _maint(self, io, now):
        self.speed_mode = speeds.OFF

    # -- ways between them -----------------------------------------------------------------------------------

    def _open_branch(self, now):
        self.branches.wanted = self.branch
        self._opened_at = now
        self.flight.note(self.branch, self.par)

    def _through_branch(self, now):
        """Speed while an air-inlet valve is open or opens."""
        self.branches.wanted = self.branch
        if self.branches.opened or not self.branches.open:
            self._opened_at = now
        settled = ticks_diff(now, self._opened_at) >= self.par.loop_after_ms
        self.speed_mode = speeds.VELOCITY if settled else speeds.SETTLING

    def _back_to_vacuum(self, now):
        self.branches.wanted = 0
        self._vacuum_told = 0
        self.go(self.table.ST_VACUUM, now)

    def _begin_purge(self, then, why, now):
        self.purge_then = then
        self.purge_why = why
        self._blown = 0
        self.flight.begin(self.branch, self.par)
        self.branches.wanted = self.branch
        self.events.emit(self.table.EV_PURGE, self.branch, why)
        self.go(self.table.ST_PURGE, now)

    def _begin_stop(self, now):
        self.branches.wanted = 0
        self.purge_why = 0
        if self.pending and self.pending != self.table.CMD_FANS_STOP:
            self.fail()
        self.go(self.table.ST_STOPPING, now)
