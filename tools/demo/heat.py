"""The heat plant on the demo's screen and in its report: what the gateway says, and what only the emulator knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_gateway.cli.heat_drawing import shown

PROGRAM = "heat_loop"
METHODS = ("heat.status", "heat.explain")
"""What is asked of the gateway's local API."""
_UNITS = {
    **{f"HP{number}": f"HP{number}.ST" for number in (1, 2, 3)},
    **{f"HM{number}": f"HM{number}.KW" for number in (1, 2, 3)},
    "DC": "IT.REQ",
}
"""By unit of the field line: a value that is good as long as the unit answers."""
_CLOCK_UNKNOWN = 0xFFFF
_SUPPLY = "heating"
_TENTHS = ("TT101", "TT102", "TT305", "TT41", "TT42", "TT43", "TT44", "TT45", "TT46")
_WHOLE = ("IT.REQ", "HM1.KW", "HM2.KW", "V101.SP", "V301.SP", "DRYC.FAN")

Shown = tuple[str, str]
"""A value as `edgectl heat status` shows it, and its style."""


@dataclass(frozen=True)
class Machine:
    """One heat pump as the board tells it. Heat in kW, outlet in °C, `wait_s` until it may start again."""

    number: int
    phase: str
    lead: bool
    wait_s: float
    kw: float | None
    outlet_c: float | None
    fault: int


@dataclass(frozen=True)
class Heat:
    """The heat plant at one moment, as the gateway sees it.

    values: by point. wanted: set-points of the heating and hot-water supply, °C, None where nothing is wanted. held:
    who decides the heating supply. margin_k: of IT to its limit. alarm: whether `why` is one.
    """

    state: str
    why: str
    alarm: bool
    outdoor_c: float
    margin_k: float | None
    values: Mapping[str, Shown]
    machines: tuple[Machine, ...]
    wanted: Mapping[str, float | None]
    held: str
    eh1_kw: float | None
    eh1_why: str
    hygiene: str
    answering: int
    units: int


def heat_view(said: Mapping[str, Any]) -> Heat | None:
    """The plant on the screen; None for a site without one, or before it is known. `said`: answers by method."""
    status, explained = (said.get(method) for method in METHODS)
    if not status or not explained:
        return None
    points, alarms = status["points"], status["alarms"]
    return Heat(
        state=status["state"] if status["substate"] in ("", "NONE") else f"{status['state']}, {status['substate']}",
        why="; ".join(f"{row['name']} ({row['row']}): {row['consequence']}" for row in alarms) or _why(status),
        alarm=bool(alarms) or not status["heard"],
        outdoor_c=status["outdoor"]["degC"],
        margin_k=status["it_margin_k"],
        values={
            **{name: shown(points.get(name)) for name in _TENTHS},
            **{name: shown(points.get(name), 0) for name in _WHOLE},
        },
        machines=tuple(
            Machine(
                number=machine["number"],
                phase=machine["phase"] or "?",
                lead=machine["lead"],
                wait_s=machine["wait_s"] or 0.0,
                kw=machine["kw"],
                outlet_c=machine["outlet_c"],
                fault=int(machine["fault"] or 0),
            )
            for machine in status["machines"]
        ),
        wanted={loop["name"]: loop["set_point"] for loop in status["loops"]},
        held=_held(_supply(explained)),
        eh1_kw=status["eh1"]["kw"],
        eh1_why=status["eh1"]["why"],
        hygiene=_hygiene(status["hygiene"]),
        answering=len(_answering(points)),
        units=len(_UNITS),
    )


def _why(status: Mapping[str, Any]) -> str:
    """The gateway's words: what is the matter with the board or the heat, else the row of electricity."""
    return str(status["why"] if not status["heard"] else status["lost"] or f"electricity: {status['row']}")


def _supply(explained: Mapping[str, Any]) -> Mapping[str, Any]:
    """The set-point of the heating supply with all that decides it; empty before it is made."""
    return next((point for point in explained["set_points"] if point["name"] == _SUPPLY), {})


def _held(point: Mapping[str, Any]) -> str:
    if not point:
        return ""
    return str(point["why"]) if point["taken"] else f"not taken yet: {point['why']}"


def _hygiene(found: Mapping[str, Any]) -> str:
    """The cycle that is under way, or when the next is due."""
    if found["cycle"] not in ("", "none"):
        return f"{found['cycle'].replace('_', ' ').lower()}, {found['phase']}, hot {_number(found['hot_min'])} min"
    left = found["next_min"]
    if left is None or left == _CLOCK_UNKNOWN:
        return "next cycle not known"
    days, minutes = divmod(int(left), 24 * 60)
    return f"next cycle in {days} d {minutes // 60} h {minutes % 60:02} min"


def _answering(points: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [unit for unit, name in _UNITS.items() if points.get(name, {}).get("quality") == "good"]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.0f}"


def heat_report(said: Mapping[str, Any], truth: Mapping[str, Any]) -> dict[str, Any] | None:
    """The report's part. `true_c` and energies as they really were, the latter since power-up; the rest as told.

    truth: what the emulator says of the board that runs the plant.
    """
    status, explained = (said.get(method) for method in METHODS)
    if not status or not explained or "it_wh" not in truth:
        return None
    points, supply = status["points"], _supply(explained)
    energies = ("it", "recovered", "cooler", "heating", "taps", "backup", "compressors", "pumps")
    return {
        "board": status["board"],
        "state": status["state"],
        "substate": status["substate"],
        "why": status["why"],
        "season": status["season"],
        "outdoor": status["outdoor"],
        "it_margin_k": status["it_margin_k"],
        "told_c": {
            name: points[point]["value"] if points[point]["quality"] == "good" else None
            for name, point in (("it_water", "TT101"), ("store_top", "TT41"), ("supply", "TT45"), ("return", "TT46"))
        },
        "true_c": {name: truth[name] / 100 for name in ("it_water", "store_top", "supply", "return")},
        **{f"{name}_kwh": truth[f"{name}_wh"] / 1000 for name in energies},
        "tap_litres": truth["tap_litres"],
        "balance_residual_j": truth["residual_j"],
        "starts": truth["starts"],
        "machines": [
            {name: machine[name] for name in ("number", "phase", "lead", "wait_s", "fault")}
            for machine in status["machines"]
        ],
        "eh1": status["eh1"],
        "heating_supply": {name: supply.get(name) for name in ("value", "unit", "why", "held_by", "taken")},
        "hygiene": {name: status["hygiene"][name] for name in ("cycle", "phase", "next_min", "key")},
        "alarms": [alarm["name"] for alarm in status["alarms"]],
        "problems": status["problems"],
        "units": {"answering": _answering(points), "of": len(_UNITS)},
    }
