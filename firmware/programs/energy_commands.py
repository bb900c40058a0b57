"""Commands of the energy board: wishes of the gateway, the grid breaker, units stopped by hand."""

from firmware.programs.energy_base import EnergyBase
from firmware.programs.energy_grid import CLOSING, ON_GRID, OPEN
from firmware.programs.energy_pv import UNITS
from firmware.programs.energy_wishes import NOTHING
from protocols import layout
from protocols.port import const

PCS_UNIT = const(7)  # of UNIT_STOP and UNIT_START
PCS_BIT = const(1 << 6)  # of ASK, and of what is stopped by hand
EV_BIT = const(1 << 7)
_ALL = const(0xFF)


class EnergyCommands(EnergyBase):
    """Answers commands."""

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.form = 1  # the battery inverter may form an island
        self.closing = 0  # a QG_CLOSE was accepted and has not ended

    def command(self, code, a0, a1, a2, a3, io, now):
        """layout.RES_ of a command; QG_CLOSE ends later."""
        table = self.table
        result = self.wishes.command(table, code, a0, a1, a2, self.par.wish_s, now)
        if result != NOTHING:
            return result
        if code == table.CMD_UNIT_STOP or code == table.CMD_UNIT_START:
            return self._unit_command(code == table.CMD_UNIT_STOP, a0)
        if code == layout.CMD_STOP or code == layout.CMD_START:
            self.hand_stopped = _ALL if code == layout.CMD_STOP else 0
            return layout.RES_DONE
        if code == table.CMD_QG_OPEN:
            self.grid.open(now)
            return layout.RES_DONE
        if code == table.CMD_QG_CLOSE:
            return self._close(io, now)
        if code == table.CMD_PCS_FORM:
            return self._may_form(a0)
        return layout.RES_BAD_ARGUMENT

    def _unit_command(self, stop, unit):
        if not 1 <= unit <= PCS_UNIT:
            return layout.RES_BAD_ARGUMENT
        bit = 1 << (unit - 1) if unit <= UNITS else PCS_BIT
        if stop:
            self.hand_stopped |= bit
        else:
            self.hand_stopped &= ~bit
        return layout.RES_DONE

    def _may_form(self, on):
        if on > 1:
            return layout.RES_BAD_ARGUMENT
        missing = self.missing & self.table.PM_FORM
        if on and missing:
            return self.refuse(missing)
        self.form = on
        return layout.RES_DONE

    def _close(self, io, now):
        table = self.table
        if self.closing:
            return layout.RES_BUSY
        # Judged anew: since the last scan the breaker or the grid may have moved.
        missing = table.permissives(io, self.par, self) & table.PM_CLOSE
        if missing:
            return self.refuse(missing)
        if self.grid.state != OPEN or self.trips.effects & table.EF_NO_CLOSE:
            return self.refuse(1 << table.PERMISSIVE_QG_PROVEN)
        self.closing = 1
        self.grid.release(now)
        return layout.RES_ACCEPTED

    def end_closing(self):
        """Tell what became of an accepted QG_CLOSE once it is over."""
        if self.closing and self.grid.state != CLOSING:
            self.closing = 0
            done = self.grid.state == ON_GRID
            self.complete(layout.RES_DONE if done else layout.RES_FAILED, self.grid.state)
