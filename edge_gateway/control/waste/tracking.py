"""What the plant itself has counted since the last look goes into the books: deposits, pulses, levels, weight.

The boards' counts are kept over restarts of theirs and of ours, so that nothing is missed while nobody looked.
"""

from __future__ import annotations

from edge_gateway.control.waste.image import Valve, Valves
from edge_gateway.control.waste.orders import Note
from edge_gateway.control.waste.plant import Chute, Fraction, Plant, Rules
from edge_gateway.control.waste.state import Memory

MODULUS = 1 << 32
_JUMP = 10_000
"""A count that moved further than this is another board's, or was cleared."""
LSH_SHARE = 0.6


def track(
    plant: Plant, rules: Rules, valves: Valves, before: Valves, memory: Memory, utc_ms: int, full_limit_ms: int
) -> tuple[list[Note], set[str]]:
    """Books what is new in `valves` against `before`. Returns notes, and the chutes that have been pulsed since."""
    notes: list[Note] = []
    pulsed: set[str] = set()
    for chute in plant.chutes:
        valve = valves[chute.name]
        if not valve.fresh or valve is before[chute.name]:
            continue
        known = memory.chute(chute.name)
        known.emptied = known.emptied or utc_ms
        deposits = _moved(known.deposits, valve.deposits, chute, "deposits", notes)
        if deposits:
            memory.books.deposit(chute, deposits)
        known.deposits = valve.deposits
        pulses = _moved(known.pulses, valve.pulses, chute, "pulses", notes)
        for _ in range(pulses):
            number = memory.token if memory.holder == chute.name else 0
            charge = memory.books.pulse(chute, number, rules.pulse_g, utc_ms)
            known.emptied = utc_ms
            pulsed.add(chute.name)
            body = {"kg": charge.grams / 1000, "fraction": Fraction(chute.fraction).name.lower(), "token": number}
            notes.append(Note("DISCHARGED", chute.name, body))
        known.pulses = valve.pulses
        if chute.name != memory.holder and valve.proven_shut:  # levels fall before the pulse is counted
            levels(plant, chute, valve, memory, utc_ms, full_limit_ms, notes)
    return notes, pulsed


def _moved(before: int | None, now: int, chute: Chute, what: str, notes: list[Note]) -> int:
    if before is None or before == now:
        return 0
    moved = (now - before) % MODULUS
    if moved > _JUMP:
        notes.append(Note("COUNTER_REBASED", chute.name, {"what": what, "from": before, "to": now}))
        return 0
    return moved


def levels(
    plant: Plant, chute: Chute, valve: Valve, memory: Memory, utc_ms: int, full_limit_ms: int, notes: list[Note]
) -> None:
    """Edges of the level switches: they say what is there better than the count of deposits does."""
    known = memory.chute(chute.name)
    high_g = round(LSH_SHARE * plant.capacity_g)
    if valve.high and not known.high_since:
        known.high_since = utc_ms
        memory.books.level(chute, high_g)
    elif not valve.high and known.high_since:
        known.high_since = 0
        memory.books.level_below(chute, high_g)
    if valve.full and not known.full_since:
        known.full_since = utc_ms
        memory.books.level(chute, plant.capacity_g)
        notes.append(Note("CHUTE_FULL", chute.name))
    elif not valve.full and known.full_since:
        minutes = round((utc_ms - known.full_since) / 60_000, 1)
        late = utc_ms - known.full_since > full_limit_ms
        notes.append(Note("CHUTE_EMPTIED", chute.name, {"full_min": minutes, "late": late}))
        known.full_since = 0


class Scales:
    """Follows the scales of the container in use: how long they stand still, and which charges have come down."""

    def __init__(self) -> None:
        self._kg: float | None = None
        self._since = 0
        self._down: set[tuple[int, int]] = set()

    def steady_ms(self, kg: float, now: int) -> int:
        """For how long the weight has been what it is."""
        if kg != self._kg:
            self._kg, self._since = kg, now
        return now - self._since

    def landings(self, memory: Memory, container: int, kg: float, utc_ms: int, fraction: int) -> list[float]:
        """Seconds from pulse to landing of those charges whose weight has arrived since the last look."""
        base = memory.scales.get(container)
        if base is None:
            return []
        found, below = [], 0.0
        for charge in memory.books.flying:
            if charge.fraction != fraction:
                continue
            weight = charge.grams / 1000
            key = (charge.utc_ms, charge.number)
            if kg - base >= below + 0.5 * weight > 0 and key not in self._down:
                self._down.add(key)
                found.append((utc_ms - charge.utc_ms) / 1000)
            below += weight
        return found

    def settled(self) -> None:
        """The books are settled: nothing is in flight."""
        self._down.clear()
