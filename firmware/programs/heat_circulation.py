"""Circulation of hot water: P402 runs day and night (domain brief §4b, H8).

It may rest while the return has been hot for half an hour, until the return is cool or half an hour is over, whichever
is first: a sensor in a pipe that stands still tells little. During a hygiene cycle it doesn't rest.
"""

from drivers.blocks.timers import OnDelay
from firmware.programs.heat_sensors import TT46
from protocols.port import const
from protocols.quality import BAD, GOOD
from protocols.ticks import ticks_add, ticks_diff

_MINUTE = const(60000)
_OFF_MAX = const(10000)  # minutes


class Circulation:
    """P402.

    run       P402.Y                                             resting  1: stopped by its thermostat
    proven    it runs and there is flow (FT402 that is BAD is no flow)
    failed    fact: commanded, not proven
    off       fact H8: no proven circulation for an hour         off_min  minutes of it
    """

    def __init__(self, table, par):
        self.par = par
        self.run = 1
        self.resting = 0
        self.proven = 0
        self.failed = 0
        self.off = 0
        self.off_min = 0
        self._hot = OnDelay(1800000)
        self._rested = OnDelay(1800000)
        self._prove = OnDelay(10000)
        self._minute_at = 0
        self._timing = 0

    def step(self, io, temps, cycle, stop, now):
        """One scan. cycle: a hygiene cycle runs, so no rest; stop: an interlock (pressure) holds the pump."""
        par = self.par
        back = temps.value[TT46]
        known = temps.reason[TT46] == GOOD
        flow = io.FT402_Q < BAD and io.FT402 >= par.circ_flow
        self.proven = 1 if io.P402_RUN and flow else 0
        hot = self._hot
        hot.preset = par.circ_stop_min * _MINUTE
        rested = self._rested
        rested.preset = par.circ_rest_min * _MINUTE
        if self.resting:
            hot.reset()
            if back <= par.circ_start or not known or cycle or rested(1, now):
                self.resting = 0
                rested.reset()
        elif hot(self.proven and known and not cycle and back >= par.circ_stop, now):
            self.resting = 1
            rested(1, now)
        self.run = 0 if stop or self.resting else 1
        prove = self._prove
        prove.preset = par.circ_prove_s * 1000
        self.failed = prove(self.run and not self.proven, now)
        self._count(now)

    def _count(self, now):
        if self.proven:
            self._timing = 0
            self.off_min = 0
        elif not self._timing:
            self._timing = 1
            self._minute_at = ticks_add(now, _MINUTE)
        elif ticks_diff(now, self._minute_at) >= 0:
            self._minute_at = ticks_add(self._minute_at, _MINUTE)
            if self.off_min < _OFF_MAX:
                self.off_min += 1
        self.off = 1 if self.off_min >= self.par.circ_off_min else 0
