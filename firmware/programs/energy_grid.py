"""The grid breaker: opened by command or when the grid is lost, proven open, closed only when all is in order
(domain brief §2b islanding, E10).

The breaker is closed by its synchroniser, which the board releases. Whatever opened it, the board keeps it open until
a QG_CLOSE is accepted: a grid that comes back by itself finds it open.
"""

from drivers.blocks.timers import OnDelay
from protocols.port import const
from protocols.ticks import ticks_diff

# QG.STATE
ON_GRID = const(0)
OPENING = const(1)
OPEN = const(2)
UNPROVEN = const(3)
CLOSING = const(4)


class Grid:
    """State of the breaker, and its two outputs `trip` and `close`.

    lost      1 in the scan in which the grid was found lost
    unproven  the breaker should be open and is not proven so while voltage is present: E10
    waits     the grid has not been in window for long enough; `left` is for how long yet, in 0.1 s
    """

    def __init__(self):
        self.state = ON_GRID
        self.trip = 0
        self.close = 0
        self.lost = 0
        self.unproven = 0
        self.waits = 1
        self.left = 0
        self.took = 0
        self._since = 0
        self._window_since = 0
        self._window = 0
        self._missing = OnDelay(100)

    @property
    def islanded(self):
        """Whether the plant is off the grid, or on its way."""
        return self.state and self.state != CLOSING

    def scan(self, io, par, now):
        """Follow breaker and grid. Returns 1 where the state changed."""
        was = self.state
        self.lost = 0
        self._watch(io, par, now)
        open_ = not io.QG_ZCL and io.QG_ZCL_Q == 0
        self._missing.preset = par.grid_lost_ms
        dead = (not io.GRID_OK and io.GRID_OK_Q == 0) or (io.GM_V_Q == 0 and io.GM_V < par.grid_low)
        missing = self._missing(1 if dead else 0, now)
        state = was
        if state == ON_GRID:
            if open_:  # by hand, or by its own protection
                self._go(OPEN, now)
            elif missing and par.islanding:
                self.lost = 1
                self.open(now)
        elif state == CLOSING:
            self._closing(io, par, open_, now)
        elif open_:
            if state != OPEN:
                self.took = ticks_diff(now, self._since)
                self.state = OPEN
        elif state == OPEN:
            self._go(OPENING, now)
        elif state == OPENING and ticks_diff(now, self._since) >= par.qg_open_ms:
            self.state = UNPROVEN
        present = io.GM_V_Q != 0 or io.GM_V >= par.present
        self.unproven = 1 if self.state == UNPROVEN and present else 0
        self.trip = 1 if self.state and self.state != CLOSING else 0
        self.close = 1 if self.state == CLOSING else 0
        return 1 if self.state != was else 0

    def open(self, now):
        """Open the breaker and keep it open."""
        if not self.state or self.state == CLOSING:
            self._go(OPENING, now)

    def release(self, now):
        """Let the synchroniser close it. The caller has asked the permissives."""
        self._go(CLOSING, now)

    def _go(self, state, now):
        self.state = state
        self._since = now
        self.took = 0

    def _closing(self, io, par, open_, now):
        if not open_ and io.QG_ZCL and io.QG_ZCL_Q == 0:
            self.took = ticks_diff(now, self._since)
            self.state = ON_GRID
        elif self.waits or ticks_diff(now, self._since) >= par.qg_close_ms:
            self._go(OPENING, now)

    def abort(self, now):
        """Take back the release."""
        if self.state == CLOSING:
            self._go(OPENING, now)

    def _watch(self, io, par, now):
        """The grid's window: any moment out of it begins the time anew."""
        need = par.grid_back_s * 1000
        if not io.GRID_OK or io.GRID_OK_Q != 0:
            self._window = 0
            self.waits = 1
            self.left = need // 100
            return
        if not self._window:
            self._window = 1
            self._window_since = now
        if self.waits:
            age = ticks_diff(now, self._window_since)
            self.left = (need - age + 99) // 100
            if age >= need:
                self.waits = 0
                self.left = 0
