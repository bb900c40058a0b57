"""The state table of a collection run, row by row as in the domain brief §1b.

A row says what the state wants of the station until it is proven (sent again when it failed, while the state lasts),
where it goes when, and what happens when its time is over. `collection.py` works the table; nothing else changes state.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edge_gateway.control.waste import conditions as when
from edge_gateway.control.waste.state import RUNNING, State
from edge_gateway.control.waste.view import View

Condition = Callable[[View], bool]
Arguments = Callable[[View], tuple[int, ...]]

AT_ONCE = 1
"""FANS_STOP without a purge: when the sequence stops the fans, it has brought home what would come."""
QUIET_CAP = 700
"""Fans at 70 % at most during the curfew (cause P14), in the station's 0.1 %."""


@dataclass(frozen=True, slots=True)
class Want:
    """A command to the station, needed until something is proven. Wants of a row are worked one after the other; an
    empty command only waits."""

    command: str
    until: Condition
    args: Arguments = lambda v: ()


@dataclass(frozen=True, slots=True)
class Exit:
    """Where a state goes."""

    when: Condition
    to: State


@dataclass(frozen=True, slots=True)
class Row:
    """One state. limit: name of its time in `Rules`, empty for none; over: where it goes then, with that alarm.
    together: its wants don't wait for each other."""

    exits: tuple[Exit, ...]
    wants: tuple[Want, ...] = ()
    limit: str = ""
    over: State = State.TRIPPED
    alarm: str = ""
    together: bool = False


def _fraction(v: View) -> tuple[int, ...]:
    return (v.leg.fraction,) if v.leg is not None else (0,)


def _branch(v: View) -> tuple[int, ...]:
    return (v.branch,)


def _start(v: View) -> tuple[int, ...]:
    night = v.memory.run is not None and v.memory.run.night
    return (QUIET_CAP if night else 0, 0)


CLOSE_OTHER = Want("AV_CLOSE", when.other_av_shut)
BUILD_UP = Want("", when.vacuum_again)
OPEN = Want("AV_OPEN", when.av_open, _branch)
BRING_HOME = Want("PURGE", when.purging, lambda v: (0,))
FULL_SPEED = Want("SPEED", when.full_speed, lambda v: (round(100 * v.rules.speed), 0))
HALT = Want("FANS_STOP", when.fans_off, lambda v: (AT_ONCE,))
PURGE_SPEED = Want("SPEED", when.purge_speed, lambda v: (round(100 * v.rules.speed_purge), 0))

# fmt: off
TABLE: dict[State, Row] = {
    State.IDLE: Row((
        Exit(when.change_due, State.CNT_CHANGE),
        Exit(when.run_due, State.PRECHECK))),
    State.PRECHECK: Row((
        Exit(when.no_leg, State.IDLE),
        Exit(when.permitted, State.DIVERT)),
        limit="precheck_ms", over=State.IDLE, alarm="NOT_PERMITTED"),
    State.DIVERT: Row((
        Exit(when.no_leg, State.STOP),
        Exit(when.diverted, State.START)),
        wants=(Want("FLIGHT_CLEAR", when.flight_known),
               Want("AV_CLOSE", when.av_shut_to_divert),
               Want("DIVERT", when.diverted, _fraction)),
        limit="divert_ms", over=State.STOP, alarm="NOT_DIVERTED"),
    State.START: Row((
        Exit(when.fans_proven, State.VACUUM),),
        wants=(Want("FANS_START", when.fans_proven, _start),),
        limit="start_ms", over=State.STOP, alarm="FANS_NOT_PROVEN"),
    State.VACUUM: Row((
        Exit(when.vacuum_built, State.AIRFLOW),),
        wants=(Want("AV_CLOSE", when.shut_or_blowing),),
        limit="vacuum_ms", over=State.TRIPPED, alarm="NO_VACUUM"),
    State.AIRFLOW: Row((
        Exit(when.no_leg, State.CLEAR),
        Exit(when.airflow_to_clear, State.PURGE),
        Exit(when.airflow_to_empty, State.DISCHARGE)),
        wants=(CLOSE_OTHER, BUILD_UP, OPEN, FULL_SPEED),
        limit="airflow_ms", over=State.BLOCKED, alarm="NO_AIRFLOW"),
    State.DISCHARGE: Row((
        Exit(when.branch_done, State.PURGE),
        Exit(when.pulse_over, State.SPACING))),  # its time is the token's
    State.SPACING: Row((
        Exit(when.branch_done, State.PURGE),
        Exit(when.spaced, State.DISCHARGE)),
        limit="spacing_limit_ms", over=State.BLOCKED, alarm="NOT_RECOVERED"),
    State.PURGE: Row((
        Exit(when.landed_next_branch, State.AIRFLOW),
        Exit(when.landed, State.CLEAR)),
        wants=(PURGE_SPEED, BRING_HOME),  # PURGE is answered when all has landed: what came after would overtake it
        limit="purge_limit_ms", over=State.STOP, alarm="NOT_LANDED"),
    State.CLEAR: Row((
        Exit(when.cleared_more, State.DIVERT),
        Exit(when.cleared, State.STOP)),
        limit="clear_ms", over=State.STOP, alarm="NOT_SETTLED"),
    State.STOP: Row((
        Exit(when.stopped, State.IDLE),),
        wants=(HALT, Want("AV_CLOSE", when.av_shutting)),
        limit="stop_ms", over=State.IDLE, alarm="NOT_STOPPED"),
    State.BLOCKED: Row((
        Exit(when.freed, State.AIRFLOW),
        Exit(when.stuck, State.TRIPPED))),
    State.CNT_CHANGE: Row((
        Exit(when.changed, State.IDLE),)),
    State.TRIPPED: Row((
        Exit(when.was_reset, State.IDLE),),
        wants=(HALT, Want("AV_CLOSE", when.av_shut)),
        together=True),
    State.MAINT: Row((
        Exit(when.key_back, State.IDLE),)),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Watch:
    """What is looked at in all of `states`, before the row. `why` says what it is, in words."""

    states: frozenset[State]
    why: Callable[[View], str]
    to: State


_OPENING = frozenset({State.AIRFLOW, State.SPACING})
_FLOWING = frozenset({State.SPACING, State.PURGE})
_FANS_ON = frozenset({State.VACUUM, State.AIRFLOW, State.DISCHARGE, State.SPACING, State.PURGE, State.BLOCKED})
_STOP_ALL = RUNNING - {State.PRECHECK}


def _maint(v: View) -> str:
    return "the maintenance key is turned" if v.station.fresh and v.station.maint else ""


def _trip(v: View) -> str:
    station = v.station
    if not station.fresh or not station.trips:
        return ""
    return station.first_out if station.first_out in station.trips else station.trips[0]


def _found_tripped(v: View) -> str:
    """It tripped while nobody watched: a dip of the supply may be longer than the patience for a silent station, or
    take the gateway too. Whatever its length, the run ends as tripped, by the station's first-out, and nothing starts
    before a person has seen to it (§1e)."""
    return _trip(v) if v.memory.unwatched else ""


def _valves(v: View) -> str:
    """P1 to P4 at an inlet, and the master rule: a valve that did not close, or one that is open without the token."""
    holder, valves = v.token.holder, v.image.valves
    for name in valves.faulty:
        fault = valves[name].fault
        if fault == "NOT_CLOSED" or (fault == "BOTH_SWITCHES" and name == holder):
            return f"{fault} {name}"
    for name in valves.stops:
        return f"{valves[name].stop} {name}"
    for name in valves.unshut:
        if valves[name].open and not valves[name].closed and name != holder:
            return f"NOT_CLOSED {name}"
    return ""


def _overdue(v: View) -> str:
    grant = v.token.grant
    if grant is None or v.now < grant.over_at or v.image.valve(grant.holder).proven_shut:
        return ""
    return f"NOT_PROVEN_SHUT {grant.holder}"


def _lost(v: View) -> str:
    return "the station is not heard" if v.lost_ms > v.rules.lost_ms else ""


def _gave_up(v: View) -> str:
    if v.memory.state is State.PURGE and (v.landed or v.station.state == "STOPPING"):
        return ""  # it brings the waste home and stops, as P8, P10 and P11 ask: the books are settled next
    return f"the station went to {v.station.state} by itself" if v.rest_ms >= v.rules.lost_ms else ""


def _held(v: View) -> str:
    """P8, P10, P11, P12 and bad sensors: no new discharge, bring home what is under way, stop."""
    if not v.station.fresh:
        return ""
    if v.station.purges:
        return v.station.purges[0]
    found = [name for name in v.station.holds if name not in when.AIR_CAUSES]
    return found[0] if found and v.age >= v.rules.lost_ms else ""


def _slow(v: View) -> str:
    """P6: v < 14 m/s for 5 s while conveying."""
    return f"{v.station.speed:.1f} m/s" if v.slow_ms >= v.rules.speed_low_ms else ""


WATCHES = (
    Watch(_STOP_ALL | {State.IDLE, State.PRECHECK}, _maint, State.MAINT),
    Watch(_STOP_ALL, _trip, State.TRIPPED),
    Watch(frozenset({State.IDLE, State.PRECHECK}), _found_tripped, State.TRIPPED),
    Watch(_STOP_ALL, _valves, State.TRIPPED),
    Watch(_STOP_ALL, _overdue, State.TRIPPED),
    Watch(_STOP_ALL, _lost, State.IDLE),
    Watch(_FANS_ON, _gave_up, State.STOP),
    Watch(_OPENING, _held, State.PURGE),
    Watch(_FLOWING, _slow, State.BLOCKED),
)
"""In the order in which they are looked at; the first that has something to say wins."""
