"""The power plant on the demo's screen and in its report: what the gateway says, and what only the emulator knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

PROGRAM = "energy"
METHODS = ("energy.status", "energy.explain", "energy.limits")
"""What is asked of the gateway's local API."""
_INVERTERS = tuple(f"INV{number}" for number in range(1, 7))
_SIGNS = {**{name: f"{name}.W" for name in _INVERTERS}, "PCS": "PCS.P", "GM": "GM.P", "EV": "EV.P", "MET": "MET.G"}
"""By unit of the field line: a value that is good as long as the unit answers."""
_CONTROLLED = (*_INVERTERS, "PCS")
_MIRRORED = 1
POINTS = ("PV.WHY", "PCS.WHY", "EV.WHY", "STATE", *_SIGNS.values(), *(f"{name}.CTL" for name in _CONTROLLED))
"""Tags of the board that are looked at."""

TagOf = Callable[[str], Mapping[str, Any]]
"""A tag by its full name; empty if it isn't known."""


@dataclass(frozen=True)
class Flow:
    """One row of the power flow, kW. `detail`: what there is of it; `held_by`: who limits it, and why."""

    name: str
    kw: float | None
    detail: str
    held_by: str = ""


@dataclass(frozen=True)
class Energy:
    """The power plant at one moment, as the gateway sees it. Import, generation and discharge are positive."""

    state: str
    why: str
    plan: str
    board: str
    flows: tuple[Flow, ...]
    mirrored: int
    controlled: int
    answering: int
    units: int


def energy_view(said: Mapping[str, Any], tag: TagOf) -> Energy | None:
    """The plant on the screen; None for a site without one, or before it is known. `said`: answers by method."""
    status, explained, limits = (said.get(method) for method in METHODS)
    if not status or not explained or not limits:
        return None
    board = status["board"]
    points = {point["name"]: point for point in explained["set_points"]}
    flow, battery, ev = status["flow"], status["battery"], status["ev"]
    of = {row["name"]: row["limit"] for row in limits["limits"]}
    volts, hz = status["grid"]["volts"], status["grid"]["hz"]
    supply = f"{_number(volts, 0)} V {_number(hz, 2)} Hz" if status["grid"]["there"] else "away"
    running = sum(bool(unit["up"]) for unit in status["inverters"])
    at = [unit["limit_pct"] for unit in status["inverters"] if unit["limit_pct"] is not None]
    connected = "?" if ev["connected"] is None else ev["connected"]
    shed = f"shed from tier {limits['shed']} on" if limits["shed"] else "all tiers on"
    told = status["signal"]["row"]
    return Energy(
        state=status["state"],
        why=status["refusal"] or (status["why"] if status["heard"] else "the energy board is silent"),
        plan="follows its plan" if not status["plan"]["why"] else f"rules: {status['plan']['why']}",
        board=str(tag(f"{board}.STATE").get("text") or "").replace("_", " ").lower(),
        flows=(
            Flow(
                "grid",
                flow["grid_kw"],
                f"{supply}, transformer {_number(status['transformer']['pct'], 0)} %",
                f"caps: {_number(of.get('import cap'), 0)} kW in, {_number(of.get('export cap'), 0)} out",
            ),
            Flow(
                "PV",
                flow["pv_kw"],
                f"{running} of {len(status['inverters'])} run, least limit {_number(min(at, default=None), 0)} %",
                _held(points.get("PV"), tag(f"{board}.PV.WHY")),
            ),
            Flow(
                "battery",
                flow["battery_kw"],
                f"SoC {_number(battery['soc'], 1)} %, SoH {_number(battery['soh'], 0)} %",
                _held(points.get("battery"), tag(f"{board}.PCS.WHY")),
            ),
            Flow(
                "EV",
                _less(flow["ev_kw"]),
                f"{ev['charging']} of {connected} charge, {ev['share_a']:.1f} A each",
                _held(points.get("EV"), tag(f"{board}.EV.WHY")),
            ),
            Flow("loads", _less(flow["loads_kw"]), shed, f"told to others: {told}"),
        ),
        mirrored=len(_mirrored(board, tag)),
        controlled=len(_CONTROLLED),
        answering=len(_answering(board, tag)),
        units=len(_SIGNS),
    )


def _held(point: Mapping[str, Any] | None, board_why: Mapping[str, Any]) -> str:
    """The gateway's reason, or the board's own where that one is stricter than a wish."""
    own = str(board_why.get("text") or "")
    if own not in ("", "wish", "no wish", "free", "rising"):
        return f"board: {own}"
    if point is None:
        return ""
    if point["held_by"] is None:
        return str(point["why"])
    decides = next((limit["why"] for limit in point["limits"] if limit["decides"]), "")
    return str(decides or point["held_by"])


def _mirrored(board: str, tag: TagOf) -> list[str]:
    """Units that hold what the board told them, as it reads back."""
    return [name for name in _CONTROLLED if _good(tag(f"{board}.{name}.CTL")) == _MIRRORED]


def _answering(board: str, tag: TagOf) -> list[str]:
    return [name for name, point in _SIGNS.items() if _good(tag(f"{board}.{point}")) is not None]


def _good(tag: Mapping[str, Any]) -> Any:
    return tag.get("value") if tag.get("quality") == "good" else None


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _less(value: float | None) -> float | None:
    return None if value is None else -value


def energy_report(said: Mapping[str, Any], tag: TagOf, truth: Mapping[str, Any]) -> dict[str, Any] | None:
    """The report's part. kWh, kW and soc_pct as they really were since power-up; states and set-points as told.

    truth: what the emulator says of the board that runs the plant.
    """
    status, explained, limits = (said.get(method) for method in METHODS)
    if not status or not explained or not limits or "pv_wh" not in truth:
        return None
    board = status["board"]
    cap = next(row["limit"] for row in limits["limits"] if row["name"] == "export cap")
    return {
        "state": status["state"],
        "why": status["why"],
        "board": board,
        "board_state": tag(f"{board}.STATE").get("text"),
        "plan": "rules" if status["plan"]["why"] else "plan",
        "pv_kwh": truth["pv_wh"] / 1000,
        "import_kwh": truth["import_wh"] / 1000,
        "export_kwh": truth["export_wh"] / 1000,
        "charging_kwh": truth["charging_wh"] / 1000,
        "load_kwh": truth["load_wh"] / 1000,
        "balance_residual_wh": truth["residual_uwh"] / 1e6,
        "max_export_kw": truth["most_exported_w"] / 1000,
        "export_cap_kw": cap,
        "soc_pct": truth["soc_ppm"] / 1e4,
        "soc_told_pct": status["battery"]["soc"],
        "flow_kw": {name.removesuffix("_kw"): kw for name, kw in status["flow"].items()},
        "true_flow_kw": {name: truth[f"{name}_w"] / 1000 for name in ("grid", "pv", "battery", "charging", "load")},
        "setpoints": {
            "mirrored": _mirrored(board, tag),
            "of": len(_CONTROLLED),
            "problems": status["problems"],
            "held_by": {
                point["name"]: {"kw": point["kw"], "held_by": point["held_by"], "why": point["why"]}
                for point in explained["set_points"]
            },
        },
        "units": {"answering": _answering(board, tag), "of": len(_SIGNS)},
    }
