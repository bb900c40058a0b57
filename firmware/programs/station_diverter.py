"""Where the waste goes: the diverter and the containers behind it (domain brief §1b DIVERT, §1c P10)."""

from drivers.blocks.timers import OnDelay
from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_diff

CONTAINERS = const(3)
UNPROVEN = const(0)  # DIVERTER_STATES of the sheet
PROVEN = const(1)
MOVING = const(2)
INVALID = const(3)
LATE = const(4)

READY = const(0)  # CONTAINER_STATES
NEARLY_FULL = const(1)
FULL = const(2)
UNDOCKED = const(3)
GATE = const(4)
CHANGE = const(5)


class Diverter:
    """Three positions, one switch each; both drives off: it stays where it is.

    at      container at which it is proven to stand, or 0
    target  container that it drives to, or 0
    many    1 while more than one switch is on
    travel_ms  how long the last movement took
    """

    def __init__(self):
        self.at = 0
        self.target = 0
        self.many = 0
        self.state = UNPROVEN
        self.travel_ms = 0
        self._since = 0

    def sense(self, io, par, now):
        """Read the switches; returns the container at which it has just arrived, or 0."""
        a, b, c = io.DIV1_ZA, io.DIV1_ZB, io.DIV1_ZC
        on = a + b + c
        self.many = 1 if on > 1 else 0
        self.at = (1 if a else 2 if b else 3) if on == 1 else 0
        arrived = 0
        if self.target:
            age = ticks_diff(now, self._since)
            if self.at == self.target:
                arrived = self.at
                self.travel_ms = age
                self.target = 0
                self.state = PROVEN
            elif self.many or age >= par.div_travel_s * 1000:
                self.target = 0
                self.state = INVALID if self.many else LATE
        elif self.many:
            self.state = INVALID
        elif self.at:
            self.state = PROVEN
        elif self.state != LATE:
            self.state = UNPROVEN
        return arrived

    def move(self, target, now):
        """Drive there. Whether it may is the program's to have proven."""
        self.target = target
        self.state = MOVING
        self._since = now

    def stop(self):
        """Stay where it is."""
        if self.target:
            self.target = 0
            self.state = UNPROVEN

    def drive(self, io, by_hand):
        """Outputs: towards the target, or where a hand drives it."""
        target = self.target or by_hand
        io.DIV1_YPOS1 = 1 if target == 1 else 0
        io.DIV1_YPOS2 = 1 if target == 2 else 0
        io.DIV1_YPOS3 = 1 if target == 3 else 0


class Container:
    """One container: dock, gate, level, weight."""

    def __init__(self, number):
        name = "CNT%d_" % number
        self.number = number
        self.changing = 0
        self.state = UNDOCKED
        self.docked = 0
        self.gate = 0
        self.level = 0
        self.known = 0
        self._names = tuple([name + end for end in ("ZDOCK", "ZGATE", "LT", "WT", "LT_Q", "WT_Q")])
        self._values = tuple([name + end for end in ("STATE", "TARE", "NET", "YGATE")])
        self._gate_late = OnDelay(0)

    def sense(self, io, par, selected, now):
        """Read and judge; returns 1 when the state has changed."""
        zdock, zgate, lt, wt, lt_q, wt_q = self._names
        self.docked = getattr(io, zdock)
        self.gate = getattr(io, zgate)
        self.level = getattr(io, lt)
        self.known = 1 if getattr(io, lt_q) < BAD else 0
        self._gate_late.preset = par.gate_ms
        late = self._gate_late(selected and not self.gate, now)
        if self.changing:
            state = CHANGE
        elif not self.docked:
            state = UNDOCKED
        elif not self.known or self.level > par.level_full:
            state = FULL
        elif late:
            state = GATE
        else:
            state = NEARLY_FULL if self.level >= par.level_start else READY
        shown, tare, net, _gate = self._values
        if getattr(io, wt_q) < BAD:
            setattr(io, net, getattr(io, wt) - getattr(io, tare))
        if state == self.state:
            return 0
        self.state = state
        setattr(io, shown, state)
        return 1

    def tare(self, io):
        """Take the weight as it is for an empty container's; 0 when it can't be read."""
        _dock, _gate, _level, wt, _lt_q, wt_q = self._names
        if getattr(io, wt_q) >= BAD or getattr(io, wt) < 0:
            return 0
        setattr(io, self._values[1], getattr(io, wt))
        return 1

    def drive(self, io, on):
        """The gate; shut without a docked container."""
        setattr(io, self._values[3], 1 if on and self.docked and not self.changing else 0)
