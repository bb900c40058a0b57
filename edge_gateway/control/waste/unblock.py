"""Freeing a blocked pipe, and naming where it is blocked when that fails (domain brief §1d).

A shake: the air-inlet valve shuts until vacuum has built up, then it opens abruptly and stays open. After three the
taps name the section, the air-inlet valve of the next branch upstream is opened to see whether the main is free, and
the station is tripped with that section.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from edge_gateway.control.waste.image import Station
from edge_gateway.control.waste.plant import Plant
from edge_gateway.control.waste.sequence import Want
from edge_gateway.control.waste.view import View

_STEP_KPA = 5.0
"""A step of pressure smaller than this, above what the way explains, is no plug."""


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of pipe. step: kPa lost in it beyond its share by length."""

    name: str
    step: float

    @property
    def plugged(self) -> bool:
        """Whether the taps say so clearly."""
        return self.step >= _STEP_KPA


def sections(plant: Plant, branch: int, station: Station) -> list[Section]:
    """The way of the waste from the branch's air inlet to the station, cut at the taps that can be read.

    The taps of the branches that join the main further down stand at the pressure of the main there, for no air
    flows in them.
    """
    own = plant.branch[branch]
    nodes: list[tuple[str, float, float]] = [(f"AV{branch}", float(own.length_m), 0.0)]
    further = sorted((b for b in plant.branches if b.joins_m < own.joins_m), key=lambda b: -b.joins_m)
    for each in (own, *further):
        pressure = station.taps.get(each.number)
        if pressure is not None:
            nodes.append((f"PT{each.number}", float(each.joins_m), pressure))
    nodes.append(("PT90", 0.0, station.vacuum))
    whole, drop = nodes[0][1] - nodes[-1][1], nodes[0][2] - nodes[-1][2]
    found = []
    for (name, at, pressure), (next_name, next_at, next_pressure) in pairwise(nodes):
        share = drop * (at - next_at) / whole if whole else 0.0
        where = f"branch {branch}" if name == f"AV{branch}" else "main"
        found.append(Section(f"{where}, {name} to {next_name}", pressure - next_pressure - share))
    return found


def locate(plant: Plant, branch: int, station: Station) -> Section:
    """Where the pressure falls most beyond what the length of the way explains."""
    return max(sections(plant, branch, station), key=lambda section: section.step)


def upstream_of(plant: Plant, branch: int) -> int:
    """The branch whose valve tells whether the main is free: the next one upstream; the next downstream for the last.
    0 when there is only one branch."""
    own = plant.branch[branch].joins_m
    above = [b for b in plant.branches if b.joins_m > own]
    below = [b for b in plant.branches if b.joins_m < own]
    if above:
        return min(above, key=lambda b: b.joins_m).number
    return max(below, key=lambda b: b.joins_m).number if below else 0


class Phase(StrEnum):
    """Steps of the routine."""

    BUILD = "builds vacuum"
    HOLD = "air valve open"
    PROBE_BUILD = "builds vacuum to probe"
    PROBE = "probes the main"
    OVER = "over"


@dataclass(slots=True)
class Unblock:
    """One blockage. `shakes` used up before (a restart, or a blockage at the same place) count."""

    shakes: int = 0
    phase: Phase = Phase.BUILD
    since: int = 0
    freed: bool = False
    section: Section | None = None
    main_free: bool | None = None
    told: list[str] = field(default_factory=list)
    """Lines for the journal, taken by the caller."""

    def step(self, v: View) -> tuple[Want, ...]:
        """One scan: what the station is to do now. `freed`, or phase OVER, end it."""
        rules, age = v.rules, v.now - self.since
        if self.phase is Phase.BUILD:
            if self.shakes >= rules.shakes:
                self._go(Phase.PROBE_BUILD, v)
            elif self._built(v, age):
                self._go(Phase.HOLD, v)
        elif self.phase is Phase.HOLD:
            if v.station.av == v.branch:
                seen = locate(v.plant, v.branch, v.station)
                if self.section is None or seen.step > self.section.step:
                    self.section = seen
            if v.station.av == v.branch and v.fast_ms >= rules.airflow_steady_ms:
                self.freed = True
                self.told.append(f"shake {self.shakes + 1} brought the air back")
                self._go(Phase.OVER, v)
            elif age >= rules.shake_hold_ms:
                self.shakes += 1
                self._go(Phase.BUILD if self.shakes < rules.shakes else Phase.PROBE_BUILD, v)
        elif self.phase is Phase.PROBE_BUILD:
            if not upstream_of(v.plant, v.branch):
                self._go(Phase.OVER, v)
            elif self._built(v, age):
                self._go(Phase.PROBE, v)
        elif self.phase is Phase.PROBE and (v.fast_ms >= 0 or age >= rules.probe_ms):
            self.main_free = v.fast_ms >= 0
            self._go(Phase.OVER, v)
        return self._wants(v)

    def verdict(self, plant: Plant, branch: int) -> str:
        """The section, as well as taps and probe name it."""
        if self.section is not None and self.section.plugged:
            return self.section.name
        joins = plant.branch[branch].number
        if self.main_free:
            return f"branch {joins}, AV{joins} to the main"
        return f"branch {joins} or main, the taps don't say where"

    def _built(self, v: View, age: int) -> bool:
        enough = v.station.vacuum <= v.rules.shake_kpa or age >= v.rules.shake_build_ms
        return (enough and v.station.av == 0 and v.station.vacuum_ok) or age >= 2 * v.rules.shake_build_ms

    def _wants(self, v: View) -> tuple[Want, ...]:
        hold = (round(-100 * v.rules.shake_kpa),)
        deep = Want("VACUUM_HOLD", lambda v: v.station.vacuum_set <= v.rules.shake_kpa, lambda v: hold)
        shut = Want("AV_CLOSE", lambda v: v.station.av == 0)
        if self.phase in (Phase.BUILD, Phase.PROBE_BUILD):
            return (shut, deep)
        if self.phase is Phase.HOLD:
            return (Want("AV_OPEN", lambda v: v.station.av == v.branch, lambda v: (v.branch,)),)
        if self.phase is Phase.PROBE:
            other = upstream_of(v.plant, v.branch)
            return (Want("AV_OPEN", lambda v: v.station.av == other, lambda v: (other,)),)
        return ()

    def _go(self, phase: Phase, v: View) -> None:
        self.phase, self.since = phase, v.now
