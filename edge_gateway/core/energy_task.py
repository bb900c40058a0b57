"""The energy management in the core: tags as an image, set-points as commands, signals to others, books as entries."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from edge_gateway.control.energy.books import QUARTER, Books
from edge_gateway.control.energy.ems import Ems, When
from edge_gateway.control.energy.image import Image
from edge_gateway.control.energy.plan import Plan
from edge_gateway.control.energy.plant import MINUTE_MS
from edge_gateway.control.energy.signals import NORMAL
from edge_gateway.control.energy.state import State
from edge_gateway.control.waste.schedule import Hints
from edge_gateway.core.board import BoardUnit
from edge_gateway.core.clock import utc_ms
from edge_gateway.core.commands import Commander
from edge_gateway.core.energy_image import EnergyImages
from edge_gateway.core.energy_orders import EnergyOrders
from edge_gateway.core.energy_planner import Planner
from edge_gateway.core.energy_site import plant_of, tariff_of
from edge_gateway.core.energy_tags import EnergyTags
from edge_gateway.fieldbus.setpoint import SetPoint
from edge_gateway.journal import Draft, JournalReader, Kind
from edge_gateway.site import Energy, LoadedSite
from edge_gateway.tags import TagDatabase

SOURCE = "energy"
Hint = Callable[[Hints, int, int], None]
"""`hint(hints, ttl_ms, now)`: tells the waste collection."""
_HINT_TTL_MS = 60_000
LIMIT_MOST_S = 7 * 24 * 3600
"""Longest time for which a cap can be ordered."""


class EnergyTask:
    """One plant. `scan` is called in each control scan; the other methods are the local API's."""

    def __init__(
        self,
        loaded: LoadedSite,
        energy: Energy,
        database: TagDatabase,
        boards: Mapping[str, BoardUnit],
        commander: Commander,
        journal: Callable[[Draft], Any],
        journal_path: Path,
        hint: Hint | None,
        now: int,
    ) -> None:
        self.config = energy
        self.plant = plant_of(energy)
        self.ems = Ems(self.plant, tariff_of(energy), now, stale_ms=round(energy.plan.stale_min * MINUTE_MS))
        self.image = Image()
        self._journal = journal
        self._zone = ZoneInfo(loaded.site.site.timezone)
        self._images = EnergyImages(energy, database, boards[energy.board])
        self.orders = EnergyOrders(energy, boards[energy.board], commander, self._ended)
        self._planner = Planner(energy.plan, journal_path, self._planned, now)
        fitted = energy.inverters
        kwp = sum(inverter.kwp for inverter in fitted)
        self.books = Books(kwp, self.plant.pv_kw, [inverter.number for inverter in fitted])
        self._tags = EnergyTags(database)
        self._hint = hint
        self._hinted = False
        if energy.plan.method == "rules":
            self.ems.follow(None, 0, "the site file asks for rules")
        self._order_again(journal_path, now)

    # --- in the scan --------------------------------------------------------------------------------------------------

    def scan(self, now: int) -> None:
        """Looks at the plant and acts."""
        when = self._when()
        self.image = image = self._images.image(now)
        ems = self.ems
        for note in ems.step(image, now, when):
            kind = Kind.ALARM if note.alarm else Kind.EVENT
            self._journal(Draft(kind, when.utc_ms, SOURCE, note.name, note.body))
        self.orders.send(ems, image, now)
        self._planner.scan(ems, image, now, when)
        fallback = ems.state in (State.INIT, State.OBSERVE) or bool(ems.plan_why)
        waiting = len(ems.allocation.waiting)
        done = self.books.step(image, now, when.utc_ms, fallback, waiting, self._images.pv_limited_by)
        if done is not None:
            self._journal(Draft(Kind.EVENT, when.utc_ms, SOURCE, QUARTER, done))
        self._tags.write(ems, when.utc_ms, now)
        self._tell_waste(now)

    def close(self) -> None:
        """Ends the planner; what the board was told last expires there."""
        self._planner.close()

    # --- for the local API --------------------------------------------------------------------------------------------

    def limit(self, which: str, kw: float, ttl_ms: int, why: str, by: str, now: int) -> None:
        """A tighter cap for a while: `import` or `export`."""
        why = why or f"by {by}"
        self.ems.order(which, kw, ttl_ms, why, now)
        body = {"cap": which, "kw": kw, "for_s": ttl_ms // 1000, "why": why, "by": by}
        self._journal(Draft(Kind.AUDIT, utc_ms(), SOURCE, "LIMIT", body))

    # --- own ----------------------------------------------------------------------------------------------------------

    def _order_again(self, journal_path: Path, now: int) -> None:
        """Caps that were ordered before a restart stand until their time; the last order of each is the one."""
        wall = utc_ms()
        try:
            reader = JournalReader(journal_path)
        except (FileNotFoundError, sqlite3.Error):
            return  # the first start, or a file that the writer is about to replace
        try:
            found = reader.named(("LIMIT",), wall - 1000 * LIMIT_MOST_S, wall, (Kind.AUDIT,))
        finally:
            reader.close()
        last = {record.body["cap"]: record for record in found if record.source == SOURCE}
        for which, record in last.items():
            left_ms = record.utc_ms + 1000 * record.body["for_s"] - wall
            if left_ms > 0:
                self.ems.order(which, record.body["kw"], left_ms, record.body["why"], now)

    def _when(self) -> When:
        now = utc_ms()
        local = datetime.fromtimestamp(now / 1000, self._zone)
        return When(now, 60 * local.hour + local.minute)

    def _planned(self, plan: Plan | None, why: str) -> None:
        now = utc_ms()
        self.ems.follow(plan, now, why)
        if plan is not None:
            body = {"source": plan.source, "cost": round(plan.cost, 2), "peak_kw": round(plan.peak, 1)}
            self._journal(Draft(Kind.EVENT, now, SOURCE, "ENERGY_PLAN", body))
        else:
            self._journal(Draft(Kind.EVENT, now, SOURCE, "ENERGY_NO_PLAN", {"why": why}))

    def _ended(self, _point: SetPoint, took_ms: int, taken: bool) -> None:
        self.books.told(took_ms, taken)

    def _tell_waste(self, now: int) -> None:
        """As long as a row of §5 holds; when it is over, once that nothing holds."""
        if self._hint is None:
            return
        told = self.ems.signal is not NORMAL
        if told or self._hinted:
            self._hint(self.ems.signal.waste, _HINT_TTL_MS if told else 0, now)
        self._hinted = told
