"""Leaving the grid and coming back, in steps of the 100 ms scan (domain brief §2b, §5)."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_gateway.control.energy.image import Image
from edge_gateway.control.energy.island import TABLE, Islanding, Wanted
from edge_gateway.control.energy.plant import BatteryFigures, GridFigures
from edge_gateway.control.energy.state import Island
from tests.edge_gateway.control.energy.harness import Bench, image

SCAN = 100


class Outage:
    """An island machine and its clock. `run` gives it one image for some seconds."""

    def __init__(self, **figures: Any) -> None:
        self.now = 0
        self.machine = Islanding(GridFigures(**figures), BatteryFigures(), 0)
        self.course: list[Island] = [Island.GRID_OK]
        self.alarms: list[str] = []

    def at(self) -> Island:
        """Its state."""
        return self.machine.state

    def returning(self) -> bool:
        """Whether tiers come back."""
        return self.machine.returning

    def run(self, seconds: float, **seen: Any) -> Wanted:
        for _ in range(round(1000 * seconds / SCAN)):
            self.now += SCAN
            for _come, to, alarm in self.machine.step(image(**seen), self.now):
                if self.course[-1] is not to:
                    self.course.append(to)
                if alarm:
                    self.alarms.append(alarm)
        return self.machine.wanted


AWAY: dict[str, Any] = {"there": False}
OPEN: dict[str, Any] = {"there": False, "closed": False}
FORMED: dict[str, Any] = {**OPEN, "forming": True, "shed": 3}
BACK: dict[str, Any] = {**FORMED, "there": True}


def test_an_outage_from_the_loss_to_the_last_tier() -> None:
    it = Outage()
    it.run(1)
    assert it.run(0.2, **AWAY) == Wanted(), "shorter than 200 ms is nothing"
    assert it.run(0.1, **AWAY) == Wanted(shed=3, open_qg=True), "EV, waste, EH1 go at once: well within 2 s"
    assert it.run(0.1, **OPEN, forming=True) == Wanted(shed=3, form=True)
    it.run(0.2, **OPEN, forming=True)
    assert it.run(1, **FORMED) == Wanted(shed=3, form=True)
    assert it.at() is Island.ISLAND
    it.run(299.9, **BACK)
    assert it.at() is Island.ISLAND
    assert it.run(0.3, **BACK) == Wanted(shed=3, form=True, close_qg=True)
    assert it.at() is Island.SYNC
    it.run(0.1, shed=3)
    assert it.at() is Island.GRID_OK and it.machine.wanted == Wanted(), "the board brings the tiers back, 60 s apart"
    it.run(60, shed=3)
    assert it.returning()
    it.run(0.1)
    back = it.now
    assert not it.returning()
    assert it.machine.ev_waits(back + 300_000 - SCAN) and not it.machine.ev_waits(back + 300_000)
    assert it.course == [
        Island.GRID_OK,
        Island.OPEN_QG,
        Island.GRID_FORMING,
        Island.SHED,
        Island.ISLAND,
        Island.SYNC,
        Island.GRID_OK,
    ]
    assert it.alarms == []


def test_a_flickering_grid_begins_its_300_s_anew_each_time() -> None:
    it = Outage()
    it.run(1, **AWAY)
    it.run(1, **FORMED)
    for _ in range(5):
        it.run(250, **BACK)
        it.run(0.1, **FORMED)
    assert it.at() is Island.ISLAND
    it.run(300, **BACK)
    assert it.at() is Island.ISLAND
    it.run(0.2, **BACK)
    assert it.at() is Island.SYNC
    it.run(0.1, **FORMED)
    assert it.at() is Island.ISLAND and not it.machine.wanted.close_qg, "and so while it synchronises"


def test_a_relay_that_can_not_be_read_opens_no_breaker_and_joins_none() -> None:
    it = Outage()
    assert it.run(60, there=None) == Wanted()
    assert it.at() is Island.GRID_OK
    it.run(1, **AWAY)
    it.run(1, **FORMED)
    it.run(299, **BACK)
    it.run(0.1, **FORMED | {"there": None})
    assert not it.run(299, **BACK).close_qg, "the 300 s began anew"


def test_a_dead_bus_is_started_black_with_both_tiers_off() -> None:
    it = Outage()
    it.run(0.5, **AWAY)
    it.run(0.6, **OPEN)
    assert it.at() is Island.BLACK_START
    assert it.machine.wanted == Wanted(shed=2, form=True), "nothing but tier 1 when the PCS starts"
    it.run(30, **OPEN)
    assert it.alarms == ["BLACK_START_WAITS"], "told once"
    it.run(1, **FORMED)
    assert it.at() is Island.ISLAND and it.machine.wanted.shed == 3, "then tier 2"


def test_a_grid_that_returns_to_a_dead_bus_is_joined_all_the_same() -> None:
    it = Outage()
    it.run(0.5, **AWAY)
    it.run(2, **OPEN)
    it.run(301, **OPEN | {"there": True})
    assert it.at() is Island.SYNC and it.machine.wanted.close_qg


def test_nothing_is_formed_while_the_breaker_is_not_proven_open() -> None:
    it = Outage()
    it.run(10, **AWAY)
    assert it.at() is Island.OPEN_QG and not it.machine.wanted.form
    assert it.alarms == ["QG_NOT_PROVEN_OPEN"]
    it.run(1, **OPEN, qg_unproven=True)
    assert it.at() is Island.OPEN_QG, "E10"
    it.run(1, there=True)
    assert it.at() is Island.GRID_OK, "a dip: it has never left"
    assert not it.machine.returning


def test_nothing_is_joined_while_the_breaker_can_not_be_trusted() -> None:
    it = Outage()
    it.run(1, **AWAY)
    it.run(1, **FORMED)
    it.run(400, **BACK, qg_unproven=True)
    assert it.at() is Island.ISLAND and not it.machine.wanted.close_qg


def test_an_island_below_its_reserve_sheds_tier_2_until_5_percent_more() -> None:
    it = Outage()
    it.run(1, **AWAY)
    for soc, shed in ((31.0, 3), (29.9, 2), (34.0, 2), (35.0, 3)):
        assert it.run(1, **FORMED, soc=soc).shed == shed, f"{soc} %"
    assert it.run(1, **FORMED, soc=None).shed == 2, "an unknown SoC is an empty one"


def test_a_gateway_that_starts_in_an_outage_goes_on_there() -> None:
    for seen, expected in ((FORMED, Island.ISLAND), (OPEN, Island.BLACK_START), (BACK, Island.ISLAND)):
        it = Outage()
        it.run(2, **seen)
        assert it.at() is expected
        assert it.machine.wanted.shed in (2, 3) and not it.machine.wanted.close_qg
    assert not it.alarms


def test_synchronising_that_takes_too_long_is_told_and_begins_anew() -> None:
    it = Outage()
    it.run(1, **AWAY)
    it.run(302, **BACK)
    assert it.at() is Island.SYNC
    it.run(60, **BACK)
    assert it.alarms == ["NOT_SYNCHRONISED"]


def test_a_plant_that_may_not_island_never_opens_by_itself() -> None:
    it = Outage(may_island=False)
    assert it.run(5, **AWAY) == Wanted()


def test_vehicles_get_nothing_in_an_island_and_wait_five_minutes_after_it() -> None:
    bench = Bench()
    bench.run(63, image())
    cars = {"connected": frozenset(range(40)), "charging": frozenset(range(40)), "ev": 50.0}
    assert bench.run(30, image(**cars)).allocation.amps > 6
    assert bench.run(2, image(**cars, **AWAY)).allocation.enabled == frozenset()
    bench.run(2, image(**cars, **FORMED))
    bench.run(302, image(**cars, **BACK))
    bench.run(60, image(**cars, shed=3))
    assert bench.ems.signal.name == "grid back"
    assert bench.run(299, image(**cars)).allocation.enabled == frozenset(), "their tier, then five minutes"
    assert len(bench.run(3, image(**cars)).allocation.enabled) == 8
    assert len(bench.run(10, image(**cars)).allocation.enabled) == 16, "a few more every ten seconds"


FLAGS = st.none() | st.booleans()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(FLAGS, FLAGS, st.booleans(), st.booleans(), st.none() | st.floats(0, 100), st.integers(1, 4000)),
        max_size=30,
    )
)
def test_whatever_is_seen_it_never_closes_early_and_never_forms_on_a_closed_breaker(story: list[Any]) -> None:
    machine, now, back = Islanding(GridFigures(), BatteryFigures(), 0), 0, 0
    for there, closed, forming, unproven, soc, scans in story:
        seen: Image = image(there=there, closed=closed, forming=forming, qg_unproven=unproven, soc=soc)
        for _ in range(min(scans, 40)):
            now += SCAN * (scans // 40 + 1)
            machine.step(seen, now)
            back = back or now if there else 0
            wanted = machine.wanted
            if wanted.close_qg:
                assert there and now - back >= 300_000
            if wanted.form and machine.state is not Island.OPEN_QG:
                assert machine.state is not Island.GRID_OK
            if machine.state is not Island.GRID_OK:
                assert wanted.shed in (2, 3)
            assert not (wanted.open_qg and wanted.close_qg)


def test_each_state_has_a_row() -> None:
    assert set(TABLE) == set(Island)
