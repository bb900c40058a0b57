"""How the heat plant stands, as data for the local API: the plant as it is drawn, set-points with who decides them."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from edge_gateway.control.energy.limits import INFINITE, Limit
from edge_gateway.control.heat.dispatch import Decision, Order
from edge_gateway.core.heat_task import HeatTask
from protocols.sheets.heat_points import LOOP_NAMES, LOOPS, MACHINES

_ORDERS: dict[IntEnum, str] = {
    Order.SAFETY: "hygiene, scald protection, what machines allow",
    Order.IT: "IT cooling",
    Order.GRID: "grid and transformer",
    Order.RESERVE: "the battery's reserve",
    Order.CURFEW: "noise curfew",
}
_SHOWN = ("AI", "BI", "AO", "DO", "BO")
_CONTACTS = (".RUN", ".ZSO", ".ZSC")


def summary(task: HeatTask) -> dict[str, Any]:
    """The two lines for `status` of the whole gateway."""
    image, heat = task.image, task.heat
    if not image.heard:
        why = image.refusal or f"{task.config.board} is silent"
    else:
        why = heat.lost or image.refusal or heat.allowance.why
    return {"state": image.state, "substate": image.substate, "why": why, "board": task.config.board}


def status(task: HeatTask, now: int) -> dict[str, Any]:
    """Temperatures, flows, machines, loops, hygiene. What isn't known is None; what is estimated says why."""
    image, heat = task.image, task.heat
    margin = None if image.it_out is None else round(task.plant.it_limit - image.it_out, 1)
    return {
        **summary(task),
        "heard": image.heard,
        "refusal": image.refusal,
        "season": None if image.season is None else str(image.season),
        "row": heat.allowance.why,
        "lost": heat.lost,
        "outdoor": {"degC": round(heat.outdoor.value, 1), "from": heat.outdoor.source},
        "it_margin_k": margin,
        "points": points(task),
        "machines": [_machine(task, number) for number in MACHINES],
        "eh1": {"kw": task.value("EH1.KW"), "why": _text(task, "EH1.WHY")},
        "loops": [_loop(task, number) for number in LOOPS],
        "hygiene": hygiene(task),
        "set_points": {name: made.value for name, made in (heat.dispatched or {}).items()},
        "orders": {
            name: {"value": order.value, "left_s": max(0, (order.until - now) // 1000), "why": order.why}
            for name, order in heat.orders.items()
        },
        "alarms": alarms(task),
        "problems": task.orders.problems(),
        "tuning": task.tuning.holds,
    }


def points(task: HeatTask) -> dict[str, dict[str, Any]]:
    """Everything that is measured or driven, by its name in the sheet."""
    doubted, found = task.images.estimated(), {}
    for point in task.board.sheet.points:
        if point.kind not in _SHOWN and not point.name.endswith(_CONTACTS):
            continue
        tag = task.database[f"{task.config.board}.{point.name}"]
        found[point.name] = {
            "value": tag.value,
            "unit": tag.info.unit,
            "quality": tag.quality.label,
            "reason": str(tag.reason),
            "estimate": doubted.get(point.name),
        }
    return found


def alarms(task: HeatTask) -> list[dict[str, Any]]:
    """The causes that stand, the most urgent first, with what somebody has to do."""
    standing = set(task.board.trips()) if task.image.heard else set()
    rows = [cause for cause in task.board.sheet.causes if cause.name in standing]
    return [
        {
            "name": cause.name,
            "row": cause.ref,
            "priority": cause.priority,
            "consequence": cause.consequence,
            "action": cause.action,
        }
        for cause in sorted(rows, key=lambda cause: int(cause.priority))
    ]


def hygiene(task: HeatTask) -> dict[str, Any]:
    """What the board tells of its cycles, and what is on record."""
    return {
        "cycle": _text(task, "HYG.CYCLE"),
        "phase": _text(task, "HYG.PHASE"),
        "why": _text(task, "HYG.WHY"),
        "result": _text(task, "HYG.RESULT"),
        "hot_min": task.value("HYG.HOT"),
        "next_min": task.value("HYG.NEXT"),
        "low_min": task.value("HYG.LOW"),
        "left_min": task.value("HYG.LEFT"),
        "taps_flushed": task.value("HYG.TAPS"),
        "priority_s": task.value("DHW.PRIO"),
        "key": task.image.key,
        "contacts": [{"role": each.role, "reach": each.reach} for each in task.config.contacts],
        "taps": [{"number": n, "id": tap.id, "where": tap.where} for n, tap in enumerate(task.config.taps, 1)],
    }


def explain(task: HeatTask, now: int) -> dict[str, Any]:
    """Each set-point with all its limits in their order, and the one that decides."""
    heat, image = task.heat, task.image
    made = heat.dispatched or {}
    return {
        **summary(task),
        "row": heat.allowance.why,
        "outdoor": {"degC": round(heat.outdoor.value, 1), "from": heat.outdoor.source},
        "set_points": [_decision(task, decision) for decision in made.values()],
        "problems": task.orders.problems(),
        "refusal": image.refusal if image.heard or image.refusal else f"{task.config.board} is silent",
    }


def _decision(task: HeatTask, made: Decision) -> dict[str, Any]:
    row = task.heat.settable.get(made.name)
    return {
        "name": made.name,
        "what": row.what if row is not None else "largest speed of the dry cooler",
        "value": made.value,
        "unit": made.unit,
        "wish": made.wish,
        "why": made.why,
        "ordered": made.name in task.heat.orders,
        "taken": task.orders.taken(made.name),
        "held_by": None if made.held_by is None else _ORDERS[made.held_by.order],
        "limits": [_limit(limit, limit is made.held_by) for limit in made.limits],
    }


def _limit(limit: Limit, decides: bool) -> dict[str, Any]:
    return {
        "order": int(limit.order),
        "of": _ORDERS[limit.order],
        "low": None if limit.low == -INFINITE else limit.low,
        "high": None if limit.high == INFINITE else limit.high,
        "why": limit.why,
        "granted": limit.granted,
        "decides": decides,
    }


def _machine(task: HeatTask, number: int) -> dict[str, Any]:
    def value(name: str) -> float | None:
        return task.value(f"HP{number}.{name}")

    runs = value("RUNS")
    return {
        "number": number,
        "phase": _text(task, f"HP{number}.PHASE"),
        "lead": task.value("HP.LEAD") == number,
        "wait_s": value("WAIT"),
        "starts_last_hour": value("HOUR"),
        "hours": None if runs is None else round(runs / 3600, 1),
        "starts": value("STARTS"),
        "outlet_c": value("TO"),
        "kw": value("KW"),
        "electric_kw": value("PEL"),
        "fault": value("FLT"),
    }


def _loop(task: HeatTask, number: int) -> dict[str, Any]:
    def value(name: str) -> float | None:
        return task.value(f"L{number}.{name}")

    held = _text(task, f"L{number}.HELD")
    return {
        "name": LOOP_NAMES[number],
        "unit": task.database[f"{task.config.board}.L{number}.SP"].info.unit,
        "set_point": value("SP"),
        "value": value("PV"),
        "output_pct": value("OUT"),
        "mode": _text(task, f"L{number}.MODE"),
        "held_by": "" if held == "nobody" else held,
    }


def _text(task: HeatTask, name: str) -> str:
    tag = task.database[f"{task.config.board}.{name}"]
    return tag.text if tag.good else ""
