"""What the journal forgets, and when.

Entries that every consumer acknowledged go when they are too old or too many. What nobody has acknowledged yet stays,
until the hard limit forces it out; then the journal says so itself with a gap entry.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_gateway.journal.store import Store

CHUNK = 2_000
"""Entries deleted in one pass: a pass stays short, and a clock that jumps for some seconds costs a chunk or two."""

_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept (see the site file's `gateway.journal`). Bytes and days."""

    max_bytes: int = 512_000_000
    hard_bytes: int = 1_024_000_000
    max_days: int = 90


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What one pass deleted. `unacknowledged` entries, from `first` to `last`, were lost to a consumer."""

    deleted: int = 0
    unacknowledged: int = 0
    first: int = 0
    last: int = 0
    too_big: bool = False
    """The journal was above a size limit: another pass may be due at once."""


def forget(store: Store, limits: Limits, utc_ms: int) -> Forgotten:
    """One pass: deletes a chunk at most. Raises sqlite3.Error."""
    acked = min(store.consumers().values(), default=store.next_seq)
    used = store.used_bytes()
    first = store.first_seq()
    if used > limits.hard_bytes:
        last = store.nth_seq(CHUNK)
        lost_from = max(first, acked + 1)
        lost = max(0, last - lost_from + 1)
        deleted = store.delete_through(last)
        return Forgotten(deleted, lost, lost_from if lost else 0, last if lost else 0, too_big=True)
    too_big = used > limits.max_bytes
    oldest_kept_ms = utc_ms - limits.max_days * _DAY_MS
    through = min(acked, store.nth_seq(CHUNK) if too_big else store.last_before(oldest_kept_ms, CHUNK))
    if through < first:
        return Forgotten()
    return Forgotten(deleted=store.delete_through(through), too_big=too_big)
