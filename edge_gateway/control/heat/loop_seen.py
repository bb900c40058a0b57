"""What a test of a loop sees of the plant, and what it wants of the board."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from edge_gateway.control.heat.rule import Pi

HELD_MS = 3_000
"""What a test wants is sent no more when nobody has asked for it for so long."""


class Mode(StrEnum):
    """Of a loop; the words of its sheet."""

    AUTO = "automatic"
    MANUAL = "manual"
    TRACKING = "tracking"


@dataclass(frozen=True, slots=True)
class LoopSeen:
    """One loop in the process image. at_ms: `now` when its words were read; value None: not believed; output in %.

    held_by: who holds it while it tracks. pi: what it works with now, None if unknown. steeper: by what the board
    multiplies its parameter Kp for that (`LoopTest.steeper`).
    """

    at_ms: int
    set_point: float
    value: float | None
    output: float
    mode: Mode
    held_by: str = ""
    pi: Pi | None = None
    steeper: float = 1.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a test must know of the plant. loop None: the board isn't heard. mode: of the plant, as the board tells it.

    alarms: names of all that stand. it_margin_k: distance of the IT loop to its limit, None if unknown. problem: why
    the board did not take the last order.
    """

    loop: LoopSeen | None
    mode: str
    state: str
    alarms: frozenset[str] = frozenset()
    it_margin_k: float | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the board is to hold: for `SetPoints.hold`, always with the same key. args: in register units."""

    command: str
    args: tuple[int, ...]
    refresh_ms: int
    held_ms: int = HELD_MS
