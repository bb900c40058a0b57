"""A plant as an image in one line, and a clock that the tests turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from edge_gateway.control.energy.ems import Ems, Note, When
from edge_gateway.control.energy.image import Battery, Ev, Grid, Image, Inverter
from edge_gateway.control.energy.plant import Plant
from edge_gateway.control.energy.state import State
from edge_gateway.control.energy.tariff import Tariff

NOON = 12 * 60


def image(**given: Any) -> Image:
    """A healthy plant at 300 kW of import, SoC 60 %, no sun, with some values of its own: `grid`, `bat`, `soc`, `pv`,
    `ev`, `connected`, `charging`, `volts`, `hz`, `there`, `closed`, `sp`, `charge_max`, `discharge_max`, `trips`,
    `forming`, `deaf`, and the image's own fields."""
    take = given.pop
    inverters = take("pv", 0.0)
    return Image(
        heard=take("heard", True),
        grid=Grid(
            kw=take("grid", 300.0),
            kvar=take("kvar", 0.0),
            volts=take("volts", 230.0),
            hz=take("hz", 50.0),
            there=take("there", True),
            closed=take("closed", True),
        ),
        battery=Battery(
            kw=take("bat", 0.0),
            setpoint=take("sp", None),
            soc=take("soc", 60.0),
            soh=take("soh", 99.0),
            charge_max=take("charge_max", 500.0),
            discharge_max=take("discharge_max", 500.0),
            trips=take("trips", ()),
            forming=take("forming", False),
            deaf=take("deaf", False),
        ),
        inverters=tuple(Inverter(None if inverters is None else inverters / 6, 100.0, True, True) for _ in range(6)),
        ev=Ev(kw=take("ev", 0.0), connected=take("connected", frozenset()), charging=take("charging", frozenset())),
        **given,
    )


@dataclass
class Bench:
    """An energy management whose seconds are counted here. minute: of the local day, noon by default (flat price)."""

    plant: Plant = field(default_factory=Plant)
    minute: int = NOON
    now: int = 0
    notes: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ems = Ems(self.plant, Tariff(), self.now)

    def run(self, seconds: float, seen: Image, step_ms: int = 1000) -> Ems:
        """So many seconds with one image."""
        for _ in range(round(seconds * 1000 / step_ms)):
            self.now += step_ms
            self.notes += self.ems.step(seen, self.now, When(self.now, self.minute))
        return self.ems

    def in_state(self, state: State) -> Ems:
        """Brings it into a state as the plant would."""
        self.run(1, image())
        if state is State.INIT:
            return self.run(1, image(heard=False))
        if state is State.OBSERVE:
            return self.ems
        self.run(62, image(grid=300.0))
        if state is State.PEAK_SHAVE:
            self.run(6, image(grid=1290.0, discharge_max=0.0))
        elif state is State.EXPORT_LIMIT:
            self.run(4, image(grid=-195.0, pv=600.0, charge_max=0.0))
        elif state is State.GRID_EVENT:
            self.run(2, image(volts=190.0))
        elif state is State.ISLAND:
            self.run(2, image(grid=0.0, there=False))
        elif state is State.SHUTDOWN:
            self.run(1, image(shutdown=("FIRE",)))
        elif state is State.RECOVER:
            self.run(2, image(volts=190.0))
            self.run(11, image())
        assert self.ems.state is state, (self.ems.state, state)
        return self.ems

    @property
    def battery(self) -> float:
        """The latest set-point of the battery (kW)."""
        assert self.ems.dispatched is not None
        return self.ems.dispatched.battery.kw

    def rules(self) -> str:
        """Why rules stand in for the plan; empty while they don't."""
        return self.ems.plan_why
