"""A lane program on the bench: the process image in hand, a boom that moves, time in scans of 10 ms. Both runtimes.

A logbook is a list of cycles, each ``(ms, inputs, expected)``: at that time (from the start of the book) the inputs are
set, one scan is made, and what is expected must hold after it. Between two rows scans go on every 10 ms. Inputs are
words such as ``"LB_P PE1"`` (now 1) and ``"-LB_P"`` (now 0) or ``"EDGE=150"``; expected are state names, outputs
(``"YC"`` on, ``"-YC"`` off, ``"PASSED=1"``) or attributes of the program (``"missing=4"``).
"""

from firmware.programs.parking_lane import ParkingLane
from firmware.runtime.image import make_image, make_parameters
from protocols import layout
from protocols.quality import GOOD, STALE
from protocols.sheets import load
from protocols.sheets.derive import table as make_table
from protocols.ticks import ticks_add

TABLE = make_table(load("parking_lane"))
START = 0x3FFFF000  # ticks wrap four seconds later
HEALTHY = {"SK1": 1, "ARM_ZOK": 1, "UPS_OK": 1, "ZC": 1, "EDGE": 8200, "V24": 270, "MOT_I": 60}
UP = 6  # 0.1 degree a scan: open in 1,490 ms
DOWN = 4  # closed in 2,230 ms
TOKEN = 0x1234567


class Events:
    """Keeps what was emitted, by name: ``("PASSED", 0, 0)``."""

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


class Bench:
    """One lane with its boom. `now` is the tick, `ms` the time since the bench was made."""

    def __init__(self, whitelist=(), role=0, known=True, **parameters):
        self.table = TABLE
        self.io = make_image(TABLE)
        self.par = make_parameters(TABLE)
        self.par.lane_role = role
        for name in parameters:
            setattr(self.par, name, parameters[name])
        self.events = Events(TABLE)
        self.lane = ParkingLane(TABLE, self.par, self.events)
        self.lane.whitelist = whitelist
        self.now = START
        self.ms = 0
        self.angle = 0  # 0.1 degree
        self.stuck = False
        self.beams_blind = 0  # 1 PE1, 2 PE2: receivers stuck at clear
        self.bodies = [0, 0]
        self.spring = False
        io = self.io
        io.mode = layout.MODE_AUTO
        io.link = layout.LINK_OK
        for row in TABLE.DI + TABLE.AI + TABLE.BI:
            setattr(io, row[0], HEALTHY.get(row[0], 0))
            setattr(io, row[0] + "_Q", GOOD)
        self.lane.start(io, self.now)
        if known:
            self.run(400)
            self.events.seen = []
            self.ms = 0

    # -- the world -------------------------------------------------------------------------------------------

    def scan(self):
        """One scan, and 10 ms of the boom's movement after it."""
        io = self.io
        moving = 0 if self.stuck else 1
        io.PE1 = 1 if self.bodies[0] or (io.TEST and not self.beams_blind & 1) else 0
        io.PE2 = 1 if self.bodies[1] or (io.TEST and not self.beams_blind & 2) else 0
        self.lane.scan(io, self.now)
        assert not (io.YO and io.YC)
        if io.YO and moving:
            self.angle = min(900, self.angle + UP)
        elif io.YC and moving:
            self.angle = max(0, self.angle - DOWN)
        elif self.spring and not io.YO and not io.YC:
            self.angle = min(900, self.angle + 10)
        io.POS = self.angle
        io.ZO = 1 if self.angle >= 890 else 0
        io.ZC = 1 if self.angle <= 10 else 0
        self.now = ticks_add(self.now, 10)
        self.ms += 10
        io.reset = 0

    def run(self, ms):
        """Scans for that long."""
        for _ in range(ms // 10):
            self.scan()

    def wait(self, ms):
        """A long time in which nothing moves: every scan at its ends, one a second between."""
        while ms > 10000:
            self.scan()
            ms -= 10
            if not (self.io.YO or self.io.YC or self.io.BEEP):
                self.now = ticks_add(self.now, 990)
                self.ms += 990
                ms -= 990
        self.run(ms)

    def until(self, state, limit_ms=60000):
        """Scan until the lane is in `state`; returns the time it took."""
        wanted = getattr(TABLE, "ST_" + state)
        begin = self.ms
        while self.lane.state != wanted:
            assert self.ms - begin < limit_ms, "no %s within %d ms, but %s" % (state, limit_ms, self.state)
            self.scan()
        return self.ms - begin

    @property
    def state(self):
        """Name of the state."""
        return TABLE.STATES[self.lane.state]

    def set(self, words):
        """Set inputs: ``"LB_P -LA_P EDGE=150"``. PE1 and PE2 are bodies in the beams."""
        for word in words.split():
            value = 1
            if word.startswith("-"):
                word = word[1:]
                value = 0
            elif "=" in word:
                word, text = word.split("=")
                value = int(text)
            if word in ("PE1", "PE2"):
                self.bodies[0 if word == "PE1" else 1] = value
            else:
                assert hasattr(self.io, word), word
                setattr(self.io, word, value)

    def stale(self, name, stale=1):
        """A point without samples takes its fail state."""
        for row in TABLE.DI:
            if row[0] == name:
                setattr(self.io, name, row[2] if stale else HEALTHY.get(name, 0))
        setattr(self.io, name + "_Q", STALE if stale else GOOD)

    def check(self, words):
        """Hold what is expected against the lane; raises AssertionError with the first difference."""
        for word in words.split():
            where = "at %d ms: %s expected" % (self.ms, word)
            if word in TABLE.STATES:
                assert self.state == word, "%s, is %s" % (where, self.state)
                continue
            value = 1
            if word.startswith("-"):
                word = word[1:]
                value = 0
            elif "=" in word:
                word, text = word.split("=")
                value = int(text)
            have = getattr(self.io, word) if hasattr(self.io, word) else getattr(self.lane, word)
            assert have == value, "%s, is %s" % (where, have)

    def book(self, rows):
        """Play a logbook; its times begin at 0."""
        self.ms = 0
        for ms, inputs, expected in rows:
            assert ms % 10 == 0 and ms >= self.ms, "row at %d ms is out of order" % ms
            self.wait(ms - self.ms)
            self.set(inputs)
            self.scan()
            self.ms -= 10
            self.check(expected)
            self.ms += 10

    # -- the people ------------------------------------------------------------------------------------------

    def command(self, name, *args):
        """A plant command, START or STOP: its result."""
        code = getattr(TABLE, "CMD_" + name) if hasattr(TABLE, "CMD_" + name) else getattr(layout, "CMD_" + name)
        a = list(args) + [0] * (4 - len(args))
        self.lane.detail = 0
        return self.lane.command(code, a[0], a[1], a[2], a[3], self.io, self.now)

    def open_once(self, token=TOKEN):
        """The gateway lets `token` in."""
        return self.command("OPEN_ONCE", token >> 16, token & 0xFFFF)

    def read(self, token=TOKEN, confidence=95):
        """The reader sees a plate."""
        self.io.READ_SEQ = self.io.READ_SEQ + 1
        self.io.READ_TOKEN = token
        self.io.READ_CONF = confidence

    def reset(self, confirm=False):
        """A reset edge, with the attendant's confirmation or without."""
        if confirm:
            self.io.ATT = 1
        self.io.reset = 1
        self.scan()
        self.io.ATT = 0

    def lift(self):
        """From CLOSED to OPEN for one authorised vehicle that waits on the approach loop."""
        self.set("LA_P")
        self.scan()
        assert self.open_once() == layout.RES_ACCEPTED
        self.until("OPEN")

    def closing(self, angle=450):
        """To CLOSING at about that angle, nobody there."""
        self.lift()
        self.set("-LA_P")
        self.lane.admission.forget()
        self.until("CLOSING")
        while self.angle > angle:
            self.scan()

    def drive_through(self):
        """The vehicle on the approach loop drives through, 2.5 m/s; ends with the lane free."""
        for inputs in ("LB_P", "PE1 PE2", "LC_P -LA_P", "-PE1 -PE2", "-LB_P", "-LC_P"):
            self.set(inputs)
            self.run(500 if inputs != "-PE1 -PE2" else 300)
