"""What control asks of the world, and what it hears back. The ports through which it is driven."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from edge_gateway.control.waste.image import Image

STATION = "station"


class End(StrEnum):
    """What became of an order."""

    DONE = "done"
    REFUSED = "refused"
    """The board did not and will not act: refused, expired, or never sent."""
    FAILED = "failed"
    """The board tried."""
    UNKNOWN = "unknown"
    """Nobody knows whether the board acted."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command to a board: STATION or an inlet's id. `key` names it in the answer. Never repeated by the port."""

    key: int
    board: str
    command: str
    args: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The end of an order."""

    key: int
    end: End
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something for the journal. alarm: somebody has to act."""

    name: str
    source: str = "waste"
    body: Mapping[str, Any] = field(default_factory=dict)
    alarm: bool = False


Action = Order | Note
Ended = Callable[[Answer], None]


class Boards(Protocol):
    """The plant as control sees it: board sessions in the core, the direct simulation in a test."""

    def image(self, now: int) -> Image:
        """What the plant shows now."""

    def send(self, order: Order, now: int, ended: Ended) -> None:
        """Gives an order, at most once; `ended` hears of its end, at once or later."""
