"""Which plant a program is wired to. A further program adds its line to `PLANTS`."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tools.emulator.heat.district import HeatDistrict
from tools.emulator.heat.plant import HeatPlant
from tools.emulator.lane.car_park import CarPark
from tools.emulator.lane.plant import Lane
from tools.emulator.lane.traffic import Rate, evening, morning, steady
from tools.emulator.plant import Plant
from tools.emulator.spec import ROLES, BoardSpec, SiteSpec, WasteSpec
from tools.emulator.waste.inlet_plant import InletPlant
from tools.emulator.waste.layout import Branch, Layout
from tools.emulator.waste.network import Network
from tools.emulator.waste.station_plant import StationPlant

CARS = 20
"""Charging when an energy plant begins."""
UNREST = 0.15
"""Relative noise of what draws hot water, and of the IT hall."""


class Surroundings:
    """What the plants of one site share. `inlets`: number of each inlet by its board, from 1 in the network's order."""

    def __init__(self, spec: SiteSpec) -> None:
        self.start_hour = spec.start_hour
        self.car_park = CarPark(spec.parked, Random(spec.seed))
        self.network: Network | None = None
        self.inlets: dict[str, int] = {}
        if spec.waste is not None:
            self.network = Network(_layout(spec.waste), spec.seed, start_hour=spec.start_hour)
            in_order = sorted(spec.waste.inlets, key=lambda inlet: (inlet[1], inlet[2]))
            self.inlets = {board: number for number, (board, _branch, _at) in enumerate(in_order, 1)}


def _layout(waste: WasteSpec) -> Layout:
    branches = []
    for index, (junction, end) in enumerate(waste.branches):
        at = sorted(distance for _board, branch, distance in waste.inlets if branch == index)
        branches.append(Branch(junction, end, tuple(at)))
    return Layout(tuple(branches), max(branch.end for branch in branches))


def arrivals(spec: BoardSpec, start_hour: float) -> Rate | None:
    """Arrivals at a lane: what the spec says, or entries with their peak at 8:00 and exits at 18:00."""
    if spec.per_hour is not None:
        return steady(spec.per_hour) if spec.per_hour > 0 else None
    if spec.role == "entry":
        return morning(start_hour)
    if spec.role == "exit":
        return evening(start_hour)
    return None


def parking_lane(around: Surroundings, spec: BoardSpec, seed: int) -> Lane:
    """A lane of the site's car park; what isn't an entry lets cars out."""
    park = around.car_park
    inwards = spec.role == "entry"
    lane = Lane(seed, rate=arrivals(spec, around.start_hour), plates=park.arriving if inwards else park.leaving)
    lane.traffic.on_passed.append(park.came_in if inwards else park.went_out)
    return lane


def _network(around: Surroundings, spec: BoardSpec) -> Network:
    if around.network is None:
        raise ValueError(f"{spec.name}: {spec.program} needs the waste network, and this site has none")
    return around.network


def waste_inlet(around: Surroundings, spec: BoardSpec, seed: int) -> InletPlant:
    """An inlet group of the site's one network. Raises ValueError for a board that the network has no inlet for."""
    network = _network(around, spec)
    if spec.name not in around.inlets:
        raise ValueError(f"{spec.name} is no inlet of the waste network")
    return InletPlant(network, around.inlets[spec.name])


def waste_station(around: Surroundings, spec: BoardSpec, seed: int) -> StationPlant:
    """The station of the site's one network. Raises ValueError when there is none."""
    return StationPlant(_network(around, spec), seed)


def lane_parameters(spec: BoardSpec) -> dict[str, int]:
    """Parameters that follow from a lane's role."""
    return {"lane_role": ROLES.index(spec.role)}


def energy(around: Surroundings, spec: BoardSpec, seed: int) -> Plant:
    """The energy plant on a day with some clouds, everything running and a few cars at the charging points."""
    # Its devices are made from SunSpec's published definitions, which other plants do without.
    from tools.emulator.energy.district import District
    from tools.emulator.energy.plant import EnergyPlant

    district = District(seed, start_s=around.start_hour * 3600, clouds=0.5)
    district.charging.surge(0.0, CARS)
    return EnergyPlant(district, seed=seed, warm=True)


def heat_loop(around: Surroundings, spec: BoardSpec, seed: int) -> Plant:
    """The heat plant on a winter's day, with warm tanks, and draws and IT load that are never quite the same."""
    district = HeatDistrict(seed, start_s=around.start_hour * 3600, noise=UNREST)
    return HeatPlant(district, seed, lapse_ms=spec.lapse_ms)


PLANTS: dict[str, Callable[[Surroundings, BoardSpec, int], Plant]] = {
    "energy": energy,
    "heat_loop": heat_loop,
    "parking_lane": parking_lane,
    "waste_inlet": waste_inlet,
    "waste_station": waste_station,
}
PARAMETERS: dict[str, Callable[[BoardSpec], dict[str, int]]] = {"parking_lane": lane_parameters}
"""What a board's role means for its parameters, where it means something."""
