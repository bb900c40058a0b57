"""From the station's states and devices to its outputs, events and published values."""

from firmware.programs import station_speed as speeds
from firmware.programs.station_commands import JOG_FILTER, StationCommands
from protocols import layout
from protocols.ticks import ticks_diff


class StationOutputs(StationCommands):
    """Outputs of the station.

    speed_mode   what the state asks of the speed (SPEED_MODES)
    purge_why    why a purge runs (PURGE_REASONS)
    """

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.speed_mode = speeds.OFF
        self.purge_why = 0

    def hands(self, io, now):
        """Hold-to-run, renewed in time, only while nothing runs by sequence."""
        table = self.table
        state = self.state
        rest = state == table.ST_IDLE or state == table.ST_OFF or state == table.ST_MAINT
        by_hand = io.mode == layout.MODE_MAINT or self.by_hand(io)
        if self.jog and (not rest or not by_hand or ticks_diff(now, self.jog_at) >= self.par.jog_dead_ms):
            self.jog = 0
        if self.trips.effects & self._stops and self.jog != JOG_FILTER:
            self.jog = 0  # now, not when the hand lets go
        jog = self.jog
        branches = self.branches
        branches.jog_av = jog if 0 < jog < 10 else 0
        branches.jog_sv = jog - 10 if 10 < jog < 30 else 0
        if jog and branches.jog_av:
            self.flight.note(jog, self.par)

    def drive(self, io, now):
        """Set the outputs from the state, under what the causes say."""
        table = self.table
        par = self.par
        effects = self.trips.effects
        jog = self.jog
        speed = self.speed
        mode = self.speed_mode
        cap = par.hand_cap if self.by_hand(io) else 1000
        fan = jog - 30 if 30 < jog < 40 else 0
        if fan:
            mode = speeds.HAND
        if self.state != table.ST_STOPPING:  # which ramps down by itself
            speed.scan(mode, io, par, cap, effects & table.EF_SPEED_CUT, now)
        self.branches.drive(io, effects & table.EF_AV_SHUT, effects & table.EF_SV_CLOSE, now)
        self.fans.drive(io, par, speed.out, fan, now)
        if self.flight.any or effects & table.EF_GATES_SHUT:
            self.diverter.stop()
        self.diverter.drive(io, jog - 40 if 40 < jog < 44 and not self.flight.any else 0)
        for container in self.containers:
            chosen = container.number == self.diverter.at and self.state != table.ST_MAINT
            on = (chosen or jog == 50 + container.number) and not effects & table.EF_GATES_SHUT
            container.drive(io, on)
        if effects & table.EF_CMP_OFF:
            self.compactor.stop()
        io.CMP_YRUN = 1 if (self.compactor.run or jog == 61) and not effects & table.EF_CMP_OFF else 0
        if self.filter.scan(io, par, now):
            self.events.emit(table.EV_FILTER, self.filter.q, io.PDT91 * 10)
            if self.filter.q:
                io.FLT_CYCLES = io.FLT_CYCLES + 1 & 0xFFFF
        idle = self.state == table.ST_MAINT or self.state == table.ST_OFF
        io.FLT_YCLN = 1 if (self.filter.q and not idle) or jog == JOG_FILTER else 0
        isolate = effects & table.EF_ISOLATE
        air = table.ST_STARTING <= self.state <= table.ST_STOPPING or self.fans.wanted or fan
        io.SEP_YO = 1 if air and not isolate else 0
        io.HORN = 1 if isolate else 0

    def tell(self, io):
        """What happened to the devices in this scan; ends of commands that hang on a device."""
        table = self.table
        branches = self.branches
        if branches.opened:
            self.events.emit(table.EV_AV_OPENED, branches.opened, branches.av[branches.opened - 1].open_travel)
        if branches.shut:
            self.events.emit(table.EV_AV_CLOSED, branches.shut, branches.av[branches.shut - 1].close_travel)
        if branches.failed:
            self.events.emit(table.EV_VALVE_FAULT, branches.failed)
        fans = self.fans
        if fans.news:
            self.events.emit(table.EV_FAN_RUNS, fans.news, fans.fans[fans.news - 1].proven_ms)
        for fan in fans.fans:
            if fan.fault and self.trips.raised & self._fan_rows[fan.number - 1]:
                self.events.emit(table.EV_FAN_FAULT, fan.number, fan.fault)
        compactor = self.compactor
        if compactor.done:
            io.CMP_CYCLES = io.CMP_CYCLES + 1 & 0xFFFF
            self.events.emit(table.EV_COMPACTED, compactor.took_ms // 100, compactor.peak // 10)
            self.settle(table.CMD_COMPACT, layout.RES_DONE)
        elif compactor.retried:
            self.events.emit(table.EV_COMPACTOR_RETRY, compactor.retried)
        if compactor.fault:
            self.settle(table.CMD_COMPACT, layout.RES_FAILED, self.trips.first_out)
        self._tell_diverter()

    def _tell_diverter(self):
        table = self.table
        if self.pending != table.CMD_DIVERT or self.diverter.target:
            return
        chosen = self.selected
        if chosen is None:
            self.settle(table.CMD_DIVERT, layout.RES_FAILED, self.diverter.state)
        elif chosen.gate:
            self.settle(table.CMD_DIVERT, layout.RES_DONE, chosen.number - 1)
        elif chosen.state > 2:
            self.settle(table.CMD_DIVERT, layout.RES_FAILED, 16 + chosen.state)

    def publish(self, io):
        """Set the values that the board shows."""
        table = self.table
        speed = self.speed
        flight = self.flight
        ready = (
            self.state == table.ST_CONVEY
            and self.air_ok
            and not self.trips.effects & table.EF_NO_DV
            and self.selected is not None
            and self.selected.gate  # at once; row CONTAINER waits gate_ms, for a gate that has just begun to open
            and not self.diverter.target
            and not self.container_unfit
            and (io.mode == layout.MODE_AUTO or io.mode == layout.MODE_REMOTE)
            and not self.asked
        )
        io.DV_PERMIT = 1 if ready else 0
        io.BRANCH = self.branch
        io.FLIGHT = flight.word
        io.FLIGHT_DECLARED = flight.declared
        io.FLIGHT_LEFT = min(0xFFFF, (flight.left(self.branch) + 99) // 100)
        io.SPEED_OUT = speed.out
        io.SPEED_MODE = speed.mode
        io.SPEED_CAP = min(speed.cap, self.par.hand_cap) if self.by_hand(io) else speed.cap
        io.SPEED_SET = speed.speed_set
        io.VACUUM_SET = speed.vacuum_set
        io.CMP_STATE = self.compactor.state
        io.PURGE_WHY = self.purge_why if self.state == table.ST_PURGE else 0
        io.FANS_READY = self.fans.ready
        io.FANS_RUNNING = self.fans.running
