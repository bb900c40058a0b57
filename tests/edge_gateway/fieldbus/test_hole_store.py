"""Learned holes outlive a restart, a broken file and a change of sheet."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_gateway.fieldbus.hole_store import HoleStore
from edge_gateway.fieldbus.plan import Holes


def test_what_was_learned_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "holes.json"
    HoleStore(path).keep("E1", 7, Holes({5, 6, 9}))
    HoleStore(path).keep("E2", 7, Holes({1}))
    assert HoleStore(path).of("E1", 7) == Holes({5, 6, 9})
    assert HoleStore(path).of("E2", 7) == Holes({1})
    assert HoleStore(path).of("E1", 8) == Holes()
    assert HoleStore(path).of("E3", 7) == Holes()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"E1": 3}', '{"E1": {"sheet": 7}}', '{"E1": {"sheet": 7, "holes": 3}}']
)
def test_a_broken_file_costs_only_what_can_be_learned_again(tmp_path: Path, text: str) -> None:
    path = tmp_path / "holes.json"
    path.write_text(text)
    store = HoleStore(path)
    assert store.of("E1", 7) == Holes()
    store.keep("E1", 7, Holes({2}))
    assert HoleStore(path).of("E1", 7) == Holes({2})


def test_a_place_that_can_not_be_written_stops_nothing(tmp_path: Path) -> None:
    store = HoleStore(tmp_path / "missing" / "holes.json")
    store.keep("E1", 7, Holes({2}))
    assert store.of("E1", 7) == Holes({2})
