"""What may be asked of an inlet board: the plant commands of its sheet, START and STOP (domain brief §7.4).

A discharge carries a token, a number that the gateway gives away one at a time and never twice. The board takes an
order only with a token newer than any that it has seen, whether it obeyed then or not; an order that was overtaken by a
later one, or by a revocation, opens nothing. Age and repetition of the block itself are the runtime's business.
"""

from firmware.programs.inlet_base import InletBase
from firmware.programs.inlet_hatches import VALVES
from protocols import layout
from protocols.port import const
from protocols.ticks import ticks_diff

_TOKEN_HIGH = const(0x3FFF)  # tokens have 30 bits, and wrap
_PULSE_MIN_MS = const(1000)


class InletCommands(InletBase):
    """Takes commands; the cycle acts on what they leave behind.

    stopped   STOP was commanded: nothing opens until START
    order     valve of an accepted discharge that has not begun, pulse_ms its length
    pending   an accepted discharge waits for its completion
    cut       1 when DV_CLOSE ends what is under way
    """

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.active = 0
        self.stopped = 0
        self.order = 0
        self.pulse_ms = 0
        self.pending = 0
        self.cut = 0
        self.jog = 0
        self.jog_at = 0
        self.token = 0
        self._has_token = 0

    def command(self, code, a0, a1, a2, a3, io, now):
        """The plant commands of the sheet, START and STOP. The runtime has checked mode, owner, age and sequence."""
        table = self.table
        if code == table.CMD_DV_DISCHARGE:
            return self._discharge(a0, a1, a2, a3)
        if code == table.CMD_DV_CLOSE:
            if a0 > self.par.valves:
                return layout.RES_BAD_ARGUMENT
            if a0 == 0 or a0 == self.active or a0 == self.order:
                self.cut = 1
            return layout.RES_DONE
        if code == table.CMD_DV_REVOKE:
            if a0 > _TOKEN_HIGH:
                return layout.RES_BAD_ARGUMENT
            return layout.RES_DONE if self._newer(a0 << 16 | a1) else layout.RES_EXPIRED
        if code == table.CMD_HATCH_LOCK:
            if a0 > self.par.valves or a1 > 1:
                return layout.RES_BAD_ARGUMENT
            mask = 1 << a0 - 1 if a0 else (1 << VALVES) - 1
            hatches = self.hatches
            hatches.locked = hatches.locked | mask if a1 else hatches.locked & ~mask
            return layout.RES_DONE
        if code == table.CMD_DV_JOG:
            return self._jog_command(a0, now)
        if code == layout.CMD_STOP:
            self.stopped = 1
            return layout.RES_DONE
        if code == layout.CMD_START:
            self.stopped = 0
            return layout.RES_DONE
        return layout.RES_BAD_ARGUMENT

    def lacking(self, index, mask):
        """Mask of the permissives of `mask` or of valve `index` that are missing."""
        return self.missing & (mask | self.pm_dv[index - 1])

    def _newer(self, token):
        """Note a token, and say whether it is newer than any before."""
        if self._has_token and ticks_diff(token, self.token) <= 0:
            return 0
        self._has_token = 1
        self.token = token
        return 1

    def _discharge(self, index, open_ms, high, low):
        par = self.par
        open_ms = open_ms or par.open_ms
        token = high << 16 | low if high <= _TOKEN_HIGH else 0
        if not token or not 0 < index <= par.valves or not _PULSE_MIN_MS <= open_ms <= par.max_open_ms:
            return layout.RES_BAD_ARGUMENT
        if not self._newer(token):
            self.events.emit(self.table.EV_TOKEN_STALE, high, low)
            return layout.RES_EXPIRED
        if self.stopped or not self._known:
            return layout.RES_WRONG_MODE
        if self.active or self.order:
            self.detail = self.active or self.order
            return layout.RES_BUSY
        missing = self.lacking(index, self.table.PM_DISCHARGE)
        if missing:
            return self.refuse(missing)
        self.order = index
        self.pulse_ms = open_ms
        self.pending = 1
        self.cut = 0
        return layout.RES_ACCEPTED

    def _jog_command(self, index, now):
        if not 0 < index <= self.par.valves:
            return layout.RES_BAD_ARGUMENT
        if self.stopped or not self._known:
            return layout.RES_WRONG_MODE
        if self.order or (self.active and self.active != index):
            self.detail = self.active or self.order
            return layout.RES_BUSY
        if not self.active:
            missing = self.lacking(index, self.table.PM_JOG)
            if missing:
                return self.refuse(missing)
        self.jog = index
        self.jog_at = now
        return layout.RES_DONE
