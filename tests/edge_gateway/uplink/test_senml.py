"""SenML-CBOR as RFC 8428 has it, read back with cbor2 and resolved by the RFC's rules."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import cbor2
import pytest

from edge_gateway.journal import Kind, Record
from edge_gateway.uplink import Position, senml

T0 = 1_795_000_000_000


def sample(seq: int, name: str, value: object, quality: str = "good", utc_ms: int = T0, **more: object) -> Record:
    return Record(seq, Kind.SAMPLE, utc_ms, name, quality, {"v": value, **more})


def resolve(payload: bytes) -> list[dict[Any, Any]]:
    """RFC 8428, 4.6: every record with its full name and absolute time."""
    name = time = None
    resolved = []
    for record in cbor2.loads(payload):
        name = record.get(-2, name)
        time = record.get(-3, time)
        resolved.append({"n": (name or "") + record.get(0, ""), "t": (time or 0) + record.get(6, 0), **record})
    return resolved


def test_values_carry_name_time_unit_and_sequence() -> None:
    pack = resolve(
        senml.encode(
            [
                sample(7, "entry1/POS", 89.5, u="deg"),
                sample(8, "entry1/LB.P", True, utc_ms=T0 + 250),
                sample(9, "entry1/STATE", "OPEN", utc_ms=T0 - 1_000),
            ],
            "qicai/gw1/",
        )
    )
    assert [r["n"] for r in pack] == ["qicai/gw1/entry1/POS", "qicai/gw1/entry1/LB.P", "qicai/gw1/entry1/STATE"]
    assert [round(r["t"], 3) for r in pack] == [T0 / 1000, T0 / 1000 + 0.25, T0 / 1000 - 1]
    assert (pack[0][2], pack[0][1]) == (89.5, "deg")
    assert pack[1][4] is True
    assert pack[2][3] == "OPEN"
    assert [r["seq"] for r in pack] == [7, 8, 9]
    for record in pack:
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9\-:./_]*", record["n"])
        assert sum(label in record for label in (2, 3, 4, 8)) == 1


@pytest.mark.parametrize("quality", ["bad", "stale"])
def test_a_value_that_cannot_be_trusted_is_not_sent_as_one(quality: str) -> None:
    (record,) = resolve(senml.encode([sample(1, "entry1/POS", 12, quality, r="line down")], "qicai/gw1/"))
    assert record["n"] == "qicai/gw1/entry1/POS/quality"
    assert record[3] == f"{quality}: line down"
    assert 2 not in record


def test_an_uncertain_value_says_so() -> None:
    (record,) = resolve(senml.encode([sample(1, "entry1/POS", 12, "uncertain")], "qicai/gw1/"))
    assert (record[2], record["q"]) == (12, "uncertain")


def test_events_travel_as_json_under_a_name_of_their_own() -> None:
    record = Record(3, Kind.EVENT, T0, "entry1", "PASSED", {"token": 77})
    (entry,) = resolve(senml.encode([record], "qicai/gw1/"))
    assert entry["n"] == "qicai/gw1/entry1/event/PASSED"
    assert entry[3] == '{"token":77}'


def test_a_clock_that_was_not_set_is_not_read_as_a_relative_time() -> None:
    pack = resolve(senml.encode([sample(1, "a/b", 1), sample(2, "a/b", 2, utc_ms=5_000)], "q/g/"))
    assert pack[1]["t"] == 0
    pack = resolve(senml.encode([sample(1, "a/b", 1, utc_ms=5_000), sample(2, "a/b", 2)], "q/g/"))
    assert [r["t"] for r in pack] == [0, T0 / 1000]


def test_the_position_survives_and_a_broken_one_only_costs_repeats(tmp_path: Path) -> None:
    path = tmp_path / "uplink.pos"
    position = Position(path)
    assert position.acked == 0
    position.advance(41)
    position.advance(7)
    position.store()
    assert Position(path).acked == 41
    for broken in ('{"acked": 4', "[]", '{"acked": "x"}', ""):
        path.write_text(broken)
        assert Position(path).acked == 0
