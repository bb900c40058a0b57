"""Hygiene records: what a cycle reached, who flushed what when, what is still open, and what is due."""

from __future__ import annotations

import json
from typing import Any

import pytest

from edge_gateway.control.energy.ems import Note
from edge_gateway.control.heat.hygiene import CYCLE, OVERDUE, Hygiene, Kind, Result

DAY_MS = 86_400_000
MINUTE_MS = 60_000
TAPS = ("kitchen", "bath 1", "bath 2")


class Bench:
    """A store whose nodes all have `store` degC; looked at once in 2 s."""

    def __init__(self, memory: dict[str, Any] | None = None) -> None:
        self.records = Hygiene(TAPS, memory)
        self.store, self.back, self.supply = 60.0, 55.0, 60.0
        self.unknown: set[str] = set()
        self.now, self.utc = 1_000, 1_800_000_000_000
        self.notes: list[Note] = []

    def value(self, name: str) -> float | None:
        if name in self.unknown:
            return None
        return {"TT45": self.supply, "TT46": self.back}.get(name, self.store)

    def look(self, state: str, result: str = "none", ms: int = 2_000) -> None:
        self.now += ms
        self.utc += ms
        self.notes += self.records.step(self.value, state, "weekly", result, self.now, self.utc)

    def minutes(self, minutes: float, state: str) -> None:
        for _ in range(round(30 * minutes)):
            self.look(state)

    def pasteurise(self, hot_min: float = 61, result: str = "done") -> None:
        self.minutes(5, "PASTEURISE")
        self.store = 71.2
        self.minutes(hot_min, "PASTEURISE")
        self.store = 66.0
        self.look("RUN", result)

    def killed(self) -> Bench:
        after = Bench(json.loads(json.dumps(self.records.as_dict())))
        after.store, after.back, after.utc = self.store, self.back, self.utc
        return after


def test_a_pasteurise_that_reached_its_goal() -> None:
    bench = Bench()
    bench.look("RUN")
    bench.records.asked(Kind.PASTEURISE, "mei")
    bench.pasteurise()
    cycle = bench.records.last(Kind.PASTEURISE)
    assert cycle is not None
    assert (cycle.by, cycle.why, cycle.result) == ("mei", "weekly", Result.DONE)
    assert (cycle.store_c, cycle.supply_most) == (71.2, 60.0)
    assert cycle.body({})["hot_min"] == pytest.approx(61, abs=0.1)
    (note,) = bench.notes
    assert (note.name, note.alarm, note.body["result"]) == (CYCLE, False, "done")
    assert bench.records.due_utc == cycle.ended_utc + 7 * DAY_MS


def test_one_that_was_given_up_leaves_the_next_one_due() -> None:
    bench = Bench()
    bench.look("RUN")
    due = bench.records.due_utc
    bench.pasteurise(hot_min=20, result="too long")
    assert bench.records.cycles[-1].result is Result.TOO_LONG
    assert bench.notes[-1].alarm
    assert bench.records.due_utc == due


def test_done_without_having_been_hot_is_unproven() -> None:
    bench = Bench()
    bench.pasteurise(hot_min=40)
    assert bench.records.cycles[-1].result is Result.UNPROVEN
    assert bench.notes[-1].alarm


def test_the_coldest_node_counts_and_an_unknown_one_proves_nothing() -> None:
    bench = Bench()
    bench.unknown = {"TT43"}
    bench.pasteurise()
    cycle = bench.records.cycles[-1]
    assert (cycle.store_c, cycle.hot_ms, cycle.result) == (None, 0, Result.UNPROVEN)


def test_who_flushed_what_when() -> None:
    bench = Bench()
    bench.look("NETWORK_DISINFECT")
    with pytest.raises(ValueError, match=r"the return is 55.0 degC; a tap is flushed with 70 degC"):
        bench.records.flushed(1, "li", bench.back, bench.utc)
    bench.back = 70.4
    bench.minutes(10, "NETWORK_DISINFECT")
    bench.records.flushed(1, "li", bench.back, bench.utc)
    bench.minutes(5, "NETWORK_DISINFECT")
    bench.records.flushed(3, "wang", bench.back, bench.utc)
    running = bench.records.running
    assert running is not None
    assert running.open(bench.records.taps) == {2: "bath 1"}
    bench.look("RUN", "done")
    body = bench.notes[-1].body
    assert bench.notes[-1].alarm  # a tap is open
    assert [(each["name"], each["by"]) for each in body["flushed"]] == [("kitchen", "li"), ("bath 2", "wang")]
    assert body["flushed"][1]["utc_ms"] - body["flushed"][0]["utc_ms"] == 5 * MINUTE_MS
    assert body["open"] == [{"tap": 2, "name": "bath 1"}]
    assert body["return_c"] == 70.4


def test_a_tap_is_flushed_in_a_disinfection_and_exists() -> None:
    bench = Bench()
    bench.look("RUN")
    with pytest.raises(ValueError, match="no network is being disinfected"):
        bench.records.flushed(1, "li", 71.0, bench.utc)
    bench.look("PASTEURISE")
    with pytest.raises(ValueError, match="no network is being disinfected"):
        bench.records.flushed(1, "li", 71.0, bench.utc)
    bench.look("NETWORK_DISINFECT")
    with pytest.raises(ValueError, match="there is no tap 4; they are 1 to 3"):
        bench.records.flushed(4, "li", 71.0, bench.utc)
    with pytest.raises(ValueError, match="the return isn't known"):
        bench.records.flushed(1, "li", None, bench.utc)


def test_records_survive_a_kill_in_the_middle_and_say_so() -> None:
    bench = Bench()
    bench.back = 71.0
    bench.minutes(10, "NETWORK_DISINFECT")
    bench.records.flushed(2, "li", bench.back, bench.utc)
    after = bench.killed()
    after.minutes(2, "NETWORK_DISINFECT")
    (cycle,) = after.records.cycles
    assert [each.by for each in cycle.flushed] == ["li"]
    assert cycle.gap
    after.records.flushed(1, "li", 71.0, after.utc)
    after.look("RUN", "key removed")
    assert after.notes[-1].body["result"] == "key removed"
    assert after.notes[-1].body["open"] == [{"tap": 3, "name": "bath 2"}]


def test_a_cycle_that_ended_while_the_gateway_was_off_has_the_boards_word() -> None:
    bench = Bench()
    bench.minutes(5, "PASTEURISE")
    after = bench.killed()
    after.utc += 3 * 3_600_000
    after.look("RUN", "done")
    cycle = after.records.cycles[-1]
    assert (cycle.result, cycle.gap) == (Result.DONE, True)


def test_one_cycle_right_after_another() -> None:
    bench = Bench()
    bench.minutes(1, "PASTEURISE")
    bench.look("NETWORK_DISINFECT", "aborted")
    assert [(cycle.kind, cycle.result) for cycle in bench.records.cycles] == [
        (Kind.PASTEURISE, Result.ABORTED),
        (Kind.NETWORK_DISINFECT, Result.RUNNING),
    ]


def test_a_silent_board_ends_no_cycle() -> None:
    bench = Bench()
    bench.minutes(1, "PASTEURISE")
    bench.look("")
    bench.look("", ms=60_000)
    bench.look("PASTEURISE")
    (cycle,) = bench.records.cycles
    assert (cycle.result, cycle.gap) == (Result.RUNNING, True)


def test_overdue_is_told_once() -> None:
    bench = Bench()
    bench.look("RUN")
    bench.look("RUN", ms=7 * DAY_MS)
    assert not bench.records.summary(bench.utc)["overdue"]
    bench.look("RUN", ms=DAY_MS)
    bench.minutes(1, "RUN")
    assert [(note.name, note.alarm) for note in bench.notes] == [(OVERDUE, True)]
    assert bench.records.summary(bench.utc)["overdue"]
    bench.pasteurise()
    assert not bench.records.summary(bench.utc)["overdue"]


def test_the_file_stays_small() -> None:
    bench = Bench()
    for _ in range(70):
        bench.look("PASTEURISE")
        bench.look("RUN", "aborted")
    assert len(bench.records.cycles) == 60
    assert len(bench.killed().records.summary(bench.utc)["cycles"]) == 60


def test_other_peoples_memory_is_refused() -> None:
    for wrong in (
        {},
        {"version": 2, "opened": 0, "cycles": []},
        {"version": 1, "opened": 0, "cycles": [{"kind": "?"}]},
    ):
        with pytest.raises(ValueError, match=r"hygiene records|is not a valid"):
            Hygiene(TAPS, wrong)
