"""The journal: order, durability, bounds, a full disk, a broken file."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from edge_gateway.journal import Draft, JournalReader, JournalWriter, Kind, Limits, Record
from edge_gateway.journal import writer as writer_module
from edge_gateway.journal.store import Store

OLD_MS = 1_700_000_000_000
WAIT_S = 60.0
"""For what waits on the disk: some take a good part of a second for one fsync."""


def draft(number: int, kind: Kind = Kind.EVENT, utc_ms: int = 0, pad: str = "") -> Draft:
    return Draft(kind, utc_ms, "entry1", "PASSED", {"n": number, "pad": pad} if pad else {"n": number})


def numbers(path: Path, after: int = 0) -> list[int]:
    reader = JournalReader(path)
    try:
        return [record.body["n"] for record in reader.after(after, 100_000) if "n" in record.body]
    finally:
        reader.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def journal(path: Path) -> Iterator[JournalWriter]:
    writer = JournalWriter(path, group_ms=1)
    yield writer
    writer.close()


def test_entries_come_back_in_order_with_a_gapless_sequence(journal: JournalWriter, path: Path) -> None:
    for number in range(2500):
        assert journal.append(draft(number)) == 1
    assert journal.flush(WAIT_S)
    reader = JournalReader(path)
    records = reader.after(0, 5000)
    assert [record.seq for record in records] == list(range(1, 2501))
    assert [record.body["n"] for record in records] == list(range(2500))
    assert [r.seq for r in reader.after(100, 3)] == [101, 102, 103]
    assert [r.seq for r in reader.latest(2)] == [2499, 2500]
    assert reader.bounds() == (1, 2500)
    reader.close()
    assert journal.health().commits < 100  # grouped


def test_commit_callback_sees_only_what_is_on_disk(path: Path) -> None:
    seen: list[int] = []

    def committed(records: Sequence[Record]) -> None:
        stored = numbers(path)
        for record in records:
            assert record.body["n"] in stored
            seen.append(record.seq)

    journal = JournalWriter(path, group_ms=1, on_commit=committed)
    journal.append(*(draft(number) for number in range(10)))
    assert journal.close(WAIT_S)
    assert seen == list(range(1, 11))


def test_the_sequence_orders_whatever_the_clock_does(journal: JournalWriter, path: Path) -> None:
    for number, utc_ms in enumerate((5_000, 3_600_005_000, 1, -50, 5_001)):
        journal.append(draft(number, utc_ms=utc_ms))
    assert journal.flush(WAIT_S)
    assert numbers(path) == [0, 1, 2, 3, 4]


def test_kinds_can_be_chosen(journal: JournalWriter, path: Path) -> None:
    journal.append(draft(1), draft(2, Kind.SAMPLE), draft(3, Kind.ALARM))
    assert journal.flush(WAIT_S)
    reader = JournalReader(path)
    assert [r.body["n"] for r in reader.after(0, kinds=(Kind.EVENT, Kind.ALARM))] == [1, 3]
    reader.close()


def test_the_sequence_goes_on_after_a_restart_and_after_everything_was_deleted(path: Path) -> None:
    first = JournalWriter(path, group_ms=1)
    first.append(*(draft(n, utc_ms=OLD_MS) for n in range(5)))
    assert first.close(WAIT_S)
    second = JournalWriter(path, Limits(max_days=1), group_ms=1)
    second.append(draft(5, utc_ms=OLD_MS))
    assert second.close(WAIT_S)
    assert numbers(path) == []
    third = JournalWriter(path, group_ms=1)
    third.append(draft(6))
    assert third.close(WAIT_S)
    reader = JournalReader(path)
    assert reader.latest(1)[0].seq == 7
    reader.close()


def test_a_number_that_others_know_is_not_used_again_when_the_file_is_gone(path: Path) -> None:
    for _restart in range(2):
        journal = JournalWriter(path, group_ms=1, resume_above=41)
        journal.append(draft(0))
        assert journal.close(WAIT_S)
    reader = JournalReader(path)
    gap, first, second = reader.after(0)
    reader.close()
    assert (gap.kind, gap.body["reason"]) == (Kind.GAP, "the file was gone")
    assert gap.seq > 41 + 10_000, "what was sent and not confirmed is above 41"
    assert [first.seq, second.seq] == [gap.seq + 1, gap.seq + 2]


def test_what_is_not_acknowledged_is_kept_beyond_size_and_age(path: Path) -> None:
    journal = JournalWriter(path, Limits(max_bytes=40_000, hard_bytes=10_000_000, max_days=1), group_ms=1)
    journal.keep_consumers(["uplink"])
    journal.append(*(draft(n, pad="x" * 400) for n in range(1000)))
    assert journal.flush(WAIT_S)
    assert len(numbers(path)) == 1000
    journal.acknowledge("uplink", 600)
    assert journal.flush(WAIT_S)
    assert journal.close(WAIT_S)
    again = JournalWriter(path, Limits(max_bytes=40_000, hard_bytes=10_000_000, max_days=1), group_ms=1)
    again.keep_consumers(["uplink"])
    again.append(draft(1000))
    assert again.flush(WAIT_S)
    assert again.health().acked == {"uplink": 600}
    assert again.close(WAIT_S)
    kept = numbers(path)
    assert kept[0] == 600, "entries up to the acknowledged sequence 600 are gone, those above stay"
    assert kept[-1] == 1000


def test_the_hard_limit_forces_out_the_oldest_and_says_so(path: Path) -> None:
    journal = JournalWriter(path, Limits(max_bytes=40_000, hard_bytes=300_000), group_ms=1)
    journal.keep_consumers(["uplink"])
    journal.append(*(draft(n, pad="x" * 400) for n in range(3000)))
    assert journal.flush(WAIT_S)
    journal.acknowledge("uplink", 10)  # wakes the housekeeping
    assert journal.close(WAIT_S)
    journal = JournalWriter(path, Limits(max_bytes=40_000, hard_bytes=300_000), group_ms=1)
    journal.append(draft(3000))
    assert journal.flush(WAIT_S)
    assert journal.close(WAIT_S)
    reader = JournalReader(path)
    gaps = reader.after(0, 10_000, (Kind.GAP,))
    reader.close()
    assert gaps
    assert gaps[0].name == "RETENTION_LOSS"
    assert gaps[0].body["first"] == 1
    assert numbers(path)[0] >= gaps[-1].body["last"]


def test_a_full_queue_loses_samples_first_and_tells_how_many(path: Path) -> None:
    release = threading.Event()
    journal = JournalWriter(path, group_ms=1, queue=100, on_commit=lambda records: (release.wait(10), None)[1])
    journal.append(draft(0))
    while journal.health().last_seq < 1:  # the first commit is made; its callback now holds the thread
        pass
    assert journal.append(*(draft(n, Kind.SAMPLE) for n in range(1, 101))) == 75
    assert journal.append(*(draft(n) for n in range(101, 151))) == 25
    assert journal.health().dropped == 50
    release.set()
    assert journal.close(WAIT_S)
    reader = JournalReader(path)
    gap = reader.after(0, 1000, (Kind.GAP,))
    reader.close()
    assert [record.body["lost"] for record in gap] == [{"sample": 25, "event": 25}]


def test_a_full_disk_is_reported_and_nothing_is_lost_when_space_returns(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own page limit gives the same error as a full disk (SQLITE_FULL)."""
    monkeypatch.setattr(writer_module, "_RETRY_S", 0.02)
    journal = JournalWriter(path, Limits(max_bytes=1, hard_bytes=10_000_000), group_ms=1, page_limit=60)
    journal.keep_consumers(["uplink"])
    journal.append(*(draft(number, pad="x" * 400) for number in range(1000)))
    while not (error := journal.health().error):
        assert not journal.flush(0.01)
    assert "full" in error
    received: list[Record] = []
    while not journal.flush(0.05):
        reader = JournalReader(path)
        for record in reader.after(len(received)):
            assert record.seq == len(received) + 1
            received.append(record)
        reader.close()
        journal.acknowledge("uplink", len(received))  # what was delivered may go, and makes room
    assert journal.health().error == ""
    assert journal.health().dropped == 0
    assert journal.close(WAIT_S)
    delivered = [record.body["n"] for record in received if "n" in record.body]  # the others tell of the trouble
    assert delivered + numbers(path, len(received)) == list(range(1000))


def test_failed_writes_are_tried_again_in_order(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "_RETRY_S", 0.02)
    full = threading.Event()
    real = Store.append

    def append(self: Store, rows: list[tuple[int, int, str, str, str]]) -> range:
        if full.is_set():
            raise sqlite3.OperationalError("database or disk is full")
        return real(self, rows)

    monkeypatch.setattr(Store, "append", append)
    journal = JournalWriter(path, group_ms=1)
    journal.append(draft(0))
    assert journal.flush(WAIT_S)
    full.set()
    for number in range(1, 50):
        journal.append(draft(number))
    while not journal.health().error:
        pass
    full.clear()
    assert journal.close(WAIT_S)
    assert numbers(path) == list(range(50))
    reader = JournalReader(path)
    names = [record.name for record in reader.after(0)]
    reader.close()
    assert names.count("JOURNAL_RECOVERED") == 1
    assert journal.health().error == ""


def test_a_broken_file_is_put_aside_and_no_sequence_is_used_twice(path: Path) -> None:
    path.write_bytes(b"this was a database once" * 400)
    journal = JournalWriter(path, group_ms=1, resume_above=5000)
    journal.append(draft(1))
    assert journal.close(WAIT_S)
    assert list(path.parent.glob("journal.db.broken-*"))
    reader = JournalReader(path)
    gap, entry = reader.after(0)
    reader.close()
    assert (gap.kind, gap.name) == (Kind.GAP, "JOURNAL_REPLACED")
    assert entry.seq > gap.seq > 5000


def test_a_folder_that_cannot_be_written_is_an_error_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises((sqlite3.Error, OSError)):
        JournalWriter(tmp_path / "file" / "journal.db")


_APPENDS = """
import os, sys
from pathlib import Path
from edge_gateway.journal import Draft, JournalWriter, Kind
def committed(records):
    os.write(1, b"".join(b"%d\\n" % record.seq for record in records))
journal = JournalWriter(Path(sys.argv[1]), group_ms=1, on_commit=committed)
n = 0
while True:
    for _ in range(7):
        n += journal.append(Draft(Kind.EVENT, 0, "a", "b", {"n": n}))
    journal.flush()
"""


def test_what_was_reported_as_committed_survives_kill_9(path: Path) -> None:
    """However fast the disk is: some groups are awaited, then the process dies wherever it is just then."""
    with subprocess.Popen([sys.executable, "-c", _APPENDS, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = [int(process.stdout.readline()) for _record in range(100)]
        process.kill()
        reported = first + [int(line) for line in process.stdout]
    assert process.returncode == -signal.SIGKILL
    stored = numbers(path)
    assert reported == list(range(1, len(reported) + 1))
    assert stored == list(range(len(stored)))
    assert len(stored) >= len(reported)
    journal = JournalWriter(path, group_ms=1)
    journal.append(draft(len(stored)))
    assert journal.close(WAIT_S)
    assert numbers(path) == list(range(len(stored) + 1))
