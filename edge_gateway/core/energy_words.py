"""How the energy management stands, as data for the local API: power flow, limits, and who decides each set-point."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from edge_gateway.control.energy.dispatch import SetPoint
from edge_gateway.control.energy.ems import Ems
from edge_gateway.control.energy.lasting import NEVER
from edge_gateway.control.energy.limits import INFINITE, Limit, Order
from edge_gateway.control.energy.plan import SLOT_MS
from edge_gateway.core.energy_task import EnergyTask

_ORDERS: dict[IntEnum, str] = {
    Order.ABILITY: "what devices and safety allow",
    Order.IMPORT_CAP: "transformer and EV cap",
    Order.EXPORT_CAP: "export cap",
    Order.RESERVE: "reserve",
    Order.SELF_CONSUMPTION: "self-consumption",
    Order.TARIFF: "tariff",
}


def status(task: EnergyTask, now: int, utc_ms: int) -> dict[str, Any]:
    """Where power flows, and how everything stands. Power that isn't known is None."""
    ems, image = task.ems, task.image
    grid, battery, pv, net = image.grid, image.battery, image.pv_kw, image.net_kw
    other = net + pv - (image.ev.kw or 0.0) if net is not None and pv is not None else None
    return {
        **summary(task),
        "heard": image.heard,
        "refusal": image.refusal,
        "flow": {
            "grid_kw": _round(grid.kw),
            "pv_kw": _round(pv),
            "battery_kw": _round(battery.kw),
            "ev_kw": _round(image.ev.kw),
            "loads_kw": _round(other),
        },
        "grid": {"volts": grid.volts, "hz": grid.hz, "there": grid.there, "closed": grid.closed},
        "transformer": {"pct": _pct(grid.kva, task.plant.transformer_kva), "level": ems.transformer.level},
        "battery": {
            "soc": battery.soc,
            "soh": battery.soh,
            "charge_max_kw": battery.charge_max,
            "discharge_max_kw": battery.discharge_max,
            "trips": list(battery.trips),
            "follows": not battery.deaf,
        },
        "inverters": [
            {"name": f"INV{unit.number}", "kw": _round(seen.kw), "limit_pct": seen.limit, "up": seen.up}
            for unit, seen in zip(task.config.inverters, image.inverters, strict=False)
        ],
        "ev": {
            "connected": None if image.ev.connected is None else len(image.ev.connected),
            "charging": len(image.ev.charging),
            "share_a": round(ems.allocation.amps, 1),
            "enabled": len(ems.allocation.enabled),
            "waiting": len(ems.allocation.waiting),
            "why": ems.allocation.why,
        },
        "set_points": {} if ems.dispatched is None else {p.name: _round(p.kw) for p in ems.dispatched.set_points},
        "island": {
            "state": str(ems.island.state),
            "grid_back_s": None if ems.island.back_ms == NEVER else ems.island.back_ms // 1000,
            "shed": image.shed,
        },
        "feeders": [
            {"name": feeder.name, "tier": feeder.tier, "kw": feeder.kw, "off": 0 < image.shed <= feeder.tier}
            for feeder in task.config.feeders
        ],
        "signal": {"row": ems.signal.name, "heat": str(ems.signal.heat), "waste": ems.signal.waste.why},
        "problems": task.orders.problems(),
        "plan": plan(ems, utc_ms),
    }


def summary(task: EnergyTask) -> dict[str, Any]:
    """The two lines for `status` of the whole gateway."""
    return {"state": str(task.ems.state), "why": task.ems.why, "board": task.config.board}


def plan(ems: Ems, utc_ms: int) -> dict[str, Any]:
    """What is followed, and the plan of the hours to come."""
    made = ems.plan
    fallen = {"followed": "rules", "why": ems.plan_why} if ems.plan_why else {"followed": "plan", "why": ""}
    if made is None:
        return {**fallen, "made_ms": None, "slots": []}
    slots = [
        {
            "begin_ms": made.begin_utc + index * SLOT_MS,
            "battery_kw": round(slot.battery, 1),
            "grid_kw": round(slot.grid, 1),
            "soc": round(slot.soc, 1),
        }
        for index, slot in enumerate(made.slots)
        if made.begin_utc + (index + 1) * SLOT_MS > utc_ms
    ]
    return {**fallen, "made_ms": ems.plan_made, "peak_kw": round(made.peak, 1), "slots": slots}


def limits(task: EnergyTask, now: int) -> dict[str, Any]:
    """Every limit in the order in which they count: what it is, where the plant is, and what is left."""
    image, plant = task.image, task.plant
    kw, soc, battery = image.grid.kw, image.battery.soc, plant.battery
    found = caps(task, now)
    rows: list[dict[str, Any]] = [
        _row("transformer", image.grid.kva, plant.transformer_kva, "kVA"),
        _row("import cap", None if kw is None else max(kw, 0.0), found["import"]["kw"], "kW", found["import"]["why"]),
    ]
    if plant.ev is not None:
        rows.append(_row("EV cap", image.ev.kw, plant.ev.cap_kw, "kW"))
    why = found["export"]["why"]
    rows.append(_row("export cap", None if kw is None else max(-kw, 0.0), found["export"]["kw"], "kW", why))
    if battery is not None:
        power = image.battery.kw
        rows.append(_row("reserve", soc, battery.reserve, "%", "for the critical board", above=True))
        charge = None if power is None else max(-power, 0.0)
        discharge = None if power is None else max(power, 0.0)
        rows.append(_row("charging", charge, image.battery.charge_max, "kW", "as the board allows it"))
        rows.append(_row("discharging", discharge, image.battery.discharge_max, "kW", "as the board allows it"))
    return {"limits": rows, "transformer_level": task.ems.transformer.level, "shed": image.shed}


def caps(task: EnergyTask, now: int) -> dict[str, dict[str, Any]]:
    """Both caps that are followed, and whose they are."""
    return {which: {"kw": cap.kw, "why": cap.why} for which, cap in task.ems.caps(now).items()}


def explain(task: EnergyTask, utc_ms: int) -> dict[str, Any]:
    """Each set-point with all its limits in their order, and the one that decides."""
    ems = task.ems
    made = ems.dispatched
    return {
        "state": str(ems.state),
        "why": ems.why,
        "set_points": [] if made is None else [_set_point(point) for point in made.set_points],
        "ev": {"share_a": round(ems.allocation.amps, 1), "why": ems.allocation.why},
        "signal": {"row": ems.signal.name, "heat": str(ems.signal.heat), "waste": ems.signal.waste.why},
        "plan": {key: value for key, value in plan(ems, utc_ms).items() if key != "slots"},
        "problems": task.orders.problems(),
        "refusal": task.image.refusal if task.image.heard or task.image.refusal else "the energy board is silent",
    }


def _set_point(point: SetPoint) -> dict[str, Any]:
    return {
        "name": point.name,
        "kw": _round(point.kw),
        "wish_kw": _round(point.wish),
        "why": point.why,
        "held_by": None if point.held_by is None else _ORDERS[point.held_by.order],
        "limits": [_limit(limit, limit is point.held_by) for limit in point.limits],
    }


def _limit(limit: Limit, decides: bool) -> dict[str, Any]:
    return {
        "order": int(limit.order),
        "of": _ORDERS[limit.order],
        "low_kw": None if limit.low == -INFINITE else _round(limit.low),
        "high_kw": None if limit.high == INFINITE else _round(limit.high),
        "why": limit.why,
        "granted": limit.granted,
        "decides": decides,
    }


def _row(
    name: str, at: float | None, limit: float | None, unit: str, why: str = "", above: bool = False
) -> dict[str, Any]:
    left = None if at is None or limit is None else at - limit if above else limit - at
    return {"name": name, "at": _round(at), "limit": _round(limit), "left": _round(left), "unit": unit, "why": why}


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 1) + 0.0


def _pct(part: float | None, whole: float) -> float | None:
    return None if part is None else round(100 * part / whole, 1)
