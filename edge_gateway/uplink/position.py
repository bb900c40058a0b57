"""How far the broker has confirmed the journal: one number in a small file of its own."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

log = logging.getLogger(__name__)


class Position:
    """The acknowledged sequence of a consumer. It survives a kill at any moment; losing it costs repeats, not data."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.acked = self.stored = read_position(path)

    def advance(self, seq: int) -> None:
        """Notes in memory that everything up to `seq` was confirmed."""
        self.acked = max(self.acked, seq)

    def store(self) -> None:
        """Makes it durable: written beside, synced, renamed over. Raises OSError; then the old number stands."""
        if self.acked == self.stored:
            return
        beside = self.path.with_name(self.path.name + ".new")
        with beside.open("w", encoding="ascii") as file:
            json.dump({"acked": self.acked}, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        self.stored = self.acked


def read_position(path: Path) -> int:
    """The sequence in the file; 0 when there is none or it can't be read (then all is sent again)."""
    try:
        acked = json.loads(path.read_text(encoding="ascii"))["acked"]
    except FileNotFoundError:
        return 0
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s can't be read (%s): the journal is sent again from its beginning", path, error)
        return 0
    return acked if isinstance(acked, int) and acked >= 0 else 0
