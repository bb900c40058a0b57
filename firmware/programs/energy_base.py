"""What the energy board sees and knows: powers, facts, causes, permissives. What it does is in `energy`."""

from drivers.blocks.timers import OnDelay
from drivers.blocks.trip import TripEngine
from firmware.program import Program
from firmware.programs.energy_bess import Bess
from firmware.programs.energy_ev import EvShare
from firmware.programs.energy_grid import Grid
from firmware.programs.energy_pv import UNITS, Pv
from firmware.programs.energy_voltage import Mean
from firmware.programs.energy_wishes import EXPORT, IMPORT, RESERVE, Wishes
from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_add, ticks_diff

_SETTLE_MS = const(200)  # the longest debounce of a contact lasts 100 ms
_POWER_MAX = const(23000)  # 0.1 kW: two squares of it fit a small integer
_BATTERY_FAULT = const(7)  # BAT.ST
_INVERTER_FAULT = const(7)  # INV.ST
_GRID_EVENTS = const(0x0F14)  # Evt1 2, 4, 8-11: off with the grid, its frequency, its voltage (E12)


def root(x):
    """Integer square root, for x below 2**30."""
    if x < 2:
        return x
    r = 32768
    while True:
        y = (r + x // r) >> 1
        if y >= r:
            return r
        r = y


class EnergyBase(Program):
    """Devices and judgement of the energy board. Powers are 0.1 kW; import, discharge and generation are positive.

    export_cap, import_cap   in force: the parameter, or a tighter wish
    law                      1 in the scans in which the caps are worked out
    """

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.trips = TripEngine(table)
        self.wishes = Wishes(events, table.EV_WISH_EXPIRED)
        self.pv = Pv()
        self.bess = Bess()
        self.ev = EvShare()
        self.grid = Grid()
        self.voltage = Mean()
        self.export_cap = 0
        self.import_cap = 0
        self.reserve = 0
        self.law = 0
        self.observed = 0
        self.export_stopped = 0
        self.hand_stopped = 0
        self.deaf = 0
        # Facts: what the sheet's conditions ask of the program.
        self.inv1_fault = 0
        self.inv2_fault = 0
        self.inv3_fault = 0
        self.inv4_fault = 0
        self.inv5_fault = 0
        self.inv6_fault = 0
        self.inv_deaf = 0
        self.inv_event = 0
        self.bms_trip = 0
        self.too_hot = 0
        self.too_cold = 0
        self.load = 0
        self.tr_shaves = 0
        self.tr_sheds = 0
        self.export_over = 0
        self.export_high = 0
        self.soc_floor = 0
        self.qg_unproven = 0
        self.volt_above = 0
        self.tripped = 1
        self.grid_waits = 1
        self.rsd_down = 1
        self.meter_lost = 1
        self._law_at = 0
        self._p = -1
        self._q = -1
        self._observing = OnDelay(60000)
        self.heard.preset = _SETTLE_MS
        self.awaited = tuple([row[0] + "_Q" for row in table.DI])
        ks = range(1, UNITS + 1)
        self._w = tuple(["INV%d_W" % k for k in ks])
        self._w_q = tuple(["INV%d_W_Q" % k for k in ks])
        self._evt = tuple(["INV%d_EVT" % k for k in ks])
        self._st = tuple(["INV%d_ST" % k for k in ks])
        self._st_q = tuple(["INV%d_ST_Q" % k for k in ks])
        self._ctl = tuple(["INV%d_CTL" % k for k in ks])
        self._fault = tuple(["inv%d_fault" % k for k in ks])
        self._kw = tuple(["inv%d_kw" % k for k in ks])
        self._unit = tuple(["inv%d_unit" % k for k in ks])
        self._stop_bits = tuple([getattr(table, "EF_INV%d_STOP" % k) for k in ks])
        self._down = 1 << table.CAUSE_RSD | 1 << table.CAUSE_FIRE
        self._trip = self._down | 1 << table.CAUSE_GAS | 1 << table.CAUSE_BAT_STOP

    def start(self, io, now):
        """Before the first scan."""
        super().start(io, now)
        self._law_at = now

    def judge(self, io, now):
        """Read the devices, judge causes and permissives."""
        par = self.par
        self.law = 1 if ticks_diff(now, self._law_at) >= 0 else 0
        if self.law:
            self._law_at = ticks_add(now, par.law_ms)
        self.wishes.scan(now)
        self._inverters(io)
        self._caps(io)
        self._grid_connection(io)
        self._battery(io)
        if self.grid.scan(io, par, now):
            self.events.emit(self.table.EV_QG, self.grid.state, self.grid.took)
        if self.grid.lost:
            self.events.emit(self.table.EV_GRID_LOST, io.GM_V)
        self.qg_unproven = self.grid.unproven
        self.grid_waits = self.grid.waits
        if self.voltage(io.GM_V if io.GM_V_Q < BAD else -1, now):
            self.volt_above = 1 if self.voltage.mean > par.volt_high else 0
        trips = self.trips
        trips.scan(io, par, self, now, io.reset, io.LOC and not io.LOC_Q)
        self._conclude(io, now)
        self.missing = self.table.permissives(io, par, self)

    # -- facts -------------------------------------------------------------------------------------------------

    def _inverters(self, io):
        par = self.par
        pv = self.pv
        deaf = 0
        events = 0
        effects = self.trips.effects
        for k in range(UNITS):
            fitted = getattr(par, self._unit[k])
            pv.rating[k] = getattr(par, self._kw[k]) if fitted else 0
            if not fitted:
                continue
            silent = getattr(io, self._w_q[k]) >= BAD
            pv.silent[k] = 1 if silent else 0
            if not silent:
                pv.power[k] = getattr(io, self._w[k])
                evt = getattr(io, self._evt[k])
                events |= evt
                # An arc has no bit of its own: in fault, and the grid isn't why, is stopped too (E7).
                fault = getattr(io, self._st[k]) == _INVERTER_FAULT and getattr(io, self._st_q[k]) < BAD
                fault = evt & par.inv_trip_events or (fault and not evt & _GRID_EVENTS)
                setattr(self, self._fault[k], 1 if fault else 0)
            ignores = getattr(io, self._ctl[k]) == 0 and not silent
            if ignores:
                deaf |= 1 << k
            pv.bad[k] = 1 if silent or ignores or not pv.known[k] else 0
            bit = 1 << k
            stop = effects & self._stop_bits[k] or (self.export_stopped | self.hand_stopped) & bit
            pv.stop[k] = 1 if stop else 0
        if deaf != self.deaf:
            self._tell_deaf(deaf)
        self.inv_deaf = 1 if deaf else 0
        self.inv_event = 1 if events & par.inv_log_events else 0

    def _tell_deaf(self, deaf):
        table = self.table
        for k in range(UNITS):
            if (deaf ^ self.deaf) & 1 << k:
                self.events.emit(table.EV_INV_DEAF if deaf & 1 << k else table.EV_INV_BACK, k + 1)
        self.deaf = deaf

    def _caps(self, io):
        par = self.par
        self.export_cap = self.wishes.tighter(EXPORT, par.export_cap)
        self.import_cap = self.wishes.tighter(IMPORT, par.import_cap)

    def _grid_connection(self, io):
        """Load of the transformer, and whether too much is exported."""
        par = self.par
        table = self.table
        active = self.trips.active
        self.tr_shaves = active >> table.CAUSE_TR_HIGH & 1
        self.tr_sheds = active >> table.CAUSE_TR_OVER & 1
        if io.GM_P_Q >= BAD or self.grid.state:
            # Without a meter nothing is known, and off the grid nothing flows: both have rows of their own.
            self.load = 0
            self.export_over = 0
            self.export_high = 0
            self._p = -1
            return
        p = io.GM_P
        q = io.GM_Q if io.GM_Q_Q < BAD else 0
        if p != self._p or q != self._q:
            self._p = p
            self._q = q
            p = min(_POWER_MAX, abs(p))
            q = min(_POWER_MAX, abs(q))
            self.load = root(p * p + q * q) * 1000 // par.tr_kva
        over = -io.GM_P - self.export_cap
        cap = min(self.export_cap, _POWER_MAX)
        self.export_over = 1 if over > max(par.export_least, cap * par.export_tol // 1000) else 0
        self.export_high = 1 if over > max(2 * par.export_least, cap * par.export_trip // 1000) else 0

    def _battery(self, io):
        par = self.par
        table = self.table
        active = self.trips.active
        self.too_hot = active >> table.CAUSE_HOT & 1
        self.too_cold = active >> table.CAUSE_COLD & 1
        if io.BAT_EVT_Q < BAD:
            evt = io.BAT_EVT
            trip = evt & par.bms_trip_low or evt >> 16 & par.bms_trip_high or io.BAT_ST == _BATTERY_FAULT
            self.bms_trip = 1 if trip else 0
        wish = self.wishes.value[RESERVE] if self.wishes.stands[RESERVE] else 0
        self.reserve = max(par.reserve_island if self.grid.islanded else par.reserve, wish)
        low = active >> table.CAUSE_RESERVE & 1
        self.soc_floor = self.reserve + (par.reserve_back if low else 0)

    def _conclude(self, io, now):
        """What follows from the causes that stand."""
        table = self.table
        par = self.par
        trips = self.trips
        standing = trips.active | trips.latched
        self.rsd_down = 1 if standing & self._down else 0
        self.tripped = 1 if standing & self._trip else 0
        self.meter_lost = standing >> table.CAUSE_METER & 1
        good = io.GM_P_Q < BAD and (not par.pcs_unit or (io.PCS_P_Q < BAD and io.BAT_SOC_Q < BAD))
        if not self.observed:
            self._observing.preset = par.observe_s * 1000
            self.observed = self._observing(1 if good else 0, now)
