"""How long to wait before a line is opened again."""

from __future__ import annotations

import random


class ReconnectDelay:
    """Doubles from `first_s` to `longest_s` with each failure, with a tenth of scatter; `reset` after success."""

    def __init__(self, first_s: float = 0.25, longest_s: float = 10.0) -> None:
        self.first_s = first_s
        self.longest_s = longest_s
        self._next_s = first_s

    def reset(self) -> None:
        """The line works: the next failure waits `first_s` again."""
        self._next_s = self.first_s

    def next_s(self) -> float:
        """Seconds to wait now."""
        delay = self._next_s
        self._next_s = min(2 * delay, self.longest_s)
        return delay * random.uniform(0.9, 1.1)
