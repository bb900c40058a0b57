"""Requests that are refused: the reason, and what would release it."""

from __future__ import annotations

import pytest

from edge_gateway.control.waste import requests
from edge_gateway.control.waste.kpi import DAY_MS, Entry, kpis
from edge_gateway.control.waste.requests import Kind, RefusedError
from edge_gateway.control.waste.schedule import When
from edge_gateway.control.waste.state import State
from tests.edge_gateway.control.waste.test_sequence import rig
from tools.collection.rig import Rig

NIGHT = 23 * 60


def refused(made: Rig, fraction: str | None = None, inlet: str | None = None, minute: int = 720) -> RefusedError:
    when = When(made.when.utc_ms, minute)
    with pytest.raises(RefusedError) as error:
        requests.collect(made.control, made.boards.image(made.now), when, fraction, inlet, "test")
    return error.value


def test_names_that_do_not_exist() -> None:
    made = rig((1, 0, 30))
    error = refused(made, inlet="inlet1")
    assert (error.kind, error.reason) == (Kind.UNKNOWN, "no inlet `inlet1`") and "inlet" in error.release
    error = refused(made, fraction="perishible")
    assert error.kind is Kind.UNKNOWN and error.release.startswith("did you mean `perishable`")


def test_nothing_to_collect_and_curfew() -> None:
    made = rig()
    assert refused(made).reason == "these chutes are empty"
    error = refused(made, inlet="inlet01", minute=NIGHT)
    assert error.reason.startswith("curfew") and error.release == "from 06:00 on, or when a chute is full"


def test_a_board_that_can_not_be_used() -> None:
    made = rig((1, 0, 30))
    made.boards.other_parameters.add("inlet01")
    made.scan()
    error = refused(made, "perishable", "inlet01")
    assert error.reason == "inlet01.1 can't be emptied: other parameters than the site file: fraction1"
    assert error.release == "give the board the parameters of the site file, or correct that"


def test_one_run_at_a_time() -> None:
    made = rig((1, 0, 50))
    image = made.boards.image(made.now)
    assert requests.collect(made.control, image, made.when, "perishable", "inlet01", "test") == ["inlet01.1"]
    made.until(lambda: made.state is State.START, 60)
    error = refused(made)
    assert error.reason == "collect has to wait: run 1 is in START" and error.release == "when that run has ended"
    made.until(lambda: made.memory.run is None, 600)
    assert made.boards.direct.landed_kg() > 25
    with pytest.raises(RefusedError, match="nothing is tripped"):
        requests.reset(made.control, made.now)


def test_figures_of_a_period() -> None:
    run = {
        "kg": 500.0,
        "kwh": 14.0,
        "pulses": 16,
        "night": False,
        "landing_s": [90.0, 92.0],
        "fractions": {"other": 500.0},
        "filter_kpa": 0.9,
    }
    entries = [
        Entry(1_000, "waste", "RUN_ENDED", run),
        Entry(2_000, "waste", "RUN_ENDED", {**run, "night": True, "kwh": 16.0}),
        Entry(1_000, "inlet09.1", "CHUTE_FULL", {}),
        Entry(DAY_MS - 1_799_000, "inlet10.1", "CHUTE_FULL", {}),
        Entry(3_000, "waste", "WASTE_BLOCKED", {}),
        Entry(3_000, "inlet01.1", "CHUTE_EMPTIED", {"late": True}),
        Entry(4_000, "waste", "CONTAINER_TAKEN", {"level": 92.0}),
        Entry(DAY_MS // 2, "waste", "STATE", {"from": "BLOCKED", "to": "TRIPPED"}),
        Entry(DAY_MS // 2 + DAY_MS // 100, "waste", "STATE", {"from": "TRIPPED", "to": "IDLE"}),
    ]
    found = kpis(entries, 0, DAY_MS, 50)
    assert found["kwh_per_t"] == 30.0 and found["runs"] == 2 and found["night_runs"] == 1
    assert found["blockages_per_1000_pulses"] == 31.25 and found["late_chutes_pct"] == 4.0, "one still is full"
    assert found["availability_pct"] == 99.0 and found["pulse_to_landing_s"] == 91.0
    assert found["container_fill_at_change_pct"] == 92.0 and found["t_per_day"] == {"other": 1.0}
    assert found["filter_kpa"] == 0.9 and found["filter_kpa_per_day"] is None, "two runs are no trend"
    assert kpis([], 0, DAY_MS, 50)["kwh_per_t"] is None


def test_the_trend_of_the_filter() -> None:
    run = {"kg": 500.0, "kwh": 14.0, "pulses": 16, "night": False, "landing_s": [], "fractions": {}}
    ends = [Entry(DAY_MS * n // 4, "waste", "RUN_ENDED", {**run, "filter_kpa": 0.8 + 0.05 * n}) for n in range(5)]
    found = kpis([*ends, Entry(DAY_MS, "waste", "RUN_ENDED", {**run, "filter_kpa": None})], 0, DAY_MS, 50)
    assert found["filter_kpa"] == 0.9 and found["filter_kpa_per_day"] == 0.2
