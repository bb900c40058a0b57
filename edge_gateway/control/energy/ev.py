"""The EV allocator: equal shares, 6 A or nothing, a queue in turns of 15 min (domain brief §2d).

A budget in kW becomes one share current for all points and the set of those that may charge. The share rises by 1 A in
10 s and falls at once. A vehicle that takes nothing for two minutes rests for a turn, so that its share goes to others.
Who begins anew while vehicles charge goes on with those and with what they take: to drop them would be a kick.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from edge_gateway.control.energy.image import Ev
from edge_gateway.control.energy.plant import EvFigures

_ROUNDING = 1e-6
"""A budget that was worked out as so many times 6 A is that."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """amps: share of each point, 0 for none. enabled: points that may charge. waiting: connected, in the queue."""

    amps: float = 0.0
    enabled: frozenset[int] = frozenset()
    waiting: tuple[int, ...] = ()
    why: str = ""

    def kw(self, figures: EvFigures) -> float:
        """What the enabled points take at most (kW)."""
        return self.amps * sum(figures.kw_a(point) for point in self.enabled)


@dataclass(slots=True)
class Allocator:
    """Remembers who has charged and for how long. `step` once a second."""

    figures: EvFigures = field(default_factory=EvFigures)
    _queue: list[int] = field(default_factory=list)
    """Connected points, those whose turn it is first."""
    _turn_at: int = 0
    _amps: float = 0.0
    _raise_at: int = 0
    _idle_since: dict[int, int] = field(default_factory=dict)
    _rest_until: dict[int, int] = field(default_factory=dict)
    _allowed: int = 0
    """How many points may be enabled (§5, grid back: staggered)."""
    _begun: bool = False
    """The vehicles were seen once."""
    _more_at: int = 0
    _enabled: frozenset[int] = frozenset()

    def floor_kw(self, seen: Ev) -> float:
        """What all connected vehicles take at the smallest current (kW)."""
        return self.figures.floor_a * self._weight(self._connected(seen))

    def full_kw(self, seen: Ev) -> float:
        """What they take at the largest (kW)."""
        return self.figures.full_a * self._weight(self._connected(seen))

    def step(self, seen: Ev, budget_kw: float, now: int) -> Allocation:
        """Who may charge with how much."""
        figures = self.figures
        self._follow(seen, now)
        if not self._begun and seen.connected is not None:
            self._begin(seen, now)
        active = [point for point in self._queue if self._rest_until.get(point, now) <= now]
        chosen = self._chosen(active, budget_kw, now)
        self._ramp(chosen, budget_kw, now)
        if self._amps < figures.floor_a:
            chosen = []
        self._enabled = frozenset(chosen)
        waiting = tuple(point for point in active if point not in self._enabled)
        return Allocation(self._amps if chosen else 0.0, self._enabled, waiting, self._why(active, chosen, budget_kw))

    def _why(self, active: list[int], chosen: list[int], budget_kw: float) -> str:
        if not active:
            return "nobody wants to charge"
        if not chosen:
            return f"{budget_kw:.0f} kW are not enough for one point at {self.figures.floor_a:g} A"
        if len(chosen) < len(active):
            return f"{len(active) - len(chosen)} wait for their turn of {self.figures.turn_ms // 60_000} min"
        return "equal share"

    def _connected(self, seen: Ev) -> Iterable[int]:
        return range(self.figures.points) if seen.connected is None else sorted(seen.connected)

    def _weight(self, points: Iterable[int]) -> float:
        return sum(self.figures.kw_a(point) for point in points)

    def _follow(self, seen: Ev, now: int) -> None:
        """Who came, who left, who is full."""
        figures, connected = self.figures, set(self._connected(seen))
        self._queue = [point for point in self._queue if point in connected]
        self._queue += sorted(connected - set(self._queue))
        for known in (self._idle_since, self._rest_until):
            for point in [point for point in known if point not in connected]:
                del known[point]
        for point in self._queue:
            if point in self._enabled and point not in seen.charging:
                since = self._idle_since.setdefault(point, now)
                if now - since >= figures.rest_ms:
                    self._rest_until[point] = now + figures.turn_ms
                    del self._idle_since[point]
            else:
                self._idle_since.pop(point, None)

    def _begin(self, seen: Ev, now: int) -> None:
        """Go on with those that charge already, at what they take on average."""
        self._begun = True
        weight = self._weight(seen.charging)
        if weight:
            self._queue.sort(key=lambda point: point not in seen.charging)
            self._enabled = seen.charging
            self._allowed, self._more_at = max(self.figures.stagger, len(seen.charging)), now + self.figures.raise_ms
            self._amps = max(self.figures.floor_a, (seen.kw or 0.0) / weight)
            self._raise_at, self._turn_at = now + self.figures.raise_ms, now + self.figures.turn_ms

    def _chosen(self, active: list[int], budget_kw: float, now: int) -> list[int]:
        """As many of the queue as can have the smallest current; a full turn later the next ones."""
        figures = self.figures
        if budget_kw >= figures.floor_a * self._weight(active) - _ROUNDING:
            self._turn_at = now + figures.turn_ms
            chosen = list(active)
        else:
            if now >= self._turn_at:
                self._turn_at = now + figures.turn_ms
                had = [point for point in active if point in self._enabled]
                self._queue = [point for point in self._queue if point not in had] + had
                active = [point for point in self._queue if point in set(active)]
            chosen, left = [], budget_kw
            for point in active:
                need = figures.floor_a * figures.kw_a(point)
                if need <= left + _ROUNDING:
                    chosen.append(point)
                    left -= need
        return chosen[: self._stagger(now)]

    def _stagger(self, now: int) -> int:
        """How many points may be enabled now: few after all were off, a few more every ten seconds."""
        if not self._enabled:
            self._allowed, self._more_at = self.figures.stagger, now + self.figures.raise_ms
        elif now >= self._more_at:
            self._allowed = min(self._allowed + self.figures.stagger, self.figures.points)
            self._more_at = now + self.figures.raise_ms
        return self._allowed

    def _ramp(self, chosen: list[int], budget_kw: float, now: int) -> None:
        """The share: down at once, up by 1 A in 10 s."""
        figures = self.figures
        weight = self._weight(chosen)
        most = min(budget_kw / weight, figures.full_a) if weight else 0.0
        most = max(most, figures.floor_a) if most >= figures.floor_a - _ROUNDING else 0.0
        if most <= self._amps or self._amps == 0.0:
            self._raise_at = now + figures.raise_ms
            self._amps = min(most, figures.floor_a) if self._amps == 0.0 else most
        elif now >= self._raise_at:
            self._raise_at = now + figures.raise_ms
            self._amps = min(most, self._amps + figures.raise_a)
