"""A band in which a set-point must stay, narrowed by one limit after the other.

A limit can only narrow what those before it have left: where it asks for more than that, it gets the nearest of it. So
the order of the calls is the order of authority, and a later limit can't override an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

INFINITE = float("inf")


class Order(IntEnum):
    """Who limits, in the order of the domain brief §2b. 0 comes before all: what the devices and safety allow."""

    ABILITY = 0
    IMPORT_CAP = 1
    EXPORT_CAP = 2
    RESERVE = 3
    SELF_CONSUMPTION = 4
    TARIFF = 5


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that has narrowed a band: what it asked for, and what it got, in the unit of the band."""

    order: IntEnum
    low: float
    high: float
    why: str
    granted: bool
    """Whether it got all that it asked for."""


@dataclass(slots=True)
class Band:
    """From `low` to `high`, in one unit. `limits`: those that changed something, or did not get what they asked for."""

    low: float = -INFINITE
    high: float = INFINITE
    limits: list[Limit] = field(default_factory=list)

    def narrow(self, order: IntEnum, why: str, low: float = -INFINITE, high: float = INFINITE) -> None:
        """Let it be at least `low` and at most `high`, as far as what came before allows."""
        asked_low, asked_high = low, high
        new_low = self.clamp(max(self.low, low))
        new_high = max(new_low, self.clamp(min(self.high, high)))
        granted = new_low >= asked_low - 1e-9 and new_high <= asked_high + 1e-9
        if (new_low, new_high) != (self.low, self.high) or not granted:
            self.limits.append(Limit(order, asked_low, asked_high, why, granted))
        self.low, self.high = new_low, new_high

    def clamp(self, value: float) -> float:
        """The nearest value in the band."""
        return min(max(value, self.low), self.high)

    def holds(self, value: float) -> bool:
        """Whether a value is in it."""
        return self.low - 1e-9 <= value <= self.high + 1e-9

    def binding(self, wished: float) -> Limit | None:
        """The first limit that keeps a wish from coming true; None when it may."""
        if self.holds(wished):
            return None
        value, over = self.clamp(wished), wished > self.high
        for limit in self.limits:  # the first that asked for at most (at least) what came out
            if over and limit.high <= value + 1e-9:
                return limit
            if not over and limit.low >= value - 1e-9:
                return limit
        return self.limits[-1] if self.limits else None
