"""Power-operated valves with their end switches: discharge valves, air inlets, sectioning valves."""

from __future__ import annotations

from random import Random

FAULTS = ("stuck", "stuck_open", "stuck_closed", "slow", "leaky", "both_switches", "no_switches")
TRAVEL_S = 1.2
SPREAD_S = 0.3
LEAKY = 0.06
"""Area that a leaky valve leaves open."""
SLOW = 3.0
END = 0.02


class Valve:
    """Position 0 (shut) to 1 (open). A spring valve shuts when its command or its supply is gone, others stay put."""

    __slots__ = ("position", "target", "spring", "travel_s", "fault", "strokes", "wanted")

    def __init__(self, rng: Random, *, spring: bool = True, position: float = 0.0) -> None:
        self.travel_s = TRAVEL_S + rng.uniform(-SPREAD_S, SPREAD_S)
        self.spring = spring
        self.position = position
        self.target = position
        self.fault = ""
        self.strokes = 0
        self.wanted = False
        """What its output asks for; `target` is what supply and hard-wiring make of it."""

    @property
    def moving(self) -> bool:
        """Whether the next step moves it."""
        return self.position != self.target and not self._held

    @property
    def _held(self) -> bool:
        fault = self.fault
        if fault == "stuck":
            return True
        if fault == "stuck_open":
            return self.target < self.position
        return fault == "stuck_closed" and self.target > self.position

    @property
    def area(self) -> float:
        """Open share of its bore."""
        if self.fault == "leaky" and self.position < LEAKY:
            return LEAKY
        return self.position if self.position > END else 0.0

    @property
    def seated(self) -> bool:
        """Whether it really is shut."""
        return self.position <= END

    @property
    def opened(self) -> int:
        """Open end switch."""
        if self.fault == "both_switches":
            return 1
        return int(self.position >= 1.0 - END and self.fault != "no_switches")

    @property
    def closed(self) -> int:
        """Closed end switch."""
        if self.fault == "both_switches":
            return 1
        return int(self.position <= END and self.fault != "no_switches")

    def command(self, opening: bool) -> bool:
        """Give the drive its command; returns whether that changes anything."""
        target = 1.0 if opening else 0.0
        if target == self.target:
            return False
        self.target = target
        self.strokes += 1
        return True

    def halt(self) -> None:
        """Stay where it is."""
        self.target = self.position

    def step(self, dt: float) -> bool:
        """Move for `dt` seconds; returns whether the position changed."""
        if self.position == self.target or self._held:
            return False
        way = dt / (self.travel_s * (SLOW if self.fault == "slow" else 1.0))
        if self.target > self.position:
            self.position = min(self.target, self.position + way)
        else:
            self.position = max(self.target, self.position - way)
        return True

    def fail(self, kind: str) -> None:
        """Start a fault or end it with "". Raises ValueError for an unknown one."""
        if kind and kind not in FAULTS:
            raise ValueError(f"a valve can be {', '.join(FAULTS)}, not {kind!r}")
        self.fault = kind
