"""White-lists: what a board admits by itself while the gateway is away (domain brief §3b, LOCAL_AUTO).

The board tells count and CRC of its list; where they aren't those of the site's file, the list is written to file 1 of
the board by function 21, in pieces, one a scan. Records 0 and 1 (count and CRC) go last and put the list in force.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge_gateway.control.credentials import Credentials, Right
from edge_gateway.core.clock import utc_ms
from edge_gateway.core.plate_file import PlateFile
from edge_gateway.fieldbus.board import BoardSession
from edge_gateway.fieldbus.job import Job, Outcome, Reply
from edge_gateway.journal import Draft, Kind
from edge_gateway.tags import Tag
from protocols.modbus.crc import crc16
from protocols.modbus.request import Request

MAX_TOKENS = 2_000
_FILE = 1
_TOKENS_A_PIECE = 50
_FIRST_RECORD = 2
_REFRESH_MS = 60_000
"""How often it's looked whether a credential has begun or ended."""
_AGAIN_MS = 30_000
_AFTER_FAILURE_MS = 600_000
_PIECE_LIFE_MS = 5_000

Piece = tuple[int, int, bytes]
"""File, record, data."""


def listed_tokens(credentials: Credentials, when_utc_ms: int, emergency_only: bool) -> list[int]:
    """Tokens for a board's list, ascending; of more than it can hold, those that may always enter go first."""
    valid = [
        (credential.until_ms != 0, token)
        for token, credential in credentials.items()
        if credential.valid(when_utc_ms) and (not emergency_only or credential.right is Right.EMERGENCY)
    ]
    return sorted(token for _limited, token in sorted(valid)[:MAX_TOKENS])


def pieces(tokens: list[int]) -> tuple[list[Piece], int]:
    """The writes that put a list in force, in order, and its CRC."""
    data = b"".join(token.to_bytes(4, "big") for token in tokens)
    crc = int(crc16(data, 0, len(data)))
    size = 4 * _TOKENS_A_PIECE
    made: list[Piece] = [(_FILE, _FIRST_RECORD + at // 2, data[at : at + size]) for at in range(0, len(data), size)]
    made.append((_FILE, 0, len(tokens).to_bytes(2, "big") + crc.to_bytes(2, "big")))
    return made, crc


class WhitelistKeeper:
    """Keeps the list of one board equal to the file. `scan` is called in each control scan."""

    def __init__(
        self,
        session: BoardSession,
        file: PlateFile,
        count: Tag,
        crc: Tag,
        emergency_only: bool,
        journal: Callable[[Draft], Any],
    ) -> None:
        self._session = session
        self._file = file
        self._told = (count, crc)
        self._emergency_only = emergency_only
        self._journal = journal
        self._version = 0
        self._refresh_at = 0
        self._tokens: list[int] = []
        self._pieces: list[Piece] = []
        self._crc = 0
        self._left: list[Piece] = []
        self._job: Job | None = None
        self._again_at = 0

    def scan(self, now: int) -> None:
        """Compares, and writes the next piece."""
        self._refresh(now)
        if not self._session.online:
            self._left, self._job = [], None
            return
        if self._job is not None:
            return
        if not self._left and now >= self._again_at and self._differs():
            self._left = self._pieces[:]
            self._again_at = now + _AGAIN_MS
        if self._left:
            self._write(now)

    def _refresh(self, now: int) -> None:
        if self._version == self._file.version and now < self._refresh_at:
            return
        self._version, self._refresh_at = self._file.version, now + _REFRESH_MS
        tokens = listed_tokens(self._file.credentials, utc_ms(), self._emergency_only)
        if tokens != self._tokens or not self._pieces:
            self._tokens = tokens
            self._pieces, self._crc = pieces(tokens)
            self._left, self._again_at = [], 0

    def _differs(self) -> bool:
        count, crc = self._told
        return count.good and crc.good and (count.value, crc.value) != (len(self._tokens), self._crc)

    def _write(self, now: int) -> None:
        unit = self._session.identity.unit
        self._job = Job(Request(unit).write_files([self._left[0]]), self._over)
        if not self._session.line.submit(self._job, (now + _PIECE_LIFE_MS) * 1000):
            self._job, self._left = None, []

    def _over(self, job: Job, outcome: Outcome, data: Reply, at: int, now_us: int) -> None:
        if job is not self._job:
            return
        self._job = None
        if outcome is not Outcome.OK:
            self._left, self._again_at = [], now_us // 1000 + _AFTER_FAILURE_MS
            body: dict[str, Any] = {"why": f"exception {job.exception}" if job.exception else outcome.name.lower()}
            self._tell("WHITELIST_FAILED", body)
            return
        self._left = self._left[1:]
        if not self._left:
            self._tell("WHITELIST_WRITTEN", {"count": len(self._tokens), "crc": self._crc})

    def _tell(self, name: str, body: dict[str, Any]) -> None:
        self._journal(Draft(Kind.AUDIT, utc_ms(), self._session.name, name, body))
