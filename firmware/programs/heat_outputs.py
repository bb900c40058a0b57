"""The outputs of the heat board, and what it publishes."""

from firmware.programs.heat_sensors import DRIFT, FROZEN, OPEN, SHORT, SILENT, SWAPPED, TT204
from firmware.programs.heat_water import HeatWater
from protocols.port import const

_STEPS = const(6)
_FULL = const(1000)


class HeatOutputs(HeatWater):
    """Outputs and status words."""

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self._steps = tuple(["EH1_Y%d" % k for k in range(1, _STEPS + 1)])
        self._loops = tuple([tuple(["L%d_%s" % (n, end) for end in _LOOP_WORDS]) for n in range(1, 8)])
        self._est = (
            (OPEN, "EST_OPEN"),
            (SHORT, "EST_SHORT"),
            (DRIFT, "EST_DRIFT"),
            (FROZEN, "EST_FROZEN"),
            (SWAPPED, "EST_SWAP"),
            (SILENT, "EST_SILENT"),
        )
        self._told_pump = 0
        self._told_v101 = -1

    def drive(self, io, now):
        """Set the outputs; what a row forbids is off in this scan."""
        par = self.par
        table = self.table
        effects = self.trips.effects
        pumps = self.pumps
        self.source.put(io, now)
        stop = effects & table.EF_HEAT_STOP
        frost = effects & table.EF_FROST
        p201 = (pumps.pumps or frost or effects & table.EF_EVAP_PUMP) and not effects & table.EF_EVAP_STOP
        io.P201_Y = 1 if p201 else 0
        io.P201_SPD = 0 if not p201 else par.p201_speed if pumps.pumps else par.frost_speed
        io.P202_Y = 1 if (pumps.pumps or frost or self.direct) and not stop else 0
        io.BYP_Y = 1 if self.direct and not pumps.asks else 0  # never past a machine that still runs
        io.CHW_Y = 1 if self.chill and pumps.pumps else 0
        io.REJ_Y = 1 if self.chill and pumps.hot and not self.charge.run else 0
        charge = self.charge
        run = charge.run and not effects & (table.EF_CHARGE_OFF | table.EF_HEAT_STOP)
        io.P401_Y = 1 if run else 0
        io.P401_SPD = charge.speed if run else 0
        io.V401_SP = 0 if effects & table.EF_V401_COLD else self.tap.out
        io.V301_SP = self.mix.out
        run = self.network_pump.run and not stop
        io.P301_Y = 1 if run else 0
        io.P301_SPD = self.network_pump.speed if run else 0
        io.P402_Y = self.circulation.run
        steps = 0 if effects & table.EF_EH1_OFF else self.backup.mask
        for k in range(_STEPS):
            setattr(io, self._steps[k], steps >> k & 1)
        fill = self.fill
        fill.step(io, par, effects & table.EF_NO_FILL, now)
        io.MAKEUP_Y = fill.open
        if fill.news:
            self.events.emit(table.EV_FILL, fill.open, io.PT301 & 0xFFFF)
        io.VENT_Y = 1 if effects & table.EF_VENT else 0
        io.DAMP_Y = 0 if effects & table.EF_DAMPERS else 1
        io.HYG_LAMP = self._notice()
        self._tell(io)

    def rest(self, io, now):
        """OFF and MAINT: outputs as without a board, but the IT water is cooled as ever while the mode is OFF."""
        effects = self.trips.effects
        self.safe(io)
        self.fill.step(io, self.par, 1, now)
        if self.state == self.table.ST_OFF:
            self.source.put(io, now)
            twin = self.source.twin
            io.P101A_Y = twin.a.y
            io.P101B_Y = twin.b.y
        io.VENT_Y = 1 if effects & self.table.EF_VENT else 0
        io.HYG_LAMP = self._notice()
        self._tell(io)

    def _notice(self):
        """The notice at the taps: a hot network, or what one left in the pipes (power cut, OFF, a slow cooling)."""
        return 1 if self.hygiene.lamp or self.tap.scorch else 0

    def _tell(self, io):
        table = self.table
        twin = self.source.twin
        lead = twin.duty + 1
        if lead != self._told_pump:
            if self._told_pump:
                self.events.emit(table.EV_P101_CHANGE, lead, twin.a.why if lead == 2 else twin.b.why)
            self._told_pump = lead
            io.P101_LEAD = lead
        if self.it_calls != self._told_v101:
            self._told_v101 = self.it_calls
            self.events.emit(table.EV_V101, self.it_calls, self.trips.first_out)

    # -- what is told --------------------------------------------------------------------------------------------

    def publish(self, io, now):
        """Values of the program (every 500 ms)."""
        par = self.par
        source = self.source
        pumps = self.pumps
        hygiene = self.hygiene
        season = self.season
        io.SEASON = season.season
        io.OUT_MEAN = _i16(season.mean)
        io.SRC_STATE = self.src
        pumps.show(io, par, now)
        self._loop(io, 0, self.mix.loop)
        self._loop(io, 1, self.network_pump.loop)
        self._set_point_only(io)
        self._loop(io, 3, self.charge.loop)
        self._loop(io, 4, self.tap.loop)
        self._loop(io, 5, source.demand)
        self._loop(io, 6, source.dryc)
        self._estimates(io)
        io.HYG_CYCLE = hygiene.cycle
        io.HYG_PHASE = hygiene.phase
        io.HYG_WHY = hygiene.why or hygiene.queued
        io.HYG_RESULT = hygiene.result
        io.HYG_HOT = hygiene.hot_min
        io.HYG_NEXT = hygiene.next_min & 0xFFFF
        io.HYG_LOW = min(0xFFFF, hygiene.luke_min)
        io.HYG_LEFT = hygiene.left_min
        io.HYG_TAPS = hygiene.flushed
        io.HYG_SINCE = min(0xFFFF, hygiene.since_min)
        io.OFF_MIN = min(0xFFFF, self.circulation.off_min)
        io.DHW_PRIO = min(0xFFFF, self.charge.priority_left)
        io.DHW_SP = self.tap.loop.sp
        io.EH1_KW = 0 if self.eh1_barred else self.backup.kw
        io.EH1_WHY = self.backup.why
        io.WISHES = self.wishes.mask
        io.V101_STUCK = source.valve.stuck
        io.H2_TRIPS = self._h2.count
        io.FILL_MIN = self.fill.minutes
        io.IT_DEMAND = source.demand.out

    def _loop(self, io, at, loop):
        sp, pv, out, mode, held = self._loops[at]
        setattr(io, sp, _i16(loop.sp))
        setattr(io, pv, _i16(loop.pv))
        setattr(io, out, loop.out)
        setattr(io, mode, loop.mode)
        setattr(io, held, loop.held_by)

    def _set_point_only(self, io):
        """Loop 3 hands its set-point to the machines."""
        io.L3_SP = self.pumps.set_point
        io.L3_PV = _i16(self.temps.value[TT204])
        io.L3_OUT = min(_FULL, self.pumps.running * _FULL // 3)
        io.L3_MODE = 0 if self.pumps.hot else 2
        io.L3_HELD = 0 if self.pumps.hot else 2

    def _estimates(self, io):
        temps = self.temps
        if not temps.news and not temps.estimates and not temps.sensor_doubt and not io.EST_OPEN | io.EST_SHORT:
            if not io.EST_DRIFT | io.EST_FROZEN | io.EST_SWAP | io.EST_SILENT:
                return
        for reason, name in self._est:
            bits = 0
            for k in range(20):
                if temps.reason[k] == reason:
                    bits |= 1 << k
            setattr(io, name, bits)


_LOOP_WORDS = ("SP", "PV", "OUT", "MODE", "HELD")


def _i16(value):
    return min(0x7FFF, max(-0x7FFF, value))
