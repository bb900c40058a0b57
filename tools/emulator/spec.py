"""What to emulate: a site's boards on one line. Plain data that goes through a pipe as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

ROLES = ("entry", "exit", "emergency")


@dataclass
class BoardSpec:
    """One board and its lane. `per_hour` None takes the daily profile of the role; `params` are sheet parameters."""

    name: str
    unit: int
    dev_id: int
    role: str = "entry"
    program: str = "parking_lane"
    tcp_port: int = 0
    per_hour: float | None = None
    params: dict[str, int] = field(default_factory=dict)


@dataclass
class SiteSpec:
    """One line with its boards. `start_hour` is the time of day at world time 0, `parked` the cars inside by then."""

    folder: str
    boards: list[BoardSpec]
    baud: int = 115_200
    bits: int = 10
    seed: int = 1
    start_hour: float = 7.75
    parked: int = 180
    port_link: str = ""
    """Where to put a symbolic link to the line's port; none by default."""

    def to_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> SiteSpec:
        """Read what `to_json` wrote."""
        data: dict[str, Any] = json.loads(text)
        boards = [BoardSpec(**board) for board in data.pop("boards")]
        return SiteSpec(boards=boards, **data)
