"""Heat books and hygiene records in the core: fed in each scan, journalled, and kept in a file over restarts."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from edge_gateway.control.energy.ems import Note
from edge_gateway.control.heat.accounting import Electric, HeatBooks
from edge_gateway.control.heat.hygiene import Cycle, Flushed, Hygiene, Kind
from edge_gateway.control.heat.image import Image
from edge_gateway.control.memory_file import write_text
from edge_gateway.tags import Tag

log = logging.getLogger(__name__)

Value = Callable[[str], float | None]
_PERIOD_MS = 1_000
_WORD_MS = 5_000
"""The board's word for the end of a cycle comes this much later than its state, at most."""


class HeatRecords:
    """The records of one plant. value: a point of the board by its name, None when it must not be used. why, result:
    its tags HYG.WHY and HYG.RESULT."""

    def __init__(
        self,
        path: Path,
        taps: Sequence[str],
        electric: Electric,
        value: Value,
        why: Tag,
        result: Tag,
        warn: Callable[[str], None],
    ) -> None:
        """warn: told when the file can't be used."""
        self._path = path
        self._value = value
        self._why, self._result = why, result
        self._due = 0
        self._state = ""
        self._left_at: int | None = None
        self._storing: asyncio.Future[None] | None = None
        kept = self._load(warn)
        try:
            self.books = HeatBooks(electric, kept.get("books"))
            self.hygiene = Hygiene(taps, kept.get("hygiene"))
        except ValueError as error:
            log.exception("what the heat records remembered is lost")
            warn(str(error))
            self.books, self.hygiene = HeatBooks(electric), Hygiene(taps)

    def step(self, image: Image, now: int, utc_ms: int) -> list[Note]:
        """Once a second. Returns what is to be journalled."""
        if now < self._due:
            return []
        self._due = now + _PERIOD_MS
        state = image.state if image.heard else ""
        notes = self.books.step(self._value, state, now, utc_ms)
        why, result = (tag.text if tag.good else "" for tag in (self._why, self._result))
        notes += self.hygiene.step(self._value, self._told(state, now), why, result, now, utc_ms)
        if self.books.news or self.hygiene.news:
            self._store_soon()
        return notes

    def asked(self, kind: Kind, by: str) -> None:
        """A person has ordered a cycle, and the board has taken the order."""
        self.hygiene.asked(kind, by)

    def flushed(self, tap: int, by: str, utc_ms: int) -> Flushed:
        """A tap was flushed, and the board has taken it. Raises ValueError."""
        made = self.hygiene.flushed(tap, by, self._value("TT46"), utc_ms)
        self._store_soon()
        return made

    @property
    def running(self) -> Cycle | None:
        """The cycle under way."""
        return self.hygiene.running

    def close(self) -> None:
        """Stores a last time."""
        self._store(self._text())

    # --- own ----------------------------------------------------------------------------------------------------------

    def _told(self, state: str, now: int) -> str:
        """The state, but a cycle's until the board's word for its end was read after it."""
        cycles = tuple(Kind)
        if self._state in cycles and state not in cycles and state:
            if self._left_at is None:
                self._left_at = now
            if self._result.mono_ms <= self._left_at and now - self._left_at < _WORD_MS:
                return self._state
        self._left_at = None
        self._state = state or self._state
        return state

    def _load(self, warn: Callable[[str], None]) -> dict[str, Any]:
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
            if not isinstance(data, dict):
                raise ValueError(f"{self._path.name} holds no heat records")
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            log.exception("what the heat records remembered is lost")
            warn(str(error))
            return {}
        return data

    def _text(self) -> str:
        kept = {"books": self.books.as_dict(), "hygiene": self.hygiene.as_dict()}
        return json.dumps(kept, separators=(",", ":"))

    def _store_soon(self) -> None:
        """Stores in another thread, one at a time."""
        if self._storing is not None and not self._storing.done():
            return
        self.books.news = self.hygiene.news = False
        self._storing = asyncio.get_running_loop().run_in_executor(None, self._store, self._text())

    def _store(self, text: str) -> None:
        try:
            write_text(self._path, text)
        except OSError as error:
            log.warning("%s can't be written: %s", self._path, error.strerror)
