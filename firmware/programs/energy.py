"""The energy board: keeps transformer, export and battery within their limits, second by second (domain brief §2).

Each scan runs in one order: judge (`energy_base`), the state, then each actuator by the order of §2b: what a cause
asks, transformer and export, the reserve of the battery, and only then what the gateway wishes. The board's own limits
are parameters, and a wish can only be tighter; with no gateway they go on as before.

Nothing kicks: limits and set-points begin at what a device has when it is first heard, and rise by ramps. What a
device is asked for is a bus output; ASK says which devices are commanded at all.
"""

from firmware.programs import energy_bess as bess
from firmware.programs import energy_ev as ev
from firmware.programs import energy_pv as pv
from firmware.programs.energy_commands import EV_BIT, PCS_BIT
from firmware.programs.energy_field import EnergyField
from firmware.programs.energy_grid import OPEN
from firmware.programs.energy_outputs import EnergyOutputs
from firmware.programs.energy_wishes import EV_SHARE, EV_WORD, INV_ALL, PCS
from protocols import layout
from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_add, ticks_diff

_LEARN_MS = const(10000)  # a device that tells nothing of its own for so long is commanded from nothing
_ALL = const(0xFFFF)
_FAR = const(30000)  # 0.1 kW: no limit


class Energy(EnergyOutputs):
    """The program of the energy board."""

    FIELD = EnergyField

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self._begun = 0
        self._listens = 1  # some inverter has not been heard yet
        self._trip_at = 0
        self._moved_at = 0
        self._told_bess = 0
        self._told_cut = 0
        self._stops = table.EF_PCS_STOP | table.EF_PCS_ZERO
        self._hold = table.EF_PV_HOLD
        self._set = tuple(["INV%d_SET" % k for k in range(1, pv.UNITS + 1)])
        self._lim = tuple(["INV%d_LIM" % k for k in range(1, pv.UNITS + 1)])
        self._lim_q = tuple([name + "_Q" for name in self._lim])
        self._points = tuple(["EV_EN%d" % k for k in range(1, 7)])

    def scan(self, io, now):
        """One control cycle."""
        if not self.known(io, now):
            self.safe(io)
            self._begun = now
            return
        self.judge(io, now)
        self._choose_state(io, now)
        if self.state == self.table.ST_OFF or self.state == self.table.ST_MAINT:
            self._rest(io, now)
        else:
            self._learn(io, now)
            self._drive_pv(io, now)
            self._drive_battery(io, now)
            self._drive_cars(io, now)
            self.drive(io, now)
        self.publish(io, now)

    def quiet(self, io):
        """Whether a flash write may come between: neither the breaker moves nor has a cause just come."""
        state = self.grid.state
        return (state == 0 or state == OPEN) and not self.trips.raised

    # -- state -------------------------------------------------------------------------------------------------

    def _choose_state(self, io, now):
        table = self.table
        effects = self.trips.effects
        if effects & table.EF_GW_FALLBACK:
            self.wishes.drop_set_points()
        if io.mode == layout.MODE_MAINT:
            state = table.ST_MAINT
        elif io.mode == layout.MODE_OFF:
            state = table.ST_OFF
        elif effects & table.EF_PV_STOP:
            state = table.ST_SHUTDOWN
        elif self.grid.state:
            state = table.ST_ISLAND
        elif not self.observed:
            state = table.ST_OBSERVE
        elif effects & table.EF_METER_FALLBACK:
            state = table.ST_METER_LOST
        elif effects & table.EF_GW_FALLBACK:
            state = table.ST_LOCAL
        else:
            state = table.ST_RUN
        if self.trips.raised & self._trip:
            self.events.emit(table.EV_CALL, self.trips.first_out)
        self.go(state, now)

    def _rest(self, io, now):
        """OFF and MAINT: outputs as without a board, devices are left to their own fallback, which is at most 30 s
        away. Coming back begins anew with what they have then."""
        self.safe(io)
        self.grid.abort(now)
        self.end_closing()
        self.bess.known = 0
        self.bess.stop(bess.STOPPED)
        self.ev.known = 0
        self.ev.stop(ev.STOPPED, now)
        self.observed = 0
        self._observing.reset()
        self._begun = now
        for k in range(pv.UNITS):
            self.pv.known[k] = 0
            self.pv.limit[k] = 0

    def _learn(self, io, now):
        """Begin each device's ramp where the device is, as soon as it has told.

        Who is not heard within ten seconds of the start is judged as silent. A stop doesn't wait for anybody.
        """
        table = self.table
        effects = self.trips.effects
        late = ticks_diff(now, self._begun) >= _LEARN_MS
        if late:  # keep the age away from the ticks' wrap
            self._begun = ticks_add(now, -_LEARN_MS)
        units = self.pv
        waits = 0
        for k in range(pv.UNITS):
            if units.rating[k] and not units.known[k]:
                if getattr(io, self._lim_q[k]) < BAD:
                    units.learn(k, getattr(io, self._lim[k]))
                elif effects & table.EF_PV_STOP:
                    units.learn(k, 0)
                else:
                    waits = 1
        self._listens = waits and not late
        if self.par.pcs_unit and not self.bess.known:
            # Its battery must have told as well: BAT_LOST would end at once what has just begun.
            if io.PCS_P_Q < BAD and not effects & self._stops:
                self.bess.begin(io.PCS_P if abs(io.PCS_P) > self.par.zero_kw else 0)
            elif late or effects & table.EF_PCS_STOP:
                self.bess.begin(0)
        if self.par.ev_unit and not self.ev.known:
            if io.EV_I_Q < BAD:
                self.ev.begin(io.EV_I, now)
            elif late or effects & table.EF_EV_OFF:
                self.ev.begin(self.par.ev_fallback, now)

    # -- inverters ---------------------------------------------------------------------------------------------

    def _drive_pv(self, io, now):
        table = self.table
        units = self.pv
        effects = self.trips.effects
        settled = ticks_diff(now, self._moved_at) >= self.par.pv_settle_ms
        known = units.sum(settled)
        if self.law:
            self._revert = min(pv.FULL, min(self.export_cap, _FAR) * pv.FULL // max(1, units.nameplate()))
        if effects & table.EF_PV_STOP:
            for k in range(pv.UNITS):
                units.limit[k] = 0
                units.stop[k] = 1
            units.allow = 0
            units.why = pv.STOPPED
        elif self.law and not self._listens:
            self._law_pv(io, known, settled, now)
        self._trip_inverter(io, now)
        ask = 0
        run = 0
        for k in range(pv.UNITS):
            if units.known[k]:
                ask |= 1 << k
                if units.stop[k]:
                    units.limit[k] = 0
                else:
                    run |= 1 << k
                setattr(io, self._set[k], units.limit[k])
        io.INV_RUN = run
        io.INV_REVERT = self._revert
        self.ask = ask

    def _law_pv(self, io, known, settled, now):
        table = self.table
        par = self.par
        units = self.pv
        effects = self.trips.effects
        cap = min(self.export_cap, _FAR)
        if self.grid.state:
            units.split(max(0, known + io.PCS_P + self.bess.charge - par.margin), par.pv_room)
            why = pv.EXPORT
        elif effects & table.EF_METER_FALLBACK or io.GM_P_Q >= BAD:
            if not effects & table.EF_METER_FALLBACK and self.observed:
                return  # what was decided stands for meter_hold_ms
            units.share(cap)
            why = pv.METER
        else:
            units.split(known + io.GM_P + cap - par.margin, par.pv_room)
            why = pv.EXPORT
        up = max(1, par.pv_up * par.pv_settle_ms // 1000)
        did = units.take(up, settled and not effects & self._hold, par.margin * 2 // 5, self.wishes, INV_ALL)
        if did & (pv.FELL | pv.ROSE):
            self._moved_at = now
        elif settled:
            self._moved_at = ticks_add(now, -par.pv_settle_ms)  # keeps the age away from the ticks' wrap
        units.why = pv.WISH if did & pv.WISHED else why if units.held else pv.FREE

    def _trip_inverter(self, io, now):
        """E6: far too much export for long; one inverter after the other, until it is enough."""
        table = self.table
        bit = 1 << table.CAUSE_EXPORT_HIGH
        trips = self.trips
        if not (trips.active | trips.latched) & bit:
            self.export_stopped = 0
            return
        if not trips.active & bit:
            return
        if not trips.raised & bit and ticks_diff(now, self._trip_at) < self.par.export_trip_s * 1000:
            return
        self._trip_at = now
        k = self.pv.worst()
        if k >= 0:
            self.export_stopped |= 1 << k
            self.pv.stop[k] = 1
            self.events.emit(table.EV_INV_TRIPPED, k + 1, self.pv.power[k] & 0xFFFF)

    # -- battery -----------------------------------------------------------------------------------------------

    def _drive_battery(self, io, now):
        table = self.table
        par = self.par
        store = self.bess
        effects = self.trips.effects
        store.limits(io, par, effects & table.EF_NO_CHARGE, effects & table.EF_NO_DISCHARGE)
        stopped = effects & table.EF_PCS_STOP or self.hand_stopped & PCS_BIT
        if not store.known:
            return
        if stopped or effects & table.EF_PCS_ZERO:
            store.stop(bess.STOPPED if stopped else bess.BATTERY)
        elif io.PCS_YFORM and io.PCS_P_Q < BAD:
            store.follow(io.PCS_P, par.pcs_band)
        elif self.law:
            self._law_battery(io)
        store.clamp()
        resting = io.PCS_SP == 0 and io.PCS_SP_Q < BAD and io.PCS_P_Q < BAD and abs(io.PCS_P) <= par.zero_kw
        store.move(par, 1 if resting else 0, now)
        if stopped:
            store.state = bess.OFF
        elif effects & table.EF_PCS_ZERO:
            store.state = bess.FAULT
        if store.state != self._told_bess:
            self.events.emit(table.EV_BESS, self._told_bess, store.state)
            self._told_bess = store.state
        self.ask |= PCS_BIT
        io.PCS_RUN = 0 if stopped else 1
        io.PCS_SET = store.q

    def _law_battery(self, io):
        table = self.table
        par = self.par
        effects = self.trips.effects
        wished = self.wishes.stands[PCS] and self.state == table.ST_RUN
        wanted = self.wishes.value[PCS] if wished else 0
        why = bess.WISH if wished else self._idle_why()
        floor = -_FAR
        ceiling = _FAR
        if io.GM_P_Q < BAD and io.PCS_P_Q < BAD and not self.grid.state and not effects & table.EF_METER_FALLBACK:
            net = io.PCS_P + io.GM_P  # what the site draws without its battery
            floor = net - self._import_limit()
            ceiling = net + self.export_cap - par.margin
            if floor > 0 and self.state != table.ST_RUN and not effects & table.EF_SHAVE:
                floor = 0  # only a living gateway, or the transformer itself, makes the battery work
        elif effects & table.EF_METER_FALLBACK or not self.observed:
            wanted = 0
        else:
            return  # what was decided stands for meter_hold_ms
        self.bess.aim(wanted, floor, ceiling, par.pcs_band, why)

    def _idle_why(self):
        table = self.table
        if self.state == table.ST_OBSERVE:
            return bess.OBSERVING
        if self.state == table.ST_METER_LOST:
            return bess.METER
        return bess.GATEWAY if self.state == table.ST_LOCAL else bess.NO_WISH

    def _import_limit(self):
        """The import cap, or what the transformer may carry, less the margin."""
        par = self.par
        return min(self.import_cap, par.tr_kva * par.tr_high // 1000) - par.margin

    # -- charging ----------------------------------------------------------------------------------------------

    def _drive_cars(self, io, now):
        table = self.table
        par = self.par
        cars = self.ev
        effects = self.trips.effects
        if not cars.known:
            return
        stopped = effects & table.EF_PV_STOP or self.hand_stopped & EV_BIT
        if effects & table.EF_EV_OFF or self.grid.state or stopped:
            cars.stop(ev.STOPPED if stopped else ev.SHED, now)
        else:
            wanted = par.ev_fallback
            if effects & table.EF_METER_FALLBACK:
                why = ev.METER
            elif effects & table.EF_GW_FALLBACK:
                why = ev.GATEWAY
            elif self.wishes.stands[EV_SHARE]:
                wanted = self.wishes.value[EV_SHARE]
                why = ev.WISH
            else:
                why = ev.NO_WISH
            if self.law:
                if io.GM_P_Q < BAD and io.EV_P_Q < BAD:
                    cars.law(io, par, self._import_limit() - io.GM_P)
                elif effects & table.EF_METER_FALLBACK or not self.observed:
                    cars.cap = par.ev_fallback
                else:
                    cars.cap = min(cars.cap, cars.share)  # what was decided stands for meter_hold_ms
            cars.move(wanted, why, par, now)
            if cars.cut and not self._told_cut:
                self.events.emit(table.EV_EV_CUT, cars.share, io.GM_P & 0xFFFF)
            self._told_cut = 1 if cars.why == ev.TRANSFORMER else 0
        wishes = self.wishes
        for k in range(6):
            stands = wishes.stands[EV_WORD + k]
            setattr(io, self._points[k], wishes.value[EV_WORD + k] if stands else _ALL)
        self.ask |= EV_BIT
        io.EV_SHARE = cars.share
