"""The waste collection in the core: tags as an image, orders as commands, notes as entries, its memory as a file."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from edge_gateway.control.memory_file import write_text
from edge_gateway.control.waste import requests, store
from edge_gateway.control.waste.collection import Collection
from edge_gateway.control.waste.image import Image
from edge_gateway.control.waste.orders import STATION, Answer, End, Note, Order
from edge_gateway.control.waste.schedule import Entry, Hints, Plan, When
from edge_gateway.control.waste.state import Memory, State
from edge_gateway.core.board import BoardUnit
from edge_gateway.core.clock import utc_ms
from edge_gateway.core.commands import Commander, why
from edge_gateway.core.waste_image import WasteImages
from edge_gateway.core.waste_site import plant_of, rules_of, times_of
from edge_gateway.fieldbus.command import Command, CommandEnd
from edge_gateway.files import WASTE
from edge_gateway.journal import Draft, Kind
from edge_gateway.site import LoadedSite, Waste
from edge_gateway.tags import TagDatabase
from protocols import layout

log = logging.getLogger(__name__)

BY = "waste"
_STORE_MS = 1_000
_ENDS = {
    CommandEnd.DONE: End.DONE,
    CommandEnd.REFUSED: End.REFUSED,
    CommandEnd.EXPIRED: End.REFUSED,
    CommandEnd.NOT_SENT: End.REFUSED,
    CommandEnd.FAILED: End.FAILED,
}
"""Every other end leaves open whether the board has acted."""


class WasteTask:
    """One plant. `scan` is called in each control scan; the other methods are the local API's."""

    def __init__(
        self,
        loaded: LoadedSite,
        waste: Waste,
        database: TagDatabase,
        boards: Mapping[str, BoardUnit],
        commander: Commander,
        journal: Callable[[Draft], Any],
        now: int,
    ) -> None:
        self.config = waste
        self._boards = boards
        self._commander = commander
        self._journal = journal
        self._path = loaded.run_dir / WASTE
        self._zone = ZoneInfo(loaded.site.site.timezone)
        self.plant = plant_of(waste)
        self._images = WasteImages(waste, self.plant, database, boards)
        self.control = Collection(self.plant, rules_of(waste), times_of(waste), self._memory(), now)
        self._image: Image = self._images.image(now)
        self._stored = 0
        self._store_at = now
        self._storing: asyncio.Future[int] | None = None
        self._hints: Hints | None = None
        self._hints_until = 0

    # --- in the scan --------------------------------------------------------------------------------------------------

    def scan(self, now: int) -> None:
        """Looks at the plant and acts."""
        if now >= self._hints_until:
            self._hints = None
        self._image = self._images.image(now)
        for action in self.control.step(self._image, now, self._when(), self._stored, self._hints):
            if isinstance(action, Note):
                kind = Kind.ALARM if action.alarm else Kind.EVENT
                self._journal(Draft(kind, utc_ms(), action.source, action.name, action.body))
            else:
                self._send(action, now)
        hurry = self.control.state in (State.DISCHARGE, State.TRIPPED)
        if self.control.generation != self._stored and (hurry or now >= self._store_at):
            self._store_at = now + _STORE_MS
            self._store_soon()

    def close(self) -> None:
        """Stores the memory a last time."""
        self._store(store.to_text(self.control.memory), self.control.generation)

    # --- for the local API --------------------------------------------------------------------------------------------

    def collect(self, fraction: str | None, inlet: str | None, by: str) -> dict[str, Any]:
        """Asks for a run. Raises RefusedError."""
        chutes = requests.collect(self.control, self._image, self._when(), fraction, inlet, by)
        self._audit("COLLECT", by, chutes=len(chutes), fraction=fraction, inlet=inlet)
        return {"chutes": chutes}

    def plan(self) -> dict[str, Any]:
        """What would run and when, and why. Raises RefusedError while the plant is tripped."""
        made: Plan = requests.explain(self.control, self._image, self._when(), self._hints)
        run = self.control.memory.run
        return {
            "run": None if run is None else run.number,
            "now": made.due,
            "why": made.why,
            "night": made.night,
            "next_ms": made.at_utc,
            "legs": [
                {"fraction": requests.FRACTIONS[leg.fraction], "branch": leg.branch, "chutes": list(leg.chutes)}
                for leg in made.legs
            ],
            "chutes": [_entry(entry) for entry in made.entries],
            "hints": None if self._hints is None else self._hints.why or "given",
        }

    def reset(self, by: str, now: int) -> dict[str, Any]:
        """Resets a trip here and at the boards that have one. Nothing starts by it. Raises RefusedError."""
        requests.reset(self.control, now)
        self._audit("RESET", by, tripped=self.control.memory.tripped)
        for name in (self.config.station, *self.plant.inlets):
            board = self._boards[name]
            if board.trips() and board.session.online:
                self._commander.send(board.session, "RESET", layout.CMD_RESET, (), by, now)
        return self.as_dict()

    def resume(self, by: str) -> dict[str, Any]:
        """Runs may start by themselves again after a trip. Raises RefusedError."""
        requests.resume(self.control)
        self._audit("RESUME", by)
        return self.as_dict()

    def change(self, container: int, by: str) -> dict[str, Any]:
        """Begins the change of a container. Raises RefusedError."""
        requests.change(self.control, container, self._image)
        self._audit("CONTAINER_CHANGE", by, container=container)
        return self.as_dict()

    @property
    def full_limit_ms(self) -> int:
        """A chute that is full for longer is late."""
        return self.control.times.full_limit_ms

    def hint(self, hints: Hints, ttl_ms: int, now: int) -> None:
        """What the power plant says, for so long."""
        self._hints, self._hints_until = hints, now + ttl_ms

    def as_dict(self) -> dict[str, Any]:
        """How it stands, in short."""
        control, station = self.control, self._image.station
        memory = control.memory
        run = memory.run
        return {
            "state": str(memory.state),
            "tripped": memory.tripped,
            "section": memory.section,
            "paused": memory.paused,
            "unblock": control.unblocking,
            "why": control.last_plan.why,
            "why_not": control.why_not,
            "run": None
            if run is None
            else {
                "number": run.number,
                "why": run.why,
                "by": run.by,
                "pulses": run.pulses,
                "kwh": round(run.kwh, 2),
                "legs": [
                    {"fraction": requests.FRACTIONS[leg.fraction], "branch": leg.branch, "chutes": list(leg.chutes)}
                    for leg in run.legs
                ],
            },
            "token": {"holder": memory.holder, "number": memory.token},
            "station": {
                "heard": station.fresh,
                "state": station.state,
                "vacuum_kpa": round(station.vacuum, 2),
                "speed": round(station.speed, 2),
                "branch": max(station.av, 0),
                "diverter": station.diverter,
                "in_flight": sorted(station.flight),
                "trips": list(station.trips),
                "first_out": station.first_out,
            },
            "containers": [
                {
                    "number": number,
                    "fraction": requests.FRACTIONS[fraction],
                    "docked": box.docked,
                    "level": round(box.level, 1),
                    "kg": memory.books.landed.get(number, 0) / 1000,
                }
                for fraction, number in self.plant.containers.items()
                if (box := station.containers.get(number)) is not None
            ],
            "books": {
                "dropped_kg": memory.books.dropped / 1000,
                "in_chutes_kg": memory.books.in_chutes / 1000,
                "in_flight_kg": memory.books.in_flight / 1000,
                "landed_kg": memory.books.all_landed / 1000,
                "balance_kg": memory.books.balance / 1000,
            },
        }

    def chutes(self) -> list[dict[str, Any]]:
        """Every chute: level, fraction, when it was emptied last."""
        memory, found = self.control.memory, []
        for chute in self.plant.chutes:
            valve, known = self._image.valve(chute.name), memory.chute(chute.name)
            level = "full" if valve.full else "high" if valve.high else "low"
            trouble = valve.refusal or valve.fault or valve.stop or known.held_why * (known.held_until > utc_ms())
            found.append(
                {
                    "chute": chute.name,
                    "inlet": chute.inlet,
                    "valve": chute.valve,
                    "fraction": requests.FRACTIONS[chute.fraction],
                    "branch": chute.branch,
                    "distance_m": chute.distance_m,
                    "heard": valve.fresh,
                    "level": level if valve.fresh else "unknown",
                    "kg": memory.books.held(chute.name) / 1000,
                    "emptied_ms": known.emptied,
                    "full_since_ms": known.full_since,
                    "open": valve.open and not valve.closed,
                    "hatch_open": valve.fresh and valve.hatch,
                    "trouble": trouble,
                }
            )
        return found

    # --- own ----------------------------------------------------------------------------------------------------------

    def _when(self) -> When:
        now = utc_ms()
        local = datetime.fromtimestamp(now / 1000, self._zone)
        return When(now, 60 * local.hour + local.minute)

    def _send(self, order: Order, now: int) -> None:
        board = self._boards[self.config.station if order.board == STATION else order.board]
        known = board.commands.get(order.command)
        assert known is not None, f"{board.config.program} has no {order.command}"

        def ended(command: Command) -> None:
            end = _ENDS.get(command.end, End.UNKNOWN) if command.end is not None else End.UNKNOWN
            self.control.answer(Answer(order.key, end, why(command, board.sheet)))

        self._commander.send(board.session, known.name, known.code, order.args, BY, now, ended)

    def _audit(self, name: str, by: str, **body: object) -> None:
        told = {key: value for key, value in body.items() if value is not None}
        self._journal(Draft(Kind.AUDIT, utc_ms(), "waste", name, {**told, "by": by}))

    def _memory(self) -> Memory | None:
        try:
            return store.from_text(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.exception("what the waste collection remembered is lost")
            self._journal(Draft(Kind.ALARM, utc_ms(), "waste", "MEMORY_LOST", {"error": str(error)}))
            return None

    def _store_soon(self) -> None:
        """Stores in another thread, one at a time; what was stored counts when it is on the disk."""
        if self._storing is not None and not self._storing.done():
            return
        text, generation = store.to_text(self.control.memory), self.control.generation
        self._storing = asyncio.get_running_loop().run_in_executor(None, self._store, text, generation)
        self._storing.add_done_callback(self._is_stored)

    def _is_stored(self, storing: asyncio.Future[int]) -> None:
        if not storing.cancelled():
            self._stored = max(self._stored, storing.result())

    def _store(self, text: str, generation: int) -> int:
        try:
            write_text(self._path, text)
        except OSError as error:
            log.warning("%s can't be written: %s", self._path, error.strerror)
            return 0
        return generation


def _entry(entry: Entry) -> dict[str, Any]:
    chute = entry.chute
    return {
        "chute": chute.name,
        "fraction": requests.FRACTIONS[chute.fraction],
        "branch": chute.branch,
        "rank": entry.rank.name.lower(),
        "why": entry.why,
        "at_ms": entry.at_utc,
    }
