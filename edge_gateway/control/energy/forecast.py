"""What is expected of the next day: yesterday's quarter hours where they were journalled, the site's profile elsewhere.

The first hour follows what is measured now, so that a day that differs from yesterday is noticed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edge_gateway.control.energy.plan import SLOT_MS, SLOTS

DAY_MS = 86_400_000
_NOW_SLOTS = 4


@dataclass(frozen=True, slots=True)
class Forecast:
    """kW for each quarter hour."""

    consumption: tuple[float, ...]
    pv: tuple[float, ...]


def forecast(
    begin_utc: int,
    minute: int,
    load_kw: Sequence[float],
    pv_kw: Sequence[float],
    yesterday: Sequence[Mapping[str, Any]],
    now_kw: tuple[float | None, float | None] = (None, None),
) -> Forecast:
    """minute: of the local day at `begin_utc`. load_kw, pv_kw: profiles by hour. yesterday: journalled quarter hours.
    now_kw: consumption and generation as measured."""
    known: dict[int, tuple[float, float]] = {}
    for quarter in yesterday:
        if int(quarter["seen_s"]) >= 600:
            hours = int(quarter["seen_s"]) / 3600
            begin = (int(quarter["begin"]) - begin_utc) % DAY_MS // SLOT_MS
            known[begin] = (float(quarter["consumption"]) / hours, float(quarter["pv"]) / hours)
    consumption, pv = [], []
    for slot in range(SLOTS):
        at = (minute + 15 * slot) % 1440
        expected = known.get(slot, (_at(load_kw, at), _at(pv_kw, at)))
        share = max(0.0, 1 - slot / _NOW_SLOTS)
        pair = [
            value if measured is None else value + share * (measured - value)
            for value, measured in zip(expected, now_kw, strict=True)
        ]
        consumption.append(max(pair[0], 0.0))
        pv.append(max(pair[1], 0.0))
    return Forecast(tuple(consumption), tuple(pv))


def _at(profile: Sequence[float], minute: int) -> float:
    """A profile by hour, between its values in a straight line; an hour's value counts in its middle."""
    place = (minute - 30) / 60
    low = int(place // 1)
    share = place - low
    return (1 - share) * profile[low % 24] + share * profile[(low + 1) % 24]
