"""Figures of merit over a period, out of the hours that were journalled (domain brief §4g).

Energy is kWh, as the meters count; what stands in for a silent meter is told beside it (`estimated_kwh`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from edge_gateway.control.heat.accounting import HOUR, METERS, POWERS, STORE_C

NAMES = (HOUR,)
"""Entries that are needed."""
_DAY_S = 86_400


def kpis(hours: Iterable[Mapping[str, Any]], from_ms: int, until_ms: int) -> dict[str, Any]:
    """The figures. Those that nothing is known about are None."""
    found = latest(hours)
    kwh = {name: sum(float(hour[name]) for hour in found) for name in (*METERS, *POWERS)}
    seen_s = sum(int(hour["seen_s"]) for hour in found)
    delivered = kwh["heating"] + kwh["charge"]
    electric = kwh["machines_electric"] + kwh["pumps"] + kwh["back_up"]
    m3 = sum(float(hour["litres"]) for hour in found) / 1000
    starts = sum(int(hour["starts"]) for hour in found)
    margins = [float(hour["it_least_k"]) for hour in found if hour["it_least_k"] is not None]
    return {
        "from_ms": from_ms,
        "until_ms": until_ms,
        "covered_pct": _pct(seen_s * 1000, until_ms - from_ms),
        "it_heat_kwh": round(kwh["it"], 1),
        "recovered_kwh": round(kwh["recovered"], 1),
        "recovery_pct": _pct(kwh["recovered"], kwh["it"]),
        "energy_reuse_factor": _ratio(kwh["recovered"], kwh["it"] + kwh["dry_cooler"], 3),
        "heating_kwh": round(kwh["heating"], 1),
        "charge_kwh": round(kwh["charge"], 1),
        "dhw_kwh": round(kwh["taps"], 1),
        "dhw_m3": round(m3, 2),
        "dhw_kwh_per_m3": _ratio(kwh["taps"], m3, 1),
        "machines_kwh": round(kwh["machines_electric"], 1),
        "machine_cop": _ratio(kwh["machines"], kwh["machines_electric"], 2),
        "pumps_kwh": round(kwh["pumps"], 1),
        "back_up_kwh": round(kwh["back_up"], 1),
        "back_up_pct": _pct(kwh["back_up"], kwh["back_up"] + kwh["machines"]),
        "system_cop": _ratio(delivered, electric, 2),
        "dry_cooler_kwh": round(kwh["dry_cooler"], 1),
        "supply_60_pct": _share(found, "supply_s"),
        "return_55_pct": _share(found, "return_s"),
        "hygiene_min": round(sum(int(hour["hygiene_s"]) for hour in found) / 60),
        f"store_{STORE_C:.0f}_min": round(sum(int(hour["hot_s"]) for hour in found) / 60),
        "starts": starts,
        "starts_per_day": _ratio(starts * _DAY_S, seen_s, 1),
        "it_least_margin_k": min(margins, default=None),
        "it_near_kmin": round(sum(float(hour["it_near_kmin"]) for hour in found), 1),
        "estimated_kwh": _sums(found, "estimated"),
        "repaid_kwh": _sums(found, "repaid"),
        "states_h": {name: round(s / 3600, 2) for name, s in _sums(found, "states_s").items()},
    }


def days(hours: Iterable[Mapping[str, Any]], zone: tzinfo) -> list[dict[str, Any]]:
    """The books by local day: kWh of each meter and power, what of it is an estimate, and m3 of hot water."""
    by: dict[str, list[Mapping[str, Any]]] = {}
    for hour in latest(hours):
        by.setdefault(datetime.fromtimestamp(hour["begin"] / 1000, zone).date().isoformat(), []).append(hour)
    return [
        {
            "day": day,
            "hours": len(found),
            **{name: round(sum(float(hour[name]) for hour in found), 1) for name in (*METERS, *POWERS)},
            "estimated": round(sum(_sums(found, "estimated").values()), 1),
            "m3": round(sum(float(hour["litres"]) for hour in found) / 1000, 2),
        }
        for day, found in sorted(by.items())
    ]


def latest(hours: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """One entry an hour, in their order: of two that begin together the one that saw more."""
    best: dict[int, Mapping[str, Any]] = {}
    for hour in hours:
        begin = int(hour["begin"])
        if begin not in best or int(hour["seen_s"]) >= int(best[begin]["seen_s"]):
            best[begin] = hour
    return [best[begin] for begin in sorted(best)]


def _sums(hours: Sequence[Mapping[str, Any]], key: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for hour in hours:
        for name, value in hour[key].items():
            found[name] = found.get(name, 0.0) + float(value)
    return {name: round(value, 1) for name, value in sorted(found.items())}


def _share(hours: Sequence[Mapping[str, Any]], key: str) -> float | None:
    """Of the time in which it was known, how much was good (%)."""
    return _pct(sum(int(hour[key][0]) for hour in hours), sum(int(hour[key][1]) for hour in hours))


def _pct(part: float, whole: float) -> float | None:
    return round(100 * part / whole, 2) if whole > 0 else None


def _ratio(part: float, whole: float, digits: int) -> float | None:
    return round(part / whole, digits) if whole > 0 else None
