"""What the heat board sees and knows: believed temperatures, facts, causes, permissives. What it does is in the
modules that build on it, up to `heat_loop`."""

from array import array

from drivers.blocks.rate import RateCounter
from drivers.blocks.timers import OffDelay, OnDelay
from drivers.blocks.trip import TripEngine
from drivers.limit_thermostat import DID_NOT_TRIP, LimitThermostat
from firmware.program import Program
from firmware.programs.heat_backup import Backup
from firmware.programs.heat_charge import Charge
from firmware.programs.heat_circulation import Circulation
from firmware.programs.heat_fill import Fill
from firmware.programs.heat_hygiene import DISINFECT, Hygiene
from firmware.programs.heat_mixing import HeatingMix, HeatingPump, TapMix
from firmware.programs.heat_pumps import HeatPumps
from firmware.programs.heat_season import Season
from firmware.programs.heat_sensors import TT41, TT44, TT50, TT101, TT201, TT202, Temperatures
from firmware.programs.heat_source import Source
from firmware.programs.heat_wishes import Wishes
from protocols import layout
from protocols.port import const
from protocols.quality import BAD, GOOD
from protocols.ticks import ticks_add, ticks_diff

LOWEST = const(-4000)  # 0.01 degC: the end of every sensor's range
_SETTLE_MS = const(400)  # the longest debounce of a contact that starts something lasts 200 ms
_HOUR_MS = const(3600000)
_LAW_MS = const(500)  # period of measurements and loops (§4a); protections look every scan
_MOST_TRIPS = const(10)
_SECOND_MS = const(1000)

# Turns of what is done every 500 ms, a scan apart
SENSORS = const(0)
SOURCE = const(1)
STORE = const(2)
MIXING = const(3)
SHOW = const(4)
_TURNS = const(5)


class HeatBase(Program):
    """Devices and judgement of the heat board. Facts are what the sheet's conditions ask of the program."""

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.trips = TripEngine(table)
        self.wishes = Wishes(events, table.EV_WISH_EXPIRED, table.EV_LOOP)
        self.temps = Temperatures(table, par)
        self.source = Source()
        self.pumps = HeatPumps()
        self.season = Season()
        self.fill = Fill()
        self.stb = LimitThermostat(par.stb_limit)
        self.hygiene = Hygiene(table, par)
        self.charge = Charge(table, par)
        self.tap = TapMix(table, par)
        self.mix = HeatingMix(table, par)
        self.network_pump = HeatingPump(table, par)
        self.circulation = Circulation(table, par)
        self.backup = Backup(table, par)
        self.proven = 0  # evaporator and condenser flow, now
        self.idle = 1  # nothing is heated or cooled: what frost protection asks
        # Facts
        self.it_hot = 0
        self.p101_asked = 0
        self.p101_change = 0
        self.tt101_lost = 0
        self.v101_stuck = 0
        self.v401_stuck = 0
        self.hp_asks = 0
        self.evap_wide = 0
        self.h2_third = 0
        self.hp1_fault = 0
        self.hp2_fault = 0
        self.hp3_fault = 0
        self.scalds = 0
        self.scorches = 0
        self.store_over = 0
        self.supply_cool = 0
        self.return_cool = 0
        self.stagnant = 0
        self.circ_off = 0
        self.estimated = 0
        self.frosty = 0
        self.it_calls = 1
        self.hp_barred = 1
        self.hygiene_on = 0
        self.eh1_barred = 1
        self.it_tight = 1
        self._due = array("i", [0] * _TURNS)
        self._spun = OnDelay(10000)
        self._h2 = RateCounter(_MOST_TRIPS, _HOUR_MS)
        self._h2_told = 0
        self._ran = 0
        self._flow_bit = 1 << table.CAUSE_HP_FLOW
        self._third_bit = 1 << table.CAUSE_H2_THIRD
        self._limited_on = OnDelay(60000)
        self._limited_off = OffDelay(60000)
        self._hp_bits = (table.EF_HP1_OFF, table.EF_HP2_OFF, table.EF_HP3_OFF)
        self.heard.preset = _SETTLE_MS
        self.awaited = tuple([row[0] + "_Q" for row in table.DI] + ["TT101_Q", "FT101_Q", "PT101_Q", "IT_REQ_Q"])

    def start(self, io, now):
        """Before the first scan: the machines' rest begins."""
        super().start(io, now)
        self.pumps.begin(io, now)
        self.fill.begin(now)
        self.season.keep(io.SEASON, io.OUT_MEAN, now)
        for turn in range(_TURNS):
            self._due[turn] = ticks_add(now, 100 * turn)

    def fitted(self, name):
        """A board without a data centre doesn't wait for it."""
        return name != "IT_REQ_Q" or self.par.dc_unit > 0

    def turn(self, turn, now):
        """Whether it is the turn of what is done every 500 ms."""
        if ticks_diff(now, self._due[turn]) < 0:
            return 0
        self._due[turn] = ticks_add(now, _LAW_MS)
        return 1

    def judge(self, io, now):
        """Read the devices, judge causes and permissives."""
        par = self.par
        table = self.table
        lost = 0 if self.gateway(io) else 1
        self.wishes.scan(lost, self.trips.effects & table.EF_GW_FALLBACK, par, now)
        if self.turn(SENSORS, now):
            self._temperatures(io, now)
        self.source.sense(io, par, now)
        self._machines(io, now)
        self._facts(io, now)
        trips = self.trips
        trips.scan(io, par, self, now, io.reset, io.LOC and io.LOC_Q == GOOD)
        self._conclude(io)
        self.missing = table.permissives(io, par, self)

    # -- facts -------------------------------------------------------------------------------------------------

    def _temperatures(self, io, now):
        """Believed temperatures, and the facts made of them."""
        par = self.par
        temps = self.temps
        network = 1 if self.hygiene.cycle == DISINFECT else 0
        temps.step(io, self.backup.steps, network, 0, now)
        if temps.news:
            self._tell_estimates()
        season = self.season
        season.step(temps.value[TT50], not temps.reason[TT50], par, now)
        if season.changed:
            self.events.emit(self.table.EV_SEASON, season.was, season.season)
        self.tt101_lost = temps.source_estimated
        self._thermostat(io, now)
        self.estimated = 1 if temps.estimates or temps.sensor_doubt else 0
        wide = temps.value[TT201] - temps.value[TT202] > par.evap_dt
        self.evap_wide = 1 if wide and not temps.reason[TT201] and not temps.reason[TT202] else 0
        limit = par.frost_off if self.frosty else par.frost_on
        self.frosty = 1 if season.known and temps.value[TT50] < limit and (self.idle or self.frosty) else 0

    def _thermostat(self, io, now):
        """H5: water that two sensors of the store have beyond the limit is a thermostat that didn't open."""
        temps = self.temps
        hottest = LOWEST
        second = LOWEST
        known = 0
        for k in range(TT41, TT44 + 1):
            if temps.reason[k]:
                continue
            known += 1
            value = temps.value[k]
            if value > hottest:
                second = hottest
                hottest = value
            elif value > second:
                second = value
        stb = self.stb
        stb.limit = self.par.stb_limit
        stb(io.STB_DHW, io.STB_DHW_Q, second, GOOD if known > 1 else BAD, now)
        self.store_over = 1 if stb.why == DID_NOT_TRIP else 0

    def _tell_estimates(self):
        temps = self.temps
        for k in range(20):
            if temps.news >> k & 1:
                self.events.emit(self.table.EV_ESTIMATE, k + 1, temps.reason[k])

    def _machines(self, io, now):
        """Hear the machines; are their flows proven?"""
        par = self.par
        effects = self.trips.effects
        held = 0
        for k in range(3):
            if effects & self._hp_bits[k]:
                held |= 1 << k
        pumps = self.pumps
        pumps.sense(io, par, held, now)
        self.hp1_fault = pumps.machines[0].fault
        self.hp2_fault = pumps.machines[1].fault
        self.hp3_fault = pumps.machines[2].fault
        self.hp_asks = pumps.asks
        evaporator = io.FT201_Q < BAD and io.FT201 >= par.evap_flow_min and io.FS201 and io.FS201_Q == GOOD
        turning = io.P201_RUN and io.P202_RUN and io.P201_RUN_Q == GOOD and io.P202_RUN_Q == GOOD
        self.proven = 1 if evaporator and turning else 0

    def _facts(self, io, now):
        par = self.par
        table = self.table
        temps = self.temps
        source = self.source
        hot = io.IT_T_Q < BAD and io.IT_T > par.it_air
        self.it_hot = 1 if hot or temps.value[TT101] > par.it_water else 0
        self._spun.preset = par.p101_spin_s * 1000
        stopped = self.trips.effects & table.EF_HALL_FIRE and not par.hall_fire
        self.p101_asked = self._spun(0 if stopped else 1, now)
        twin = source.twin
        self.p101_change = 1 if twin.a.failed or twin.b.failed else 0
        self.v101_stuck = source.valve.stuck
        self.v401_stuck = self.tap.stuck
        self.scalds = self.tap.scald
        self.scorches = self.tap.scorch
        hygiene = self.hygiene
        self.supply_cool = hygiene.supply_low
        self.return_cool = hygiene.return_low
        self.stagnant = hygiene.stagnant
        self.circ_off = self.circulation.off
        self._third(now)

    def _third(self, now):
        """H2: a machine that runs and loses its flow may be started again; the third time somebody has to look."""
        trips = self.trips
        event = 0
        if trips.active & self._flow_bit:
            if not self._h2_told and self._ran:
                event = 1
            self._h2_told = 1
        else:
            self._h2_told = 0
        self._h2(event, now)
        self.h2_third = 1 if event and self._h2.count >= self.par.h2_per_h else 0
        if self.h2_third:
            self._h2.clear()

    def _conclude(self, io):
        """What follows from the causes that stand."""
        table = self.table
        effects = self.trips.effects
        self.it_calls = 1 if effects & table.EF_IT_COOL else 0
        self.hp_barred = 1 if effects & table.EF_HP_OFF else 0
        self.eh1_barred = 1 if effects & table.EF_EH1_OFF else 0
        self.hygiene_on = 1 if self.hygiene.cycle else 0
        self.it_tight = self.source.tight(io, self.par, self.temps)
        # Whether a machine ran when the flow row tripped: from here on in this scan it is stopped.
        self._ran = self.pumps.asks

    def away(self, io):
        """Whether the program leaves the plant to itself (OFF, MAINT)."""
        return io.mode == layout.MODE_OFF or io.mode == layout.MODE_MAINT
