"""Which registers are read together: the read plan of a line, and what it costs before it runs.

A read costs its overhead plus its registers, so a gap is read along when that is cheaper than a request of its own. An
address that a unit refuses is a hole: it's learned once, kept, and not read over again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from edge_gateway.fieldbus.cost import CostModel
from edge_gateway.fieldbus.job import MAX_READ


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The registers of one value, never split over two reads: a 32-bit value read in halves may be neither."""

    address: int
    words: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.words <= MAX_READ or not 0 <= self.address <= 0x10000 - self.words:
            raise ValueError(f"no value has {self.words} registers at {self.address:#06x}")

    @property
    def end(self) -> int:
        """The first address after it."""
        return self.address + self.words


@dataclass(frozen=True, slots=True)
class Block:
    """One read: `count` registers from `address`, and the values that it's made for."""

    address: int
    count: int
    spans: tuple[Span, ...]

    @property
    def end(self) -> int:
        """The first address after it."""
        return self.address + self.count

    @property
    def gaps(self) -> tuple[Span, ...]:
        """Registers read along that nobody asked for."""
        found = []
        at = self.address
        for span in self.spans:
            if span.address > at:
                found.append(Span(at, span.address - at))
            at = max(at, span.end)
        return tuple(found)


@dataclass(slots=True)
class Holes:
    """Addresses that a unit doesn't have, as learned from its exceptions; `as_list`, `from_list` keep them in a file.

    Holes belong to one map: forget them when the unit's firmware or map changes. `cuts` are addresses that no read may
    run over, while it's being found out which of several values the unit doesn't have.
    """

    addresses: set[int] = field(default_factory=set)
    cuts: set[int] = field(default_factory=set)

    def add(self, span: Span) -> None:
        """Learn that these registers can't be read."""
        self.addresses.update(range(span.address, span.end))

    def within(self, address: int, end: int) -> bool:
        """Whether a read of `address`..`end`-1 would meet one."""
        return any(address <= hole < end for hole in self.addresses)

    def divide(self, address: int, end: int) -> bool:
        """Whether a read of `address`..`end`-1 would run over a hole or a cut."""
        return self.within(address, end) or any(address < cut < end for cut in self.cuts)

    def learn(self, block: Block) -> None:
        """Take "illegal data address" as the answer to a read of `block`; plan again afterwards.

        Gaps that were read along become holes first, since nobody needs them. A read without gaps is cut in halves,
        until the value that the unit doesn't have stands alone and becomes a hole itself.
        """
        if block.gaps:
            for gap in block.gaps:
                self.add(gap)
            return
        cuts = [
            span.address
            for place, span in enumerate(block.spans)
            if place and all(before.end <= span.address for before in block.spans[:place])
        ]
        if cuts:
            self.cuts.add(cuts[len(cuts) // 2])
        else:
            self.add(Span(block.address, block.count))

    def as_list(self) -> list[list[int]]:
        """Ranges [first, last], for JSON."""
        ranges: list[list[int]] = []
        for address in sorted(self.addresses):
            if ranges and ranges[-1][1] == address - 1:
                ranges[-1][1] = address
            else:
                ranges.append([address, address])
        return ranges

    @classmethod
    def from_list(cls, ranges: Iterable[Sequence[int]]) -> Holes:
        """The reverse of `as_list`."""
        return cls({address for first, last in ranges for address in range(first, last + 1)})


def plan_reads(
    spans: Iterable[Span], cost: CostModel, holes: Holes | None = None, max_count: int = MAX_READ
) -> list[Block]:
    """The cheapest reads, in ascending order, that together cover all spans outside of holes.

    No read is longer than `max_count` registers (125 at most), none meets a hole, none splits a span. Spans that lie on
    a hole are left out: they can't be read.
    """
    if not 1 <= max_count <= MAX_READ:
        raise ValueError(f"a read has 1 to {MAX_READ} registers, not {max_count}")
    known = holes or Holes()
    wanted = sorted({span for span in spans if not known.within(span.address, span.end)})
    too_long = next((span for span in wanted if span.words > max_count), None)
    if too_long is not None:
        raise ValueError(f"{too_long} doesn't fit a read of {max_count} registers")
    # best[i]: the least cost of reading wanted[:i], and where its last read begins.
    best: list[tuple[float, int]] = [(0.0, 0)]
    for i in range(1, len(wanted) + 1):
        candidates: list[tuple[float, int]] = []
        end = 0
        for j in range(i - 1, -1, -1):
            end = max(end, wanted[j].end)
            start = wanted[j].address
            if end - start > max_count or known.divide(start, end):
                break
            candidates.append((best[j][0] + cost.read_us(end - start), j))
        best.append(min(candidates))
    blocks: list[Block] = []
    i = len(wanted)
    while i:
        j = best[i][1]
        group = tuple(wanted[j:i])
        end = max(span.end for span in group)
        blocks.append(Block(group[0].address, end - group[0].address, group))
        i = j
    blocks.reverse()
    return blocks
