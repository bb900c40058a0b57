"""What stands where: chutes on branches, containers, and the figures of the sequence (domain brief §1b)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property


class Fraction(IntEnum):
    """What is conveyed; the numbers are those of the boards' parameters `fraction1..4`."""

    PERISHABLE = 0
    OTHER = 1
    RECYCLABLE = 2


@dataclass(frozen=True)
class Chute:
    """One storage section above one discharge valve: `inlet` is the board, `valve` 1..4 its index there.

    distance_m: way of the waste to the station.
    """

    inlet: str
    valve: int
    fraction: Fraction
    branch: int
    distance_m: int

    @cached_property
    def name(self) -> str:
        """As it is written everywhere: inlet07.2."""
        return f"{self.inlet}.{self.valve}"


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch with one air-inlet valve at its upstream end. length_m: from there to the station; joins_m: way from the
    point where it meets the main to the station. quiet: fans at 70 % hold 18 m/s on it, so it may run in the curfew."""

    number: int
    length_m: int
    joins_m: int
    quiet: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """Figures of the sequence. Times in ms, speeds in m/s, pressures in kPa(g), masses in grams."""

    precheck_ms: int = 30_000
    divert_ms: int = 15_000
    start_ms: int = 45_000
    """Three fans, 8 s apart, each proven."""
    vacuum_ms: int = 60_000
    airflow_ms: int = 20_000
    airflow_steady_ms: int = 3_000
    open_ms: int = 6_500
    """For a full charge; a smaller one needs less, but never less than `open_least_ms`. The board's own 10 s are for
    orders that name no time."""
    open_least_ms: int = 4_000
    travel_ms: int = 2_000
    not_closed_ms: int = 3_000
    max_open_ms: int = 12_000
    """The board's own limit: it holds without us."""
    command_ttl_ms: int = 2_000
    hatch_ms: int = 10_000
    """A resident at the hatch is waited for this long."""
    spacing_ms: int = 8_000
    spacing_limit_ms: int = 60_000
    purge_factor: float = 1.3
    u_min: float = 10.0
    purge_limit_ms: int = 600_000
    clear_ms: int = 30_000
    settle_ms: int = 3_000
    """The scales stand still for this long before they are believed."""
    stop_ms: int = 60_000
    vacuum_kpa: float = -15.0
    idle_kpa: float = -1.0
    speed: float = 19.5
    """Set-point while chutes are emptied. The board's own is 22 m/s; 18 are enough to drop waste into, `u_min` is kept,
    and the power goes with the cube."""
    speed_purge: float = 18.4
    """Set-point while waste is only brought home, a little above the 18 m/s that the station asks for to count the air
    as a purge."""
    speed_ok: float = 18.0
    burst_ms: int = 12_000
    """The vacuum that was built up drives the air faster than the fans can hold it, for so long. At night, with the
    fans at 70 %, a charge is only dropped into air that is still fast after that: elsewhere it would not come home."""
    speed_low: float = 14.0
    speed_low_ms: int = 5_000
    container_full: float = 85.0
    lost_ms: int = 2_000
    retry_ms: int = 2_000
    """An order to the station that was refused is given again, while the state lasts."""
    proof_ms: int = 10_000
    """One that was carried out without proof is given again after this."""
    clear_retry_ms: int = 300_000
    """Waste in the pipe and no way to clear it: the next attempt."""
    held_off_ms: int = 1_800_000
    """A chute whose board refused waits for this long."""
    shakes: int = 3
    shake_build_ms: int = 5_000
    shake_kpa: float = -28.0
    shake_hold_ms: int = 30_000
    probe_ms: int = 12_000
    pulses: int = 3
    """At most so many for one chute in one run."""
    pulse_g: int = 35_000

    @property
    def longest_open_ms(self) -> int:
        """After this time an order that has left can't hold a valve open any more, unless the valve is stuck.

        Its time to live counts twice: once in our queue, and once on the board, which measures by the heartbeat.
        """
        return 2 * self.command_ttl_ms + self.travel_ms + self.max_open_ms + self.not_closed_ms

    def open_for(self, grams: int) -> int:
        """How long a valve is opened under a chute that is taken to hold so much (ms)."""
        share = min(1.0, grams / self.pulse_g)
        return round(self.open_least_ms + share * max(0, self.open_ms - self.open_least_ms))

    def purge_ms(self, distance_m: int) -> int:
        """How long air must flow for waste from that far to have landed."""
        return round(1000 * self.purge_factor * distance_m / self.u_min)


@dataclass(frozen=True)
class Plant:
    """The whole network. Order within a branch is near to far, so that a charge never overruns the next."""

    chutes: tuple[Chute, ...]
    branches: tuple[Branch, ...]
    far_first: bool = False
    capacity_g: int = 80_000
    """What one chute holds when it is full."""

    @cached_property
    def containers(self) -> dict[Fraction, int]:
        """Diverter position and container (1..3) of each fraction, as the station has them."""
        return {fraction: int(fraction) + 1 for fraction in Fraction}

    @cached_property
    def by_name(self) -> dict[str, Chute]:
        """Chutes by name."""
        return {chute.name: chute for chute in self.chutes}

    @cached_property
    def branch(self) -> dict[int, Branch]:
        """Branches by number."""
        return {branch.number: branch for branch in self.branches}

    @cached_property
    def inlets(self) -> tuple[str, ...]:
        """Boards of the inlet groups, in the order of the site file."""
        return tuple(dict.fromkeys(chute.inlet for chute in self.chutes))

    def ordered(self, chutes: Iterable[Chute]) -> list[Chute]:
        """In the order in which they are emptied."""
        return sorted(chutes, key=lambda c: (c.distance_m, c.name), reverse=self.far_first)
