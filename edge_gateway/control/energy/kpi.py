"""Figures of merit over a period, out of the quarter hours that were journalled (domain brief §2g)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from edge_gateway.control.energy.books import FLOWS, LATENCY_MS, QUARTER
from edge_gateway.control.energy.plan import HOURS

NAMES = (QUARTER,)
"""Entries that are needed."""


def kpis(
    quarters: Iterable[Mapping[str, Any]], from_ms: int, until_ms: int, *, kwp: float, kwh: float
) -> dict[str, Any]:
    """The figures. Those that nothing is known about are None. kwp: of all strings; kwh: of the battery."""
    found = list(quarters)
    flow = {name: sum(float(q[name]) for q in found) for name in FLOWS}
    seen_s = sum(int(q["seen_s"]) for q in found)
    curtailed: dict[str, float] = {}
    up_s: dict[str, int] = {}
    classes = [0] * (len(LATENCY_MS) + 1)
    for quarter in found:
        for cause, lost in quarter["curtailed_by"].items():
            curtailed[cause] = curtailed.get(cause, 0.0) + float(lost)
        for number, seconds in quarter["up_s"].items():
            up_s[number] = up_s.get(number, 0) + int(seconds)
        classes = [a + int(b) for a, b in zip(classes, quarter["latency"], strict=True)]
    taken, failed = sum(classes), sum(int(q["failed"]) for q in found)
    full = [q for q in found if int(q["seen_s"]) >= 600]
    reference = sum(float(q["irradiation"]) for q in found) * kwp
    return {
        "from_ms": from_ms,
        "until_ms": until_ms,
        "covered_pct": _pct(seen_s * 1000, until_ms - from_ms),
        **{f"{name}_kwh": round(value, 1) for name, value in flow.items()},
        "self_consumption_pct": _pct(flow["pv"] - flow["export"], flow["pv"]),
        "self_sufficiency_pct": _pct(flow["consumption"] - flow["import"], flow["consumption"]),
        "performance_ratio_pct": _pct(flow["pv"], reference),
        "peak_import_kw": round(max((float(q["import"]) / HOURS for q in full), default=0.0), 1) if full else None,
        "curtailed_by_kwh": {cause: round(lost, 1) for cause, lost in sorted(curtailed.items())},
        "round_trip_pct": _round_trip(found, flow, kwh),
        "equivalent_cycles": round(flow["discharge"] / kwh, 2) if kwh else None,
        "soh_pct": next((q["soh"] for q in reversed(found) if q["soh"] is not None), None),
        "ev_waiting_h": round(sum(float(q["waiting_h"]) for q in found), 1),
        "availability_pct": {number: _pct(seconds, seen_s) for number, seconds in sorted(up_s.items())},
        "set_points": taken + failed,
        "set_point_success_pct": _pct(taken, taken + failed),
        "set_point_p95_ms": _p95(classes),
        "fallback_min": round(sum(int(q["fallback_s"]) for q in found) / 60, 1),
        "shed_min": round(sum(int(q["shed_s"]) for q in found) / 60, 1),
    }


def _pct(part: float, whole: float) -> float | None:
    return round(100 * part / whole, 2) if whole > 0 else None


def _round_trip(found: list[Mapping[str, Any]], flow: Mapping[str, float], kwh: float) -> float | None:
    """AC round trip. What is in the battery at the end and wasn't at the begin counts half to each."""
    known = [q["soc"] for q in found if q["soc"][0] is not None]
    if not known or flow["charge"] <= 0 or flow["discharge"] < 0.1 * kwh:
        return None
    stored = (known[-1][1] - known[0][0]) / 100 * kwh
    return _pct(flow["discharge"] + stored / 2, flow["charge"] - stored / 2)


def _p95(classes: list[int]) -> int | None:
    """Upper edge of the class in which the 95th percentile lies (ms)."""
    total, seen = sum(classes), 0
    for edge, count in zip((*LATENCY_MS, 10_000), classes, strict=True):
        seen += count
        if total and seen >= 0.95 * total:
            return edge
    return None
