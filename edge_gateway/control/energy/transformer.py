"""The transformer's rows of the domain brief §2c E5: above 80 % for 5 s, above 100 % for 2 s, above 110 %."""

from __future__ import annotations

from typing import NamedTuple

from edge_gateway.control.energy.lasting import Lasting


class Row(NamedTuple):
    """Above `pct` for `after_ms` is level `pct`."""

    pct: int
    after_ms: int
    does: str


ROWS = (
    Row(110, 0, "the breaker's own protection acts; as 100 %"),
    Row(100, 2_000, "tier 3 is shed, no vehicle charges, fans are not started"),
    Row(80, 5_000, "battery, then vehicles, then heat give way; waste waits"),
)
CALM_PCT, CALM_MS = 75, 60_000
"""Below this for so long every row is over."""


class Transformer:
    """Which row holds. `step` in each scan."""

    def __init__(self, kva: float) -> None:
        self._kva = kva
        self._lasting = Lasting()
        self.level = 0

    def step(self, kva: float | None, now: int) -> int:
        """0, 80, 100 or 110. A load that isn't known changes nothing, and counts for no time: the caps fall back by
        themselves."""
        if kva is None:
            self._lasting.clear()
            return self.level
        pct = 100 * kva / self._kva
        for row in ROWS:
            held = self._lasting.ms(f"above {row.pct}", pct > row.pct, now)
            if held >= row.after_ms and row.pct > self.level:
                self.level = row.pct
        if self._lasting.ms("calm", pct < CALM_PCT, now) >= CALM_MS:
            self.level = 0
        return self.level
