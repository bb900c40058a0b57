"""Registers into tags, by the rows of a program's sheet.

A reply that equals the one before costs one comparison; otherwise only the tags whose registers changed are decoded.
"""

from __future__ import annotations

from struct import Struct
from typing import Any

from edge_gateway.fieldbus.plan import Span
from edge_gateway.tags import Quality, Reason, Source, Tag, TagDatabase, TagInfo, Value
from protocols import layout

_NOT_AVAILABLE = 0x8000

# How a value stands in its registers
_BIT = 0
_U16 = 1
_I16 = 2
_U32 = 3
_TYPES = {"bit": _BIT, "u16": _U16, "bits": _U16, "i16": _I16, "u32": _U32, "bits32": _U32}


class PointDecoder:
    """One tag and where its value stands. `row` is a row of `protocols.sheets.registers.registers(sheet)`.

    bad_word: register whose same bit says that the contact is bad or stale (digital inputs). ai_place: position of the
    two quality bits in AI_QUAL (measurements); quality_word: register of a later measurement's two bits, which then
    begin at ai_place.
    """

    __slots__ = ("address", "ai_place", "bad_word", "bit", "form", "quality_word", "scale", "tag", "words")

    def __init__(self, row: Any, tag: Tag, bad_word: int = -1, ai_place: int = -1, quality_word: int = -1) -> None:
        self.tag = tag
        self.address: int = row.register
        self.words: int = row.words
        self.form = _TYPES[row.type]
        self.scale: int = row.scale
        self.bit: int = row.bit or 0
        self.bad_word = bad_word
        self.ai_place = ai_place
        self.quality_word = quality_word

    @property
    def span(self) -> Span:
        """The registers that it needs, value and quality in one read so that they belong together."""
        last = max(self.bad_word, self.quality_word)
        return Span(self.address, self.words if last < 0 else last - self.address + 1)

    def decode(self, registers: tuple[int, ...], base: int, ai_quality: int) -> tuple[Value, Quality, str]:
        """Value, quality and reason out of the registers of a block that begins at `base`."""
        raw = registers[self.address - base]
        form = self.form
        if form == _BIT:
            value = raw >> self.bit & 1
            if self.bad_word >= 0 and registers[self.bad_word - base] >> self.bit & 1:
                return value, Quality.BAD, Reason.BOARD_SAYS_BAD
            return value, Quality.GOOD, Reason.NONE
        if form == _U32:
            raw = raw << 16 | registers[self.address - base + 1]
        elif form == _I16:
            if raw == _NOT_AVAILABLE:
                return None, Quality.BAD, Reason.NOT_AVAILABLE
            if raw & 0x8000:
                raw -= 0x10000
        scaled: Value = raw if self.scale == 1 else raw / self.scale
        if self.ai_place >= 0:
            bits = ai_quality if self.quality_word < 0 else registers[self.quality_word - base]
            quality = bits >> 2 * self.ai_place & 3
            if quality:
                return scaled, Quality(quality), Reason.BOARD_SAYS_BAD
        return scaled, Quality.GOOD, Reason.NONE


class BlockDecoder:
    """The points of one read and the registers that it last brought."""

    def __init__(self, database: TagDatabase, address: int, count: int, points: list[PointDecoder]) -> None:
        self.database = database
        self.address = address
        self.points = points
        self.sources: list[Source] = list(dict.fromkeys(point.tag.source for point in points))
        self._struct = Struct(f">{count}H")
        self._last: tuple[int, ...] = ()
        self._marks: list[int] = []
        """Of the sources, when all points were last written: another read of a source says nothing about these."""
        self._ai_quality = 0
        self._floor = (Quality.GOOD, str(Reason.NONE))
        self._at: list[list[PointDecoder]] = [[] for _ in range(count)]
        for point in points:
            for register in range(point.span.address, point.span.end):
                self._at[register - address].append(point)

    def take(self, data: bytes | bytearray, at: int, utc_ms: int, now: int) -> None:
        """The registers of a reply, big-endian at `data[at:]`, sampled at these times."""
        registers = self._struct.unpack_from(data, at)
        for source in self.sources:
            source.refresh(utc_ms, now)
        live = self._live
        last = self._last
        if live and registers == last:
            return
        self._last = registers
        if live and last:
            touched: dict[PointDecoder, None] = {}
            for points, new, old in zip(self._at, registers, last, strict=True):
                if new != old:
                    touched.update(dict.fromkeys(points))
            self._write(touched, now)
        else:
            self._marks = [source.marks for source in self.sources]
            self._write(self.points, now)

    @property
    def _live(self) -> bool:
        """Whether no point was marked since all were written."""
        return self._marks == [source.marks for source in self.sources]

    def judge(self, ai_quality: int, floor: Quality, reason: str, now: int) -> None:
        """What is known from elsewhere: AI_QUAL of the header, and a quality that no tag of this board may exceed."""
        if (ai_quality, (floor, reason)) == (self._ai_quality, self._floor):
            return
        self._ai_quality = ai_quality
        self._floor = (floor, reason)
        if self._last and self._live:
            self._write(self.points, now)

    def _write(self, points: list[PointDecoder] | dict[PointDecoder, None], now: int) -> None:
        registers, base, ai_quality = self._last, self.address, self._ai_quality
        floor, floor_reason = self._floor
        write = self.database.write
        for point in points:
            value, quality, reason = point.decode(registers, base, ai_quality)
            if quality < floor:
                quality, reason = floor, floor_reason
            write(point.tag, value, now, quality, reason)


HEADER_TAGS = (
    "STATE",
    "SUBSTATE",
    "MODE",
    "GW_LINK",
    "RESET_CAUSE",
    "BOOT_CNT",
    "FAULT_BITS",
    "WARN_BITS",
    "TRIP_BITS",
    "FIRST_OUT",
    "ILK_MISSING",
    "CFG_VER",
    "CFG_CRC",
    "EVT_LOST",
    "TIME_Q",
    "TEMP",
    "VSUP",
    "SCAN_MAX",
    "SCAN_OVR",
    "HEAP_GROWTH",
)
"""Rows of the header that are tags. The others are identity, or change with every read and say nothing by that."""

_KINDS = {"header": "HDR", "config": "PAR", "measurement": "ST", "status": "ST"}


def tag_info(sheet: Any, row: Any) -> TagInfo:
    """The words of a sheet for the tag of `row`."""
    kinds = {point.name: point.kind for point in sheet.points}
    scale = row.scale
    return TagInfo(
        kind=kinds.get(row.name, _KINDS[row.block]) if row.block in ("measurement", "status") else _KINDS[row.block],
        unit=row.unit,
        meaning=row.meaning,
        lo=None if row.lo is None else row.lo / scale,
        hi=None if row.hi is None else row.hi / scale,
        enum=tuple(row.enum),
    )


def di_span(register: int) -> Span:
    """The registers of a digital input: its word, and the word that says which inputs are bad."""
    return Span(register, layout.DI_BAD_WORDS - layout.DI_WORDS + 1)


def ai_place(sheet: Any, name: str) -> int:
    """Which measurement of its sheet this is, from 0: its place in the quality bits."""
    return [point.name for point in sheet.of_kind("AI")].index(name)


def ai_span(sheet: Any, row: Any) -> Span:
    """The registers of a measurement: itself, and its quality where that isn't in the header."""
    further = ai_place(sheet, row.name) - layout.AI_QUAL_COUNT
    if further < 0:
        return Span(row.register, row.words)
    return Span(row.register, layout.AI_QUAL_WORDS + further // 8 - row.register + 1)


def point_decoder(sheet: Any, row: Any, tag: Tag) -> PointDecoder:
    """The decoder of `row`, with the place of its quality."""
    if tag.info.kind == "DI":
        return PointDecoder(row, tag, bad_word=row.register - layout.DI_WORDS + layout.DI_BAD_WORDS)
    if tag.info.kind == "AI":
        place = ai_place(sheet, row.name)
        further = place - layout.AI_QUAL_COUNT
        if further < 0:
            return PointDecoder(row, tag, ai_place=place)
        return PointDecoder(row, tag, ai_place=further % 8, quality_word=layout.AI_QUAL_WORDS + further // 8)
    return PointDecoder(row, tag)
