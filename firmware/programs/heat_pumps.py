"""The heat pumps together: how many, which of them, and what they are asked for (domain brief §4b, §4d "HP outlet").

One machine more when the supply has been too cold for long, one less when it is too warm; the one with the fewest hours
starts first and the one with the most stops first. What a wish or a missing machine takes away comes back by itself.
"""

from drivers.blocks.rate import RateLimit
from drivers.blocks.timers import OnDelay
from firmware.programs.heat_pump_phase import OFF, PUMPS_ON, RUN, START, STOPPING, HeatPump
from protocols.port import const

MACHINES = const(3)
_MINUTE_MS = const(60000)
_SP_START = const(3500)
_FULL = const(1000)


class HeatPumps:
    """All machines.

    stages    how many are to run          pumps     1: their two pumps are to run
    running   how many are in RUN          hot       how many are in START or RUN: they take source heat
    waiting   how many run, or wait for their pumps
    asks      1: some machine may run, so its flows are watched (H2)
    stopping  1: one is being stopped      kw        heat that they say they give, 0.1 kW
    part      largest part load, 0.1 %     power     heat that they can give with it, 0.1 kW
    set_point outlet asked for now, by its slew; lead: machine that starts first (0: by hours)
    """

    def __init__(self):
        self.machines = (HeatPump(1), HeatPump(2), HeatPump(3))
        self.stages = 0
        self.pumps = 0
        self.running = 0
        self.hot = 0
        self.waiting = 0
        self.asks = 0
        self.stopping = 0
        self.kw = 0
        self.usable = 0
        self.set_point = _SP_START
        self.lead = 0
        self.part = _FULL
        self.power = 0
        self._more = OnDelay(300000)
        self._less = OnDelay(60000)
        self._slew = RateLimit(1000, 1000, 0)
        self._sp_on = 0

    def begin(self, io, now):
        """Power-up."""
        for machine in self.machines:
            machine.begin(io, now)

    def sense(self, io, par, held, now):
        """Hear all machines. held: bit k-1 while a row holds machine k off."""
        kw = 0
        usable = 0
        for machine in self.machines:
            machine.sense(io, par, held & 1 << machine.number - 1, now)
            kw += machine.heat(io)
            usable += machine.there
        self.kw = kw
        self.usable = usable

    def stage(self, par, wanted, error, most, now):
        """How many are to run. wanted: somebody wants heat (or cold); error: 0.01 K that the supply is too cold for
        heat; most: as the gateway's wish and the state allow."""
        most = min(most, self.usable)
        if not wanted or not most:
            self.stages = 0
            self._more.reset()
            self._less.reset()
            return
        self._more.preset = par.hp_step_min * _MINUTE_MS
        self._less.preset = par.hp_down_s * 1000
        stages = self.stages
        if not stages:
            stages = 1
        settled = self.running >= stages
        if self._more(settled and error > par.hp_step, now):
            stages += 1
            self._more.reset()
        if self._less(stages > 1 and error < -par.hp_down, now):
            stages -= 1
            self._less.reset()
        self.stages = min(stages, most)

    def aim(self, par, target, now):
        """Outlet asked for: up by the slew, down at once. While nothing runs it waits at the target."""
        target = min(target, par.hp_sp_max)
        # Hundredths of a kelvin a minute would round to nothing as units a second: the ramp counts in sixtieths.
        slew = self._slew
        slew.up = par.hp_slew
        if not self.hot or target < self.set_point or not self._sp_on:
            slew.force(target * 60)
            self._sp_on = self.hot
        slew(target * 60, now)
        self.set_point = slew.q // 60

    def limit(self, par, most):
        """Largest part load with which the machines that run give `most` 0.1 kW together; `power`: what that is."""
        rated = 0
        for machine in self.machines:
            if machine.hot:
                rated += machine.rated(par)
        part = _FULL if most >= rated else max(par.hp_part, most * _FULL // rated)
        self.part = part
        self.power = rated * part // _FULL

    def drive(self, io, par, proven, off, unload, least, now):
        """Move all. proven: both flows; off: at once; unload: stop with time to unload; least: at their least load.
        Returns 1 where a phase changed."""
        self._choose(io, par, now)
        running = hot = waiting = asks = stopping = news = pumps = 0
        for machine in self.machines:
            machine.drive(io, par, machine.want, proven, off, unload, now)
            phase = machine.phase
            news |= machine.news
            hot += machine.hot
            asks |= machine.y
            if phase == RUN:
                running += 1
            if phase == PUMPS_ON or phase == START or phase == RUN:
                waiting += 1
            if phase == STOPPING:
                stopping = 1
            part = par.hp_part if least or phase == STOPPING else self.part
            machine.put(io, self.set_point, part)
        self.running = running
        self.hot = hot
        self.waiting = waiting
        self.asks = asks
        self.stopping = stopping
        if waiting or stopping:
            pumps = 1
        self.pumps = pumps
        return news

    def _choose(self, io, par, now):
        """Who is wanted: those that run, then by the lead and the hours."""
        on = 0
        for machine in self.machines:
            machine.want = 1 if PUMPS_ON <= machine.phase <= RUN else 0
            on += machine.want
        while on < self.stages:
            chosen = None
            for machine in self.machines:
                if not machine.want and machine.phase == OFF and machine.ready:
                    if chosen is None or machine.number == self.lead:
                        chosen = machine
                    elif chosen.number != self.lead and machine.hours(io) < chosen.hours(io):
                        chosen = machine
            if chosen is None:
                break
            chosen.want = 1
            on += 1
        while on > self.stages:
            chosen = None
            for machine in self.machines:
                if machine.want and machine.may_stop(par, now):
                    if chosen is None or (chosen.number == self.lead and self.stages):
                        chosen = machine
                    elif machine.number != self.lead and machine.hours(io) > chosen.hours(io):
                        chosen = machine
            if chosen is None:
                break
            chosen.want = 0
            on -= 1

    def drop(self, io, now):
        """The program does not act: all off."""
        news = 0
        for machine in self.machines:
            machine.drop(now)
            machine.put(io, 0, 0)
            news |= machine.news
        self.stages = 0
        self.pumps = 0
        self.running = 0
        self.hot = 0
        self.waiting = 0
        self.asks = 0
        self.stopping = 0
        self._more.reset()
        self._less.reset()
        return news

    def show(self, io, par, now):
        """Status words."""
        lead = self.lead
        if not lead:
            chosen = None
            for machine in self.machines:
                if machine.fitted and (chosen is None or machine.hours(io) < chosen.hours(io)):
                    chosen = machine
            lead = chosen.number if chosen is not None else 0
        io.HP_LEAD = lead
        io.HP_STAGES = self.stages
        for machine in self.machines:
            machine.show(io, par, now)
