"""A site's emulated side: what to emulate, and the world that it makes: boards, lanes, cars that park, one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from protocols.sheets import load
from protocols.sheets.derive import table
from tools.emulator.board import Board
from tools.emulator.board_process import BoardProcess
from tools.emulator.firmware_bundle import Firmware, firmware
from tools.emulator.lane.plant import Lane
from tools.emulator.lane.traffic import Rate, daily, steady
from tools.emulator.lane.vehicle import Vehicle
from tools.emulator.serial_line import SerialLine
from tools.emulator.world import World

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


class CarPark:
    """The cars inside: who comes in can go out. `occupancy` is exact."""

    def __init__(self, parked: int, rng: Random) -> None:
        self._rng = rng
        self._plates = [f"浙B{rng.randint(0, 99999):05d}" for _ in range(parked)]
        self.entered = 0
        self.left = 0
        self.initial = parked

    @property
    def occupancy(self) -> int:
        """Cars inside now."""
        return self.initial + self.entered - self.left

    def arriving(self) -> str:
        """Plate of a car from outside."""
        return f"浙A{self._rng.randint(0, 99999):05d}"

    def leaving(self) -> str:
        """Plate of a car that goes out; it counts as inside until it has passed."""
        if not self._plates:
            return self.arriving()
        at = self._rng.randrange(len(self._plates))
        self._plates[at], self._plates[-1] = self._plates[-1], self._plates[at]
        return self._plates.pop()

    def came_in(self, vehicle: Vehicle) -> None:
        """A car has passed an entry."""
        self.entered += 1
        self._plates.append(vehicle.plate)

    def went_out(self, vehicle: Vehicle) -> None:
        """A car has passed an exit."""
        self.left += 1


@cache
def program_table(program: str) -> Any:
    """Table of a program, made once."""
    return table(load(program))


def provision(storage: Path, spec: BoardSpec, baud: int) -> None:
    """Write a board's identity and parameters into its storage, as an installer would."""
    from firmware.runtime.config import Config
    from firmware.runtime.store import DirStore

    storage.mkdir(parents=True, exist_ok=True)
    values = dict(spec.params)
    if spec.program == "parking_lane":
        values["lane_role"] = ROLES.index(spec.role)
    config = Config(program_table(spec.program), DirStore(str(storage)))
    config.write(UNIT_ID=spec.unit, DEV_ID=spec.dev_id, BAUD_100=baud // 100, **values)


def arrivals(spec: BoardSpec, start_hour: float) -> Rate | None:
    """Arrivals at a lane: what the spec says, or entries with their peak at 8:00 and exits at 18:00."""
    if spec.per_hour is not None:
        return steady(spec.per_hour) if spec.per_hour > 0 else None
    if spec.role == "entry":
        return daily(240.0, 8.0, start_hour)
    if spec.role == "exit":
        return daily(300.0, 18.0, start_hour, base=60.0)
    return None


class EmulatedSite:
    """World, line, boards and lanes of a SiteSpec, without power yet."""

    def __init__(self, spec: SiteSpec, *, program: Firmware | None = None, start_us: int = 0) -> None:
        self.spec = spec
        self.world = World(start_us)
        self.line = SerialLine(self.world, spec.baud, spec.bits, spec.seed)
        self.car_park = CarPark(spec.parked, Random(spec.seed))
        self.lanes: dict[str, Lane] = {}
        self.boards: dict[str, Board] = {}
        for index, board in enumerate(spec.boards):
            self._add(board, spec.seed * 100 + index, Path(spec.folder) / board.name, program)

    def _add(self, spec: BoardSpec, seed: int, folder: Path, program: Firmware | None) -> None:
        park = self.car_park
        inwards = spec.role == "entry"
        lane = Lane(seed, rate=arrivals(spec, self.spec.start_hour), plates=park.arriving if inwards else park.leaving)
        lane.traffic.on_passed.append(park.came_in if inwards else park.went_out)
        provision(folder / "flash", spec, self.spec.baud)
        runs = program or firmware(spec.program)
        arguments = (str(spec.tcp_port), *runs.arguments)
        runner = BoardProcess(runs.script, folder, *arguments, heap=runs.heap, path=runs.path)
        board = self.world.add_board(spec.name, program_table(spec.program), lane, runner, spec.unit)
        self.line.connect(spec.name, board)
        board.on_serial = self._sender(spec.name)
        self.lanes[spec.name] = lane
        self.boards[spec.name] = board

    def _sender(self, name: str) -> Callable[[bytes], None]:
        return lambda data: self.line.transmit(name, data)

    def power_on(self) -> None:
        """Give every board power."""
        for board in self.boards.values():
            board.power_on()

    def report(self) -> dict[str, Any]:
        """Ground truth as it stands: a dict for JSON."""
        boards = []
        for spec in self.spec.boards:
            board, lane = self.boards[spec.name], self.lanes[spec.name]
            boards.append(
                {
                    "name": spec.name,
                    "unit": spec.unit,
                    "dev_id": spec.dev_id,
                    "role": spec.role,
                    "program": spec.program,
                    "state": board.state,
                    "runtime": board.runtime,
                    "pid": getattr(board.runner, "pid", 0),
                    "scans": board.scans,
                    "resets": len(board.resets),
                    "degrees": round(lane.degrees, 1),
                    **lane.counters(),
                }
            )
        counters = [lane.counters() for lane in self.lanes.values()]
        total = {name: sum(lane[name] for lane in counters) for name in ("passed", "reversals", "contacts", "queue")}
        total["occupancy"] = self.car_park.occupancy
        return {"now_ms": self.world.now_ms, "boards": boards, "total": total, "line": self._line_report()}

    def _line_report(self) -> dict[str, int]:
        statistics = self.line.statistics
        return {
            "bursts": statistics.bursts,
            "characters": statistics.characters,
            "collisions": statistics.collisions,
            "busy_us": statistics.busy_us,
        }

    def close(self) -> None:
        """Take the power from everything."""
        self.world.close()
