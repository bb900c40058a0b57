"""The energy management over time: its state table as a logbook, restarts in every state, what is told to others."""

from __future__ import annotations

from typing import Any

import pytest

from edge_gateway.control.energy.ems import When
from edge_gateway.control.energy.image import Image
from edge_gateway.control.energy.lost import HOLD_MS, TABLE
from edge_gateway.control.energy.plan import SLOT_MS, Plan, Slot
from edge_gateway.control.energy.plant import Plant
from edge_gateway.control.energy.sequence import TABLE as STATES
from edge_gateway.control.energy.state import State
from tests.edge_gateway.control.energy.harness import NOON, Bench, image

CALM = image()


def at(**given: Any) -> Image:
    return image(**given)


# fmt: off
LOGBOOK = [
    # for s   what is seen                                      then it is in          battery (kW)
    (  1,     at(heard=False),                                  State.INIT,            None),
    (  1,     at(heard=True, refusal="in mode LOCAL"),          State.INIT,            None),
    (  1,     CALM,                                             State.OBSERVE,         0.0),
    ( 58,     CALM,                                             State.OBSERVE,         0.0),
    (  2,     CALM,                                             State.OPTIMISE,        0.0),
    # a meter that is away for less than 2 s changes nothing; then it has to be good for 60 s again
    (  1,     at(grid=None),                                    State.OPTIMISE,        0.0),
    (  1,     CALM,                                             State.OPTIMISE,        0.0),
    (  3,     at(grid=None),                                    State.OBSERVE,         0.0),
    ( 60,     CALM,                                             State.OBSERVE,         0.0),
    (  2,     CALM,                                             State.OPTIMISE,        0.0),
    # the transformer above 80 % for 5 s; over when it was below 75 % for 60 s
    (  4,     at(grid=1290.0, discharge_max=0.0),               State.OPTIMISE,        0.0),
    (  2,     at(grid=1290.0, discharge_max=0.0),               State.PEAK_SHAVE,      0.0),
    ( 59,     CALM,                                             State.PEAK_SHAVE,      0.0),
    (  2,     CALM,                                             State.RECOVER,         0.0),
    ( 11,     CALM,                                             State.OPTIMISE,        0.0),
    # at the export cap for 3 s
    (  2,     at(grid=-195.0, pv=600.0, charge_max=0.0),        State.OPTIMISE,        0.0),
    (  2,     at(grid=-195.0, pv=600.0, charge_max=0.0),        State.EXPORT_LIMIT,    0.0),
    ( 62,     CALM,                                             State.RECOVER,         0.0),
    # a grid in trouble, for a second at least, and 10 s after its end
    (  1,     at(volts=190.0),                                  State.RECOVER,         0.0),
    (  2,     at(volts=190.0),                                  State.GRID_EVENT,      0.0),
    (  5,     CALM,                                             State.GRID_EVENT,      0.0),
    ( 12,     CALM,                                             State.RECOVER,         0.0),
    # fire stops everything, and it is over when the board says so
    (  1,     at(shutdown=("FIRE",)),                           State.SHUTDOWN,        0.0),
    ( 30,     at(shutdown=("FIRE",)),                           State.SHUTDOWN,        0.0),
    (  1,     CALM,                                             State.RECOVER,         0.0),
    # the grid is away
    (  1,     at(grid=0.0, there=False, bat=300.0),             State.RECOVER,         0.0),
    (  1,     at(grid=0.0, there=False, bat=300.0),             State.ISLAND,          0.0),
    # a board that falls silent is commanded no more
    (  1,     at(heard=False),                                  State.INIT,            None),
]
# fmt: on


def test_the_logbook() -> None:
    bench = Bench()
    for row, (seconds, seen, state, battery) in enumerate(LOGBOOK):
        ems = bench.run(seconds, seen)
        made = ems.dispatched
        assert (ems.state, None if made is None else made.battery.kw) == (state, battery), f"row {row}: {ems.why}"
    alarms = [note.body["to"] for note in bench.notes if note.alarm and note.name == "ENERGY_STATE"]
    assert alarms == [State.SHUTDOWN, State.ISLAND]


def test_every_state_has_a_row_and_can_be_reached_and_left() -> None:
    assert set(STATES) == set(State)
    targets = {way.to for ways in STATES.values() for way in ways}
    assert targets == {State.OBSERVE, State.OPTIMISE, State.PEAK_SHAVE, State.EXPORT_LIMIT, State.RECOVER}
    for state in State:
        assert Bench().in_state(state).state is state


@pytest.mark.parametrize("state", [state for state in State if state is not State.INIT])
@pytest.mark.parametrize("held", [0.0, 220.0, -180.0])
def test_a_restart_in_any_state_is_no_kick(state: State, held: float) -> None:
    """Killed and started again while the PCS holds a set-point: the next ones follow from it by the ramp."""
    causes: dict[State, dict[str, Any]] = {
        State.PEAK_SHAVE: {"grid": 1100.0},
        State.GRID_EVENT: {"volts": 190.0},
        State.ISLAND: {"there": False, "closed": False, "forming": True},
        State.SHUTDOWN: {"shutdown": ("FIRE",)},
    }
    cause = causes.get(state, {})
    bench = Bench()
    bench.run(1, image(bat=held, sp=held, heard=False))
    bench.run(1, image(bat=held, sp=held, **cause))
    last = held
    assert bench.ems.dispatched is not None
    for _ in range(90):
        kw = bench.battery
        stopped = bench.ems.state is State.SHUTDOWN and kw == 0.0
        assert stopped or abs(kw - last) <= 50.0 + 1e-9, f"{last} to {kw} in {bench.ems.state}"
        last = kw
        bench.run(1, image(**{"bat": last, "sp": last, "grid": 300.0 + held - last, **cause}))
    if cause and state is not State.PEAK_SHAVE:
        assert bench.ems.state is state, "what is seen brings it back to where it was"


def test_after_an_island_it_goes_on_from_what_the_battery_gave() -> None:
    bench = Bench()
    bench.in_state(State.ISLAND)
    bench.run(5, image(grid=0.0, bat=353.0, sp=497.0, there=False, closed=False, forming=True, shed=3))
    bench.run(310, image(grid=0.0, bat=353.0, sp=497.0, closed=False, forming=True, shed=3))
    bench.run(1, image(grid=0.0, bat=353.0, sp=497.0, shed=3))
    assert bench.ems.state is State.RECOVER and bench.battery == 343.0, "not from 497, and not from 0: by 10 kW/s"


def test_a_restart_holds_the_caps_before_it_has_observed() -> None:
    bench = Bench()
    bench.run(1, image(grid=1250.0, bat=200.0, sp=200.0))
    assert bench.ems.state is State.OBSERVE
    assert bench.battery == 200.0, "what stands is held"
    bench.run(1, image(grid=1290.0, bat=200.0, sp=200.0))
    assert bench.battery == 220.0, "but for what the transformer needs"
    bench.run(2, image(grid=-190.0, bat=200.0, sp=200.0))
    assert bench.battery == pytest.approx(120.0), "and for what would go into the grid: by the ramp"


def test_recovering_is_gentle_and_economics_follow() -> None:
    bench = Bench(minute=19 * 60)  # peak price: the battery covers the site
    bench.in_state(State.GRID_EVENT)
    bench.run(12, image())
    course = []
    battery = bench.battery
    for _ in range(40):
        bench.run(1, image(grid=300.0 - battery, bat=battery))
        course.append(bench.battery - battery)
        battery = bench.battery
    assert bench.ems.state is State.OPTIMISE and battery == pytest.approx(300.0, abs=10.0)
    assert max(course) <= 50.0 and course[0] <= 10.0, "10 kW/s while it recovers"


def slots(kw: float, soc: float, peak: float = 1e9) -> Plan:
    return Plan("optimiser", 0, soc, (Slot(kw, 0.0, soc), Slot(kw, 0.0, soc)), peak)


def test_the_plan_is_followed_while_it_is_fresh_and_the_rules_after_that() -> None:
    bench = Bench()
    ems = bench.in_state(State.OPTIMISE)
    ems.follow(slots(120.0, 60.0), 0)
    bench.run(10, image(grid=400.0))
    assert bench.battery == 120.0 and bench.rules() == ""
    bench.run(10, image(grid=400.0, soc=58.0))
    assert bench.battery == 100.0, "2 % below the plan: 20 kW less"
    for _ in range(10):
        bench.now += 1000
        ems.step(image(grid=400.0), bench.now, When(2 * SLOT_MS + 1, NOON))
    assert bench.rules() == "the plan doesn't reach so far" and bench.battery == 0.0
    ems.follow(None, 0, "infeasible")
    bench.now += 1000
    ems.step(image(grid=400.0), bench.now, When(3_000_000, NOON))
    assert bench.rules() == "the plan is 50 min old; infeasible"
    assert "rules: flat price" in (ems.dispatched.battery.why if ems.dispatched else "")


def test_the_plans_peak_is_kept_when_the_load_is_higher_than_forecast() -> None:
    bench = Bench()
    bench.in_state(State.OPTIMISE).follow(slots(0.0, 60.0, peak=350.0), 0)
    bench.run(10, image(grid=500.0))
    assert bench.battery == 150.0


@pytest.mark.parametrize(
    ("name", "minute", "soc", "net", "wanted"),
    [
        ("peak", 19 * 60, 60.0, 300.0, 300.0),
        ("peak", 19 * 60, 60.0, -100.0, -100.0),
        ("peak", 19 * 60, 20.0, 300.0, -50.0),
        ("flat", NOON, 60.0, 300.0, 0.0),
        ("flat", NOON, 80.0, 300.0, 300.0),
        ("valley", 7 * 60, 85.0, 300.0, 0.0),
        ("valley", 6 * 60, 45.0, 300.0, -207.25),
    ],
)
def test_the_rules_by_time_of_day(name: str, minute: int, soc: float, net: float, wanted: float) -> None:
    bench = Bench()
    bench.in_state(State.OPTIMISE)
    bench.minute = minute
    battery = 0.0
    for _ in range(20):
        bench.run(1, image(grid=net - battery, bat=battery, soc=soc))
        battery = bench.battery
    assert battery == pytest.approx(wanted, abs=10.0 if wanted else 0.0), name


def test_a_plant_without_a_battery_and_without_vehicles_keeps_its_caps() -> None:
    bench = Bench(Plant(battery=None))
    bench.run(63, image(soc=None))
    assert bench.ems.state is State.OPTIMISE
    made = bench.run(1, image(grid=1400.0, soc=None, ev=300.0)).dispatched
    assert made is not None and (made.battery.kw, made.ev.kw) == (0.0, 170.0)
    bench = Bench(Plant(ev=None))
    made = bench.run(63, image(grid=1400.0)).dispatched
    assert made is not None and (made.battery.kw, made.ev.kw) == (130.0, 0.0)


def test_the_reserve_for_the_critical_board_has_hysteresis() -> None:
    bench = Bench()
    bench.in_state(State.OPTIMISE)
    overload = {"grid": 1500.0, "ev": 0.0}
    for soc, kw in ((31.0, 230.0), (30.0, 0.0), (34.0, 0.0), (35.0, 230.0)):
        bench.run(1, image(soc=soc, **overload))
        assert bench.battery == kw, f"{soc} %"


def test_an_order_ends_by_itself() -> None:
    bench = Bench()
    ems = bench.in_state(State.OPTIMISE)
    ems.order("import", 200.0, 5_000, "feeder work", bench.now)
    bench.run(4, image(grid=300.0))
    assert bench.battery == 110.0
    ems.order("export", 900.0, 60_000, "more", bench.now)
    assert ems.caps(bench.now)["export"].kw == 200.0, "an order never widens"
    bench.run(10, image(grid=300.0))
    assert bench.battery == 0.0 and ems.caps(bench.now)["import"].kw == 1280.0


# fmt: off
SIGNALS = [
    (  0, at(),                                                 "normal",            False, False, False),
    (590, at(grid=-60.0, pv=400.0, soc=85.0),                   "normal",            False, False, False),
    (610, at(grid=-60.0, pv=400.0, soc=85.0),                   "PV surplus",        True,  False, False),
    (610, at(grid=-60.0, pv=400.0, soc=60.0),                   "normal",            False, False, False),
    (610, at(grid=-60.0, pv=None,  soc=85.0),                   "normal",            False, False, False),
    (  2, at(soc=29.0),                                         "SoC < 30 %",        False, True,  False),
    (  7, at(grid=1300.0, discharge_max=0.0),                   "transformer > 80 %", False, True, False),
    (  7, at(grid=1300.0, discharge_max=0.0, soc=29.0),         "transformer > 80 %", False, True, False),
    (  4, at(grid=1650.0, discharge_max=0.0),                   "transformer > 100 %", False, False, True),
    (  2, at(grid=1800.0, discharge_max=0.0, there=False),      "grid lost",         False, False, True),
]
# fmt: on


@pytest.mark.parametrize(("seconds", "seen", "row", "surplus", "defer", "forbid"), SIGNALS)
def test_what_the_others_hear(seconds: int, seen: Image, row: str, surplus: bool, defer: bool, forbid: bool) -> None:
    bench = Bench()
    bench.in_state(State.OPTIMISE)
    ems = bench.run(seconds, seen)
    told = ems.signal.waste
    assert (ems.signal.name, told.surplus, told.defer, told.forbid) == (row, surplus, defer, forbid)


def test_a_surplus_is_over_after_five_minutes_of_need() -> None:
    bench = Bench()
    bench.in_state(State.OPTIMISE)
    bench.run(610, image(grid=-60.0, pv=400.0, soc=85.0))
    assert bench.ems.signal.name == "PV surplus"
    bench.run(290, image(grid=30.0, pv=300.0, soc=85.0))
    assert bench.ems.signal.name == "PV surplus"
    bench.run(20, image(grid=30.0, pv=300.0, soc=85.0))
    assert bench.ems.signal.name == "normal"


def test_a_signal_that_comes_from_soc_rising() -> None:
    bench = Bench()
    bench.in_state(State.OPTIMISE)
    for minute in range(11):
        bench.run(60, image(grid=-60.0, pv=400.0, soc=50.0 + 0.2 * minute))
    assert bench.ems.signal.name == "PV surplus"


def test_the_table_of_lost_signals_is_whole() -> None:
    """Each row says for how long and what then, once. (The image can't be made of a signal that has no row.)"""
    assert len(HOLD_MS) == len(TABLE) and all(row.then and row.where and row.hold_ms >= 0 for row in TABLE)
    assert {"GM.P", "PCS.P", "BAT.SOC", "INV.W", "EV.P", "GRID.OK", "QG.ZCL", "plan", "board"} <= set(HOLD_MS)
