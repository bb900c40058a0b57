"""For how long what has been so."""

from __future__ import annotations

NEVER = -1


class Lasting:
    """Named durations. A condition that doesn't hold starts again from nothing."""

    def __init__(self) -> None:
        self._since: dict[str, int] = {}

    def ms(self, name: str, holds: bool, now: int) -> int:
        """For how long it has held (ms), NEVER when it doesn't."""
        if not holds:
            self._since.pop(name, None)
            return NEVER
        return now - self._since.setdefault(name, now)

    def clear(self) -> None:
        """Everything starts again."""
        self._since.clear()
