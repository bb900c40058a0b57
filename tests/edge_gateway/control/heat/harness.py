"""A heat plant as an image in one line, and a clock that the tests turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from edge_gateway.control.energy.ems import Note
from edge_gateway.control.energy.signals import Heat
from edge_gateway.control.heat.heat import DistrictHeat, When
from edge_gateway.control.heat.image import Image, Machine, Phase, Power, Season
from edge_gateway.control.heat.plant import Plant

NOON = 12 * 60
RUNS, STANDS = Machine(Phase.RUN, 280.0, 70.0), Machine(Phase.OFF, 0.0, 0.0)


def power(heat: Heat = Heat.NORMAL, spare: float | None = 0.0, shed: int = 0) -> Power:
    """What the power plant tells: the row is named as its word."""
    return Power(heat.name.lower(), heat, spare, shed)


def image(**given: Any) -> Image:
    """A plant in winter, 5 degC outside, one of three machines at work, TT101 at 34 degC: `running`, and the image's
    own fields."""
    running = given.pop("running", 1)
    healthy: dict[str, Any] = {
        "heard": True,
        "state": "RUN",
        "substate": "HEATING",
        "season": Season.HEATING,
        "outdoor": 5.0,
        "supply": 42.5,
        "it_out": 34.0,
        "it_heat": 850.0,
        "machines": tuple(RUNS if number < running else STANDS for number in range(3)),
        "eh1": 0.0,
        "power": power(),
    }
    return Image(**{**healthy, **given})


@dataclass
class Bench:
    """District heat whose seconds are counted here. minute: of the local day; month: January."""

    plant: Plant = field(default_factory=Plant)
    minute: int = NOON
    month: int = 1
    now: int = 0
    notes: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.heat = DistrictHeat(self.plant, self.now)

    def run(self, seconds: float, seen: Image, step_ms: int = 1000) -> DistrictHeat:
        """So many seconds with one image."""
        for _ in range(round(seconds * 1000 / step_ms)):
            self.now += step_ms
            self.notes += self.heat.step(seen, self.now, When(self.now, self.minute, self.month))
        return self.heat

    def value(self, name: str) -> float | None:
        """What was decided last."""
        assert self.heat.dispatched is not None
        return self.heat.dispatched[name].value

    def why(self, name: str) -> str:
        """Its reason."""
        assert self.heat.dispatched is not None
        return self.heat.dispatched[name].why
