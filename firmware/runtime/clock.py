"""Slow times that every board keeps: its heartbeat, its uptime and the UTC that the gateway gave it."""

from protocols.port import const
from protocols.ticks import ticks_add, ticks_diff

BEAT_MS = const(100)
UNSYNCED = const(0)
SYNCED = const(1)
HOLD_S = const(86400)  # a time older than a day is not called synced any more


class Clock:
    """`beat` (BRD_HB, one more every 100 ms) and `uptime` in s; UTC as two 16-bit words `high`, `low` and `ms`: seconds
    of our time leave the small integers of a 32-bit board."""

    def __init__(self, now):
        self.beat = 0
        self.uptime = 0
        self.high = 0
        self.low = 0
        self.ms = 0
        self.quality = UNSYNCED
        self._last = now
        self._parts = 0  # tenths within the second of uptime
        self._utc_at = now
        self._set_at = 0

    def scan(self, now):
        """Follow the time. Returns True once a second."""
        second = False
        while ticks_diff(now, self._last) >= BEAT_MS:
            self._last = ticks_add(self._last, BEAT_MS)
            self.beat = self.beat + 1 & 0xFFFF
            self._parts += 1
            if self._parts == 10:
                self._parts = 0
                self.uptime += 1
                second = True
        if second:
            self.update(now)
            if self.quality == SYNCED and self.uptime - self._set_at > HOLD_S:
                self.quality = UNSYNCED
        return second

    def set(self, high, low, ms, now):
        """UTC as the gateway says. Returns False if `ms` isn't below 1,000."""
        if ms >= 1000:
            return False
        self.high = high
        self.low = low
        self.ms = ms
        self.quality = SYNCED
        self._utc_at = now
        self._set_at = self.uptime
        return True

    def update(self, now):
        """Bring UTC up to `now`. An unsynced clock stays where it is."""
        if self.quality == UNSYNCED and not self.low:
            return
        self.ms += ticks_diff(now, self._utc_at)
        self._utc_at = now
        while self.ms >= 1000:
            self.ms -= 1000
            self.low += 1
            if self.low > 0xFFFF:
                self.low = 0
                self.high = self.high + 1 & 0xFFFF
