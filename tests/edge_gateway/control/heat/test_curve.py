"""Weather compensation, summer shut-off, and an outdoor temperature that goes away."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_gateway.control.heat.curve import Needs, Outdoor, supply
from edge_gateway.control.heat.image import Season
from edge_gateway.control.heat.plant import CLIMATE, Building, Curve, Law
from tests.edge_gateway.control.heat.harness import Bench, image

MINUTE, HOUR = 60_000, 3_600_000


@pytest.mark.parametrize(
    ("outdoor", "wanted"), [(-20, 50.0), (-5, 50.0), (0, 46.25), (5, 42.5), (10, 38.75), (15, 35.0), (30, 35.0)]
)
def test_the_curve_is_straight_between_its_points_and_level_beyond(outdoor: float, wanted: float) -> None:
    assert supply(Curve(), outdoor) == pytest.approx(wanted)


@given(st.floats(-40, 40), st.floats(-40, 40))
def test_colder_weather_never_gets_colder_water_and_none_leaves_35_to_50(one: float, other: float) -> None:
    cold, warm = sorted((one, other))
    assert 35.0 <= supply(Curve(), warm) <= supply(Curve(), cold) <= 50.0


def test_the_neediest_building_decides_and_each_has_a_limit_with_a_band() -> None:
    needs = Needs(Law(), [Building("old", Curve(-5, 50, 15, 35), 16), Building("new", Curve(-5, 40, 15, 35), 14)])
    assert needs.step(5.0).who == "old"
    assert needs.step(17.0).supply is None, "warm enough for both"
    assert needs.step(15.0).supply is None, "not cold enough to begin again: 2 K below the limit"
    assert needs.step(13.9).who == "old" and needs.step(15.9).who == "old"
    assert needs.step(5.0, less=1.0).supply == supply(Curve(), 6.0), "1 K of room is as 1 K of weather"


def test_a_warm_day_is_told_and_another_season_is_the_boards_business() -> None:
    bench = Bench()
    bench.run(2, image(outdoor=5.0))
    assert bench.value("heating") == 42.5 and "curve of district at 5.0 degC outside (measured)" in bench.why("heating")
    bench.run(2, image(outdoor=18.0))
    assert bench.value("heating") == 35.0, "told nothing the board would go on with its own, which is more"
    assert bench.why("heating").startswith("summer shut-off: 18.0 degC outside")
    bench.run(2, image(outdoor=18.0, season=Season.DHW))
    assert bench.value("heating") is None and bench.why("heating") == "season: hot water only"


def test_a_valve_is_not_moved_for_a_tenth_of_a_kelvin() -> None:
    bench, told = Bench(), set()
    for hundredth in range(50):
        bench.run(1, image(outdoor=5.0 + hundredth / 100))
        told.add(bench.value("heating"))
    assert told == {42.5, 42.2}, "0.3 K of supply between them"


def test_a_cut_wire_holds_then_drifts_to_the_month_and_comes_back_as_slowly() -> None:
    outdoor = Outdoor(Law(), CLIMATE)
    assert outdoor.step(-8.0, 1, 0).source == "measured"
    held = outdoor.step(None, 1, 2 * HOUR)
    assert (held.value, held.source) == (-8.0, "last value")
    after = [outdoor.step(None, 1, 2 * HOUR + hour * HOUR) for hour in range(1, 20)]
    assert (after[0].value, after[0].source) == (-7.0, "climate")
    assert after[-1].value == CLIMATE[0], "January's mean, in the end"
    back = [outdoor.step(12.0, 1, 21 * HOUR + hour * HOUR) for hour in range(1, 12)]
    assert back[0].value == 5.0 and back[0].source == "climate", "it may be another sensor, wired wrongly"
    assert back[-1].source == "measured"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(-30, 40)), min_size=2, max_size=60), st.integers(1, 12))
def test_no_wire_makes_a_season(seen: list[float | None], month: int) -> None:
    """Without a reading, and for hours after one that was gone for long, it moves by no more than 1 K/h."""
    outdoor, believed = Outdoor(Law(), CLIMATE), []
    for step, value in enumerate(seen):
        believed.append(outdoor.step(value, month, step * 30 * MINUTE))
    for before, after in pairwise(believed):
        if after.source != "measured" and before.source == "measured":
            assert after.value == pytest.approx(before.value, abs=0.51)
        if after.source == "climate" and before.source == "climate":
            assert abs(after.value - before.value) <= 0.5 + 1e-9


def test_a_lost_outdoor_sensor_is_told() -> None:
    bench = Bench()
    bench.run(1, image(outdoor=2.0))
    bench.run(10, image(outdoor=None))
    bench.run(2 * 3600 + 120, image(outdoor=None), step_ms=30_000)
    told = [(note.body["source"], note.alarm) for note in bench.notes if note.name == "HEAT_OUTDOOR"]
    assert told == [("measured", False), ("last value", False), ("climate", True)]
