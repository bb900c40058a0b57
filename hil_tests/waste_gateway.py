"""The gateway's own parts in virtual time: line, board sessions, tags, commands, the collection of waste.

Nothing is imitated: the sessions read the boards' registers over the emulated RS-485 line, the image of the plant is
made from their tags, orders leave as command blocks. Only the event loop, the clock and the disk are the test's.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

from edge_gateway.control.waste import store
from edge_gateway.control.waste.image import Image
from edge_gateway.core import board as core_board
from edge_gateway.core import commands as core_commands
from edge_gateway.core import config_watch as core_config
from edge_gateway.core import waste_task as core_waste
from edge_gateway.core.board import BoardUnit
from edge_gateway.core.commands import Commander
from edge_gateway.core.lines import PacedLine
from edge_gateway.core.waste_task import WasteTask
from edge_gateway.fieldbus.command import Command
from edge_gateway.fieldbus.hole_store import HoleStore
from edge_gateway.fieldbus.reads import Periods
from edge_gateway.files import HOLES
from edge_gateway.journal import Draft
from edge_gateway.site import Board, LoadedSite, Waste
from edge_gateway.tags import TagDatabase
from tools.emulator.gateway_line import GatewayLine
from tools.emulator.serial_line import SerialLine
from tools.emulator.world import World

SCAN_MS = 100
UTC_0 = 1_767_225_600_000
"""2026-01-01 00:00 UTC: midnight of every test's day."""
_CLOCKS = (core_board, core_commands, core_config, core_waste)


class StoredAtOnce(WasteTask):
    """The task of the core with a disk that takes no time, and what it knows for tests that order by themselves."""

    @property
    def image(self) -> Image:
        """The plant as it was seen last."""
        return self._image

    @property
    def stored(self) -> int:
        """Generation of the memory that is on the disk."""
        return self._stored

    def _store_soon(self) -> None:
        self._stored = self._store(store.to_text(self.control.memory), self.control.generation)


class WasteGateway:
    """One life of the gateway. `kill` ends it as a power cut does; what it stored stays in `folder` for the next one.

    start_minute: local time of day at world time 0.
    """

    def __init__(
        self,
        world: World,
        wire: SerialLine,
        waste: Waste,
        boards: list[Board],
        folder: Path,
        start_minute: int,
        poll_ms: int = 250,
    ) -> None:
        self.world = world
        self.start_minute = start_minute
        self.journal: list[tuple[int, Draft]] = []
        """Every entry with its world time in ms."""
        self.alive = True
        self._clock = ExitStack()
        for module in _CLOCKS:
            self._clock.enter_context(patch.object(module, "utc_ms", self.utc_ms))
        self.line = GatewayLine(world, wire)
        self.database = TagDatabase()
        paced = cast(PacedLine, SimpleNamespace(line=self.line, periods=Periods(poll_ms, poll_ms, poll_ms)))
        folder.mkdir(parents=True, exist_ok=True)
        holes = HoleStore(folder / HOLES)
        self.boards = {b.id: BoardUnit(b, paced, self.database, 1, self._note, None, holes) for b in boards}
        self.commander = Commander(self._note)
        site = SimpleNamespace(site=SimpleNamespace(timezone="UTC"))
        loaded = cast(LoadedSite, SimpleNamespace(run_dir=folder, site=site))
        now = world.now_ms
        self.task = StoredAtOnce(loaded, waste, self.database, self.boards, self.commander, self._note, now)
        for board in self.boards.values():
            board.session.start(now)
        self.line.go_up(world.now_us)
        self._scan()

    def utc_ms(self) -> int:
        """The wall clock that goes with the world's time."""
        return UTC_0 + 60_000 * self.start_minute + self.world.now_ms

    def kill(self) -> None:
        """Nothing is sent, heard or stored any more."""
        self.alive = self.line.connected = False
        self._clock.close()

    def ready(self, board: str) -> bool:
        """Whether a board says that it hears us."""
        return self.boards[board].session.link_ok

    def order(self, board: str, name: str, *args: int) -> Command:
        """Send a command by its name, past the collection; its `end` follows."""
        unit = self.boards[board]
        return self.commander.send(unit.session, name, unit.commands[name].code, args, "test", self.world.now_ms)

    def tag(self, name: str) -> Any:
        """Value of a tag; None while it isn't good."""
        tag = self.database[name]
        return tag.value if tag.good else None

    def named(self, name: str) -> list[tuple[int, Draft]]:
        """Journal entries of one name, with their times."""
        return [(at, draft) for at, draft in self.journal if draft.name == name]

    def _note(self, draft: Draft) -> None:
        self.journal.append((self.world.now_ms, draft))

    def _scan(self) -> None:
        """The core's fixed scan, in its order (`CoreApp`): tags, sessions, collection."""
        if not self.alive:
            return
        now = self.world.now_ms
        self.database.scan(now, self.utc_ms())
        for board in self.boards.values():
            board.session.scan(now)
            board.configuration.scan(now)
        self.task.scan(now)
        self.world.after(SCAN_MS, self._scan)
