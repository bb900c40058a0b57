"""What is killed in the heat plant, how long one looks then, and by what name the board tells.

A kill is "gateway", "board", "P101A trip", "TT41 open", "HP1 dead" ... `KILLS` has all of them, made from the sheet's
points, so that a new one can't be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hil_tests.heat_states import CIRCULATION_OFF_MIN, SUPPLY_LOW_MIN
from protocols.sheets import load
from protocols.sheets.model import AI
from tools.emulator.heat.field import UNITS
from tools.heat.course import PROGRAM

SHEET: Any = load(PROGRAM)
PUMPS = tuple(point.name[:-2] for point in SHEET.points if point.name.startswith("P") and point.name.endswith(".Y"))
SENSORS = tuple(point.name for point in SHEET.points if isinstance(point, AI))
OFF_S = 300
"""How long a board is dead."""
LOOK_S = 60
LOW_S = 60 * SUPPLY_LOW_MIN + 90
LONG_S = 60 * CIRCULATION_OFF_MIN + 60
HOME_S = 5 + 30 + 3
"""Dry cooler: H1's 5 s, the stroke, and the scans in between."""
IT_COOL = ("board", "DC dead", *(f"{name} {how}" for name in ("TT101", "FT101", "PT101") for how in ("open", "short")))
"""What sends the IT water to the dry cooler and keeps it there."""
HYGIENE = {"P402": LONG_S, "FT402": LONG_S, "TT45": LOW_S}
"""Whose death is one of hygiene: looked at until the alarms are due (s)."""


@dataclass(frozen=True)
class Kill:
    """One death. do: makes it happen; told: whether the board says so; look_s: for how long one looks."""

    name: str
    do: Callable[[Any], None]
    told: Callable[[Any], bool]
    look_s: int = LOOK_S

    @property
    def home(self) -> bool:
        """The IT water goes to the dry cooler."""
        return self.name in IT_COOL


def _gateway() -> Kill:
    return Kill("gateway", lambda plant: plant.gateway.kill(), lambda plant: plant.tripped("GATEWAY"))


def _board() -> Kill:
    return Kill("board", lambda plant: plant.board.power_off(), lambda plant: True)


def _pump(name: str, how: str) -> Kill:
    def told(plant: Any) -> bool:
        if how == "trip":
            return bool(plant.tripped("P101" if name.startswith("P101") else "ACTUATOR"))
        return _seized(plant, name)

    return Kill(f"{name} {how}", lambda plant: plant.fail(name, how), told, HYGIENE.get(name, LOOK_S))


def _seized(plant: Any, name: str) -> bool:
    """A motor that turns for nothing is told by what it lacks, where anything is asked of it."""
    if name == "P101A":
        return bool(plant.tripped("IT_FLOW") or plant.state == "MAINT")  # there both run
    if name == "P402":
        return bool(plant.tripped("STAGNANT"))
    return True


def _sensor(name: str, how: str) -> Kill:
    def told(plant: Any) -> bool:
        if name.startswith("TT"):
            words = plant.value("EST.OPEN" if how == "open" else "EST.SHORT")
            return bool(words >> TEMPERATURES.index(name) & 1 and plant.tripped("SENSOR"))
        return plant.told(name) is None

    return Kill(f"{name} {how}", lambda plant: plant.fault(name, how), told, HYGIENE.get(name, LOOK_S))


def _unit(name: str) -> Kill:
    point = "IT.REQ" if name == "DC" else f"{name}.{'KW' if name.startswith('HM') else 'ST'}"

    def told(plant: Any) -> bool:
        return plant.told(point) is None and (name != "DC" or plant.tripped("IT_STALE"))

    return Kill(f"{name} dead", lambda plant: plant.fail(name, "dead"), told)


TEMPERATURES = tuple(name for name in SENSORS if name.startswith("TT"))


def _all() -> Iterator[Kill]:
    yield _gateway()
    yield _board()
    for name in PUMPS:
        yield _pump(name, "trip")
        yield _pump(name, "seized")
    for name in SENSORS:
        yield _sensor(name, "open")
        yield _sensor(name, "short")
    for name in UNITS:
        yield _unit(name)


KILLS = {kill.name: kill for kill in _all()}
