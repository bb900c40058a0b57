"""The hot-water and heating side of the heat program without the rest: its classes, wired, over an image in hand.

What the board decides elsewhere (interlocks, machines, wishes) are attributes here, with the values of a healthy plant.
Both runtimes.
"""

from firmware.programs.heat_backup import Backup
from firmware.programs.heat_charge import Charge
from firmware.programs.heat_circulation import Circulation
from firmware.programs.heat_controller import NO_HAND
from firmware.programs.heat_hygiene import DISINFECT, Hygiene
from firmware.programs.heat_mixing import HeatingMix, HeatingPump, TapMix
from firmware.programs.heat_sensors import NAMES, Temperatures
from firmware.programs.heat_week import UNKNOWN
from firmware.runtime.image import make_image, make_parameters
from protocols.quality import GOOD
from protocols.sheets import load
from protocols.sheets.derive import table as make_table
from protocols.ticks import PERIOD_MASK

TABLE = make_table(load("heat_loop"))
START = 0x3FFFF000  # ticks wrap four seconds later
MINUTE = 60000
HEALTHY = {
    "TT101": 3400,
    "TT102": 2400,
    "TT201": 2500,
    "TT202": 2100,
    "TT203": 5300,
    "TT204": 6200,
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
    "FT101": 2200,
    "FT301": 1000,
    "FT402": 90,
    "DP301": 30,
    "IT_REQ": 8000,
}


class Side:
    """One board's hot-water and heating side. `ms` is the time since the start."""

    def __init__(self, scan=500, **par):
        table = TABLE
        self.scan_ms = scan
        self.io = make_image(table)
        self.par = make_parameters(table)
        for name in par:
            setattr(self.par, name, par[name])
        for kind in (table.DI, table.AI, table.BI):
            for row in kind:
                setattr(self.io, row[0] + "_Q", GOOD)
        for name in HEALTHY:
            setattr(self.io, name, HEALTHY[name])
        self.io.P402_RUN = 1
        self.temps = Temperatures(table, self.par)
        self.hygiene = Hygiene(table, self.par)
        self.charge = Charge(table, self.par)
        self.tap = TapMix(table, self.par)
        self.mix = HeatingMix(table, self.par)
        self.pump = HeatingPump(table, self.par)
        self.circulation = Circulation(table, self.par)
        self.backup = Backup(table, self.par)
        self.ms = 0
        self.now = START
        # What the rest of the board says
        self.heating = 0
        self.allowed = 1
        self.charge_stop = 0
        self.heat_kw = 3000
        self.cold = 0
        self.run_heating = 0
        self.cooling = 0
        self.h7 = 1  # the backup helps with what H7 says
        self.no_source = 0
        self.p2h_kw = 0
        self.cap = 6
        self.heater_stop = 0
        self.week = UNKNOWN
        self.synced = 0
        self.admits = 1
        self.hands = {"charge": NO_HAND, "tap": NO_HAND, "mix": NO_HAND, "pump": NO_HAND}

    def scan(self):
        """One scan, in the order of the board."""
        io = self.io
        now = self.now
        temps = self.temps
        hygiene = self.hygiene
        circulation = self.circulation
        hands = self.hands
        par = self.par
        temps.step(io, self.backup.steps, 1 if hygiene.cycle == DISINFECT else 0, self.cooling, now)
        circulation.step(io, temps, hygiene.cycle, 0, now)
        hygiene.step(io, temps, self.week, self.synced, circulation.off, now)
        if hygiene.queued and self.admits:
            hygiene.admit(now)
        self.charge.step(io, temps, par.dhw_outlet, hygiene.deep, self.heating, self.allowed, self.charge_stop,
                         self.heat_kw, hands["charge"], now)  # fmt: skip
        h7 = self.h7 and (hygiene.supply_low or hygiene.return_low)
        self.backup.step(io, temps, hygiene.cycle, hygiene.heat_to, h7, self.no_source, self.p2h_kw, self.cap,
                         self.heater_stop, now)  # fmt: skip
        sp = hygiene.tap_sp or par.tap_sp
        self.tap.step(io, temps, sp, self.cold, hygiene.tap_hot, hygiene.suspended, hands["tap"], now)
        self.mix.step(io, temps, par.mix_sp, self.run_heating, self.cooling, hands["mix"], now)
        self.pump.step(io, par.dp_sp, self.run_heating, hands["pump"], now)
        io.V401_SP = self.tap.out

    def run(self, ms, each=None):
        """Scan for `ms` from now; `each(side)` before every scan."""
        end = self.ms + ms
        while self.ms < end:
            if each:
                each(self)
            self.scan()
            self.ms += self.scan_ms
            self.now = self.now + self.scan_ms & PERIOD_MASK

    def until(self, holds, most_ms, each=None):
        """Scan until `holds(side)`; return the ms that took, from now. Fails after `most_ms`."""
        begin = self.ms
        while not holds(self):
            assert self.ms - begin <= most_ms, "not within %d ms" % most_ms
            self.run(self.scan_ms, each)
        return self.ms - begin

    def put(self, **values):
        """Set inputs."""
        for name in values:
            setattr(self.io, name, values[name])


__all__ = ("HEALTHY", "MINUTE", "NAMES", "START", "TABLE", "Side")
