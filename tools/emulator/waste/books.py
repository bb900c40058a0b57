"""Where every gram is: nothing is ever lost between a resident's hand and a container."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from tools.emulator.waste.containers import Container
from tools.emulator.waste.slugs import Slug

KEPT = 512


@dataclass(frozen=True)
class Balance:
    """Grams. `received` = `chutes` + `in_flight` + `landed`, exactly."""

    received: int
    chutes: int
    in_flight: int
    landed: int

    @property
    def closed(self) -> bool:
        """Whether the books balance."""
        return self.received == self.chutes + self.in_flight + self.landed


@dataclass(frozen=True)
class Landing:
    """A charge that has arrived. `container` -1: caught in the hopper over a shut gate."""

    inlet: int
    fraction: int
    container: int
    grams: int
    dropped_ms: int
    landed_ms: int


class Reception:
    """The end of the pipe: what lands, and where it goes from there."""

    def __init__(self, containers: tuple[Container, ...]) -> None:
        self.containers = containers
        self.hopper_g = 0
        """Caught over a shut gate or a flap between positions; falls when the way is free."""
        self.landed_g = 0
        self.misdirected_g = 0
        """Landed in a container of another fraction."""
        self.landings = 0
        self.transit_ms = 0
        """Sum over all landings."""
        self.recent: deque[Landing] = deque(maxlen=KEPT)

    def land(self, slug: Slug, position: int, now_ms: int) -> None:
        """Take a charge at diverter position `position` (-1: between two)."""
        container = position if position >= 0 and self.containers[position].open else -1
        if container < 0:
            self.hopper_g += slug.grams
        else:
            self.containers[container].grams += slug.grams
            if container != slug.fraction:
                self.misdirected_g += slug.grams
        self.landed_g += slug.grams
        self.landings += 1
        self.transit_ms += now_ms - slug.dropped_ms
        self.recent.append(Landing(slug.inlet, slug.fraction, container, slug.grams, slug.dropped_ms, now_ms))

    def empty_hopper(self, position: int) -> None:
        """Let what the hopper caught fall, if a container is open under it."""
        if self.hopper_g and position >= 0 and self.containers[position].open:
            self.containers[position].grams += self.hopper_g
            self.hopper_g = 0

    @property
    def stored_g(self) -> int:
        """What containers, hopper and lorries hold; equals `landed_g`."""
        return self.hopper_g + sum(each.grams + each.hauled_g for each in self.containers)
