"""The hot-water and heating side in its turns, and what a cause asks of it at once (domain brief §4b-§4d).

Store, charging, hygiene and heater take one turn, mixing and pumps the next, each every 500 ms. What a row forbids is
taken off the outputs in the scan in which the row stands, whatever the turn.
"""

from firmware.programs.heat_backup import POWER_TO_HEAT
from firmware.programs.heat_controller import NO_HAND
from firmware.programs.heat_hygiene import DONE, PASTEURISE, TRIPPED
from firmware.programs.heat_season import HEATING
from firmware.programs.heat_state import HeatState
from firmware.programs.heat_week import week_minute
from firmware.programs.heat_wishes import CHARGE, DRY_COOLER, DRYC_CAP, EH1_MAX, HEATING_PUMP, IT, P2H, SP, TAPS
from firmware.programs.heat_wishes import HEATING as HEATING_LOOP
from protocols.port import const

_FULL = const(1000)
_UNKNOWN = const(-1)
_WEEK_MIN = const(10080)
_TAP_MIN = const(5500)
_TAP_MAX = const(6200)


class HeatWater(HeatState):
    """Wires the classes of the hot-water and heating side."""

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self._told_kw = 0
        self._told_run = 1
        self._told_phase = 0
        self._since_kept = 0
        self._cycle = 0

    def laws_of_source(self, io, now):
        """V101 and the dry cooler."""
        wishes = self.wishes
        cap = _FULL if self.it_tight else wishes.get(DRYC_CAP, _FULL)
        hand = wishes.hand(IT)
        hand_fan = wishes.hand(DRY_COOLER)
        if self.away(io):
            hand = hand_fan = NO_HAND
        self.source.step(io, self.par, self.temps, self.recover, self.it_sp, hand, hand_fan, cap, now)

    def store(self, io, now):
        """Hygiene, charging, circulation, electric heater."""
        par = self.par
        table = self.table
        temps = self.temps
        effects = self.trips.effects
        hygiene = self.hygiene
        away = self.away(io)
        if not self._since_kept:  # after a reset the count goes on from the kept value
            self._since_kept = 1
            hygiene.since_min = io.HYG_SINCE
        minute = week_minute(io.time_high, io.time_low, par.zone_min) if io.time_q else _UNKNOWN
        circulation = self.circulation
        circulation.step(io, temps, hygiene.cycle, 0, now)
        hygiene.step(io, temps, minute, io.time_q, circulation.off, now)
        if hygiene.cycle and (away or effects & table.EF_EH1_OFF):
            hygiene.abort(TRIPPED)
        elif hygiene.queued and not away and not effects & table.EF_EH1_OFF:
            hygiene.admit(now)
        self._tell_hygiene(io)
        charge = self.charge
        stop = away or effects & (table.EF_CHARGE_OFF | table.EF_HEAT_STOP)
        able = self.allowed and (self.pumps.usable or self.direct)
        ready = able and self.ramped
        hand = NO_HAND if away else self.wishes.hand(CHARGE)
        charge.step(io, temps, self.store_sp, hygiene.deep, self.heat, ready, stop, self.pumps.power, hand, now)
        backup = self.backup
        cycle = hygiene.cycle
        stop = away or effects & table.EF_EH1_OFF
        surplus = self.wishes.get(P2H, 0)
        helps = effects & table.EF_BACKUP
        cap = self.wishes.get(EH1_MAX, par.eh_steps * par.eh_kw) // par.eh_kw
        if backup.why == POWER_TO_HEAT and not surplus and not self.gateway(io):
            cap = 0  # H15: the least time of a step doesn't hold what nobody wants any more
        backup.step(io, temps, cycle, hygiene.heat_to, helps, 0 if able else 1, surplus, cap, stop, now)
        if backup.kw != self._told_kw:
            self._told_kw = backup.kw
            self.events.emit(table.EV_BACKUP, backup.kw, backup.why)
        if circulation.run != self._told_run:
            self._told_run = circulation.run
            self.events.emit(table.EV_PUMP, circulation.run, io.TT46 & 0xFFFF)

    def _tell_hygiene(self, io):
        hygiene = self.hygiene
        if hygiene.ended and hygiene.result == DONE:
            if self._cycle == PASTEURISE:
                io.HYG_PAST = io.HYG_PAST + 1 & 0xFFFF
            else:
                io.HYG_NET = io.HYG_NET + 1 & 0xFFFF
        self._cycle = hygiene.cycle
        phase = hygiene.cycle << 4 | hygiene.phase
        if phase != self._told_phase or hygiene.ended:
            self._told_phase = phase
            self.events.emit(self.table.EV_HYGIENE, phase, hygiene.result if hygiene.ended else hygiene.why)

    def mixing(self, io, now):
        """V401, V301, P301."""
        par = self.par
        table = self.table
        wishes = self.wishes
        temps = self.temps
        effects = self.trips.effects
        hygiene = self.hygiene
        away = self.away(io)
        self.tap_barred = 1 if effects & table.EF_V401_COLD else 0
        cold = away or self.tap_barred
        sp = hygiene.tap_sp or wishes.set_point(SP + TAPS, par.tap_sp, _TAP_MIN, _TAP_MAX)
        if hygiene.cycle:
            wishes.release(TAPS)  # nobody opens V401 by hand while the store is far above what taps may give
        hand = NO_HAND if away else wishes.hand(TAPS)
        self.tap.step(io, temps, sp, cold, hygiene.tap_hot, hygiene.suspended, hand, now)
        season = self.season
        heats = season.known and season.season == HEATING and not away
        run = heats and not effects & table.EF_HEAT_STOP
        hand = NO_HAND if away else wishes.hand(HEATING_LOOP)
        self.mix.step(io, temps, self.supply_sp, run, 0, hand, now)
        flows = (run or effects & table.EF_FROST) and not away and not effects & table.EF_HEAT_STOP
        hand = NO_HAND if away else wishes.hand(HEATING_PUMP)
        dp = wishes.set_point(SP + HEATING_PUMP, par.dp_sp, 5, 90)
        self.network_pump.step(io, dp, flows, hand, now)
