"""One run: the legs that clear the pipe, what has landed when a fraction is done, and what is told in the end."""

from __future__ import annotations

from typing import Any

from edge_gateway.control.waste.image import Station
from edge_gateway.control.waste.plant import Fraction, Plant
from edge_gateway.control.waste.state import Leg, Memory, Run
from edge_gateway.control.waste.view import View


def clearing(v: View) -> list[Leg]:
    """Legs that bring home what is in the pipe already, by the books or as the station believes."""
    legs = {charge.branch: Leg(charge.fraction, charge.branch) for charge in v.memory.books.flying}
    for branch in sorted(v.station.flight - legs.keys()):
        standing = [f for f, position in v.plant.containers.items() if position == v.station.diverter]
        legs[branch] = Leg(int(standing[0]) if standing else 0, branch)
    return list(legs.values())


def resumed(plant: Plant, memory: Memory) -> list[Leg]:
    """Legs of a run that a restart has broken off: first what may be in the pipe, then the chutes that are left."""
    clear = {charge.branch: Leg(charge.fraction, charge.branch) for charge in memory.books.flying}
    chute = plant.by_name.get(memory.holder)
    if chute is not None:
        clear.setdefault(chute.branch, Leg(int(chute.fraction), chute.branch))
    left = [leg for leg in memory.run.legs if leg.chutes] if memory.run is not None else []
    return [*clear.values(), *left]


def settle(v: View) -> dict[str, Any] | None:
    """The present fraction has landed: books its weight. Returns what to note; None when nothing was in flight."""
    memory, run, leg = v.memory, v.memory.run, v.memory.leg
    box = v.station.containers.get(v.position)
    if leg is None or run is None or box is None:
        return None
    fraction = Fraction(leg.fraction)
    charges = [charge for charge in memory.books.flying if charge.fraction == fraction]
    if not charges:
        return None
    base = memory.scales.get(v.position)
    estimated = sum(charge.grams for charge in charges)
    weighed = estimated if base is None else max(0, round(1000 * (box.kg - base)))
    memory.scales[v.position] = box.kg
    difference = memory.books.land(v.position, fraction, weighed)
    name = fraction.name.lower()
    run.kg_weighed += weighed / 1000
    run.fractions[name] = run.fractions.get(name, 0.0) + weighed / 1000
    return {"container": v.position, "charges": len(charges), "kg": weighed / 1000, "off_kg": difference / 1000}


def measure(run: Run, station: Station, passed_ms: int) -> None:
    """What the station's meters show goes to the account of the run."""
    run.kwh += station.kw * passed_ms / 3.6e6
    if station.filter_kpa is not None:
        run.filter_kpa = max(run.filter_kpa or 0.0, station.filter_kpa)


def summary(run: Run, why: str) -> dict[str, Any]:
    """What is journalled at the end of a run; the report is made of it."""
    return {
        "run": run.number,
        "end": why,
        "by": run.by,
        "night": run.night,
        "began_ms": run.began_utc,
        "pulses": run.pulses,
        "kg": round(run.kg_weighed, 1),
        "kwh": round(run.kwh, 3),
        "blockages": run.blockages,
        "filter_kpa": None if run.filter_kpa is None else round(run.filter_kpa, 2),
        "landing_s": [round(seconds, 1) for seconds in run.landing_s],
        "fractions": {name: round(kg, 1) for name, kg in run.fractions.items()},
        "skipped": dict(run.skipped),
    }


def count(run: Run) -> int:
    """Chutes that are still to be emptied."""
    return sum(len(leg.chutes) for leg in run.legs)
