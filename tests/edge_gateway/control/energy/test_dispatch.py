"""The dispatch of one second, as a table: what is seen on the left, set-points and who decided on the right."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_gateway.control.energy.battery import keep_soc
from edge_gateway.control.energy.dispatch import Cap, Dispatch, Situation, Wish, dispatch
from edge_gateway.control.energy.limits import Order
from edge_gateway.control.energy.plant import Law, Plant
from edge_gateway.control.energy.state import State
from tests.edge_gateway.control.energy.harness import image

PLANT = Plant()
IMPORT, EXPORT = Cap(1280.0, "import cap"), Cap(200.0, "export cap")


def made(state: State = State.OPTIMISE, wish: float = 0.0, previous: float = 0.0, **given: Any) -> Dispatch:
    own = {name: given.pop(name) for name in ("kept", "level", "ev_floor", "ev_given", "dt_s") if name in given}
    caps = {"import_cap": given.pop("import_cap", IMPORT), "export_cap": given.pop("export_cap", EXPORT)}
    return dispatch(
        Situation(image=image(**given), state=state, wish=Wish(wish, "plan"), previous=previous, **caps, **own)
    )


def at(**given: Any) -> dict[str, Any]:
    """What is seen."""
    return given


# fmt: off
ROWS = [
    # what is seen                                  wish   prev   battery  ev     pv   who decides     why
    (at(grid=300.0),                                0.0,   0.0,    0.0, 600.0, 495.0, None,           "plan"),
    # (1) import 1400 of 1280 - 10: the battery gives 130 at once, whatever the plan wants
    (at(grid=1400.0),                            -200.0,   0.0,  130.0,   0.0, 600.0, Order.IMPORT_CAP, "import cap"),
    # and it goes on giving while it is what keeps the import there
    (at(grid=1270.0, bat=130.0),                    0.0, 130.0,  130.0,   0.0, 600.0, Order.IMPORT_CAP, "import cap"),
    # a battery that can't: the vehicles give way, by as much as is missing
    (at(grid=1400.0, ev=300.0, discharge_max=50.0), 0.0,   0.0,   50.0, 220.0, 600.0, Order.IMPORT_CAP, "import cap"),
    (at(grid=1400.0, ev=300.0, kept=True),          0.0,   0.0,    0.0, 170.0, 600.0, None, "plan"),
    (at(grid=1400.0, ev=100.0, discharge_max=0.0),  0.0,   0.0,    0.0,   0.0, 600.0, None, "plan"),
    # nor one that doesn't follow (E9): what it gives by itself is all that counts
    (at(grid=1400.0, ev=300.0, bat=100.0, deaf=True), 0.0, 100.0,  230.0, 170.0, 600.0, Order.IMPORT_CAP, "import cap"),
    # what was given isn't taken back while nothing is missing, and grows with what there is
    (at(grid=1000.0, ev=100.0, ev_given=500.0),     0.0,   0.0,    0.0, 500.0, 600.0, None,           "plan"),
    (at(grid=1000.0, ev=100.0, ev_given=120.0),     0.0,   0.0,    0.0, 370.0, 600.0, None,           "plan"),
    (at(grid=1400.0, ev=300.0, ev_given=500.0, discharge_max=50.0), 0.0, 0.0, 50.0, 220.0, 600.0, Order.IMPORT_CAP, ""),
    # above 100 % no vehicle charges, whatever is left
    (at(grid=1700.0, ev=300.0, level=100),          0.0,   0.0,  430.0,   0.0, 600.0, Order.IMPORT_CAP, "import cap"),
    # charging from the grid ends where the cap is
    (at(grid=1200.0),                            -400.0,   0.0,  -50.0,  70.0, 600.0, Order.IMPORT_CAP, "ramp"),
    (at(grid=1200.0),                            -400.0, -40.0,  -70.0,  70.0, 600.0, Order.IMPORT_CAP, "import cap"),
    # (2) export 300 of 200 - 5: the battery takes 105 at once, the sun is held to what was exported beyond
    (at(grid=-300.0, pv=500.0),                     0.0,   0.0, -105.0, 600.0, 395.0, Order.SELF_CONSUMPTION, "own"),
    (at(grid=-300.0, pv=500.0, charge_max=0.0),     0.0,   0.0,    0.0, 600.0, 395.0, None, "plan"),
    # (3) close above the reserve nothing is given to the tariff, but the transformer still gets it
    (at(grid=300.0, soc=33.0),                    200.0,   0.0,    0.0, 600.0, 495.0, Order.RESERVE, "SoC 33 %"),
    (at(grid=1400.0, soc=33.0),                     0.0,   0.0,  130.0,   0.0, 600.0, Order.IMPORT_CAP, "import cap"),
    # (4) the battery never feeds the grid, and takes the sun's surplus before a tariff has a say
    (at(grid=40.0),                               300.0,  40.0,   40.0, 600.0, 235.0, Order.SELF_CONSUMPTION, "own"),
    (at(grid=-80.0, pv=400.0),                    100.0, -60.0,  -80.0, 600.0, 515.0, Order.SELF_CONSUMPTION, "own"),
    # (5) the plan, by 50 kW/s, with a dead band of 10 kW
    (at(grid=300.0),                              200.0,   0.0,   50.0, 600.0, 495.0, None, "plan; ramp"),
    (at(grid=300.0),                               57.0,  50.0,   50.0, 600.0, 495.0, None, "dead band"),
    (at(grid=300.0),                             -100.0,  30.0,    0.0, 600.0, 495.0, None, "passes 0"),
    # (0) what is not known, tripped or forbidden
    (at(grid=300.0, soc=None),                    200.0, 200.0,    0.0, 600.0, 495.0, Order.ABILITY, "SoC is not"),
    (at(grid=300.0, trips=("GAS",)),              200.0, 200.0,    0.0, 600.0, 495.0, Order.ABILITY, "GAS"),
    (at(grid=300.0, charge_max=None),            -200.0,   0.0,    0.0, 600.0, 495.0, Order.ABILITY, "no more"),
    (at(grid=300.0, shed=3),                        0.0,   0.0,    0.0,   0.0, 495.0, None, "plan"),
    # E4: the meter is lost
    (at(grid=None, ev_floor=80.0),                200.0, 300.0,  250.0,  80.0, 200.0, None, "(E4); ramp"),
    (at(grid=300.0, pv=None),                       0.0,   0.0,    0.0, 600.0, 200.0, None, "plan"),
    (at(grid=300.0, ev=None, ev_floor=80.0),        0.0,   0.0,    0.0,  80.0, 495.0, None, "plan"),
]
# fmt: on


@pytest.mark.parametrize(("seen", "wish", "previous", "battery", "ev", "pv", "who", "why"), ROWS)
def test_a_second(
    seen: dict[str, Any],
    wish: float,
    previous: float,
    battery: float,
    ev: float,
    pv: float,
    who: Order | None,
    why: str,
) -> None:
    got = made(wish=wish, previous=previous, **seen)
    held = got.battery.held_by
    assert (got.battery.kw, got.ev.kw, got.pv.kw) == pytest.approx((battery, ev, pv)), got
    assert (held.order if held is not None else None) is who
    assert why in got.battery.why


# fmt: off
STATES = [
    (State.OBSERVE,    at(grid=300.0),             0.0, 600.0, None),
    (State.OBSERVE,    at(grid=1400.0),          130.0,   0.0, None),   # the caps hold in every state
    (State.OBSERVE,    at(grid=None, ev_floor=9.0),  0.0,   9.0, 100 / 3),
    (State.GRID_EVENT, at(grid=300.0),             0.0, 600.0, None),
    (State.SHUTDOWN,   at(grid=300.0),             0.0,   0.0, 0.0),
    (State.ISLAND,     at(grid=0.0, bat=300.0),    0.0,   0.0, None),
    (State.ISLAND,     at(grid=0.0, soc=97.5),     0.0,   0.0, 50.0),   # PV gives way above 95 %
    (State.ISLAND,     at(grid=0.0, soc=None),     0.0,   0.0, 0.0),
]
# fmt: on


@pytest.mark.parametrize(("state", "seen", "battery", "ev", "pv_pct"), STATES)
def test_a_state_without_economics(
    state: State, seen: dict[str, Any], battery: float, ev: float, pv_pct: float | None
) -> None:
    got = made(state, wish=0.0 if state is State.OBSERVE else 400.0, **seen)
    assert (got.battery.kw, got.ev.kw, got.pv_pct) == (battery, ev, pytest.approx(pv_pct) if pv_pct else pv_pct)


def test_an_order_tightens_and_its_reason_is_told() -> None:
    got = made(import_cap=Cap(500.0, "import cap by order: feeder work"), grid=600.0)
    assert got.battery.kw == 110.0 and "feeder work" in got.battery.why


def test_the_soc_keeper_stays_within_50_kw() -> None:
    assert [keep_soc(Law(), soc, 50.0) for soc in (50.0, 52.0, 60.0, 45.0)] == [0.0, 20.0, 50.0, -50.0]


MAYBE = st.none() | st.floats(-3000, 3000)


@settings(max_examples=300, deadline=None)
@given(
    state=st.sampled_from(State),
    grid=MAYBE,
    bat=st.none() | st.floats(-600, 600),
    soc=st.none() | st.floats(0, 100),
    pv=st.none() | st.floats(0, 700),
    ev=st.none() | st.floats(0, 800),
    charge_max=st.none() | st.floats(0, 600),
    discharge_max=st.none() | st.floats(0, 600),
    trips=st.sampled_from([(), ("GAS",)]),
    wish=st.floats(-2000, 2000),
    previous=st.floats(-500, 500),
    kept=st.booleans(),
    level=st.sampled_from([0, 80, 100, 110]),
    dt_s=st.floats(0, 10),
)
def test_no_set_point_is_beyond_a_limit_whatever_is_seen(previous: float, wish: float, **seen: Any) -> None:
    state = seen.pop("state")
    got = made(state, wish, previous, ev_floor=80.0, **seen)
    kw, low, high = got.battery.kw, -(seen["charge_max"] or 0.0), seen["discharge_max"] or 0.0
    dead = bool(seen["trips"]) or seen["soc"] is None or state in (State.SHUTDOWN, State.INIT)
    low, high = max(low, -500.0), min(0.0 if seen["kept"] else high, 500.0)
    assert abs(kw) < 1e-6 if dead else low - 1e-6 <= kw <= high + 1e-6, got.battery
    assert kw * previous >= 0, "charge and discharge never follow each other without 0 between them"
    assert 0.0 <= got.ev.kw <= 600.0 and 0.0 <= got.pv.kw <= 600.0
    metered = seen["grid"] is not None and seen["bat"] is not None
    if state in (State.INIT, State.ISLAND, State.SHUTDOWN) or not metered:
        assert abs(kw) <= abs(previous) + 1e-6, "without meters it only goes to 0"
        return
    if seen["level"] >= 100:
        assert got.ev.kw == 0.0
    over = seen["grid"] + seen["bat"] - 1270.0
    room = seen["grid"] + seen["bat"] + 195.0
    if previous * over >= 0 or previous == 0:  # else it passes 0 first
        assert kw >= min(over, high) - 1e-6 if not dead else True, "the transformer gets all that the battery can"
    if previous * room >= 0 or previous == 0:
        assert dead or kw <= max(room, low, min(over, high)) + 1e-6, "and the export cap what the transformer leaves"


@settings(max_examples=100, deadline=None)
@given(grid=st.floats(-600, 2000), wish=st.floats(-600, 600), start=st.floats(-500, 500))
def test_a_steady_plant_settles_without_hunting(grid: float, wish: float, start: float) -> None:
    """The site takes the same all the time: the set-point comes to rest, and changes sign once at most."""
    site, battery = grid + start, start
    course = [battery]
    for _ in range(40):
        got = made(wish=wish, previous=battery, grid=site - battery, bat=battery)
        battery = got.battery.kw
        course.append(battery)
    assert course[-1] == pytest.approx(course[-2], abs=1e-6)
    signs = [kw > 0 for kw in course if abs(kw) > 1e-9]
    assert sum(a != b for a, b in pairwise(signs)) <= 1
