"""The mode of the board (domain brief §0.2).

MAINT is entered and left by the local key alone (point KEY of the sheet, where it has one): no command reaches or ends
it. When the key is turned back, the mode of before returns.
"""

from protocols import layout


class Modes:
    """Keeps `io.mode`. A KEY whose contact is BAD or STALE counts as not turned; a key turned at start-up counts."""

    def __init__(self, table, io, events, start_mode):
        self.io = io
        self.events = events
        self._has_key = "KEY" in [row[0] for row in table.DI]
        self._before = start_mode
        io.mode = start_mode

    def scan(self):
        """Follow the key switch. Call it after the inputs were read."""
        if not self._has_key:
            return
        io = self.io
        if io.KEY and io.KEY_Q == 0:
            if io.mode != layout.MODE_MAINT:
                self._before = io.mode
                self._enter(layout.MODE_MAINT)
        elif io.mode == layout.MODE_MAINT:
            self._enter(self._before)

    def command(self, mode):
        """SET_MODE: the result code."""
        if not layout.MODE_OFF <= mode <= layout.MODE_MAINT:
            return layout.RES_BAD_ARGUMENT
        if mode == layout.MODE_MAINT or self.io.mode == layout.MODE_MAINT:
            return layout.RES_WRONG_MODE
        if mode != self.io.mode:
            self._enter(mode)
        return layout.RES_DONE

    def _enter(self, mode):
        self.events.emit(layout.EV_MODE, self.io.mode, mode)
        self.io.mode = mode
