"""Counter-flow plate heat exchanger, ε-NTU (domain brief §4f). It stores nothing."""

from __future__ import annotations

from math import exp

from tools.emulator.heat.water import CP

UA_SOURCE = 200e3
"""HX1 between the IT loop and the evaporators, W/K."""
UA_CHARGE = 60e3
"""HX2 between the condensers and the hot-water store, W/K."""
LEAST_FLOW = 0.01
"""kg/s; below it a side stands still and nothing is exchanged."""


class Exchanger:
    """One exchanger. `ua` in W/K; `fouling` 0 (clean) to 1 (no exchange)."""

    __slots__ = ("fouling", "hot_out", "cold_out", "ua", "w")

    def __init__(self, ua: float) -> None:
        self.ua = ua
        self.fouling = 0.0
        self.w = 0.0
        self.hot_out = 0.0
        self.cold_out = 0.0

    def exchange(self, hot: float, hot_kg_s: float, cold: float, cold_kg_s: float) -> float:
        """Heat from the hot inlet to the cold one, W (negative when the "cold" side is the warmer).

        Sets `w`, `hot_out` and `cold_out`; neither outlet ever passes the other side's inlet.
        """
        if hot_kg_s < LEAST_FLOW or cold_kg_s < LEAST_FLOW:
            self.w = 0.0
            self.hot_out = hot
            self.cold_out = cold
            return 0.0
        hot_c = hot_kg_s * CP
        cold_c = cold_kg_s * CP
        if hot_c < cold_c:
            least, ratio = hot_c, hot_c / cold_c
        else:
            least, ratio = cold_c, cold_c / hot_c
        ntu = self.ua * (1.0 - self.fouling) / least
        if ratio > 0.999:
            share = ntu / (1.0 + ntu)
        else:
            decay = exp(-ntu * (1.0 - ratio))
            share = (1.0 - decay) / (1.0 - ratio * decay)
        w = share * least * (hot - cold)
        self.w = w
        self.hot_out = hot - w / hot_c
        self.cold_out = cold + w / cold_c
        return w
