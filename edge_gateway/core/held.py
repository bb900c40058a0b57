"""A tag whose last good value counts for a while, as the `lost.py` of its plant says."""

from __future__ import annotations

from edge_gateway.tags import Tag


class HeldTag:
    """hold_ms: a value that isn't good any more is used for so long."""

    __slots__ = ("_at", "_hold_ms", "_value", "tag")

    def __init__(self, tag: Tag, hold_ms: int) -> None:
        self.tag = tag
        self._hold_ms = hold_ms
        self._value: float | None = None
        self._at = 0

    def read(self, now: int) -> float | None:
        """The value, None when it must not be used."""
        tag = self.tag
        if tag.good and isinstance(tag.value, int | float):
            self._value, self._at = float(tag.value), now
        elif self._value is not None and now - self._at > self._hold_ms:
            self._value = None
        return self._value
