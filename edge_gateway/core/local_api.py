"""Methods of the local API (docs/integrators/local-api.md)."""

from __future__ import annotations

import asyncio
import fnmatch
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_gateway.api.server import Connection, Method
from edge_gateway.api.wire import API_VERSION, ApiError, Code
from edge_gateway.core.board import BoardUnit
from edge_gateway.core.clock import now_ms
from edge_gateway.core.commands import outcome, parse_arguments
from edge_gateway.core.energy_api import EnergyApi
from edge_gateway.core.energy_words import summary
from edge_gateway.core.heat_api import HeatApi
from edge_gateway.core.heat_words import summary as heat_summary
from edge_gateway.core.ordering import order
from edge_gateway.core.waste_api import WasteApi
from edge_gateway.fieldbus.command import CommandEnd
from edge_gateway.journal import JournalReader, Kind
from edge_gateway.site.problems import did_you_mean
from edge_gateway.tags import Tag

if TYPE_CHECKING:
    from edge_gateway.core.app import Core

STREAMS = ("status", "tags", "journal", "journal_head")
_MAX_RECORDS = 1_000


class LocalApi:
    """What clients on this machine may ask of a core."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._uplink: dict[str, Any] = {}

    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "hello": self.hello,
            "status": lambda _connection, _params: self.status(),
            "boards": self.boards,
            "board": self.board,
            "command": self.command,
            "tags": self.tags,
            "events": self.events,
            "parking.correct": self.correct,
            "subscribe": self.subscribe,
            "uplink": self.uplink,
            **WasteApi(self._core.waste, self._core.journal_path).methods(),
            **EnergyApi(self._core.energy, self._core.journal_path).methods(),
            **HeatApi(self._core.heat, self._core.loaded.site.site, self._core.journal_path).methods(),
        }

    def hello(self, _connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        """Who answers."""
        site = self._core.loaded.site
        return {"api": API_VERSION, "site": site.site.id, "gateway": site.gateway.id, "pid": os.getpid()}

    def status(self) -> dict[str, Any]:
        """How everything stands."""
        core = self._core
        site, health = core.loaded.site, core.journal.health()
        return {
            "site": site.site.id,
            "name": site.site.name,
            "gateway": site.gateway.id,
            "pid": os.getpid(),
            "uptime_s": round((now_ms() - core.started) / 1000, 1),
            "scan": core.scan.as_dict(),
            "lines": [self._line(name) for name in core.lines],
            "boards": [board.summary() for board in core.boards.values()],
            "tags": {"total": len(core.database), "good": core.database.good},
            "parking": core.parking.as_dict() if core.parking is not None else None,
            "waste": core.waste.as_dict() if core.waste is not None else None,
            "energy": summary(core.energy) if core.energy is not None else None,
            "heat": heat_summary(core.heat) if core.heat is not None else None,
            "journal": {
                "last_seq": health.last_seq,
                "queued": health.queued,
                "dropped": health.dropped,
                "commits": health.commits,
                "used_bytes": health.used_bytes,
                "error": health.error,
            },
            "uplink": {**self._uplink} if site.uplink is not None else None,
        }

    def boards(self, _connection: Connection, _params: dict[str, Any]) -> list[dict[str, Any]]:
        """All boards in short."""
        return [board.summary() for board in self._core.boards.values()]

    def board(self, _connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """One board in full: `board`."""
        return self._board(params).detail()

    async def command(self, connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """Orders a command and waits for its end: `board`, `command` (name), `args`, `timeout_s`."""
        board = self._board(params)
        name = _text(params, "command").upper()
        known = board.commands.get(name)
        if known is None:
            names = sorted(board.commands)
            raise ApiError(
                Code.NOT_FOUND, f"{board.config.program} has no command `{name}`; {did_you_mean(name, names)}"
            )
        try:
            args = parse_arguments(known, params.get("args", []))
        except ValueError as error:
            raise ApiError(Code.BAD_PARAMS, str(error)) from None
        timeout_s = params.get("timeout_s", 30.0)
        command = await order(
            lambda ended: self._core.commander.send(
                board.session, known.name, known.code, args, connection.user, now_ms(), ended
            ),
            float(timeout_s),
        )
        if command.end is None and not command.accepted:
            raise ApiError(Code.TIMEOUT, f"{board.config.id} did not answer {name} in time")
        refused = command.end not in (None, CommandEnd.DONE)
        return {"board": board.config.id, "command": name, "refused": refused, **outcome(command, board.sheet)}

    def tags(self, _connection: Connection, params: dict[str, Any]) -> list[dict[str, Any]]:
        """Tags whose name matches `pattern` (shell wildcards); all by default."""
        pattern = params.get("pattern", "*")
        if not isinstance(pattern, str):
            raise ApiError(Code.BAD_PARAMS, "`pattern` must be a text")
        found = [tag_dict(tag) for tag in self._core.database if fnmatch.fnmatchcase(tag.name, pattern)]
        if not found and "*" not in pattern and "?" not in pattern:
            hint = did_you_mean(pattern, [tag.name for tag in self._core.database][:2000]).partition(":")[0]
            raise ApiError(Code.NOT_FOUND, f"no tag `{pattern}`" + (f"; {hint}" if hint.startswith("did") else ""))
        return found

    async def events(self, _connection: Connection, params: dict[str, Any]) -> list[dict[str, Any]]:
        """Entries of the journal: `limit`, `after` (sequence; the newest when absent), `kinds`."""
        limit, after = params.get("limit", 20), params.get("after")
        if not isinstance(limit, int) or not 1 <= limit <= _MAX_RECORDS:
            raise ApiError(Code.BAD_PARAMS, f"`limit` must be 1 to {_MAX_RECORDS}")
        if after is not None and not isinstance(after, int):
            raise ApiError(Code.BAD_PARAMS, "`after` must be a sequence")
        kinds = [_kind(word) for word in params.get("kinds", [])]
        # In a thread: a journal may be large, and the scan waits for nobody.
        return await asyncio.to_thread(_read_journal, self._core.journal_path, limit, after, kinds)

    def correct(self, connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """A person counted the vehicles: `occupancy`."""
        parking, occupancy = self._core.parking, params.get("occupancy")
        if parking is None:
            raise ApiError(Code.NOT_FOUND, "this site has no car park")
        if not isinstance(occupancy, int):
            raise ApiError(Code.BAD_PARAMS, "`occupancy` must be a whole number")
        try:
            parking.correct(occupancy, connection.user)
        except ValueError as error:
            raise ApiError(Code.BAD_PARAMS, str(error)) from None
        return parking.as_dict()

    def subscribe(self, connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """Opens streams: `streams`, and `tags` (patterns) for the tag stream. Replaces what was subscribed before."""
        streams = params.get("streams", [])
        unknown = [name for name in streams if name not in STREAMS] if isinstance(streams, list) else [streams]
        if unknown:
            raise ApiError(Code.BAD_PARAMS, f"no stream `{unknown[0]}`; there are {', '.join(STREAMS)}")
        connection.tags = tuple(str(pattern) for pattern in params.get("tags", []))
        connection.streams = set(streams)
        return {"streams": sorted(connection.streams), "journal_head": self._core.journal.health().last_seq}

    def uplink(self, _connection: Connection, params: dict[str, Any]) -> None:
        """Services tell how the uplink does; its `acked` lets the journal forget."""
        self._uplink = params
        acked = params.get("acked")
        if isinstance(acked, int) and acked > 0:
            self._core.journal.acknowledge("uplink", acked)

    def _board(self, params: dict[str, Any]) -> BoardUnit:
        name = _text(params, "board")
        found = self._core.boards.get(name)
        if found is None:
            raise ApiError(
                Code.NOT_FOUND, f"no board `{name}`; {did_you_mean(name, list(self._core.boards), noun='boards')}"
            )
        return found

    def _line(self, name: str) -> dict[str, Any]:
        paced = self._core.lines[name]
        line = paced.line
        return {
            "id": name,
            "type": paced.config.type,
            "up": line.is_up,
            "problem": line.problem,
            "planned_load": round(paced.budget.load, 3),
            "counters": line.counters.as_dict(),
        }


def _read_journal(path: Path, limit: int, after: int | None, kinds: list[Kind]) -> list[dict[str, Any]]:
    reader = JournalReader(path)
    try:
        records = reader.latest(limit, kinds) if after is None else reader.after(after, limit, kinds)
    finally:
        reader.close()
    return [record.as_dict() for record in records]


def tag_dict(tag: Tag) -> dict[str, Any]:
    """A tag for the local API."""
    info = tag.info
    return {
        "name": tag.name,
        "value": tag.value,
        "text": tag.text,
        "unit": info.unit,
        "quality": tag.quality.label,
        "reason": tag.reason,
        "utc_ms": tag.utc_ms,
        "changed_ms": tag.changed_ms,
        "kind": info.kind,
        "meaning": info.meaning,
    }


def _text(params: dict[str, Any], key: str) -> str:
    value = params.get(key)
    if not isinstance(value, str):
        raise ApiError(Code.BAD_PARAMS, f"`{key}` must be a text")
    return value


def _kind(word: Any) -> Kind:
    names = [kind.label for kind in Kind]
    if word not in names:
        raise ApiError(Code.BAD_PARAMS, f"no kind `{word}`; {did_you_mean(str(word), names, noun='kinds')}")
    return Kind[word.upper()]
