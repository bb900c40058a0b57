"""What a rig has seen: every change of an output or of a contact, with its world time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from tools.emulator.board import Board


class Trace:
    """`changes`: (world ms, point, value), oldest first. A point is "YO" or, of several boards, "inlet01.YO"."""

    def __init__(self) -> None:
        self.changes: list[tuple[int, str, int]] = []

    def watcher(
        self, board: Board, prefix: str = "", contacts: Collection[str] | None = None, ignored: Collection[str] = ()
    ) -> Callable[[], None]:
        """A look at a board's terminals that notes what has changed since the last one; see `Board.on_step`.

        contacts: the plant's inputs that are looked at, by attribute, None for all; ignored: outputs that aren't.
        """
        world, plant, wiring = board.world, board.plant, board.wiring
        outputs = [attr for attr in wiring.outputs if attr not in ignored]
        inputs = list(plant.inputs() if contacts is None else contacts)
        seen: dict[str, int] = {}
        changes = self.changes

        def watch() -> None:
            for values, names in ((wiring.outputs, outputs), (plant.inputs(), inputs)):
                for attr in names:
                    value = values[attr]
                    if seen.get(attr) != value:
                        seen[attr] = value
                        changes.append((world.now_ms, prefix + attr, value))

        return watch

    def stamp(self, name: str, value: int, after: int = 0) -> int:
        """Ms at which a point ("SHED3.Y", "inlet01.DV1.YO") first became `value` at or after a stamp; -1: it didn't."""
        return next(self._became(name, value, after), -1)

    def count(self, name: str, value: int, after: int = 0) -> int:
        """How often a point became `value` since a stamp."""
        return sum(1 for _ in self._became(name, value, after))

    def last(self, count: int) -> list[str]:
        """The end of it in words."""
        return [f"{ms:>8} ms  {name:<20} {value}" for ms, name, value in self.changes[-count:]]

    def _became(self, name: str, value: int, after: int) -> Iterator[int]:
        attr = name.replace(".", "_")
        return (ms for ms, at, to in self.changes if ms >= after and to == value and at.replace(".", "_") == attr)
