"""The composition root of the core process: everything is made, joined, started and stopped here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from zoneinfo import ZoneInfo

from edge_gateway.api.server import ApiServer
from edge_gateway.api.wire import encode
from edge_gateway.core.board import BoardUnit
from edge_gateway.core.board_events import FIRST_KEY
from edge_gateway.core.clock import now_ms, utc_ms
from edge_gateway.core.commands import Commander
from edge_gateway.core.energy_task import EnergyTask
from edge_gateway.core.heat_task import HeatTask
from edge_gateway.core.lines import LineMaker, build_lines, line_of
from edge_gateway.core.local_api import LocalApi, tag_dict
from edge_gateway.core.parking_task import ParkingTask
from edge_gateway.core.plate_file import PlateFile
from edge_gateway.core.samples import Sampler
from edge_gateway.core.scan import ScanExecutive, Step
from edge_gateway.core.waste_task import WasteTask
from edge_gateway.core.whitelist import WhitelistKeeper
from edge_gateway.fieldbus.hole_store import HoleStore
from edge_gateway.files import HOLES, JOURNAL, SOCKET, UPLINK_POSITION
from edge_gateway.journal import Draft, JournalReader, JournalWriter, Kind, Limits, Record
from edge_gateway.site import LoadedSite
from edge_gateway.tags import TagDatabase
from edge_gateway.uplink.position import read_position

log = logging.getLogger(__name__)

_PUBLISH_MS = 500


class Core:
    """One gateway's core. Make it inside a running loop, `await start()`, and `await stop()` in the end."""

    def __init__(self, loaded: LoadedSite, make_line: LineMaker = line_of) -> None:
        """Opens the journal and builds everything; talks to nothing yet. Raises SiteError, sqlite3.Error, OSError."""
        site = loaded.site
        self.loaded = loaded
        self.started = now_ms()
        self.journal_path = loaded.run_dir / JOURNAL
        self._loop = asyncio.get_running_loop()
        loaded.run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.journal = self._open_journal()
        self.database = TagDatabase()
        self.lines = build_lines(loaded, make_line)
        self.commander = Commander(self.journal.append)
        self.boards = self._build_boards()
        sessions = {name: board.session for name, board in self.boards.items()}
        self._plates: dict[Path, PlateFile] = {}
        self.parking: ParkingTask | None = None
        if site.parking is not None:
            plates = self._plate_file(site.parking.credentials)
            self.parking = ParkingTask(
                loaded, site.parking, self.database, sessions, self.commander, self.journal.append, plates
            )
        self.waste: WasteTask | None = None
        if site.waste is not None:
            self.waste = WasteTask(
                loaded, site.waste, self.database, self.boards, self.commander, self.journal.append, now_ms()
            )
        self.energy: EnergyTask | None = None
        if site.energy is not None:
            self.energy = EnergyTask(
                loaded,
                site.energy,
                self.database,
                self.boards,
                self.commander,
                self.journal.append,
                self.journal_path,
                self.waste.hint if self.waste is not None else None,
                now_ms(),
            )
        self.heat: HeatTask | None = None
        if site.heat is not None:
            self.heat = HeatTask(
                loaded,
                site.heat,
                self.database,
                self.boards,
                self.commander,
                self.journal.append,
                self.journal_path,
                self.energy,
                now_ms(),
            )
        self._whitelists = self._build_whitelists()
        self._sampler = Sampler(self.database, round(1000 * site.gateway.sample_s))
        self._api = LocalApi(self)
        self.server = ApiServer(loaded.run_dir / SOCKET, self._api.methods())
        self.scan = ScanExecutive(site.gateway.scan_ms, self._steps())
        self._publish_at = 0
        self._published = 0

    async def start(self) -> None:
        """Opens the lines, the local API and begins to scan. Raises OSError when the socket can't be made."""
        await self.server.start()
        now = now_ms()
        for paced in self.lines.values():
            paced.line.start()
        for board in self.boards.values():
            board.session.start(now)
        self.scan.start()
        self._event("GATEWAY_STARTED", boards=len(self.boards))
        log.info("site %s: %d boards on %d lines", self.loaded.site.site.id, len(self.boards), len(self.lines))

    async def stop(self) -> None:
        """Ends everything in the reverse order; boards notice by the missing heartbeat."""
        self.scan.stop()
        now = now_ms()
        for board in self.boards.values():
            board.session.stop(now)
        for paced in self.lines.values():
            await paced.line.close()
        if self.parking is not None:
            self.parking.close()
        if self.waste is not None:
            self.waste.close()
        if self.energy is not None:
            self.energy.close()
        if self.heat is not None:
            self.heat.close()
        self._sampler.close()
        self._event("GATEWAY_STOPPED")
        await self.server.stop()
        if not await asyncio.to_thread(self.journal.close):
            log.error("the journal could not be written to the end: %s", self.journal.health().error)

    # --- building -----------------------------------------------------------------------------------------------------

    def _open_journal(self) -> JournalWriter:
        site = self.loaded.site
        limits = site.gateway.journal
        consumers = ["uplink"] if site.uplink is not None else []
        acked = read_position(self.loaded.run_dir / UPLINK_POSITION) if consumers else 0
        journal = JournalWriter(
            self.journal_path,
            Limits(1_000_000 * limits.max_mb, 1_000_000 * limits.hard_mb, limits.max_days),
            group_ms=limits.group_ms,
            queue=limits.queue,
            on_commit=self._committed,
            utc_ms=utc_ms,
            resume_above=acked,
        )
        journal.keep_consumers(consumers)
        return journal

    def _build_boards(self) -> dict[str, BoardUnit]:
        gateway = self.loaded.site.gateway
        reader = JournalReader(self.journal_path)
        holes = HoleStore(self.loaded.run_dir / HOLES)
        try:
            return {
                config.id: BoardUnit(
                    config,
                    self.lines[config.line],
                    self.database,
                    gateway.modbus_id,
                    self.journal.append,
                    reader.last_event(config.id, FIRST_KEY),
                    holes,
                )
                for config in self.loaded.site.boards
            }
        finally:
            reader.close()

    def _plate_file(self, name: str | None) -> PlateFile | None:
        """The file of that name, read once however many use it. Raises SiteError."""
        if name is None:
            return None
        path = self.loaded.resolve(name)
        if path not in self._plates:
            self._plates[path] = PlateFile(path, ZoneInfo(self.loaded.site.site.timezone), self.journal.append)
        return self._plates[path]

    def _build_whitelists(self) -> list[WhitelistKeeper]:
        built = []
        emergency = self.loaded.site.parking.emergency if self.loaded.site.parking is not None else []
        for name, board in self.boards.items():
            file = self._plate_file(board.config.whitelist)
            count, crc = (self.database.get(f"{name}.LIST.{what}") for what in ("COUNT", "CRC"))
            if file is not None and count is not None and crc is not None:
                keeper = WhitelistKeeper(board.session, file, count, crc, name in emergency, self.journal.append)
                built.append(keeper)
        return built

    def _steps(self) -> list[tuple[str, Step]]:
        """Parts of the scan in their order: what is known, who is there, what follows, what is told."""
        steps: list[tuple[str, Step]] = [("tags", lambda now: self.database.scan(now, utc_ms()))]
        steps += [(name, board.session.scan) for name, board in self.boards.items()]
        steps += [(f"configuration of {name}", board.configuration.scan) for name, board in self.boards.items()]
        steps += [(f"plates {path.name}", file.scan) for path, file in self._plates.items()]
        if self.parking is not None:
            steps.append(("parking", self.parking.scan))
        if self.energy is not None:  # before the waste collection, which hears of its hints in the same scan
            steps.append(("energy", self.energy.scan))
        if self.heat is not None:  # after the power plant, whose rows it follows in the same scan
            steps.append(("heat", self.heat.scan))
        if self.waste is not None:
            steps.append(("waste", self.waste.scan))
        steps += [("white-list", keeper.scan) for keeper in self._whitelists]
        steps.append(("samples", lambda now: self.journal.append(*self._sampler.scan(now))))
        steps.append(("streams", self._publish))
        return steps

    # --- telling ------------------------------------------------------------------------------------------------------

    def _event(self, name: str, **body: object) -> None:
        self.journal.append(Draft(Kind.EVENT, utc_ms(), "gateway", name, body))

    def _committed(self, records: Sequence[Record]) -> None:
        """In the journal's thread: hands what is on disk to the loop."""
        try:
            self._loop.call_soon_threadsafe(self._tell_journal, records)
        except RuntimeError:
            log.debug("the loop has ended: nobody is left to be told")

    def _tell_journal(self, records: Sequence[Record]) -> None:
        self.server.publish("journal_head", records[-1].seq)
        if self.server.wanted("journal"):
            told = [record.as_dict() for record in records if record.kind is not Kind.SAMPLE]
            if told:
                self.server.publish("journal", told)

    def _publish(self, now: int) -> None:
        if now < self._publish_at:
            return
        self._publish_at = now + _PUBLISH_MS
        if self.server.wanted("status"):
            self.server.publish("status", self._api.status())
        readers = self.server.wanted("tags")
        if readers:
            changed = self.database.changed_since(self._published)
            for connection in readers:
                patterns = connection.tags
                told = [tag for tag in changed if not patterns or any(fnmatchcase(tag.name, p) for p in patterns)]
                if told:
                    connection.send_line(encode({"stream": "tags", "data": [tag_dict(tag) for tag in told]}))
        self._published = self.database.sequence
