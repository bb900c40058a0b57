"""The season, by the mean outdoor temperature of 24 hours (domain brief §4b).

A sensor that isn't believed adds nothing to the mean and changes no season. After power-up season and mean go on as
they were kept: a warm hour after a power cut in winter takes nobody's heating. Where nothing was kept the mean begins
with the first value, or, without a sensor, with the climate's. From then on a season lasts a day at least.
"""

from array import array

from protocols.port import const
from protocols.ticks import ticks_add, ticks_diff

HEATING = const(0)  # SEASONS of the sheet
COOLING = const(1)
DHW_ONLY = const(2)

HOURS = const(24)
_MINUTE_MS = const(60000)
_WORD = const(0xFFFF)
_SIGN = const(0x8000)


class Season:
    """season, mean (0.01 degC), known: a value has been seen; changed: 1 in the scan of a change."""

    def __init__(self):
        self.season = DHW_ONLY
        self.mean = 0
        self.known = 0
        self.changed = 0
        self.was = DHW_ONLY
        self._hours = array("i", [0] * HOURS)
        self._n = 0
        self._at = 0
        self._sum = 0
        self._count = 0
        self._minutes = 0
        self._age_min = 0
        self._next = 0
        self._fresh = 0
        self._waits = 0

    def keep(self, season, mean, now):
        """Power-up: what was kept of season and mean (a word); 0 and 0 is nothing."""
        mean &= _WORD
        if not 0 <= season <= DHW_ONLY or not (season or mean):
            return
        self.mean = mean - _WORD - 1 if mean & _SIGN else mean
        self.season = self.was = season
        for k in range(HOURS):
            self._hours[k] = self.mean
        self._n = HOURS
        self._begin(now)

    def _begin(self, now):
        self.known = 1
        self._next = ticks_add(now, _MINUTE_MS)

    def step(self, value, believed, par, now):
        """Once a scan: `value` (0.01 degC), whether it is believed."""
        self.changed = 0
        if not self.known:
            if not believed:
                if not self._waits:
                    self._waits = 1
                    self._next = ticks_add(now, _MINUTE_MS)
                if ticks_diff(now, self._next) < 0:
                    return
                value = par.outdoor_default
            self.mean = value
            self._begin(now)
            self._take(value)
            self._judge(par, 1)
            return
        while ticks_diff(now, self._next) >= 0:
            self._next = ticks_add(self._next, _MINUTE_MS)
            self._minutes += 1
            self._age_min += 1
            if believed:
                self._take(value)
            if self._minutes >= 60:
                self._hour()
                self._judge(par, 0)

    def _take(self, value):
        self._sum += value
        self._count += 1

    def _hour(self):
        """An hour is over: its mean takes the place of the oldest. One without any value leaves the others."""
        self._minutes = 0
        if self._count:
            self._hours[self._at] = self._sum // self._count
            self._at = (self._at + 1) % HOURS
            self._n = min(self._n + 1, HOURS)
            self._sum = 0
            self._count = 0
            total = 0
            for k in range(self._n):
                total += self._hours[k]
            self.mean = total // self._n
            self._fresh = 1
        else:
            self._fresh = 0

    def _judge(self, par, first):
        if not first and (not self._fresh or self._age_min < par.season_h * 60):
            return
        season = DHW_ONLY
        if self.mean < par.season_heat:
            season = HEATING
        elif self.mean > par.season_cool:
            season = COOLING
        self.was = self.season
        if season != self.season:
            self.season = season
            self._age_min = 0
            self.changed = 1
