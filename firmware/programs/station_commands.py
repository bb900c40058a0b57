"""What may be asked of the station: the plant commands of its sheet, START and STOP (domain brief §7.4)."""

from firmware.programs.station_base import StationBase
from firmware.programs.station_branches import BRANCHES
from firmware.programs.station_diverter import CONTAINERS
from protocols import layout
from protocols.port import const

COMMAND = const(1)  # PURGE_REASONS of the sheet
LINK = const(2)
JOG_FILTER = const(71)
STOP_NOW = const(0x7F)  # `asked`: a stop without a purge

_JOGS = ((1, 6), (11, 16), (21, 26), (31, 33), (41, 43), (51, 53), (61, 61), (JOG_FILTER, JOG_FILTER))


class StationCommands(StationBase):
    """Takes commands; the states act on what they leave behind.

    stopped      STOP was commanded: nothing starts until START
    asked        a wish that the state takes up in the next scan: a command's code, STOP_NOW, or 0
    branch       branch that conveys, or conveyed last; 0 none since reset
    purge_then   1: a stop follows the purge, 0: vacuum is held
    pending      code of the accepted command that has not ended, or 0
    """

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.stopped = 0
        self.asked = 0
        self.branch = 0
        self.purge_then = 0
        self.pending = 0
        self.jog = 0
        self.jog_at = 0

    def command(self, code, a0, a1, a2, a3, io, now):
        """The plant commands of the sheet, START and STOP. The runtime has checked mode, owner, age and sequence."""
        table = self.table
        if code == layout.CMD_START:
            self.stopped = 0
            return layout.RES_DONE
        if code == layout.CMD_STOP:
            self.stopped = 1
            return self._stop(0)
        if not self._known:
            return layout.RES_WRONG_MODE
        if code == table.CMD_FANS_START:
            return self._start(a0, a1)
        if code == table.CMD_FANS_STOP:
            return self._stop(a0) if a0 < 2 else layout.RES_BAD_ARGUMENT
        if code == table.CMD_AV_OPEN:
            return self._open(a0)
        if code == table.CMD_AV_CLOSE:
            return self._close()
        if code == table.CMD_PURGE:
            return self._purge(a0)
        if code == table.CMD_DIVERT:
            return self._divert(a0, now)
        if code == table.CMD_WASTE:
            if not 0 < a0 <= BRANCHES:
                return layout.RES_BAD_ARGUMENT
            self.flight.note(a0, self.par, 1)
            self.events.emit(table.EV_DECLARED, a0)
            return layout.RES_DONE
        if code == table.CMD_FLIGHT_CLEAR:
            cleared = self.flight.clear(io.mode == layout.MODE_REMOTE)
            self.events.emit(table.EV_FLIGHT_CLEARED, cleared)
            return layout.RES_DONE
        if code == table.CMD_JOG:
            return self._jog_command(a0, now)
        return self._more(code, a0, a1, io, now)

    def accept(self, code):
        """RES_ACCEPTED for a command whose end comes later; it takes the place of one that was waiting."""
        self.pending = code
        return layout.RES_ACCEPTED

    def settle(self, code, result, detail=0):
        """End the accepted command, if it is this one."""
        if self.pending == code:
            self.pending = 0
            self.complete(result, detail)

    def fail(self):
        """End whatever waits: something forces another state."""
        if self.pending:
            self.pending = 0
            self.asked = 0
            self.complete(layout.RES_FAILED, self.trips.first_out)

    # -- inside ----------------------------------------------------------------------------------------------

    def _more(self, code, a0, a1, io, now):
        table = self.table
        if code == table.CMD_VACUUM_HOLD:
            if not 500 <= a0 <= self.par.vac_cut_set:
                return layout.RES_BAD_ARGUMENT
            self.speed.vacuum_set = a0
            return layout.RES_DONE
        if code == table.CMD_SPEED:
            if (a0 and not self.par.speed_min <= a0 <= 2600) or a1 > 1000 or (a1 and a1 < 200):
                return layout.RES_BAD_ARGUMENT
            if a0:
                self.speed.speed_set = a0
            if a1:
                self.speed.cap = a1
            return layout.RES_DONE
        if code == table.CMD_COMPACT:
            if self.trips.effects & table.EF_CMP_OFF or not self.compactor.start(now):
                return layout.RES_BUSY
            return self.accept(code)
        if code == table.CMD_FILTER_CLEAN:
            self.filter.clean()
            return layout.RES_DONE
        if code == table.CMD_CNT_CHANGE or code == table.CMD_CNT_READY:
            return self._change(code == table.CMD_CNT_CHANGE, a0, io)
        return layout.RES_BAD_ARGUMENT

    def _start(self, cap, vacuum):
        table = self.table
        par = self.par
        cap = cap or 1000
        vacuum = vacuum or par.vac_set
        if not 200 <= cap <= 1000 or not par.vac_ok <= vacuum <= par.vac_cut_set:
            return layout.RES_BAD_ARGUMENT
        if self.stopped:
            return layout.RES_WRONG_MODE
        if self.state == table.ST_VACUUM or self.state == table.ST_STARTING:
            self.speed.cap = cap
            self.speed.vacuum_set = vacuum
            return layout.RES_DONE if self.state == table.ST_VACUUM else self.accept(table.CMD_FANS_START)
        if self.state != table.ST_IDLE or self.asked:
            return layout.RES_BUSY
        if self.trips.effects & table.EF_NO_START:
            self.missing |= 1 << table.PERMISSIVE_NOT_TRIPPED
        missing = self.missing & table.PM_START
        if missing:
            return self.refuse(missing)
        self.speed.cap = cap
        self.speed.vacuum_set = vacuum
        self.speed.speed_set = par.speed_set
        self.asked = table.CMD_FANS_START
        return self.accept(table.CMD_FANS_START)

    def _stop(self, at_once):
        table = self.table
        state = self.state
        if state == table.ST_IDLE or state == table.ST_OFF:
            if self.asked == table.CMD_FANS_START:
                self.asked = 0
            return layout.RES_DONE
        if state == table.ST_TRIPPED or state == table.ST_MAINT:
            return layout.RES_DONE
        self.asked = STOP_NOW if at_once else table.CMD_FANS_STOP
        return self.accept(table.CMD_FANS_STOP)

    def _open(self, branch):
        table = self.table
        if not 0 < branch <= BRANCHES:
            return layout.RES_BAD_ARGUMENT
        if self.state == table.ST_CONVEY and branch == self.branch and self.branches.open == branch:
            return layout.RES_DONE
        if self.state != table.ST_VACUUM or self.asked or self.diverter.target:
            return layout.RES_BUSY
        missing = self.missing & table.PM_AIR
        if missing:
            return self.refuse(missing)
        self.branch = branch
        self.asked = table.CMD_AV_OPEN
        return self.accept(table.CMD_AV_OPEN)

    def _close(self):
        table = self.table
        if self.state == table.ST_VACUUM and not self.asked:
            return layout.RES_DONE
        if self.state != table.ST_CONVEY and self.state != table.ST_PURGE:
            return layout.RES_BUSY
        self.asked = table.CMD_AV_CLOSE
        return self.accept(table.CMD_AV_CLOSE)

    def _purge(self, then):
        table = self.table
        if then > 1:
            return layout.RES_BAD_ARGUMENT
        if self.state != table.ST_CONVEY and self.state != table.ST_PURGE:
            return layout.RES_BUSY
        self.purge_then = then
        self.asked = table.CMD_PURGE
        return self.accept(table.CMD_PURGE)

    def _divert(self, fraction, now):
        table = self.table
        if fraction >= CONTAINERS:
            return layout.RES_BAD_ARGUMENT
        target = fraction + 1
        diverter = self.diverter
        chosen = self.selected
        if diverter.at == target and not diverter.target and chosen is not None and chosen.gate:
            return layout.RES_DONE
        if diverter.at != target:
            result = layout.RES_NONE
            if self.flight.any:  # as it is now: declared or cleared since the last scan counts
                self.detail = table.PERMISSIVE_NO_WASTE_IN_FLIGHT
                result = layout.RES_INTERLOCK
            elif self.tripped:
                self.detail = table.PERMISSIVE_NOT_TRIPPED
                result = layout.RES_INTERLOCK
            elif self.asked == table.CMD_AV_OPEN:
                return layout.RES_BUSY
            if result:
                self.events.emit(table.EV_DIVERT_REFUSED, fraction, self.detail)
                return result
            diverter.move(target, now)
        return self.accept(table.CMD_DIVERT)

    def _change(self, begin, number, io):
        table = self.table
        if not 0 < number <= CONTAINERS:
            return layout.RES_BAD_ARGUMENT
        container = self.containers[number - 1]
        if begin:
            if self.diverter.at == number and (self.flight.any or self.fans.wanted):
                self.detail = table.PERMISSIVE_NO_WASTE_IN_FLIGHT
                return layout.RES_INTERLOCK
            container.changing = 1
            return layout.RES_DONE
        if not container.docked or not container.tare(io):
            return layout.RES_FAILED
        container.changing = 0
        self.events.emit(table.EV_TARED, number, getattr(io, "CNT%d_TARE" % number))
        return layout.RES_DONE

    def _jog_command(self, device, now):
        table = self.table
        for low, high in _JOGS:
            if low <= device <= high:
                break
        else:
            return layout.RES_BAD_ARGUMENT
        state = self.state
        if state != table.ST_IDLE and state != table.ST_OFF and state != table.ST_MAINT:
            return layout.RES_BUSY
        if 40 < device < 44 and self.flight.any:
            self.detail = table.PERMISSIVE_NO_WASTE_IN_FLIGHT
            return layout.RES_INTERLOCK
        if self.trips.effects & self._stops and device != JOG_FILTER:
            self.detail = table.PERMISSIVE_NOT_TRIPPED
            return layout.RES_INTERLOCK
        self.jog = device
        self.jog_at = now
        return layout.RES_DONE
