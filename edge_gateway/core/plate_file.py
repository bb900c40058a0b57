"""A file of plates that is in force: taken over again when it changes, kept as it was when the new one is wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from edge_gateway.control.credentials import load_credentials
from edge_gateway.core.clock import utc_ms
from edge_gateway.journal import Draft, Kind
from edge_gateway.site import SiteError

log = logging.getLogger(__name__)

_LOOK_MS = 5_000


class PlateFile:
    """One CSV file. `version` counts the contents that were in force."""

    def __init__(self, path: Path, zone: ZoneInfo, journal: Callable[[Draft], Any]) -> None:
        """Raises SiteError when the file is wrong."""
        self.path = path
        self._zone = zone
        self._journal = journal
        self._stamp = _stamp(path)
        self._look_at = 0
        self.credentials = load_credentials(path, zone)
        self.version = 1

    def scan(self, now: int) -> None:
        """Looks at the file every 5 s."""
        if now < self._look_at:
            return
        self._look_at = now + _LOOK_MS
        stamp = _stamp(self.path)
        if stamp == self._stamp:
            return
        self._stamp = stamp
        body: dict[str, Any] = {"file": self.path.name}
        try:
            self.credentials = load_credentials(self.path, self._zone)
        except SiteError as error:
            log.exception("%s is wrong; what was in force stays", self.path)
            self._journal(Draft(Kind.AUDIT, utc_ms(), "parking", "PLATES_REJECTED", {**body, "error": str(error)}))
        else:
            self.version += 1
            body["count"] = len(self.credentials)
            self._journal(Draft(Kind.AUDIT, utc_ms(), "parking", "PLATES_LOADED", body))


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, -1)
    return found.st_mtime_ns, found.st_size
