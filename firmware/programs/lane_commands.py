"""What may be asked of a lane: the plant commands of its sheet, START and STOP (domain brief §7.4)."""

from firmware.programs.lane_base import FIRE, SCHEDULE, LaneBase
from protocols import layout
from protocols.port import const

_TOKEN_HIGH = const(0x3FFF)  # tokens have 30 bits
_EMERGENCY_MIN = const(2)
_EMERGENCY_MAX = const(30)


class LaneCommands(LaneBase):
    """Takes commands; the states act on what they leave behind.

    stopped       STOP was commanded: nothing moves until START
    await_start   the boom is up and stays so until a vehicle drives through, or START or RELEASE
    start         1 in the scan after START
    pending       an accepted OPEN_ONCE waits for its completion
    """

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.stopped = 0
        self.await_start = 0
        self.start_asked = 0
        self.pending = 0

    def command(self, code, a0, a1, a2, a3, io, now):
        """The plant commands of the sheet, START and STOP. The runtime has checked mode, owner, age and sequence."""
        table = self.table
        if code == table.CMD_OPEN_ONCE:
            return self._open_once(a0, a1, io, now)
        if code == table.CMD_HOLD:
            if not 0 < a0 <= SCHEDULE:
                return layout.RES_BAD_ARGUMENT
            self.hold = a0
            self.hold_ms = a1 * 1000
            self.hold_since = now
            return layout.RES_DONE
        if code == table.CMD_EMERGENCY:
            minutes = a0 if a0 else self.par.emv_max_min
            if not _EMERGENCY_MIN <= minutes <= _EMERGENCY_MAX:
                return layout.RES_BAD_ARGUMENT
            self.emergency.begin(minutes, now)
            return layout.RES_DONE
        if code == table.CMD_RELEASE:
            self.hold = 0
            self.locked = 0
            self.await_start = 0
            self.emergency.release()
            self.loop.believe()
            return layout.RES_DONE
        if code == table.CMD_LOCK:
            self.locked = 1
            return layout.RES_DONE
        if code == table.CMD_DENY:
            if a0 > _TOKEN_HIGH:
                return layout.RES_BAD_ARGUMENT
            return layout.RES_DONE if self.admission.deny(io, a0 << 16 | a1) else layout.RES_EXPIRED
        if code == layout.CMD_START:
            self.stopped = 0
            self.await_start = 0
            self.start_asked = 1
            return layout.RES_DONE
        if code == layout.CMD_STOP:
            self.stopped = 1
            return layout.RES_DONE
        return layout.RES_BAD_ARGUMENT

    def _open_once(self, high, low, io, now):
        table = self.table
        if high > _TOKEN_HIGH:
            return layout.RES_BAD_ARGUMENT
        state = self.state
        if state == table.ST_FAULT or state == table.ST_MAINT or self.stopped or not self._known:
            self.detail = self.trips.first_out
            return self.admission.refuse(layout.RES_FAILED, now)
        # No room behind the boom is no refusal: the vehicle goes when there is, within the credential's life.
        missing = self.missing & table.PM_ADMIT & ~(1 << table.PERMISSIVE_EXIT_CLEAR)
        if self.hold_reason == FIRE:
            missing |= 1 << table.PERMISSIVE_NO_FIRE
        if missing:
            return self.admission.refuse(self.refuse(missing), now)
        result = self.admission.order(high << 16 | low, now)
        if result == layout.RES_ACCEPTED:
            self.pending = 1
        return result
