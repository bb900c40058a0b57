"""One heat pump and its phase: pumps, start, run, stop, and the rest before the next start (domain brief §4b).

OFF -> PUMPS_ON (60 s, flow proven) -> START -> RUN -> STOPPING -> ANTI_CYCLE. After power-up a machine rests first:
nobody knows when it ran last. Nothing but a protection stops one before its least time is over.
"""

from drivers.blocks.rate import RateCounter
from drivers.blocks.timers import OnDelay
from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_add, ticks_diff

OFF = const(0)  # PHASES of the sheet
PUMPS_ON = const(1)
START = const(2)
RUN = const(3)
STOPPING = const(4)
ANTI_CYCLE = const(5)

ST_OFF = const(1)  # MACHINE_STATES of the sheet
ST_RUNNING = const(3)
ST_FAULT = const(5)
_HOUR_MS = const(3600000)
_STARTS = const(12)  # most starts in an hour that a parameter allows
_LONG_MS = const(0x8000000)
_COUNT = const(0x3FFFFFFF)


class HeatPump:
    """Machine `number`.

    want     1: it is to run, or to go on       y        1: it may run (HPn.Y)
    phase    above
    fitted   it has an address                 there    it is heard, and no row holds it off
    fault    fact of its row: it says so, or its start failed (that for one scan: the row latches)
    ready    it may start now                  wait_s   until it may, s
    hot      1: it gives heat, or is about to
    """

    def __init__(self, number):
        name = "HP%d_" % number
        self.number = number
        self.want = 0
        self.y = 0
        self.phase = ANTI_CYCLE
        self.since = 0
        self.fitted = 0
        self.there = 0
        self.fault = 0
        self.ready = 0
        self.wait_s = 0
        self.hot = 0
        self.news = 0
        self._off_at = 0
        self._on_at = 0
        self._failed = 0
        self._starts = RateCounter(_STARTS, _HOUR_MS)
        self._flow = OnDelay(60000)
        self._part_ms = 0
        self._now = 0
        self._st = name + "ST"
        self._st_q = name + "ST_Q"
        self._kw = name + "KW"
        self._kw_q = name + "KW_Q"
        self._runs = name + "RUNS"
        self._count = name + "STARTS"
        self._unit = "hp%d_unit" % number
        self._rated = "hp%d_kw" % number
        self._y = name + "Y"
        self._sp = name + "SP"
        self._plr = name + "PLR"
        self._phase = name + "PHASE"
        self._wait = name + "WAIT"
        self._hour = name + "HOUR"

    def begin(self, io, now):
        """Power-up: the rest begins. The starts of the hour that were last recorded count from now on, and the record
        of this power-up has one more: what happens until the next record may be lost with the power."""
        starts = min(_STARTS - 1, max(0, getattr(io, self._hour)))
        for _ in range(starts):
            self._starts(1, now)
        setattr(io, self._hour, starts + 1)
        self.phase = ANTI_CYCLE
        self._off_at = now
        self.since = now
        self._now = now

    def sense(self, io, par, held_off, now):
        """Hear it. held_off: a row of the cause-and-effect matrix keeps it off."""
        self.fitted = 1 if getattr(par, self._unit) else 0
        heard = self.fitted and getattr(io, self._st_q) < BAD
        state = getattr(io, self._st) if heard else 0
        self.fault = 1 if state == ST_FAULT or self._failed else 0
        self._failed = 0
        self.there = 1 if heard and not held_off and state != ST_FAULT else 0
        dt = ticks_diff(now, self._now)
        self._now = now
        starts = self._starts
        starts(0, now)
        if self.y and state == ST_RUNNING:
            self._part_ms += dt
            if self._part_ms >= 1000:
                seconds = self._part_ms // 1000
                self._part_ms -= seconds * 1000
                setattr(io, self._runs, getattr(io, self._runs) + seconds & _COUNT)
        if self.phase == ANTI_CYCLE:
            left = par.hp_off_min * 60000 - ticks_diff(now, self._off_at)
            if left <= 0:
                self._go(OFF, now)
        if ticks_diff(now, self.since) > _LONG_MS:  # keep ages away from the ticks' wrap
            self.since = ticks_add(now, -_LONG_MS)
            self._on_at = self.since
        self.ready = 1 if self.phase == OFF and self.there and starts.count < par.hp_starts_h else 0

    def hours(self, io):
        """Time run so far, s."""
        return getattr(io, self._runs)

    def rated(self, par):
        """Heat at full load, 0.1 kW."""
        return getattr(par, self._rated)

    def may_stop(self, par, now):
        """Whether its least time is over."""
        return self.phase == PUMPS_ON or ticks_diff(now, self._on_at) >= par.hp_on_min * 60000

    def drive(self, io, par, want, proven, stop, unload, now):
        """Move the phase. want: it is to run; proven: both flows are; stop: at once; unload: a protection that leaves
        it time to unload."""
        phase = self.phase
        self.news = 0
        if self.y and (stop or not self.there):
            self._off(now)
        elif phase == OFF:
            if want and self.ready and not stop and not unload:
                self._flow.reset()
                self._go(PUMPS_ON, now)
        elif phase == PUMPS_ON:
            self._flow.preset = par.hp_pumps_s * 1000
            if not want or stop or unload or not self.there:
                self._go(OFF, now)
            elif self._flow(proven, now):
                self._on(io, now)
        elif phase == START:
            if unload:
                self._go(STOPPING, now)
            elif getattr(io, self._st) == ST_RUNNING and getattr(io, self._st_q) < BAD:
                self._go(RUN, now)
            elif ticks_diff(now, self.since) >= par.hp_start_s * 1000:
                self._failed = 1
                self._off(now)
        elif phase == RUN:
            if unload or (not want and self.may_stop(par, now)):
                self._go(STOPPING, now)
        elif phase == STOPPING:
            self._stop(io, par, now)
        self.hot = 1 if self.phase == START or self.phase == RUN else 0

    def _on(self, io, now):
        self.y = 1
        self._on_at = now
        self._starts(1, now)
        setattr(io, self._count, getattr(io, self._count) + 1 & 0xFFFF)
        self._go(START, now)

    def _stop(self, io, par, now):
        """Unloaded, then off, then told that it is off."""
        age = ticks_diff(now, self.since)
        if self.y:
            if age >= par.hp_unload_s * 1000:
                self.y = 0
                self._off_at = now
        elif getattr(io, self._st) == ST_OFF or ticks_diff(now, self._off_at) >= par.hp_stop_s * 1000:
            self._go(ANTI_CYCLE, now)

    def _off(self, now):
        if self.y:
            self.y = 0
            self._off_at = now
        self._go(ANTI_CYCLE, now)

    def drop(self, now):
        """The program does not act: off, and the rest begins."""
        self.news = 0
        self.hot = 0
        if self.y:
            self._off(now)
        elif self.phase == PUMPS_ON:
            self._go(OFF, now)

    def _go(self, phase, now):
        self.phase = phase
        self.since = now
        self.news = 1

    def put(self, io, set_point, part):
        """Its outputs."""
        setattr(io, self._y, self.y)
        setattr(io, self._sp, set_point)
        setattr(io, self._plr, part if self.y else 0)

    def heat(self, io):
        """Heat that it says it gives, 0.1 kW."""
        return getattr(io, self._kw) if self.fitted and getattr(io, self._kw_q) < BAD else 0

    def show(self, io, par, now):
        """Status words."""
        setattr(io, self._phase, self.phase)
        left = 0
        if self.phase == ANTI_CYCLE:
            left = par.hp_off_min * 60000 - ticks_diff(now, self._off_at)
        self.wait_s = (left + 999) // 1000 if left > 0 else 0
        setattr(io, self._wait, self.wait_s)
        setattr(io, self._hour, self._starts.count)
