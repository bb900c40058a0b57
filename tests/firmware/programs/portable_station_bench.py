"""The station's program on the bench: a plant that is simple but moves. Both runtimes.

Vacuum and air follow the fans through first-order lags: enough to walk through every state in its order. The physics of
the real network has its own rig (`tools/emulator/waste`).
"""

from firmware.programs.waste_station import WasteStation
from protocols import layout
from protocols.sheets import load
from protocols.sheets.derive import table as make_table
from tests.firmware.programs.portable_logbook import PlantBench

TABLE = make_table(load("waste_station"))
SCAN = TABLE.SCAN_MS
AV_TRAVEL = 1200
SV_TRAVEL = 2000
HEALTHY = {"PS93": 600, "TT92": 300, "CMP_ZHOME": 1, "DIV1_ZA": 1}
for _k in "123456":
    HEALTHY["AV%s_ZSC" % _k] = 1
    HEALTHY["SV%s_ZSO" % _k] = 1
for _k in "123":
    HEALTHY["CNT%s_ZDOCK" % _k] = 1
    HEALTHY["FAN%s_TB" % _k] = 400
OUTPUTS = tuple([row[0] for row in TABLE.DO])


class Bench(PlantBench):
    """One station. Faults: `leak` (no vacuum), `blocked` (no air), `dead` fans, `stuck` valves ("AV2", "SV2")."""

    def __init__(self, ready=True, **parameters):
        site = {"length%d" % k: 100 for k in range(1, 7)}  # a purge of 13 s
        site["stagger_ms"] = 1000
        site.update(parameters)
        super().__init__(TABLE, WasteStation, HEALTHY, site)
        self.station = self.program
        self.av = [0] * 6
        self.sv = [SV_TRAVEL] * 6
        self.spin = [0, 0, 0]
        self.vacuum = 0  # 0.01 kPa
        self.air = 0  # 0.01 m/s
        self.position = 0  # diverter, 0..200
        self.leak = 0
        self.blocked = 0
        self.dead = ()
        self.stuck = ()
        self.press_ms = 0
        self.jam = 0
        self.begin()
        if ready:
            self.until("TRIPPED")
            self.reset()
            self.command("FLIGHT_CLEAR")
            self.run(200)
            self.check("IDLE")
            self.forget()
            self.done = []

    def scan(self):
        """One scan, and 20 ms of the plant after it."""
        io = self.io
        self.judge()
        self._valves(io)
        self._fans(io)
        self._air(io)
        self._receiving(io)
        self.advance()

    def _valves(self, io):
        open_ = 0
        for k in range(6):
            if "AV%d" % (k + 1) not in self.stuck:
                step = SCAN if getattr(io, "AV%d_YO" % (k + 1)) else -SCAN
                self.av[k] = min(AV_TRAVEL, max(0, self.av[k] + step))
            if "SV%d" % (k + 1) not in self.stuck:
                step = SCAN * (getattr(io, "SV%d_YO" % (k + 1)) - getattr(io, "SV%d_YC" % (k + 1)))
                self.sv[k] = min(SV_TRAVEL, max(0, self.sv[k] + step))
            setattr(io, "AV%d_ZSC" % (k + 1), 1 if self.av[k] == 0 else 0)
            setattr(io, "AV%d_ZSO" % (k + 1), 1 if self.av[k] == AV_TRAVEL else 0)
            setattr(io, "SV%d_ZSC" % (k + 1), 1 if self.sv[k] == 0 else 0)
            setattr(io, "SV%d_ZSO" % (k + 1), 1 if self.sv[k] == SV_TRAVEL else 0)
            open_ += 1 if self.av[k] else 0
        assert open_ <= 1, "two air-inlet valves off their seats"

    def _fans(self, io):
        for k in range(3):
            run = getattr(io, "FAN%d_YRUN" % (k + 1)) and k + 1 not in self.dead
            target = getattr(io, "FAN%d_SREF" % (k + 1)) if run else 0
            self.spin[k] += (target - self.spin[k]) // 20
            setattr(io, "FAN%d_ZRUN" % (k + 1), 1 if run else 0)

    def _air(self, io):
        head = 0
        for spin in self.spin:
            head += spin * spin // 1000 * 32 // 30  # 32 kPa for all three at full speed
        head = head * 100 // 100
        through = max(self.av)
        target = head * 3 // 10 if through and not self.blocked else head
        if self.leak:
            target = min(target, 1400)
        self.vacuum += (target - self.vacuum) // 60
        fast = 0 if self.blocked or not through else int(self.spin[0] + self.spin[1] + self.spin[2]) * 2640 // 3000
        self.air += (fast - self.air) // 30 if abs(fast - self.air) >= 30 else fast - self.air
        io.PT90 = -self.vacuum
        io.FT90 = max(0, self.air + (self.ms // SCAN & 1)) if self.air > 100 else 0

    def _receiving(self, io):
        target = -1
        for k in range(3):
            if getattr(io, "DIV1_YPOS%d" % (k + 1)):
                target = 100 * k
        if target >= 0 and "DIV" not in self.stuck:
            self.position += 1 if target > self.position else -1 if target < self.position else 0
        io.DIV1_ZA = 1 if self.position == 0 else 0
        io.DIV1_ZB = 1 if self.position == 100 else 0
        io.DIV1_ZC = 1 if self.position == 200 else 0
        for k in "123":
            setattr(io, "CNT%s_ZGATE" % k, getattr(io, "CNT%s_YGATE" % k))
        if io.CMP_YRUN:
            self.press_ms += SCAN
            io.CMP_ZHOME = 1 if self.press_ms < 200 or self.press_ms > 5000 else 0
            if self.jam:
                io.CMP_ZHOME = 0
                io.CMP_PT = 2300 if self.jam > 1 else 1000
        else:
            self.press_ms = 0
            io.CMP_ZHOME = 1
            io.CMP_PT = 0

    def outputs(self):
        """Names of the switched outputs that are on."""
        return [name for name in OUTPUTS if getattr(self.io, name)]

    def vacuum_up(self):
        """To VACUUM with enough of it."""
        assert self.command("FANS_START") == layout.RES_ACCEPTED
        self.until("VACUUM")
        self.until(lambda: self.io.VACUUM_OK)

    def convey(self, branch=1):
        """To CONVEY with a discharge permitted."""
        self.vacuum_up()
        assert self.command("AV_OPEN", branch) == layout.RES_ACCEPTED
        self.until(lambda: self.io.DV_PERMIT)
