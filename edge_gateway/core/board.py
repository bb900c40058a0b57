"""One board in the core: its session, its words, and how it stands for the local API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge_gateway.core.board_events import EventWords, resume_from
from edge_gateway.core.clock import utc_ms
from edge_gateway.core.commands import KnownCommand, known_commands
from edge_gateway.core.config_watch import ConfigWatch
from edge_gateway.core.lines import PacedLine
from edge_gateway.fieldbus.board import BoardIdentity, BoardSession, BoardState
from edge_gateway.fieldbus.events import BoardEvent, EventGap
from edge_gateway.fieldbus.hole_store import HoleStore
from edge_gateway.journal import Draft, Kind, Record
from edge_gateway.site import Board
from edge_gateway.tags import TagDatabase
from protocols import layout, sheets
from protocols.sheets.derive import sheet_crc


class BoardUnit:
    """A board of the site file and the session with it."""

    def __init__(
        self,
        config: Board,
        line: PacedLine,
        database: TagDatabase,
        gateway_id: int,
        journal: Callable[[Draft], Any],
        last_event: Record | None,
        holes: HoleStore,
    ) -> None:
        self.config = config
        self.sheet: Any = sheets.load(config.program)
        self.commands: dict[str, KnownCommand] = known_commands(self.sheet)
        self._journal = journal
        self._words = EventWords(self.sheet)
        self._told = ""
        crc = sheet_crc(self.sheet)
        self.session = BoardSession(
            BoardIdentity(config.id, config.unit, config.dev_id, self.sheet),
            line.line,
            database,
            gateway_id=gateway_id,
            utc_ms=utc_ms,
            on_event=self._happened,
            on_change=self._changed,
            periods=line.periods,
            resume=resume_from(last_event),
            holes=holes.of(config.id, crc),
            on_holes=lambda learned: holes.keep(config.id, crc, learned),
        )
        wanted = {param.name: config.parameters.get(param.name, param.default) for param in self.sheet.params}
        self.configuration = ConfigWatch(self.session, database, wanted, journal)

    def summary(self) -> dict[str, Any]:
        """How the board stands, in a few words."""
        session, header = self.session, self.session.header
        heard = header if header is not None else None
        states = tuple(self.sheet.states)
        return {
            "id": self.config.id,
            "title": self.config.title,
            "program": self.config.program,
            "line": self.config.line,
            "unit": self.config.unit,
            "session": str(session.state),
            "problem": session.problem or self.configuration.problem,
            "link": heard.link_name if heard else "never",
            "mode": heard.mode_name if heard else "",
            "state": states[heard.state] if heard and heard.state < len(states) else "",
            "trips": self.trips(),
            "scans": heard.scans if heard else 0,
            "scan_overruns": heard.scan_ovr if heard else 0,
            "heap_growth_bytes": heard.heap_growth if heard else 0,
            "uptime_s": heard.uptime if heard else 0,
            "reboots": session.reboots,
        }

    def detail(self) -> dict[str, Any]:
        """Everything that the gateway knows about the board, but its tags."""
        session, header = self.session, self.session.header
        unit = session.line.unit(self.config.unit)
        return {
            **self.summary(),
            "area": self.config.area,
            "dev_id": self.config.dev_id,
            "first_out": self._first_out(),
            "missing": self._missing(),
            "header": {} if header is None else {**header._asdict(), "firmware": header.firmware},
            "requests": unit.requests,
            "replies": unit.replies,
            "timeouts": unit.timeouts,
            "exceptions": unit.exceptions,
            "round_trip_ms": round(unit.rtt_us / 1000, 1),
            "config_known": self.configuration.known,
            "different_parameters": self.configuration.differences,
            "commands": [
                {"name": c.name, "args": list(c.args), "meaning": c.meaning, "hazardous": c.hazardous}
                for c in self.commands.values()
            ],
        }

    def trips(self) -> list[str]:
        """Names of the causes that are active or latched."""
        header = self.session.header
        if header is None:
            return []
        return [cause.name for bit, cause in enumerate(self.sheet.causes) if header.trip_bits >> bit & 1]

    def with_effect(self, effect: str) -> tuple[str, ...]:
        """Names of the active or latched causes that have an effect."""
        header = self.session.header
        if header is None:
            return ()
        bits = header.trip_bits
        return tuple(c.name for bit, c in enumerate(self.sheet.causes) if bits >> bit & 1 and effect in c.effects)

    def refusal(self) -> str:
        """Why the gateway may not use this board to control a plant; empty when it may."""
        session, header, name = self.session, self.session.header, self.config.id
        if session.state in (BoardState.FOREIGN, BoardState.READ_ONLY):
            return f"{name}: {session.problem}"
        if header is not None and session.online and header.mode != layout.MODE_AUTO:
            return f"{name} is in mode {header.mode_name}, not AUTO"
        if self.configuration.problem:
            return f"{name} runs other parameters than the site file: {self.configuration.problem}"
        if session.config_differs:
            return f"{name} has another configuration than at the last look (CFG_CRC); it is being read"
        return ""

    def _missing(self) -> list[str]:
        header = self.session.header
        if header is None:
            return []
        return [p.name for bit, p in enumerate(self.sheet.permissives) if header.ilk_missing >> bit & 1]

    def _first_out(self) -> str:
        header = self.session.header
        if header is None or not 0 < header.first_out <= len(self.sheet.causes):
            return ""
        return str(self.sheet.causes[header.first_out - 1].name)

    def _happened(self, event: BoardEvent | EventGap) -> None:
        if isinstance(event, EventGap) or event.code:  # code 0 is a slot that was never written
            self._journal(self._words.draft(event))

    def _changed(self, session: BoardSession, now: int) -> None:
        if str(session.state) == self._told:
            return
        self._told = str(session.state)
        body = {"to": str(session.state), "problem": session.problem}
        # Not an event: the last event of a board is where its event ring is read on.
        self._journal(Draft(Kind.AUDIT, utc_ms(), session.name, "SESSION", body))
