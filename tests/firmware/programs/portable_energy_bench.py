"""The energy program on the bench: the process image in hand, a plant that is simple but balances. Both runtimes.

Powers are 0.1 kW. Inverters ramp with 20 %/s to what sun and limit leave, the battery inverter does what it is told one
reading later, cars react after 3 s, the breaker takes 60 ms. The physics has its own rig (`tools/emulator/energy`).
"""

from firmware.programs.energy import Energy
from protocols.quality import STALE
from protocols.sheets import load
from protocols.sheets.derive import table as make_table
from tests.firmware.programs.portable_logbook import PlantBench

TABLE = make_table(load("energy"))
SCAN = TABLE.SCAN_MS
UNITS = range(1, 7)
READ_MS = 200
BREAKER_MS = 60
HEALTHY = {
    "QG_ZCL": 1,
    "GRID_OK": 1,
    "GM_V": 2300,
    "GM_F": 5000,
    "BAT_SOC": 600,
    "BAT_SOH": 990,
    "BAT_VMAX": 3320,
    "BAT_VMIN": 3290,
    "BAT_TMAX": 280,
    "BAT_TMIN": 240,
    "BAT_ST": 3,
    "BAT_PCHA": 5000,
    "BAT_PDIS": 5000,
    "PCS_CTL": 1,
    "PCS_ST": 4,
}
for _k in UNITS:
    HEALTHY["INV%d_CTL" % _k] = 1
    HEALTHY["INV%d_ST" % _k] = 4
    HEALTHY["INV%d_LIM" % _k] = 1000
OUTPUTS = tuple([row[0] for row in TABLE.DO])


class Bench(PlantBench):
    """One plant. `load`: what the site draws besides cars; `sun[k]`: what inverter k + 1 could give; `cars` charge.

    deaf: inverters that ignore their limit. stuck: the breaker stays where it is. force: inputs that nothing moves.
    """

    def __init__(self, observed=True, **parameters):
        site = {"observe_s": 1}
        site.update(parameters)
        super().__init__(TABLE, Energy, HEALTHY, site)
        self.load = 4000
        self.sun = [500] * 6
        self.cars = 0
        self.deaf = ()
        self.stuck = 0
        self.power = [500] * 6
        self.limits = [1000] * 6
        self.running = [1] * 6
        self.battery = 0
        self.share = 60
        self.reacts = []
        self.travel = 0
        self.read_ms = 0
        self.begin()
        if observed:
            self.run(self.par.observe_s * 1000 + 2000)
            self.check("RUN")
            self.forget()

    def begin(self):
        """As every bench, and what the plant measures from the start."""
        super().begin()
        self._measure()

    def quality(self, names, quality=STALE):
        """Quality of bus inputs, by the beginning of their names: ``"GM_ BAT_"``."""
        for row in TABLE.BI:
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

    def scan(self):
        """One scan, and 20 ms of the plant after it."""
        io = self.io
        self.judge()
        self._inverters(io)
        self._battery(io)
        self._cars(io)
        self._breaker(io)
        self.read_ms += SCAN
        if self.read_ms >= READ_MS:
            self.read_ms = 0
            self._measure()
        self.advance()

    @property
    def grid(self):
        """What flows in from the grid, 0.1 kW; the island's battery takes what is left."""
        return self.load + self.cars * self.share * 23 // 1000 - sum(self.power) - self.battery

    def _inverters(self, io):
        for k in range(6):
            if io.ASK >> k & 1 and k + 1 not in self.deaf:
                self.limits[k] = getattr(io, "INV%d_SET" % (k + 1))
                self.running[k] = io.INV_RUN >> k & 1
            goal = min(self.sun[k], self.limits[k]) if self.running[k] else 0
            self.power[k] += min(4, goal - self.power[k]) if goal > self.power[k] else max(-4, goal - self.power[k])

    def _battery(self, io):
        if io.ASK >> 6 & 1:
            self.battery = io.PCS_SET if io.PCS_RUN else 0

    def _cars(self, io):
        if io.ASK >> 7 & 1 and (not self.reacts or self.reacts[-1][1] != io.EV_SHARE):
            self.reacts.append((self.ms + 3000, io.EV_SHARE))
        while self.reacts and self.reacts[0][0] <= self.ms:
            self.share = self.reacts.pop(0)[1]

    def _breaker(self, io):
        if self.stuck:
            return
        closed = getattr(io, "QG_ZCL")
        wanted = 0 if io.QG_YTRIP else 1 if io.QG_YCLOSE else closed
        self.travel = self.travel + SCAN if wanted != closed else 0
        if self.travel >= BREAKER_MS and "QG_ZCL" not in self.force:
            io.QG_ZCL = wanted

    def _measure(self):
        io = self.io
        for k in range(6):
            setattr(io, "INV%d_W" % (k + 1), self.power[k])
            setattr(io, "INV%d_LIM" % (k + 1), self.limits[k])
        io.PCS_P = self.battery
        io.PCS_SP = io.PCS_SET if io.ASK >> 6 & 1 else self.battery
        io.GM_P = self.grid if io.QG_ZCL else 0
        io.EV_P = self.cars * self.share * 23 // 1000
        io.EV_I = self.share
        io.EV_N = self.cars if self.share else 0
        io.EV_CARS = self.cars
        self.hold()

    def outputs(self):
        """Names of the switched outputs that are on."""
        return [name for name in OUTPUTS if getattr(self.io, name)]

    def limit(self):
        """Sum of the limits asked, 0.1 kW."""
        return sum([getattr(self.io, "INV%d_SET" % k) for k in UNITS])
