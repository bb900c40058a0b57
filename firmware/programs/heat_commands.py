"""Commands of the heat board: wishes of the gateway, hygiene cycles, what is stopped by hand."""

from firmware.programs.heat_base import HeatBase
from firmware.programs.heat_hygiene import ABORTED, OPERATOR
from firmware.programs.heat_wishes import NOTHING, TAPS
from protocols import layout
from protocols.port import const

_MACHINES = const(3)


class HeatCommands(HeatBase):
    """Answers commands."""

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.hand_stopped = 0
        self.tap_barred = 0  # fact: scald protection holds V401

    def command(self, code, a0, a1, a2, a3, io, now):
        """layout.RES_ of a command."""
        table = self.table
        if code == table.CMD_DRYC_CAP and self.missing & table.PM_QUIET:
            return self.refuse(self.missing & table.PM_QUIET)
        if code == table.CMD_LOOP_MAN and a0 == TAPS and self.hygiene.cycle:
            return self.refuse(1 << table.PERMISSIVE_NO_CYCLE)
        result = self.wishes.command(table, self.par, code, a0, a1, a2, now)
        if result != NOTHING:
            return result
        if code == table.CMD_PASTEURISE:
            return self._pasteurise(io)
        if code == table.CMD_DISINFECT:
            return self._disinfect(io, now)
        if code == table.CMD_ABORT:
            self.hygiene.abort(ABORTED)
            return layout.RES_DONE
        if code == table.CMD_FLUSHED:
            return self._flushed(a0, io)
        if code == table.CMD_LEAD:
            if a0 > _MACHINES:
                return layout.RES_BAD_ARGUMENT
            self.pumps.lead = a0
            return layout.RES_DONE
        if code == layout.CMD_STOP or code == layout.CMD_START:
            self.hand_stopped = 1 if code == layout.CMD_STOP else 0
            return layout.RES_DONE
        return layout.RES_BAD_ARGUMENT

    def _now_missing(self, io, mask):
        """Judged anew: since the last scan a key may have been turned."""
        return self.table.permissives(io, self.par, self) & mask

    def _pasteurise(self, io):
        missing = self._now_missing(io, self.table.PM_HYGIENE)
        if missing:
            return self.refuse(missing)
        return layout.RES_DONE if self.hygiene.pasteurise(OPERATOR) else layout.RES_BUSY

    def _disinfect(self, io, now):
        table = self.table
        missing = self._now_missing(io, table.PM_NETWORK | table.PM_HYGIENE)
        if io.KEY_DIS_Q:  # a key that isn't seen isn't turned
            missing |= table.PM_NETWORK
        if missing:
            return self.refuse(missing)
        return layout.RES_DONE if self.hygiene.disinfect(io, now) else layout.RES_BUSY

    def _flushed(self, tap, io):
        if not 1 <= tap <= 255:
            return layout.RES_BAD_ARGUMENT
        if not self.hygiene.tap_flushed(tap):
            self.detail = self.hygiene.phase
            return layout.RES_INTERLOCK
        io.HYG_FLUSH = io.HYG_FLUSH + 1 & 0xFFFF
        self.events.emit(self.table.EV_FLUSHED, tap, io.TT46 & 0xFFFF)
        return layout.RES_DONE
