"""The switched outputs of the energy board, and what it publishes."""

from firmware.programs.energy_commands import EnergyCommands
from firmware.programs.energy_grid import CLOSING, OPEN
from firmware.programs.energy_wishes import PCS, SHED
from protocols import layout
from protocols.port import const
from protocols.ticks import ticks_diff

_SECOND = const(1000)
_TIER_NONE = const(4)  # above the tiers that can be shed


class EnergyOutputs(EnergyCommands):
    """Breaker, rapid shutdown, battery room, shed tiers."""

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.ask = 0
        self.tier = _TIER_NONE
        self._revert = 0
        self._restored = 0
        self._held = 0
        self._second = 0
        self._counts = 0

    def drive(self, io, now):
        """Set the outputs."""
        effects = self.trips.effects
        table = self.table
        grid = self.grid
        if effects & (table.EF_NO_CLOSE | table.EF_RSD_DROP):
            grid.abort(now)
        self.end_closing()
        io.QG_YTRIP = 1 if grid.islanded else 0
        io.QG_YCLOSE = 0 if grid.islanded or not grid.state else 1
        off_grid = grid.state == OPEN or grid.state == CLOSING
        io.PCS_YFORM = 1 if off_grid and self.form and self.par.islanding and not self.tripped else 0
        hold = 0 if effects & table.EF_RSD_DROP else 1
        if hold != self._held:
            self._held = hold
            self.events.emit(table.EV_RSD, 1 - hold)
        io.RSD_YHOLD = hold
        sealed = 1 if effects & table.EF_ROOM_SEALED else 0
        io.HVAC_YOFF = sealed
        io.EXH_YRUN = 1 if sealed and not io.BAT_AGENT else 0
        self._shed(io, now)
        io.ASK = self.ask

    def _shed(self, io, now):
        """Down to a tier at once, up again one after the other, `restore_s` apart."""
        table = self.table
        effects = self.trips.effects
        tier = _TIER_NONE
        if self.wishes.stands[SHED]:
            tier = self.wishes.value[SHED]
        if effects & table.EF_SHED or self.grid.state:
            tier = min(tier, 3)
        if self.grid.state and effects & table.EF_NO_DISCHARGE:
            tier = 2
        was = self.tier
        if tier < was:
            self.tier = tier
        elif tier > was and ticks_diff(now, self._restored) >= self.par.restore_s * 1000:
            self.tier = was + 1
        if tier <= was:
            self._restored = now
        if self.tier != was:
            self._restored = now
            self.events.emit(table.EV_SHED, 0 if self.tier == _TIER_NONE else self.tier, self.trips.first_out)
        io.SHED2_Y = 1 if self.tier <= 2 else 0
        io.SHED3_Y = 1 if self.tier <= 3 else 0

    def safe(self, io):
        """All outputs off, nothing is commanded. A plant that runs as an island keeps its breaker open."""
        super().safe(io)
        if self.grid.islanded:
            io.QG_YTRIP = 1
        self._held = 0

    # -- what is told --------------------------------------------------------------------------------------------

    def publish(self, io, now):
        """Values of the program."""
        pv = self.pv
        store = self.bess
        cars = self.ev
        grid = self.grid
        wishes = self.wishes
        io.PV_P = _i16(pv.total)
        io.PV_ALLOW = _i16(pv.allow)
        io.PV_WHY = pv.why
        io.PCS_WISH = wishes.value[PCS] if wishes.stands[PCS] else 0
        io.PCS_TARGET = store.target
        io.PCS_WHY = store.why
        io.CHARGE_MAX = store.charge
        io.DISCH_MAX = store.discharge
        io.BESS_STATE = store.state
        io.EV_CAP = cars.cap
        io.EV_WHY = cars.why
        io.EXPORT_CAP = self.export_cap
        io.IMPORT_CAP = self.import_cap
        io.TR_LOAD = min(0xFFFF, self.load)
        io.SHED_TIER = 0 if self.tier == _TIER_NONE else self.tier
        io.QG_STATE = grid.state
        io.GRID_WAIT = grid.left
        io.INV_DEAF = self.deaf
        io.RESERVE = self.reserve
        io.WISHES = wishes.mask
        if ticks_diff(now, self._second) >= _SECOND or ticks_diff(now, self._second) < 0:
            self._second = now
            silent = 0
            stopped = 0
            for k in range(6):
                silent |= pv.silent[k] << k
                stopped |= pv.stop[k] << k
            io.INV_SILENT = silent
            io.INV_STOPPED = stopped
            if pv.held:
                io.CURTAILED = io.CURTAILED + 1 & 0x3FFFFFFF
            if self.meter_lost or io.link == layout.LINK_SAFE or io.link == layout.LINK_NEVER:
                io.FALLBACK = io.FALLBACK + 1 & 0x3FFFFFFF


def _i16(value):
    return min(0x7FFF, max(-0x7FFF, value))
