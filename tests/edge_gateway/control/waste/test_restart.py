"""A gateway that is killed in any state: valves shut in time, the pipe cleared, the run resumed, the books closed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge_gateway.control.waste import requests
from edge_gateway.control.waste.orders import Order
from edge_gateway.control.waste.schedule import Rank
from edge_gateway.control.waste.state import State
from tests.edge_gateway.control.waste.test_sequence import ask, rig
from tools.collection.rig import Rig

S = State
EMPTIED = ("inlet01.1", "inlet02.1", "inlet05.1", "inlet01.2")


def started() -> Rig:
    made = rig((1, 0, 30), (2, 0, 30), (5, 0, 30), (1, 1, 30))
    ask(made, *EMPTIED)
    return made


def dead(made: Rig, seconds: float) -> None:
    """Nobody there: the boards go on by themselves; after 10 s the station brings waste home and stops."""
    end = made.now + 1000 * seconds
    silent_since = made.now
    while made.now < end:
        if made.now - silent_since >= 10_000 and made.boards.state in ("VACUUM", "CONVEY", "PURGE"):
            made.boards._at_station("FANS_STOP", (0,))
        made.boards.advance(100)
        assert made.boards.direct.network.two_open_ms == 0


@pytest.mark.parametrize("gone_s", [3.0, 240.0])
@pytest.mark.parametrize(
    "state",
    [S.PRECHECK, S.DIVERT, S.START, S.VACUUM, S.AIRFLOW, S.DISCHARGE, S.SPACING, S.PURGE, S.CLEAR, S.STOP, S.BLOCKED],
)
def test_killed_and_started_again(state: State, gone_s: float) -> None:
    made = started()
    if state is S.BLOCKED:
        made.until(lambda: made.state is S.SPACING, 200)
        made.boards.direct.block(1, shakes=1)
    made.until(lambda: made.state is state, 600)
    if state is S.DISCHARGE:
        made.until(lambda: made.boards.direct.chute(1, 0).valve.opened == 1, 20)
    assert made.memory.books.balance == 0
    dead(made, gone_s)
    made.start()
    made.until(lambda: made.boards.direct.all_closed(), 15)
    made.until(lambda: made.state is S.IDLE and made.boards.direct.fans_running == 0, 1_500)
    direct, books = made.boards.direct, made.memory.books
    assert direct.violations == [] and direct.network.two_open_ms == 0
    assert not direct.in_flight_kg() and not books.flying
    assert books.balance == 0 and books.all_landed == round(1000 * direct.landed_kg())
    assert made.memory.holder == ""
    emptied = {note.source for note in made.named("DISCHARGED")}
    assert emptied == set(EMPTIED), "the run is resumed, nothing is forgotten"
    assert direct.landed_kg() == 120


def test_a_clock_that_was_years_ahead_holds_nothing_off_for_years() -> None:
    """A gateway without network time has emptied and passed over chutes by a clock that is then put right."""
    made = rig((1, 0, 30), (2, 0, 30))
    year_ms = 365 * 86_400_000
    ahead = made.when.utc_ms + 3 * year_ms
    known = made.memory.chute("inlet01.1")
    known.emptied, known.held_until, known.held_why = ahead, ahead + 1_800_000, "other parameters"
    made.memory.chute("inlet02.1").emptied = ahead
    made.memory.clear_at = ahead
    made.control.step(made.boards.image(made.now), made.now, replace(made.when, utc_ms=ahead), made.stored)
    made.scan()
    now = made.when.utc_ms
    assert known.emptied <= now and made.memory.chute("inlet02.1").emptied <= now and made.memory.clear_at == 0
    entries = requests.explain(made.control, made.boards.image(made.now), made.when, None).entries
    assert [entry.why for entry in entries if entry.rank is Rank.CANNOT] == []


@pytest.mark.parametrize("state", [S.AIRFLOW, S.SPACING])
@pytest.mark.parametrize("killed", [False, True])
def test_a_run_of_the_day_ends_when_the_curfew_begins(state: State, killed: bool) -> None:
    """P14: what is under way comes home; after that nothing is dropped and no fan started for chutes that aren't full,
    by a run that a restart takes up again neither."""
    made = started()
    made.until(lambda: made.state is state, 200)
    pulses = len(list(made.named("DISCHARGED")))
    made.times = replace(made.times, curfew_from=made.when.minute, curfew_to=made.when.minute - 600)
    if killed:
        dead(made, 240)
        made.start()
    else:
        made.control.times = made.times
    starts = len([order for _at, order in made.boards.orders if order.command == "FANS_START"])
    made.until(lambda: made.state is S.IDLE and made.boards.direct.fans_running == 0, 600)
    end = made.now + 120_000
    made.until(lambda: made.now > end, 130)
    direct = made.boards.direct
    assert len(list(made.named("DISCHARGED"))) == pulses and not direct.in_flight_kg()
    (held,) = [note for note in made.named("WASTE_HELD") if note.body["why"] == "the curfew has begun"]
    assert not held.alarm, "nobody has to act"
    assert len([order for _at, order in made.boards.orders if order.command == "FANS_START"]) == starts


def test_the_order_leaves_only_when_the_grant_is_on_the_disk() -> None:
    made = started()
    made.until(lambda: made.state is S.AIRFLOW, 200)
    control = made.control
    seen: list[str] = []
    for _ in range(400):
        now = made.now
        for action in control.step(made.boards.image(now), now, made.when, 0):  # nothing is ever stored
            if isinstance(action, Order):
                seen.append(action.command)
                made.boards.send(action, now, control.answer)
        made.boards.advance(100)
    assert "WASTE" in seen and "DV_DISCHARGE" not in seen
    assert made.boards.direct.all_closed()
