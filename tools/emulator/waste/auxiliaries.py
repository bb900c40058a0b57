"""What stands beside the pipe: separator, filter, instrument air, noise."""

from __future__ import annotations

AMBIENT_C = 25.0
CLEAN_KPA = 0.55
"""Filter at 22 m/s, clean."""
RATED_FLOW = 4.31
DUST_PER_T = 0.35
"""Growth of the filter's resistance by a tonne of waste, of its clean value."""
CLEANING_S = 25.0
AIR_SET = (6.5, 7.5)
STROKE_BAR = 0.01
RECEIVER_S = 90.0
"""Instrument air: time to raise the receiver by one bar."""


class Separator:
    """Cyclone with temperature and spark detector."""

    def __init__(self) -> None:
        self.celsius = AMBIENT_C
        self.spark = False
        self.fault = ""

    def step(self, dt: float, vacuum: float) -> None:
        """Warm a little with the work of the air; burn if told so."""
        if self.fault == "fire":
            self.celsius = min(148.0, self.celsius + 4.0 * dt)
            self.spark = self.celsius > 70.0
            return
        self.spark = self.fault == "spark"
        wanted = AMBIENT_C + vacuum / 3000.0
        self.celsius += (wanted - self.celsius) * dt / (60.0 + dt)


class Filter:
    """Dust filter: loads with the waste that lands, is blown clean while it is told so."""

    def __init__(self) -> None:
        self.loading = 0.2
        """Dust, as share of the clean filter's resistance."""
        self.fault = ""
        self.kilopascal = 0.0

    def load(self, grams: int) -> None:
        """Take the dust of landed waste."""
        self.loading += grams * 1e-6 * DUST_PER_T * (20.0 if self.fault == "dusty" else 1.0)

    def step(self, dt: float, flow: float, cleaning: int) -> None:
        """Follow the flow; `cleaning` blows dust off, unless the filter is blind."""
        if cleaning and self.fault != "blind":
            self.loading -= self.loading * dt / (CLEANING_S + dt)
        share = flow / RATED_FLOW
        resistance = 1.0 + self.loading + (5.0 if self.fault == "blind" else 0.0)
        self.kilopascal = CLEAN_KPA * share * share * resistance


class InstrumentAir:
    """Compressor with its own pressure switch, and a receiver."""

    def __init__(self) -> None:
        self.bar = 7.0
        self.fault = ""
        self._pumping = False

    @property
    def drives_valves(self) -> bool:
        """Whether it is enough to open a valve."""
        return self.bar > 2.5

    def stroke(self) -> None:
        """One valve has taken its air."""
        self.bar = max(0.0, self.bar - STROKE_BAR)

    def step(self, dt: float, mains: bool) -> None:
        """Pump between the switch's two points."""
        if self.fault == "lost":
            self.bar = max(0.0, self.bar - 0.15 * dt)
            return
        if not mains or self.fault == "no_compressor":
            return
        if self.bar < AIR_SET[0]:
            self._pumping = True
        elif self.bar > AIR_SET[1]:
            self._pumping = False
        if self._pumping:
            self.bar += dt / RECEIVER_S


def noise(head_share: float) -> float:
    """Sound at the property line, dB(A), for the share of the fans' full pressure."""
    return 36.0 + 17.0 * head_share
