"""What the station sees and knows: devices, facts, causes, permissives. What it does is in `waste_station`."""

from drivers.blocks.timers import OnDelay
from drivers.blocks.trip import TripEngine
from firmware.program import Program
from firmware.programs.station_branches import Branches
from firmware.programs.station_compactor import FAULT, Compactor, Filter
from firmware.programs.station_diverter import CONTAINERS, PROVEN, READY, Container, Diverter
from firmware.programs.station_fans import Fans
from firmware.programs.station_flight import Flight
from firmware.programs.station_speed import Speed
from protocols.port import const
from protocols.quality import BAD

_SETTLE_MS = const(600)  # a manhole is debounced for 500 ms before it counts as shut


class StationBase(Program):
    """Devices and judgement of the station.

    dt         ms since the last scan
    selected   the container behind the diverter (class Container), or None while it is not proven
    unfit      1 when the selected container takes no more
    """

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.trips = TripEngine(table)
        self.branches = Branches()
        self.fans = Fans()
        self.speed = Speed()
        self.flight = Flight()
        self.diverter = Diverter()
        self.containers = (Container(1), Container(2), Container(3))
        self.compactor = Compactor()
        self.filter = Filter()
        self.dt = 0
        self.selected = None
        self.vacuum_ok = 0
        self.vacuum_seen = 0
        self.air_ok = 0
        # Facts: what the sheet's conditions ask of the program.
        self.power_up = 1
        self.inlets_stop = 0
        self.duct_air = 0
        self.av_fault = 0
        self.sv_fault = 0
        self.no_vacuum = 0
        self.conveying = 0
        self.slow_air = 0
        self.flow_frozen = 0
        self.fan1_fault = 0
        self.fan2_fault = 0
        self.fan3_fault = 0
        self.fans_few = 0
        self.container_unfit = 0
        self.compactor_fault = 0
        self.air_low = 0
        self.div_invalid = 0
        self.in_flight = 1
        self.all_av_shut = 0
        self.start_fit = 0
        self.tripped = 1
        self.fans_on = 0
        self._flow = -1
        self._turn = 0
        self._convey = OnDelay(0)
        self._fast = OnDelay(0)
        self._frozen = OnDelay(0)
        self.awaited = tuple([row[0] + "_Q" for row in table.DI])
        self.heard.preset = _SETTLE_MS
        self._fan_rows = (1 << table.CAUSE_FAN1, 1 << table.CAUSE_FAN2, 1 << table.CAUSE_FAN3)
        self._stops = table.EF_FANS_OFF | table.EF_AV_SHUT

    def judge(self, io, now):
        """Read the devices, judge causes and permissives."""
        par = self.par
        table = self.table
        self.dt = self.flight.tick(now)
        self.branches.sense(io, par, now)
        self.fans.sense(io, par, self.dt, now)
        self._receive(io, par, now)
        self._air(io, par, now)
        trips = self.trips
        trips.scan(io, par, self, now, io.reset, io.ATT)
        self.power_up = 0
        standing = trips.active | trips.latched
        for fan in self.fans.fans:
            fan.barred = 1 if standing & self._fan_rows[fan.number - 1] else 0
        if self.compactor.state == FAULT and not standing & 1 << table.CAUSE_COMPACTOR:
            self.compactor.forgive()
        self.air_low = 1 if trips.active & 1 << table.CAUSE_AIR_LOW else 0
        self.slow_air = 1 if trips.active & 1 << table.CAUSE_SPEED_LOW else 0
        self.tripped = 1 if trips.effects & self._stops else 0
        self.missing = table.permissives(io, par, self)

    # -- inside ----------------------------------------------------------------------------------------------

    def _receive(self, io, par, now):
        diverter = self.diverter
        table = self.table
        arrived = diverter.sense(io, par, now)
        if arrived:
            self.events.emit(table.EV_DIVERTED, arrived - 1, diverter.travel_ms // 100)
        # One container a scan: their signals come every 200 ms (§1a), and are looked at every 60.
        self._turn = self._turn % CONTAINERS + 1
        container = self.containers[self._turn - 1]
        selected = 1 if container.number == diverter.at else 0
        if container.sense(io, par, selected, now):
            self.events.emit(table.EV_CONTAINER, container.number, container.state)
        self.selected = self.containers[diverter.at - 1] if diverter.at else None
        chosen = self.selected
        self.container_unfit = 1 if chosen is not None and chosen.state > READY + 1 else 0
        self.start_fit = 1 if chosen is not None and chosen.state == READY and chosen.gate else 0
        self.div_invalid = diverter.many
        io.DIV_STATE = diverter.state
        io.FRACTION = diverter.at if diverter.state == PROVEN else 0
        self.compactor.scan(io, par, now)
        self.compactor_fault = self.compactor.fault

    def _air(self, io, par, now):
        """What air and vacuum say."""
        table = self.table
        fans = self.fans
        branches = self.branches
        flow_good = io.FT90_Q < BAD
        self.av_fault = branches.av_fault
        self.sv_fault = branches.sv_fault
        self.all_av_shut = branches.all_shut
        first, second, third = fans.fans
        self.fan1_fault = 1 if first.fault else 0
        self.fan2_fault = 1 if second.fault else 0
        self.fan3_fault = 1 if third.fault else 0
        self.fans_few = 1 if fans.ready < par.fans_min else 0
        self.inlets_stop = 1 if par.inlet_loop and io.ZINL else 0
        self.duct_air = 1 if (io.FT90 > par.open_duct_speed if flow_good else fans.wanted) else 0
        self.vacuum_ok = 1 if io.PT90_Q < BAD and -io.PT90 >= par.vac_ok else 0
        building = self.state == table.ST_VACUUM
        if not building or self.vacuum_ok:
            self.vacuum_seen = self.vacuum_ok
        late = building and not self.vacuum_seen and self.age(now) >= par.vac_build_s * 1000
        self.no_vacuum = 1 if late and self.automatic(io) else 0
        moving = (self.state == table.ST_CONVEY or self.state == table.ST_PURGE) and branches.open
        self._convey.preset = par.convey_after_ms
        self._fast.preset = par.speed_ok_ms
        self._frozen.preset = par.flow_frozen_ms
        self.conveying = self._convey(moving, now)
        self.air_ok = self._fast(moving and flow_good and io.FT90 >= par.speed_ok, now)
        same = io.FT90 == self._flow
        self._flow = io.FT90
        self.flow_frozen = self._frozen(same and self.conveying and par.flow_frozen_ms, now)
        self.fans_on = 1 if fans.complete else 0
        self.in_flight = self.flight.any
        io.VACUUM_OK = self.vacuum_ok
        io.AIR_OK = self.air_ok
