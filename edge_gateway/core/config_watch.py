"""Whether a board runs the configuration that the site file says (domain brief §7.1, CFG_VER and CFG_CRC).

The site file is the gateway's copy. CFG_VER and CFG_CRC in the header say when a board's configuration is another than
at the last look; then its parameters are read again and compared one by one. What differs is told by name, and told
again only when it changes: a board that was swapped for one with other parameters is found with its first header.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from edge_gateway.core.clock import utc_ms
from edge_gateway.fieldbus.board import BoardSession
from edge_gateway.journal import Draft, Kind
from edge_gateway.tags import TagDatabase

Differences = dict[str, dict[str, int]]
"""Parameter to its values `site` and `board`."""


class ConfigWatch:
    """Compares the parameters of one board. `wanted` has the value of every parameter of its sheet."""

    def __init__(
        self,
        session: BoardSession,
        database: TagDatabase,
        wanted: Mapping[str, int],
        journal: Callable[[Draft], Any],
    ) -> None:
        self.differences: Differences = {}
        """What differed at the last look."""
        self.known = False
        """Whether the board's present configuration has been looked at."""
        self._session = session
        self._tags = {name: database[f"{session.name}.par.{name}"] for name in wanted}
        self._wanted = wanted
        self._journal = journal
        self._mark: tuple[int, int, int] | None = None
        self._since_ms = 0
        self._told: Differences | None = None

    @property
    def problem(self) -> str:
        """What a person reads beside the board; empty while nothing differs."""
        found = self.differences
        if not found:
            return ""
        name, values = next(iter(found.items()))
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        return f"{name} is {values['board']} on the board, {values['site']} in the site file{more}"

    def scan(self, now: int) -> None:
        """Look, if the header says that there is something new and the parameters have been read since."""
        header = self._session.header
        if header is None:
            return
        mark = (header.cfg_ver, header.cfg_crc, header.serial)
        if mark != self._mark:
            self._mark = mark
            self._since_ms = self._session.header_ms if self._told is not None else 0
            self.known = False
        if self.known or any(not tag.good or tag.mono_ms < self._since_ms for tag in self._tags.values()):
            return
        self.known = True
        self.differences = {
            name: {"site": self._wanted[name], "board": int(tag.value or 0)}
            for name, tag in self._tags.items()
            if tag.value != self._wanted[name]
        }
        if self.differences != (self._told or {}):
            name = "CONFIG_DIFFERS" if self.differences else "CONFIG_MATCHES"
            body = {"cfg_ver": header.cfg_ver, "cfg_crc": header.cfg_crc, "parameters": self.differences}
            self._journal(Draft(Kind.AUDIT, utc_ms(), self._session.name, name, body))
        self._told = self.differences
        self._session.accept_config()
