"""The collection of waste: works the state table, one frozen image a step, and says what to order and to note.

Everything that must survive is in `memory`; `generation` counts its changes, and `stored` tells up to which of them it
is on the disk. No discharge leaves before its grant is.
"""

from __future__ import annotations

from typing import Any

from edge_gateway.control.waste import change, conditions, runs
from edge_gateway.control.waste.image import Image, Valves
from edge_gateway.control.waste.orders import Action, Note
from edge_gateway.control.waste.outbox import Outbox
from edge_gateway.control.waste.plant import Plant, Rules
from edge_gateway.control.waste.pulse import Pulse, Result
from edge_gateway.control.waste.schedule import HATCH_OPEN, Hints, Plan, Times, When, plan, unavailable
from edge_gateway.control.waste.sequence import TABLE, WATCHES
from edge_gateway.control.waste.state import CONVEYING, RUNNING, Leg, Memory, Run, State
from edge_gateway.control.waste.token import ValveToken
from edge_gateway.control.waste.tracking import Scales, levels, track
from edge_gateway.control.waste.unblock import Phase, Unblock
from edge_gateway.control.waste.view import NEVER, View

_PLAN_MS = 60_000
"""The schedule is judged this often (domain brief §0.5), at once when a level or a hint changes ..."""
_FULL_MS = 5_000
"""... and this often while a chute is full."""
_AGAIN_MS = 300_000


class Collection(Outbox):
    """One plant's collection. `step` is called in each control scan; answers to orders come in between."""

    def __init__(self, plant: Plant, rules: Rules, times: Times, memory: Memory | None, now: int) -> None:
        """`memory` is that of the life before: a run that was under way is resumed by clearing the pipe first."""
        super().__init__(rules, now)
        self.plant = plant
        self.times = times
        self.memory = memory or Memory()
        self.token = ValveToken(rules.command_ttl_ms, rules.longest_open_ms, now, self.memory.token, self.memory.holder)
        self.generation = 1
        self.last_plan = Plan("not judged yet")
        self.asked: Run | None = None
        """What a person wants collected, until it starts."""
        self.why_not: list[str] = []
        """What was missing when a run could not start."""
        self._since: dict[str, int] = {}
        self._air_since = now
        self._pulse: Pulse | None = None
        self._unblock: Unblock | None = None
        self._scales = Scales()
        self._plan_at = now
        self._planned: object = None
        """Levels and hints for which it was judged; None: to be judged at once."""
        self._again_at = now
        self._stepped = now
        self._minute = 0
        self._valves = Valves({})
        self._declared = False
        self._reset_until = 0
        self._resumed = self._restarted()

    # --- for the composer and for operators --------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """Where the sequence is."""
        return self.memory.state

    @property
    def unblocking(self) -> str:
        """What the unblock routine does, in words; empty when there is none."""
        return str(self._unblock.phase) if self._unblock is not None else ""

    def reset(self, now: int) -> None:
        """A person has seen to the trip: it goes when every cause is healthy. Nothing starts by that."""
        self._reset_until = now + self.rules.lost_ms

    def changed(self) -> None:
        """The memory is another than before."""
        self.generation += 1

    def step(self, image: Image, now: int, when: When, stored: int, hints: Hints | None = None) -> list[Action]:
        """One scan. `when` is the wall clock; returns orders and notes in their order."""
        actions = self._actions = []
        memory = self.memory
        if image.valves is not self._valves:
            self._look(image.valves, when.utc_ms)
        self._orphan(image, now, when.utc_ms)
        self._minute = when.minute
        v = self._view(image, now, when)
        if memory.unwatched and image.station.fresh and conditions.untouched(v):
            memory.unwatched = False
            self.changed()
        if memory.run is not None and image.station.fresh:
            runs.measure(memory.run, image.station, now - self._stepped)
        self._stepped = now
        if memory.state is State.IDLE and image.station.fresh:
            self._look_out(v, when, hints)
        elif memory.state is State.DISCHARGE:
            self._discharge(v, stored)
        elif memory.state is State.BLOCKED:
            self._blocked(v)
        elif memory.state is State.CNT_CHANGE:
            wants, told = change.step(v)
            if told:
                self.changed()
                actions += told
            self._want(wants, v)
        self._move(v)
        row = TABLE[memory.state]
        self._want(row.wants, v, row.together)
        return actions

    def _look(self, valves: Valves, utc_ms: int) -> None:
        """Something has changed at the inlets."""
        limit = self.times.full_limit_ms
        notes, pulsed = track(self.plant, self.rules, valves, self._valves, self.memory, utc_ms, limit)
        self._valves = valves
        self.changed()
        self._actions += notes
        if self._pulse is not None and self._pulse.chute.name in pulsed:
            self._pulse.counted = True

    # --- the table ----------------------------------------------------------------------------------------------------

    def _move(self, v: View) -> None:
        """Watches, then exits, then the limit."""
        state = self.memory.state
        for watch in WATCHES:
            if state in watch.states:
                why = watch.why(v)
                if why:
                    self._alarm(watch.to, why, v)
                    return
        row = TABLE[state]
        if self._too_slow(v):
            return
        for way in row.exits:
            if way.when(v):
                self._go(way.to, v)
                return
        if row.limit and v.age >= getattr(self.rules, row.limit) + self._burst_ms:
            self._alarm(row.over, row.alarm, v)

    @property
    def _burst_ms(self) -> int:
        """What AIRFLOW takes longer at night."""
        memory = self.memory
        night = memory.run is not None and memory.run.night and memory.state is State.AIRFLOW
        return self.rules.burst_ms if night else 0

    def _alarm(self, to: State, why: str, v: View) -> None:
        """A state is left for a reason that somebody should read."""
        state = self.memory.state
        body: dict[str, Any] = {"state": str(state), "why": why}
        if state is State.PRECHECK:
            self.why_not = conditions.missing(v)
            body["missing"] = "; ".join(self.why_not)
        if self._refused:
            body["station"] = "; ".join(f"{command}: {reason}" for command, reason in self._refused.items())
        if to is State.TRIPPED:
            self.memory.tripped, self.memory.paused = why, True
            body["section"] = self.memory.section
        self._note("WASTE_" + (str(to) if to in (State.TRIPPED, State.BLOCKED) else "HELD"), body, alarm=True)
        if to is State.PURGE and self.memory.run is not None and self.memory.leg is not None:
            left = sum(len(leg.chutes) for leg in self.memory.run.legs)
            self._note("RUN_CUT_SHORT", {"why": why, "chutes_left": left})
            self.memory.run.legs = [Leg(self.memory.leg.fraction, self.memory.leg.branch)]
        self._go(to, v)

    def _go(self, to: State, v: View) -> None:
        """Leaves a state and enters another."""
        memory, before = self.memory, self.memory.state
        if before is State.PURGE and memory.run is not None and to in (State.AIRFLOW, State.CLEAR):
            memory.run.legs[:1] = [] if to is State.AIRFLOW else [Leg(v.leg.fraction if v.leg else 0, 0)]
        if before is State.CLEAR and to in (State.DIVERT, State.STOP):
            self._settle(v, complete=to is State.DIVERT or conditions.landed(v))
        if before is State.BLOCKED:
            self._unblock = None
        if to is State.IDLE and before in RUNNING and not v.station.fresh:
            memory.unwatched = True
        elif to is State.TRIPPED:
            memory.unwatched = False
        if before is State.TRIPPED:
            memory.tripped = memory.section = ""
            memory.shakes = 0
            self._reset_until = 0
        memory.state = to
        self._entered, v.age = v.now, 0
        self._wanted.clear()
        self._refused.clear()
        if to is State.DIVERT:
            self._drop_full(v)
        elif to is State.AIRFLOW:
            self._declared = False
        elif to is State.DISCHARGE:
            self._pulse = None
        elif to is State.BLOCKED:
            self._unblock = Unblock(memory.shakes, since=v.now)
            if memory.run is not None:
                memory.run.blockages += 1
        if to not in CONVEYING or to in (State.BLOCKED, State.AIRFLOW):
            self._since.pop("slow", None)
        if to in (State.IDLE, State.TRIPPED, State.MAINT) and before in RUNNING:
            self._end_run(v, str(to))
        self._note("STATE", {"from": str(before), "to": str(to)})
        self.changed()

    # --- what states do -----------------------------------------------------------------------------------------------

    def _look_out(self, v: View, when: When, hints: Hints | None) -> None:
        """IDLE: is a run due?"""
        memory = self.memory
        if memory.change or v.now < self._again_at:
            return
        run: Run | None = self.asked
        if run is None and memory.paused:
            self._planned = None
            return
        dirty, night = bool(memory.books.flying or v.station.flight), self.times.in_curfew(when.minute)
        if run is None and dirty and night and v.utc_ms < memory.clear_at:
            return  # it does not come home at 70 %: it waits for the day, and so does the diverter
        if run is None and dirty and not night and v.utc_ms >= memory.clear_at:
            run = Run(0, "waste in the pipe", [])
        valves = v.image.valves
        matters = (valves.full, valves.high, hints)
        if run is None and (v.now >= self._plan_at or matters != self._planned):
            self._planned = matters
            self._plan_at = v.now + (_FULL_MS if valves.full else _PLAN_MS)
            self.last_plan = plan(self.plant, self.times, v.image, memory, when, hints)
            if self.last_plan.due:
                run = Run(0, self.last_plan.why, list(self.last_plan.legs), night=self.last_plan.night)
        if run is None:
            return
        memory.runs += 1
        run.number, run.began_utc = memory.runs, v.utc_ms
        run.legs = runs.clearing(v) + run.legs
        memory.run, self.asked = run, None
        self._note("RUN_BEGAN", {"run": run.number, "why": run.why, "by": run.by, "chutes": run.chutes})
        v.due = True

    def _discharge(self, v: View, stored: int) -> None:
        """One pulse of the chute that comes first; a chute that can't be emptied now is passed over."""
        memory, run, leg = self.memory, self.memory.run, self.memory.leg
        if run is None or leg is None or not leg.chutes:
            return
        chute = self.plant.by_name[leg.chutes[0]]
        if self._pulse is None:
            obstacle = unavailable(v.image, memory, v.utc_ms, chute)
            if obstacle == HATCH_OPEN and v.age < self.rules.hatch_ms:
                return  # somebody is just there
            if obstacle:
                self._pass_over(chute.name, obstacle)
                return
            if not v.station.permit or v.image.valves.unshut:
                v.pulse_over = True  # back to SPACING until it may
                return
            grant = self.token.take(chute.name, v.now, v.utc_ms // 1000)
            if grant is None:
                return
            memory.token, memory.holder = grant.number, chute.name
            self.changed()
            self._pulse = Pulse(chute, grant.number, self.generation, self._declared)
        pulse = self._pulse
        pulse.step(v, stored, self._send)
        self._declared = pulse.declared
        if pulse.result is None:
            return
        self._pulse = None
        memory.holder = ""
        notes: list[Note] = []
        valve = v.image.valve(chute.name)
        levels(self.plant, chute, valve, memory, v.utc_ms, self.times.full_limit_ms, notes)
        self._actions += notes
        self.changed()
        if pulse.result is Result.NOTHING and "HATCH" in pulse.reason and run.tries < self.rules.pulses:
            run.tries += 1  # somebody has opened it in the meantime: once more after the spacing
            v.pulse_over = True
            return
        if pulse.result is Result.NOTHING:
            if pulse.unknown:
                memory.books.doubt(chute, pulse.number, v.utc_ms)
            known = memory.chute(chute.name)
            known.held_until, known.held_why = v.utc_ms + self.rules.held_off_ms, pulse.reason
            self._pass_over(chute.name, pulse.reason)
            return
        self._air_since = v.now
        memory.shakes = 0
        run.pulses += 1
        run.tries += 1
        again = valve.high or memory.books.held(chute.name) > self.rules.pulse_g // 2
        if not again or run.tries >= self.rules.pulses:
            leg.chutes.pop(0)
            run.tries = 0
        v.pulse_over = True

    def _pass_over(self, chute: str, why: str) -> None:
        run, leg = self.memory.run, self.memory.leg
        if run is not None and leg is not None:
            leg.chutes.pop(0)
            run.tries = 0
            run.skipped[chute] = why
        self._note("CHUTE_SKIPPED", {"why": why}, chute, alarm=True)

    def _blocked(self, v: View) -> None:
        routine = self._unblock
        if routine is None:  # a restart in this state
            routine = self._unblock = Unblock(self.memory.shakes, since=v.now)
        wants = routine.step(v)
        for told in routine.told:
            self._note("UNBLOCK", {"what": told})
        routine.told.clear()
        if routine.shakes != self.memory.shakes:
            self.memory.shakes = routine.shakes
            self._note("SHAKE", {"number": routine.shakes, "branch": v.branch})
            self.changed()
        self._air_since = v.now
        v.freed = routine.freed
        if routine.phase is Phase.OVER and not routine.freed:
            self.memory.section = routine.verdict(self.plant, v.branch)
            self._alarm(State.TRIPPED, f"BLOCKED: {self.memory.section}", v)
            return
        if routine.since == v.now:  # a new phase
            self._wanted.clear()
        self._want(wants, v)

    def _too_slow(self, v: View) -> bool:
        """Air flows, but not fast enough for another charge: no blockage (P6), only too little power. At night, with
        the fans at 70 %, a far branch waits for the day; otherwise what is in the pipe comes home first."""
        run, leg, rules = self.memory.run, self.memory.leg, self.rules
        night = run is not None and run.night
        limits = {State.SPACING: rules.spacing_limit_ms}
        if night:
            limits[State.AIRFLOW] = rules.airflow_ms + self._burst_ms
        over = v.age >= limits.get(self.memory.state, v.age + 1)
        if run is None or leg is None or not over or v.station.speed < rules.speed_low:
            return False
        why = f"{v.station.speed:.1f} m/s" + (" at night, with the fans at 70 %" if night else " are too slow")
        wait_ms = self.times.until_day(self._minute) * 60_000 if night else rules.held_off_ms
        for name in list(leg.chutes):
            known = self.memory.chute(name)
            known.held_until, known.held_why = v.utc_ms + wait_ms, why
            self._pass_over(name, why)
        dropped = v.branch in {charge.branch for charge in self.memory.books.flying}
        self._go(State.PURGE if dropped or not night else State.STOP, v)
        return True

    def _drop_full(self, v: View) -> None:
        """DIVERT: fractions whose container can't take more are left out, but what is in flight must come down."""
        run = self.memory.run
        while run is not None and run.legs and not self.memory.books.flying:
            box = v.container
            if box.docked and box.level < self.rules.container_full:
                return
            why = f"{box.level:.0f} % full" if box.docked else "not docked"
            fraction = run.legs[0].fraction
            self._note("CONTAINER_NOT_READY", {"container": v.position, "why": why}, alarm=True)
            run.legs = [leg for leg in run.legs if leg.fraction != fraction]

    def _settle(self, v: View, complete: bool) -> None:
        """CLEAR is over: the scales say what has come down, and the books follow."""
        if self.memory.leg is None or self.memory.run is None:
            return
        body = runs.settle(v) if complete else None
        del self.memory.run.legs[0]
        if body is not None:
            self._scales.settled()
            self._note("LANDED", body)

    def _end_run(self, v: View, why: str) -> None:
        run = self.memory.run
        self._pulse = self._planned = None
        if run is None:
            return
        if self.memory.books.flying or v.station.flight:
            until_day_ms = self.times.until_day(self._minute) * 60_000 if run.night else 0
            self.memory.clear_at = v.utc_ms + max(self.rules.clear_retry_ms, until_day_ms)
        self._again_at = v.now + (_AGAIN_MS if run.pulses == 0 and run.by == "schedule" else 0)
        self._note("RUN_ENDED", runs.summary(run, why))
        self.memory.run = None

    # --- restart ------------------------------------------------------------------------------------------------------

    def _restarted(self) -> State | None:
        """Where to go on after a restart: a run is checked again from PRECHECK, with the pipe to be cleared first.
        Returns the state in which the life before ended, if a run was under way."""
        memory, before = self.memory, self.memory.state
        if before not in RUNNING:
            return None
        memory.unwatched = True
        stopped = memory.run is None or before is State.STOP
        memory.state = State.STOP if stopped else State.PRECHECK
        if memory.run is not None and not stopped:
            memory.run.legs = runs.resumed(self.plant, memory)
        return before

    def _orphan(self, image: Image, now: int, utc_ms: int) -> None:
        """An order of the life before, or of a run that was broken off: its valve proven shut, the token is free."""
        memory = self.memory
        if self._resumed is not None:
            self._note("RESUMED", {"from": str(self._resumed), "state": str(memory.state), "holder": memory.holder})
            self._resumed = None
        if not memory.holder or self._pulse is not None:
            return
        valve = image.valve(memory.holder)
        if self.token.give_back(self.token.number, False, valve.proven_shut, now):
            counted = any(charge.number == memory.token for charge in memory.books.flying)
            chute = self.plant.by_name.get(memory.holder)
            if chute is not None and not counted:
                memory.books.doubt(chute, memory.token, utc_ms)
            self._note("TOKEN_FREED", {"chute": memory.holder, "token": memory.token, "counted": counted})
            memory.holder = ""
            self.changed()

    # --- own ----------------------------------------------------------------------------------------------------------

    def _view(self, image: Image, now: int, when: When) -> View:
        station, memory, valves = image.station, self.memory, image.valves
        v = View(self.plant, self.rules, image, memory, self.token, now, when.utc_ms, now - self._entered)
        good = station.fresh and station.speed_good
        v.fast_ms = self._lasting("fast", good and station.speed >= self.rules.speed_ok, now)
        slow = station.fresh and station.speed < self.rules.speed_low and station.av == v.branch
        v.slow_ms = self._lasting("slow", slow, now)
        v.lost_ms = self._lasting("lost", not station.fresh, now)
        v.rest_ms = self._lasting("rest", station.fresh and station.state in conditions.AT_REST, now)
        v.reset = now < self._reset_until and not station.trips and not valves.blocking
        if good and station.speed < self.rules.speed_low:
            self._air_since = now
        far = max((charge.distance_m for charge in memory.books.flying), default=0)
        blown = now - self._air_since >= self.rules.purge_ms(far)
        v.landed = memory.state is State.CLEAR or (v.branch not in station.flight and (blown or station.av == 0))
        if v.position in station.containers and memory.state in CONVEYING:
            kg = station.containers[v.position].kg
            v.steady_ms = self._scales.steady_ms(kg, now)
            memory.scales.setdefault(v.position, kg)
            if memory.run is not None and memory.leg is not None:
                memory.run.landing_s += self._scales.landings(memory, v.position, kg, v.utc_ms, memory.leg.fraction)
        return v

    def _lasting(self, name: str, so: bool, now: int) -> int:
        if not so:
            self._since.pop(name, None)
            return NEVER
        return now - self._since.setdefault(name, now)
