"""What an inlet board sees and knows: valves, hatches, facts, causes, permissives. What it does is in `waste_inlet`."""

from drivers.blocks.trip import TripEngine
from drivers.valve import Valve
from firmware.program import Program
from firmware.programs.inlet_hatches import VALVES, Hatches, names
from protocols.port import const

ZSO = names("ZSO")
ZSC = names("ZSC")
YO = names("YO")
STATE = names("STATE")
FAULT = names("FAULT")
TOPEN = names("TOPEN")
TCLOSE = names("TCLOSE")

NOT_OPEN = const(1)  # VALVE_FAULTS of the sheet
NOT_CLOSED = const(2)
BOTH_SWITCHES = const(3)


class InletBase(Program):
    """Devices and judgement of one inlet board.

    valves   the four positions; those from par.valves on are not fitted, and whatever their terminals say is ignored
    closed   mask of the valves proven closed, bit 0 for valve 1
    """

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.trips = TripEngine(table)
        self.valves = (Valve(), Valve(), Valve(), Valve())
        self.hatches = Hatches(table, events)
        self.closed = 0
        # Facts: what the sheet's conditions ask of the program.
        self.hatch1_open = self.hatch2_open = self.hatch3_open = self.hatch4_open = 1
        self.not_closed1 = self.not_closed2 = self.not_closed3 = self.not_closed4 = 0
        self.not_open1 = self.not_open2 = self.not_open3 = self.not_open4 = 0
        self.both_switches1 = self.both_switches2 = self.both_switches3 = self.both_switches4 = 0
        self.valve1_fault = self.valve2_fault = self.valve3_fault = self.valve4_fault = 0
        self.open_duct = 0
        self.power_up = 1
        self.air_low = 0
        self.all_closed = 0
        self.tripped = 1
        fact = "not_closed", "not_open", "both_switches"
        self._facts = tuple([tuple([name + str(k + 1) for k in range(VALVES)]) for name in fact])
        self._hatch_facts = tuple(["hatch%d_open" % (k + 1) for k in range(VALVES)])
        self._valve_facts = tuple(["valve%d_fault" % (k + 1) for k in range(VALVES)])
        self._rows = tuple(
            [
                tuple([1 << getattr(table, "CAUSE_%s%d" % (name, k + 1)) for k in range(VALVES)])
                for name in ("NOT_CLOSED", "NOT_OPEN", "SWITCHES")
            ]
        )
        self.awaited = tuple([row[0] + "_Q" for row in table.DI]) + ("PS93_Q",)
        self.dv_shut = (table.EF_DV1_SHUT, table.EF_DV2_SHUT, table.EF_DV3_SHUT, table.EF_DV4_SHUT)
        self.pm_dv = (table.PM_DV1, table.PM_DV2, table.PM_DV3, table.PM_DV4)

    def fitted(self, name):
        """Whether it isn't that of a valve position which this board doesn't have."""
        return not name.startswith("DV") or int(name[2]) <= self.par.valves

    def judge(self, io, now):
        """Read valves and hatches, judge causes and permissives."""
        par = self.par
        table = self.table
        self._sense(io, par, now)
        trips = self.trips
        trips.scan(io, par, self, now, io.reset, io.ATT)
        self.air_low = 1 if trips.active & 1 << table.CAUSE_AIR_LOW else 0
        self.tripped = 1 if trips.effects & (table.EF_NO_DV | table.EF_ALL_SHUT) else 0
        standing = trips.active | trips.latched
        not_closed, not_open, both = self._rows
        for k in range(VALVES):
            fault = 0
            if standing & both[k]:
                fault = BOTH_SWITCHES
            elif standing & not_closed[k]:
                fault = NOT_CLOSED
            elif standing & not_open[k]:
                fault = NOT_OPEN
            if fault != getattr(io, FAULT[k]):
                setattr(io, FAULT[k], fault)
                if fault:
                    self.events.emit(table.EV_DV_FAULT, k + 1, fault)
            setattr(self, self._valve_facts[k], 1 if fault else 0)
        self.missing = table.permissives(io, par, self)

    def show(self, io):
        """Publish the valves."""
        for k in range(VALVES):
            valve = self.valves[k]
            if k >= self.par.valves:
                shown = 0
            elif getattr(io, FAULT[k]):
                shown = 5
            else:
                shown = valve.state + 1 if valve.state < 4 else 6
            setattr(io, STATE[k], shown)
            setattr(io, TOPEN[k], valve.open_travel)
            setattr(io, TCLOSE[k], valve.close_travel)

    # -- inside ----------------------------------------------------------------------------------------------

    def _sense(self, io, par, now):
        hatches = self.hatches
        hatches.sense(io, par, now)
        closed = 0
        not_closed, not_open, both = self._facts
        for k in range(VALVES):
            valve = self.valves[k]
            valve.open_ms = par.open_travel_ms
            valve.close_ms = par.close_travel_ms
            valve.switches_ms = par.switches_ms
            valve.drift_ms = par.drift_ms
            valve.max_ms = par.max_open_ms
            if k < par.valves:
                valve.sense(getattr(io, ZSO[k]), getattr(io, ZSC[k]), now)
                setattr(self, not_closed[k], valve.not_closed)
                setattr(self, not_open[k], valve.not_open)
                setattr(self, both[k], valve.both)
            if k >= par.valves or valve.closed:
                closed |= 1 << k
            setattr(self, self._hatch_facts[k], hatches.open >> k & 1)
        self.closed = closed
        self.all_closed = 1 if closed == (1 << VALVES) - 1 else 0
        self.open_duct = 1 if hatches.open & ~closed else 0
        if self.all_closed:
            self.power_up = 0
