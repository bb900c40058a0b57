"""What one step of the sequence looks at: the frozen image, the memory, the figures, and how long what has lasted."""

from __future__ import annotations

from dataclasses import dataclass

from edge_gateway.control.waste.image import Container, Image, Station
from edge_gateway.control.waste.plant import Fraction, Plant, Rules
from edge_gateway.control.waste.state import Leg, Memory
from edge_gateway.control.waste.token import ValveToken

NEVER = -1


@dataclass(slots=True)
class View:
    """`now` is monotonic ms. The `..._ms` say for how long something has been so, NEVER that it isn't."""

    plant: Plant
    rules: Rules
    image: Image
    memory: Memory
    token: ValveToken
    now: int
    utc_ms: int
    age: int
    """Time in this state."""
    fast_ms: int = NEVER
    """Speed at or above 18 m/s."""
    slow_ms: int = NEVER
    """Speed below 14 m/s."""
    lost_ms: int = NEVER
    """Station not heard."""
    rest_ms: int = NEVER
    """The station's board stops or has stopped. One that was just powered up is OFF until it has judged its inputs."""
    steady_ms: int = NEVER
    """Scales of the container in use unchanged."""
    landed: bool = True
    """Air has flowed for long enough for all that is in flight."""
    due: bool = False
    """A run is asked for or due."""
    reset: bool = False
    """A person has reset the trip."""
    pulse_over: bool = False
    """The pulse that was ordered is over, booked, and its valve proven shut."""
    freed: bool = False
    """The unblock routine has air again."""
    stuck: bool = False
    """The unblock routine has given up."""

    @property
    def station(self) -> Station:
        """The station."""
        return self.image.station

    @property
    def leg(self) -> Leg | None:
        """The leg that is worked on."""
        return self.memory.leg

    @property
    def branch(self) -> int:
        """Its branch; 0 without a leg."""
        return self.leg.branch if self.leg is not None else 0

    @property
    def position(self) -> int:
        """Diverter position of its fraction; 0 without a leg."""
        return self.plant.containers[Fraction(self.leg.fraction)] if self.leg is not None else 0

    @property
    def container(self) -> Container:
        """The container of its fraction."""
        return self.station.containers.get(self.position) or Container()
