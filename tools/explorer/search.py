"""Breadth-first search through everything a program can do under an environment's moves."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

Node = Hashable


class System(Protocol):
    """A program with its environment, as the search sees it."""

    def initial(self) -> Node:
        """The node to begin at."""
        ...

    def moves(self, node: Any) -> Iterable[Any]:
        """Everything that may happen next: labels that `step` understands."""
        ...

    def step(self, node: Any, move: Any) -> tuple[Node, str]:
        """One move and one scan; returns the node reached and the violated invariant, or an empty text."""
        ...


@dataclass
class Result:
    """What a search found. `trace` holds the moves from the initial node to the violation; empty when there is none."""

    states: int = 0
    transitions: int = 0
    seconds: float = 0.0
    complete: bool = False
    violation: str = ""
    trace: list[Any] = field(default_factory=list)

    def __str__(self) -> str:
        what = self.violation or ("every reachable state" if self.complete else "stopped at the limit")
        return f"{self.states} states, {self.transitions} transitions, {self.seconds:.1f} s: {what}"


def search(system: System, *, max_states: int = 5_000_000) -> Result:
    """Visit every reachable node, nearest first, so that a counterexample is a shortest one; stop at the first."""
    began = time.perf_counter()
    first = system.initial()
    came: dict[Node, tuple[Node, Any] | None] = {first: None}
    waiting: deque[Node] = deque([first])
    result = Result()
    transitions = 0
    step = system.step
    while waiting and not result.violation and len(came) <= max_states:
        node = waiting.popleft()
        for move in system.moves(node):
            transitions += 1
            reached, violation = step(node, move)
            if violation:
                result.violation = violation
                result.trace = [*_trace(came, node), move]
                break
            if reached not in came:
                came[reached] = (node, move)
                waiting.append(reached)
    result.states = len(came)
    result.transitions = transitions
    result.complete = not waiting and not result.violation
    result.seconds = time.perf_counter() - began
    return result


def _trace(came: dict[Node, tuple[Node, Any] | None], node: Node) -> list[Any]:
    moves = []
    at = came[node]
    while at is not None:
        moves.append(at[1])
        at = came[at[0]]
    moves.reverse()
    return moves
