"""Where things are. Positions are metres of pipe to the station, along the way that waste takes."""

from __future__ import annotations

from dataclasses import dataclass

MAIN = -1
"""Number of the main pipe where a branch number is asked."""
FRACTIONS = 3
VALVES = 4
"""Valve positions of an inlet group."""


@dataclass(frozen=True)
class Branch:
    """A pipe that joins the main at `junction`; its air inlet is at `end`, its inlets from near to far."""

    junction: float
    end: float
    inlets: tuple[float, ...]

    @property
    def tap(self) -> float:
        """Position of the branch's pressure tap: 10 m upstream of its sectioning valve, as far as there is room."""
        return min(self.junction + 10.0, (self.junction + self.end) / 2.0)


@dataclass(frozen=True)
class Layout:
    """A network. Branch and inlet numbers start with 0 here and with 1 on drawings."""

    branches: tuple[Branch, ...]
    volume_m: float
    """Length of pipe whose air the fans have to thin out."""

    @property
    def inlets(self) -> int:
        """Number of inlet groups."""
        return sum(len(branch.inlets) for branch in self.branches)

    def place(self, inlet: int) -> tuple[int, float]:
        """Branch and position of an inlet. Raises ValueError for one that doesn't exist."""
        left = inlet
        for number, branch in enumerate(self.branches):
            if 0 <= left < len(branch.inlets):
                return number, branch.inlets[left]
            left -= len(branch.inlets)
        raise ValueError(f"there are {self.inlets} inlets, none with the number {inlet}")

    def inlets_of(self, branch: int) -> range:
        """Numbers of a branch's inlets, near to far."""
        first = sum(len(each.inlets) for each in self.branches[:branch])
        return range(first, first + len(self.branches[branch].inlets))


def reference_site() -> Layout:
    """24 inlets on 6 branches of 300 m that join the main every 90 m; the farthest inlet is 1,200 m away."""
    branches = tuple(
        Branch(junction, junction + 300.0, tuple(junction + 75.0 * slot for slot in range(1, 5)))
        for junction in (450.0, 540.0, 630.0, 720.0, 810.0, 900.0)
    )
    return Layout(branches, 1_200.0)


def straight(length: float, inlets: tuple[float, ...] | None = None) -> Layout:
    """One pipe without branches, as in the brief's reference calculation."""
    return Layout((Branch(0.0, length, inlets or (length,)),), length)
