"""The exhausters: start ladder with rotation by hours run, supervision of each (domain brief §1b START, §1c P7)."""

from drivers.blocks.timers import OnDelay
from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_add, ticks_diff

FANS = const(3)
OFF = const(0)  # FAN_STATES of the sheet
WAITS = const(1)
STARTING = const(2)
RUNNING = const(3)
FAULT = const(4)
OVERLOAD = const(1)  # FAN_FAULTS
BEARING = const(2)
VIBRATION = const(3)
FEEDBACK = const(4)
_BEARING_MS = const(5000)
_VIBRATION_MS = const(3000)
_PERIOD_MS = const(100)
_COUNT = const(0x3FFFFFFF)


class Fan:
    """One exhauster with what supervises it. `fault` is live: the trip row latches it."""

    def __init__(self, number):
        name = "FAN%d_" % number
        self.number = number
        self.run = 0
        self.proven = 0
        self.state = OFF
        self.fault = 0
        self.barred = 0  # its trip row stands
        self.begun = 0
        self.proven_ms = 0  # how long the last start took, once proven
        self._names = tuple([name + end for end in ("ZRUN", "IT", "TB", "VIB", "IT_Q", "TB_Q", "VIB_Q")])
        self._state_name = name + "STATE"
        self._fault_name = name + "FAULT"
        self._run_name = name + "RUN"
        self._starts_name = name + "STARTS"
        self._outputs = (name + "YRUN", name + "SREF")
        self._overload = OnDelay(0)
        self._bearing = OnDelay(_BEARING_MS)
        self._vibration = OnDelay(_VIBRATION_MS)
        self._feedback = OnDelay(0)
        self._part_ms = 0

    def sense(self, io, par, dt, now):
        """Read and supervise. A measurement that is bad votes for the trip while the fan runs."""
        zrun, amps, bearing, vibration, amps_q, bearing_q, vibration_q = self._names
        run = self.run
        self.proven = 1 if run and getattr(io, zrun) else 0
        self._overload.preset = par.overload_s * 1000
        self._feedback.preset = par.feedback_ms
        fault = 0
        if self._feedback(run and not self.proven, now):
            fault = FEEDBACK
        shakes = getattr(io, vibration_q) >= BAD or getattr(io, vibration) > par.vibration_max
        if self._vibration(run and shakes, now):
            fault = VIBRATION
        hot = getattr(io, bearing) > par.bearing_max if getattr(io, bearing_q) < BAD else run
        if self._bearing(hot, now):
            fault = BEARING
        if self._overload(run and (getattr(io, amps_q) >= BAD or getattr(io, amps) > par.fan_amps), now):
            fault = OVERLOAD
        self.fault = fault
        if self.proven:
            if self.state == STARTING:
                self.proven_ms = ticks_diff(now, self.begun)
            self._part_ms += dt
            if self._part_ms >= 1000:
                self._part_ms -= 1000
                setattr(io, self._run_name, self.hours(io) + 1 & _COUNT)

    def hours(self, io):
        """Time run so far, s."""
        return getattr(io, self._run_name)

    def switch(self, on, io, now):
        """Run or not."""
        if on and not self.run:
            self.begun = now
            self.proven_ms = 0
            setattr(io, self._starts_name, getattr(io, self._starts_name) + 1 & 0xFFFF)
        self.run = on

    def drive(self, io, speed):
        """Outputs."""
        yrun, sref = self._outputs
        setattr(io, yrun, self.run)
        setattr(io, sref, speed if self.run else 0)

    def show(self, io, waits):
        """Status."""
        if self.barred or self.fault:
            self.state = FAULT
            if self.fault:
                setattr(io, self._fault_name, self.fault)
        else:
            setattr(io, self._fault_name, 0)
            if self.run:
                self.state = RUNNING if self.proven else STARTING
            else:
                self.state = WAITS if waits else OFF
        setattr(io, self._state_name, self.state)


class Fans:
    """All exhausters, in series: every one that is without fault is started, the one with the fewest hours first.

    wanted    1 while they are to run
    ready     exhausters without fault; running: those proven
    complete  1 when every exhauster without fault is proven: the ladder is done
    news      number of the exhauster proven in this scan, or 0

    Their signals come every 100 ms (§1a) and are looked at as often; a scan in between costs next to nothing.
    """

    def __init__(self):
        self.fans = (Fan(1), Fan(2), Fan(3))
        self.wanted = 0
        self.ready = FANS
        self.running = 0
        self.complete = 0
        self.news = 0
        self._next_at = 0
        self._first = 0
        self._part_ms = _PERIOD_MS

    def start(self, now):
        """Begin the ladder."""
        if not self.wanted:
            self.wanted = 1
            self._first = 1
            self._next_at = now

    def stop(self):
        """All off at once."""
        self.wanted = 0

    def sense(self, io, par, dt, now):
        """Read and supervise all."""
        self.news = 0
        self._part_ms += dt
        if self._part_ms < _PERIOD_MS:
            return
        ready = 0
        running = 0
        for fan in self.fans:
            before = fan.proven
            fan.sense(io, par, self._part_ms, now)
            fan.show(io, self.wanted)
            if fan.proven and not before:
                self.news = fan.number
            if not fan.barred and not fan.fault:
                ready += 1
            if fan.proven:
                running += 1
        self.ready = ready
        self.running = running
        self._part_ms = 0
        self.complete = 1 if self.wanted and ready and running == ready else 0

    def drive(self, io, par, speed, by_hand, now):
        """Ladder and outputs. by_hand: exhauster that a hand holds on while none is wanted, or 0."""
        for fan in self.fans:
            on = fan.run if self.wanted else 1 if fan.number == by_hand else 0
            if fan.barred or fan.fault:
                on = 0
            if on != fan.run:
                fan.switch(on, io, now)
        if self.wanted:
            self._ladder(io, par, now)
        else:
            self.complete = 0
        for fan in self.fans:
            fan.drive(io, speed)

    def _ladder(self, io, par, now):
        chosen = None
        for fan in self.fans:
            if fan.run:
                if not fan.proven:
                    return  # one after the other
            elif not fan.barred and not fan.fault and (chosen is None or fan.hours(io) < chosen.hours(io)):
                chosen = fan
        if chosen is None:
            return
        if self._first or ticks_diff(now, self._next_at) >= 0:
            self._first = 0
            chosen.switch(1, io, now)
            self._next_at = ticks_add(now, par.stagger_ms)
