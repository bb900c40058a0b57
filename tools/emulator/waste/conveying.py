"""Waste in the pipes: charges that travel, plugs that form, hold and loosen."""

from __future__ import annotations

from random import Random

from tools.emulator.waste.air import Air
from tools.emulator.waste.blockage import NEVER, SHAKE_PA, Plug
from tools.emulator.waste.books import Reception
from tools.emulator.waste.layout import MAIN
from tools.emulator.waste.slugs import SETTLE_S, Slug

HEAVY_G = 60_000
"""A partial plug that has gathered this much shuts the pipe."""
HEAP_M = 60.0
"""Charges that settle within this of a plug heap up at it."""
FRESH = 11.0
"""Relative speed, m/s, up to which long steps will do (waste at its own speed is 8.7 m/s slower than the air)."""


class Conveying:
    """All charges between a discharge valve and the diverter."""

    def __init__(self, air: Air, reception: Reception, rng: Random) -> None:
        self.air = air
        self.reception = reception
        self.slugs: list[Slug] = []
        self.plugs: list[Plug] = []
        self.blockages = 0
        """Plugs that formed by themselves."""
        self.loosened = 0
        self.changed = False
        """A plug came or went since the caller last looked."""
        self.lively = False
        """Some charge gathers speed: short steps, please."""
        self._rng = rng
        self._armed = [-1.0] * len(air.layout.branches)

    @property
    def in_flight_g(self) -> int:
        """Waste in the pipes, also what stands."""
        return sum(slug.grams for slug in self.slugs)

    def in_flight_of(self, branch: int) -> int:
        """Waste in the pipes that came from a branch, grams."""
        return sum(slug.grams for slug in self.slugs if slug.branch == branch)

    def drop(self, branch: int, at: float, grams: int, fraction: int, inlet: int, now_ms: int) -> None:
        """Let a charge fall into a branch."""
        slug = Slug(branch, at, grams, fraction, inlet, now_ms)
        slug.segment = self.air.segment_at(branch, at)
        self.slugs.append(slug)
        self.lively = True

    def arranged(self) -> None:
        """Find every charge's segment after the pipes were arranged anew."""
        for slug in self.slugs:
            slug.segment = self.air.segment_at(slug.branch, slug.at)

    # -- plugs -----------------------------------------------------------------------------------------------

    def block(self, branch: int, at: float, kind: str, shakes: int = NEVER) -> Plug:
        """Put a plug into a branch or the main. Raises ValueError for a place or kind that doesn't exist."""
        branches = self.air.layout.branches
        if branch == MAIN:
            low, high = 0.0, max(each.junction for each in branches)
        else:
            low, high = branches[branch].junction, branches[branch].end
        if not low <= at < high:
            raise ValueError(f"a plug there stands between {low:.0f} and {high:.0f} m, not at {at:.0f}")
        cal = self.air.cal
        plug = Plug(branch, at, kind, cal.total_k if kind == "total" else cal.partial_k, shakes)
        self.plugs.append(plug)
        self.changed = True
        return plug

    def loosen(self, plug: Plug) -> None:
        """Let a plug crumble; what stands at it goes on when it's gone."""
        if not plug.loose:
            plug.loose = True
            self.loosened += 1

    def _crumble(self, dt: float) -> None:
        for plug in [plug for plug in self.plugs if plug.loose]:
            self.changed = True
            self.lively = True
            if plug.crumble(dt):
                self.plugs.remove(plug)
                for slug in plug.held:
                    slug.plug = None
                    slug.slow_s = 0.0

    def stroke(self, branch: int, area: float) -> None:
        """Follow a branch's air-inlet valve: one that opens abruptly under high vacuum shakes the plugs on its way."""
        if area <= 0.0:
            self._armed[branch] = self.air.pressure
        elif area > 0.5 and self._armed[branch] >= 0.0:
            pressure, self._armed[branch] = self._armed[branch], -1.0
            if pressure < SHAKE_PA:
                return
            junction = self.air.layout.branches[branch].junction
            for plug in list(self.plugs):
                on_the_way = plug.branch == branch or (plug.branch == MAIN and plug.at < junction)
                if on_the_way and not plug.loose and plug.shake():
                    self.loosen(plug)

    def _settle(self, slug: Slug) -> None:
        """A charge that stands in moving air is a plug from now on, or makes one nearby greater."""
        place = self.air.layout.branches[slug.branch]
        branch = slug.branch if slug.at >= place.junction else MAIN
        for plug in self.plugs:
            if plug.branch == branch and plug.formed and not plug.loose and abs(plug.at - slug.at) < HEAP_M:
                self._hold(slug, plug)
                return
        at = min(slug.at, place.end - 0.5)
        plug = Plug(branch, at, "partial", self.air.cal.partial_k, self._rng.randint(1, 2), formed=True)
        self.plugs.append(plug)
        self.blockages += 1
        self._hold(slug, plug)

    def _hold(self, slug: Slug, plug: Plug) -> None:
        slug.plug = plug
        slug.speed = 0.0
        slug.at = plug.at
        plug.held.append(slug)
        if plug.formed and plug.kind == "partial" and plug.held_g > HEAVY_G:
            plug.kind = "total"
            plug.k = self.air.cal.total_k
        self.changed = True

    # -- time ------------------------------------------------------------------------------------------------

    def step(self, dt: float, now_ms: int, position: int) -> None:
        """Move all charges for `dt` seconds; set the drag of each on its segment. `position`: of the diverter."""
        landed = False
        lively = False
        air = self.air
        cal = air.cal
        for slug in self.slugs:
            if slug.plug is not None:
                continue
            segment = slug.segment
            way = slug.step(dt, cal)
            if way > 0.0:
                at = slug.at - way
                plug = self._in_the_way(slug, at) if self.plugs else None
                if plug is not None:
                    self._hold(slug, plug)
                    continue
                slug.at = at
                if at <= 0.0:
                    self.reception.land(slug, position, now_ms)
                    landed = True
                    continue
                if segment is None or at <= segment.low:
                    slug.segment = air.segment_at(slug.branch, at)
            if slug.slow_s >= SETTLE_S:
                self._settle(slug)
            elif segment is not None and segment.flow / cal.area - slug.speed > FRESH:
                lively = True
        self.lively = lively
        if self.plugs:
            self._crumble(dt)
        if landed:
            self.slugs = [slug for slug in self.slugs if slug.at > 0.0 or slug.plug is not None]

    def _in_the_way(self, slug: Slug, to: float) -> Plug | None:
        """Return the first plug that a charge meets between its place and `to`."""
        met: Plug | None = None
        for plug in self.plugs:
            if plug.branch in (slug.branch, MAIN) and to <= plug.at < slug.at and (met is None or plug.at > met.at):
                if plug.branch == MAIN and plug.at > self.air.layout.branches[slug.branch].junction:
                    continue
                met = plug
        return met
