"""What to emulate: a site's boards on their lines. Plain data that goes through a pipe as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

ROLES = ("entry", "exit", "emergency")

MICROPYTHON = "micropython"
"""A process of its own with real MicroPython."""
IN_PROCESS = "in process"
"""The same firmware under CPython, in a thread of the world's process: for boards that are there for their number."""


@dataclass
class LineSpec:
    """One RS-485 line. `bits`: of a character on the wire; `link`: where to put a symbolic link to its port.

    `addressed`: boards hear only what is meant for them (see `SerialLine.connect`).
    """

    name: str = "line"
    baud: int = 115_200
    bits: int = 10
    link: str = ""
    addressed: bool = False


@dataclass
class BoardSpec:
    """One board and what it is wired to. `per_hour` (vehicles of a lane) None takes the daily profile of the role.

    `params` are sheet parameters; `line` "" is the first; `runtime` is MICROPYTHON or IN_PROCESS. With `lapse_ms` the
    board lives in a time-lapse with scans so long (see `tools.emulator.time_lapse`).
    """

    name: str
    unit: int
    dev_id: int
    role: str = "entry"
    program: str = "parking_lane"
    tcp_port: int = 0
    per_hour: float | None = None
    params: dict[str, int] = field(default_factory=dict)
    line: str = ""
    runtime: str = MICROPYTHON
    lapse_ms: int = 0


@dataclass
class WasteSpec:
    """The vacuum network. Lengths and distances in metres of pipe to the station.

    `branches` are (junction, end), in the order of their numbers; `inlets` are (board, index of its branch, distance).
    """

    branches: list[tuple[float, float]]
    inlets: list[tuple[str, int, float]]


@dataclass
class SiteSpec:
    """Lines with their boards. `start_hour` is the time of day at world time 0, `parked` the cars inside by then."""

    folder: str
    boards: list[BoardSpec]
    lines: list[LineSpec] = field(default_factory=lambda: [LineSpec()])
    seed: int = 1
    start_hour: float = 7.75
    parked: int = 180
    waste: WasteSpec | None = None

    def to_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> SiteSpec:
        """Read what `to_json` wrote."""
        data: dict[str, Any] = json.loads(text)
        boards = [BoardSpec(**board) for board in data.pop("boards")]
        lines = [LineSpec(**line) for line in data.pop("lines")]
        waste = data.pop("waste")
        return SiteSpec(boards=boards, lines=lines, waste=WasteSpec(**waste) if waste else None, **data)
