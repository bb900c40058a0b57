"""The gateway's own energy management in virtual time, on the emulated line that leads to a real board.

As `waste_gateway.py`: sessions, tags, commands, set-points and the management itself are those of the core.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from edge_gateway.core import board as core_board
from edge_gateway.core import commands as core_commands
from edge_gateway.core import config_watch as core_config
from edge_gateway.core import energy_task as core_energy
from edge_gateway.core.board import BoardUnit
from edge_gateway.core.commands import Commander
from edge_gateway.core.energy_task import EnergyTask
from edge_gateway.core.lines import PacedLine
from edge_gateway.fieldbus.hole_store import HoleStore
from edge_gateway.fieldbus.reads import Periods
from edge_gateway.files import HOLES, JOURNAL
from edge_gateway.journal import Draft
from edge_gateway.site import Board, Energy, LoadedSite
from edge_gateway.tags import TagDatabase
from hil_tests.energy_rig import UNIT, EnergyRig
from hil_tests.waste_gateway import SCAN_MS, UTC_0
from tools.emulator.gateway_line import GatewayLine

_CLOCKS = (core_board, core_commands, core_config, core_energy)
BOARD = "power"


class EnergyGateway:
    """One life of the gateway over a rig without its stand-in. `kill` ends it as a power cut does.

    start_minute: local time of day at world time 0. The plan is made by rules: they need no second process.
    """

    def __init__(
        self, rig: EnergyRig, folder: Path, energy: dict[str, Any], params: dict[str, int], minute: int
    ) -> None:
        self.rig = rig
        self.world = rig.world
        self.start_minute = minute
        self.journal: list[tuple[int, Draft]] = []
        """Every entry with its world time in ms."""
        self.alive = True
        self._clock = ExitStack()
        for module in _CLOCKS:
            self._clock.enter_context(patch.object(module, "utc_ms", self.utc_ms))
        self.line = GatewayLine(rig.world, rig.line)
        self.database = TagDatabase()
        paced = cast(PacedLine, SimpleNamespace(line=self.line, periods=Periods(250, 250, 250)))
        folder.mkdir(parents=True, exist_ok=True)
        config = Board(id=BOARD, program="energy", line="RS1", unit=UNIT, dev_id=121, parameters=params)
        board = BoardUnit(config, paced, self.database, 1, self._note, None, HoleStore(folder / HOLES))
        self.board = board
        site = SimpleNamespace(site=SimpleNamespace(timezone="UTC"))
        loaded = cast(LoadedSite, SimpleNamespace(run_dir=folder, site=site))
        section = Energy.model_validate({"board": BOARD, "plan": {"method": "rules"}, **energy})
        boards, commander, now = {BOARD: board}, Commander(self._note), rig.world.now_ms
        self.task = EnergyTask(
            loaded, section, self.database, boards, commander, self._note, folder / JOURNAL, None, now
        )
        self.ems = self.task.ems
        board.session.start(now)
        self.line.go_up(rig.world.now_us)
        self._scan()

    def utc_ms(self) -> int:
        """The wall clock that goes with the world's time."""
        return UTC_0 + 60_000 * self.start_minute + self.world.now_ms

    def kill(self) -> None:
        """Nothing is sent or heard any more."""
        self.alive = self.line.connected = False
        self._clock.close()

    @property
    def state(self) -> str:
        """Of the energy management."""
        return str(self.ems.state)

    def forbids_fans(self) -> bool:
        """What the waste collection hears."""
        return self.ems.signal.waste.forbid

    def tag(self, name: str) -> Any:
        """Value of a tag of the board; None while it isn't good."""
        tag = self.database[f"{BOARD}.{name}"]
        return tag.value if tag.good else None

    def _note(self, draft: Draft) -> None:
        self.journal.append((self.world.now_ms, draft))

    def _scan(self) -> None:
        """The core's fixed scan, in its order: tags, session, management."""
        if not self.alive:
            return
        now = self.world.now_ms
        self.database.scan(now, self.utc_ms())
        self.board.session.scan(now)
        self.board.configuration.scan(now)
        self.task.scan(now)
        self.world.after(SCAN_MS, self._scan)
