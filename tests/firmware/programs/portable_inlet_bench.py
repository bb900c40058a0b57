"""An inlet program on the bench: the process image in hand, valves that travel, time in scans of 20 ms. Both runtimes.

A logbook is a list of cycles, each ``(ms, inputs, expected)``: at that time (from the start of the book) the inputs are
set, one scan is made, and what is expected must hold after it. Inputs are words such as ``"ES -DV1_ZDOOR PS93=300"``;
expected are state names, outputs (``"DV1_YO"`` on, ``"-DV1_YO"`` off) or attributes of the program (``"missing=4"``).
"""

from firmware.programs.waste_inlet import WasteInlet
from firmware.runtime.image import make_image, make_parameters
from protocols import layout
from protocols.quality import GOOD, STALE
from protocols.sheets import load
from protocols.sheets.derive import table as make_table
from protocols.ticks import ticks_add

TABLE = make_table(load("waste_inlet"))
START = 0x3FFFF000  # ticks wrap four seconds later
SCAN = 20
TRAVEL = 1200
HEALTHY = {"PS93": 600}
for _k in "1234":
    HEALTHY["DV%s_ZSC" % _k] = 1
    HEALTHY["DV%s_ZDOOR" % _k] = 1


class Events:
    """Keeps what was emitted, by name: ``("DISCHARGED", 1, 10020)``."""

    def __init__(self, table):
        self.names = {}
        for name in dir(table):
            if name.startswith("EV_"):
                self.names[getattr(table, name)] = name[3:]
        self.seen = []

    def emit(self, code, arg0=0, arg1=0):
        if code in self.names:
            self.seen.append((self.names[code], arg0, arg1))

    def count(self, name):
        """How often it was emitted."""
        return len([event for event in self.seen if event[0] == name])

    def last(self, name):
        """Its arguments, the last time."""
        return [event[1:] for event in self.seen if event[0] == name][-1]


class PortableBench:
    """What the benches of both waste programs share: words, books, commands."""

    table = None
    program = None

    def set(self, words):
        """Set inputs: ``"ES -DV1_ZDOOR PS93=300"``."""
        for word, value in pairs(words):
            assert hasattr(self.io, word), word
            setattr(self.io, word, value)

    def check(self, words):
        """Hold what is expected against the program; raises AssertionError with the first difference."""
        for word in words.split():
            if word in self.table.STATES:
                assert self.state == word, "at %d ms: %s expected, is %s" % (self.ms, word, self.state)
                continue
            for name, value in pairs(word):
                have = getattr(self.io, name) if hasattr(self.io, name) else getattr(self.program, name)
                assert have == value, "at %d ms: %s expected, is %s" % (self.ms, word, have)

    @property
    def state(self):
        """Name of the state."""
        return self.table.STATES[self.program.state]

    def run(self, ms):
        """Scans for that long."""
        for _ in range(ms // SCAN):
            self.scan()

    def until(self, what, limit_ms=120000):
        """Scan until a state is reached, or a function of the bench is true; returns the time it took."""
        begin = self.ms
        while not (self.state == what if isinstance(what, str) else what()):
            assert self.ms - begin < limit_ms, "not within %d ms, but %s" % (limit_ms, self.state)
            self.scan()
        return self.ms - begin

    def book(self, rows):
        """Play a logbook; its times begin at 0."""
        self.ms = 0
        for ms, inputs, expected in rows:
            assert ms % SCAN == 0 and ms >= self.ms, "row at %d ms is out of order" % ms
            self.run(ms - self.ms)
            self.set(inputs)
            self.scan()
            self.ms -= SCAN
            self.check(expected)
            self.ms += SCAN

    def command(self, name, *args):
        """A plant command, START or STOP: its result."""
        table = self.table
        code = getattr(table, "CMD_" + name) if hasattr(table, "CMD_" + name) else getattr(layout, "CMD_" + name)
        a = list(args) + [0] * (4 - len(args))
        self.program.detail = 0
        return self.program.command(code, a[0], a[1], a[2], a[3], self.io, self.now)

    def reset(self, confirm=False):
        """A reset edge, with the confirmation on the spot or without."""
        if confirm:
            self.io.ATT = 1
        self.io.reset = 1
        self.scan()
        self.scan()  # an edge: two resets need a scan between them
        self.io.ATT = 0

    def tripped(self, name):
        """Whether this cause is active or latched."""
        trips = self.program.trips
        return (trips.active | trips.latched) >> getattr(self.table, "CAUSE_" + name) & 1

    @property
    def first_out(self):
        """Name of the first cause."""
        number = self.program.trips.first_out
        return self.table.CAUSES[number - 1][0] if number else ""

    def stale(self, name, stale=1):
        """A point without samples takes its fail state."""
        for row in self.table.DI:
            if row[0] == name:
                setattr(self.io, name, row[2] if stale else self.healthy.get(name, 0))
        setattr(self.io, name + "_Q", STALE if stale else GOOD)


def pairs(words):
    """``"A -B C=3"`` to ``[("A", 1), ("B", 0), ("C", 3)]``."""
    made = []
    for word in words.split():
        value = 1
        if word.startswith("-"):
            word = word[1:]
            value = 0
        elif "=" in word:
            word, text = word.split("=")
            value = int(text)
        made.append((word, value))
    return made


class Bench(PortableBench):
    """One inlet board with its valves. `place` of a valve is 0 closed ... TRAVEL open (ms of travel)."""

    def __init__(self, known=True, **parameters):
        self.table = TABLE
        self.healthy = HEALTHY
        self.io = io = make_image(TABLE)
        self.par = make_parameters(TABLE)
        for name in parameters:
            setattr(self.par, name, parameters[name])
        self.events = Events(TABLE)
        self.program = self.inlet = WasteInlet(TABLE, self.par, self.events)
        self.now = START
        self.ms = 0
        self.place = [0, 0, 0, 0]
        self.stuck = [0, 0, 0, 0]  # doesn't move
        self.welded = 0  # switch ZSO of this valve is always on
        self.longest_on = 0
        self.on_ms = [0, 0, 0, 0]
        self.token = 0
        self.done = []  # (result, detail)
        io.mode = layout.MODE_AUTO
        io.link = layout.LINK_OK
        for row in TABLE.DI + TABLE.AI + TABLE.BI:
            setattr(io, row[0], HEALTHY.get(row[0], 0))
            setattr(io, row[0] + "_Q", GOOD)
        self.program.start(io, self.now)
        if known:
            self.run(500)
            self.events.seen = []
            self.ms = 0

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
        self.now = ticks_add(self.now, SCAN)
        self.ms += SCAN
        io.reset = 0

    def discharge(self, index=1, open_ms=0):
        """An order with a fresh token: its result."""
        self.token += 1
        return self.command("DV_DISCHARGE", index, open_ms, self.token >> 16, self.token & 0xFFFF)

    def open(self, index=1, open_ms=0):
        """An order, and the valve proven open."""
        assert self.discharge(index, open_ms) == layout.RES_ACCEPTED
        self.until("OPEN")
