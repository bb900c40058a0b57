"""An inlet group: chutes above their discharge valves, hatches with locks, level switches."""

from __future__ import annotations

from random import Random

from tools.emulator.waste.layout import VALVES
from tools.emulator.waste.valve import Valve

CHUTE_G = 80_000
"""What a chute's storage section holds."""
LSH_G = CHUTE_G * 60 // 100
LSHH_G = CHUTE_G * 95 // 100
PULSE_MAX_G = 35_000
"""What falls in one pulse, if the chute holds as much."""
FALLS_AT = 0.5
"""Waste falls when the valve has opened this far."""
PORTION_G = 9_000
PORTION_MS = 1_250
"""Waste pours at about 7 kg/s."""


class Reader:
    """Card reader of an inlet group."""

    __slots__ = ("sequence", "token")

    def __init__(self) -> None:
        self.sequence = 0
        self.token = 0

    def read(self, token: int) -> None:
        """A resident holds a card to it."""
        self.sequence = self.sequence % 0xFFFF + 1
        self.token = token


class Chute:
    """One fraction's storage section, its discharge valve and its hatch."""

    __slots__ = ("valve", "fraction", "grams", "received_g", "refused", "hatch_open", "forced", "unlocked", "charge_g",
                 "emptied_ms", "deposits", "reader", "poured_g")  # fmt: skip

    def __init__(self, rng: Random, fraction: int, reader: Reader) -> None:
        self.reader = reader
        self.valve = Valve(rng)
        self.fraction = fraction
        self.grams = 0
        self.received_g = 0
        """All that residents ever dropped into it."""
        self.refused = 0
        """Deposits that found it locked or full to the end."""
        self.hatch_open = False
        self.forced = False
        self.unlocked = True
        self.charge_g = PULSE_MAX_G
        """What a pulse lets fall at most; the rest bridges until the next one."""
        self.emptied_ms = -PORTION_MS
        """When waste fell last."""
        self.deposits = 0
        self.poured_g = 0
        """What has fallen in this pulse."""

    @property
    def door_open(self) -> bool:
        """Whether the hatch isn't shut, by a resident or by force."""
        return self.hatch_open or self.forced

    @property
    def full(self) -> bool:
        """Whether nothing more goes in."""
        return self.grams >= CHUTE_G

    @property
    def level_high(self) -> int:
        """Condition of LSH."""
        return int(self.grams >= LSH_G)

    @property
    def level_full(self) -> int:
        """Condition of LSHH."""
        return int(self.grams >= LSHH_G)

    def put(self, grams: int) -> None:
        """Drop waste into it."""
        self.grams += grams
        self.received_g += grams

    def falls(self, now_ms: int, rng: Random) -> int:
        """Grams that fall into the pipe now; 0 most of the time. A pulse pours its charge portion by portion."""
        if self.valve.position < FALLS_AT:
            if self.valve.position == 0.0:
                self.poured_g = 0
            return 0
        if now_ms - self.emptied_ms < PORTION_MS:
            return 0
        if self.poured_g == 0:
            self.charge_g = rng.randint(PULSE_MAX_G - 5_000, PULSE_MAX_G)
        grams = min(self.grams, PORTION_G)
        if not self.valve.fault:
            grams = min(grams, self.charge_g - self.poured_g)
        if grams <= 0:
            return 0
        self.poured_g += grams
        self.emptied_ms = now_ms
        self.grams -= grams
        return grams


class Inlet:
    """All chutes of one group. `fractions` gives the fraction of each valve in use."""

    def __init__(
        self, number: int, branch: int, at: float, rng: Random, fractions: tuple[int, ...] = (0, 1, 2)
    ) -> None:
        if not 1 <= len(fractions) <= VALVES:
            raise ValueError(f"an inlet has 1 to {VALVES} valves, not {len(fractions)}")
        self.number = number
        self.branch = branch
        self.at = at
        self.reader = Reader()
        self.fire = False
        """Fire in the building that it serves."""
        self.loop_closed = True
        """Its board asks for no stop of the network."""
        self.chutes = tuple(Chute(rng, fraction, self.reader) for fraction in fractions)

    @property
    def grams(self) -> int:
        """Waste in its chutes."""
        return sum(chute.grams for chute in self.chutes)
