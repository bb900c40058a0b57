"""The car park in the core: its lanes' tags as an image, its actions as commands and entries, its memory as a file."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from edge_gateway.control import memory_file
from edge_gateway.control.parking import Action, CarPark, LaneImage, Memory, Note, Open, Role, Rules
from edge_gateway.core.clock import utc_ms
from edge_gateway.core.commands import Commander
from edge_gateway.core.plate_file import PlateFile
from edge_gateway.fieldbus.board import BoardSession
from edge_gateway.fieldbus.command import Command, CommandEnd
from edge_gateway.files import PARKING
from edge_gateway.journal import Draft, Kind
from edge_gateway.site import LoadedSite, Parking
from edge_gateway.tags import Tag, TagDatabase
from protocols import layout
from protocols.sheets import parking_lane

log = logging.getLogger(__name__)

BY = "parking"
_STORE_MS = 1_000
_CODES = {command.name: command.code for command in parking_lane.SHEET.commands}
_POINTS = ("CRED.SEQ", "CRED.TOKEN", "CRED.CONF", "PASSED", "PASS.SEQ", "PASS.TOKEN")


class ParkingTask:
    """One car park. `scan` is called in each control scan, after the tags."""

    def __init__(
        self,
        loaded: LoadedSite,
        parking: Parking,
        database: TagDatabase,
        sessions: Mapping[str, BoardSession],
        commander: Commander,
        journal: Callable[[Draft], Any],
        plates: PlateFile | None,
    ) -> None:
        self.config = parking
        self._sessions = sessions
        self._commander = commander
        self._journal = journal
        self._path = loaded.run_dir / PARKING
        self._plates = plates
        self._roles = {
            **dict.fromkeys(parking.entries, Role.ENTRY),
            **dict.fromkeys(parking.exits, Role.EXIT),
            **dict.fromkeys(parking.emergency, Role.EMERGENCY),
        }
        self._tags = {lane: tuple(database[f"{lane}.{point}"] for point in _POINTS) for lane in self._roles}
        rules = Rules(
            parking.capacity,
            parking.full_at,
            parking.visitors,
            parking.unknown_exit,
            parking.min_confidence,
            parking.credential_life_ms,
        )
        self.park = CarPark(rules, plates.credentials if plates else {}, self._memory())
        self._store_at = 0
        self._problem = ""
        self._storing: asyncio.Future[None] | None = None

    # --- in the scan --------------------------------------------------------------------------------------------------

    def scan(self, now: int) -> None:
        """Looks at the lanes and acts."""
        if self._plates is not None:
            self.park.credentials = self._plates.credentials
        image = {lane: _image(self._roles[lane], tags) for lane, tags in self._tags.items()}
        for action in self.park.step(image, now, utc_ms()):
            self._act(action, now)
        if self.park.dirty and now >= self._store_at:
            self._store_at = now + _STORE_MS
            self._store_soon()

    def correct(self, occupancy: int, by: str) -> None:
        """A person counted. Raises ValueError."""
        note = self.park.correct(occupancy)
        self._journal(Draft(Kind.AUDIT, utc_ms(), "parking", note.name, {**note.body, "by": by}))

    def close(self) -> None:
        """Stores the memory a last time."""
        if self.park.dirty:
            self._store(memory_file.to_text(self.park.memory))

    def as_dict(self) -> dict[str, Any]:
        """For the local API."""
        memory, rules = self.park.memory, self.park.rules
        return {
            "capacity": rules.capacity,
            "full_at": rules.full_at,
            "occupancy": memory.occupancy,
            "free": max(0, rules.full_at - memory.occupancy),
            "full": memory.occupancy >= rules.full_at,
            "coming": self.park.coming,
            "tokens_inside": len(memory.inside),
            "passed": {lane: memory.passed.get(lane, 0) for lane in self._roles},
            "roles": {lane: role.name.lower() for lane, role in self._roles.items()},
        }

    # --- own ----------------------------------------------------------------------------------------------------------

    def _act(self, action: Action, now: int) -> None:
        if isinstance(action, Note):
            source = action.lane or "parking"
            self._journal(Draft(Kind.EVENT, utc_ms(), source, action.name, action.body))
        elif isinstance(action, Open):
            self._command(action.lane, "OPEN_ONCE", action.token, now)
        else:
            body = {"token": action.token, "reason": str(action.reason)}
            self._journal(Draft(Kind.EVENT, utc_ms(), action.lane, "ACCESS_DENIED", body))
            if action.token:
                self._command(action.lane, "DENY", action.token, now)

    def _command(self, lane: str, name: str, token: int, now: int) -> None:
        session = self._sessions[lane]

        def ended(command: Command) -> None:
            # A duplicate is a lane that is opening already: the vehicle comes.
            opened = command.end is CommandEnd.DONE or command.result == layout.RES_DUPLICATE
            if name == "OPEN_ONCE" and not opened:
                self.park.refused(lane)

        args = (token >> 16 & 0xFFFF, token & 0xFFFF)
        self._commander.send(session, name, _CODES[name], args, BY, now, ended)

    def _memory(self) -> Memory:
        try:
            return memory_file.load(self._path) or Memory()
        except (OSError, ValueError) as error:
            log.exception("what the car park remembered is lost; count and correct it")
            self._journal(Draft(Kind.EVENT, utc_ms(), "parking", "OCCUPANCY_LOST", {"error": str(error)}))
            return Memory()

    def _store_soon(self) -> None:
        """Stores in another thread, so that a slow disk doesn't hold up the scan; one at a time."""
        if self._storing is not None and not self._storing.done():
            return
        self.park.dirty = False
        text = memory_file.to_text(self.park.memory)
        self._storing = asyncio.get_running_loop().run_in_executor(None, self._store, text)

    def _store(self, text: str) -> None:
        problem = ""
        try:
            memory_file.write_text(self._path, text)
        except OSError as error:
            self.park.dirty = True
            problem = error.strerror or str(error)
        if problem and problem != self._problem:
            log.warning("%s can't be written: %s; it's tried again every second", self._path, problem)
        self._problem = problem


def _image(role: Role, tags: tuple[Tag, ...]) -> LaneImage:
    fresh = all(tag.good for tag in tags)
    if not fresh:
        return LaneImage(role, False)
    return LaneImage(role, True, *(int(tag.value or 0) for tag in tags))
