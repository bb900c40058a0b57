"""What energy costs at which time of day."""

from __future__ import annotations

from dataclasses import dataclass

DAY_MIN = 24 * 60


@dataclass(frozen=True, slots=True)
class Period:
    """From one minute of the local day up to another: valley, flat, peak or critical."""

    begin: int
    end: int
    name: str
    buy: float


DAY = (
    Period(0, 480, "valley", 0.35),
    Period(480, 1080, "flat", 0.75),
    Period(1080, 1320, "peak", 1.25),
    Period(1320, DAY_MIN, "flat", 0.75),
)


@dataclass(frozen=True, slots=True)
class Tariff:
    """Periods without gaps from minute 0 to the end of the day. sell: price of a kWh to the grid. peak_kw: price of a
    kW of the highest quarter hour, for one day."""

    periods: tuple[Period, ...] = DAY
    sell: float = 0.4
    peak_kw: float = 0.0
    currency: str = "CNY"

    def at(self, minute: int) -> Period:
        """The period of a minute of the local day."""
        minute %= DAY_MIN
        return next(period for period in self.periods if period.begin <= minute < period.end)

    def left_min(self, minute: int) -> int:
        """Minutes until the price of now ends; periods of one name that follow each other count as one."""
        name, left, at = self.at(minute).name, 0, minute % DAY_MIN
        while left < DAY_MIN and self.at(at).name == name:
            step = self.at(at).end - at
            left, at = left + step, (at + step) % DAY_MIN
        return min(left, DAY_MIN)
