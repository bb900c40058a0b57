"""Field devices of a lane as they behave, faults included: loops, beams, edge, reader (domain brief §3a, §3f)."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from protocols.token import token
from tools.emulator.lane import geometry as g
from tools.emulator.lane.vehicle import Vehicle

TUNE_OUT_MS = 300_000
LOOP_FAULTS = ("open", "short", "crosstalk", "drift", "tune_out")


class Loop:
    """An inductive loop with its detector: presence after 60-100 ms, absence after 100-250 ms.

    Faults: ``open`` and ``short`` (detector reports fault and drops its relay: present), ``crosstalk`` (chatter of
    0.2-1 s), ``drift`` (the reach shrinks 2 cm/s, so that high vehicles vanish first), ``tune_out`` (a standing vehicle
    is forgotten after 300 s, as a limited-presence detector does).
    """

    def __init__(self, span: tuple[float, float], rng: Random) -> None:
        self.x0, self.x1 = span
        self.on_ms = rng.randint(60, 100)
        self.off_ms = rng.randint(100, 250)
        self.present = 0
        self.fault = 0
        self.failure = ""
        self.idle = False
        """Free and healthy: nothing changes until a vehicle comes."""
        self.reach = g.LOOP_REACH
        self._rng = rng
        self._metal = False
        self._since = 0
        self._present_since = 0
        self._burst_until = 0
        self._forgotten = False

    def fail(self, kind: str) -> None:
        """Start a fault, or end it with ``""``. Raises ValueError for one that a loop doesn't have."""
        if kind and kind not in LOOP_FAULTS:
            raise ValueError(f"a loop has the faults {', '.join(LOOP_FAULTS)}, not {kind!r}")
        self.failure = kind
        self.idle = False
        self._forgotten = False
        if not kind:
            self.reach = g.LOOP_REACH

    def step(self, vehicles: Iterable[Vehicle], now_ms: int, dt_ms: int) -> None:
        """Look at the vehicles (front-most first) at plant time `now_ms`."""
        failure = self.failure
        self.fault = 1 if failure in ("open", "short") else 0
        if self.fault:
            self.present = 1
            return
        if failure == "drift" and self.reach > 0.0:
            self.reach -= 0.02 * dt_ms * 0.001
        metal = self._covered(vehicles)
        if failure == "crosstalk":
            metal = self._chatter(now_ms) or metal
        if failure == "tune_out":
            metal = self._remembered(metal, now_ms)
        if metal != self._metal:
            self._metal = metal
            self._since = now_ms
        if metal != bool(self.present) and now_ms - self._since >= (self.on_ms if metal else self.off_ms):
            self.present = int(metal)
            self._present_since = now_ms
        self.idle = not (metal or self.present or failure)

    def _covered(self, vehicles: Iterable[Vehicle]) -> bool:
        x0, x1 = self.x0, self.x1
        for vehicle in vehicles:
            front = vehicle.front
            if front < x0:
                return False
            if front - vehicle.length > x1:
                continue
            for a, b in vehicle.spans_below(self.reach):
                high = front - a
                low = front - b
                if (high if high < x1 else x1) - (low if low > x0 else x0) > g.LOOP_OVERLAP:
                    return True
        return False

    def _chatter(self, now_ms: int) -> bool:
        if now_ms >= self._burst_until + 1000:
            self._burst_until = now_ms + self._rng.randint(200, 1000)
        return now_ms < self._burst_until

    def _remembered(self, metal: bool, now_ms: int) -> bool:
        if not metal:
            self._forgotten = False
        elif self.present and now_ms - self._present_since >= TUNE_OUT_MS:
            self._forgotten = True
        return metal and not self._forgotten


class Beam:
    """A through-beam at one height. TEST switches its transmitter off: a healthy beam then reads broken."""

    def __init__(self, place: tuple[float, float]) -> None:
        self.x, self.height = place
        self.blocked = False
        """Something other than a vehicle stands in it (a person, a test rod)."""

    def broken(self, vehicles: Iterable[Vehicle], test: int) -> int:
        """Return 1 when no light arrives."""
        if test or self.blocked:
            return 1
        for vehicle in vehicles:
            if vehicle.front < self.x:
                return 0
            if vehicle.cuts(self.x, self.height):
                return 1
        return 0


EDGE_HEALTHY_OHM = 8200
EDGE_PRESSED_OHM = 150
EDGE_OPEN_OHM = 30000
EDGE_FORCE = 30.0


class Edge:
    """The safety edge on the boom: 8.2 kOhm, short when pressed, open when torn off (EN 12978)."""

    def __init__(self) -> None:
        self.pressed = False
        self.torn = False

    def ohms(self, force: float) -> int:
        """Resistance with `force` newtons on the boom's lower side."""
        if self.torn:
            return EDGE_OPEN_OHM
        return EDGE_PRESSED_OHM if self.pressed or force > EDGE_FORCE else EDGE_HEALTHY_OHM


class Reader:
    """The plate reader: latency N(0.6, 0.2) s, hits 97 %, reads another plate 0.3 %.

    It tries once by itself, and again when it is triggered (READ.TRG), or every `retry_ms` where that isn't 0.
    """

    def __init__(self, rng: Random, hit: float = 0.97, wrong: float = 0.003, retry_ms: int = 0) -> None:
        self.hit = hit
        self.wrong = wrong
        self.retry_ms = retry_ms
        self.sequence = 0
        self.token = 0
        self.confidence = 0
        self.reads = 0
        self.missed = 0
        self.wrong_reads = 0
        self._rng = rng

    def look(self, vehicle: Vehicle, now_ms: int) -> None:
        """Watch the vehicle at the head of the queue; a read changes `sequence`."""
        if vehicle.read_ms < 0:
            vehicle.read_ms = now_ms + int(1000 * max(0.15, self._rng.gauss(0.6, 0.2)))
        if now_ms < vehicle.read_ms:
            return
        if self._rng.random() >= self.hit:
            self.missed += 1
            vehicle.read_ms = now_ms + self.retry_ms if self.retry_ms else 1 << 62
            return
        plate = vehicle.plate
        if self._rng.random() < self.wrong:
            self.wrong_reads += 1
            plate += "?"
        vehicle.read = True
        self.present(plate, int(max(50.0, min(99.0, self._rng.gauss(94.0, 3.0)))))

    def present(self, plate: str, confidence: int = 99) -> None:
        """A plate or ticket is shown to the reader."""
        self.reads += 1
        self.token = token(plate)
        self.confidence = confidence
        self.sequence = (self.sequence + 1) & 0xFFFF
