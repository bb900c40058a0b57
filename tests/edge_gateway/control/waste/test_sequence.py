"""Runs on a direct plant: the states in their order, and what the sequence does when something is wrong."""

from __future__ import annotations

import pytest

from edge_gateway.control.waste import requests
from edge_gateway.control.waste.orders import STATION
from edge_gateway.control.waste.schedule import legs
from edge_gateway.control.waste.state import Run, State
from tools.collection.boards import DirectBoards
from tools.collection.rig import Rig
from tools.emulator.waste.direct import Direct

S = State


def rig(*fills: tuple[int, int, float]) -> Rig:
    """A plant with so many kg (inlet, fraction, kg), and a collection that has waited out its token."""
    direct = Direct(seed=3, residents=0)
    for inlet, fraction, kg in fills:
        direct.fill(inlet, fraction, kg)
    made = Rig(DirectBoards(direct))
    made.until(lambda: made.now > 25_000, 60)
    return made


def ask(made: Rig, *chutes: str) -> None:
    plant = made.boards.plant
    made.control.asked = Run(0, "test", legs(plant, [plant.by_name[name] for name in chutes]), by="test")
    made.until(lambda: made.state is not S.IDLE, 10)


def states(made: Rig) -> list[str]:
    return [str(note.body["to"]) for note in made.named("STATE")]


def ordered(made: Rig, command: str) -> list[int]:
    return [at for at, order in made.boards.orders if order.command == command]


def test_a_run_goes_through_the_states_of_the_table_and_the_books_close() -> None:
    made = rig((1, 0, 30), (2, 0, 30), (24, 1, 30))
    ask(made, "inlet02.1", "inlet01.1", "inlet24.2")
    made.until(lambda: made.state is S.IDLE, 900)
    assert states(made) == [
        *("PRECHECK", "DIVERT", "START", "VACUUM", "AIRFLOW", "DISCHARGE", "SPACING", "DISCHARGE", "PURGE", "CLEAR"),
        *("DIVERT", "START", "VACUUM", "AIRFLOW", "DISCHARGE", "PURGE", "CLEAR", "STOP", "IDLE"),
    ]
    discharged = [note.source for note in made.named("DISCHARGED")]
    assert discharged == ["inlet01.1", "inlet02.1", "inlet24.2"], "near to far within a branch"
    direct, books = made.boards.direct, made.memory.books
    assert direct.violations == [] and direct.network.two_open_ms == 0
    assert direct.landed_kg() == 90 and not direct.in_flight_kg()
    assert books.balance == 0 and books.all_landed == 90_000 and not books.flying
    assert direct.fans_running == 0 and direct.vacuum_kpa < 1
    (ended,) = made.named("RUN_ENDED")
    assert ended.body["kg"] == 90 and ended.body["pulses"] == 3 and ended.body["kwh"] > 5


def test_a_full_chute_is_emptied_by_several_pulses() -> None:
    made = rig((1, 1, 80))
    made.until(lambda: made.memory.run is None, 600)
    (began,) = made.named("RUN_BEGAN")
    assert began.body["why"] == "1 chute is full"
    assert len(list(made.named("DISCHARGED"))) >= 2
    assert made.boards.direct.landed_kg() > 55


def test_no_order_overtakes_a_purge_before_all_has_landed() -> None:
    """PURGE is answered when its branch is clear; the speed for it is given before."""
    made = rig((1, 0, 30), (5, 0, 30))
    ask(made, "inlet01.1", "inlet05.1")
    made.until(lambda: made.memory.run is None, 900)
    told = [(at, order.command) for at, order in made.boards.orders if order.board == STATION]
    purges = [number for number, (_at, command) in enumerate(told) if command == "PURGE"]
    landed = [at for at, note in made.notes if note.name == "STATE" and note.body["from"] == "PURGE"]
    assert len(purges) == len(landed) == 2
    for number, at in zip(purges, landed, strict=True):
        assert told[number - 1][1] == "SPEED" and told[number + 1][0] >= at, told


def test_somebody_at_the_hatch_when_the_order_arrives_costs_one_spacing() -> None:
    made = rig((1, 0, 30))
    ask(made, "inlet01.1")
    made.until(lambda: bool(ordered(made, "DV_DISCHARGE")), 200)
    there = made.boards.direct.chute(1, 0)
    there.hatch_open = True
    made.until(lambda: made.state is S.SPACING, 10)
    there.hatch_open = False
    made.until(lambda: made.memory.run is None, 300)
    assert len(ordered(made, "DV_DISCHARGE")) == 2 and not list(made.named("CHUTE_SKIPPED"))
    assert made.boards.direct.landed_kg() == 30


def test_a_container_that_fills_takes_what_is_in_flight_and_nothing_new() -> None:
    made = rig(*((n, 0, 30) for n in range(1, 5)))
    ask(made, *(f"inlet0{n}.1" for n in range(1, 5)))
    made.until(lambda: len(ordered(made, "DV_DISCHARGE")) == 2 and made.state is S.SPACING, 200)
    made.boards.purges = ["CONTAINER"]
    made.until(lambda: made.state is S.PURGE, 0.3)
    made.until(lambda: made.state is S.IDLE, 300)
    assert len(ordered(made, "DV_DISCHARGE")) == 2
    assert made.boards.direct.landed_kg() == 60 and made.memory.books.balance == 0
    assert [note.body["why"] for note in made.named("RUN_CUT_SHORT")] == ["CONTAINER"]


def test_a_trip_shuts_air_and_fans_at_once_and_reset_starts_nothing() -> None:
    made = rig((1, 0, 70), (2, 0, 70))
    ask(made, "inlet01.1", "inlet02.1")
    made.until(lambda: made.state is S.SPACING, 200)
    made.boards.trips = ["ESTOP"]
    at = made.now
    made.until(lambda: made.memory.tripped == "ESTOP", 0.3)
    assert ordered(made, "FANS_STOP")[-1] - at <= 100 and ordered(made, "AV_CLOSE")[-1] - at <= 100
    with pytest.raises(requests.RefusedError, match="tripped: ESTOP; see to the cause"):
        requests.collect(made.control, made.boards.image(made.now), made.when, None, None, "test")
    with pytest.raises(requests.RefusedError, match="tripped: ESTOP"):
        requests.explain(made.control, made.boards.image(made.now), made.when, None)
    made.control.reset(made.now)
    made.until(lambda: made.now - at > 20_000, 60)
    assert made.memory.tripped, "its cause still stands"
    made.boards.trips = []
    made.until(lambda: made.now - at > 40_000, 60)
    assert made.memory.tripped, "a reset that came too early doesn't count later"
    made.control.reset(made.now)
    made.until(lambda: made.state is S.IDLE, 5)
    began = len(list(made.named("RUN_BEGAN")))
    made.until(lambda: made.now - at > 600_000, 900)
    assert len(list(made.named("RUN_BEGAN"))) == began, "nothing starts by a reset"
    requests.resume(made.control)
    made.until(lambda: made.state is S.PRECHECK, 10)
    made.until(lambda: made.state is S.IDLE, 900)
    assert not made.boards.direct.in_flight_kg() and made.memory.books.balance == 0


def test_a_valve_that_stays_open_stops_air_and_fans() -> None:
    made = rig((1, 0, 70), (2, 0, 70))
    ask(made, "inlet01.1", "inlet02.1")
    made.until(lambda: made.boards.direct.chute(1, 0).valve.opened == 1, 200)
    made.boards.direct.chute(1, 0).valve.fail("stuck_open")
    made.until(lambda: made.state is S.TRIPPED, 30)
    assert made.memory.tripped == "NOT_CLOSED inlet01.1"
    assert made.now - ordered(made, "FANS_STOP")[-1] <= 100
    assert len(ordered(made, "DV_DISCHARGE")) == 1
    with pytest.raises(requests.RefusedError, match="NOT_CLOSED inlet01"):
        requests.collect(made.control, made.boards.image(made.now), made.when, None, None, "test")


def test_no_vacuum_is_a_trip_when_its_time_is_over_and_not_before() -> None:
    made = rig((1, 0, 30))
    made.boards.direct.leak(5)
    ask(made, "inlet01.1")
    made.until(lambda: made.state is S.VACUUM, 60)
    assert made.until(lambda: made.state is S.TRIPPED, 70) == pytest.approx(60, abs=0.2)
    assert made.memory.tripped == "NO_VACUUM" and ordered(made, "DV_DISCHARGE") == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("idle", "board inlet01 acknowledged and did nothing"),
        ("silent", "board inlet01 is silent"),
        ("both_switches", "BOTH_SWITCHES: its switches say open and shut"),
        ("other_parameters", "other parameters than the site file: fraction1"),
        ("hatch", "hatch is open"),
    ],
)
def test_a_chute_that_can_not_be_emptied_is_passed_over_with_the_reason(wrong: str, why: str) -> None:
    made = rig((1, 0, 30), (2, 0, 30))
    ask(made, "inlet01.1", "inlet02.1")
    made.until(lambda: made.state is S.AIRFLOW, 100)
    if wrong == "both_switches":
        made.boards.direct.chute(1, 0).valve.fail("both_switches")
    elif wrong == "hatch":
        made.boards.direct.chute(1, 0).hatch_open = True
    else:
        getattr(made.boards, wrong).add("inlet01")
    made.until(lambda: any(True for _ in made.named("CHUTE_SKIPPED")), 100)
    (skipped,) = made.named("CHUTE_SKIPPED")
    assert (skipped.source, skipped.body["why"], skipped.alarm) == ("inlet01.1", why, True)
    if wrong != "both_switches":  # a valve that may be open lets no other open
        made.until(lambda: made.state is S.IDLE, 600)
        assert [note.source for note in made.named("DISCHARGED")] == ["inlet02.1"]
        assert made.boards.direct.landed_kg() == 30 and made.memory.books.balance == 0
    assert made.boards.direct.network.two_open_ms == 0


def test_a_station_that_falls_silent_ends_the_run_and_is_cleared_later() -> None:
    made = rig((1, 0, 30), (2, 0, 30))
    ask(made, "inlet01.1", "inlet02.1")
    made.until(lambda: made.state is S.SPACING, 200)
    made.boards.station_silent = True
    made.until(lambda: made.state is S.IDLE, 3)
    assert made.memory.books.flying
    made.boards.station_silent = False
    made.until(lambda: made.state is S.PRECHECK, 400)
    made.until(lambda: made.state is S.IDLE, 400)
    assert not made.memory.books.flying and made.memory.books.balance == 0
    assert made.boards.direct.landed_kg() == 30


def test_a_container_is_changed_by_its_steps() -> None:
    made = rig((1, 0, 30))
    ask(made, "inlet01.1")
    made.until(lambda: made.state is S.IDLE, 600)
    image = made.boards.image(made.now)
    with pytest.raises(requests.RefusedError, match="no container 4; containers: 1, 2, 3"):
        requests.change(made.control, 4, image)
    requests.change(made.control, 1, image)
    made.until(lambda: bool(list(made.named("CONTAINER_MAY_LEAVE"))), 20)
    made.boards.direct.undock(0)
    made.until(lambda: bool(list(made.named("CONTAINER_TAKEN"))), 5)
    made.start()  # a restart on the way
    made.boards.direct.exchange(0)
    made.until(lambda: made.state is S.IDLE, 20)
    (taken,) = made.named("CONTAINER_TAKEN")
    assert taken.body["kg"] == 30
    assert made.memory.books.landed == {} and made.memory.books.all_landed == 30_000
    assert made.memory.books.balance == 0 and made.memory.scales[1] == 0


def test_the_station_is_not_ordered_about_while_all_is_well() -> None:
    made = rig((1, 0, 30))
    ask(made, "inlet01.1")
    made.until(lambda: made.state is S.IDLE, 600)
    commands = [order.command for _at, order in made.boards.orders if order.board == STATION]
    assert commands == ["FANS_START", "AV_OPEN", "SPEED", "WASTE", "PURGE", "SPEED", "FANS_STOP"]
