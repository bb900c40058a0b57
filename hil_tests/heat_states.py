"""Every state of the heat plant, each reached by what leads to it, on the rig or in `DirectHeat`.

`PLACES` has for each state (of RUN: for each substate) the plant that it is reached in and the way there. The hall
gives 1 MW wherever the state can be had with it: that is the most of it, and what HT3 is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hil_tests.heat_rig import QUICK, WARM

SUPPLY_LOW_MIN = 2
RETURN_LOW_MIN = 5
CIRCULATION_OFF_MIN = 10
SHORT = {
    **QUICK,
    "supply_low_min": SUPPLY_LOW_MIN,
    "return_low_min": RETURN_LOW_MIN,
    "circ_off_min": CIRCULATION_OFF_MIN,
}
"""Hygiene timers shortened, so that a thousand cases can wait for them; one case has the sheet's own."""
HOT = (72.0, 71.8, 71.6, 71.3)
HOTTER = (74.0, 73.8, 73.5, 73.0)
SPENT = (58.0, 56.0, 52.0, 45.0)
COLD = (31.0, 30.0, 29.0, 28.0)
FULL = (52.0, 52.0, 51.5, 51.0)
"""A buffer that wants nothing."""


@dataclass(frozen=True)
class Place:
    """Where a state is reached. it_limit: the hall's own (it_water); it_c: its water at first; store: from top to
    bottom, while the pipes to the taps are as ever."""

    way: Callable[[Any], None]
    options: dict[str, Any] = field(default_factory=dict)
    params: dict[str, int] = field(default_factory=dict)
    it_c: float = 33.0
    it_limit: float = 40.0
    store: tuple[float, float, float, float] | None = None

    @property
    def hall(self) -> tuple[float, float]:
        """Limit of the hall's supply air and set-point of its water, degC."""
        return self.params.get("it_air", 2700) / 100.0, self.params.get("it_sp", 2400) / 100.0

    def enter(self, make: Callable[..., Any], **others: Any) -> Any:
        """The plant in its state. `make`: `DirectHeat`, or the fixture's."""
        plant = make(power=False, **{"it_kw": 1000.0, **self.options, **SHORT, **self.params, **others})
        plant.district.hall.loop.t = self.it_c
        if self.store is not None:
            plant.district.dhw.store.t[:] = self.store
        plant.start()
        self.way(plant)
        return plant


def at(plant: Any, state: str, within_s: float, substate: str = "") -> None:
    """Run second by second until the program is in a state."""
    for _ in range(round(within_s)):
        if plant.state == state and substate in ("", plant.substate):
            return
        plant.run(1)
    raise AssertionError(f"{plant.state} {plant.substate} and not {state} {substate} within {within_s:.0f} s")


def _off(plant: Any) -> None:
    plant.run(60)
    plant.command("SET_MODE", 0)
    at(plant, "OFF", 5)
    plant.run(30)


def _maint(plant: Any) -> None:
    plant.run(60)
    plant.turn("KEY", 1)
    at(plant, "MAINT", 5)
    plant.run(30)


def _safe_cooling(plant: Any) -> None:
    at(plant, "SAFE_COOLING", 10)
    plant.run(240)
    at(plant, "SAFE_COOLING", 1)


def _prime(plant: Any) -> None:
    at(plant, "PRIME", 240)
    plant.run(10)


def _hp_start(plant: Any) -> None:
    at(plant, "HP_START", 300)
    plant.run(10)


def _heating(plant: Any) -> None:
    """The machines take all that the hall gives: V101 at the recovery."""
    plant.until(lambda: len(plant.running()) == 3, within_s=900)
    at(plant, "RUN", 300, "HEATING")


def _priority(plant: Any) -> None:
    plant.until(lambda: plant.district.ft401 > 0.5, within_s=900)
    at(plant, "RUN", 300, "DHW_PRIORITY")


def _cooling(plant: Any) -> None:
    at(plant, "RUN", 400, "COOLING")
    plant.run(30)


def _direct(plant: Any) -> None:
    """Before the buffer is so warm that the dry cooler has to help for a minute."""
    at(plant, "RUN", 400, "DIRECT")
    plant.until(lambda: plant.district.v101.position > 0.5, within_s=60)
    at(plant, "RUN", 1, "DIRECT")


def _limited(plant: Any) -> None:
    """Three machines, and the hall gives more than they take."""
    plant.until(lambda: len(plant.running()) == 3, within_s=900)
    at(plant, "RECOVERY_LIMITED", 200)
    plant.run(60)
    at(plant, "RECOVERY_LIMITED", 1)


def _priority_limited(plant: Any) -> None:
    plant.until(lambda: plant.district.ft401 > 0.5, within_s=900)
    at(plant, "RECOVERY_LIMITED", 200, "DHW_PRIORITY")


def _stop(plant: Any) -> None:
    plant.until(plant.running, within_s=400)
    plant.run(200)
    plant.command("STOP")
    at(plant, "STOP", 240)
    plant.run(5)


def _pasteurise(plant: Any) -> None:
    """The machines are at work for the buildings meanwhile, which lie idle in no hygiene cycle."""
    plant.until(plant.running, within_s=400)
    plant.command("PASTEURISE")
    at(plant, "PASTEURISE", 5)
    plant.run(120)


def _network(plant: Any) -> None:
    """Taps get store water: V401 is fully hot, the pipes are getting there."""
    plant.turn("KEY.DIS", 1)
    plant.run(5)
    plant.command("DISINFECT", hazardous=True)
    at(plant, "NETWORK_DISINFECT", 5)
    plant.until(lambda: plant.district.tt45 > 68.0, within_s=900)


def _frost(plant: Any) -> None:
    at(plant, "FROST", 300)
    plant.run(30)


def _tripped(plant: Any) -> None:
    plant.until(plant.running, within_s=400)
    plant.run(60)
    plant.turn("REF.GAS", 1)
    at(plant, "TRIPPED", 120)
    plant.run(10)


_HOT_WATER: dict[str, Any] = {"season": "autumn", "outdoor": 16.0, "store": SPENT}
_WARM_HALL = {"it_water": 5000, "it_air": 4500, "it_sp": 3600, "direct_on": 4000, "direct_off": 3500}
PLACES: dict[tuple[str, str], Place] = {
    ("OFF", ""): Place(_off),
    ("SAFE_COOLING", ""): Place(_safe_cooling, {"season": "summer", "outdoor": 33.0, "store": WARM}),
    ("PRIME", ""): Place(_prime, params={"hp_pumps_s": 60}),
    ("HP_START", ""): Place(_hp_start),
    ("RUN", "HEATING"): Place(_heating, {"it_kw": 600.0}),
    ("RUN", "DHW_PRIORITY"): Place(_priority, {"it_kw": 180.0, **_HOT_WATER}),
    ("RUN", "COOLING"): Place(_cooling, {"season": "summer", "outdoor": 30.0}, {"chw_fitted": 1}),
    ("RUN", "DIRECT"): Place(
        _direct,
        {"it_kw": 500.0, "buffer": COLD},
        {**_WARM_HALL, "mix_sp": 3500, "buffer_add": 0},
        it_c=44.0,
        it_limit=50.0,
    ),
    ("RECOVERY_LIMITED", ""): Place(_limited),
    ("RECOVERY_LIMITED", "DHW_PRIORITY"): Place(_priority_limited, _HOT_WATER),
    ("STOP", ""): Place(_stop),
    ("PASTEURISE", ""): Place(_pasteurise, store=HOT),
    ("NETWORK_DISINFECT", ""): Place(_network, store=HOTTER),
    ("FROST", ""): Place(_frost, {"outdoor": 0.0, "buffer": FULL}),
    ("TRIPPED", ""): Place(_tripped),
    ("MAINT", ""): Place(_maint),
}


def name_of(place: tuple[str, str]) -> str:
    """ "RUN-HEATING"."""
    return "-".join(filter(None, place))
