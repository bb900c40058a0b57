"""The cyclic reads of one board: planned from its sheet, decoded into tags, planned again when a hole is met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from edge_gateway.fieldbus.cost import CostModel
from edge_gateway.fieldbus.decode import (
    HEADER_TAGS,
    BlockDecoder,
    PointDecoder,
    ai_span,
    di_span,
    point_decoder,
    tag_info,
)
from edge_gateway.fieldbus.job import Job, Outcome, Reply, read_job
from edge_gateway.fieldbus.line import Line
from edge_gateway.fieldbus.plan import Block, Holes, Span, plan_reads
from edge_gateway.tags import Quality, Reason, Source, Tag, TagDatabase
from protocols import layout
from protocols.modbus.codes import ILLEGAL_ADDRESS, ILLEGAL_VALUE
from protocols.sheets.registers import registers

STALE_MS = 2000
"""A value is stale after 3 periods, and never before 2 s (domain brief §0.3)."""


@dataclass(frozen=True, slots=True)
class Periods:
    """How often the parts of a board's map are read, and its heartbeat written (ms)."""

    header_ms: int = 500
    status_ms: int = 250
    measurement_ms: int = 500
    config_ms: int = 60_000
    heartbeat_ms: int = 500

    def of(self, group: str) -> int:
        """The period of a group of the map: header, status, measurement or config."""
        return int(getattr(self, f"{group}_ms"))

    def stretched(self, factor: float) -> Periods:
        """All but the heartbeat slower by `factor` (`budget.stretch` says which)."""
        return Periods(
            round(self.header_ms * factor),
            round(self.status_ms * factor),
            round(self.measurement_ms * factor),
            round(self.config_ms * factor),
            self.heartbeat_ms,
        )


GROUPS = ("status", "measurement", "config")


@dataclass(frozen=True, slots=True)
class PlannedRead:
    """One cyclic read of a board."""

    group: str
    block: Block
    period_ms: int


def planned_reads(sheet: Any, cost: CostModel, periods: Periods, holes: Holes | None = None) -> list[PlannedRead]:
    """All cyclic reads of a board with this sheet: the header in one piece, then the groups of the map."""
    header = Block(0, layout.HEADER_SIZE, (Span(0, layout.HEADER_SIZE),))
    reads = [PlannedRead("header", header, periods.header_ms)]
    for group in GROUPS:
        blocks = plan_reads(_group_spans(sheet, group), cost, holes)
        reads += [PlannedRead(group, block, periods.of(group)) for block in blocks]
    return reads


def _group_spans(sheet: Any, group: str) -> list[Span]:
    kinds = {point.name: point.kind for point in sheet.points}
    spans = []
    for row in registers(sheet):
        if row.block == group:
            kind = kinds.get(row.name)
            if kind == "DI":
                spans.append(di_span(row.register))
            else:
                spans.append(ai_span(sheet, row) if kind == "AI" else Span(row.register, row.words))
    return spans


class BoardReads:
    """Reads the points of one board into tags named `<board>.<point>`; parameters are `<board>.par.<name>`.

    `holes` may come from a file, and is to be kept there when on_holes is called (not for a board with another map).
    Make it once for a board: the tags exist from then on. `start` and `stop` begin and end the cyclic requests.
    """

    def __init__(
        self,
        board: str,
        unit: int,
        sheet: Any,
        line: Line,
        database: TagDatabase,
        utc_ms: Callable[[], int],
        periods: Periods | None = None,
        holes: Holes | None = None,
        on_holes: Callable[[Holes], None] | None = None,
    ) -> None:
        self.board = board
        self.unit = unit
        self.sheet = sheet
        self.line = line
        self.database = database
        self.utc_ms = utc_ms
        self.periods = periods or Periods()
        self.holes = holes or Holes()
        self.on_holes = on_holes
        self.refused: list[Tag] = []
        self._jobs: dict[str, list[Job]] = {}
        self._decoders: dict[str, list[BlockDecoder]] = {}
        self._points: dict[str, list[PointDecoder]] = {group: [] for group in GROUPS}
        self._ai_quality = 0
        self._floor = (Quality.GOOD, str(Reason.NONE))
        self.sources: dict[str, Source] = {}
        for group in ("header", *GROUPS):
            stale_ms = max(3 * self.periods.of(group), STALE_MS)
            self.sources[group] = database.add_source(f"{board} {group}", stale_ms)
        names = {point.name for point in sheet.points}
        header_points = []
        for row in registers(sheet):
            if row.block == "header" and row.name in HEADER_TAGS:
                # A point of the program goes before a header row of the same name.
                name = f"BRD.{row.name}" if row.name in names else row.name
                tag = database.add(f"{board}.{name}", self.sources["header"], tag_info(sheet, row))
                header_points.append(PointDecoder(row, tag))
            elif row.block in GROUPS:
                name = f"par.{row.name}" if row.block == "config" else row.name
                tag = database.add(f"{board}.{name}", self.sources[row.block], tag_info(sheet, row))
                self._points[row.block].append(point_decoder(sheet, row, tag))
        self.header = BlockDecoder(database, 0, layout.HEADER_SIZE, header_points)

    def start(self, now_us: int) -> None:
        """Begin to read the points (the header is the session's)."""
        self.stop()
        for group in GROUPS:
            self._begin(group, now_us)

    def stop(self) -> None:
        """Read no more."""
        for jobs in self._jobs.values():
            for job in jobs:
                self.line.remove(job)
        self._jobs.clear()
        self._decoders.clear()

    def forget_holes(self) -> None:
        """What was learned was of another map; the next `start` plans without it."""
        self.holes = Holes()
        self.stop()

    @property
    def running(self) -> bool:
        """Whether points are being read."""
        return bool(self._jobs)

    def hurry(self, group: str, now_us: int) -> None:
        """Read a group now, out of its turn."""
        for job in self._jobs.get(group, ()):
            self.line.hurry(job, now_us)

    def judge(self, ai_quality: int, floor: Quality, reason: str, now: int) -> None:
        """AI_QUAL of the latest header, and the best quality that tags of this board may have now."""
        self._ai_quality = ai_quality
        self._floor = (floor, reason)
        self.header.judge(0, floor, reason, now)
        for decoders in self._decoders.values():
            for decoder in decoders:
                decoder.judge(ai_quality, floor, reason, now)

    def mark(self, quality: Quality, reason: str, now: int) -> None:
        """Set the quality of all tags of the board at once."""
        utc_ms = self.utc_ms()
        for source in self.sources.values():
            self.database.mark(source, quality, reason, utc_ms, now)

    def plan(self) -> list[PlannedRead]:
        """The reads as they are planned now."""
        return planned_reads(self.sheet, self.line.cost, self.periods, self.holes)

    def _begin(self, group: str, now_us: int) -> None:
        for job in self._jobs.get(group, ()):
            self.line.remove(job)
        jobs = self._jobs[group] = []
        decoders = self._decoders[group] = []
        period_ms = self.periods.of(group)
        points = self._points[group]
        left = dict.fromkeys(points)
        for block in plan_reads((point.span for point in points), self.line.cost, self.holes):
            inside = [p for p in left if block.address <= p.span.address and p.span.end <= block.end]
            for point in inside:
                del left[point]
            decoder = BlockDecoder(self.database, block.address, block.count, inside)
            decoder.judge(self._ai_quality, *self._floor, now_us // 1000)
            done = partial(self._done, group, block, decoder)
            job = read_job(self.unit, block.address, block.count, done, period_ms * 1000)
            jobs.append(job)
            decoders.append(decoder)
            self.line.add(job, now_us)
        for point in left:
            # Its registers, or its quality's, lie in a hole.
            self.database.write(point.tag, None, now_us // 1000, Quality.BAD, Reason.ILLEGAL_ADDRESS)

    def _done(
        self,
        group: str,
        block: Block,
        decoder: BlockDecoder,
        job: Job,
        outcome: Outcome,
        data: Reply,
        at: int,
        now_us: int,
    ) -> None:
        if outcome is Outcome.OK:
            decoder.take(data, at, self.utc_ms(), now_us // 1000)
        elif outcome is Outcome.EXCEPTION and job.exception in (ILLEGAL_ADDRESS, ILLEGAL_VALUE):
            self.holes.learn(block)
            if self.on_holes is not None and self._floor[0] is Quality.GOOD:
                self.on_holes(self.holes)
            self._begin(group, now_us)
