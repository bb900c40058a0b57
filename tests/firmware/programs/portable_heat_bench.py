"""The heat program on the bench: the process image in hand, a plant that is simple but follows. Both runtimes.

Pumps run 200 ms after their contact, machines tell their state one reading (1 s) later and start in 20 s, V101 strokes
in 30 s. Temperatures stay where a test puts them; the physics has its own rig (`tools/emulator/heat`).
"""

from firmware.programs.heat_loop import HeatLoop
from protocols.quality import STALE
from protocols.sheets import load
from protocols.sheets.derive import table as make_table
from tests.firmware.programs.portable_logbook import PlantBench

TABLE = make_table(load("heat_loop"))
SCAN = TABLE.SCAN_MS
PUMPS = ("P101A", "P101B", "P201", "P202", "P301", "P401", "P402")
PUMP_MS = 200
START_MS = 20000
STOP_MS = 10000
READ_MS = 1000
OFF, STARTING, RUNNING, STOPPING, FAULT = 1, 2, 3, 4, 5
HEALTHY = {
    "TT101": 3400,
    "TT102": 2400,
    "TT201": 2500,
    "TT202": 2100,
    "TT203": 4000,
    "TT204": 4500,
    "TT301": 4700,
    "TT302": 4650,
    "TT303": 4600,
    "TT304": 4500,
    "TT305": 4500,
    "TT306": 3800,
    "TT41": 6050,
    "TT42": 6000,
    "TT43": 5900,
    "TT44": 5600,
    "TT45": 6000,
    "TT46": 5550,
    "TT47": 1000,
    "TT50": 800,
    "PT101": 200,
    "PT201": 200,
    "PT301": 180,
    "DP301": 30,
    "V101_ZSC": 1,
    "IT_REQ": 10000,
    "IT_T": 2500,
}
for _k in (1, 2, 3):
    HEALTHY["HP%d_ST" % _k] = OFF
    HEALTHY["HP%d_FS" % _k] = 0
COLD_BUFFER = "TT301=4200 TT302=4100 TT303=4000 TT304=3900"


class Machine:
    """What the bench knows of one heat pump."""

    def __init__(self):
        self.state = OFF
        self.age = 0
        self.deaf = 0  # never comes to run

    def step(self, y, ms):
        """Follow the contact."""
        self.age += ms
        if self.state == FAULT:
            return
        if y:
            if self.state == OFF or self.state == STOPPING:
                self.state = STARTING
                self.age = 0
            elif self.state == STARTING and self.age >= START_MS and not self.deaf:
                self.state = RUNNING
        elif self.state == STARTING:
            self.state = OFF
        elif self.state == RUNNING:
            self.state = STOPPING
            self.age = 0
        elif self.state == STOPPING and self.age >= STOP_MS:
            self.state = OFF


class Bench(PlantBench):
    """One plant. `rested`: from the moment at which the machines' first rest is over. Rest, pumps and least time are
    shortened, unless `site` is asked for: the sheet's own figures."""

    def __init__(self, rested=True, scan_ms=SCAN, site=False, **parameters):
        quick = {} if site else {"hp_off_min": 1, "hp_pumps_s": 5, "hp_on_min": 2, "hp_unload_s": 5}
        quick.update(parameters)
        super().__init__(TABLE, HeatLoop, HEALTHY, quick)
        self.scan_ms = scan_ms
        self.machines = (Machine(), Machine(), Machine())
        self.since = {}
        self.valve = 0  # where V101 is, 0.1 %
        self.read = 0
        for pump in PUMPS:
            self.since[pump] = 0
        self.begin()
        if rested:
            self.run(self.par.hp_off_min * 60000 + 2000)
            self.forget()

    def begin(self):
        """As every bench, and what the plant says from the start."""
        super().begin()
        self._follow()

    def quality(self, names, quality=STALE):
        """Quality of inputs, by the beginning of their names: ``"IT_ HP1"``."""
        for row in TABLE.DI + TABLE.AI + TABLE.BI:
            for name in names.split():
                if row[0].startswith(name):
                    setattr(self.io, row[0] + "_Q", quality)

    def reset(self, confirm=False):
        """A reset edge, with somebody on the spot or without."""
        self.io.LOC = 1 if confirm else 0
        self.io.reset = 1
        self.scan()
        self.scan()
        self.io.LOC = 0

    def cold(self):
        """Heating wants heat."""
        self.set(COLD_BUFFER)

    def warm(self):
        """It doesn't any more."""
        self.set("TT301=4800 TT302=4780 TT303=4760 TT304=4700")

    def running(self, machines=1):
        """Scan until so many machines run."""
        self.cold()
        self.until(lambda: self.program.pumps.running >= machines, 4000000)

    def scan(self):
        """One scan, and its time of the plant after it."""
        self.judge()
        self._follow()
        self.advance()

    def _follow(self):
        io = self.io
        for pump in PUMPS:
            on = getattr(io, pump + "_Y")
            was = self.since[pump]
            self.since[pump] = min(was + self.scan_ms, 100000) if on else 0
            setattr(io, pump + "_RUN", 1 if self.since[pump] >= PUMP_MS else 0)
        io.FT101 = 2200 if io.P101A_RUN or io.P101B_RUN else 0
        io.FT201 = 3200 if io.P201_RUN else 0
        io.FS201 = io.P201_RUN
        io.FT301 = 1000 if io.P301_RUN else 0
        io.FT401 = 300 if io.P401_RUN else 0
        io.FT402 = 90 if io.P402_RUN else 0
        self.read += self.scan_ms
        tells = self.read >= READ_MS
        if tells:
            self.read = 0
        for k in range(3):
            machine = self.machines[k]
            machine.step(getattr(io, "HP%d_Y" % (k + 1)), self.scan_ms)
            if tells:
                setattr(io, "HP%d_ST" % (k + 1), machine.state)
                setattr(io, "HP%d_KW" % (k + 1), 3000 if machine.state == RUNNING else 0)
        step = 1000 * self.scan_ms // 30000
        goal = io.V101_SP
        self.valve = min(goal, self.valve + step) if goal > self.valve else max(goal, self.valve - step)
        io.V101_ZSO = 1 if self.valve >= 1000 else 0
        io.V101_ZSC = 1 if self.valve <= 0 else 0
        self.hold()
