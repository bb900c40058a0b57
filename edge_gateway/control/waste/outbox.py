"""What the collection has on its way: orders and who is told of their end, what was refused, notes of this step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge_gateway.control.waste.orders import STATION, Action, Answer, End, Note, Order
from edge_gateway.control.waste.plant import Rules
from edge_gateway.control.waste.sequence import Want
from edge_gateway.control.waste.view import View

_OPEN_MS = 60_000
"""An order that nobody answered is given up after this."""


class Outbox:
    """Orders and notes, in their order, until the step hands them out."""

    def __init__(self, rules: Rules, now: int) -> None:
        self.rules = rules
        self._actions: list[Action] = []
        self._waiting: dict[int, Callable[[Answer], None]] = {}
        self._key = 0
        self._entered = now
        self._wanted: dict[str, int] = {}
        self._refused: dict[str, str] = {}

    def answer(self, answer: Answer) -> None:
        """An order has ended."""
        told = self._waiting.pop(answer.key, None)
        if told is not None:
            told(answer)

    def _want(self, wants: tuple[Want, ...], v: View, together: bool = False) -> None:
        """Sends what isn't proven yet: one order at a time for each want, again when it has failed for a while."""
        for want in wants:
            if want.until(v):
                continue
            if want.command and self._wanted.get(want.command, v.now) <= v.now:
                self._wanted[want.command] = v.now + _OPEN_MS
                self._send(STATION, want.command, want.args(v), self._wanting(want.command, v.now))
            if not together:
                return

    def _wanting(self, command: str, now: int) -> Callable[[Answer], None]:
        entered = self._entered

        def ended(answer: Answer) -> None:
            if entered != self._entered:
                return
            done = answer.end is End.DONE
            self._wanted[command] = now + (self.rules.proof_ms if done else self.rules.retry_ms)
            if done:
                self._refused.pop(command, None)
            else:
                self._refused[command] = answer.reason or str(answer.end)

        return ended

    def _send(self, board: str, command: str, args: tuple[int, ...], told: Callable[[Answer], None]) -> None:
        self._key += 1
        self._waiting[self._key] = told
        self._actions.append(Order(self._key, board, command, args))

    def _note(self, name: str, body: dict[str, Any], source: str = "waste", alarm: bool = False) -> None:
        self._actions.append(Note(name, source, body, alarm))
