"""The journal's database file: schema, batches, sizes. Whoever holds a Store is its only writer.

SQLite in WAL mode with synchronous=FULL: a batch that was committed is on the disk, and readers of other processes
never wait for the writer nor hold it up.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS record(
    seq INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    utc_ms INTEGER NOT NULL,
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS event_by_source ON record(source, seq) WHERE kind = 1;
CREATE TABLE IF NOT EXISTS consumer(name TEXT PRIMARY KEY, acked INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""

_CLOCK_WAS_SET_MS = 1_600_000_000_000

Row = tuple[int, int, int, str, str, str]


class Store:
    """The open file. `next_seq` is the sequence of the next entry; it goes on even when all entries were deleted."""

    def __init__(self, path: Path, page_limit: int = 0) -> None:
        """Opens or makes the file. `page_limit` bounds its pages (0: the disk does). Raises sqlite3.Error."""
        self.path = path
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(page_limit)
        except BaseException:
            self._db.close()
            raise

    def _prepare(self, page_limit: int) -> None:
        db = self._db
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA busy_timeout=5000")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, SCHEMA_VERSION):
            raise sqlite3.DatabaseError(f"journal of version {version}; this gateway writes version {SCHEMA_VERSION}")
        db.executescript(_SCHEMA)
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        if page_limit:
            db.execute(f"PRAGMA max_page_count={page_limit}")
        self.page_size = int(db.execute("PRAGMA page_size").fetchone()[0])
        self.next_seq = max(self.last_seq(), self._state("last_deleted")) + 1

    def close(self) -> None:
        """Closes the file; what was committed stays."""
        self._db.close()

    def append(self, rows: list[tuple[int, int, str, str, str]]) -> range:
        """Commits rows in one transaction. Returns their sequences. Raises sqlite3.Error; then nothing is stored."""
        first = self.next_seq
        numbered: list[Row] = [(first + index, *row) for index, row in enumerate(rows)]
        with _Transaction(self._db):
            self._db.executemany("INSERT INTO record VALUES(?,?,?,?,?,?)", numbered)
        self.next_seq = first + len(numbered)
        return range(first, self.next_seq)

    def delete_through(self, seq: int) -> int:
        """Deletes all entries up to and including `seq`; returns how many there were."""
        with _Transaction(self._db):
            count = self._db.execute("DELETE FROM record WHERE seq<=?", (seq,)).rowcount
            self._db.execute("INSERT OR REPLACE INTO state VALUES('last_deleted', max(?, ?))", (seq, self._floor()))
        return int(count)

    def skip_to(self, seq: int) -> None:
        """Makes `seq` the next sequence if it is above the present one."""
        if seq > self.next_seq:
            self._db.execute("INSERT OR REPLACE INTO state VALUES('last_deleted', ?)", (seq - 1,))
            self.next_seq = seq

    def acknowledge(self, consumer: str, seq: int) -> None:
        """Notes that a consumer has everything up to `seq`; it never goes back. Also makes the consumer known."""
        self._db.execute(
            "INSERT INTO consumer VALUES(?,?) ON CONFLICT(name) DO UPDATE SET acked=max(acked, excluded.acked)",
            (consumer, seq),
        )

    def forget_consumers(self, keep: Iterable[str]) -> None:
        """Drops consumers that no longer exist, so that they hold nothing back."""
        kept = set(keep)
        for name in self.consumers():
            if name not in kept:
                self._db.execute("DELETE FROM consumer WHERE name=?", (name,))

    def consumers(self) -> dict[str, int]:
        """Acknowledged sequence of each consumer."""
        return {str(name): int(acked) for name, acked in self._db.execute("SELECT name, acked FROM consumer")}

    def first_seq(self) -> int:
        """Oldest sequence that is stored; `next_seq` if none is."""
        found = self._db.execute("SELECT min(seq) FROM record").fetchone()[0]
        return int(found) if found is not None else self.next_seq

    def last_seq(self) -> int:
        """Newest sequence that is stored; 0 if none is."""
        found = self._db.execute("SELECT max(seq) FROM record").fetchone()[0]
        return int(found or 0)

    def nth_seq(self, count: int) -> int:
        """Sequence of the `count`-th oldest entry (the newest if there are fewer); 0 if there is none."""
        rows = self._db.execute("SELECT seq FROM record ORDER BY seq LIMIT 1 OFFSET ?", (count - 1,)).fetchone()
        return int(rows[0]) if rows else self.last_seq()

    def last_before(self, utc_ms: int, limit: int) -> int:
        """Newest of the `limit` oldest entries such that it and all before it are older than `utc_ms`; 0 if none is.

        A stamp from before this software existed comes from a clock that wasn't set: it says nothing about age.
        """
        found = 0
        for seq, when in self._db.execute("SELECT seq, utc_ms FROM record ORDER BY seq LIMIT ?", (limit,)):
            if when < _CLOCK_WAS_SET_MS:
                continue
            if when >= utc_ms:
                break
            found = int(seq)
        return found

    def used_bytes(self) -> int:
        """Size of what is stored: pages in use, not the file (free pages are used again)."""
        pages = self._db.execute("PRAGMA page_count").fetchone()[0]
        free = self._db.execute("PRAGMA freelist_count").fetchone()[0]
        return int(pages - free) * self.page_size

    def checkpoint(self) -> None:
        """Moves the write-ahead log into the file and empties it, as far as readers allow."""
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def _floor(self) -> int:
        return self._state("last_deleted")

    def _state(self, name: str) -> int:
        found = self._db.execute("SELECT value FROM state WHERE name=?", (name,)).fetchone()
        return int(found[0]) if found else 0


class _Transaction:
    """BEGIN IMMEDIATE … COMMIT, or ROLLBACK when anything raises; sqlite3's own does not begin with autocommit."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None:
            try:
                self._db.execute("COMMIT")
                return
            except sqlite3.Error:
                self._rollback()
                raise
        self._rollback()

    def _rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
