"""Figures of merit of the collection over a period, out of what was journalled (domain brief §1g)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

NAMES = (
    "RUN_ENDED",
    "STATE",
    "WASTE_BLOCKED",
    "WASTE_TRIPPED",
    "CHUTE_FULL",
    "CHUTE_EMPTIED",
    "CHUTE_SKIPPED",
    "CONTAINER_TAKEN",
)
"""Entries that are needed."""

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the journal. body as it was noted."""

    utc_ms: int
    source: str
    name: str
    body: Mapping[str, Any]


def kpis(
    entries: Iterable[Entry], from_ms: int, until_ms: int, chutes: int, full_limit_ms: int = 1_800_000
) -> dict[str, Any]:
    """The figures. Those that nothing is known about are None; `chutes` is how many there are. One that is still full
    at the end of the period, for longer than `full_limit_ms`, counts as late."""
    runs: list[Mapping[str, Any]] = []
    fills: list[float] = []
    late: set[str] = set()
    full_since: dict[str, int] = {}
    filters: list[tuple[int, float]] = []
    blocked = trips = full = skipped = down_ms = 0
    down_from: int | None = None
    for entry in entries:
        if entry.name == "RUN_ENDED":
            runs.append(entry.body)
            if entry.body.get("filter_kpa") is not None:
                filters.append((entry.utc_ms, float(entry.body["filter_kpa"])))
        elif entry.name == "WASTE_BLOCKED":
            blocked += 1
        elif entry.name == "WASTE_TRIPPED":
            trips += 1
        elif entry.name == "CHUTE_FULL":
            full += 1
            full_since[entry.source] = entry.utc_ms
        elif entry.name == "CHUTE_SKIPPED":
            skipped += 1
        elif entry.name == "CHUTE_EMPTIED":
            full_since.pop(entry.source, None)
            if entry.body.get("late"):
                late.add(entry.source)
        elif entry.name == "CONTAINER_TAKEN":
            fills.append(float(entry.body["level"]))
        elif entry.name == "STATE":
            if entry.body["to"] in ("TRIPPED", "MAINT") and down_from is None:
                down_from = entry.utc_ms
            elif entry.body["from"] in ("TRIPPED", "MAINT"):
                down_ms += entry.utc_ms - (from_ms if down_from is None else down_from)
                down_from = None
    if down_from is not None:
        down_ms += until_ms - down_from
    late.update(chute for chute, since in full_since.items() if until_ms - since > full_limit_ms)
    period = max(1, until_ms - from_ms)
    kg = sum(float(run["kg"]) for run in runs)
    kwh = sum(float(run["kwh"]) for run in runs)
    pulses = sum(int(run["pulses"]) for run in runs)
    landings = [float(seconds) for run in runs for seconds in run["landing_s"]]
    fractions: dict[str, float] = {}
    for run in runs:
        for name, weight in run["fractions"].items():
            fractions[name] = fractions.get(name, 0.0) + float(weight)
    days = period / DAY_MS
    return {
        "from_ms": from_ms,
        "until_ms": until_ms,
        "kg": round(kg, 1),
        "kwh": round(kwh, 2),
        "kwh_per_t": round(1000 * kwh / kg, 1) if kg else None,
        "t_per_day": {name: round(weight / 1000 / days, 3) for name, weight in sorted(fractions.items())},
        "runs": len(runs),
        "starts_per_day": round(len(runs) / days, 2),
        "night_runs": sum(bool(run["night"]) for run in runs),
        "pulses": pulses,
        "pulses_per_run": round(pulses / len(runs), 1) if runs else None,
        "blockages": blocked,
        "blockages_per_1000_pulses": round(1000 * blocked / pulses, 2) if pulses else None,
        "trips": trips,
        "chutes_skipped": skipped,
        "chutes_full": full,
        "late_chutes_pct": round(100 * len(late) / chutes, 2) if chutes else None,
        "availability_pct": round(100 * (1 - min(1.0, down_ms / period)), 3),
        "pulse_to_landing_s": round(sum(landings) / len(landings), 1) if landings else None,
        "container_fill_at_change_pct": round(sum(fills) / len(fills), 1) if fills else None,
        "filter_kpa": round(sum(kpa for _at, kpa in filters) / len(filters), 3) if filters else None,
        "filter_kpa_per_day": _slope(filters),
    }


def _slope(points: list[tuple[int, float]]) -> float | None:
    """Trend a day of values with their time (UTC ms), by least squares; None for fewer than three."""
    if len(points) < 3:
        return None
    mean_at = sum(at for at, _value in points) / len(points)
    spread = sum((at - mean_at) ** 2 for at, _value in points)
    return round(DAY_MS * sum((at - mean_at) * value for at, value in points) / spread, 4) if spread else None
