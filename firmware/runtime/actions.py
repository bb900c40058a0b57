"""What the commands that every board knows do (domain brief §7.2); all others are the program's."""

from protocols import layout
from protocols.port import const
from protocols.ticks import ticks_add, ticks_diff

REBOOT_AFTER_MS = const(500)  # time for the ack to be read


class Actions:
    """Executes commands for a board. `detail` goes with the result; `reset`, `commit` and `reboot` are for the scan."""

    def __init__(self, board):
        self.board = board
        self.detail = 0
        self.reset = False  # the next scan sees io.reset
        self.commit = False  # CFG_COMMIT waits until nothing moves
        self.reboot = False
        self._reboot_at = 0
        self._codes = tuple([row[0] for row in board.table.COMMANDS])
        self._modes = tuple([row[3] for row in board.table.COMMANDS])

    def execute(self, code, a0, a1, a2, a3):
        """Do it, and return the result (layout.RES_)."""
        board = self.board
        if code == layout.CMD_PING:
            self.detail = a0
            return layout.RES_DONE
        if code == layout.CMD_TIME:
            return layout.RES_DONE if board.clock.set(a0, a1, a2, board.time()) else layout.RES_BAD_ARGUMENT
        if code == layout.CMD_SET_MODE:
            return board.modes.command(a0)
        if code == layout.CMD_GO_SAFE:
            result = board.modes.command(layout.MODE_OFF)
            if result == layout.RES_DONE:
                board.program.safe(board.io)
            return result
        if code == layout.CMD_RESET:
            self.reset = True
            return layout.RES_DONE
        if code == layout.CMD_REBOOT:
            self.reboot = True
            self._reboot_at = ticks_add(board.time(), REBOOT_AFTER_MS)
            return layout.RES_ACCEPTED
        if code == layout.CMD_CFG_COMMIT:
            return self._commit()
        return self._program(code, a0, a1, a2, a3)

    def reboot_due(self, now):
        """Whether the time of an accepted REBOOT has come."""
        return self.reboot and ticks_diff(now, self._reboot_at) >= 0

    def _commit(self):
        if not self.board.config.unlocked:
            return layout.RES_WRONG_MODE
        if self.commit:
            return layout.RES_BUSY
        self.commit = True
        return layout.RES_ACCEPTED

    def _program(self, code, a0, a1, a2, a3):
        board = self.board
        if code >= layout.CMD_PLANT:
            if code not in self._codes:
                return layout.RES_BAD_ARGUMENT
            if not self._modes[self._codes.index(code)] & 1 << board.io.mode:
                self.detail = board.io.mode
                return layout.RES_WRONG_MODE
        elif code != layout.CMD_START and code != layout.CMD_STOP:
            return layout.RES_BAD_ARGUMENT
        program = board.program
        program.detail = 0
        result = program.command(code, a0, a1, a2, a3, board.io, board.time())
        self.detail = program.detail
        return result
