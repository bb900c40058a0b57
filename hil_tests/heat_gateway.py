"""The gateway's own district heat in virtual time, on the emulated line that leads to a real board.

As `energy_gateway.py`: session, tags, commands, set-points and the task are those of the core. The power plant is what
a test says it is.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from edge_gateway.control.energy.signals import NORMAL, Row
from edge_gateway.core import board as core_board
from edge_gateway.core import commands as core_commands
from edge_gateway.core import config_watch as core_config
from edge_gateway.core import heat_task as core_heat
from edge_gateway.core.board import BoardUnit
from edge_gateway.core.commands import Commander
from edge_gateway.core.energy_task import EnergyTask
from edge_gateway.core.heat_records import HeatRecords
from edge_gateway.core.heat_task import HeatTask
from edge_gateway.core.lines import PacedLine
from edge_gateway.fieldbus.command import Command, CommandEnd
from edge_gateway.fieldbus.hole_store import HoleStore
from edge_gateway.fieldbus.reads import Periods
from edge_gateway.files import HOLES, JOURNAL
from edge_gateway.journal import Draft
from edge_gateway.site import Board, Heat, LoadedSite
from edge_gateway.tags import TagDatabase
from hil_tests.heat_rig import HeatRig
from hil_tests.waste_gateway import SCAN_MS, UTC_0
from tools.emulator.gateway_line import GatewayLine
from tools.heat.course import PROGRAM, UNIT

_CLOCKS = (core_board, core_commands, core_config, core_heat)
BOARD = "heat1"


class PowerPlant:
    """What the energy management of the site tells: its row of §5, what goes into the grid, and the tier shed."""

    def __init__(self) -> None:
        self.ems = SimpleNamespace(signal=NORMAL, dispatched=True)
        self.image = SimpleNamespace(heard=True, shed=0, grid=SimpleNamespace(kw=0.0))

    def tell(self, row: Row = NORMAL, grid_kw: float = 0.0, shed: int = 0) -> None:
        """From now on."""
        self.ems.signal, self.image.grid.kw, self.image.shed = row, grid_kw, shed


class HeatGateway:
    """One life of the gateway over a rig without its stand-in. `kill` ends it as a power cut does; what it stored stays
    in `folder` for the next one."""

    def __init__(self, rig: HeatRig, folder: Path, heat: dict[str, Any], params: dict[str, int]) -> None:
        self.world = rig.world
        self.power = PowerPlant()
        self.journal: list[tuple[int, Draft]] = []
        """Every entry with its world time in ms."""
        self.alive = True
        self._patches = ExitStack()
        for module in _CLOCKS:
            self._patches.enter_context(patch.object(module, "utc_ms", self.utc_ms))
        self._patches.enter_context(patch.object(HeatRecords, "_store_soon", _store_at_once))
        self.line = GatewayLine(rig.world, rig.line)
        self.database = TagDatabase()
        paced = cast(PacedLine, SimpleNamespace(line=self.line, periods=Periods(250, 250, 250)))
        folder.mkdir(parents=True, exist_ok=True)
        config = Board(id=BOARD, program=PROGRAM, line="RS1", unit=UNIT, dev_id=100 + UNIT, parameters=params)
        self.board = BoardUnit(config, paced, self.database, 1, self._note, None, HoleStore(folder / HOLES))
        site = SimpleNamespace(site=SimpleNamespace(timezone="Asia/Shanghai"))
        loaded = cast(LoadedSite, SimpleNamespace(run_dir=folder, site=site))
        section = Heat.model_validate({"board": BOARD, "buildings": [{"name": "housing"}], **heat})
        now = rig.world.now_ms
        self.task = HeatTask(
            loaded,
            section,
            self.database,
            {BOARD: self.board},
            Commander(self._note),
            self._note,
            folder / JOURNAL,
            cast(EnergyTask, self.power),
            now,
        )
        self.board.session.start(now)
        self.line.go_up(rig.world.now_us)
        self._scan()

    def utc_ms(self) -> int:
        """The wall clock that goes with the world's time."""
        return UTC_0 + self.world.now_ms

    def kill(self) -> None:
        """Nothing is sent, heard or stored any more."""
        self.alive = self.line.connected = False
        self._patches.close()

    def value(self, name: str) -> float | None:
        """What was decided last."""
        made = self.task.heat.dispatched
        return None if made is None else made[name].value

    def command(self, name: str, *args: int) -> Command:
        """An order of a person. Look at its `end` later."""
        return self.task.command(name, args, "somebody", self.world.now_ms, lambda _command: None)

    def names(self) -> list[str]:
        """Names of what was journalled."""
        return [draft.name for _at, draft in self.journal]

    def _note(self, draft: Draft) -> None:
        self.journal.append((self.world.now_ms, draft))

    def _scan(self) -> None:
        """The core's fixed scan, in its order: tags, session, configuration, district heat."""
        if not self.alive:
            return
        now = self.world.now_ms
        self.database.scan(now, self.utc_ms())
        self.board.session.scan(now)
        self.board.configuration.scan(now)
        self.task.scan(now)
        self.world.after(SCAN_MS, self._scan)


def done(command: Command) -> bool:
    """Whether the board has done it."""
    return command.end is CommandEnd.DONE


def _store_at_once(records: HeatRecords) -> None:
    records.books.news = records.hygiene.news = False
    records.close()
