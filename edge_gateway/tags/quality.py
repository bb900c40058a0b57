"""Quality of a tag and the words for its reason (domain brief §0.3)."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from protocols import quality as wire


class Quality(IntEnum):
    """How far a value can be trusted; the numbers are those of boards and uplink."""

    GOOD = wire.GOOD
    UNCERTAIN = wire.UNCERTAIN
    BAD = wire.BAD
    STALE = wire.STALE

    @property
    def label(self) -> str:
        """The word that people and programs read: good, uncertain, bad, stale."""
        return str(wire.NAMES[self])


class Reason(StrEnum):
    """Why a tag isn't good. `NONE` belongs to good tags."""

    NONE = ""
    NEVER_READ = "never read"
    NO_FRESH_SAMPLE = "no fresh sample in time"
    NOT_AVAILABLE = "the board has no value"
    BOARD_SAYS_BAD = "the board says bad or stale"
    OUT_OF_RANGE = "outside the range of the sheet"
    ILLEGAL_ADDRESS = "the board has no such register"
    LINE_DOWN = "line down"
    BOARD_SILENT = "board does not answer"
    BOARD_HUNG = "board heartbeat stands still"
    MAP_MISMATCH = "not the board or map that the site file says"
