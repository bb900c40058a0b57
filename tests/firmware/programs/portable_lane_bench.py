"""A lane program on the bench: a boom that moves, time in scans of 10 ms. Both runtimes."""

from firmware.programs.parking_lane import ParkingLane
from protocols import layout
from protocols.sheets import load
from protocols.sheets.derive import table as make_table
from protocols.ticks import ticks_add
from tests.firmware.programs.portable_logbook import ProgramBench

TABLE = make_table(load("parking_lane"))
HEALTHY = {"SK1": 1, "ARM_ZOK": 1, "UPS_OK": 1, "ZC": 1, "EDGE": 8200, "V24": 270, "MOT_I": 60}
UP = 6  # 0.1 degree a scan: open in 1,490 ms
DOWN = 4  # closed in 2,230 ms
TOKEN = 0x1234567


class Bench(ProgramBench):
    """One lane with its boom. Setting PE1 or PE2 puts a body into that beam."""

    def __init__(self, whitelist=(), role=0, known=True, **parameters):
        parameters["lane_role"] = role
        super().__init__(TABLE, ParkingLane, HEALTHY, parameters)
        self.lane = self.program
        self.lane.whitelist = whitelist
        self.angle = 0  # 0.1 degree
        self.stuck = False
        self.beams_blind = 0  # 1 PE1, 2 PE2: receivers stuck at clear
        self.bodies = [0, 0]
        self.spring = False
        self.begin()
        if known:
            self.run(400)
            self.forget()

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
        self.advance()

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

    def put(self, name, value):
        """Set one input."""
        if name in ("PE1", "PE2"):
            self.bodies[0 if name == "PE1" else 1] = value
        else:
            super().put(name, value)

    # -- the people ------------------------------------------------------------------------------------------

    def open_once(self, token=TOKEN):
        """The gateway lets `token` in."""
        return self.command("OPEN_ONCE", token >> 16, token & 0xFFFF)

    def read(self, token=TOKEN, confidence=95):
        """The reader sees a plate."""
        self.io.READ_SEQ = self.io.READ_SEQ + 1
        self.io.READ_TOKEN = token
        self.io.READ_CONF = confidence

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
