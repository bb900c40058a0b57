"""Air-inlet and sectioning valves: one branch to the station, one air-inlet valve open at most (domain brief §1b)."""

from drivers.motor_valve import MotorValve
from drivers.valve import Valve
from protocols.port import const

BRANCHES = const(6)


def _names(kind, end):
    return tuple(["%s%d_%s" % (kind, k + 1, end) for k in range(BRANCHES)])


AV_ZSO = _names("AV", "ZSO")
AV_ZSC = _names("AV", "ZSC")
AV_YO = _names("AV", "YO")
AV_STATE = _names("AV", "STATE")
SV_ZSO = _names("SV", "ZSO")
SV_ZSC = _names("SV", "ZSC")
SV_YO = _names("SV", "YO")
SV_YC = _names("SV", "YC")
SV_STATE = _names("SV", "STATE")


class Branches:
    """The valves of all branches. Those that rest proven at their ends are looked at in turn, one branch a scan.

    wanted     branch that is to convey; 0: all air-inlet valves shut
    open       branch whose air-inlet valve is proven open, or 0
    all_shut   1 when every air-inlet valve is proven shut
    av_fault   1 while an air-inlet valve is not where it ought to be
    sv_fault   1 while a sectioning valve did not arrive
    failed     number of the valve that failed in this scan (1-6 AV, 11-16 SV), or 0
    opened, shut   branch whose air-inlet valve arrived in this scan, or 0
    """

    def __init__(self):
        self.av = tuple([Valve() for _ in range(BRANCHES)])
        self.sv = tuple([MotorValve() for _ in range(BRANCHES)])
        self.wanted = 0
        self.open = 0
        self.all_shut = 0
        self.av_fault = 0
        self.sv_fault = 0
        self.failed = 0
        self.opened = 0
        self.shut = 0
        self.jog_av = 0  # held by hand, in place of the sequence
        self.jog_sv = 0  # 1-6 open, 11-16 close
        self._was_open = 0
        self._moving = bytearray([1] * BRANCHES)
        self._asked = -1  # what the last drive was asked for
        self._turn = 0

    def sense(self, io, par, now):
        """Read and supervise all valves."""
        av_fault = 0
        sv_fault = 0
        shut = 1
        is_open = 0
        self.failed = 0
        self._turn = (self._turn or BRANCHES) - 1
        for k in range(BRANCHES):
            if not self._moving[k] and k != self._turn:
                continue
            av = self.av[k]
            av.open_ms = par.av_travel_ms
            av.close_ms = par.av_travel_ms
            before = av.not_open or av.not_closed or av.both
            av.sense(getattr(io, AV_ZSO[k]), getattr(io, AV_ZSC[k]), now)
            if av.not_open or av.not_closed or av.both:
                av_fault = 1
                if not before:
                    self.failed = k + 1
            if not av.closed:
                shut = 0
            if av.y and av.opened:
                is_open = k + 1
            sv = self.sv[k]
            sv.travel_ms = par.sv_travel_ms
            before = sv.late
            sv.sense(getattr(io, SV_ZSO[k]), getattr(io, SV_ZSC[k]), now)
            if sv.late:
                sv_fault = 1
                if not before:
                    self.failed = k + 11
        self.av_fault = av_fault
        self.sv_fault = sv_fault
        self.all_shut = shut
        self.open = is_open
        self.opened = is_open if is_open != self._was_open else 0
        self.shut = self._was_open if shut and self._was_open else 0
        if is_open or shut:
            self._was_open = is_open

    def drive(self, io, av_shut, sv_close, now):
        """Outputs. `av_shut`, `sv_close`: effects that stand above the sequence."""
        wanted = 0 if av_shut else self.wanted or self.jog_av
        asked = wanted | self.jog_av << 4 | self.jog_sv << 8 | (1 << 16 if sv_close else 0)
        if asked != self._asked:
            self._asked = asked
            for k in range(BRANCHES):
                self._moving[k] = 1
        for k in range(BRANCHES):
            if not self._moving[k] and k != self._turn:
                continue
            self._section(k, wanted, sv_close)
            av = self.av[k]
            if k + 1 == wanted and self._others_shut(k) and (self.jog_av or self.sv[k].opened):
                av.open()
            elif k + 1 != wanted:
                av.close()
            av.drive(now)
            sv = self.sv[k]
            sv.drive(now)
            setattr(io, AV_YO[k], av.y)
            setattr(io, AV_STATE[k], av.state)
            setattr(io, SV_YO[k], sv.yo)
            setattr(io, SV_YC[k], sv.yc)
            setattr(io, SV_STATE[k], sv.state)
            rest = av.closed and not av.y and not sv.yo and not sv.yc and (sv.opened or sv.closed)
            self._moving[k] = 0 if rest else 1

    def release(self):
        """Forget every demand: outputs are off."""
        self.wanted = 0
        self.jog_av = 0
        self.jog_sv = 0
        self._asked = -1
        for k in range(BRANCHES):
            self.av[k].close()
            self.sv[k].stay()

    def _section(self, k, wanted, sv_close):
        sv = self.sv[k]
        if sv_close:
            sv.close()
        elif self.jog_sv == k + 1:
            sv.open()
        elif self.jog_sv == k + 11:
            sv.close()
        elif not wanted or self.jog_av:
            sv.stay()
        else:  # the others too: their taps are what tells where the main is blocked (§1d)
            sv.open()

    def _others_shut(self, k):
        for i in range(BRANCHES):
            if i != k and not self.av[i].closed:
                return 0
        return 1
