"""One parking lane: the state machine of domain brief §3b under the causes and effects of §3c.

Each scan runs in one order: the lane is judged (`lane_base`), the state that something forces is taken or the present
state takes its step, the outputs follow from the state. So what an input says moves the outputs within the same scan.
Lowering the boom has one predicate, `may_close`, and whoever lowers it asks in each scan.

Who wins, highest first (§0.2): causes with FAULT, fire, the maintenance key, mode OFF, the other reasons to hold open,
the sequence. Nothing moves by itself after power-up or after a reset: a boom that is up stays there until somebody
drives through or commands START or RELEASE, and one that is neither up nor down waits for somebody who wants through.
"""

from drivers.blocks.edges import RisingEdge
from drivers.blocks.timers import OffDelay, OnDelay
from drivers.safety_beam import FAILED, UNTESTED
from firmware.programs import lane_passage as passing
from firmware.programs.lane_base import FIRE, REVERSALS, STOPPED_VEHICLE
from firmware.programs.lane_commands import LaneCommands
from firmware.programs.lane_lights import green_light
from protocols import layout
from protocols.port import const

_LIMIT_LOST_MS = const(1000)  # a closed boom without its limit for this long is not closed
_JOG_SPEED = const(300)  # 30 %
_COUNT = const(0x3FFFFFFF)


class ParkingLane(LaneCommands):
    """The program of one lane."""

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.wait_ms = 0  # how long OPEN waits for a vehicle
        self._authorised = 0  # the vehicle under the boom had credit
        self._reversed = 0  # the boom went up by a reversal
        self._tested = 0
        self._by_board = 0  # the last opening was decided here
        self._was_local = 0
        self._lift_asked = 0
        self._lower_asked = 0
        self._lift = RisingEdge(1)
        self._lower = RisingEdge(1)
        self._learn = RisingEdge(1)
        self._limit_lost = OnDelay(_LIMIT_LOST_MS)
        self._jog = OnDelay(0)
        self._just_reversed = OffDelay(0)
        self._steps = (
            self._off,
            self._closed,
            self._opening,
            self._open,
            self._passing,
            self._passed,
            self._preclose,
            self._closing,
            self._reversing,
            self._hold_open,
            self._locked,
            self._fault,
            self._maint,
        )

    def scan(self, io, now):
        """One control cycle."""
        if not self.known(io, now):
            self.safe(io)
            return
        self.judge(io, now)
        self._account(io, now)
        self._force(io, now)
        self._steps[self.state](io, now)
        self._drive(io, now)
        self._signals(io)

    def safe(self, io):
        """Stop and hold, lights red."""
        super().safe(io)
        self.boom.stop()

    def quiet(self, io):
        """Whether a flash write may come between: the boom rests, no test runs."""
        return not (io.YO or io.YC or io.TEST)

    # -- vehicles --------------------------------------------------------------------------------------------

    def _account(self, io, now):
        table = self.table
        event = self.passage.event
        admission = self.admission
        if event == passing.ENTERED:
            self._authorised = admission.enter()
        elif event == passing.WENT_THROUGH:
            self.await_start = 0
            admission.gone()
            token = admission.credit_token if self._authorised else 0
            io.PASSED = io.PASSED + 1 & _COUNT
            io.PASS_TOKEN = token
            io.PASS_SEQ = io.PASS_SEQ + 1 & 0xFFFF
            self.events.emit(table.EV_PASSED, token >> 16, token & 0xFFFF)
            if not self._authorised and self.state != table.ST_HOLD_OPEN:
                io.TAILGATES = io.TAILGATES + 1 & 0xFFFF
                if self.par.anti_tailgate:
                    self.events.emit(table.EV_TAILGATE, io.TAILGATES)
            self._authorised = 0
        elif event == passing.BACKED_OUT or event == passing.RETREATED:
            if self._authorised:
                admission.give_back()
            self._authorised = 0
            if event == passing.BACKED_OUT:
                io.BACKED_OUT = io.BACKED_OUT + 1 & 0xFFFF
                self.events.emit(table.EV_BACKED_OUT, io.BACKED_OUT)
        elif event == passing.WRONG_WAY:
            io.WRONG_WAY = io.WRONG_WAY + 1 & 0xFFFF
            self.events.emit(table.EV_WRONG_WAY, io.WRONG_WAY)
        by_hand = io.mode == layout.MODE_LOCAL
        self._lift_asked = self._lift(io.JOG_O) and by_hand
        self._lower_asked = self._lower(io.JOG_C) and by_hand
        self._just_reversed.preset = self.par.reversal_hold_ms
        self._just_reversed(self.state == table.ST_REVERSING, now)
        if admission.lost:
            self._settle(layout.RES_FAILED)

    def _admitted(self, io):
        """Let the authorised vehicle in, if there is one and there is room for it."""
        if not self.admission.authorised or self.missing & self.table.PM_ADMIT:
            return 0
        return self.admission.take()

    def _settle(self, result):
        """Complete the OPEN_ONCE that waits, if one does; a failure names the cause that came first."""
        if self.pending:
            self.pending = 0
            self.complete(result, self.trips.first_out if result == layout.RES_FAILED else 0)

    # -- what forces a state ---------------------------------------------------------------------------------

    def _force(self, io, now):
        """Enter the state that a cause, the key or a command forces. It takes its first step in the same scan."""
        table = self.table
        effects = self.trips.effects
        state = self.state
        idle = io.mode == layout.MODE_OFF or self.stopped
        if effects & table.EF_FAULT and not idle and io.mode != layout.MODE_MAINT:
            wanted = table.ST_FAULT
        elif self.hold_reason == FIRE:
            wanted = table.ST_HOLD_OPEN
        elif io.mode == layout.MODE_MAINT:
            wanted = table.ST_MAINT
        elif idle:
            wanted = table.ST_OFF
        elif self.hold_reason:
            wanted = table.ST_HOLD_OPEN
        elif state == table.ST_FAULT or state == table.ST_MAINT:
            wanted = table.ST_OFF  # reset, or key turned back: find out where the boom is, and move nothing
        else:
            wanted = state
        if wanted != state:
            self._enter(wanted, io, now)

    def _enter(self, state, io, now):
        table = self.table
        if self.state == table.ST_HOLD_OPEN:
            self.events.emit(table.EV_HOLD_ENDED, io.HOLD_REASON)
        if state == table.ST_FAULT:
            self.boom.stop()
            self._settle(layout.RES_FAILED)
            self.events.emit(table.EV_CALL, self.trips.first_out)
        elif state == table.ST_OFF or state == table.ST_MAINT:
            self.boom.stop()
            self.beams.spend()
            self._settle(layout.RES_FAILED)
        elif state == table.ST_HOLD_OPEN:
            self.events.emit(table.EV_HELD_OPEN, self.hold_reason)
            if self.hold_reason == REVERSALS:
                self.events.emit(table.EV_CALL, self.hold_reason)
        self.go(state, now)

    # -- the states of §3b -----------------------------------------------------------------------------------

    def _off(self, io, now):
        table = self.table
        if io.mode == layout.MODE_OFF or self.stopped:
            return
        if self.boom.at_closed:
            self.admission.forget()
            self.go(table.ST_CLOSED, now)
        elif self.boom.at_open:
            self.await_start = 1
            self._stay_open(now)
        elif self._admitted(io):
            self._begin_opening(io, self.admission.by_board, now)
        elif self.start_asked or self._lift_asked:
            self._begin_opening(io, 0, now)
        self.start_asked = 0

    def _closed(self, io, now):
        table = self.table
        if self._limit_lost(not self.boom.at_closed, now):
            self.events.emit(table.EV_CALL, 0)
            self.go(table.ST_OFF, now)
        elif self.locked:
            self.events.emit(table.EV_LOCKED, 1)
            self.go(table.ST_LOCKED, now)
        elif self._admitted(io):
            self._begin_opening(io, self.admission.by_board, now)
        elif self._lift_asked:
            self._begin_opening(io, 0, now)

    def _opening(self, io, now):
        self.boom.open()
        if self.boom.at_open:
            self._opened(io, now)
            self._stay_open(now)

    def _open(self, io, now):
        self.boom.open()
        if self.passage.under:
            self.go(self.table.ST_PASSING, now)
        elif self._admitted(io):
            self._settle(layout.RES_DONE)
            self._stay_open(now)
        elif self._may_leave(io) and (self.locked or self._lower_asked or self.age(now) >= self.wait_ms):
            self._begin_preclose(now)

    def _passing(self, io, now):
        self.boom.open()
        if self._admitted(io):
            self._settle(layout.RES_DONE)
        if not self.passage.under:
            self.go(self.table.ST_PASSED, now)
        elif self.age(now) >= self.par.passing_max_s * 1000:
            self.stopped_vehicle = 1
            self.hold_reason = STOPPED_VEHICLE
            self.events.emit(self.table.EV_STOPPED_VEHICLE, self.par.passing_max_s)
            self.events.emit(self.table.EV_CALL, STOPPED_VEHICLE)
            self._enter(self.table.ST_HOLD_OPEN, io, now)

    def _passed(self, io, now):
        self.boom.open()
        if self._admitted(io):
            self._settle(layout.RES_DONE)
        if self.passage.under:
            self.go(self.table.ST_PASSING, now)
        elif self.ready:
            if self.admission.credit or self.await_start or io.mode == layout.MODE_LOCAL:
                self._stay_open(now)
            elif self._may_leave(io):
                self._begin_preclose(now)

    def _preclose(self, io, now):
        if self.passage.under:
            self.beams.spend()
            self.go(self.table.ST_PASSING, now)
        elif self._admitted(io):
            self.beams.spend()
            self._settle(layout.RES_DONE)
            self._stay_open(now)
        elif self.age(now) >= self.par.preclose_ms:
            self._test_then_close(now)
        elif not self.may_close:
            self._stay_open(now)

    def _test_then_close(self, now):
        """B1: the beams must answer before every closing."""
        beams = self.beams
        if not self._tested:
            self._tested = self.begin_test(now)
        if beams.ok and self.may_close:
            beams.spend()
            self.boom.close()
            self.go(self.table.ST_CLOSING, now)
        elif beams.state == FAILED or beams.state == UNTESTED or beams.ok:
            self._stay_open(now)

    def _closing(self, io, now):
        table = self.table
        if not self.may_close:
            self._reverse(io, now)
        elif self.boom.at_closed:
            io.TRAVEL_CLOSE = self.boom.travel_ms
            self.events.emit(table.EV_CLOSED, self.boom.travel_ms)
            self.admission.forget()
            self.go(table.ST_CLOSED, now)
        elif self._admitted(io):
            self._begin_opening(io, self.admission.by_board, now)
        else:
            self.boom.close()

    def _reverse(self, io, now):
        io.REVERSALS = io.REVERSALS + 1 & 0xFFFF
        self.count_reversal(now)
        self.events.emit(self.table.EV_REVERSED, self.culprit(), self.boom.angle // 10)
        self._reversed = 1
        self.boom.open()
        self.go(self.table.ST_REVERSING, now)

    def _reversing(self, io, now):
        self.boom.open()
        if self.boom.at_open:
            self._stay_open(now)

    def _hold_open(self, io, now):
        self.boom.open()
        if self.hold_reason == FIRE or self.hold_reason == REVERSALS:
            self.await_start = 1  # a reset ends this hold, and a reset starts no motion
        if self._admitted(io):
            self._settle(layout.RES_DONE)
        if not self.lane_clear:
            return
        self.stopped_vehicle = 0
        if self.hold_reason and self.hold_reason != STOPPED_VEHICLE:
            return
        self.hold_reason = 0
        if self.boom.at_open:
            self.events.emit(self.table.EV_HOLD_ENDED, io.HOLD_REASON)
            if self._may_leave(io):
                self._begin_preclose(now)
            else:
                self._stay_open(now)

    def _locked(self, io, now):
        table = self.table
        if self._limit_lost(not self.boom.at_closed, now):
            self.events.emit(table.EV_CALL, 0)
            self.go(table.ST_OFF, now)
        elif not self.locked:
            self.events.emit(table.EV_LOCKED, 0)
            self.go(table.ST_CLOSED, now)

    def _fault(self, io, now):
        self.boom.stop()

    def _maint(self, io, now):
        """Hold-to-run: up when asked, down when everything allows it and the beams have just answered."""
        boom = self.boom
        self._jog.preset = self.par.jog_max_ms
        spent = self._jog(io.JOG_O or io.JOG_C, now)
        if self._learn(io.ATT):
            boom.current.learning = 1
        boom.cap = 1000 if boom.current.learning else _JOG_SPEED
        if spent or io.JOG_O == io.JOG_C:
            self.beams.spend()
            boom.stop()
        elif io.JOG_O:
            self.beams.spend()
            boom.open()
        elif boom.demand:
            if not self.may_close:
                boom.stop()
        elif self.beams.ok:
            if self.may_close:
                boom.close()
            self.beams.spend()
        elif not self.beams.testing and not boom.at_closed:
            self.begin_test(now)

    # -- ways between them -----------------------------------------------------------------------------------

    def _begin_opening(self, io, by_board, now):
        io.OPENINGS = io.OPENINGS + 1 & _COUNT
        if by_board:
            io.LOCAL_OPENINGS = io.LOCAL_OPENINGS + 1 & 0xFFFF
        self._by_board = by_board
        self._reversed = 0
        self.boom.open()
        self.go(self.table.ST_OPENING, now)

    def _opened(self, io, now):
        io.TRAVEL_OPEN = self.boom.travel_ms
        self.events.emit(self.table.EV_OPENED, self.boom.travel_ms, self._by_board)
        self._settle(layout.RES_DONE)

    def _stay_open(self, now):
        """Into OPEN, with its waiting time begun anew: long for a vehicle that may come, short for nobody."""
        waits = self.admission.credit or not self._reversed
        self.wait_ms = self.par.open_wait_s * 1000 if waits else self.par.reversal_hold_ms
        self.go(self.table.ST_OPEN, now)
        self.since = now

    def _may_leave(self, io):
        """Whether the lane may begin to close: clear for long enough, nothing against it, nobody to be asked first."""
        if not self.ready or not self.may_close or self._just_reversed.q:
            return 0
        return self._lower_asked if io.mode == layout.MODE_LOCAL else not self.await_start

    def _begin_preclose(self, now):
        self._tested = 0
        self.go(self.table.ST_PRECLOSE, now)

    # -- outputs ---------------------------------------------------------------------------------------------

    def _drive(self, io, now):
        boom = self.boom
        if self.trips.effects & self.table.EF_MOTOR_OFF or self.missing & self.table.PM_MOVE:
            boom.stop()
        if self.state != self.table.ST_MAINT:
            boom.cap = 1000
            boom.current.learning = 0
        boom.drive(now)
        io.YO = boom.yo
        io.YC = boom.yc
        io.SPD = boom.spd
        io.TEST = self.beams.test

    def _signals(self, io):
        table = self.table
        state = self.state
        green = green_light(self, io)
        io.LT_G = green
        io.LT_R = 1 - green
        io.BEEP = 1 if state == table.ST_PRECLOSE and self.par.beeper else 0
        io.HOLD_REASON = self.hold_reason if state == table.ST_HOLD_OPEN else 0
        local = 1 if self.by_board and io.mode == layout.MODE_AUTO else 0
        self.substate = table.SUB_LOCAL_AUTO if local else table.SUB_REMOTE_AUTO
        if local != self._was_local:
            self._was_local = local
            self.events.emit(table.EV_LOCAL_AUTO, local)
        self.warn_bits = self.boom.slow
