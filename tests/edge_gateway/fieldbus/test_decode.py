"""Reads of a board into tags: what was marked comes back with the read that brings it."""

from __future__ import annotations

from struct import pack

from edge_gateway.fieldbus.decode import BlockDecoder, point_decoder, tag_info
from edge_gateway.fieldbus.plan import Span
from edge_gateway.tags import Quality, Reason, TagDatabase
from protocols.sheets import load
from protocols.sheets.registers import registers

SHEET = load("heat_loop")
UTC = 1_790_000_000_000


def test_values_that_stand_still_come_back_after_a_silence_in_every_read_of_their_group() -> None:
    """A group of many registers takes several reads; the first of them speaks for its own points only."""
    database = TagDatabase()
    source = database.add_source("heat1 status", 2000)
    rows = {row.name: row for row in registers(SHEET) if row.name in ("HP1.WAIT", "L1.SP", "HYG.NEXT")}
    decoders = {}
    for name, row in rows.items():
        tag = database.add(name, source, tag_info(SHEET, row))
        point = point_decoder(SHEET, row, tag)
        assert point.span == Span(row.register)
        decoders[name] = BlockDecoder(database, row.register, 1, [point])

    def read(*names: str, now: int) -> None:
        for name in names:
            decoders[name].take(pack(">H", 100), 0, UTC + now, now)

    read(*rows, now=100)
    assert all(database[name].good for name in rows)
    database.mark(source, Quality.STALE, Reason.BOARD_SILENT, UTC + 5000, 5000)
    read("HP1.WAIT", now=5100)
    assert database["HP1.WAIT"].good
    assert not database["L1.SP"].good, "its own read hasn't come yet"
    decoders["L1.SP"].judge(0, Quality.GOOD, "another word of the header", 5150)
    assert not database["L1.SP"].good, "what is judged is as old as before"
    read("L1.SP", "HYG.NEXT", now=5200)
    assert all(database[name].good for name in rows)
