"""What the heat plant shows in one scan. Nothing in here changes while a scan looks at it.

A number is None when it must not be used: BAD, or STALE for longer than `lost.py` lets it be held. Whoever reads one
says what happens then. Temperatures in degC, power in kW.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from edge_gateway.control.energy.signals import Heat


class Season(StrEnum):
    """What the board has chosen by the mean outdoor temperature of 24 h (§4b); the words of its sheet."""

    HEATING = "heating"
    COOLING = "cooling"
    DHW = "hot water only"


class Phase(StrEnum):
    """A heat pump, as the board works it (§4b); the words of its sheet."""

    OFF = "off"
    PUMPS_ON = "pumps on"
    START = "start"
    RUN = "run"
    STOPPING = "stopping"
    ANTI_CYCLE = "anti-cycle"


@dataclass(frozen=True, slots=True)
class Machine:
    """One heat pump. phase: None when the board doesn't tell. heat, electric: kW. fault: its own code, 0 none."""

    phase: Phase | None = None
    heat: float | None = None
    electric: float | None = None
    fault: int = 0

    @property
    def runs(self) -> bool:
        """Whether it draws power, or is about to."""
        return self.phase in (Phase.PUMPS_ON, Phase.START, Phase.RUN)


@dataclass(frozen=True, slots=True)
class Power:
    """What the power plant tells, of one moment. row, heat: of the domain brief §5. spare: what goes into the grid (kW,
    negative: what is taken from it), None when it isn't known. shed: tier from which on loads are off, 0 none."""

    row: str = "normal"
    heat: Heat = Heat.NORMAL
    spare: float | None = None
    shed: int = 0


@dataclass(frozen=True, slots=True)
class Image:
    """The whole plant. heard: its board is online and its values are current. refusal: why the gateway may not command
    it, else empty. it_heat: what IT wants to be rid of. eh1: what EH1 takes. no_back_up, no_machines: names of causes
    that forbid EH1 and heat pumps. key: the disinfection key at the board is turned."""

    heard: bool = False
    refusal: str = ""
    state: str = ""
    substate: str = ""
    season: Season | None = None
    outdoor: float | None = None
    supply: float | None = None
    """TT305."""
    it_out: float | None = None
    """TT101."""
    it_heat: float | None = None
    machines: tuple[Machine, ...] = ()
    eh1: float | None = None
    no_back_up: tuple[str, ...] = ()
    no_machines: tuple[str, ...] = ()
    source_lost: tuple[str, ...] = ()
    """Names of causes that hold V101 at the dry cooler."""
    key: bool = False
    power: Power = field(default_factory=Power)

    @property
    def running(self) -> int:
        """Heat pumps that draw power."""
        return sum(machine.runs for machine in self.machines)
