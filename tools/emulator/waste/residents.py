"""Residents: when they come in the course of a day, and what they bring."""

from __future__ import annotations

import heapq
from random import Random

from tools.emulator.waste.inlet import Chute, Inlet

# fmt: off
PROFILE = (
    # Share of a day's visits in each hour, per mille: perishable, other, recyclable.
    (5, 5, 5), (3, 3, 3), (2, 2, 2), (2, 2, 2), (5, 5, 3), (15, 15, 5), (50, 45, 20), (95, 85, 40),
    (80, 80, 50), (45, 55, 60), (35, 40, 65), (45, 40, 60), (65, 45, 50), (40, 35, 45), (25, 35, 50), (25, 35, 55),
    (35, 40, 60), (60, 55, 65), (90, 85, 80), (105, 105, 100), (80, 85, 85), (50, 55, 55), (28, 33, 28), (15, 15, 12),
)
# fmt: on
KG_A_DAY = (70.0, 80.0, 40.0)
"""Perishable, other, recyclable: a group of about a hundred households."""
BAG_G = ((1_200, 3_600), (1_500, 4_500), (600, 2_400))
HATCH_MS = (4_000, 9_000)
RETRY_MS = 45_000
TRIES = 3
CARD_MS = 1_500
"""From the card at the reader to the hand at the hatch."""
MAX_TOKEN = (1 << 30) - 1
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


class Residents:
    """Visits of all inlets in the order of time. `start_hour` is the time of day at 0 ms."""

    def __init__(self, inlets: list[Inlet], rng: Random, start_hour: float, scale: float = 1.0) -> None:
        self._rng = rng
        self._start_ms = int(start_hour * HOUR_MS)
        self._scale = scale
        self._sums = tuple(sum(row[fraction] for row in PROFILE) for fraction in range(3))
        self._peak = tuple(max(row[fraction] for row in PROFILE) for fraction in range(3))
        self._queue: list[tuple[int, int, int, Chute, int]] = []
        self._order = 0
        if scale > 0.0:
            for inlet in inlets:
                for chute in inlet.chutes:
                    self._next_visit(0, chute)

    @property
    def next_ms(self) -> int:
        """When something happens next."""
        return self._queue[0][0] if self._queue else 1 << 60

    def hour(self, now_ms: int) -> float:
        """Time of day, hours."""
        return (now_ms + self._start_ms) % DAY_MS / HOUR_MS

    def _push(self, at: int, tries: int, chute: Chute, grams: int) -> None:
        self._order += 1
        heapq.heappush(self._queue, (at, self._order, tries, chute, grams))

    def _next_visit(self, now: int, chute: Chute) -> None:
        """Draw the next visit from a Poisson process that follows the profile."""
        fraction = min(chute.fraction, 2)
        bag = sum(BAG_G[fraction]) / 2
        daily = KG_A_DAY[fraction] * 1000.0 / bag * self._scale
        peak = daily * self._peak[fraction] / self._sums[fraction] / HOUR_MS
        rng = self._rng
        at = float(now)
        while True:
            at += rng.expovariate(peak)
            if rng.random() * self._peak[fraction] < PROFILE[int(self.hour(int(at)))][fraction]:
                break
        self._push(int(at), 0, chute, rng.randint(*BAG_G[fraction]))

    def act(self, now: int) -> bool:
        """Let everything happen that is due; returns whether something did."""
        queue = self._queue
        if not queue or queue[0][0] > now:
            return False
        while queue and queue[0][0] <= now:
            _at, _order, tries, chute, grams = heapq.heappop(queue)
            if tries < 0:
                chute.hatch_open = False
                chute.put(grams)
                self._next_visit(now, chute)
            elif tries == 0:
                chute.reader.read(self._rng.randint(1, MAX_TOKEN))
                self._push(now + CARD_MS, 1, chute, grams)
            elif chute.unlocked and not chute.full and not chute.hatch_open:
                chute.hatch_open = True
                chute.deposits += 1
                self._push(now + self._rng.randint(*HATCH_MS), -1, chute, grams)
            elif tries < TRIES:
                self._push(now + RETRY_MS, tries + 1, chute, grams)
            else:
                chute.refused += 1
                self._next_visit(now, chute)
        return True
