"""An RS-485 line: half duplex, one character after the other, everyone hears everyone (domain brief §7).

A transmission takes 10 bits a character (8N1) or 11 (parity or two stop bits) at the line's baud rate and is delivered
to every other station when its last character has ended. Two at once corrupt each other; who transmits hears nothing.
Faults are per station ("" is any): ``drop``, ``corrupt``, ``delay``, ``dribble``, ``mute``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from tools.emulator.world import World

LINE_FAULTS = ("drop", "corrupt", "delay", "dribble", "mute")


class Receiver(Protocol):
    """Something with ears on the line."""

    def receive_serial(self, data: bytes, end_us: int) -> None:
        """Take bytes whose last one ended at world time `end_us`."""


@dataclass(slots=True)
class Transmission:
    """One burst on its way."""

    sender: str
    data: bytes
    begin_us: int
    end_us: int
    collided: bool = False


@dataclass(slots=True)
class LineFault:
    """`chance` (0..1) applies to each burst; `amount` is µs of delay or of pause between dribbled characters."""

    kind: str
    sender: str
    chance: float
    amount: int
    hits: int = 0


@dataclass
class LineStatistics:
    """Counters of a line."""

    bursts: int = 0
    characters: int = 0
    collisions: int = 0
    busy_us: int = 0
    faults: dict[str, int] = field(default_factory=dict)


class SerialLine:
    """The two wires. Stations are known by name."""

    def __init__(self, world: World, baud: int = 115_200, bits: int = 10, seed: int = 1) -> None:
        if bits not in (10, 11):
            raise ValueError(f"a character has 10 or 11 bits on the wire, not {bits}")
        self.world = world
        self.baud = baud
        self.bits = bits
        self.statistics = LineStatistics()
        self.trace: list[tuple[int, str, bytes]] | None = None
        """Set to a list to record (end in µs, sender, bytes)."""
        self._stations: dict[str, Receiver] = {}
        self._units: dict[str, int] = {}
        self._active: list[Transmission] = []
        self._free_us: dict[str, int] = {}
        self._faults: list[LineFault] = []
        self._rng = Random(seed)

    def character_us(self, characters: int = 1) -> int:
        """Time that so many characters take on the wire."""
        return -(-characters * self.bits * 1_000_000 // self.baud)

    def connect(self, name: str, station: Receiver, unit: int = 0) -> None:
        """Put a station on the line. With a `unit` it hears only the master's requests to it, and broadcasts.

        What a board hears of others costs it a turn each and changes nothing, so where there are many boards for few
        processors it is left out; a test that is about the line wants everyone to hear everyone.
        """
        self._stations[name] = station
        self._units[name] = unit

    def disconnect(self, name: str) -> None:
        """Take a station off the line; it hears nothing and disturbs nobody."""
        self._units.pop(name, None)
        self._stations.pop(name, None)

    def fault(self, kind: str, sender: str = "", chance: float = 1.0, amount: int = 0) -> LineFault:
        """Disturb what `sender` ("" for all) transmits. Raises ValueError for an unknown kind."""
        if kind not in LINE_FAULTS:
            raise ValueError(f"a line can {', '.join(LINE_FAULTS)}, not {kind!r}")
        fault = LineFault(kind, sender, chance, amount)
        self._faults.append(fault)
        return fault

    def mend(self, fault: LineFault | None = None) -> None:
        """End one fault, or all."""
        if fault is None:
            self._faults.clear()
        elif fault in self._faults:
            self._faults.remove(fault)

    def transmit(self, sender: str, data: bytes) -> None:
        """`sender` puts bytes on the line now, or right behind what it is still sending."""
        now = self.world.now_us
        pause = 0
        for fault in self._faults:
            if (fault.sender and fault.sender != sender) or self._rng.random() >= fault.chance:
                continue
            fault.hits += 1
            self.statistics.faults[fault.kind] = self.statistics.faults.get(fault.kind, 0) + 1
            if fault.kind in ("drop", "mute"):
                return
            if fault.kind == "corrupt":
                at = self._rng.randrange(len(data))
                data = data[:at] + bytes((data[at] ^ (1 << self._rng.randrange(8)),)) + data[at + 1 :]
            elif fault.kind == "delay":
                now += fault.amount
            else:
                pause = fault.amount
        begin = max(now, self._free_us.get(sender, 0))
        if not pause:
            self._send(sender, data, begin)
            return
        for byte in data:
            begin = self._send(sender, bytes((byte,)), begin) + pause

    def _send(self, sender: str, data: bytes, begin_us: int) -> int:
        end = begin_us + self.character_us(len(data))
        burst = Transmission(sender, data, begin_us, end)
        self._free_us[sender] = end
        if begin_us <= self.world.now_us:
            self._start(burst)
        else:
            self.world.at(begin_us, lambda: self._start(burst))
        return end

    def _start(self, burst: Transmission) -> None:
        for other in self._active:
            if other.end_us > burst.begin_us and other.sender != burst.sender:
                other.collided = burst.collided = True
                self.statistics.collisions += 1
        self._active.append(burst)
        self.world.at(burst.end_us, lambda: self._deliver(burst))

    def _deliver(self, burst: Transmission) -> None:
        self._active.remove(burst)
        data = burst.data
        statistics = self.statistics
        statistics.bursts += 1
        statistics.characters += len(data)
        statistics.busy_us += burst.end_us - burst.begin_us
        if burst.collided:
            data = bytes(byte & self._rng.randrange(256) for byte in data)
        if self.trace is not None:
            self.trace.append((burst.end_us, burst.sender, data))
        for name, station in self._stations.items():
            if name != burst.sender and self._concerns(name, burst) and not self._talking(name, burst):
                station.receive_serial(data, burst.end_us)

    def _concerns(self, name: str, burst: Transmission) -> bool:
        unit = self._units[name]
        if not unit or self._faults or burst.collided:  # what is disturbed, everybody hears
            return True
        return not self._units.get(burst.sender, 0) and burst.data[0] in (unit, 0)

    def _talking(self, name: str, burst: Transmission) -> bool:
        return any(other.sender == name and other.begin_us < burst.end_us for other in self._active)
