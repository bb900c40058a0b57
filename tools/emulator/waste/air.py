"""Air in the pipes: station vacuum, flow of every opening, pressure along the way.

Each opening (air inlet, discharge valve, leak) is a column of air from there to the station. Columns share the pipe
they have in common: its loss follows the sum of their flows. Every step solves loss and inertia of a column together
(the quadratic of the semi-implicit scheme), so plugs with K = 1e6 and shut fans need no smaller step. With one column
this is the brief's model (domain brief §1f).
"""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

from tools.emulator.waste.blockage import Plug
from tools.emulator.waste.calibration import Calibration
from tools.emulator.waste.layout import MAIN, Layout

SHUT_K = 1e9
"""A column whose entry loses more than this carries nothing."""


class Segment:
    """A piece of pipe with the same columns all along: (`low`, `high`] metres to the station, a plug at its low end."""

    __slots__ = ("branch", "low", "high", "loss", "plug", "columns", "flow", "force", "downstream")

    def __init__(self, branch: int, low: float, high: float, downstream: Segment | None) -> None:
        self.branch = branch
        self.low = low
        self.high = high
        self.loss = 0.0
        self.plug: Plug | None = None
        self.columns: list[Column] = []
        self.flow = 0.0
        self.force = 0.0
        """Drag of the waste in it on the air, N."""
        self.downstream = downstream


class Column:
    """Air from one opening to the station."""

    __slots__ = ("branch", "at", "k", "flow", "path", "inertia")

    def __init__(self, branch: int, at: float) -> None:
        self.branch = branch
        self.at = at
        self.k = SHUT_K
        """Loss factor of the opening as it stands."""
        self.flow = 0.0
        self.path: tuple[Segment, ...] = ()
        """Segments from the station outwards."""
        self.inertia = 0.0


class Air:
    """Vacuum `pressure` (Pa, positive below the atmosphere) and flows (m³/s)."""

    def __init__(self, layout: Layout, cal: Calibration) -> None:
        self.layout = layout
        self.cal = cal
        self.pressure = 0.0
        self.fan_flow = 0.0
        self.inflow = 0.0
        """All that comes in through openings; it passes FT90."""
        self.columns: list[Column] = []
        self.segments: list[Segment] = []
        self.damper = 1.0
        """Open area of the separator's dampers; shut, no air passes."""
        self._capacity = cal.capacity(layout.volume_m)
        self._k = cal.dynamic

    @property
    def capacity(self) -> float:
        """Compliance of the pipe, m³/Pa."""
        return self._capacity

    @property
    def speed(self) -> float:
        """Air speed in the main at the station, m/s."""
        return self.inflow / self.cal.area

    # -- what is open ----------------------------------------------------------------------------------------

    def arrange(self, columns: list[Column], plugs: list[Plug]) -> None:
        """Divide the pipes into segments for the openings that are open now."""
        for column in self.columns:
            if column not in columns:
                column.flow = 0.0
        self.columns = columns
        self.segments = []
        chains = self._chains(columns, plugs)
        for column in columns:
            chain = chains[column.branch]
            own = [segment for segment in chain if segment.low < column.at]
            if column.branch != MAIN:
                junction = self.layout.branches[column.branch].junction
                own = [segment for segment in chains[MAIN] if segment.low < junction] + own
            column.path = tuple(own)
            column.inertia = self.cal.density * max(column.at, 1.0) / self.cal.area
            for segment in own:
                segment.columns.append(column)

    def _chains(self, columns: list[Column], plugs: list[Plug]) -> dict[int, list[Segment]]:
        branches = self.layout.branches
        main = {0.0}
        for column in columns:
            main.add(column.at if column.branch == MAIN else branches[column.branch].junction)
        chains = {MAIN: self._chain(MAIN, main, plugs, None)}
        for number in sorted({column.branch for column in columns} - {MAIN}):
            junction = branches[number].junction
            below = [segment for segment in chains[MAIN] if segment.high <= junction]
            points = {junction, *(column.at for column in columns if column.branch == number)}
            chains[number] = self._chain(number, points, plugs, below[-1] if below else None)
        return chains

    def _chain(self, branch: int, points: set[float], plugs: list[Plug], below: Segment | None) -> list[Segment]:
        low, high = min(points), max(points)
        held = {plug.at: plug for plug in plugs if plug.branch == branch and low <= plug.at < high}
        cuts = sorted(points | held.keys())
        chain: list[Segment] = []
        cal = self.cal
        for start, end in pairwise(cuts):
            segment = Segment(branch, start, end, below)
            segment.plug = held.get(start)
            k = cal.friction * (end - start) / cal.diameter
            if segment.plug is not None:
                k += segment.plug.k
            segment.loss = cal.dynamic * k
            chain.append(segment)
            below = segment
        self.segments += chain
        return chain

    def segment_at(self, branch: int, at: float) -> Segment | None:
        """Return the segment around a position, None in a dead pipe."""
        if branch != MAIN and at <= self.layout.branches[branch].junction:
            branch = MAIN
        for segment in self.segments:
            if segment.branch == branch and segment.low < at <= segment.high:
                return segment
        return None

    # -- time ------------------------------------------------------------------------------------------------

    def step(self, dt: float, head: float) -> None:
        """Advance by `dt` seconds against fans that hold `head` Pa at no flow. Segments' forces are set before."""
        pressure = self.pressure
        area = self.cal.area
        total = 0.0
        for column in self.columns:
            old = column.flow
            loss = self._k * column.k
            across = 0.0
            others = 0.0
            force = 0.0
            for segment in column.path:
                other = segment.flow - old
                r = segment.loss
                loss += r
                if other > 1e-12:
                    across += r * other
                    others += r * other * other
                force += segment.force
            h = dt / column.inertia
            drive = old + h * (pressure - force / area - others)
            if drive <= 0.0:
                flow = 0.0
            else:
                b = 1.0 + 2.0 * h * across
                flow = 2.0 * drive / (b + sqrt(b * b + 4.0 * h * loss * drive))
            if flow != old:
                column.flow = flow
                change = flow - old
                for segment in column.path:
                    segment.flow += change
            total += flow
        self.inflow = total
        self._fans(dt / self._capacity, total, head)

    def _fans(self, h: float, inflow: float, head: float) -> None:
        """Solve C·dp/dt = Qf - Q with the fans' curve; standing fans let some air back."""
        if self.damper <= 0.0:
            self.fan_flow = 0.0
            self.pressure -= h * inflow
            return
        shut = self._k * 0.5 * (1.0 / (self.damper * self.damper) - 1.0)
        excess = head - self.pressure + h * inflow
        if excess >= 0.0:
            k = self.cal.fan_path + shut
            flow = 2.0 * excess / (h + sqrt(h * h + 4.0 * k * excess))
        else:
            k = self.cal.standing_loss + shut
            flow = 2.0 * excess / (h + sqrt(h * h - 4.0 * k * excess))
        self.fan_flow = flow
        self.pressure += h * (flow - inflow)

    def clear_forces(self) -> None:
        """Take all drag from the segments and renew their flows from the columns'."""
        for segment in self.segments:
            segment.force = 0.0
            flow = 0.0
            for column in segment.columns:
                flow += column.flow
            segment.flow = flow

    # -- pressure along the way ------------------------------------------------------------------------------

    def profile(self) -> dict[int, list[tuple[float, float, float]]]:
        """Vacuum along every pipe that air goes through: (position, vacuum below it, vacuum above it), by branch."""
        ends: dict[int, float] = {}
        result: dict[int, list[tuple[float, float, float]]] = {}
        for segment in self.segments:
            below = self.pressure if segment.downstream is None else ends.get(id(segment.downstream), 0.0)
            lead = max(segment.columns, key=lambda column: column.flow, default=None)
            rising = 0.0 if lead is None else self._unsteady(lead) * (segment.high - segment.low) / max(lead.at, 1.0)
            square = segment.flow * segment.flow
            plug_drop = 0.0 if segment.plug is None else self._k * segment.plug.k * square
            after = min(max(0.0, below - plug_drop), self.cal.breaker)
            rest = segment.loss * square - plug_drop + segment.force / self.cal.area
            end = min(max(0.0, after - rest - rising), self.cal.breaker)
            ends[id(segment)] = end
            points = result.setdefault(segment.branch, [])
            points.append((segment.low, below, after))
            points.append((segment.high, end, end))
        return result

    def _unsteady(self, column: Column) -> float:
        """What is left of the vacuum to speed the column up."""
        drop = self._k * column.k * column.flow * column.flow
        for segment in column.path:
            drop += segment.loss * segment.flow * segment.flow + segment.force / self.cal.area
        return self.pressure - drop
