"""Who wants heat, and which state the plant is in (domain brief §4b).

The state of the source side follows from what the machines do: they are the sequence. A hygiene cycle is shown in its
place while it runs (SRC.STATE tells the source side's then), since it lasts hours and says more.
"""

from firmware.programs.heat_commands import HeatCommands
from firmware.programs.heat_hygiene import DISINFECT, PASTEURISE
from firmware.programs.heat_season import COOLING, HEATING
from firmware.programs.heat_sensors import TT42, TT43, TT101, TT201, TT202, TT204, TT302, TT303
from firmware.programs.heat_wishes import BOOST, HEAT_PUMP, HP_MAX, IT, SP, STORE
from firmware.programs.heat_wishes import HEATING as HEATING_LOOP
from protocols import layout
from protocols.port import const

_SP_LEAST = const(1500)
_NO_LIMIT = const(100000)  # 0.1 kW
_RAMPED = const(200)  # 0.01 K below the outlet of a charge: it may begin


class HeatState(HeatCommands):
    """Demand and state.

    heat      1: heating wants heat (the buffer is cold)     chill   1: chilled water is made
    direct    1: the source is hot enough to heat by itself  allowed 1: the machines may take IT heat
    supply_sp heating supply wanted, 0.01 degC               target  outlet wanted of the machines
    ramped    1: the outlet asked for is near the target
    """

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.heat = 0
        self.chill = 0
        self.direct = 0
        self.allowed = 0
        self.recover = 0
        self.supply_sp = 0
        self.buffer_sp = 0
        self.it_sp = 0
        self.store_sp = 0
        self.target = 0
        self.ramped = 1
        self.error = 0
        self.src = 0
        self._told_call = 0

    def demand(self, io, now):
        """Set-points, who wants heat, how many machines (every 500 ms)."""
        par = self.par
        table = self.table
        temps = self.temps
        wishes = self.wishes
        effects = self.trips.effects
        self.supply_sp = wishes.set_point(SP + HEATING_LOOP, par.mix_sp, par.supply_min, par.supply_max)
        boost = min(wishes.get(BOOST, 0), par.boost_max)
        self.buffer_sp = min(self.supply_sp + par.buffer_add + boost, par.hp_sp_max)
        self.it_sp = wishes.set_point(SP + IT, par.it_sp, _SP_LEAST, par.it_sp)
        self.store_sp = wishes.set_point(STORE, par.dhw_outlet, 5500, 6500)
        away = self.away(io)
        barred = effects & (table.EF_HP_OFF | table.EF_IT_COOL | table.EF_HEAT_STOP)
        self.allowed = 0 if away or self.hand_stopped or barred else 1
        season = self.season
        if not season.known or season.season != HEATING:
            self.heat = 0
        elif temps.value[TT302] < self.buffer_sp - par.buffer_on:
            self.heat = 1
        elif temps.value[TT303] > self.buffer_sp - par.buffer_off:
            self.heat = 0
        self.chill = 1 if par.chw_fitted and season.season == COOLING and self.allowed else 0
        self._direct(temps)
        self._aim(io, temps, now)

    def _direct(self, temps):
        """A source above 60 degC heats without the heat pumps."""
        par = self.par
        limit = par.direct_off if self.direct else par.direct_on
        wanted = self.heat or self.charge.wanted
        warm = temps.value[TT101] > limit and not temps.reason[TT101]
        self.direct = 1 if warm and wanted and self.allowed and not self.chill else 0

    def _aim(self, io, temps, now):
        """Outlet and number of the machines."""
        par = self.par
        pumps = self.pumps
        wishes = self.wishes
        near = temps.value[TT43] < self.store_sp - par.charge_on + par.charge_ahead and not temps.store_blind
        if self.charge.wanted or (near and self.heat):
            self.target = self.store_sp
        else:
            self.target = wishes.set_point(SP + HEAT_PUMP, self.buffer_sp, par.supply_min, par.hp_sp_max)
        pumps.aim(par, self.target, now)
        # The set-point rises by 1 K a minute while the buffer still takes the heat: nobody waits for it in the cold.
        self.ramped = 1 if not self.heat or pumps.set_point >= self.target - _RAMPED else 0
        self.error = self._shortage(temps)
        wanted = self.allowed and not self.direct and (self.heat or self.charge.wanted or self.chill)
        pumps.stage(par, wanted, self.error, wishes.get(HP_MAX, 3), now)
        pumps.limit(par, par.charge_kw if self.charge.run else _NO_LIMIT)

    def _shortage(self, temps):
        """0.01 K that the supply is too cold (chilled water: too warm) for one machine less or more.

        While the store is charged P401 holds the condenser at its set-point whatever the machines give, so the store
        itself tells what is missing: one machine isn't enough when TT42, above where the charge began, falls too. As
        long as both want heat no machine is taken away: it would be missing at the next turn.
        """
        par = self.par
        value = temps.value
        charge = self.charge
        if self.chill:
            return value[TT202] - par.chw_sp
        if charge.run:
            error = self.store_sp - par.charge_on + par.charge_hyst - value[TT42]
        elif temps.reason[TT204]:
            return 0
        else:
            error = min(self.pumps.set_point, self.buffer_sp) - value[TT204]
        return max(0, error) if charge.wanted and self.heat else error

    def machines(self, io, now):
        """Move the machines (every scan); what they give up of the IT heat goes to the dry cooler."""
        par = self.par
        table = self.table
        pumps = self.pumps
        effects = self.trips.effects
        if self.away(io):
            before = pumps.hot
            if pumps.drop(io, now):
                self._tell_phases()
            self._shift(before, now)
            self.recover = 0
            return
        proven = self.proven
        if proven and not self.chill and self.temps.value[TT201] < par.source_min:
            proven = 0  # nothing to take heat from yet: V101 opens meanwhile
        before = pumps.hot
        off = effects & (table.EF_HP_OFF | table.EF_HEAT_STOP)
        news = pumps.drive(io, par, proven, off, self.it_calls, effects & table.EF_HP_UNLOAD, now)
        if news:
            self._tell_phases()
        self._shift(before, now)
        taking = pumps.hot or (pumps.waiting and self.proven)
        self.recover = 1 if self.allowed and ((taking and not self.chill) or self.direct) else 0

    def _shift(self, before, now):
        if self.pumps.hot < before:
            self.source.shift(before, self.pumps.hot, now)

    def _tell_phases(self):
        for machine in self.pumps.machines:
            if machine.news:
                self.events.emit(self.table.EV_HP_PHASE, machine.number, machine.phase)

    # -- state -------------------------------------------------------------------------------------------------

    def choose_state(self, io, now):
        """The source side's state, and the one that is shown."""
        table = self.table
        pumps = self.pumps
        sub = table.SUB_NONE
        limited = self._limited_on(self.source.limited, now)
        limited = self._limited_off(limited, now)
        if io.mode == layout.MODE_MAINT:
            state = table.ST_MAINT
        elif io.mode == layout.MODE_OFF:
            state = table.ST_OFF
        elif pumps.running or self.direct:
            state = table.ST_RECOVERY_LIMITED if limited else table.ST_RUN
            if self.direct:
                sub = table.SUB_DIRECT
            elif self.charge.priority:
                sub = table.SUB_DHW_PRIORITY
            else:
                sub = table.SUB_COOLING if self.chill else table.SUB_HEATING
        elif pumps.hot:
            state = table.ST_HP_START
        elif pumps.stopping:
            state = table.ST_STOP
        elif self.trips.latched and self.hp_barred:
            state = table.ST_TRIPPED
        elif pumps.waiting:
            state = table.ST_PRIME
        elif self.trips.effects & table.EF_FROST:
            state = table.ST_FROST
        else:
            state = table.ST_SAFE_COOLING
        self.idle = 0 if pumps.waiting or pumps.stopping or self.direct else 1
        self.src = state
        cycle = self.hygiene.cycle
        if cycle and state != table.ST_OFF and state != table.ST_MAINT:
            if cycle == PASTEURISE:
                state = table.ST_PASTEURISE
            elif cycle == DISINFECT:
                state = table.ST_NETWORK_DISINFECT
        first = self.trips.first_out
        if first != self._told_call:
            self._told_call = first
            if first and self.trips.latched:
                self.events.emit(table.EV_CALL, first)
        self.go(state, now, sub)
