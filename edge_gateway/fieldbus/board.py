"""The session with one of our boards: is it the right one, is it alive, does it hear us, what does it say.

Control code: `on_...` come from the line, `scan(now)` from the control scan (100 ms), and there is no clock in here but
the one that dates samples (`utc_ms`). The heartbeat leaves in `scan`, so a gateway whose control stands still falls
silent and its boards go their own safe way.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from edge_gateway.fieldbus.command import TTL_MS, Command, CommandChannel, Told
from edge_gateway.fieldbus.events import EventReader, EventSink
from edge_gateway.fieldbus.header import Header
from edge_gateway.fieldbus.job import Job, Outcome, Reply, read_job, write_one_job
from edge_gateway.fieldbus.line import Line
from edge_gateway.fieldbus.plan import Holes
from edge_gateway.fieldbus.reads import BoardReads, Periods
from edge_gateway.tags import Quality, Reason, TagDatabase
from protocols import layout
from protocols.modbus.codes import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, ILLEGAL_VALUE
from protocols.sheets.derive import sheet_crc

log = logging.getLogger(__name__)

HUNG_MS = 2000
"""BRD_HB unchanged for this long: the board answers, but its program stands still (domain brief §7.3)."""

TIME_OFF_MS = 200
TIME_PERIOD_MS = 3_600_000
TIME_RETRY_MS = 10_000

_REQUEST_BYTES = 8
_BLOCK_BYTES = 9 + 2 * layout.COMMAND_SIZE


class BoardState(StrEnum):
    """How the session stands. Only ONLINE boards are commanded."""

    LINE_DOWN = "line down"
    UNKNOWN = "not heard yet"
    SILENT = "silent"
    FOREIGN = "not the board of the site file"
    READ_ONLY = "other map: read, never commanded"
    HUNG = "answers, but stands still"
    ONLINE = "online"


_ANSWERING = (BoardState.ONLINE, BoardState.READ_ONLY, BoardState.HUNG)
_NO_HEADER = (ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE)


@dataclass(frozen=True, slots=True)
class BoardIdentity:
    """Which board the site file says is there. config: (CFG_VER, CFG_CRC) of the gateway's copy, if it has one."""

    name: str
    unit: int
    dev_id: int
    sheet: Any
    config: tuple[int, int] | None = None


StateWatcher = Callable[["BoardSession", int], None]


class BoardSession:
    """One board on one line.

    gateway_id: our GW_ID. utc_ms: the wall clock. on_event takes `BoardEvent` and `EventGap`; on_change is called when
    `state` or `config_differs` changed. resume: (boot_cnt, index) of the last journalled event. holes/on_holes: learned
    gaps of the map, see `plan.Holes`.
    """

    def __init__(
        self,
        identity: BoardIdentity,
        line: Line,
        database: TagDatabase,
        *,
        gateway_id: int,
        utc_ms: Callable[[], int],
        on_event: EventSink,
        on_change: StateWatcher | None = None,
        periods: Periods | None = None,
        resume: tuple[int, int] | None = None,
        holes: Holes | None = None,
        on_holes: Callable[[Holes], None] | None = None,
    ) -> None:
        self.identity = identity
        self.name = identity.name
        self.line = line
        self.periods = periods or Periods()
        self.utc_ms = utc_ms
        self.state = BoardState.UNKNOWN if line.is_up else BoardState.LINE_DOWN
        self.problem = ""
        """What is wrong, in words, while the state isn't ONLINE."""
        self.header: Header | None = None
        self.header_ms = 0
        self._sampled_ms = 0
        self.config_differs = False
        self.reboots = 0
        self.reads = BoardReads(
            identity.name, identity.unit, identity.sheet, line, database, utc_ms, self.periods, holes, on_holes
        )
        self.commands = CommandChannel(identity.unit, line, gateway_id, self._hurry)
        self.events = EventReader(identity.name, identity.unit, line, on_event, utc_ms, self._hurry, resume)
        self._sheet_crc = sheet_crc(identity.sheet)
        self._hazardous = {c.code for c in identity.sheet.commands if c.hazardous} | {layout.CMD_REBOOT}
        self._on_change = on_change
        self._header_job: Job | None = None
        self._beat = 0
        self._beat_due = 0
        self._beat_job: Job | None = None
        self._moved_ms = 0  # when BRD_HB last moved
        self._deaf_ms = max(3 * self.periods.header_ms, HUNG_MS)
        self._time_at: int | None = None  # when TIME was last sent

    # --- for the composer and for operators --------------------------------------------------------------------------

    def start(self, now: int) -> None:
        """Begin to ask the board."""
        self.line.watchers.append(self._line_changed)
        unit, period_us = self.identity.unit, self.periods.header_ms * 1000
        self._header_job = read_job(unit, 0, layout.HEADER_SIZE, self._header_over, period_us)
        self.line.add(self._header_job, now * 1000)

    def stop(self, now: int) -> None:
        """Ask no more; the board will notice by the missing heartbeat."""
        self.line.watchers.remove(self._line_changed)
        for job in (self._header_job, self._beat_job):
            if job is not None:
                self.line.remove(job)
        self._header_job = self._beat_job = None
        self.reads.stop()
        self.events.stop()
        self.commands.stop(now)

    @property
    def online(self) -> bool:
        """Whether it's the right board, alive, and may be commanded."""
        return self.state is BoardState.ONLINE

    @property
    def link_ok(self) -> bool:
        """Whether the board itself says that it hears our heartbeat."""
        return self.online and self.header is not None and self.header.gw_link == layout.LINK_OK

    def command(
        self, code: int, args: tuple[int, ...] = (), *, now: int, told: Told | None = None, ttl_ms: int = TTL_MS
    ) -> Command:
        """Send a command, at most once; `told` hears of its acceptance and its end (see `command.CommandEnd`).

        It waits up to ttl_ms for the board to be ready, and is then reported as not sent. Hazardous codes are armed
        first by themselves. ValueError for arguments that aren't at most four 16-bit words.
        """
        if not all(-0x8000 <= arg <= 0xFFFF for arg in args):
            raise ValueError(f"arguments of a command are 16-bit words, not {args}")
        return self.commands.submit(Command(code, args, told, ttl_ms, code in self._hazardous), now)

    def scan(self, now: int) -> None:
        """Once in each control scan: heartbeat, supervision of the board's, time, commands."""
        unit = self.line.unit(self.identity.unit)
        unheard_ms = now - self.header_ms
        if unit.silent and self.state not in (BoardState.SILENT, BoardState.LINE_DOWN):
            self._go(BoardState.SILENT, f"no answer to {unit.failures} requests in a row", now)
        elif unheard_ms > self._deaf_ms and self.state in _ANSWERING:
            # Noise, two units with one number, a line that carries too much: it's not silent, and yet not heard.
            self._go(BoardState.SILENT, f"no readable header for {unheard_ms} ms", now)
        elif self.state is BoardState.ONLINE and now - self._moved_ms > HUNG_MS:
            self._go(BoardState.HUNG, f"BRD_HB stands still for {now - self._moved_ms} ms", now)
        if self.state in (BoardState.ONLINE, BoardState.HUNG) and now >= self._beat_due:
            self._send_beat(now)
        if self.state is BoardState.ONLINE:
            self._keep_time(now)
        self.commands.scan(now)

    # --- the line ----------------------------------------------------------------------------------------------------

    def _line_changed(self, is_up: bool, now_us: int) -> None:
        now = now_us // 1000
        if is_up:
            self._go(BoardState.UNKNOWN, "", now)
        else:
            self._beat_job = None
            self._go(BoardState.LINE_DOWN, f"line {self.line.name} is down", now)

    def _hurry(self, now: int) -> None:
        if self._header_job is not None:
            self.line.hurry(self._header_job, now * 1000)

    def _header_over(self, job: Job, outcome: Outcome, data: Reply, at: int, now_us: int) -> None:
        now = now_us // 1000
        if outcome is Outcome.EXCEPTION and job.exception in _NO_HEADER:
            self._go(BoardState.FOREIGN, f"exception {job.exception} to the read of the header", now)
        if outcome is not Outcome.OK:
            return
        header = Header.decode(data, at)
        before, self.header = self.header, header
        self.header_ms = now
        # The board filled it in when the request was complete, before it took its own time on the wire.
        self._sampled_ms = (job.sent_us + self._wire_us(_REQUEST_BYTES)) // 1000
        restarted = before is not None and (
            header.boot_cnt != before.boot_cnt or header.uptime < before.uptime or header.serial != before.serial
        )
        if before is None or restarted:
            self.commands.resync(header)
        if restarted:
            self.reboots += 1
            self._time_at = None
            self.commands.on_reboot(now)
        if before is None or restarted or header.brd_hb != before.brd_hb:
            self._moved_ms = now
        self._judge(header, now)
        if self.state is BoardState.FOREIGN:
            return
        self.reads.header.take(data, at, self.utc_ms(), now)
        self._compare_config(header, before, now)
        if self.state is not BoardState.READ_ONLY:
            self.commands.on_header(header, job.sent_us, now)
            self.events.on_header(header, job.sent_us, now)

    # --- own ---------------------------------------------------------------------------------------------------------

    def _judge(self, header: Header, now: int) -> None:
        """Whether this is our board, and what that allows."""
        identity = self.identity
        state, problem = BoardState.ONLINE, ""
        if header.magic != layout.MAGIC:
            state, problem = BoardState.FOREIGN, f"MAGIC is {header.magic:#06x}, not {layout.MAGIC:#06x}"
        elif header.map_ver >> 8 != layout.MAP_MAJOR:
            state = BoardState.READ_ONLY
            problem = f"map version {header.map_ver >> 8}.{header.map_ver & 0xFF}, we know {layout.MAP_MAJOR}.x"
        elif header.dev_type != identity.sheet.dev_type:
            state = BoardState.FOREIGN
            problem = f"DEV_TYPE is {header.dev_type}, {identity.sheet.name} has {identity.sheet.dev_type}"
        elif header.dev_id != identity.dev_id:
            state, problem = BoardState.FOREIGN, f"DEV_ID is {header.dev_id}, the site file says {identity.dev_id}"
        elif header.sheet_crc != self._sheet_crc:
            state = BoardState.READ_ONLY
            problem = f"the board has another sheet of {identity.sheet.name} than we ({header.sheet_crc:#06x})"
        elif self.state is BoardState.HUNG and now != self._moved_ms:
            state, problem = BoardState.HUNG, self.problem
        self._go(state, problem, now)
        floor, reason = Quality.GOOD, str(Reason.NONE)
        if state is BoardState.READ_ONLY:
            floor, reason = Quality.UNCERTAIN, Reason.MAP_MISMATCH
        elif state is BoardState.HUNG:
            floor, reason = Quality.BAD, Reason.BOARD_HUNG
        if state is not BoardState.FOREIGN:
            self.reads.judge(header.ai_qual, floor, reason, now)

    def _go(self, state: BoardState, problem: str, now: int) -> None:
        self.problem = problem
        if state is self.state:
            return
        before, self.state = self.state, state
        level = logging.INFO if state in (BoardState.ONLINE, BoardState.UNKNOWN) else logging.WARNING
        log.log(level, "%s: %s", self.name, f"{state}, {problem}" if problem else state)
        self.commands.ready = state is BoardState.ONLINE
        if state is not BoardState.ONLINE:
            self.commands.heartbeat = None
        if state in _ANSWERING:
            if before is BoardState.READ_ONLY:
                self.reads.forget_holes()
            if not self.reads.running:
                self.reads.start(now * 1000)
            if before in (BoardState.SILENT, BoardState.LINE_DOWN, BoardState.UNKNOWN):
                self._beat_due = now
        elif state is BoardState.FOREIGN:
            self.reads.stop()
            self.reads.mark(Quality.BAD, Reason.MAP_MISMATCH, now)
        elif state is BoardState.SILENT:
            self.reads.mark(Quality.STALE, Reason.BOARD_SILENT, now)
        elif state is BoardState.LINE_DOWN:
            self.reads.mark(Quality.STALE, Reason.LINE_DOWN, now)
        if state is BoardState.HUNG and self.header is not None:
            self.reads.judge(self.header.ai_qual, Quality.BAD, Reason.BOARD_HUNG, now)
        if self._on_change is not None:
            self._on_change(self, now)

    def _send_beat(self, now: int) -> None:
        if self._beat_job is not None:
            return
        self._beat = self._beat % 0xFFFF + 1
        # On the average once in a period, though scans don't come to the millisecond.
        self._beat_due = max(self._beat_due, now - self.periods.heartbeat_ms // 2) + self.periods.heartbeat_ms
        job = write_one_job(self.identity.unit, layout.C_GW_HB, self._beat, self._beat_over)
        if self.line.submit(job, (now + self.periods.heartbeat_ms) * 1000):
            self._beat_job = job

    def _beat_over(self, job: Job, outcome: Outcome, data: Reply, at: int, now_us: int) -> None:
        if job is self._beat_job:
            self._beat_job = None
            if outcome is Outcome.OK and self.state is BoardState.ONLINE:
                self.commands.heartbeat = self._beat

    def _compare_config(self, header: Header, before: Header | None, now: int) -> None:
        config = (header.cfg_ver, header.cfg_crc)
        if before is not None and config != (before.cfg_ver, before.cfg_crc):
            self.reads.hurry("config", now * 1000)
        differs = self.identity.config is not None and self.identity.config != config
        if differs != self.config_differs:
            self.config_differs = differs
            if self._on_change is not None:
                self._on_change(self, now)

    def accept_config(self) -> None:
        """Take the board's configuration, as it is now, for the gateway's copy."""
        if self.header is not None:
            self.identity = replace(self.identity, config=(self.header.cfg_ver, self.header.cfg_crc))
            self.config_differs = False

    def _keep_time(self, now: int) -> None:
        """Set the board's clock when it isn't synced or off, and once in an hour."""
        header = self.header
        if header is None or not self.commands.idle or self.commands.heartbeat is None:
            return
        sent = self._time_at
        if sent is not None and now - sent < TIME_RETRY_MS:
            return
        off_ms = abs(header.time_ms_utc - (self.utc_ms() - (now - self._sampled_ms)))
        if sent is None or header.time_q == 0 or off_ms > TIME_OFF_MS or now - sent >= TIME_PERIOD_MS:
            self._time_at = now
            self.commands.submit(Command(layout.CMD_TIME, (), make_args=self._time_args), now)

    def _time_args(self) -> tuple[int, ...]:
        # The time at which the board will have heard it.
        seconds, ms = divmod(self.utc_ms() + self._wire_us(_BLOCK_BYTES) // 1000, 1000)
        return seconds >> 16 & 0xFFFF, seconds & 0xFFFF, ms

    def _wire_us(self, characters: int) -> int:
        cost = self.line.cost
        return round(characters * cost.char_us) + cost.gap_us
