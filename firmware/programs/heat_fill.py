"""Make-up water of the heating loop: filled at low pressure, never against a leak (domain brief §4c H9, H10)."""

from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_add, ticks_diff

_DAY_MIN = const(1440)
_MINUTE_MS = const(60000)


class Fill:
    """open: MAKEUP.Y; minutes: filled today; leaks: filled for longer than a tight loop needs; news: it changed."""

    def __init__(self):
        self.open = 0
        self.minutes = 0
        self.leaks = 0
        self.news = 0
        self._used_ms = 0
        self._last = 0
        self._day = 0
        self._minute = 0

    def begin(self, now):
        """Power-up: a new day."""
        self._last = now
        self._minute = ticks_add(now, _MINUTE_MS)

    def step(self, io, par, stop, now):
        """One scan. stop: a row forbids filling."""
        was = self.open
        if was:
            self._used_ms += ticks_diff(now, self._last)
        self._last = now
        while ticks_diff(now, self._minute) >= 0:
            self._minute = ticks_add(self._minute, _MINUTE_MS)
            self._day += 1
            if self._day >= _DAY_MIN:
                self._day = 0
                self._used_ms = 0
        self.minutes = self._used_ms // _MINUTE_MS
        self.leaks = 1 if self._used_ms >= par.fill_min * _MINUTE_MS else 0
        if stop or self.leaks or io.PT301_Q >= BAD:
            self.open = 0
        elif io.PT301 < par.fill_on:
            self.open = 1
        elif io.PT301 >= par.fill_off:
            self.open = 0
        self.news = 1 if self.open != was else 0
