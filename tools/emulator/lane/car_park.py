"""The car park behind the lanes: who came in can go out."""

from __future__ import annotations

from random import Random

from tools.emulator.lane.vehicle import Vehicle


class CarPark:
    """The cars inside: who comes in can go out. `occupancy` is exact."""

    def __init__(self, parked: int, rng: Random) -> None:
        self._rng = rng
        self._plates = [f"浙B{rng.randint(0, 99999):05d}" for _ in range(parked)]
        self.entered = 0
        self.left = 0
        self.initial = parked

    @property
    def occupancy(self) -> int:
        """Cars inside now."""
        return self.initial + self.entered - self.left

    def arriving(self) -> str:
        """Plate of a car from outside."""
        return f"浙A{self._rng.randint(0, 99999):05d}"

    def leaving(self) -> str:
        """Plate of a car that goes out; it counts as inside until it has passed."""
        if not self._plates:
            return self.arriving()
        at = self._rng.randrange(len(self._plates))
        self._plates[at], self._plates[-1] = self._plates[-1], self._plates[at]
        return self._plates.pop()

    def came_in(self, vehicle: Vehicle) -> None:
        """A car has passed an entry."""
        self.entered += 1
        self._plates.append(vehicle.plate)

    def went_out(self, vehicle: Vehicle) -> None:
        """A car has passed an exit."""
        self.left += 1
