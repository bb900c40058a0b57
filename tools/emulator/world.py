"""The world's engine: time, boards, plants, lines and timed events.

In *virtual* time (`run`, `until`) the world waits until every running board has asked for its next wake, then jumps to
the earliest wake, event or watchdog: exact to the microsecond and the same in every run. With a *wall clock* behind it
(`serve`) the same engine waits for the clock instead, and takes frames and serial bytes as they come. A machine that is
too slow for that makes the world slower, not its boards late: they would count overruns and be bitten by watchdogs for
what is no fault of theirs.
"""

from __future__ import annotations

import heapq
import selectors
import time
from collections.abc import Callable
from typing import Any

from tools.emulator.board import BOOTING, NEVER, OFF, RUNNING, Board, BoardError, Runner
from tools.emulator.plant import Plant

Event = Callable[[], None]

LOOK_US = 10_000
"""`until` looks at least this often, also when no board runs."""


STALL_US = 300_000
"""The world catches up with the wall clock from so far behind; what is more is lost."""
HANGS_US = 1_000_000
"""Wall time after which a board that doesn't answer is no longer waited for: its watchdog will see to it."""
LATE_US = 4_000
"""World time waits for what is late by this: a board's answer, a board's turn. A lane has 10 ms for a scan."""
_HELD_US = 10_000
"""Pause between two looks at the clock while the world waits for an answer, which ends it."""


class TimeoutInWorldError(AssertionError):
    """What was waited for did not happen within its world time."""


class World:
    """Boards, their plants, and the time they live in."""

    def __init__(self, start_us: int = 0) -> None:
        self.now_us = start_us
        self.boards: list[Board] = []
        self.stalled_us = 0
        """Wall time in which the world stood still, because nobody let it run or its boards were not served in time."""
        self._events: list[tuple[int, int, Event]] = []
        self._order = 0
        self._selector: selectors.BaseSelector | None = None
        self._stopping = False
        self._clock_base = 0
        self._bound_us = 0
        self._readers: list[tuple[Any, Event]] = []

    @property
    def now_ms(self) -> int:
        """World time in whole milliseconds."""
        return self.now_us // 1000

    def add_board(self, name: str, table: Any, plant: Plant, runner: Runner, unit: int = 1) -> Board:
        """Put a board without power into the world."""
        board = Board(self, name, table, plant, runner, unit)
        self.boards.append(board)
        return board

    # -- events ----------------------------------------------------------------------------------------------

    def at(self, when_us: int, event: Event) -> None:
        """Call `event` at world time `when_us` (now, if that is past). Equal times keep the order of the calls."""
        self._order += 1
        heapq.heappush(self._events, (max(when_us, self.now_us), self._order, event))

    def after(self, ms: float, event: Event) -> None:
        """Call `event` in `ms` milliseconds of world time."""
        self.at(self.now_us + int(ms * 1000), event)

    # -- virtual time ----------------------------------------------------------------------------------------

    def run(self, ms: float) -> None:
        """Let `ms` milliseconds of virtual time pass; afterwards every plant stands at the world's time."""
        self._run(self.now_us + int(ms * 1000), None)

    def until(self, condition: Callable[[], object], within: float) -> int:
        """Run until `condition()` holds, looking after each turn; returns the ms it took.

        Raises TimeoutInWorldError when it doesn't hold within `within` ms.
        """
        begin = self.now_us
        if condition():
            return 0
        if self._run(begin + int(within * 1000), condition):
            return (self.now_us - begin) // 1000
        raise TimeoutInWorldError(f"not within {within:.0f} ms of world time (now {self.now_ms} ms)")

    def _run(self, end_us: int, condition: Callable[[], object] | None) -> bool:
        boards = self.boards
        events = self._events
        for board in boards:
            if board.owes:
                board.collect()
        while True:
            when = end_us
            for board in boards:
                if board.wake_us < when:
                    when = board.wake_us
                if board.dog_us < when:
                    when = board.dog_us
            if events and events[0][0] < when:
                when = events[0][0]
            if condition is not None and when > self.now_us + LOOK_US:
                when = self.now_us + LOOK_US
            self.now_us = when
            if events and events[0][0] <= when:
                for board in boards:
                    board.advance_plant()
                while events and events[0][0] <= when:
                    heapq.heappop(events)[2]()
            for board in boards:
                if board.dog_us <= when:
                    board.bite()
                elif board.wake_us <= when:
                    board.due()
            for board in boards:
                if board.owes:
                    board.collect()
            if condition is not None:
                for board in boards:
                    board.advance_plant()
                if condition():
                    return True
            if when >= end_us and not any(board.wake_us <= end_us for board in boards):
                for board in boards:
                    board.advance_plant()
                return False

    # -- wall time -------------------------------------------------------------------------------------------

    def serve(self, on_tick: Event | None = None, tick_ms: int = 200) -> None:
        """Run against the wall clock until `stop`; `on_tick` is called every `tick_ms`."""
        # A select with microseconds: epoll rounds its timeout up to whole milliseconds.
        self._selector = selector = selectors.SelectSelector()
        try:
            for board in self.boards:
                self.board_linked(board)
            for readable, callback in self._readers:
                selector.register(readable, selectors.EVENT_READ, callback)
            self._clock_base = _wall_us() - self.now_us
            next_tick = self.now_us
            while not self._stopping:
                self._bound_us = self._bound()
                self._follow_clock()
                if on_tick is not None and self.now_us >= next_tick:
                    next_tick = self.now_us + tick_ms * 1000
                    on_tick()
                due = self._turn(next_tick)
                self._bound_us = self._bound()
                for key, _ in selector.select(self._pause_us(due) / 1e6):
                    self._follow_clock()
                    key.data()
        finally:
            self._selector = None
            selector.close()

    def _follow_clock(self) -> None:
        """Set the world's time by the wall clock, as far as the boards follow.

        Too far behind, this process was stopped or the machine is too slow: then the world stood still.
        """
        clock = _wall_us() - self._clock_base
        if clock - self.now_us > STALL_US:
            self.stalled_us += clock - self.now_us
            self._clock_base += clock - self.now_us
        else:
            self.now_us = max(self.now_us, min(clock, self._bound_us))

    def _bound(self) -> int:
        """How far the world's time may go before somebody is late by more than LATE_US.

        A board that owes its answer for HANGS_US of wall time doesn't count: the world goes on, to its watchdog.
        """
        nearest = self._events[0][0] if self._events else NEVER
        hangs = _wall_us() - HANGS_US
        for board in self.boards:
            if not board.owes:
                nearest = min(nearest, board.wake_us)
            elif board.state == RUNNING and board.asked_wall_us > hangs:
                nearest = min(nearest, board.asked_us)
        return nearest + LATE_US

    def _pause_us(self, due_us: int) -> int:
        """How long nothing but an answer or a byte calls for the world, when something is due at `due_us`."""
        if self._bound_us <= self.now_us:
            return _HELD_US
        return max(0, min(due_us, self._bound_us) - (_wall_us() - self._clock_base))

    def _turn(self, until_us: int) -> int:
        """Do what is due now; return when something is due next."""
        now = self.now_us
        while self._events and self._events[0][0] <= now:
            heapq.heappop(self._events)[2]()
        nearest = until_us
        for board in self.boards:
            if board.dog_us <= now:
                self._guard(board, board.bite)
            elif board.wake_us <= now:
                board.asked_us = now
                board.asked_wall_us = _wall_us()
                self._guard(board, board.due)
                if board.owes and not _has_descriptor(board):
                    self._guard(board, board.collect)
            nearest = min(nearest, board.wake_us, board.dog_us)
        if self._events:
            nearest = min(nearest, self._events[0][0])
        return nearest

    def _guard(self, board: Board, act: Event) -> None:
        """A board that dies in wall time is restarted, as its watchdog would; the others go on."""
        try:
            act()
        except BoardError:
            if not board.restart_on_death:
                raise
            board.deaths += 1
            board.power_off()
            board.world.after(1000, lambda: board.power_on(2) if board.state == OFF else None)

    def watch(self, readable: Any, callback: Event) -> None:
        """Call `callback` in wall time whenever `readable` (a descriptor or a socket) has something."""
        self._readers.append((readable, callback))

    def board_linked(self, board: Board) -> None:
        """Watch the link of a board that has just been started."""
        if self._selector is None or not _has_descriptor(board) or board.state not in (BOOTING, RUNNING):
            return
        self._selector.register(board.link, selectors.EVENT_READ, lambda: self._guard(board, board.collect))  # type: ignore[arg-type]

    def board_unlinked(self, board: Board) -> None:
        """Stop watching a board's link, before it closes."""
        if self._selector is not None and _has_descriptor(board):
            self._selector.unregister(board.link)  # type: ignore[arg-type]

    def stop(self) -> None:
        """End `serve` at its next turn. May be called from another thread or a signal handler."""
        self._stopping = True

    def close(self) -> None:
        """Take the power from every board and let go of everything."""
        for board in self.boards:
            if board.state != OFF:
                board.power_off()


def _has_descriptor(board: Board) -> bool:
    """Whether a selector can tell that the board has something to say; else it answers as soon as it is asked."""
    return hasattr(board.link, "fileno")


def _wall_us() -> int:
    return time.monotonic_ns() // 1000
