"""What a lane sees and knows: devices, facts, causes, permissives. What it does about them is in `parking_lane`."""

from drivers.blocks.edges import RisingEdge
from drivers.blocks.rate import RateCounter
from drivers.blocks.timers import OffDelay, OnDelay
from drivers.blocks.trip import TripEngine
from drivers.boom import Boom
from drivers.loop_detector import LoopDetector
from drivers.safety_beam import FAILED, SafetyBeams
from drivers.safety_edge import SafetyEdge
from firmware.program import Program
from firmware.programs.lane_admission import Admission
from firmware.programs.lane_conditions import EmergencyPassage, Supply, Wind
from firmware.programs.lane_passage import Passage
from protocols import layout
from protocols.port import const
from protocols.ticks import ticks_diff

# HOLD_REASONS of the sheet
FIRE = const(1)
EMERGENCY = const(2)
FLUSH = const(3)
OPERATOR = const(5)
REVERSALS = const(6)
WIND = const(7)
SUPPLY = const(8)
STOPPED_VEHICLE = const(9)
SCHEDULE = const(10)

ENTRY = const(0)  # lane_role
EXIT = const(1)

_RETEST_MS = const(5000)  # beams that failed their test are tested again while the boom is up
_REVERSALS_MAX = const(10)


class LaneBase(Program):
    """Devices and judgement of one lane.

    may_close     1 when nothing forbids to lower the boom: the one predicate for it
    lane_clear    1 when nothing has been under the boom for the time that a hold asks for (`hold_clear_ms`)
    ready         1 when nothing has been there for the time that a closing asks for (`clear_ms`, `beams_clear_ms`)
    hold_reason   why the lane must be held open, highest first; 0 for no reason
    by_board      1 when no gateway supervises: LOCAL_AUTO
    """

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.trips = TripEngine(table)
        self.boom = Boom()
        self.beams = SafetyBeams()
        self.edge = SafetyEdge()
        self.loop = LoopDetector()
        self.passage = Passage()
        self.admission = Admission(table, events)
        self.emergency = EmergencyPassage()
        self.supply = Supply()
        self.wind = Wind()
        # Facts: what the sheet's conditions ask of the program.
        self.loop_occupied = 1
        self.beams_in_test = 0
        self.edge_tripped = 1
        self.over_current = 0
        self.motion_fault = 0
        self.beam_test_failed = 0
        self.wind_high = 0
        self.reversal_limit = 0
        self.emv_active = 0
        self.emv_elsewhere = 0
        self.open_flood = 0
        self.supply_low = 0
        self.locked = 0
        # Judgement.
        self.may_close = 0
        self.lane_clear = 0
        self.ready = 0
        self.hold_reason = 0
        self.by_board = 0
        self.hold = 0  # reason of the HOLD command
        self.hold_ms = 0  # its time; 0 until RELEASE
        self.hold_since = 0
        self.stopped_vehicle = 0
        self.reversals = RateCounter(_REVERSALS_MAX, 0)
        self._loop_clear = OnDelay(0)
        self._beams_clear = OnDelay(0)
        self._nobody = OnDelay(0)
        self._test_echo = OffDelay(0)
        self._retest = OnDelay(_RETEST_MS)
        self._looked = RisingEdge(1)
        self._no_close = (
            table.EF_REVERSE | table.EF_INHIBIT_CLOSE | table.EF_MOTOR_OFF | table.EF_HOLD_OPEN | table.EF_FAULT
        )
        self.awaited = tuple([row[0] + "_Q" for row in table.DI]) + ("POS_Q", "EDGE_Q")
        self._test_reported = 0

    def judge(self, io, now):
        """Read the devices, judge causes and permissives, follow vehicle and credential."""
        par = self.par
        self._sense(io, par, now)
        self._conditions(io, par, now)
        self.trips.scan(io, par, self, now, io.reset, io.ATT)
        self.missing = self.table.permissives(io, par, self)
        self.may_close = 0 if self.trips.effects & self._no_close or self.missing & self.table.PM_CLOSE else 1
        self.hold_reason = self._reason()
        self.by_board = 0 if self.gateway(io) else 1
        self._follow(io, par, now)

    def count_reversal(self, now):
        """Note a reversed closing (B2: three in 60 s hold the lane open)."""
        self.reversals(1, now)

    def culprit(self):
        """Number of the first row, in the order of the sheet, that forbids closing now; 0 for none."""
        trips = self.trips
        working = trips.active | trips.latched
        for row in self.table.CAUSES:
            if working & 1 << row[1] and row[5] & self._no_close:
                return row[1] + 1
        # A fire contact stops the boom before it has been open for long enough to be a fire.
        return self.table.CAUSE_FIRE + 1 if self.missing & 1 << self.table.PERMISSIVE_NO_FIRE else 0

    def begin_test(self, now):
        """Start the beams' test; 0 when a beam is broken now."""
        self._test_reported = 0
        return self.beams.start(now)

    # -- inside ----------------------------------------------------------------------------------------------

    def _sense(self, io, par, now):
        boom = self.boom
        boom.open_nominal_ms = par.open_nominal_ms
        boom.open_max_ms = par.open_max_ms
        boom.close_nominal_ms = par.close_nominal_ms
        boom.close_max_ms = par.close_max_ms
        boom.current.pct = par.over_current_pct
        boom.current.ms = par.over_current_ms
        boom.sense(io.ZO, io.ZC, io.POS, io.POS_Q, io.MOT_I, io.MOT_I_Q, now)
        self.over_current = boom.obstructed
        self.motion_fault = 1 if boom.fault else 0
        self.edge_tripped = self.edge(io.EDGE, io.EDGE_Q, now)
        self.loop_occupied = self.loop(io.LB_P, io.LB_P_Q, io.LB_FLT, io.LB_FLT_Q, io.LC_P, now)
        if self._looked(io.ATT):
            self.loop.believe()
        beams = self.beams
        beams.answer_ms = par.beam_test_ms
        beams(io.PE1, io.PE1_Q, io.PE2, io.PE2_Q, now)
        # A beam that has answered its test needs its debounce to come back: that is not a body in it.
        self._test_echo.preset = par.beam_test_ms
        self.beams_in_test = self._test_echo(beams.testing, now)
        self.beam_test_failed = 1 if beams.failed else 0
        if beams.state == FAILED and not self._test_reported:
            self._test_reported = 1
            self.events.emit(self.table.EV_BEAM_TEST_FAILED, beams.failed)

    def _conditions(self, io, par, now):
        self.reversals.window_ms = par.reversal_window_s * 1000
        self.reversals(0, now)
        self.reversal_limit = 1 if self.reversals.count >= par.reversal_max else 0
        requested = self.emergency(io.EMV, par.emv_max_min, now)
        self.emv_active = requested and par.emv_opens
        self.emv_elsewhere = requested and not par.emv_opens
        self.supply_low = self.supply(io.UPS_OK, io.V24, io.V24_Q, par, now)
        self.wind_high = self.wind(io.WIND, io.WIND_Q, par, now)
        self.open_flood = self.admission.flood
        if self.hold and self.hold_ms and ticks_diff(now, self.hold_since) >= self.hold_ms:
            self.hold = 0

    def _reason(self):
        table = self.table
        working = self.trips.active | self.trips.latched
        if working & 1 << table.CAUSE_FIRE:
            return FIRE
        if working & 1 << table.CAUSE_EMV:
            return EMERGENCY
        if working & 1 << table.CAUSE_REVERSAL_LIMIT:
            return REVERSALS
        if working & 1 << table.CAUSE_SUPPLY_LOW:
            return SUPPLY
        if working & 1 << table.CAUSE_WIND:
            return WIND
        if self.hold:
            return self.hold
        return STOPPED_VEHICLE if self.stopped_vehicle else 0

    def _follow(self, io, par, now):
        body = self.beams.broken and not self.beams_in_test
        self.passage(io.LA_P, io.LB_P, io.LC_P, body, par.gap_ms, now)
        clear = not self.loop_occupied and not body
        self._loop_clear.preset = par.clear_ms
        self._beams_clear.preset = par.beams_clear_ms
        self._nobody.preset = par.hold_clear_ms
        loop_clear = self._loop_clear(not io.LB_P, now)
        beams_clear = self._beams_clear(not body, now)
        self.ready = loop_clear and beams_clear and not self.loop_occupied
        self.lane_clear = self._nobody(clear, now)
        # A failed test is repeated while the boom is up: only a good one lets it close again (B1).
        if self._retest(self.beam_test_failed and not self.boom.demand and not body, now):
            self._retest.reset()
            self.begin_test(now)
        reading = not self.trips.effects & self.table.EF_READERS_OFF and (
            io.mode == layout.MODE_AUTO or io.mode == layout.MODE_REMOTE
        )
        alone = self.by_board and io.mode == layout.MODE_AUTO and reading and not self.locked
        closed = self.state == self.table.ST_CLOSED or self.state == self.table.ST_OFF
        self.admission.scan(io, par, reading, self.whitelist if alone else None, closed, now)
