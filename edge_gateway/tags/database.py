"""The tag database: what the gateway knows about every point, and since when.

Values that are read together share a `Source`. A reply that says the same as the one before refreshes the whole source
in one step, and staleness is checked for each source in the scan: there is no timer and no work for an unchanged tag.

All control times (`now`) are monotonic milliseconds; `utc_ms` is milliseconds since 1970-01-01 UTC, the time at which
the value was sampled. One thread (the core's loop) owns a database.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from edge_gateway.tags.quality import Quality, Reason

Value = int | float | str | None
Subscriber = Callable[["Tag", int], None]
"""Called with a tag and `now` after its value or quality changed."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TagInfo:
    """What doesn't change about a tag: the words of its sheet.

    kind: DI, AI, BI, DO, AO, ST (program status), PAR (parameter), HDR (board header) or GW (computed by the gateway).
    unit: in which `Tag.value` counts, after the scale. lo/hi: range in that unit. enum: names of the values
    from 0 on.
    """

    kind: str = "GW"
    unit: str = ""
    meaning: str = ""
    lo: float | None = None
    hi: float | None = None
    enum: tuple[str, ...] = ()


class Source:
    """Where a group of values comes from: one block read of a board, or one computation of the gateway.

    utc_ms and mono_ms are the time of the latest sample (0 before the first); `live` says that it isn't older than
    `stale_ms` as far as the last scan knows. `marks` counts how often all of its tags were marked: whoever brings a
    part of them writes all of that part again when it has changed.
    """

    __slots__ = ("live", "marks", "mono_ms", "name", "stale_ms", "tags", "utc_ms")

    def __init__(self, name: str, stale_ms: int) -> None:
        self.name = name
        self.stale_ms = stale_ms
        self.utc_ms = 0
        self.mono_ms = 0
        self.live = False
        self.marks = 0
        self.tags: list[Tag] = []

    def refresh(self, utc_ms: int, now: int) -> bool:
        """Note a new sample of the whole source.

        Returns whether the source was live: if so, tags whose value didn't change need no write; if not, all of them
        have to be written, because their quality says stale or bad.
        """
        was_live = self.live
        self.utc_ms = utc_ms
        self.mono_ms = now
        self.live = True
        return was_live


class Tag:
    """A point as the gateway sees it. Read its attributes; write through `TagDatabase`.

    changed_ms: UTC time of the latest change of value or quality. sequence: number of that change in the database.
    """

    __slots__ = ("changed_ms", "info", "name", "quality", "reason", "sequence", "source", "subscribers", "value")

    def __init__(self, name: str, source: Source, info: TagInfo) -> None:
        self.name = name
        self.source = source
        self.info = info
        self.value: Value = None
        self.quality = Quality.STALE
        self.reason: str = Reason.NEVER_READ
        self.changed_ms = 0
        self.sequence = 0
        self.subscribers: tuple[Subscriber, ...] = ()

    @property
    def utc_ms(self) -> int:
        """When the value was last sampled (ms since 1970 UTC; 0 never). A stale tag keeps its last sample's time."""
        return self.source.utc_ms

    @property
    def mono_ms(self) -> int:
        """When the value was last sampled, in the monotonic milliseconds of `now`."""
        return self.source.mono_ms

    @property
    def good(self) -> bool:
        """Whether the value may be used without a second thought."""
        return self.quality is Quality.GOOD

    @property
    def text(self) -> str:
        """The value as a person reads it, enumerations by name; an empty text before the first sample."""
        value = self.value
        if value is None:
            return ""
        enum = self.info.enum
        if enum and isinstance(value, int) and 0 <= value < len(enum):
            return enum[value]
        return f"{value:g}" if isinstance(value, float) else str(value)

    def __repr__(self) -> str:
        return f"<Tag {self.name}={self.text or self.value} {self.quality.label} {self.reason}>"


class TagDatabase:
    """All tags of the gateway by name, their subscribers, and the check of their age."""

    def __init__(self) -> None:
        self.sequence = 0
        self.subscriber_faults = 0
        self._tags: dict[str, Tag] = {}
        self._sources: list[Source] = []
        self._subscribers: tuple[Subscriber, ...] = ()

    def __len__(self) -> int:
        return len(self._tags)

    def __iter__(self) -> Iterator[Tag]:
        return iter(self._tags.values())

    def __contains__(self, name: object) -> bool:
        return name in self._tags

    def __getitem__(self, name: str) -> Tag:
        """The tag of that name; KeyError if there is none."""
        return self._tags[name]

    def get(self, name: str) -> Tag | None:
        """The tag of that name, or None."""
        return self._tags.get(name)

    @property
    def good(self) -> int:
        """How many tags are good."""
        return sum(1 for tag in self._tags.values() if tag.quality is Quality.GOOD)

    def add_source(self, name: str, stale_ms: int) -> Source:
        """A new source whose tags go stale when it wasn't refreshed for `stale_ms`."""
        if stale_ms <= 0:
            raise ValueError(f"source {name}: stale_ms must be positive, not {stale_ms}")
        source = Source(name, stale_ms)
        self._sources.append(source)
        return source

    def add(self, name: str, source: Source, info: TagInfo | None = None) -> Tag:
        """A new tag of `source`, stale ("never read") until it is first written. ValueError if the name exists."""
        if name in self._tags:
            raise ValueError(f"two tags are called {name}")
        tag = Tag(name, source, info or TagInfo())
        self._tags[name] = tag
        source.tags.append(tag)
        return tag

    def remove_source(self, source: Source) -> None:
        """Take a source and its tags out, for a board that left the site file."""
        self._sources.remove(source)
        for tag in source.tags:
            del self._tags[tag.name]

    def write(
        self,
        tag: Tag,
        value: Value,
        now: int,
        quality: Quality = Quality.GOOD,
        reason: str = Reason.NONE,
    ) -> bool:
        """Give a tag a value sampled at its source's stamp (after `Source.refresh`). Returns whether it changed."""
        if value == tag.value and quality is tag.quality and reason == tag.reason:
            return False
        tag.value = value
        tag.quality = quality
        tag.reason = reason
        self._changed(tag, tag.source.utc_ms, now)
        return True

    def mark(self, source: Source, quality: Quality, reason: str, utc_ms: int, now: int) -> None:
        """Set the quality of all tags of a source and keep their values, for example when a line goes down."""
        source.live = False
        source.marks += 1
        for tag in source.tags:
            if quality is not tag.quality or reason != tag.reason:
                tag.quality = quality
                tag.reason = reason
                self._changed(tag, utc_ms, now)

    def scan(self, now: int, utc_ms: int) -> int:
        """Mark as stale what wasn't sampled in time; once in each control scan. Returns how many sources went stale."""
        stale = 0
        for source in self._sources:
            if source.live and now - source.mono_ms > source.stale_ms:
                self.mark(source, Quality.STALE, Reason.NO_FRESH_SAMPLE, utc_ms, now)
                stale += 1
        return stale

    def subscribe(self, callback: Subscriber, names: Iterable[str] | None = None) -> Callable[[], None]:
        """Call `callback(tag, now)` on each change of the named tags (all, if None), in the order of the changes.

        Returns the function that ends the subscription. A callback that raises is logged and counted in
        `subscriber_faults`; the others still hear of the change.
        """
        if names is None:
            self._subscribers = (*self._subscribers, callback)

            def leave_all() -> None:
                self._subscribers = _without(self._subscribers, callback)

            return leave_all

        tags = [self._tags[name] for name in names]
        for tag in tags:
            tag.subscribers = (*tag.subscribers, callback)

        def leave() -> None:
            for tag in tags:
                tag.subscribers = _without(tag.subscribers, callback)

        return leave

    def changed_since(self, sequence: int) -> list[Tag]:
        """Tags that changed after that `sequence`, oldest change first: what a reader that lagged behind needs."""
        return sorted((tag for tag in self if tag.sequence > sequence), key=lambda tag: tag.sequence)

    def _changed(self, tag: Tag, utc_ms: int, now: int) -> None:
        self.sequence += 1
        tag.sequence = self.sequence
        tag.changed_ms = utc_ms
        for callback in self._subscribers:
            self._tell(callback, tag, now)
        for callback in tag.subscribers:
            self._tell(callback, tag, now)

    def _tell(self, callback: Subscriber, tag: Tag, now: int) -> None:
        try:
            callback(tag, now)
        except Exception:
            self.subscriber_faults += 1
            log.exception("a subscriber of %s failed", tag.name)


def _without(subscribers: tuple[Subscriber, ...], callback: Subscriber) -> tuple[Subscriber, ...]:
    kept = list(subscribers)
    if callback in kept:
        kept.remove(callback)
    return tuple(kept)
