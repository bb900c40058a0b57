"""Vehicles as a lane sees them: underside spans for loops, sides for beams, a roof for the boom (domain brief §3f)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from tools.emulator.lane import geometry as g


@dataclass(frozen=True)
class Kind:
    """A class of vehicle. Spans are metres behind the front bumper; a negative end counts from the rear."""

    name: str
    length: float
    length_sd: float
    roof: float
    near_side: float
    """Lateral distance of its near side from the boom's pivot."""
    undersides: tuple[tuple[float, float, float], ...]
    """(from, to, clearance): what a loop may notice when the clearance is below its reach."""
    sides: tuple[tuple[float, float, float, float], ...]
    """(from, to, lowest, highest): what cuts a light beam."""


CAR = Kind("car", 4.7, 0.4, 1.5, 0.6, ((0.0, 0.0, 0.18),), ((0.0, 0.0, 0.2, 1.4),))
SUV = Kind("suv", 4.9, 0.2, 1.8, 0.6, ((0.0, 0.0, 0.22),), ((0.0, 0.0, 0.24, 1.7),))
TRUCK = Kind(
    "truck",
    8.5,
    0.3,
    3.0,
    0.5,
    # The bed is 1.1 m up: between the axles a loop of 1.0 m reach sees nothing ...
    ((0.0, 2.2, 0.3), (2.2, -2.3, 1.1), (-2.3, 0.0, 0.3)),
    # ... and the low beam looks under the side guards.
    ((0.0, 2.4, 0.3, 2.5), (2.3, -2.3, 0.55, 0.95), (-2.4, 0.0, 0.3, 1.1)),
)
MOTORCYCLE = Kind("motorcycle", 2.1, 0.1, 1.7, 1.2, ((0.0, 0.0, 0.2),), ((0.0, 0.0, 0.1, 1.0),))

MIX = ((CAR, 0.66), (SUV, 0.22), (TRUCK, 0.05), (MOTORCYCLE, 0.07))


def strike_angle(kind: Kind) -> float:
    """Boom angle in degrees at and below which the boom is in the vehicle's body when that stands under it."""
    over = math.atan2(kind.roof - g.BOOM_PIVOT, kind.near_side)
    reach = math.acos(min(1.0, kind.near_side / g.BOOM_LENGTH))
    return math.degrees(min(over, reach))


class Vehicle:
    """One vehicle and its driver's intentions. `front` is x of the front bumper, speeds in m/s, times in plant ms."""

    __slots__ = (
        "accel",
        "backs_out",
        "committed",
        "counted",
        "entered_ms",
        "front",
        "go_ms",
        "halt_ms",
        "halted",
        "kind",
        "length",
        "loop_spans",
        "needs_deg",
        "number",
        "plate",
        "reaction_ms",
        "read",
        "read_ms",
        "reversing",
        "speed",
        "strike_deg",
        "struck",
        "tailgater",
        "v_desired",
        "wakes_ms",
    )

    def __init__(self, number: int, kind: Kind, rng: Random, plate: str, now_ms: int) -> None:
        self.number = number
        self.kind = kind
        self.plate = plate
        self.length = max(0.8 * kind.length, rng.gauss(kind.length, kind.length_sd))
        self.front = g.SPAWN
        self.v_desired = max(1.5, min(3.2, rng.gauss(2.5, 0.5)))
        self.speed = self.v_desired
        self.accel = 0.0
        self.reaction_ms = int(1000 * max(0.3, rng.gauss(1.2, 0.4)))
        self.strike_deg = strike_angle(kind)
        self.needs_deg = max(72.0, self.strike_deg + 12.0)
        """Boom angle that the driver waits for: 80 % of the travel, more for a high roof."""
        self.loop_spans = tuple(self._spans(g.LOOP_REACH))
        self.entered_ms = now_ms
        self.committed = False
        self.go_ms = -1
        self.read = False
        self.read_ms = -1
        self.tailgater = False
        self.halt_ms = 0
        """How long it will stop under the boom, ms; 0 for most."""
        self.halted = False
        self.wakes_ms = 0
        self.backs_out = False
        self.reversing = False
        self.counted = False
        self.struck = False

    @property
    def rear(self) -> float:
        """X of the rear bumper."""
        return self.front - self.length

    def _end(self, value: float, to_end: bool) -> float:
        return self.length + value if value < 0.0 or (to_end and value == 0.0) else value

    def _spans(self, reach: float) -> list[tuple[float, float]]:
        """Spans that a loop of this reach notices, as (from, to) behind the front."""
        return [
            (self._end(a, False), self._end(b, True)) for a, b, clearance in self.kind.undersides if clearance < reach
        ]

    def spans_below(self, reach: float) -> tuple[tuple[float, float], ...]:
        """Like `loop_spans` for a detector of another reach (m)."""
        return self.loop_spans if reach == g.LOOP_REACH else tuple(self._spans(reach))

    def cuts(self, x: float, height: float) -> bool:
        """Whether the vehicle's side stands in a beam across the lane at `x`, `height` metres up."""
        behind = self.front - x
        if behind < 0.0 or behind > self.length:
            return False
        for a, b, low, high in self.kind.sides:
            if low <= height <= high and self._end(a, False) <= behind <= self._end(b, True):
                return True
        return False

    def under_boom(self) -> bool:
        """Whether any part of the body stands in the boom's plane."""
        return self.front > -g.BOOM_HALF and self.front - self.length < g.BOOM_HALF
