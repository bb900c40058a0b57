"""The waste plant on the demo's screen and in its report: what the gateway says, and what only the emulator knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KPI_HOURS = 0.01
"""Shortest period that figures can be asked for, h."""


@dataclass(frozen=True)
class Inlet:
    """One inlet as it really is: filling of its chutes in %, and which of its valves are off their seats."""

    branch: int
    percent: tuple[float, ...]
    open: tuple[bool, ...]


@dataclass(frozen=True)
class Container:
    """A container as the gateway sees it: level in %, and what it was booked to hold in kg."""

    fraction: str
    docked: bool
    level: float
    kg: float


@dataclass(frozen=True)
class Waste:
    """The collection at one moment. Vacuum in kPa, speed in m/s, masses in kg by the gateway's books."""

    state: str
    why: str
    run: str
    station: str
    vacuum_kpa: float
    speed: float
    branch: int
    fans: int
    kwh: float
    inlets: tuple[Inlet, ...]
    containers: tuple[Container, ...]
    dropped_kg: float
    chutes_kg: float
    in_flight_kg: float
    landed_kg: float
    balance_kg: float
    true_kg: tuple[float, float, float, float]
    """Dropped, in chutes, in flight, landed, as the emulator knows them."""
    true_balance_kg: float


def waste_view(status: Mapping[str, Any] | None, truth: Mapping[str, Any] | None) -> Waste | None:
    """The collection on the screen; None for a site that collects no waste, or before it is known."""
    if not status or not truth:
        return None
    station, books = status["station"], status["books"]
    return Waste(
        state=status["state"],
        why=_why(status),
        run=_run(status["run"]),
        station=station["state"] if station["heard"] else "not heard",
        vacuum_kpa=station["vacuum_kpa"],
        speed=station["speed"],
        branch=station["branch"],
        fans=truth["fans"],
        kwh=truth["kwh"],
        inlets=tuple(Inlet(i["branch"], tuple(i["percent"]), tuple(map(bool, i["open"]))) for i in truth["inlets"]),
        containers=tuple(Container(c["fraction"], c["docked"], c["level"], c["kg"]) for c in status["containers"]),
        dropped_kg=books["dropped_kg"],
        chutes_kg=books["in_chutes_kg"],
        in_flight_kg=books["in_flight_kg"],
        landed_kg=books["landed_kg"],
        balance_kg=books["balance_kg"],
        true_kg=tuple(truth[name] / 1000 for name in ("dropped_g", "chutes_g", "in_flight_g", "landed_g")),
        true_balance_kg=truth["balance_g"] / 1000,
    )


def _why(status: Mapping[str, Any]) -> str:
    if status["tripped"]:
        return f"tripped by {status['tripped']}"
    if status["unblock"]:
        return str(status["unblock"])
    missing = "; ".join(status["why_not"])
    if status["run"] is not None:
        return str(status["run"]["why"]) + (f", waits: {missing}" if missing else "")
    return missing or str(status["why"])


def _run(run: Mapping[str, Any] | None) -> str:
    if run is None:
        return ""
    legs = run["legs"]
    left = sum(len(leg["chutes"]) for leg in legs)
    where = f"{legs[0]['fraction']} of branch {legs[0]['branch']}, " if legs else ""
    return f"run {run['number']}: {where}chutes to go {left}, legs {len(legs)}, discharges {run['pulses']}"


def waste_report(
    status: Mapping[str, Any] | None, kpis: Mapping[str, Any] | None, truth: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """The report's part: masses, energy and counts as they really were, the gateway's books and figures beside them.

    `runs` have begun, the figures of `kpis` are of those that have ended.
    """
    if not status or not kpis or not truth:
        return None
    return {
        "state": status["state"],
        "runs": kpis["runs"] + (status["run"] is not None),
        "pulses": truth["pulses"],
        "kg_dropped": truth["dropped_g"] / 1000,
        "kg_in_chutes": truth["chutes_g"] / 1000,
        "kg_in_flight": truth["in_flight_g"] / 1000,
        "kg_landed": truth["landed_g"] / 1000,
        "kg_balance": truth["balance_g"] / 1000,
        "kwh": round(truth["kwh"], 3),
        "blockages": truth["blockages"],
        "valves_open_max": truth["valves_open_max"],
        "deposits": truth["deposits"],
        "books": dict(status["books"]),
        "kpis": dict(kpis),
    }
