"""Who may enter: the CSV file of plates, held as tokens. The text of a plate is not kept."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from pathlib import Path

from edge_gateway.site.problems import Position, Problem, SiteError, did_you_mean
from protocols.token import token as plate_token

_COLUMNS = ("plate", "class", "from", "until", "note")


class Right(StrEnum):
    """What a plate is entitled to."""

    RESIDENT = "resident"
    RESERVED = "reserved"
    """May also use the places that are kept back."""
    EMERGENCY = "emergency"
    """Reserved, and the emergency lane opens."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A right and when it holds (UTC ms; 0 is without limit). until_ms is exclusive."""

    right: Right = Right.RESIDENT
    from_ms: int = 0
    until_ms: int = 0

    def valid(self, utc_ms: int) -> bool:
        """Whether it holds at that time."""
        return self.from_ms <= utc_ms and (not self.until_ms or utc_ms < self.until_ms)


Credentials = dict[int, Credential]
"""By token (protocols.token)."""


def load_credentials(path: Path, zone: tzinfo = UTC) -> Credentials:
    """Reads plate, class, from, until, note (a header line names the columns; only `plate` is needed).

    Dates are YYYY-MM-DD in `zone`, `until` included. Raises SiteError with every wrong line.
    """
    found: Credentials = {}
    problems: list[Problem] = []
    for line, row in _rows(path, problems):
        plate = (row.get("plate") or "").replace("·", "").strip()
        if not plate:
            problems.append(Problem(Position(str(path), line, 1), "no plate", "", "write a plate or remove the line"))
            continue
        credential = _credential(path, line, row, zone, problems)
        if credential is not None:
            found[plate_token(plate)] = credential
    if problems:
        raise SiteError(problems)
    return found


def _rows(path: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    start = Position(str(path), 1, 1)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="", skipinitialspace=True)
            names = reader.fieldnames or []
            if "plate" not in names:
                right = f"the first line names the columns: {','.join(_COLUMNS)}"
                problems.append(Problem(start, "no column `plate`", ",".join(names), right))
                return
            for name in names:
                if name not in _COLUMNS:
                    problems.append(Problem(start, "unknown column", name, did_you_mean(name, _COLUMNS)))
            for row in reader:
                yield reader.line_num, {key: value or "" for key, value in row.items() if key}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        problems.append(Problem(start, f"the file can't be read: {error}"))


def _credential(path: Path, line: int, row: dict[str, str], zone: tzinfo, problems: list[Problem]) -> Credential | None:
    word = row.get("class", "").strip() or Right.RESIDENT
    choices = [str(right) for right in Right]
    place = Position(str(path), line, 1)
    if word not in choices:
        problems.append(Problem(place, "unknown class", word, did_you_mean(word, choices, noun="classes")))
        return None
    limits = []
    for name, days in (("from", 0), ("until", 1)):
        text = row.get(name, "").strip()
        try:
            day = date.fromisoformat(text) + timedelta(days=days) if text else None
        except ValueError:
            problems.append(Problem(place, f"`{name}` is no date", text, "write YYYY-MM-DD"))
            return None
        limits.append(int(datetime.combine(day, time(), zone).timestamp() * 1000) if day else 0)
    return Credential(Right(word), limits[0], limits[1])
