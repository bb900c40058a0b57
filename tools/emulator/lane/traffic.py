"""Vehicles on their way through a lane: arrivals, car following (IDM), drivers who obey the boom (domain brief §3f).

Decisions are taken every 50 ms, positions move with every step. A driver goes when the boom is above 80 % of its travel
(higher for a high roof) and the light is green, after a reaction of N(1.2, 0.4) s; a tailgater needs no green light and
keeps close. Nobody crosses the stop line under a boom that has been seen to fall for 0.3 s.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from random import Random

from tools.emulator.lane import geometry as g
from tools.emulator.lane.vehicle import MIX, Kind, Vehicle

DECIDE_MS = 50
A_MAX = 2.0
B_COMFORT = 2.5
B_HARD = 6.0
HEADWAY_S = 0.9
GAP = 1.5
SEEN_FALLING_MS = 300

Rate = Callable[[int], float]
"""Arrivals in vehicles an hour at a plant time in ms."""


def steady(per_hour: float) -> Rate:
    """Poisson arrivals of a constant mean."""
    return lambda now_ms: per_hour


def daily(peak_per_hour: float, peak_hour: float, start_hour: float = 0.0, base: float = 12.0) -> Rate:
    """Arrivals over a day: a base and one peak two hours wide; plant time 0 is `start_hour`."""

    def rate(now_ms: int) -> float:
        hour = (start_hour + now_ms / 3_600_000.0) % 24.0
        distance = min(abs(hour - peak_hour), 24.0 - abs(hour - peak_hour))
        return base + (peak_per_hour - base) * math.exp(-(distance**2) / 0.9)

    return rate


def morning(start_hour: float = 7.5) -> Rate:
    """Entry lane: 240 vehicles an hour at 8:00."""
    return daily(240.0, 8.0, start_hour)


def evening(start_hour: float = 17.5) -> Rate:
    """Exit lane: 300 vehicles an hour at 18:00; cars leave all day."""
    return daily(300.0, 18.0, start_hour, base=60.0)


class Traffic:
    """The vehicles of one lane, front-most first, and where the next ones come from."""

    def __init__(self, rng: Random, rate: Rate | None = None, *, plates: Callable[[], str] | None = None) -> None:
        self.rng = rng
        self.rate = rate
        self.saturated = False
        """There is always a next vehicle as soon as there's room for one."""
        self.mix = MIX
        self.tailgaters = 0.0
        """Share of drivers who follow their predecessor without waiting for a green light."""
        self.backers = 0.0
        """Share of drivers who back out of an open lane again."""
        self.stoppers = 0.0
        """Share of drivers who stop under the boom for a while."""
        self.plates = plates or self._any_plate
        self.vehicles: deque[Vehicle] = deque()
        self.backlog: deque[Vehicle] = deque()
        self.limit: int | None = None
        """No more arrivals after this many vehicles."""
        self.arrived = 0
        self.passed = 0
        self.backed_out = 0
        self.lane_ms_total = 0
        self.on_passed: list[Callable[[Vehicle], None]] = []
        self._next_ms = -1
        self._since_decision = 0

    def _any_plate(self) -> str:
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
        return f"浙{self.rng.choice(letters)}{self.rng.randint(0, 99999):05d}"

    @property
    def queue(self) -> int:
        """Vehicles that stand or crawl before the stop line, backlog included."""
        waiting = sum(1 for v in self.vehicles if v.front <= g.STOP_LINE and v.speed < 0.5 and not v.committed)
        return waiting + len(self.backlog)

    @property
    def quiet(self) -> bool:
        """Whether no vehicle is in the lane."""
        return not self.vehicles and not self.backlog

    def add(self, kind: Kind, now_ms: int = 0, plate: str = "") -> Vehicle:
        """Send one vehicle of a kind into the approach; it enters as soon as there's room."""
        self.arrived += 1
        vehicle = Vehicle(self.arrived, kind, self.rng, plate or self.plates(), now_ms)
        self.backlog.append(vehicle)
        return vehicle

    def prime(self) -> None:
        """Put a first vehicle half-way up the approach, so that something is to be seen at once."""
        if self.rate is not None:
            vehicle = self.add(self.mix[0][0])
            self.backlog.pop()
            vehicle.front = g.SPAWN / 2
            self.vehicles.append(vehicle)

    def _arrivals(self, now_ms: int) -> None:
        if self.limit is not None and self.arrived >= self.limit:
            return
        if self.saturated:
            if not self.backlog:
                self._random(now_ms)
            return
        if self.rate is None:
            return
        if self._next_ms < 0:
            self._next_ms = now_ms + self._gap(now_ms)
        while now_ms >= self._next_ms and (self.limit is None or self.arrived < self.limit):
            self._random(now_ms)
            self._next_ms += self._gap(now_ms)

    def _gap(self, now_ms: int) -> int:
        assert self.rate is not None
        return int(self.rng.expovariate(max(1e-3, self.rate(now_ms)) / 3_600_000.0))

    def _random(self, now_ms: int) -> None:
        pick = self.rng.random()
        kind = self.mix[0][0]
        for candidate, share in self.mix:
            if pick < share:
                kind = candidate
                break
            pick -= share
        vehicle = self.add(kind, now_ms)
        odd = self.rng.random()
        if odd < self.tailgaters and kind.roof < 2.5:
            vehicle.tailgater = True
        elif odd < self.tailgaters + self.backers:
            vehicle.backs_out = True
        elif odd < self.tailgaters + self.backers + self.stoppers:
            vehicle.halt_ms = self.rng.randint(3_000, 40_000)

    # -- movement --------------------------------------------------------------------------------------------

    def step(self, dt_ms: int, now_ms: int, degrees: float, falling_ms: int, green: int) -> bool:
        """Move everything by `dt_ms`; returns whether any vehicle moved or came or went."""
        self._since_decision += dt_ms
        if self._since_decision >= DECIDE_MS:
            self._since_decision = 0
            self._arrivals(now_ms)
            if self.backlog:
                self._enter()
            if self.vehicles:
                self._decide(now_ms, degrees, falling_ms, green)
        moved = False
        dt = dt_ms * 0.001
        for vehicle in self.vehicles:
            speed = vehicle.speed
            if speed == 0.0 and vehicle.accel <= 0.0 and not vehicle.reversing:
                continue
            moved = True
            speed += vehicle.accel * dt
            if vehicle.reversing:
                speed = -1.0
            elif speed < 0.0:
                speed = 0.0
            vehicle.speed = speed
            vehicle.front += speed * dt
        if moved:
            self._leave(now_ms)
        return moved

    def _enter(self) -> None:
        reversing = any(v.reversing for v in self.vehicles)
        if reversing:
            return
        last = self.vehicles[-1] if self.vehicles else None
        if last is not None and last.rear < g.SPAWN + 4.0:
            return
        vehicle = self.backlog.popleft()
        vehicle.front = g.SPAWN
        if last is not None:
            vehicle.speed = min(vehicle.speed, max(0.0, last.speed))
        self.vehicles.append(vehicle)

    def _leave(self, now_ms: int) -> None:
        first = self.vehicles[0]
        if not first.counted and first.rear > g.LB[1]:
            self._count(first, now_ms)
        elif first.counted and first.rear > g.GONE:
            self.vehicles.popleft()
        if len(self.vehicles) > 1:
            second = self.vehicles[1]
            if not second.counted and second.rear > g.LB[1]:
                self._count(second, now_ms)
        if self.vehicles and self.vehicles[-1].reversing and self.vehicles[-1].front < g.SPAWN + 10.0:
            self.vehicles.pop()
            self.backed_out += 1

    def _count(self, vehicle: Vehicle, now_ms: int) -> None:
        vehicle.counted = True
        self.passed += 1
        self.lane_ms_total += now_ms - vehicle.entered_ms
        for notify in self.on_passed:
            notify(vehicle)

    # -- decisions -------------------------------------------------------------------------------------------

    def _decide(self, now_ms: int, degrees: float, falling_ms: int, green: int) -> None:
        leader: Vehicle | None = None
        head = True
        for index, vehicle in enumerate(self.vehicles):
            if vehicle.reversing:
                leader = vehicle
                continue
            if head and vehicle.front <= g.STOP_LINE and not vehicle.committed:
                self._at_line(vehicle, leader, now_ms, degrees, falling_ms, green)
                head = False
            elif vehicle.committed and vehicle.front > g.STOP_LINE:
                self._under_way(vehicle, index, now_ms)
            gap = 1e9
            closing = vehicle.speed
            if leader is not None:
                gap = leader.rear - vehicle.front
                closing = vehicle.speed - leader.speed
            room = GAP if not vehicle.tailgater else 0.8
            accel = self._follow(vehicle, gap, closing, room)
            if not vehicle.committed and vehicle.front <= g.STOP_LINE:
                # The stop line is a standing leader; its front bumper stops 0.2 m before it.
                accel = min(accel, self._follow(vehicle, g.STOP_LINE - 0.2 + GAP - vehicle.front, vehicle.speed, GAP))
            if vehicle.halted:
                accel = -B_HARD
            vehicle.accel = accel
            if accel < 0.0 and vehicle.speed < 0.05:
                vehicle.speed = 0.0
            leader = vehicle

    def _follow(self, vehicle: Vehicle, gap: float, closing: float, room: float) -> float:
        """Acceleration of the Intelligent Driver Model."""
        speed = vehicle.speed
        free = 1.0 - (speed / vehicle.v_desired) ** 4
        if gap > 60.0:
            return A_MAX * free
        wanted = room + max(0.0, speed * HEADWAY_S + speed * closing / (2.0 * math.sqrt(A_MAX * B_COMFORT)))
        accel = A_MAX * (free - (wanted / max(gap, 0.05)) ** 2)
        return max(-B_HARD, accel)

    def _at_line(
        self, vehicle: Vehicle, leader: Vehicle | None, now_ms: int, degrees: float, falling_ms: int, green: int
    ) -> None:
        allowed = degrees >= vehicle.needs_deg and falling_ms < SEEN_FALLING_MS
        if not (green or vehicle.tailgater):
            allowed = False
        if leader is not None and leader.front - leader.length < g.STOP_LINE + 0.5 and not vehicle.tailgater:
            allowed = False
        if not allowed:
            vehicle.go_ms = -1
            return
        distance = g.STOP_LINE - vehicle.front
        rolling = vehicle.speed > 0.8
        if vehicle.go_ms < 0:
            vehicle.go_ms = now_ms + (0 if rolling or vehicle.tailgater else vehicle.reaction_ms)
        if now_ms < vehicle.go_ms:
            return
        # Whoever is still far from the line decides again on the way.
        if distance < 0.3 + vehicle.speed * vehicle.speed / (2.0 * B_COMFORT):
            vehicle.committed = True

    def _under_way(self, vehicle: Vehicle, index: int, now_ms: int) -> None:
        if vehicle.halt_ms and not vehicle.halted and vehicle.front > 1.5:
            vehicle.halted = True
            vehicle.wakes_ms = now_ms + vehicle.halt_ms
        elif vehicle.halted and now_ms >= vehicle.wakes_ms:
            vehicle.halted = False
            vehicle.halt_ms = 0
        if vehicle.backs_out and vehicle.front > 0.6:
            if index == len(self.vehicles) - 1 and not self.backlog:
                vehicle.reversing = True
            else:
                vehicle.backs_out = False
