"""Which changes of tags go into the journal: all that last, but a restless tag only as often as the site file says."""

from __future__ import annotations

from edge_gateway.journal import Draft, Kind
from edge_gateway.tags import Tag, TagDatabase

_PROMPT = frozenset(("DI", "DO"))
_PROMPT_MS = 1_000
"""A contact is told at once, unless it chatters: then once in this time."""


class Sampler:
    """Collects changed tags; `scan` gives the entries that are due. The last value of a quiet tag is never left out."""

    def __init__(self, database: TagDatabase, sample_ms: int) -> None:
        self._sample_ms = sample_ms
        self._changed: dict[Tag, None] = {}
        self._due: dict[str, int] = {}
        self._leave = database.subscribe(self._note)

    def close(self) -> None:
        """Listens no more."""
        self._leave()

    def _note(self, tag: Tag, now: int) -> None:
        self._changed[tag] = None

    def scan(self, now: int) -> list[Draft]:
        """Entries of this scan, in the order of the changes."""
        if not self._changed:
            return []
        due = self._due
        told = [tag for tag in self._changed if due.get(tag.name, now) <= now]
        for tag in told:
            del self._changed[tag]
            prompt = tag.info.kind in _PROMPT or tag.info.enum
            due[tag.name] = now + (min(_PROMPT_MS, self._sample_ms) if prompt else self._sample_ms)
        return [sample(tag) for tag in told]


def sample(tag: Tag) -> Draft:
    """The entry of a tag as it is."""
    body: dict[str, object] = {"v": tag.text if tag.info.enum and tag.value is not None else tag.value}
    if tag.info.unit:
        body["u"] = tag.info.unit
    if tag.reason:
        body["r"] = tag.reason
    return Draft(Kind.SAMPLE, tag.changed_ms or tag.utc_ms, tag.name, tag.quality.label, body)
