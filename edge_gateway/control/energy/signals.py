"""What the power plant tells the others, row by row of the domain brief §5. The first row that holds wins.

Waste takes it as the hint that it has always taken. Heat follows the row (`control/heat/power_to_heat.py`), which is
published as a tag too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from edge_gateway.control.energy.plant import MINUTE_MS
from edge_gateway.control.energy.state import Island
from edge_gateway.control.waste.schedule import Hints


class Heat(StrEnum):
    """What heat shall do."""

    NORMAL = "normal"
    SURPLUS = "surplus: DHW to 65 degC, buffer +5 K, then EH1 by surplus"
    NO_POWER_TO_HEAT = "no power-to-heat"
    STAGE_DOWN = "HP one stage down for 30 min at most, comfort band -1 K"
    EH1_OFF = "EH1 off, HP one stage"
    ISLAND = "P101 and DRYC first, P402 on, HP and EH1 off"
    RETURN = "HP lead first, steps of 60 s"


@dataclass(frozen=True, slots=True)
class View:
    """What the rows look at.

    surplus_ms, deficit_ms: for how long PV makes 50 kW more than the site takes, or 20 kW less; NEVER when it doesn't.
    rising: SoC is higher than ten minutes ago. returning: tiers come back after an island.
    """

    island: Island
    level: int
    soc: float | None
    rising: bool
    surplus_ms: int
    deficit_ms: int
    returning: bool
    in_surplus: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One row: when it holds, and what each hears."""

    name: str
    when: Callable[[View], bool]
    waste: Hints = field(default_factory=Hints)
    heat: Heat = Heat.NORMAL


def _surplus(v: View) -> bool:
    """Begins: > 50 kW for 10 min with SoC > 80 % or rising. Ends: < -20 kW for 5 min."""
    if v.in_surplus:
        return v.deficit_ms < 5 * MINUTE_MS
    full = v.soc is not None and v.soc > 80
    return v.surplus_ms >= 10 * MINUTE_MS and (full or v.rising)


def _hint(why: str, surplus: bool = False, defer: bool = False, forbid: bool = False) -> Hints:
    return Hints(surplus=surplus, defer=defer, forbid=forbid, why=why)


ROWS = (
    Row("grid lost", lambda v: v.island is not Island.GRID_OK, _hint("the grid is away", forbid=True), Heat.ISLAND),
    Row("grid back", lambda v: v.returning, _hint("tiers come back", forbid=True), Heat.RETURN),
    Row("transformer > 100 %", lambda v: v.level >= 100, _hint("transformer above 100 %", forbid=True), Heat.EH1_OFF),
    Row("transformer > 80 %", lambda v: v.level >= 80, _hint("transformer above 80 %", defer=True), Heat.STAGE_DOWN),
    Row(
        "SoC < 30 %",
        lambda v: v.soc is not None and v.soc < 30,
        _hint("battery below 30 %", defer=True),
        Heat.NO_POWER_TO_HEAT,
    ),
    Row("PV surplus", _surplus, _hint("the sun gives more than is taken", surplus=True), Heat.SURPLUS),
)
NORMAL = Row("normal", lambda v: True)


def signal(v: View) -> Row:
    """The row that holds; `NORMAL` when none does."""
    return next((row for row in ROWS if row.when(v)), NORMAL)
