"""The rules that stand in whenever there is no plan to follow: by the time of day, and never by a forecast.

The sun's surplus needs no rule: own consumption comes before the tariff (`dispatch.py`).
"""

from __future__ import annotations

from edge_gateway.control.energy.dispatch import Wish
from edge_gateway.control.energy.plan import HOURS, Plan, Problem, Slot, energy_cost
from edge_gateway.control.energy.plant import BatteryFigures
from edge_gateway.control.energy.tariff import Tariff

VALLEY_GOAL = 85.0
"""% of SoC at the end of the valley: room is left for the sun."""
FLAT_SPARE = 70.0
"""In flat hours only what is above this is given."""


def rule(battery: BatteryFigures, name: str, left_min: int, soc: float, net: float) -> Wish:
    """What the battery should do. name: of the tariff period, `left_min` more of it. net: consumption less PV (kW)."""
    if soc < battery.reserve:
        return Wish(-0.1 * battery.kw, "rules: the reserve is filled up")
    if name in ("peak", "critical"):
        return Wish(max(net, 0.0), f"rules: {name} price, the battery covers the site")
    if name == "valley":
        missing = max(VALLEY_GOAL - soc, 0.0) / 100 * battery.kwh / battery.efficiency
        return Wish(-missing / max(left_min / 60, 0.25), f"rules: valley price, charged to {VALLEY_GOAL:.0f} %")
    if soc > FLAT_SPARE:
        return Wish(max(net, 0.0), f"rules: flat price, SoC above {FLAT_SPARE:.0f} %")
    return Wish(0.0, "rules: flat price, kept for the peak")


def plan_by_rules(problem: Problem, tariff: Tariff) -> Plan:
    """The same as a plan: what following the rules would come to. Caps first, as the dispatch does it."""
    battery, soc, slots, peak = problem.battery, problem.soc, [], problem.peak_so_far
    for index, (consumption, pv) in enumerate(zip(problem.consumption, problem.pv, strict=True)):
        net = consumption - pv
        wish = rule(battery, problem.names[index], tariff.left_min(problem.minutes[index]), soc, net)
        kw = min(wish.kw, net)  # own consumption: the sun's surplus is charged, nothing is fed to the grid
        kw = max(kw, net - problem.import_cap)
        room = (100.0 - soc) / 100 * battery.kwh / battery.efficiency / HOURS
        spare = max(soc - battery.reserve, 0.0) / 100 * battery.kwh * battery.efficiency / HOURS
        kw = min(max(kw, -room, -battery.kw), spare, battery.kw)
        grid = max(net - kw, -problem.export_cap)  # what is above the export cap is curtailed
        soc -= 100 * kw * HOURS / battery.kwh * (battery.efficiency if kw < 0 else 1 / battery.efficiency)
        slots.append(Slot(kw, grid, soc))
        peak = max(peak, grid)
    return Plan("rules", problem.begin_utc, problem.soc, tuple(slots), peak, energy_cost(problem, slots))
