"""Holes that were learned, kept over a restart, so that no unit is asked again for what it once refused."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from edge_gateway.fieldbus.plan import Holes

log = logging.getLogger(__name__)


class HoleStore:
    """A JSON file of {board: {"sheet": CRC, "holes": [[first, last], ...]}}.

    Holes are of one sheet: with another they are forgotten. A file that can't be read is started anew, for everything
    in it can be learned again; one that can't be written is said and lived without.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._boards: dict[str, dict[str, object]] = {}
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(kept, dict):
                self._boards = {str(board): entry for board, entry in kept.items() if isinstance(entry, dict)}
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:
            log.warning("%s: %s; holes of boards are learned again", path, error)

    def of(self, board: str, sheet_crc: int) -> Holes:
        """What is known of a board that has this sheet."""
        entry = self._boards.get(board, {})
        if entry.get("sheet") != sheet_crc:
            return Holes()
        try:
            return Holes.from_list(entry["holes"])  # type: ignore[arg-type]
        except (KeyError, TypeError, ValueError):
            return Holes()

    def keep(self, board: str, sheet_crc: int, holes: Holes) -> None:
        """Remember what was learned; the file is replaced in one step."""
        self._boards[board] = {"sheet": sheet_crc, "holes": holes.as_list()}
        fresh = self.path.with_suffix(".new")
        try:
            fresh.write_text(json.dumps(self._boards, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            fresh.replace(self.path)
        except OSError as error:
            log.warning("%s: %s; holes of %s will be learned again after a restart", self.path, error, board)
