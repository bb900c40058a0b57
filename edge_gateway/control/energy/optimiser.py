"""The optimiser: the cheapest day under all limits, a linear program for HiGHS (through scipy, extra `optimise`).

In each quarter hour: grid = consumption - (PV - curtailed) + charge - discharge, within both caps; SoC follows with the
losses of both ways; what is below the reserve costs more than any price. Losses and wear keep it from charging and
discharging at once. Runs in a process of its own (`worker.py`).
"""

from __future__ import annotations

from typing import Any

from edge_gateway.control.energy.plan import HOURS, InfeasibleError, Plan, Problem, Slot, energy_cost

_RESERVE_PRICE = 100.0
"""Of a kWh that is missing in the reserve, for a quarter hour."""
_CURTAIL_PRICE = 1e-4
_CHARGE, _DISCHARGE, _IMPORT, _EXPORT, _CURTAIL, _STORED, _SHORT = range(7)


def optimise(problem: Problem, limit_s: float = 20.0) -> Plan:
    """The plan. Raises InfeasibleError, and ImportError without the extra."""
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import lil_matrix

    n, battery = len(problem.pv), problem.battery
    reserve, begin = battery.reserve / 100 * battery.kwh, problem.soc / 100 * battery.kwh

    def at(kind: int, slot: int) -> int:
        return kind * n + slot

    peak = 7 * n
    cost = np.zeros(7 * n + 1)
    for t in range(n):
        cost[at(_CHARGE, t)] = cost[at(_DISCHARGE, t)] = HOURS * battery.wear / 2
        cost[at(_IMPORT, t)] = HOURS * problem.buy[t]
        # Where selling pays more than buying costs, nothing would keep the two apart: no kWh is bought to be sold.
        cost[at(_EXPORT, t)] = -HOURS * min(problem.sell, problem.buy[t])
        cost[at(_CURTAIL, t)] = HOURS * _CURTAIL_PRICE
        cost[at(_SHORT, t)] = HOURS * _RESERVE_PRICE
    cost[at(_STORED, n - 1)] = -min(problem.buy) * battery.efficiency  # what is left is worth a cheap kWh
    cost[peak] = problem.peak_price

    same = lil_matrix((2 * n, 7 * n + 1))
    right = np.zeros(2 * n)
    for t in range(n):
        same[t, at(_IMPORT, t)], same[t, at(_EXPORT, t)] = 1.0, -1.0
        same[t, at(_CHARGE, t)], same[t, at(_DISCHARGE, t)], same[t, at(_CURTAIL, t)] = -1.0, 1.0, -1.0
        right[t] = problem.consumption[t] - problem.pv[t]
        row = n + t
        same[row, at(_STORED, t)] = 1.0
        same[row, at(_CHARGE, t)] = -HOURS * battery.efficiency
        same[row, at(_DISCHARGE, t)] = HOURS / battery.efficiency
        if t:
            same[row, at(_STORED, t - 1)] = -1.0
        else:
            right[row] = begin
    most = lil_matrix((2 * n, 7 * n + 1))
    above = np.zeros(2 * n)
    for t in range(n):
        most[t, at(_IMPORT, t)], most[t, peak] = 1.0, -1.0
        most[n + t, at(_STORED, t)], most[n + t, at(_SHORT, t)], above[n + t] = -1.0, -1.0, -reserve

    bounds: list[tuple[float, float | None]] = []
    bounds += [(0.0, battery.kw)] * (2 * n) + [(0.0, problem.import_cap)] * n + [(0.0, problem.export_cap)] * n
    bounds += [(0.0, max(pv, 0.0)) for pv in problem.pv] + [(0.0, battery.kwh)] * n + [(0.0, None)] * n
    bounds.append((problem.peak_so_far, None))
    found: Any = linprog(
        cost, most.tocsr(), above, same.tocsr(), right, bounds, method="highs", options={"time_limit": limit_s}
    )
    if found.status != 0:
        raise InfeasibleError(str(found.message).partition("\n")[0])
    x, slots = found.x, []
    soc = problem.soc
    for t in range(n):
        kw = float(x[at(_DISCHARGE, t)] - x[at(_CHARGE, t)])
        soc -= 100 * kw * HOURS / battery.kwh * (battery.efficiency if kw < 0 else 1 / battery.efficiency)
        slots.append(Slot(kw, float(x[at(_IMPORT, t)] - x[at(_EXPORT, t)]), soc))
    highest = max(problem.peak_so_far, *(slot.grid for slot in slots))
    return Plan("optimiser", problem.begin_utc, problem.soc, tuple(slots), highest, energy_cost(problem, slots))
