"""A site's emulated side: the world that a SiteSpec makes, with its lines, its boards and their plants."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from protocols.sheets.derive import table
from tools.emulator.board import Board, Runner
from tools.emulator.board_process import BoardProcess
from tools.emulator.firmware_bundle import Firmware, firmware
from tools.emulator.host_board import HostBoard
from tools.emulator.lane.plant import Lane
from tools.emulator.plant import FieldPlant, Plant
from tools.emulator.plants import PARAMETERS, PLANTS, Surroundings
from tools.emulator.serial_line import SerialLine
from tools.emulator.spec import IN_PROCESS, ROLES, BoardSpec, LineSpec, SiteSpec, WasteSpec
from tools.emulator.time_lapse import sheet_of
from tools.emulator.waste.truth import ground_truth
from tools.emulator.world import World

__all__ = [
    "ROLES",
    "BoardSpec",
    "EmulatedSite",
    "LineSpec",
    "SiteSpec",
    "WasteSpec",
    "program_table",
    "provision",
    "put_board",
]

_TOTALS = ("passed", "reversals", "contacts", "queue")


@cache
def program_table(program: str, lapse_ms: int = 0) -> Any:
    """Table of a program, made once; `lapse_ms` as in `BoardSpec`."""
    return table(sheet_of(program, lapse_ms))


def provision(storage: Path, spec: BoardSpec, baud: int) -> None:
    """Write a board's identity and parameters into its storage, as an installer would."""
    from firmware.runtime.config import Config
    from firmware.runtime.store import DirStore

    storage.mkdir(parents=True, exist_ok=True)
    of_role = PARAMETERS.get(spec.program)
    values = {**(of_role(spec) if of_role is not None else {}), **spec.params}
    config = Config(program_table(spec.program, spec.lapse_ms), DirStore(str(storage)))
    config.write(UNIT_ID=spec.unit, DEV_ID=spec.dev_id, BAUD_100=baud // 100, **values)


def put_board(
    world: World,
    line: SerialLine,
    spec: BoardSpec,
    plant: Plant,
    folder: Path,
    *,
    addressed: bool = False,
    program: Firmware | None = None,
) -> Board:
    """Put a board into a world, without power: provisioned, on its line, wired to its plant and to the devices there.

    folder: where its storage is. addressed: it hears only what is meant for it (see `SerialLine.connect`). program:
    what runs instead of its firmware.
    """
    provision(folder / "flash", spec, line.baud)
    table = program_table(spec.program, spec.lapse_ms)
    board = world.add_board(spec.name, table, plant, _runner(spec, folder, program), spec.unit)
    line.connect(spec.name, board, spec.unit if addressed else 0)
    board.on_serial = lambda data: line.transmit(spec.name, data)
    if isinstance(plant, FieldPlant):
        plant.connect(world, board)
    return board


class EmulatedSite:
    """World, lines, boards and plants of a SiteSpec, without power yet. KeyError: a program without a plant."""

    def __init__(self, spec: SiteSpec, *, program: Firmware | None = None, start_us: int = 0) -> None:
        self.spec = spec
        self.world = World(start_us)
        self.lines = {
            line.name: SerialLine(self.world, line.baud, line.bits, spec.seed + index)
            for index, line in enumerate(spec.lines)
        }
        self.around = Surroundings(spec)
        self.plants: dict[str, Plant] = {}
        self.lanes: dict[str, Lane] = {}
        """Those of the plants that are parking lanes."""
        self.boards: dict[str, Board] = {}
        for index, board in enumerate(spec.boards):
            self._add(board, spec.seed * 100 + index, Path(spec.folder) / board.name, program)

    @property
    def line(self) -> SerialLine:
        """The first line: all there is on a site with one."""
        return next(iter(self.lines.values()))

    def line_of(self, board: BoardSpec) -> SerialLine:
        """The line that a board is on. Raises KeyError."""
        return self.lines[board.line] if board.line else self.line

    def _add(self, spec: BoardSpec, seed: int, folder: Path, program: Firmware | None) -> None:
        plant = PLANTS[spec.program](self.around, spec, seed)
        line = self.line_of(spec)
        addressed = next(each.addressed for each in self.spec.lines if self.lines[each.name] is line)
        self.boards[spec.name] = put_board(self.world, line, spec, plant, folder, addressed=addressed, program=program)
        self.plants[spec.name] = plant
        if isinstance(plant, Lane):
            self.lanes[spec.name] = plant

    def power_on(self) -> None:
        """Give every board power."""
        for board in self.boards.values():
            board.power_on()

    def report(self) -> dict[str, Any]:
        """Ground truth as it stands: a dict for JSON."""
        boards = []
        for spec in self.spec.boards:
            board = self.boards[spec.name]
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
                    **self.plants[spec.name].counters(),
                }
            )
        counters = [plant.counters() for plant in self.plants.values()]
        total = {name: sum(plant.get(name, 0) for plant in counters) for name in _TOTALS}
        total["occupancy"] = self.around.car_park.occupancy
        world = self.world
        times = {"now_ms": world.now_ms, "stalled_ms": world.stalled_us // 1000}
        lines = {name: _line_report(line) for name, line in self.lines.items()}
        waste = None if self.around.network is None else ground_truth(self.around.network)
        return {**times, "boards": boards, "total": total, "waste": waste, "lines": lines}

    def close(self) -> None:
        """Take the power from everything."""
        self.world.close()


def _runner(spec: BoardSpec, folder: Path, program: Firmware | None) -> Runner:
    if spec.runtime == IN_PROCESS:
        return HostBoard(spec.program, program_table(spec.program, spec.lapse_ms), folder)
    runs = program or firmware(spec.program, spec.lapse_ms)
    return BoardProcess(runs.script, folder, str(spec.tcp_port), *runs.arguments, heap=runs.heap, path=runs.path)


def _line_report(line: SerialLine) -> dict[str, int]:
    statistics = line.statistics
    return {
        "bursts": statistics.bursts,
        "characters": statistics.characters,
        "collisions": statistics.collisions,
        "busy_us": statistics.busy_us,
    }
