"""The state table of the energy management, row by row as in the domain brief §2b.

    INIT -> OBSERVE (all meters good 60 s) -> OPTIMISE -> {PEAK_SHAVE | EXPORT_LIMIT | GRID_EVENT | ISLAND | SHUTDOWN}
         -> RECOVER -> OPTIMISE

The caps are obeyed in every state (`dispatch.py`); a state says what else is wished, and what is told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edge_gateway.control.energy import conditions as when
from edge_gateway.control.energy.conditions import View
from edge_gateway.control.energy.state import Island, State

Condition = Callable[[View], bool]


@dataclass(frozen=True, slots=True)
class Exit:
    """Where a state goes."""

    when: Condition
    to: State


# fmt: off
TABLE: dict[State, tuple[Exit, ...]] = {
    State.INIT: (
        Exit(when.heard,      State.OBSERVE),),
    State.OBSERVE: (
        Exit(when.observed,   State.OPTIMISE),),
    State.OPTIMISE: (
        Exit(when.shaving,    State.PEAK_SHAVE),
        Exit(when.exporting,  State.EXPORT_LIMIT)),
    State.PEAK_SHAVE: (
        Exit(when.shaved,     State.RECOVER),),
    State.EXPORT_LIMIT: (
        Exit(when.shaving,    State.PEAK_SHAVE),
        Exit(when.exported,   State.RECOVER)),
    State.GRID_EVENT: (
        Exit(when.event_over, State.RECOVER),),
    State.ISLAND: (
        Exit(when.on_grid,    State.RECOVER),),
    State.SHUTDOWN: (
        Exit(when.reset,      State.RECOVER),),
    State.RECOVER: (
        Exit(when.shaving,    State.PEAK_SHAVE),
        Exit(when.exporting,  State.EXPORT_LIMIT),
        Exit(when.recovered,  State.OPTIMISE)),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked at before the row, in all of `states`. `why` says what it is, in words; empty for nothing."""

    states: frozenset[State]
    why: Callable[[View], str]
    to: State


_ALL = frozenset(State)
_FOLLOWING = frozenset({State.OPTIMISE, State.PEAK_SHAVE, State.EXPORT_LIMIT, State.RECOVER})


def _unheard(v: View) -> str:
    if v.image.refusal:
        return v.image.refusal
    return "" if v.image.heard else "the energy board is silent"


def _shutdown(v: View) -> str:
    return v.image.shutdown[0] if v.image.heard and v.image.shutdown else ""


def _island(v: View) -> str:
    return f"the grid is away ({v.island})" if v.island is not Island.GRID_OK else ""


def _blind(v: View) -> str:
    return "the grid meter or the PCS can't be read (E4)" if v.blind_ms >= v.law.lost_ms else ""


def _event(v: View) -> str:
    return v.event


WATCHES = (
    Watch(_ALL - {State.INIT}, _unheard, State.INIT),
    Watch(_ALL - {State.INIT, State.SHUTDOWN}, _shutdown, State.SHUTDOWN),
    Watch(_ALL - {State.INIT, State.SHUTDOWN, State.ISLAND}, _island, State.ISLAND),
    Watch(_FOLLOWING | {State.GRID_EVENT}, _blind, State.OBSERVE),
    Watch(_FOLLOWING, _event, State.GRID_EVENT),
)
"""In the order in which they are looked at; the first that has something to say wins."""
