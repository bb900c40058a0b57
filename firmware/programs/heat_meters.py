"""Meters that give pulses: hot water to the taps (HM4, 1 kWh) and the cold feed (FQ, 10 L) (domain brief §4a)."""

from drivers.pulse_meter import KWH_0_1KW, L10_0_01LS, PulseMeter
from protocols.port import const
from protocols.quality import GOOD

_LEAST_KWH_MS = const(2000)  # 1,800 kW to the taps is more than there can be
_LEAST_L_MS = const(500)  # 20 L/s likewise
_COUNT = const(0x3FFFFFFF)
_LITRES = const(10)


class Meters:
    """Counts the pulses into HM4.KWH and FQ.L, which go on over a reset."""

    def __init__(self):
        self.heat = PulseMeter(KWH_0_1KW, _LEAST_KWH_MS)
        self.water = PulseMeter(L10_0_01LS, _LEAST_L_MS)

    def scan(self, io, now):
        """Every scan."""
        if io.HM4_PLS_Q == GOOD and self.heat(io.HM4_PLS, now):
            io.HM4_KWH = io.HM4_KWH + 1 & _COUNT
        if io.FQ_PLS_Q == GOOD and self.water(io.FQ_PLS, now):
            io.FQ_L = io.FQ_L + _LITRES & _COUNT
