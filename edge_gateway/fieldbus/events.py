"""The event ring of a board: every event once, in order, and a word about those that were lost (domain brief §7.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct

from edge_gateway.fieldbus.board_clock import BoardClock
from edge_gateway.fieldbus.header import Header
from edge_gateway.fieldbus.job import Job, Outcome, Reply, read_job
from edge_gateway.fieldbus.line import Line
from protocols import layout

_EVENT = Struct(">HHIHH")
COUNT: int = layout.EVENT_COUNT
_WRAP = 0xFFFF
_HEADS = 32
_UNKNOWN_MS = 60_000
"""Doubt about the time of an event whose earliest time nobody knows."""


@dataclass(frozen=True, slots=True)
class BoardEvent:
    """An event as its board wrote it. (board, boot_cnt, index) names it for good: a second one with these is a repeat.

    utc_ms: when it happened, from the board's stamp t_ms; doubt_ms: how far off that may be.
    """

    board: str
    boot_cnt: int
    index: int
    code: int
    state: int
    t_ms: int
    arg0: int
    arg1: int
    utc_ms: int
    doubt_ms: int


@dataclass(frozen=True, slots=True)
class EventGap:
    """Events `first` .. `first + count - 1` (modulo 2**16) of a boot were overwritten before they could be read."""

    board: str
    boot_cnt: int
    first: int
    count: int
    utc_ms: int


EventSink = Callable[[BoardEvent | EventGap], None]


class EventReader:
    """Follows EVT_HEAD and reads what is new.

    An entry counts only when the header after the read shows that it can't have been overwritten meanwhile.
    resume: (boot_cnt, index) of the last event that the journal has of this board, or None.
    """

    def __init__(
        self,
        board: str,
        unit: int,
        line: Line,
        sink: EventSink,
        utc_ms: Callable[[], int],
        hurry: Callable[[int], None],
        resume: tuple[int, int] | None = None,
    ) -> None:
        self.board = board
        self.unit = unit
        self.line = line
        self.clock = BoardClock()
        self._sink = sink
        self._utc_ms = utc_ms
        self._hurry = hurry
        self._resume = resume
        self._boot: int | None = None
        self._next = 0
        self._job: Job | None = None
        self._read: dict[int, tuple[int, int, int, int, int]] = {}
        self._over_us = 0
        self._heads: list[tuple[int, int]] = []  # (EVT_HEAD, now) of the headers since the last event taken

    def on_header(self, header: Header, asked_us: int, now: int) -> None:
        """Take what was read if this header vouches for it, and read on."""
        head = header.evt_head
        if header.boot_cnt != self._boot:
            self._begin(header)
        elif self._read and asked_us >= self._over_us:
            self._accept(header, now)
        self._heads.append((head, now))
        behind = head - self._next & _WRAP
        if behind > COUNT:
            self._skip(header, behind, now)
            behind = COUNT
        if not behind:
            self._heads = self._heads[-1:]
        elif self._job is None and not self._read:
            self._ask(behind, now)
        del self._heads[:-_HEADS]

    def _begin(self, header: Header) -> None:
        """The first header, or the first after a reboot: where to read on."""
        resume, self._resume = self._resume, None
        rebooted = self._boot is not None
        self._boot = header.boot_cnt
        self._read.clear()
        self._heads.clear()
        self.clock.forget()
        if resume is not None and resume[0] == header.boot_cnt:
            self._next = resume[1] + 1 & _WRAP
        elif rebooted or resume is not None:
            self._next = 0  # the ring of a new boot begins at 0
        else:
            self._next = max(0, header.evt_head - COUNT)

    def _skip(self, header: Header, behind: int, now: int) -> None:
        lost = behind - COUNT
        self._sink(EventGap(self.board, header.boot_cnt, self._next, lost, self._utc_ms()))
        self._next = self._next + lost & _WRAP
        self._read.clear()

    def _ask(self, behind: int, now: int) -> None:
        first = self._next % COUNT
        # Slots in a row in one read; over the end of the ring it's the whole ring.
        slot, count = (first, behind) if first + behind <= COUNT else (0, COUNT)
        wanted = [self._next + place & _WRAP for place in range(behind)]

        def done(job: Job, outcome: Outcome, data: Reply, at: int, now_us: int) -> None:
            self._job = None
            if outcome is Outcome.OK:
                for index in wanted:
                    self._read[index] = _EVENT.unpack_from(data, at + (index % COUNT - slot) * _EVENT.size)
                self._over_us = now_us
                self._hurry(now_us // 1000)

        address = layout.EVENT_RING + slot * layout.EVENT_SIZE
        job = read_job(self.unit, address, count * layout.EVENT_SIZE, done)
        if self.line.submit(job, (now + 2000) * 1000):
            self._job = job

    def _accept(self, header: Header, now: int) -> None:
        assert self._boot is not None
        read = sorted(self._read.items(), key=lambda item: item[0] - self._next & _WRAP)
        self._read.clear()
        utc_ms = self._utc_ms()
        for index, (code, state, t_ms, arg0, arg1) in read:
            if index != self._next or header.evt_head - index & _WRAP > COUNT:
                return  # overwritten while it was read; `on_header` counts it as lost
            earliest, latest = self._between(index, now)
            if earliest is not None:
                self.clock.bound(t_ms, earliest, latest)
            happened = self.clock.now_of(t_ms)
            happened = latest if happened is None else min(happened, latest)
            doubt = self.clock.doubt_ms
            doubt_ms = round(doubt) if doubt is not None else _UNKNOWN_MS
            event_utc = utc_ms - (now - happened)
            self._next = index + 1 & _WRAP
            self._sink(BoardEvent(self.board, self._boot, index, code, state, t_ms, arg0, arg1, event_utc, doubt_ms))
        self._heads = self._heads[-1:]

    def _between(self, index: int, now: int) -> tuple[int | None, int]:
        """The times of the last header without event `index` and of the first with it."""
        earliest: int | None = None
        for head, when in self._heads:
            if head - index - 1 & _WRAP < 0x8000:
                return earliest, when
            earliest = when
        return earliest, now
