"""Set-points in their bands, whatever is seen and ordered; who decides; the back-up; the data centre's heat."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_gateway.control.energy.signals import Heat
from edge_gateway.control.heat.bands import SETTABLE
from edge_gateway.control.heat.dispatch import Order
from edge_gateway.control.heat.image import Image, Machine, Phase, Power, Season
from edge_gateway.control.heat.plant import Building, Curve, Plant
from tests.edge_gateway.control.heat.harness import NOON, STANDS, Bench, image, power

NIGHT = 23 * 60

known = st.one_of(st.none(), st.floats(-20, 90))
powers = st.builds(
    Power,
    row=st.just("row"),
    heat=st.sampled_from(list(Heat)),
    spare=st.one_of(st.none(), st.floats(-2000, 2000)),
    shed=st.sampled_from([0, 0, 0, 2, 3]),
)
machines = st.builds(Machine, phase=st.one_of(st.none(), st.sampled_from(list(Phase))), fault=st.sampled_from([0, 7]))
names = st.one_of(st.just(()), st.just(("CAUSE",)))
images = st.builds(
    Image,
    heard=st.just(True),
    season=st.one_of(st.none(), st.sampled_from(list(Season))),
    outdoor=known,
    supply=known,
    it_out=known,
    it_heat=st.one_of(st.none(), st.floats(0, 1000)),
    machines=st.tuples(machines, machines, machines),
    eh1=st.one_of(st.none(), st.floats(0, 300)),
    no_back_up=names,
    no_machines=names,
    source_lost=names,
    power=powers,
)
orders = st.dictionaries(st.sampled_from(sorted(SETTABLE)), st.floats(0, 1), max_size=4)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(images, st.integers(1, 4000)), min_size=1, max_size=6), orders, st.integers(0, 1439))
def test_no_set_point_leaves_its_band_and_no_row_is_broken(
    seen: list[tuple[Image, int]], ordered: dict[str, float], minute: int
) -> None:
    bench = Bench(minute=minute)
    for name, share in ordered.items():
        row = SETTABLE[name]
        wanted = row.low + share * (row.high - row.low)
        bench.heat.order(name, round(wanted) if row.scale == 1 else wanted, 10**9, "somebody", 0)
    for each, seconds in seen:
        bench.run(seconds, each, step_ms=1000 * seconds)
        made = bench.heat.dispatched
        assert made is not None
        for name, row in SETTABLE.items():
            value = made[name].value
            assert value is None or row.low <= value <= row.high, name
        heat, shed = each.power.heat, each.power.shed
        eh1, count = made["eh1"].value, made["machines"].value
        assert eh1 is not None and count is not None
        if 0 < shed <= 2 or heat is Heat.ISLAND:
            assert count == 0
        if shed or heat in (Heat.ISLAND, Heat.EH1_OFF, Heat.RETURN) or each.no_back_up:
            assert eh1 == 0
        if shed == 3 or heat is Heat.EH1_OFF:
            assert count <= 1
        if heat in (Heat.NO_POWER_TO_HEAT, Heat.STAGE_DOWN) and not bench.heat.lost:
            assert eh1 == 0 or "EH1 takes hot water over" in made["eh1"].why or made["eh1"].held_by is not None
        if heat is not Heat.SURPLUS:
            assert "charge" in ordered or made["charge"].value == 62.0
            assert "buffer" in ordered or made["buffer"].value == 0.0
        fans = made["fans"].value
        assert fans is not None and 30.0 <= fans <= 100.0
        if each.it_out is None or 40.0 - each.it_out <= 5.0:
            assert fans == 100.0, "IT cooling outranks the curfew"


def test_the_curfew_quietens_the_cooler_while_it_has_margin() -> None:
    bench = Bench(minute=NIGHT)
    bench.run(1, image(it_out=34.0))
    assert bench.value("fans") == 70.0 and "curfew" in bench.why("fans")
    bench.run(1, image(it_out=35.5))
    decision = bench.heat.dispatched
    assert decision is not None and decision["fans"].value == 100.0
    curfew = next(limit for limit in decision["fans"].limits if limit.order is Order.CURFEW)
    assert not curfew.granted, "it asks, and is told who outranks it"
    bench.run(1, image(it_out=None))
    assert bench.value("fans") == 100.0
    bench.minute = NOON
    bench.run(1, image(it_out=34.0))
    assert bench.value("fans") == 100.0


@pytest.mark.parametrize(
    ("minute", "held"), [(21 * 60 + 59, False), (22 * 60, True), (0, True), (5 * 60 + 59, True), (6 * 60, False)]
)
def test_the_curfew_goes_over_midnight(minute: int, held: bool) -> None:
    assert Plant().curfew.holds(minute) is held


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("dhw", 54.9, "hygiene band"),
        ("dhw", 62.1, "scald band"),
        ("charge", 65.5, "scald band"),
        ("charge", 50.0, "hygiene band"),
        ("heating", 20.0, "supply_min"),
        ("it", 27.5, "IT cooling comes first"),
        ("machines", 4.0, "there are no more"),
        ("machines", 1.5, "no whole number"),
    ],
)
def test_what_is_outside_a_band_is_refused_and_changes_nothing(name: str, value: float, said: str) -> None:
    bench = Bench()
    with pytest.raises(ValueError, match=said):
        bench.heat.order(name, value, 60_000, "", 0)
    assert not bench.heat.orders


def test_an_order_ends_by_itself_and_says_so() -> None:
    bench = Bench()
    bench.heat.order("heating", 38.0, 60_000, "balancing", 0)
    bench.run(59, image())
    assert bench.value("heating") == 38.0 and bench.why("heating") == "balancing"
    bench.run(2, image())
    assert bench.value("heating") == 42.5
    assert [note.body for note in bench.notes if note.name == "HEAT_ORDER_OVER"] == [{"name": "heating", "value": 38.0}]


def test_nothing_is_decided_for_a_board_that_is_not_heard_or_may_not_be_told() -> None:
    bench = Bench()
    bench.run(2, image())
    bench.run(2, image(heard=False))
    assert bench.heat.dispatched is None
    bench.run(2, image(refusal="heat1 is in mode LOCAL, not AUTO"))
    assert bench.heat.dispatched is None


def cold(**given: Any) -> Image:
    """The supply misses 4 K."""
    return image(supply=38.5, **given)


def test_heat_pumps_lead_and_the_heater_lags() -> None:
    bench = Bench()
    bench.run(20 * 60, cold(running=2))
    assert bench.value("eh1") == 0.0, "a machine more can run: that comes first"
    bench.run(9 * 60, cold(running=3))
    assert bench.value("eh1") == 0.0
    bench.run(2 * 60, cold(running=3))
    assert bench.value("eh1") == 50.0 and "EH1 takes hot water over" in bench.why("eh1")
    bench.run(10 * 60, cold(running=3))
    assert bench.value("eh1") == 100.0
    bench.run(11 * 60, image(running=3))
    assert bench.value("eh1") == 50.0, "and it is the first to go"
    bench.run(1, image(running=3, supply=None))
    assert bench.value("eh1") == 0.0


def test_a_machine_that_is_broken_is_not_waited_for_and_a_stage_that_was_taken_neither() -> None:
    bench = Bench()
    broken = (*image(running=2).machines[:2], Machine(Phase.OFF, fault=3))
    bench.run(11 * 60, cold(machines=broken))
    assert bench.value("eh1") == 50.0
    bench = Bench()
    bench.run(11 * 60, cold(running=2, power=power(Heat.STAGE_DOWN)))
    assert bench.value("eh1") == 50.0, "back-up is a need and no power-to-heat: the row leaves it"


def test_when_the_data_centre_has_no_heat_hot_water_comes_first_within_ten_minutes() -> None:
    for lost in (
        image(it_heat=20.0),
        image(source_lost=("IT_FLOW",)),
        image(no_machines=("FIRE",), machines=(STANDS, STANDS, STANDS)),
    ):
        bench = Bench()
        bench.run(60, image(power=power(Heat.SURPLUS)))
        assert bench.value("buffer") == 5.0
        bench.run(4 * 60, lost)
        assert bench.value("eh1") == 0.0
        bench.run(2 * 60, lost)
        assert bench.value("eh1") == 150.0 and bench.why("eh1").startswith("hot water first: ")
        assert bench.value("buffer") == 0.0
        (note,) = (note for note in bench.notes if note.name == "HEAT_LOST")
        assert note.alarm
        bench.run(2, image())
        assert bench.value("eh1") == 0.0 and bench.notes[-1].name == "HEAT_BACK"


def test_even_a_plant_that_was_described_wrongly_asks_for_nothing_outside_the_bands() -> None:
    hot = Plant(dhw=70.0, store=80.0, surplus_store=90.0, buildings=(Building("old", Curve(supply_cold=80.0)),))
    bench = Bench(hot)
    bench.run(1, image(outdoor=-10.0, power=power(Heat.SURPLUS)))
    assert [bench.value(name) for name in ("dhw", "charge", "heating")] == [62.0, 65.0, 50.0]
    made = bench.heat.dispatched
    assert made is not None and made["dhw"].held_by is not None and made["dhw"].held_by.order is Order.SAFETY
