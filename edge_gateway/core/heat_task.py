"""District heat in the core: tags as an image, set-points as commands, books and hygiene as entries."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from edge_gateway.control.energy.ems import Note
from edge_gateway.control.energy.signals import Heat as HeatWord
from edge_gateway.control.energy.state import Island
from edge_gateway.control.heat.accounting import Electric
from edge_gateway.control.heat.heat import DistrictHeat, When
from edge_gateway.control.heat.image import Image, Power
from edge_gateway.core.board import BoardUnit
from edge_gateway.core.clock import utc_ms
from edge_gateway.core.commands import Commander
from edge_gateway.core.energy_task import EnergyTask
from edge_gateway.core.heat_image import HeatImages
from edge_gateway.core.heat_orders import HeatOrders
from edge_gateway.core.heat_records import HeatRecords
from edge_gateway.core.heat_site import law_of, plant_of, settable_of
from edge_gateway.core.heat_tags import HeatTags
from edge_gateway.core.heat_tuning import HeatTuning
from edge_gateway.fieldbus.command import Command
from edge_gateway.files import HEAT
from edge_gateway.journal import Draft, JournalReader, Kind
from edge_gateway.site import Heat, LoadedSite
from edge_gateway.tags import TagDatabase

SOURCE = "heat"
ORDER_MOST_S = 7 * 24 * 3600
"""Longest time for which a set-point can be ordered."""
_ORDER, _RELEASE = "HEAT_SETPOINT", "HEAT_AUTO"


class HeatTask:
    """One plant. `scan` is called in each control scan; the other methods are the local API's."""

    def __init__(
        self,
        loaded: LoadedSite,
        heat: Heat,
        database: TagDatabase,
        boards: Mapping[str, BoardUnit],
        commander: Commander,
        journal: Callable[[Draft], Any],
        journal_path: Path,
        energy: EnergyTask | None,
        now: int,
    ) -> None:
        self.config = heat
        self.board = boards[heat.board]
        self.plant = plant_of(heat, self.board.config)
        self.heat = DistrictHeat(self.plant, now, law_of(heat, self.board.config), settable_of(self.board.config))
        self.image = Image()
        self.database = database
        self._commander = commander
        self._journal = journal
        self._energy = energy
        self._zone = ZoneInfo(loaded.site.site.timezone)
        self.images = HeatImages(database, self.board)
        self.orders = HeatOrders(self.board)
        self.tuning = HeatTuning(database, self.board, self.plant.it_limit)
        self.records = HeatRecords(
            loaded.run_dir / HEAT,
            [tap.id for tap in heat.taps],
            Electric(it_limit=self.plant.it_limit),
            self.value,
            database[f"{heat.board}.HYG.WHY"],
            database[f"{heat.board}.HYG.RESULT"],
            lambda error: self._note(Note("MEMORY_LOST", {"error": error}, alarm=True)),
        )
        self._tags = HeatTags(database, self.heat)
        self._order_again(journal_path, now)

    # --- in the scan --------------------------------------------------------------------------------------------------

    def scan(self, now: int) -> None:
        """Looks at the plant and acts."""
        self.decide(now)
        for note in self.tuning.scan(self.image, now):
            self._note(note)
        wall = utc_ms()
        for note in self.records.step(self.image, now, wall):
            self._note(note)
        self._tags.write(self.heat, wall, now)

    def decide(self, now: int) -> None:
        """Looks, decides and tells the board: in each scan, and at once when somebody has ordered something."""
        self.image = self.images.image(self._power(), now)
        for note in self.heat.step(self.image, now, self._when()):
            self._note(note)
        self.orders.send(self.heat, self.image, now, self.tuning.holds)

    def close(self) -> None:
        """Stores the records; what the board was told last goes on or expires there (H15)."""
        self.records.close()

    # --- for the local API --------------------------------------------------------------------------------------------

    def value(self, name: str) -> float | None:
        """A point of the board by its name in the sheet; None when it must not be used."""
        tag = self.database.get(f"{self.config.board}.{name}")
        if tag is None or not tag.good or not isinstance(tag.value, int | float):
            return None
        return None if name.startswith("TT") and name in self.images.estimated() else float(tag.value)

    def order(self, name: str, value: float, ttl_s: float, why: str, by: str, now: int) -> None:
        """A person's set-point for a while. Raises ValueError outside its band, KeyError for another name."""
        why = why or f"ordered by {by}"
        self.heat.order(name, value, round(1000 * ttl_s), why, now)
        self.audit(_ORDER, by, what=name, value=value, for_s=round(ttl_s, 3), why=why)

    def release(self, name: str, by: str, now: int) -> bool:
        """The plant's own law again. Returns whether an order stood."""
        stood = self.heat.release(name, now)
        if stood:
            self.audit(_RELEASE, by, what=name)
        return stood

    def command(self, name: str, args: tuple[int, ...], by: str, now: int, ended: Callable[[Command], None]) -> Command:
        """An order to the board that happens once; journalled with who gave it."""
        known = self.board.commands[name]
        return self._commander.send(self.board.session, known.name, known.code, args, by, now, ended)

    def audit(self, event: str, by: str, **body: object) -> None:
        """Who has done what."""
        self._journal(Draft(Kind.AUDIT, utc_ms(), SOURCE, event, {**body, "by": by}))

    # --- own ----------------------------------------------------------------------------------------------------------

    def _note(self, note: Note) -> None:
        kind = Kind.ALARM if note.alarm else Kind.EVENT
        self._journal(Draft(kind, utc_ms(), SOURCE, note.name, note.body))

    def _when(self) -> When:
        now = utc_ms()
        local = datetime.fromtimestamp(now / 1000, self._zone)
        return When(now, 60 * local.hour + local.minute, local.month)

    def _power(self) -> Power:
        """What the power plant of this site says. A site without one has no surplus, and no rows either."""
        energy = self._energy
        if energy is None:
            return Power()
        ems, image = energy.ems, energy.image
        if not image.heard or ems.dispatched is None:
            why = "the power plant is not heard"
            if ems.island.state is not Island.GRID_OK:  # what was told last of an island holds until it is heard again
                return Power(f"{why}, and the grid was away", HeatWord.ISLAND)
            return Power(why, HeatWord.NO_POWER_TO_HEAT)
        spare = None if image.grid.kw is None else -image.grid.kw
        return Power(ems.signal.name, ems.signal.heat, spare, image.shed)

    def _order_again(self, journal_path: Path, now: int) -> None:
        """Set-points that were ordered before a restart stand until their time; the last word on each is the one."""
        wall = utc_ms()
        try:
            reader = JournalReader(journal_path)
        except (FileNotFoundError, sqlite3.Error):
            return  # the first start, or a file that the writer is about to replace
        try:
            found = reader.named((_ORDER, _RELEASE), wall - 1000 * ORDER_MOST_S, wall, (Kind.AUDIT,))
        finally:
            reader.close()
        last = {record.body["what"]: record for record in found if record.source == SOURCE}
        for name, record in last.items():
            if record.name != _ORDER or name not in self.heat.settable:
                continue
            body, left_ms = record.body, record.utc_ms + round(1000 * record.body["for_s"]) - wall
            if left_ms > 0 and not self.heat.settable[name].wrong(body["value"]):
                self.heat.order(name, body["value"], left_ms, body["why"], now)
