"""What the benches of all programs share: the process image in hand, time in scans, books. Both runtimes.

A logbook is a list of cycles, each ``(ms, inputs, expected)``: at that time (from the start of the book) the inputs are
set, one scan is made, and what is expected must hold after it; between two rows scans go on. Inputs are words such as
``"LB_P PE1"`` (now 1), ``"-LB_P"`` (now 0) or ``"EDGE=150"``; expected are state names, outputs (``"YC"`` on, ``"-YC"``
off, ``"PASSED=1"``) or attributes of the program (``"missing=4"``).
"""

from firmware.runtime.image import make_image, make_parameters
from protocols import layout
from protocols.quality import GOOD, STALE
from protocols.ticks import ticks_add

START = 0x3FFFF000  # ticks wrap four seconds later


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


class ProgramBench:
    """A program with its image. `now` is the tick, `ms` the time since the book began; `healthy` inputs at rest."""

    def __init__(self, table, program_class, healthy, parameters):
        self.table = table
        self.healthy = healthy
        self.scan_ms = table.SCAN_MS
        self.io = make_image(table)
        self.par = make_parameters(table)
        for name in parameters:
            setattr(self.par, name, parameters[name])
        self.events = Events(table)
        self.program = program_class(table, self.par, self.events)
        self.now = START
        self.ms = 0

    def begin(self):
        """Supervised and in AUTO, every input healthy and heard."""
        io = self.io
        table = self.table
        io.mode = layout.MODE_AUTO
        io.link = layout.LINK_OK
        for row in table.DI + table.AI + table.BI:
            setattr(io, row[0], self.healthy.get(row[0], 0))
            setattr(io, row[0] + "_Q", GOOD)
        self.program.start(io, self.now)

    def forget(self):
        """What was so far doesn't count."""
        self.events.seen = []
        self.ms = 0

    def advance(self):
        """The time of one scan has passed."""
        self.now = ticks_add(self.now, self.scan_ms)
        self.ms += self.scan_ms
        self.io.reset = 0

    def set(self, words):
        """Set inputs: ``"ES -DV1_ZDOOR PS93=300"``."""
        for name, value in pairs(words):
            self.put(name, value)

    def put(self, name, value):
        """Set one input."""
        assert hasattr(self.io, name), name
        setattr(self.io, name, value)

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
        """Scan for that long."""
        for _ in range(ms // self.scan_ms):
            self.scan()

    def wait(self, ms):
        """Let that long pass; a bench that knows when nothing moves may leave scans out."""
        self.run(ms)

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
            assert ms % self.scan_ms == 0 and ms >= self.ms, "row at %d ms is out of order" % ms
            self.wait(ms - self.ms)
            self.set(inputs)
            self.scan()
            self.ms -= self.scan_ms
            self.check(expected)
            self.ms += self.scan_ms

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


class PlantBench(ProgramBench):
    """A bench whose plant sets the inputs after each scan. `force`: inputs that it doesn't decide."""

    def __init__(self, table, program_class, healthy, parameters):
        super().__init__(table, program_class, healthy, parameters)
        self.force = {}
        self.done = []  # (result, detail) of commands that ended

    def set(self, words):
        """Set inputs for good, over what the plant says; ``"PT90=free"`` gives one back."""
        for word in words.split():
            if word.endswith("=free"):
                self.force.pop(word[:-5])
            else:
                super().set(word)

    def put(self, name, value):
        """Set one input for good."""
        super().put(name, value)
        self.force[name] = value

    def hold(self):
        """What is forced stands over what the plant says."""
        for name in self.force:
            setattr(self.io, name, self.force[name])

    def judge(self):
        """The program's part of a scan: inputs held, program, what ended of its commands."""
        self.hold()
        program = self.program
        program.scan(self.io, self.now)
        if program.completed:
            self.done.append((program.completed, program.completed_detail))
            program.completed = 0
