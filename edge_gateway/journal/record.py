"""One entry of the journal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Kind(IntEnum):
    """What an entry is. The numbers are stored: never change one."""

    EVENT = 1
    ALARM = 2
    COMMAND = 3
    AUDIT = 4
    SAMPLE = 5
    GAP = 6
    """Entries are missing here; the body says how many and why."""

    @property
    def label(self) -> str:
        """The word that people and programs read."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry that has no sequence yet.

    utc_ms: when it happened at its source, ms since 1970 UTC; order is the sequence's business, so a clock that jumps
    disturbs nothing. source: board, tag or part of the gateway. name: what happened, in the words of the sheet.
    """

    kind: Kind
    utc_ms: int
    source: str
    name: str
    body: Mapping[str, Any] = field(default_factory=dict)

    def row(self) -> tuple[int, int, str, str, str]:
        """Columns without the sequence."""
        return int(self.kind), self.utc_ms, self.source, self.name, encode_body(self.body)


@dataclass(frozen=True, slots=True)
class Record:
    """An entry that is on disk. `seq` orders all entries of a gateway and is never used twice."""

    seq: int
    kind: Kind
    utc_ms: int
    source: str
    name: str
    body: Mapping[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """For the local API and `--json`."""
        return {
            "seq": self.seq,
            "kind": self.kind.label,
            "utc_ms": self.utc_ms,
            "source": self.source,
            "name": self.name,
            "body": dict(self.body),
        }


def encode_body(body: Mapping[str, Any]) -> str:
    """Compact JSON text."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")) if body else ""


def decode_body(text: str) -> dict[str, Any]:
    """The reverse of `encode_body`."""
    return dict(json.loads(text)) if text else {}
