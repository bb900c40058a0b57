"""Figures of merit of the heat plant as the model knows them (domain brief §4g)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tools.emulator.heat.books import J_PER_KWH
from tools.emulator.heat.district import HeatDistrict

TOP_C = 55.0
RETURN_C = 50.0
"""HT5: the top of the store, and the return of the circulation, are to be above these."""
SUPPLY_GOOD_C = 60.0
RETURN_GOOD_C = 55.0
HOT_C = 70.0
NEAR_K = 5.0
"""Degree-minutes to the limit of the IT water are counted within this."""
FLOWS = {
    "it_heat_kwh": "it",
    "recovered_kwh": "recovered",
    "dry_cooler_kwh": "cooler",
    "heating_kwh": "heating",
    "charge_kwh": "charged",
    "dhw_kwh": "taps",
    "circulation_kwh": "circulation",
    "machines_electric_kwh": "compressors",
    "back_up_kwh": "backup",
    "pumps_kwh": "pumps",
    "fans_kwh": "fans",
}


@dataclass
class Figures:
    """Tallies of one run, in seconds unless they say otherwise. `look` is called once for each scan."""

    it_limit_c: float
    seconds: float = 0.0
    top_s: float = 0.0
    return_s: float = 0.0
    supply_good_s: float = 0.0
    return_good_s: float = 0.0
    hot_s: float = 0.0
    near_ks: float = 0.0
    lowest_top_c: float = 1e3
    lowest_supply_c: float = 1e3
    lowest_return_c: float = 1e3
    highest_supply_c: float = -1e3
    highest_it_c: float = -1e3
    states_min: dict[str, int] = field(default_factory=dict)

    def look(self, district: HeatDistrict, dt: float) -> None:
        """Take what the plant is like after `dt` seconds."""
        self.seconds += dt
        top, supply, back, it = district.tt41, district.tt45, district.tt46, district.tt101
        if top >= TOP_C:
            self.top_s += dt
        if back >= RETURN_C:
            self.return_s += dt
        if supply >= SUPPLY_GOOD_C:
            self.supply_good_s += dt
        if back >= RETURN_GOOD_C:
            self.return_good_s += dt
        if min(district.dhw.store.t) >= HOT_C:
            self.hot_s += dt
        near = it - (self.it_limit_c - NEAR_K)
        if near > 0.0:
            self.near_ks += near * dt
        self.lowest_top_c = min(self.lowest_top_c, top)
        self.lowest_supply_c = min(self.lowest_supply_c, supply)
        self.lowest_return_c = min(self.lowest_return_c, back)
        self.highest_supply_c = max(self.highest_supply_c, supply)
        self.highest_it_c = max(self.highest_it_c, it)

    def report(self, district: HeatDistrict) -> dict[str, Any]:
        """All figures, for JSON."""
        books = district.books
        kwh = {name: getattr(books, attr) / J_PER_KWH for name, attr in FLOWS.items()}
        machines = sum((kwh["machines_electric_kwh"], kwh["recovered_kwh"]))
        electric = kwh["machines_electric_kwh"] + kwh["pumps_kwh"] + kwh["back_up_kwh"]
        m3 = books.tap_kg / 1000.0
        days = self.seconds / 86_400.0
        starts = sum(machine.starts for machine in district.machines)
        return {
            "hours": round(self.seconds / 3600.0, 3),
            **{name: round(value, 1) for name, value in kwh.items()},
            "recovery_pct": _pct(kwh["recovered_kwh"], kwh["it_heat_kwh"]),
            "energy_reuse_factor": _ratio(kwh["recovered_kwh"], kwh["it_heat_kwh"] + kwh["fans_kwh"]),
            "machine_cop": _ratio(machines, kwh["machines_electric_kwh"]),
            "system_cop": _ratio(kwh["heating_kwh"] + kwh["charge_kwh"] + kwh["back_up_kwh"], electric),
            "back_up_pct": _pct(kwh["back_up_kwh"], kwh["back_up_kwh"] + machines),
            "dhw_m3": round(m3, 2),
            "dhw_kwh_per_m3": _ratio(kwh["dhw_kwh"], m3),
            "top_55_pct": _pct(self.top_s, self.seconds),
            "return_50_pct": _pct(self.return_s, self.seconds),
            "supply_60_pct": _pct(self.supply_good_s, self.seconds),
            "return_55_pct": _pct(self.return_good_s, self.seconds),
            "store_70_min": round(self.hot_s / 60.0),
            "lowest_top_c": round(self.lowest_top_c, 2),
            "lowest_supply_c": round(self.lowest_supply_c, 2),
            "lowest_return_c": round(self.lowest_return_c, 2),
            "highest_supply_c": round(self.highest_supply_c, 2),
            "highest_it_c": round(self.highest_it_c, 2),
            "it_near_kmin": round(self.near_ks / 60.0, 1),
            "starts": starts,
            "starts_per_day": round(starts / days, 1) if days else 0.0,
            "bacteria_log": [round(place.log, 2) for place in district.bacteria],
            "closure_pct": 100.0 * abs(district.residual_j) / books.turnover if books.turnover else 0.0,
            "states_h": {name: round(minutes / 60.0, 2) for name, minutes in sorted(self.states_min.items())},
        }


def _pct(part: float, whole: float) -> float | None:
    return round(100.0 * part / whole, 2) if whole > 0.0 else None


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 3) if whole > 0.0 else None
