"""Reading the journal from any process, while core writes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from edge_gateway.journal.record import Kind, Record, decode_body


class JournalReader:
    """A read-only view. Each call sees everything that was committed before it."""

    def __init__(self, path: Path) -> None:
        """Opens the file. Raises FileNotFoundError when core has not made it yet, sqlite3.Error when it's broken."""
        if not path.is_file():
            raise FileNotFoundError(path)
        self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        self._db.execute("PRAGMA busy_timeout=5000")
        self._db.execute("SELECT 1 FROM record LIMIT 1").fetchone()

    def close(self) -> None:
        """Closes the file."""
        self._db.close()

    def after(self, seq: int, limit: int = 1000, kinds: Sequence[Kind] = ()) -> list[Record]:
        """Entries above `seq` in order, `limit` at most."""
        where, values = _kinds(kinds)
        return self._records(
            f"SELECT * FROM record WHERE seq>?{where} ORDER BY seq LIMIT ?",  # noqa: S608 - placeholders alone
            (seq, *values, limit),
        )

    def latest(self, limit: int, kinds: Sequence[Kind] = ()) -> list[Record]:
        """The newest entries in order, `limit` at most."""
        where, values = _kinds(kinds)
        query = f"SELECT * FROM record WHERE 1{where} ORDER BY seq DESC LIMIT ?"  # noqa: S608 - placeholders alone
        return self._records(query, (*values, limit))[::-1]

    def last_event(self, source: str, first_key: str) -> Record | None:
        """The newest event of a source whose body begins with that key; None if there is none."""
        query = "SELECT * FROM record WHERE kind=1 AND source=? AND body LIKE ? ORDER BY seq DESC LIMIT 1"
        found = self._records(query, (source, f'{{"{first_key}":%'))
        return found[0] if found else None

    def named(
        self, names: Sequence[str], from_ms: int, until_ms: int, kinds: Sequence[Kind] = (Kind.EVENT, Kind.ALARM)
    ) -> list[Record]:
        """Entries of `kinds` with one of those names that happened from `from_ms` up to `until_ms` (UTC), in order."""
        marks = ",".join("?" * len(names))
        of_kind, values = _kinds(kinds)
        where = f"utc_ms BETWEEN ? AND ? AND name IN ({marks}){of_kind}"
        query = f"SELECT * FROM record WHERE {where} ORDER BY seq"  # noqa: S608 - placeholders alone
        return self._records(query, (from_ms, until_ms, *names, *values))

    def bounds(self) -> tuple[int, int]:
        """Oldest and newest sequence; (0, 0) when nothing is stored."""
        first, last = self._db.execute("SELECT min(seq), max(seq) FROM record").fetchone()
        return int(first or 0), int(last or 0)

    def _records(self, query: str, values: tuple[int | str, ...]) -> list[Record]:
        return [
            Record(seq, Kind(kind), utc_ms, source, name, decode_body(body))
            for seq, kind, utc_ms, source, name, body in self._db.execute(query, values)
        ]


def _kinds(kinds: Sequence[Kind]) -> tuple[str, tuple[int, ...]]:
    if not kinds:
        return "", ()
    return f" AND kind IN ({','.join('?' * len(kinds))})", tuple(int(kind) for kind in kinds)
