"""A step test of one loop in the core: what it sees, what it orders, and its evaluation in another thread."""

from __future__ import annotations

import asyncio
from typing import Any

from edge_gateway.control.energy.ems import Note
from edge_gateway.control.heat.image import Image
from edge_gateway.control.heat.loop_seen import LoopSeen, Mode, Seen
from edge_gateway.control.heat.loops import TESTS, LoopTest
from edge_gateway.control.heat.rule import Pi
from edge_gateway.control.heat.tune import Tuner, evaluate
from edge_gateway.core.board import BoardUnit
from edge_gateway.fieldbus.setpoint import SetPoints
from edge_gateway.tags import TagDatabase

_KEY = ("tune",)


class HeatTuning:
    """The test of one plant that is under way, and the last one's result."""

    def __init__(self, database: TagDatabase, board: BoardUnit, it_limit: float) -> None:
        self.tuner: Tuner | None = None
        self._database = database
        self._board = board
        self._points = SetPoints(board.session)
        self._it_limit = it_limit

    @property
    def holds(self) -> str:
        """The loop whose set-point is the test's at present; empty for none."""
        tuner = self.tuner
        return tuner.test.name if tuner is not None and not tuner.over else ""

    def start(self, loop: str, step: float | None, by: str, now: int) -> dict[str, Any]:
        """Raises KeyError for no such loop, ValueError when another test runs or the step is too large."""
        if self.holds:
            raise ValueError(f"{self.holds} is being tested by {self.tuner.by if self.tuner else ''}")
        self.tuner = Tuner(TESTS[loop], by, now, step)
        return self.tuner.as_dict(now)

    def watched(self, now: int) -> dict[str, Any] | None:
        """How it goes; None when there was no test since the start. Who asks is watching."""
        if self.tuner is None:
            return None
        self.tuner.watched(now)
        return self.tuner.as_dict(now)

    def abort(self, why: str, now: int) -> dict[str, Any] | None:
        """Ends it."""
        if self.tuner is None:
            return None
        self.tuner.abort(why, now)
        return self.tuner.as_dict(now)

    def scan(self, image: Image, now: int) -> list[Note]:
        """One control scan. Returns what is to be journalled."""
        tuner = self.tuner
        if tuner is None or tuner.over:
            self._points.release(_KEY)
            return []
        notes = [Note(note.name, note.body) for note in tuner.step(self._seen(tuner.test, image, now), now)]
        wanted = tuner.wanted
        if wanted is None:
            self._points.release(_KEY)
        else:
            code = self._board.commands[wanted.command].code
            self._points.hold(_KEY, code, wanted.args, wanted.held_ms, now, wanted.refresh_ms)
        self._points.scan(now)
        if tuner.record is not None:
            record, tuner.record = tuner.record, None
            asyncio.get_running_loop().run_in_executor(None, evaluate, record).add_done_callback(
                lambda done: tuner.evaluated(done.result())
            )
        return notes

    def _seen(self, test: LoopTest, image: Image, now: int) -> Seen:
        header = self._board.session.header
        margin = None if image.it_out is None else self._it_limit - image.it_out
        return Seen(
            loop=self._loop(test) if image.heard else None,
            mode=header.mode_name if header is not None else "",
            state=image.state,
            alarms=frozenset(self._board.trips()),
            it_margin_k=margin,
            problem=next((point.problem for point in self._points if point.problem), ""),
        )

    def _loop(self, test: LoopTest) -> LoopSeen | None:
        def tag(name: str) -> Any:
            return self._database[f"{self._board.config.id}.L{test.number}.{name}"]

        set_point, value, output, mode = tag("SP"), tag("PV"), tag("OUT"), tag("MODE")
        if not (set_point.good and output.good and mode.good) or mode.text not in tuple(Mode):
            return None
        held = tag("HELD").text
        steeper = self._steeper(test)
        return LoopSeen(
            at_ms=output.mono_ms,
            set_point=float(set_point.value),
            value=float(value.value) if value.good and isinstance(value.value, int | float) else None,
            output=float(output.value),
            mode=Mode(mode.text),
            held_by="" if held == "nobody" else held,
            pi=None if steeper is None else self._pi(test, steeper),
            steeper=steeper or 1.0,
        )

    def _steeper(self, test: LoopTest) -> float | None:
        """`LoopTest.steeper` of the temperatures as they are; None while one of them is unknown."""
        if test.spread is None:
            return 1.0
        top, back = (self._database[f"{self._board.config.id}.{name}"] for name in test.spread)
        if not (top.good and back.good and isinstance(top.value, int | float) and isinstance(back.value, int | float)):
            return None
        return test.steeper(top.value - back.value)

    def _pi(self, test: LoopTest, steeper: float) -> Pi | None:
        """What the board works with, by its parameters as they were read last."""
        if not test.kp:
            return None
        kp, ti = (self._database[f"{self._board.config.id}.par.{name}"] for name in (test.kp, test.ti))
        if not (kp.good and ti.good and isinstance(kp.value, int) and isinstance(ti.value, int)):
            return None
        return test.parameters(kp.value, ti.value, steeper)
