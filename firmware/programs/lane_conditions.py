"""What a lane knows beyond its terminals: emergency passage, supply, wind (domain brief §3c B8, B9, B13)."""

from drivers.blocks.edges import RisingEdge
from drivers.blocks.latch import SetDominant
from drivers.blocks.timers import OnDelay
from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_diff

_MINUTE = const(60000)
_GUST_MS = const(2000)  # alarm filter of §0.3


class EmergencyPassage:
    """B8: begins with an edge of the request or a command, ends by release or by its time. `q` is 1 meanwhile."""

    def __init__(self):
        self.q = 0
        self._edge = RisingEdge(0)
        self._since = 0
        self._for_ms = 0

    def __call__(self, request, minutes, now):
        """Take the request contact; `minutes` is how long a passage lasts."""
        if self._edge(request):
            self.begin(minutes, now)
        elif self.q and ticks_diff(now, self._since) >= self._for_ms:
            self.q = 0
        return self.q

    def begin(self, minutes, now):
        """Begin, or begin anew."""
        self.q = 1
        self._since = now
        self._for_ms = minutes * _MINUTE

    def release(self):
        """The vehicle is through. A request that still stands needs a new edge."""
        self.q = 0


class Supply:
    """B9: `low` on battery with too little voltage or for too long, until the mains have been back for a minute."""

    def __init__(self):
        self.low = 0
        self._latch = SetDominant()
        self._on_battery = OnDelay(0)
        self._mains_back = OnDelay(0)

    def __call__(self, mains, volts, volts_q, par, now):
        """Take the mains contact and the control voltage (0.1 V); one that can't be read is too low on battery."""
        self._on_battery.preset = par.battery_max_min * _MINUTE
        self._mains_back.preset = par.mains_ok_s * 1000
        spent = self._on_battery(not mains, now)
        back = self._mains_back(mains, now)
        empty = not mains and (volts_q >= BAD or volts < par.raise_voltage)
        self.low = self._latch(empty or spent, back)
        return self.low


class Wind:
    """B13: `high` above the limit for 2 s, until it has been below the lower limit for minutes. Bad readings count as
    neither."""

    def __init__(self):
        self.high = 0
        self._latch = SetDominant()
        self._strong = OnDelay(_GUST_MS)
        self._calm = OnDelay(0)

    def __call__(self, speed, quality, par, now):
        """Take the wind speed (0.1 m/s)."""
        known = par.wind_supervised and quality < BAD
        self._calm.preset = par.wind_ok_min * _MINUTE
        strong = self._strong(known and speed > par.wind_max, now)
        calm = self._calm(not par.wind_supervised or (known and speed < par.wind_ok), now)
        self.high = self._latch(strong, calm)
        return self.high
