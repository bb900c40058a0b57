"""An inlet program on the bench: valves that travel, time in scans of 20 ms. Both runtimes."""

from firmware.programs.waste_inlet import WasteInlet
from protocols import layout
from protocols.sheets import load
from protocols.sheets.derive import table as make_table
from tests.firmware.programs.portable_logbook import ProgramBench

TABLE = make_table(load("waste_inlet"))
SCAN = TABLE.SCAN_MS
TRAVEL = 1200
HEALTHY = {"PS93": 600}
for _k in "1234":
    HEALTHY["DV%s_ZSC" % _k] = 1
    HEALTHY["DV%s_ZDOOR" % _k] = 1


class Bench(ProgramBench):
    """One inlet board with its valves. `place` of a valve is 0 closed ... TRAVEL open (ms of travel)."""

    def __init__(self, known=True, **parameters):
        super().__init__(TABLE, WasteInlet, HEALTHY, parameters)
        self.inlet = self.program
        self.place = [0, 0, 0, 0]
        self.stuck = [0, 0, 0, 0]  # doesn't move
        self.welded = 0  # switch ZSO of this valve is always on
        self.longest_on = 0
        self.on_ms = [0, 0, 0, 0]
        self.token = 0
        self.done = []  # (result, detail)
        self.begin()
        if known:
            self.run(500)
            self.forget()

    def scan(self):
        """One scan, and 20 ms of the valves' movement after it."""
        io = self.io
        for k in range(4):
            name = "DV%d_" % (k + 1)
            setattr(io, name + "ZSC", 1 if self.place[k] <= 0 else 0)
            setattr(io, name + "ZSO", 1 if self.place[k] >= TRAVEL or self.welded == k + 1 else 0)
        self.program.scan(io, self.now)
        program = self.program
        if program.completed:
            self.done.append((program.completed, program.completed_detail))
            program.completed = 0
        energised = 0
        for k in range(4):
            on = getattr(io, "DV%d_YO" % (k + 1))
            energised += on
            self.on_ms[k] = self.on_ms[k] + SCAN if on else 0
            self.longest_on = max(self.longest_on, self.on_ms[k])
            if not self.stuck[k]:
                step = SCAN if on else -SCAN
                self.place[k] = min(TRAVEL, max(0, self.place[k] + step))
        assert energised <= 1, "two valves commanded"
        self.advance()

    def discharge(self, index=1, open_ms=0):
        """An order with a fresh token: its result."""
        self.token += 1
        return self.command("DV_DISCHARGE", index, open_ms, self.token >> 16, self.token & 0xFFFF)

    def open(self, index=1, open_ms=0):
        """An order, and the valve proven open."""
        assert self.discharge(index, open_ms) == layout.RES_ACCEPTED
        self.until("OPEN")
