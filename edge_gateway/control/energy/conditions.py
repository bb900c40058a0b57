"""Conditions of the state table, as the domain brief §2b words them."""

from __future__ import annotations

from dataclasses import dataclass

from edge_gateway.control.energy.image import Image
from edge_gateway.control.energy.lasting import NEVER
from edge_gateway.control.energy.plant import Law
from edge_gateway.control.energy.state import Island


@dataclass(frozen=True, slots=True)
class View:
    """What one step looks at. The `..._ms` say for how long something has been so, NEVER that it isn't.

    age: in this state. metered_ms, blind_ms: all meters good, or one of them not. over_ms, under_ms: the import cap
    asks for something, or is 5 % away. export_ms, calm_ms: export at its cap, or 10 kW away from it. level: row of the
    transformer. event: why the grid is in trouble, empty when it isn't. near: the set-point has come to its wish.
    """

    image: Image
    law: Law
    island: Island
    age: int
    metered_ms: int = NEVER
    blind_ms: int = NEVER
    over_ms: int = NEVER
    under_ms: int = NEVER
    export_ms: int = NEVER
    calm_ms: int = NEVER
    level: int = 0
    event: str = ""
    near: bool = True


def heard(v: View) -> bool:
    """Its board is there, may be commanded, and says what flows.

    What the board can't read for 5 s is lost, and said so (E4); before that it just hasn't been asked yet, and to fall
    back for that would be a kick at each start.
    """
    return v.image.heard and not v.image.refusal and (v.image.metered or v.blind_ms >= 5_000)


def observed(v: View) -> bool:
    """All meters good for 60 s."""
    return v.metered_ms >= v.law.observe_ms


def shaving(v: View) -> bool:
    """The transformer is above 80 %, or the import cap has asked for something for 5 s."""
    return v.level >= 80 or v.over_ms >= 5_000


def shaved(v: View) -> bool:
    """Transformer below 75 %, import 5 % below its cap, for 60 s."""
    return v.level == 0 and v.under_ms >= v.law.calm_ms


def exporting(v: View) -> bool:
    """At the export cap for 3 s (E6)."""
    return v.export_ms >= 3_000


def exported(v: View) -> bool:
    """10 kW away from it for 60 s."""
    return v.calm_ms >= v.law.calm_ms


def event_over(v: View) -> bool:
    """Voltage and frequency in their windows, no order stands."""
    return not v.event and v.age >= v.law.recover_ms


def on_grid(v: View) -> bool:
    """The island is over."""
    return v.island is Island.GRID_OK


def reset(v: View) -> bool:
    """Every cause of the shutdown is gone; the board wants a reset on the spot for that (E1)."""
    return not v.image.shutdown


def recovered(v: View) -> bool:
    """10 s good, and the set-point has come to its wish."""
    return v.age >= v.law.recover_ms and v.near
