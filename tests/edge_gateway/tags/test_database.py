"""Tags: value, quality, source time, staleness, subscribers."""

from __future__ import annotations

import logging

import pytest

from edge_gateway.tags import Quality, Reason, Tag, TagDatabase, TagInfo

UTC = 1_760_000_000_000


@pytest.fixture
def database() -> TagDatabase:
    return TagDatabase()


def test_a_new_tag_is_stale_because_it_was_never_read(database: TagDatabase) -> None:
    tag = database.add("E1.LB.P", database.add_source("E1 status", 2000))
    assert (tag.value, tag.quality, tag.reason) == (None, Quality.STALE, Reason.NEVER_READ)
    assert not tag.good
    assert tag.utc_ms == 0


def test_an_unchanged_sample_dates_all_tags_of_its_source_without_a_write(database: TagDatabase) -> None:
    source = database.add_source("E1 status", 2000)
    tags = [database.add(f"E1.P{n}", source) for n in range(3)]
    source.refresh(UTC, 100)
    for tag in tags:
        assert database.write(tag, 1, 100)
    assert source.refresh(UTC + 250, 350)
    assert [tag.utc_ms for tag in tags] == [UTC + 250] * 3
    assert [tag.changed_ms for tag in tags] == [UTC] * 3


@pytest.mark.parametrize(("age", "stale"), [(2000, False), (2001, True)])
def test_a_tag_goes_stale_exactly_when_its_time_is_over(database: TagDatabase, age: int, stale: bool) -> None:
    source = database.add_source("E1 status", 2000)
    tag = database.add("E1.POS", source)
    source.refresh(UTC, 1000)
    database.write(tag, 90.0, 1000)
    assert database.scan(1000 + age, UTC + age) == stale
    assert (tag.quality is Quality.STALE) == stale
    # What the value was, and when, stays known.
    assert (tag.value, tag.utc_ms) == (90.0, UTC)


def test_a_source_that_comes_back_says_that_its_tags_must_be_written_again(database: TagDatabase) -> None:
    source = database.add_source("E1 status", 2000)
    tag = database.add("E1.POS", source)
    source.refresh(UTC, 0)
    database.write(tag, 5, 0)
    database.scan(5000, UTC + 5000)
    assert not source.refresh(UTC + 5100, 5100)
    assert database.write(tag, 5, 5100)
    assert tag.good


def test_a_line_that_goes_down_marks_its_tags_at_once_and_keeps_their_values(database: TagDatabase) -> None:
    source = database.add_source("E1 status", 2000)
    tag = database.add("E1.POS", source)
    source.refresh(UTC, 0)
    database.write(tag, 5, 0)
    database.mark(source, Quality.STALE, Reason.LINE_DOWN, UTC + 10, 10)
    assert (tag.value, tag.quality, tag.reason) == (5, Quality.STALE, Reason.LINE_DOWN)
    assert tag.changed_ms == UTC + 10


def test_subscribers_hear_changes_in_order_and_only_those(database: TagDatabase) -> None:
    source = database.add_source("E1", 2000)
    one, two = database.add("E1.A", source), database.add("E1.B", source)
    heard: list[tuple[str, object]] = []
    leave = database.subscribe(lambda tag, now: heard.append((tag.name, tag.value)))
    only: list[str] = []
    database.subscribe(lambda tag, now: only.append(tag.name), ["E1.B"])
    for value in (1, 1, 2):
        database.write(one, value, 0)
    database.write(two, 7, 0)
    assert heard == [("E1.A", 1), ("E1.A", 2), ("E1.B", 7)]
    assert only == ["E1.B"]
    leave()
    database.write(one, 9, 0)
    assert len(heard) == 3
    assert [tag.name for tag in database.changed_since(2)] == ["E1.B", "E1.A"]


def test_a_subscriber_that_fails_stops_nobody(database: TagDatabase, caplog: pytest.LogCaptureFixture) -> None:
    tag = database.add("E1.A", database.add_source("E1", 2000))
    heard: list[int] = []

    def fails(tag: Tag, now: int) -> None:
        raise ZeroDivisionError

    database.subscribe(fails)
    database.subscribe(lambda tag, now: heard.append(now))
    with caplog.at_level(logging.CRITICAL):
        database.write(tag, 1, 42)
    assert heard == [42]
    assert database.subscriber_faults == 1


def test_names_are_unique_and_go_with_their_source(database: TagDatabase) -> None:
    source = database.add_source("E1", 2000)
    database.add("E1.A", source)
    with pytest.raises(ValueError, match=r"two tags are called E1\.A"):
        database.add("E1.A", source)
    database.remove_source(source)
    assert "E1.A" not in database
    assert len(database) == 0


def test_values_read_as_people_write_them(database: TagDatabase) -> None:
    source = database.add_source("E1", 2000)
    state = database.add("E1.STATE", source, TagInfo(kind="HDR", enum=("OFF", "CLOSED")))
    angle = database.add("E1.POS", source, TagInfo(kind="AI", unit="deg"))
    assert state.text == ""
    database.write(state, 1, 0)
    database.write(angle, 12.5, 0)
    assert (state.text, angle.text) == ("CLOSED", "12.5")
    database.write(state, 7, 0)
    assert state.text == "7"
