"""A gateway that is killed in any state: valves shut in time, the pipe cleared, the run resumed, the books closed."""

from __future__ import annotations

import pytest

from edge_gateway.control.waste.orders import Order
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
