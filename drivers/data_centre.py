"""The data centre as a Modbus unit (domain brief §4a: IT.REQ, IT.T): what cooling the hall wants, how warm its air is.

Holding registers, functions 3 and 4, read only:

======  ============  ========================================================================================
0x00    MAGIC         0x4443
0x01    MAP_VERSION   0x0100
0x10    BEAT          another value every second; one that stands still for 5 s is a dead controller
0x11    WANTED        cooling that the hall wants, 0.1 kW
0x12    SUPPLY_AIR    i16, 0.01 degC, the warmest of the hall's supply air
0x13    LOAD          heat that the hall gives to the loop, 0.1 kW
0x14    ALARMS        bits of the hall's own alarms
======  ============  ========================================================================================
"""

from drivers.register_unit import RegisterUnit
from protocols.modbus.request import DONE
from protocols.port import const
from protocols.ticks import ticks_diff

MAGIC = const(0x00)
MAP_VERSION = const(0x01)
BEAT = const(0x10)
WANTED = const(0x11)
SUPPLY_AIR = const(0x12)
LOAD = const(0x13)
ALARMS = const(0x14)
READ_WORDS = const(5)

MAGIC_VALUE = const(0x4443)
VERSION_VALUE = const(0x0100)

STALE_MS = const(5000)
_PERIOD_MS = const(500)


class DataCentre(RegisterUnit):
    """The hall's controller; address 0: not fitted.

    beating  1 while its heartbeat moves; an answer alone proves only that its interface lives
    beat_at  tick at which a new beat was last seen
    """

    def __init__(self, address, timeout_ms=0):
        RegisterUnit.__init__(self, address, BEAT, READ_WORDS, 0, 0, _PERIOD_MS, -1, STALE_MS, timeout_ms)
        self.beating = 0
        self.beat_at = 0
        self._beat = -1

    def done(self, request, now):
        """Take a reading, or an exception."""
        RegisterUnit.done(self, request, now)
        if request.status != DONE:
            return
        beat = self.regs[0]
        if self._beat >= 0 and beat != self._beat:
            self.beating = 1
            self.beat_at = now
        self._beat = beat

    def tick(self, now):
        """Let the beat grow old."""
        RegisterUnit.tick(self, now)
        if self.beating and ticks_diff(now, self.beat_at) >= STALE_MS:
            self.beating = 0
