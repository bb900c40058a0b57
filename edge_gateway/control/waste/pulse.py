"""One pulse of one discharge valve, from the token to the books.

The order leaves only when the grant is on the disk, so that a gateway that dies between both knows after its restart
which valve may be open. A pulse is in the books when the board's own count says so; an acknowledgement is no proof.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from edge_gateway.control.waste.orders import STATION, Answer, End
from edge_gateway.control.waste.plant import Chute
from edge_gateway.control.waste.view import View

COUNT_MS = 3_000
"""After the board has said `done`, its count must have moved within this; after `failed`, its faults are known."""

Send = Callable[[str, str, tuple[int, ...], Callable[[Answer], None]], None]
"""send(board, command, args, answered)."""


class Result(Enum):
    """How a pulse ended."""

    PULSED = auto()
    NOTHING = auto()
    """The valve has not opened; `reason` says why."""


class _Step(Enum):
    STORE = auto()
    ORDERED = auto()
    ANSWERED = auto()
    REVOKED = auto()


@dataclass(slots=True)
class Pulse:
    """The pulse under way. `counted` is set by whoever reads the board's count."""

    chute: Chute
    number: int
    generation: int
    """The grant is safe when this generation of the memory is on the disk."""
    declared: bool = False
    """The station has been told that waste is dropped into this branch."""
    counted: bool = False
    unknown: bool = False
    """The board can't say any more what became of the order."""
    reason: str = ""
    result: Result | None = None
    _asked: bool = False
    _step: _Step = _Step.STORE
    _settled: bool = False
    _acted: bool = False
    """By its answer the board has moved the valve: what its switches and its count say of that is waited for."""
    _answered_at: int = 0

    def step(self, v: View, stored: int, send: Send) -> None:
        """One scan. `result` is set in the end, with the token given back."""
        if self._step is _Step.STORE:
            self._before(v, stored, send)
        elif self._step is _Step.ANSWERED and not self._settled:
            # Nobody knows: the board is told to refuse this token from now on. Silence: the time runs out.
            self._step = _Step.REVOKED
            send(self.chute.inlet, "DV_REVOKE", _words(self.number), self._revoked)
        self._after(v)

    def _before(self, v: View, stored: int, send: Send) -> None:
        if not self._asked and not self.declared:
            self._asked = True
            send(STATION, "WASTE", (self.chute.branch,), self._told)
        if self.reason or not v.token.may_order(self.number, v.now):
            self.reason = self.reason or "the grant was not stored, or the station not told, in time"
            self._settled = True
            self._step = _Step.ANSWERED
            self._answered_at = v.now
        elif self.declared and stored >= self.generation:
            self._step = _Step.ORDERED
            open_ms = v.rules.open_for(v.memory.books.held(self.chute.name))
            args = (self.chute.valve, open_ms, *_words(self.number))
            send(self.chute.inlet, "DV_DISCHARGE", args, self._answered)

    def _after(self, v: View) -> None:
        if self._step is _Step.STORE or self.result is not None:
            return
        if self._answered_at == 0 and self._step is not _Step.ORDERED:
            self._answered_at = v.now
        waits = not self.counted and self._acted and v.now - self._answered_at < COUNT_MS
        valve = v.image.valve(self.chute.name)
        shut = valve.proven_shut and valve.fault != "BOTH_SWITCHES"  # switches that contradict each other prove nothing
        if waits or not v.token.give_back(self.number, self._settled, shut, v.now):
            return
        if self.counted:
            self.result = Result.PULSED
        else:
            self.result = Result.NOTHING
            self.reason = self.reason or f"board {self.chute.inlet} acknowledged and did nothing"

    def _told(self, answer: Answer) -> None:
        self.declared = answer.end is End.DONE
        if not self.declared:
            self.reason = f"the station did not take the declaration: {answer.reason or answer.end}"

    def _answered(self, answer: Answer) -> None:
        self._step = _Step.ANSWERED
        self.unknown = answer.end is End.UNKNOWN
        self._settled = not self.unknown
        self._acted = answer.end in (End.DONE, End.FAILED)
        if answer.end is not End.DONE:
            self.reason = answer.reason or str(answer.end)

    def _revoked(self, answer: Answer) -> None:
        self._settled = answer.end is End.DONE


def _words(number: int) -> tuple[int, int]:
    return number >> 16 & 0xFFFF, number & 0xFFFF
