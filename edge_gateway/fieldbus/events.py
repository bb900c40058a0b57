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
_READ_MS = 2000


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


_Entry = tuple[int, int, int, int, int]  # code, state, t_ms, arg0, arg1
EventSink = Callable[[BoardEvent | EventGap], None]


class EventReader:
    """Follows EVT_HEAD and reads what is new.

    An entry counts only when the header after the read shows that it can't have been overwritten meanwhile. A ring
    outlives a reset, perhaps in an older state: after one, the EV_BOOT entries in it say which boot an entry is of.
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
        self._boot: int | None = None
        self._next = 0
        self._synced = False
        # Where the boot before ended, for its events that nobody has read yet.
        self._before = None if resume is None else (resume[0], resume[1] + 1 & _WRAP)
        self._seen_ms = 0
        self._born_ms = 0
        self._job: Job | None = None
        self._read: dict[int, _Entry] = {}
        self._over_us = 0
        self._heads: list[tuple[int, int]] = []  # (EVT_HEAD, now) of the headers since the last event taken

    def on_header(self, header: Header, asked_us: int, now: int) -> None:
        """Take what was read if this header vouches for it, and read on."""
        head = header.evt_head
        if header.boot_cnt != self._boot:
            self._begin(header, now)
        elif self._read and asked_us >= self._over_us:
            read, self._read = self._read, {}
            # Whatever is more than a ring behind the head may have been overwritten while it was read.
            whole = {index: entry for index, entry in read.items() if head - index & _WRAP <= COUNT}
            if self._synced:
                self._accept(whole, now)
            else:
                self._sync(header, whole, now)
        self._heads.append((head, now))
        if self._job is None and not self._read:
            self._ask_for_news(header, now)
        del self._heads[:-_HEADS]
        self._seen_ms = now

    def stop(self) -> None:
        """Ask no more."""
        if self._job is not None:
            self.line.remove(self._job)
            self._job = None

    def _begin(self, header: Header, now: int) -> None:
        """The first header, or the first after a reboot."""
        if self._boot is not None:
            self._before = (self._boot, self._next)
        self._boot = header.boot_cnt
        self._synced = False
        self._read = {}
        self._heads.clear()
        self.clock.forget()
        self._born_ms = now - 1000 * (header.uptime + 1)
        if self._before is not None and self._before[0] == header.boot_cnt:
            self._synced = True
            self._next = self._before[1]

    def _ask_for_news(self, header: Header, now: int) -> None:
        if not self._synced:
            self._ask(header.evt_head - COUNT & _WRAP, COUNT, now)
            return
        behind = header.evt_head - self._next & _WRAP
        if behind > COUNT:
            self._lose(header.boot_cnt, behind - COUNT)
            behind = COUNT
        if behind:
            self._ask(self._next, behind, now)
        else:
            self._heads = self._heads[-1:]

    def _ask(self, index: int, count: int, now: int) -> None:
        first = index % COUNT
        # Slots in a row in one read; over the end of the ring it's the whole ring.
        slot, slots = (first, count) if first + count <= COUNT else (0, COUNT)
        wanted = [index + place & _WRAP for place in range(count)]

        def done(job: Job, outcome: Outcome, data: Reply, at: int, now_us: int) -> None:
            if job is not self._job:
                return
            self._job = None
            if outcome is Outcome.OK:
                for one in wanted:
                    self._read[one] = _EVENT.unpack_from(data, at + (one % COUNT - slot) * _EVENT.size)
                self._over_us = now_us
                self._hurry(now_us // 1000)

        address = layout.EVENT_RING + slot * layout.EVENT_SIZE
        job = read_job(self.unit, address, slots * layout.EVENT_SIZE, done)
        if self.line.submit(job, (now + _READ_MS) * 1000):
            self._job = job

    def _sync(self, header: Header, read: dict[int, _Entry], now: int) -> None:
        """The whole ring after a reboot, or for the first time: find where this boot begins."""
        assert self._boot is not None
        boots = {index: entry[4] for index, entry in read.items() if entry[0] == layout.EV_BOOT}
        begin = next((index for index, boot in boots.items() if boot == self._boot), None)
        oldest = header.evt_head - COUNT & _WRAP
        before, self._before = self._before, None
        self._synced = True
        self._next = oldest if begin is None else begin
        if before is not None:
            boot, index = before
            between = self._next - index & _WRAP
            if begin is None and between < 0x8000:
                self._lose(self._boot, between, index)
            elif 0 < between <= COUNT:
                # The end of the boot before, read only now; its clock can't be followed any more.
                for place in range(between):
                    at = index + place & _WRAP
                    boot = boots.get(at, boot)
                    if at in read:
                        self._emit(boot, at, read[at], self._utc_ms(), now - self._seen_ms)
            elif COUNT < between < 0x8000:
                self._lose(boot, between, index)
        self._accept({index: entry for index, entry in read.items() if entry[0]}, now)

    def _accept(self, read: dict[int, _Entry], now: int) -> None:
        """Entries of this boot, in order, as far as they go on from what was taken before."""
        assert self._boot is not None
        utc_ms = self._utc_ms()
        begin = self._next
        while (entry := read.get(self._next)) is not None:
            self.clock.bound(entry[2], *self._between(self._next, now))
            self._next = self._next + 1 & _WRAP
        # Dated only now: each bound tells something about the events before it too.
        for place in range(self._next - begin & _WRAP):
            index = begin + place & _WRAP
            happened, doubt_ms = self.clock.now_of(read[index][2])
            self._emit(self._boot, index, read[index], utc_ms - (now - happened), doubt_ms)
        self._heads = self._heads[-1:]

    def _emit(self, boot: int, index: int, entry: _Entry, utc_ms: int, doubt_ms: int) -> None:
        code, state, t_ms, arg0, arg1 = entry
        self._sink(BoardEvent(self.board, boot, index, code, state, t_ms, arg0, arg1, utc_ms, doubt_ms))

    def _lose(self, boot: int, count: int, first: int | None = None) -> None:
        """Events were overwritten before they could be read."""
        if count:
            self._sink(EventGap(self.board, boot, self._next if first is None else first, count, self._utc_ms()))
        if first is None:
            self._next = self._next + count & _WRAP

    def _between(self, index: int, now: int) -> tuple[int, int]:
        """The times of the last header without event `index` (or of the board's start) and of the first with it."""
        earliest = self._born_ms
        for head, when in self._heads:
            if head - index - 1 & _WRAP < 0x8000:
                return earliest, when
            earliest = when
        return earliest, now
