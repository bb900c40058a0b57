"""Journal entries as SenML-CBOR packs (RFC 8428 section 6), with the sequence of each.

A sample is a SenML record of its tag. Anything else is a record with a string value that holds its body as JSON. A
value that can't be trusted is never sent as a value: it goes as `<tag>/quality`, so that a receiver which knows nothing
but SenML can't take it for a good one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cbor2

from edge_gateway.journal import Kind, Record
from edge_gateway.journal.record import encode_body

# Labels of RFC 8428, table 4
BASE_NAME = -2
BASE_TIME = -3
NAME = 0
UNIT = 1
VALUE = 2
STRING = 3
BOOLEAN = 4
TIME = 6

SEQUENCE = "seq"
"""Our own label: sequence of the record in the journal. Receivers that don't know it ignore it (RFC 8428, 4.4)."""
QUALITY = "q"
"""Our own label: `uncertain` where a value may be used with care; absent for good values."""

_RELATIVE_BELOW_S = 2**28
"""RFC 8428, 4.5.3: smaller times count from the receiver's now."""


def encode(records: Sequence[Record], base_name: str) -> bytes:
    """One pack of at least one record. base_name ends with `/`; names in the pack follow it."""
    base_ms = _absolute(records[0].utc_ms)
    pack: list[dict[int | str, Any]] = []
    for record in records:
        entry: dict[int | str, Any] = {}
        if not pack:
            entry[BASE_NAME] = base_name
            entry[BASE_TIME] = base_ms / 1000
        entry.update(_content(record))
        delta_ms = _absolute(record.utc_ms) - base_ms
        if delta_ms:
            entry[TIME] = delta_ms / 1000
        entry[SEQUENCE] = record.seq
        pack.append(entry)
    return bytes(cbor2.dumps(pack))


def _absolute(utc_ms: int) -> int:
    """The time to send. One from a clock that wasn't set would be read as relative; 0 says `about now` instead."""
    return utc_ms if utc_ms >= _RELATIVE_BELOW_S * 1000 else 0


def _content(record: Record) -> dict[int | str, Any]:
    if record.kind is not Kind.SAMPLE:
        return {NAME: f"{record.source}/{record.kind.label}/{record.name}", STRING: encode_body(record.body)}
    body = record.body
    quality = record.name
    value = body.get("v")
    if quality not in ("good", "uncertain") or value is None:
        reason = body.get("r")
        return {NAME: f"{record.source}/quality", STRING: f"{quality}: {reason}" if reason else quality}
    entry: dict[int | str, Any] = {NAME: record.source}
    if isinstance(value, bool):
        entry[BOOLEAN] = value
    elif isinstance(value, int | float):
        entry[VALUE] = value
    else:
        entry[STRING] = str(value)
    if body.get("u"):
        entry[UNIT] = body["u"]
    if quality != "good":
        entry[QUALITY] = quality
    return entry
