"""Step responses of the heat plant's loops, read off the model: overshoot, settling, swings (brief §4d, HT7)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Response:
    """Course of a value from the moment of a step on. `times` in s, `values` in the loop's unit."""

    start: float
    goal: float
    times: tuple[float, ...]
    values: tuple[float, ...]

    @property
    def overshoot(self) -> float:
        """Furthest beyond the goal, in parts of the step."""
        step = self.goal - self.start
        return max(0.0, max((value - self.goal) / step for value in self.values))

    def settled_s(self, band: float) -> float:
        """When it was within `band` of the goal for good, s; the whole time if it wasn't at the end."""
        out = [time for time, value in zip(self.times, self.values, strict=True) if abs(value - self.goal) > band]
        return max(out, default=0.0)

    def swings(self, band: float) -> int:
        """How often it went from `band` on one side of the goal to `band` on the other, the way there not counted."""
        side = 0
        count = 0
        for value in self.values:
            now = 1 if value > self.goal + band else -1 if value < self.goal - band else side
            if side and now != side:
                count += 1
            side = now
        return count


def respond(
    read: Callable[[], float], now_ms: Callable[[], int], wait: Callable[[], object], *, goal: float, seconds: float
) -> Response:
    """Follow `read` for `seconds`; `wait` lets a moment pass. The step has just been commanded."""
    begin = now_ms()
    start = read()
    times, values = [], []
    while now_ms() - begin < seconds * 1000.0:
        wait()
        times.append((now_ms() - begin) / 1000.0)
        values.append(read())
    return Response(start, goal, tuple(times), tuple(values))
