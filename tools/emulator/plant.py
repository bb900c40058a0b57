"""What the world asks of a plant. A further plant implements this and is wired by the names of its sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from tools.emulator.board import Board
    from tools.emulator.serial_line import SerialLine
    from tools.emulator.world import World

Signals = dict[str, int]
"""Values by point attribute ("LB.P" is "LB_P"): conditions 0/1, analogue values in the register's scale."""


class Plant(Protocol):
    """A physical process as seen from one board's terminals."""

    def step(self, dt_ms: int, outputs: Signals) -> None:
        """Advance by `dt_ms` (1..20) while `outputs` stood; update what `inputs` returns."""

    def inputs(self) -> Signals:
        """Return the live mapping of every DI (1: the named condition holds), AI and BI of the sheet."""
        ...

    def fail(self, device: str, kind: str) -> None:
        """Start a device's own fault, or end it with kind "". Raises ValueError for one it doesn't have."""

    def turn(self, point: str, on: int) -> None:
        """Set a hand switch or a contact from outside the plant. Raises ValueError for one it doesn't have."""

    def counters(self) -> dict[str, int]:
        """Return the plant's ground truth as counters."""
        ...


@runtime_checkable
class SlowPlant(Plant, Protocol):
    """A plant in which nothing happens within 20 ms: it takes steps of up to `longest_ms` at once."""

    longest_ms: int


@runtime_checkable
class FieldPlant(Plant, Protocol):
    """A plant with devices on the board's own line."""

    def connect(self, world: World, board: Board) -> SerialLine:
        """Make that line, with board and devices on it."""
        ...


@runtime_checkable
class SharedPlant(Plant, Protocol):
    """A plant that is one board's part of a process which other boards act on too.

    It's told at once when outputs change, because another board may be the next one to move the common process on.
    """

    def drive(self, outputs: Signals) -> None:
        """Take the outputs that stand from now on. The plant has been stepped to now."""
