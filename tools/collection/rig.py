"""A gateway's collection on a direct plant: scans, the file that outlives it, what it has noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from edge_gateway.control.waste.collection import Collection
from edge_gateway.control.waste.orders import Action, Note
from edge_gateway.control.waste.plant import Rules
from edge_gateway.control.waste.schedule import Hints, Times, When
from edge_gateway.control.waste.state import Memory, State
from edge_gateway.control.waste.store import from_text, to_text
from tools.collection.boards import DirectBoards

SCAN_MS = 100
UTC_MS = 1_767_225_600_000
"""2026-01-01 00:00 UTC: the day of every test."""


@dataclass
class Rig:
    """A collection on a direct plant, restartable. `notes` are all that was journalled, with their time."""

    boards: DirectBoards
    rules: Rules = field(default_factory=Rules)
    times: Times = field(default_factory=Times)
    start_minute: int = 6 * 60
    hints: Hints | None = None
    notes: list[tuple[int, Note]] = field(default_factory=list)
    scan_ms: int = SCAN_MS
    idle_ms: int = 1_000
    """Between two scans while nothing runs."""

    def __post_init__(self) -> None:
        self.file = ""
        self.start()

    def start(self) -> None:
        """A new life of the gateway, with what the last one stored."""
        memory = from_text(self.file) if self.file else None
        self.control = Collection(self.boards.plant, self.rules, self.times, memory, self.now)
        self.stored = 0

    @property
    def now(self) -> int:
        """Virtual time, ms."""
        return self.boards.direct.now_ms

    @property
    def when(self) -> When:
        """The wall clock: 1 January 2026 began `start_minute` before the test."""
        minute = (self.start_minute + self.now // 60_000) % (24 * 60)
        return When(UTC_MS + 60_000 * self.start_minute + self.now, minute)

    @property
    def state(self) -> State:
        """Of the sequence."""
        return self.control.state

    @property
    def memory(self) -> Memory:
        """Of the present life."""
        return self.control.memory

    def scan(self) -> list[Action]:
        """One scan, and the time until the next."""
        control, now = self.control, self.now
        actions = control.step(self.boards.image(now), now, self.when, self.stored, self.hints)
        for action in actions:
            if isinstance(action, Note):
                self.notes.append((now, action))
            else:
                self.boards.send(action, now, lambda answer, c=control: c.answer(answer))  # type: ignore[misc]
        if control.generation != self.stored:
            self.file = to_text(control.memory)
            self.stored = control.generation
        self.boards.advance(self.scan_ms if control.state is not State.IDLE else max(self.scan_ms, self.idle_ms))
        return actions

    def until(self, holds: Callable[[], bool], within_s: float) -> float:
        """Seconds until it holds. AssertionError with the latest notes."""
        begin = self.now
        while not holds():
            assert self.now - begin < within_s * 1000, "\n".join(self.log(20))
            self.scan()
        return (self.now - begin) / 1000

    def log(self, last: int = 1_000) -> list[str]:
        """The latest notes in words."""
        return [f"{at / 1000:9.1f} {n.source} {n.name} {dict(n.body)}" for at, n in self.notes[-last:]]

    def named(self, name: str) -> Iterator[Note]:
        """All notes of that name."""
        return (note for _at, note in self.notes if note.name == name)
