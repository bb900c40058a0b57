"""The bench runner: finds benches, measures in turn, prints one JSON object a line."""

from __future__ import annotations

import json

import pytest

from tools.bench.__main__ import discover, main, run
from tools.bench.measure import Result, interleave


def test_benches_are_found_by_name() -> None:
    assert "help_start_ms" in discover()


def test_a_result_is_one_line_of_json() -> None:
    line = Result("scan_us", 12.34567, 10.0, "an empty scan", "us").json()

    assert "\n" not in line
    assert json.loads(line) == {
        "bench": "scan_us",
        "ours": 12.35,
        "peer": 10,
        "peer_name": "an empty scan",
        "ratio": 1.235,
        "unit": "us",
    }


def test_a_peer_of_zero_has_no_ratio() -> None:
    assert json.loads(Result("heap", 0, 0, "peer", "bytes").json())["ratio"] is None


def test_ours_and_peer_take_turns_and_swap_who_is_first() -> None:
    calls: list[str] = []

    def measure(name: str, figures: list[float]) -> float:
        calls.append(name)
        return figures.pop(0)

    ours, peer = [99.0, 1.0, 5.0, 3.0], [99.0, 20.0, 10.0, 30.0]
    medians = interleave(lambda: measure("ours", ours), lambda: measure("peer", peer), rounds=3, warm_up=1)

    assert medians == (3.0, 20.0)
    assert calls == ["ours", "peer", "peer", "ours", "ours", "peer", "peer", "ours"]


def test_a_function_of_several_names_runs_once() -> None:
    runs = 0

    def both() -> list[Result]:
        nonlocal runs
        runs += 1
        return [Result("a", 1, 1, "p", "us"), Result("b", 2, 1, "p", "bytes")]

    benches = {"a": both, "b": both}

    assert [r.bench for r in run(benches, ["a", "b"])] == ["a", "b"]
    assert runs == 1
    assert [r.bench for r in run(benches, ["b"])] == ["b"]


def test_an_unknown_name_says_which_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--only", "speed"])

    assert stop.value.code == 2
    assert "no bench named speed; there are: " in capsys.readouterr().err
