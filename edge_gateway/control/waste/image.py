"""What the plant shows in one scan, in engineering units. Nothing in here changes while a scan looks at it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

CONTAINERS = 3


@dataclass(frozen=True, slots=True)
class Valve:
    """A discharge valve with its chute and hatch.

    fresh: the values are good now; if not, none of the others may be trusted. fault: NOT_OPEN, NOT_CLOSED or
    BOTH_SWITCHES as the board names it, else empty. pulses: openings that the board has counted. deposits: hatch
    openings that it has counted. stop: why its board wants the fans stopped and the air shut, else empty. refusal: why
    the gateway may not command the board at all (other parameters, other map), else empty.
    """

    fresh: bool = False
    closed: bool = False
    open: bool = False
    high: bool = False
    full: bool = False
    hatch: bool = False
    fault: str = ""
    pulses: int = 0
    deposits: int = 0
    stop: str = ""
    refusal: str = ""

    @property
    def proven_shut(self) -> bool:
        """Both switches agree, and now."""
        return self.fresh and self.closed and not self.open

    @property
    def contradicts(self) -> bool:
        """Both switches at once."""
        return self.fresh and self.closed and self.open


@dataclass(frozen=True, slots=True)
class Container:
    """One container. level in %, kg by its scales; tared: the board has taken it over since it was docked."""

    docked: bool = False
    gate_open: bool = False
    level: float = 0.0
    kg: float = 0.0
    tared: bool = True


@dataclass(frozen=True, slots=True)
class Station:
    """The central station. fresh: its values are good now.

    refusal: why the gateway may not command the board at all (other parameters, not in AUTO), else empty. state: of its
    board. vacuum in kPa(g), speed in m/s. taps: kPa(g) by branch, None where a tap is bad. av: branch of the one
    air-inlet valve that is proven open, 0 when all are proven shut, -1 otherwise. diverter: proven position 1..3, 0 on
    the way, -1 when its switches contradict each other. flight: branches with waste under way as the board believes;
    flight_unknown: it was restarted and doesn't know. permit: a discharge may begin now. vacuum_ok: enough to open an
    air-inlet valve.

    Names of causes that are active or latched, by what they do: trips stop the fans, purges bring waste home and then
    stop, holds forbid a new discharge, no_start forbids to start. vacuum_set: what is held before the air-inlet
    valve opens (kPa); speed_set: air speed that is held then (m/s). kw: power of the fans. filter_kpa: pressure drop of
    the filter, None where that is bad.
    """

    fresh: bool = False
    refusal: str = ""
    state: str = ""
    maint: bool = False
    vacuum: float = 0.0
    speed: float = 0.0
    speed_good: bool = False
    taps: Mapping[int, float | None] = field(default_factory=dict)
    av: int = -1
    fans: int = 0
    diverter: int = 0
    containers: Mapping[int, Container] = field(default_factory=dict)
    flight: frozenset[int] = frozenset()
    flight_unknown: bool = False
    permit: bool = False
    vacuum_ok: bool = False
    vacuum_set: float = -18.0
    speed_set: float = 22.0
    trips: tuple[str, ...] = ()
    purges: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    no_start: tuple[str, ...] = ()
    first_out: str = ""
    kw: float = 0.0
    filter_kpa: float | None = None


class Valves(Mapping[str, Valve]):
    """All discharge valves by the name of their chute. What is asked in every scan is worked out once: whoever makes
    images keeps the same object, and the same valves in it, while nothing changes."""

    __slots__ = ("_valves", "faulty", "full", "high", "stops", "unshut")

    def __init__(self, valves: Mapping[str, Valve]) -> None:
        self._valves = dict(valves)
        self.unshut = tuple(name for name, valve in valves.items() if valve.fresh and not valve.proven_shut)
        """Valves of boards that are heard and that aren't proven shut."""
        self.stops = tuple(name for name, valve in valves.items() if valve.fresh and valve.stop)
        self.faulty = tuple(name for name, valve in valves.items() if valve.fresh and valve.fault)
        self.full = tuple(name for name, valve in valves.items() if valve.fresh and valve.full)
        self.high = sum(valve.fresh and valve.high for valve in valves.values())
        """How many chutes are filled to 60 %."""

    @property
    def blocking(self) -> bool:
        """Whether something at an inlet keeps the plant from running at all."""
        return bool(self.stops) or any(self[name].fault == "NOT_CLOSED" for name in self.faulty)

    def __getitem__(self, name: str) -> Valve:
        """A valve; one that isn't known is not fresh."""
        return self._valves.get(name, UNSEEN)

    def __iter__(self) -> Iterator[str]:
        return iter(self._valves)

    def __len__(self) -> int:
        return len(self._valves)


@dataclass(frozen=True, slots=True)
class Image:
    """The whole plant."""

    valves: Valves
    station: Station

    def valve(self, name: str) -> Valve:
        """A valve; one that isn't known is not fresh."""
        return self.valves[name]


UNSEEN = Valve()
