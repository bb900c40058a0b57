"""Cars at 92 charging points: when they come, what they take, how the group controller shares (domain brief §2f).

A point gives what share, car and battery allow; a car follows a new limit after 2 to 5 s, a lower one too. AC points
give 230 V a phase up to 7 kW, a DC point the share's fraction of its 120 kW.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

AC_POINTS = 88
DC_POINTS = 4
POINTS = AC_POINTS + DC_POINTS
AC_W = 7_000.0
DC_W = 120_000.0
VOLTS = 230.0
FULL_A = 32.0
MIN_A = 6.0
FALLBACK_A = 6.0
FALLBACK_S = 10.0
TAPER_FROM = 0.8
"""Of the car's battery: above it the power falls (constant voltage)."""
FLOOR = 0.08
STEP_S = 0.5
ALL = (1 << POINTS) - 1


def two_peaks(second: float) -> float:
    """Arrivals an hour at a second of the day: peaks at 9:30 and 20:00."""
    hour = second / 3600.0
    return 0.6 + 14.0 * math.exp(-(((hour - 9.5) / 1.2) ** 2)) + 16.0 * math.exp(-(((hour - 20.0) / 1.5) ** 2))


class Car:
    """One session. Energies in Wh."""

    __slots__ = ("wanted", "got", "capacity", "soc", "leaves_s", "reaction_s", "w", "applied", "told_s")

    def __init__(self, wanted: float, capacity: float, leaves_s: float, reaction_s: float) -> None:
        self.wanted = wanted
        self.got = 0.0
        self.capacity = capacity
        self.soc = max(0.05, 0.95 - wanted / capacity)
        self.leaves_s = leaves_s
        self.reaction_s = reaction_s
        self.w = 0.0
        self.applied = 0.0
        """Amperes that it keeps to."""
        self.told_s = -1.0
        """When it was told of another limit that it hasn't followed yet; negative: it follows."""

    def most(self) -> float:
        """What its battery takes now, as a fraction of the full power."""
        if self.got >= self.wanted:
            return 0.0
        return 1.0 if self.soc < TAPER_FROM else max(FLOOR, (1.0 - self.soc) / (1.0 - TAPER_FROM))


class ChargingGroup:
    """The group controller and its points. Times are seconds of the plant's clock."""

    def __init__(self, rng: Random, rate: Callable[[float], float] | None = two_peaks) -> None:
        self.rate = rate
        """Arrivals an hour by second of the day; None: nobody comes."""
        self.cars: dict[int, Car] = {}
        self.share = FALLBACK_A
        """Amperes that were asked for."""
        self.enabled = ALL
        self.silent_s = FALLBACK_S
        """Since the last heartbeat."""
        self.supplied = True
        """Its feeder has voltage and isn't shed; see `supply`."""
        self.off = False
        """Switched off by its own contact."""
        self.earth_fault = False
        self.w = 0.0
        self.served_wh = 0.0
        self.unmet_wh = 0.0
        self.arrived = 0
        self._rng = rng
        self._since_s = STEP_S

    @property
    def fallback(self) -> bool:
        """No heartbeat for too long: the fallback share is in force."""
        return self.silent_s >= FALLBACK_S

    @property
    def share_in_force(self) -> float:
        """Amperes that a point may draw."""
        if self.off or self.earth_fault:
            return 0.0
        share = min(self.share, FALLBACK_A) if self.fallback else self.share
        return share if share >= MIN_A else 0.0

    @property
    def connected(self) -> int:
        """Bitmap of the points with a car."""
        return sum(1 << point for point in self.cars)

    @property
    def charging(self) -> int:
        """Bitmap of the points that draw power."""
        return sum(1 << point for point, car in self.cars.items() if car.w > 0.0)

    def heartbeat(self) -> None:
        """The controller has been heard."""
        self.silent_s = 0.0

    def arrive(self, now_s: float, point: int | None = None, wanted_wh: float | None = None) -> int:
        """Let a car come to a point (any free one); returns the point, -1 when all are taken."""
        rng = self._rng
        if point is None:
            free = [each for each in range(POINTS) if each not in self.cars]
            if not free:
                return -1
            point = rng.choice(free)
        wanted = wanted_wh if wanted_wh is not None else 1000.0 * max(3.0, rng.gauss(22.0, 8.0))
        stay = rng.uniform(0.5, 1.5) * 3600 if point >= AC_POINTS else rng.uniform(3.0, 10.0) * 3600
        self.cars[point] = Car(wanted, max(45_000.0, wanted / 0.7), now_s + stay, rng.uniform(2.0, 5.0))
        self.arrived += 1
        return point

    def surge(self, now_s: float, cars: int) -> None:
        """Let so many cars come at once."""
        for _ in range(cars):
            if self.arrive(now_s) < 0:
                return

    def step(self, dt: float, now_s: float, second: float) -> None:
        """Go on by `dt` seconds; cars are looked at twice a second."""
        self.silent_s += dt
        if self._since_s >= STEP_S - 1e-9:
            elapsed, self._since_s = self._since_s, 0.0
            if self.rate is not None and self._rng.random() < self.rate(second) * elapsed / 3600.0:
                self.arrive(now_s)
            self._charge(elapsed)
            self._leave(now_s)
            self._draw(now_s)
        self._since_s += dt
        self.served_wh += self.w * dt / 3600.0

    def supply(self, on: bool) -> None:
        """Give its feeder voltage, or take it: then every car stops at once."""
        if on != self.supplied:
            self.supplied = on
            if not on:
                self._charge(self._since_s)
                self._since_s = 0.0
                for car in self.cars.values():
                    car.w = car.applied = 0.0
                    car.told_s = -1.0
                self.w = 0.0

    def _charge(self, elapsed: float) -> None:
        """What the cars have got since they were last looked at."""
        for car in self.cars.values():
            taken = car.w * elapsed / 3600.0
            car.got += taken
            car.soc = min(1.0, car.soc + taken / car.capacity)

    def _leave(self, now_s: float) -> None:
        gone = [point for point, car in self.cars.items() if car.leaves_s <= now_s]
        for point in gone:
            car = self.cars.pop(point)
            self.unmet_wh += max(0.0, car.wanted - car.got)

    def _draw(self, now_s: float) -> None:
        share = self.share_in_force
        total = 0.0
        for point, car in self.cars.items():
            allowed = share if self.supplied and self.enabled >> point & 1 else 0.0
            if allowed == car.applied:
                car.told_s = -1.0
            elif car.told_s < 0.0:
                car.told_s = now_s
            elif now_s - car.told_s >= car.reaction_s:
                car.applied = allowed
                car.told_s = -1.0
            dc = point >= AC_POINTS
            asked = DC_W * car.applied / FULL_A if dc else min(AC_W, car.applied * VOLTS)
            car.w = min(asked, (DC_W if dc else AC_W) * car.most())
            total += car.w
        self.w = total
