"""A heat meter as a Modbus unit (domain brief §4a: HM1-HM3): power, energy, volume, flow, supply and return.

Holding registers, functions 3 and 4, read only:

======  ============  ========================================================================================
0x00    MAGIC         0x484D
0x01    MAP_VERSION   0x0100
0x10    POWER         i16, 0.1 kW; negative when supply and return are swapped
0x11    ENERGY        u32, kWh, high word first; after 99,999,999 comes 0
0x13    VOLUME        u32, 0.1 m3, likewise
0x15    FLOW          0.01 L/s
0x16    SUPPLY        i16, 0.01 degC
0x17    RETURN        i16, 0.01 degC
0x18    ERROR         bits 0..4, `ERRORS`
======  ============  ========================================================================================
"""

from drivers.counter_check import CounterCheck
from drivers.register_unit import RegisterUnit
from protocols.modbus.request import DONE
from protocols.port import const
from protocols.quality import BAD
from protocols.ticks import ticks_diff

MAGIC = const(0x00)
MAP_VERSION = const(0x01)
POWER = const(0x10)
ENERGY = const(0x11)
VOLUME = const(0x13)
FLOW = const(0x15)
SUPPLY = const(0x16)
RETURN = const(0x17)
ERROR = const(0x18)
READ_WORDS = const(9)

MAGIC_VALUE = const(0x484D)
VERSION_VALUE = const(0x0100)
MODULUS = const(100000000)
"""Eight digits: ENERGY and VOLUME count from 0 to one less."""

ERR_SUPPLY = const(0x01)
ERR_RETURN = const(0x02)
ERR_FLOW = const(0x04)
ERR_BATTERY = const(0x08)
ERR_REVERSED = const(0x10)
FOUND_JUMP = const(0x0100)
"""Found from outside, in `HeatMeter.error` beside the meter's own bits: its counter jumped."""
FOUND_STANDS = const(0x0200)
"""It shows power, and its counter stands."""
FOUND_SWAPPED = const(0x0400)
"""Power below zero: supply and return, or the sensors in them, are swapped."""
FOUND_BEYOND = const(0x0800)
"""More power than there can be."""
ERRORS = (
    "supply sensor",
    "return sensor",
    "flow sensor",
    "battery",
    "supply and return swapped",
    "",
    "",
    "",
    "counter jumped",
    "counter stands",
    "negative power",
    "power out of range",
)
"""Names of the bits of `HeatMeter.error`."""
ERR_POWER = ERR_SUPPLY | ERR_RETURN | ERR_FLOW | FOUND_BEYOND
"""With one of these, POWER says nothing."""

_PERIOD_MS = const(2000)
_STALE_MS = const(30000)
_KWH = const(360000)  # 0.1 kW x 0.1 s
_STANDS_KWH = const(5)
_TOP_WORD = const(0x05F5)  # of MODULUS - 1
_REVERSED = const(-50)  # 0.1 kW
_LONGEST = const(300)  # 0.1 s: of a gap no more is integrated


class HeatMeter(RegisterUnit):
    """One meter; address 0: not fitted. most: the largest power that there can be, 0.1 kW, at most 30000; its counter
    can't go faster either.

    power   0.1 kW, the last that was read
    error   bits of ERRORS: the meter's own, and what is found from outside
    energy  its counter as `drivers.counter_check.CounterCheck` believes it; `energy.total` in kWh since the start
    """

    def __init__(self, address, most=15000, timeout_ms=0):
        RegisterUnit.__init__(self, address, POWER, READ_WORDS, 0, 0, _PERIOD_MS, -1, _STALE_MS, timeout_ms)
        self.most = most
        self.power = 0
        self.error = 0
        self.energy = CounterCheck(MODULUS, most // 10 + 1)
        self._shown = 0
        self._at = 0

    def tick(self, now):
        """Let what was read grow old."""
        RegisterUnit.tick(self, now)
        self.energy.tick(now)

    def counter(self):
        """ENERGY as it was read (kWh), or -1 where it is no number of eight digits."""
        regs = self.regs
        high = regs[ENERGY - POWER]
        if high > _TOP_WORD:
            return -1
        reading = high << 16 | regs[ENERGY - POWER + 1]
        return reading if reading < MODULUS else -1

    def done(self, request, now):
        """Take a reading, or an exception."""
        RegisterUnit.done(self, request, now)
        if request.status != DONE:
            return
        power = self.regs[0]
        power = power - 0x10000 if power & 0x8000 else power
        advanced = self.energy(self.counter(), now)
        error = self.regs[ERROR - POWER] & 0xFF
        if self.energy.quality == BAD:
            error |= FOUND_JUMP
        if power > self.most or power < -self.most:
            error |= FOUND_BEYOND
        if power < _REVERSED:
            error |= FOUND_SWAPPED
        if self._stands(power, advanced, now):
            error |= FOUND_STANDS
        self.power = power
        self.error = error

    def _stands(self, power, advanced, now):
        """Whether more than 5 kWh were shown as power since the counter last advanced."""
        elapsed = ticks_diff(now, self._at) // 100
        self._at = now
        if advanced or power <= 0:
            self._shown = 0
        elif self._shown <= _STANDS_KWH * _KWH:
            self._shown += power * min(max(elapsed, 0), _LONGEST)
        return self._shown > _STANDS_KWH * _KWH
