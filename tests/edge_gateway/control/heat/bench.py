"""A loop of the heat plant with a board that knows LOOP_MAN, LOOP_AUTO and SET_SP, and a gateway that tests it.

The board is one PI with the plant behind it, 100 ms a scan. What it is told expires; the gateway reads it twice a
second and not quite evenly, and can be killed.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from math import exp
from random import Random

from edge_gateway.control.energy.ems import Note
from edge_gateway.control.heat.loop_model import Process
from edge_gateway.control.heat.loop_seen import LoopSeen, Mode, Seen, Wanted
from edge_gateway.control.heat.loops import LoopTest
from edge_gateway.control.heat.rule import Pi
from edge_gateway.control.heat.tune import Phase, Tuner, evaluate

SCAN_MS = 100


@dataclass
class Board:
    """One loop. Outputs in %."""

    process: Process
    pi: Pi
    set_point: float
    output: float
    noise: float = 0.02
    mode: Mode = Mode.AUTO
    held_by: str = ""
    refuses: str = ""
    told: list[Wanted] = field(default_factory=list)
    outputs: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.value = self.set_point
        self.own_set_point = self.set_point
        self._x = 0.0
        self._start = self.output
        self._integral = self.output
        self._late = deque([self.output] * (1 + round(1000 * self.process.dead_s / SCAN_MS)))
        self._random = Random(7)
        self._left_ms = 0
        self._hand = self.output
        self.disturbance = 0.0

    def take(self, wanted: Wanted) -> None:
        """A command; as the sheet has it."""
        if self.refuses:
            return
        self.told.append(wanted)
        if wanted.command == "LOOP_MAN":
            _loop, word, valid_s = wanted.args
            self.mode, self._hand, self._left_ms = Mode.MANUAL, word / 10, 1000 * valid_s
        elif wanted.command == "SET_SP":
            _loop, word, valid_s = wanted.args
            self.set_point, self._left_ms = word / 100, 1000 * valid_s
        elif wanted.command == "LOOP_AUTO":
            self._left_ms = 0
            self._auto()

    def scan(self) -> None:
        """100 ms."""
        self._left_ms -= SCAN_MS
        if self._left_ms <= 0:
            self.set_point = self.own_set_point
            if self.mode is Mode.MANUAL:
                self._auto()
        error = (self.set_point - self.value) * (1 if self.process.gain > 0 else -1)
        if self.mode is Mode.AUTO:
            self._integral += self.pi.kp * error * SCAN_MS / 1000 / self.pi.ti_s
            self.output = min(max(self.pi.kp * error + self._integral, 0.0), 100.0)
        elif self.mode is Mode.MANUAL:
            self.output = self._hand
        self._late.append(self.output)
        keep = exp(-SCAN_MS / 1000 / self.process.lag_s)
        self._x = self.process.gain * (self._late.popleft() - self._start) * (1 - keep) + keep * self._x
        self.value = round(self.own_set_point + self._x + self.disturbance + self._random.gauss(0, self.noise), 2)
        self.outputs.append(self.output)
        self.values.append(self.value)

    def _auto(self) -> None:
        """Without a bump."""
        error = (self.set_point - self.value) * (1 if self.process.gain > 0 else -1)
        self._integral = self.output - self.pi.kp * error
        self.mode = Mode.AUTO


class Bench:
    """Board and gateway in virtual time. `see` is what the gateway sees besides the loop."""

    def __init__(self, test: LoopTest, board: Board, step: float | None = None) -> None:
        self.now = 1_000
        self.board = board
        self.tuner = Tuner(test, "operator", self.now, step)
        self.see = Seen(None, "AUTO", "RUN", frozenset({"FILTER"}), it_margin_k=12.0)
        self.loop_changes: dict[str, object] = {}
        self.alive = True
        self.linked = True
        self.watched = True
        self.evaluates = True
        self.notes: list[Note] = []
        self._random = Random(11)
        self._read = 0
        self._seen: LoopSeen | None = None
        self._sent: Wanted | None = None
        self._sent_at = 0

    def run(self, seconds: float) -> None:
        """So long, or until the test is over."""
        for _ in range(round(1000 * seconds / SCAN_MS)):
            if self.tuner.over and self.alive:
                return
            self.scan()

    def until(self, phase: Phase, most_s: float = 3_000) -> None:
        """Until the test is in a phase."""
        for _ in range(round(1000 * most_s / SCAN_MS)):
            if self.tuner.phase is phase:
                return
            self.scan()
        raise AssertionError(f"{self.tuner.phase}, not {phase}: {self.tuner.why}")

    def scan(self) -> None:
        """100 ms of both."""
        self.now += SCAN_MS
        self.board.scan()
        if self.alive:
            self._gateway()

    def _gateway(self) -> None:
        board, tuner = self.board, self.tuner
        if self.linked and self.now >= self._read:
            self._read = self.now + self._random.choice((400, 500, 500, 700))
            self._seen = LoopSeen(
                self.now, board.set_point, board.value, round(board.output, 1), board.mode, board.held_by, board.pi
            )
        loop = self._seen
        if loop is not None and self.loop_changes:
            loop = replace(loop, **self.loop_changes)  # type: ignore[arg-type]
        if self.watched:
            tuner.watched(self.now)
        seen = replace(self.see, loop=loop, problem=board.refuses if self._sent else "")
        self.notes += tuner.step(seen, self.now)
        wanted = tuner.wanted
        again = wanted is not None and wanted.refresh_ms and self.now - self._sent_at >= wanted.refresh_ms
        if wanted is not None and self.linked and (wanted != self._sent or again):
            board.take(wanted)
            self._sent, self._sent_at = wanted, self.now
        if tuner.record is not None and self.evaluates:
            tuner.evaluated(evaluate(tuner.record))
