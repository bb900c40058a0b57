"""What a request costs on a line, in microseconds: the basis of read plans, time-outs and bus budgets."""

from __future__ import annotations

from dataclasses import dataclass

_SHORT_GAP_BAUD = 19_200  # above it t1.5 and t3.5 are fixed (Modbus over serial line V1.02, 2.5.1.1)
_GAP_FAST_US = 1_750

RTU_READ_BYTES = 8 + 5  # request, and reply without its registers
RTU_WRITE_ONE_BYTES = 8 + 8
RTU_WRITE_BYTES = 9 + 8


@dataclass(frozen=True, slots=True)
class CostModel:
    """Time that one request occupies a line.

    overhead_us: what each request costs whatever it asks (turnaround of the unit, frame gaps, round trip).
    char_us: one character on the wire. On TCP characters cost next to nothing and a request costs a round trip.
    """

    overhead_us: int
    char_us: float
    gap_us: int = 0

    @classmethod
    def serial(cls, baud: int, bits_per_char: int = 11, turnaround_us: int = 5_000) -> CostModel:
        """RTU at `baud`. 11 bits for a character is the standard's (2.5.1); 8N1 as it's often used has 10."""
        char_us = bits_per_char * 1e6 / baud
        gap_us = _GAP_FAST_US if baud > _SHORT_GAP_BAUD else round(3.5 * char_us)
        return cls(turnaround_us + 2 * gap_us, char_us, gap_us)

    @classmethod
    def tcp(cls, round_trip_us: int = 1_000, char_us: float = 0.1) -> CostModel:
        """Modbus TCP; the default is a local network and a unit that answers at once."""
        return cls(round_trip_us, char_us)

    def read_us(self, count: int) -> int:
        """A read of `count` registers, request and reply."""
        return self.overhead_us + round((RTU_READ_BYTES + 2 * count) * self.char_us)

    def write_us(self, count: int) -> int:
        """A write of `count` registers (function 6 for one, 16 for more), request and reply."""
        characters = RTU_WRITE_ONE_BYTES if count == 1 else RTU_WRITE_BYTES + 2 * count
        return self.overhead_us + round(characters * self.char_us)

    @property
    def register_us(self) -> float:
        """What one register more in a read costs: bridging a gap of n costs n times this."""
        return 2 * self.char_us
