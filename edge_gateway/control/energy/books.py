"""The energy books: what flowed in each quarter hour, journalled at its end; figures and forecasts are made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from edge_gateway.control.energy.image import Image
from edge_gateway.control.energy.plan import SLOT_MS

QUARTER = "ENERGY_QUARTER"
LATENCY_MS = (250, 500, 1_000, 2_000, 5_000)
"""Upper edges of the classes of a set-point's latency; one more class is above."""
_GAP_MS = 5_000
"""What was not looked at for longer than this isn't in the books."""
FLOWS = ("pv", "import", "export", "charge", "discharge", "ev", "consumption", "curtailed")


@dataclass(slots=True)
class Quarter:
    """One quarter hour from `begin_utc` (ms). kwh: by flow; curtailed: kWh by cause. up_ms: by inverter, while it was
    ready to generate. seen_ms, fallback_ms: time in the books, and in it without meter or plan. latency: set-points by
    class of `LATENCY_MS`; failed: those that the board did not take."""

    begin_utc: int
    kwh: dict[str, float] = field(default_factory=lambda: dict.fromkeys(FLOWS, 0.0))
    curtailed: dict[str, float] = field(default_factory=dict)
    up_ms: dict[int, int] = field(default_factory=dict)
    seen_ms: int = 0
    fallback_ms: int = 0
    shed_ms: int = 0
    irradiation: float = 0.0
    """kWh/m2."""
    soc: tuple[float | None, float | None] = (None, None)
    """First and last."""
    soh: float | None = None
    waiting_h: float = 0.0
    """Hours that vehicles stood in the queue."""
    latency: list[int] = field(default_factory=lambda: [0] * (len(LATENCY_MS) + 1))
    failed: int = 0

    def body(self) -> dict[str, Any]:
        """For the journal."""
        return {
            "begin": self.begin_utc,
            **{name: round(kwh, 3) for name, kwh in self.kwh.items()},
            "curtailed_by": {cause: round(kwh, 3) for cause, kwh in self.curtailed.items()},
            "up_s": {str(number): round(ms / 1000) for number, ms in self.up_ms.items()},
            "seen_s": round(self.seen_ms / 1000),
            "fallback_s": round(self.fallback_ms / 1000),
            "shed_s": round(self.shed_ms / 1000),
            "irradiation": round(self.irradiation, 4),
            "soc": list(self.soc),
            "soh": self.soh,
            "waiting_h": round(self.waiting_h, 3),
            "latency": list(self.latency),
            "failed": self.failed,
        }


class Books:
    """Adds up what an image shows. `step` in each second or more often; returns a quarter hour that is over.

    kwp: of all strings; kw: what their inverters can give. numbers: of the inverters, in the order of the image.
    """

    def __init__(self, kwp: float, kw: float, numbers: Sequence[int]) -> None:
        self._kwp = kwp
        self._kw = kw
        self._numbers = numbers
        self._quarter: Quarter | None = None
        self._at = 0
        self._known: Mapping[str, float] = {}

    def step(
        self, image: Image, now: int, utc_ms: int, fallback: bool, waiting: int, limited_by: str
    ) -> dict[str, Any] | None:
        """limited_by: why inverters are held below what they could give, empty while they aren't."""
        begin = utc_ms - utc_ms % SLOT_MS
        done = None
        if self._quarter is not None and self._quarter.begin_utc != begin:
            done, self._quarter = self._quarter.body(), None
        if self._quarter is None:
            self._quarter = Quarter(begin)
            self._at = now if done is None else self._at
        self._add(self._quarter, image, now - self._at, fallback, waiting, limited_by)
        self._at = now
        return done

    def told(self, took_ms: int, taken: bool) -> None:
        """A set-point was taken by the board, or not."""
        quarter = self._quarter
        if quarter is None:
            return
        if not taken:
            quarter.failed += 1
            return
        quarter.latency[next((i for i, edge in enumerate(LATENCY_MS) if took_ms <= edge), len(LATENCY_MS))] += 1

    def _add(self, q: Quarter, image: Image, ms: int, fallback: bool, waiting: int, limited_by: str) -> None:
        if not 0 < ms <= _GAP_MS:
            return
        hours = ms / 3_600_000
        q.seen_ms += ms
        q.fallback_ms += ms if fallback else 0
        q.shed_ms += ms if image.shed else 0
        q.waiting_h += waiting * hours
        soc = image.battery.soc
        if soc is not None:
            q.soc = (soc if q.soc[0] is None else q.soc[0], soc)
            q.soh = image.battery.soh
        for number, inverter in zip(self._numbers, image.inverters, strict=False):  # none while nothing is heard
            q.up_ms[number] = q.up_ms.get(number, 0) + (ms if inverter.ready else 0)
        grid, battery, pv, net = image.grid.kw, image.battery.kw, image.pv_kw, image.net_kw
        if image.irradiance is not None:
            q.irradiation += image.irradiance / 1000 * hours
        if not image.heard or grid is None or battery is None or net is None or pv is None:
            return
        q.kwh["import"] += max(grid, 0.0) * hours
        q.kwh["export"] += max(-grid, 0.0) * hours
        q.kwh["charge"] += max(-battery, 0.0) * hours
        q.kwh["discharge"] += max(battery, 0.0) * hours
        q.kwh["pv"] += pv * hours
        q.kwh["ev"] += (image.ev.kw or 0.0) * hours
        q.kwh["consumption"] += (net + pv) * hours
        if limited_by and image.irradiance is not None:
            could = min(0.96 * 0.97 * self._kwp * image.irradiance / 1000, self._kw)
            lost = max(could - pv, 0.0) * hours
            q.kwh["curtailed"] += lost
            q.curtailed[limited_by] = q.curtailed.get(limited_by, 0.0) + lost
