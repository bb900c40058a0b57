"""The bus budget: what a line is asked to carry, computed before it runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from edge_gateway.fieldbus.cost import CostModel
from edge_gateway.fieldbus.reads import Periods, planned_reads

HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True)
class Traffic:
    """One kind of request on a line, for its budget."""

    what: str
    unit: int
    duration_us: int
    period_ms: int

    @property
    def load(self) -> float:
        """Share of the line's time, 0..1."""
        return self.duration_us / (1000 * self.period_ms)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a line is asked to carry, computed before it runs.

    limit: the share of its time that may be planned; the rest is for commands, events, repeats and late answers.
    """

    line: str
    rows: tuple[Traffic, ...]
    limit: float = 0.8

    @property
    def load(self) -> float:
        """Share of the line's time that is planned; above 1 the line can't carry it at all."""
        return sum(row.load for row in self.rows)

    @property
    def fits(self) -> bool:
        """Whether it stays below the limit."""
        return self.load <= self.limit

    @property
    def cycle_ms(self) -> float:
        """How long one round of all requests takes."""
        return sum(row.duration_us for row in self.rows) / 1000


def stretch(budget: Budget, fixed: str = HEARTBEAT) -> float:
    """By which factor (1.0 or more) the periods must grow for the budget to fit; heartbeats keep theirs.

    Raises ValueError if the heartbeats alone are too much: then the line has too many units.
    """
    kept = sum(row.load for row in budget.rows if row.what == fixed)
    if kept >= budget.limit:
        raise ValueError(f"line {budget.line}: heartbeats alone take {kept:.0%} of its time; move units elsewhere")
    return max(1.0, (budget.load - kept) / (budget.limit - kept))


def stretched(budget: Budget, factor: float, fixed: str = HEARTBEAT) -> Budget:
    """The budget with all periods but the heartbeats' grown by `factor`."""
    rows = tuple(
        row if row.what == fixed else replace(row, period_ms=round(row.period_ms * factor)) for row in budget.rows
    )
    return replace(budget, rows=rows)


def line_budget(
    line: str, cost: CostModel, boards: Iterable[tuple[int, Any]], periods: Periods | None = None, limit: float = 0.8
) -> Budget:
    """The budget of a line with these boards, each (unit, sheet of its program)."""
    pace = periods or Periods()
    rows = []
    for unit, sheet in boards:
        rows.append(Traffic(HEARTBEAT, unit, cost.write_us(1), pace.heartbeat_ms))
        reads = planned_reads(sheet, cost, pace)
        rows += [Traffic(read.group, unit, cost.read_us(read.block.count), read.period_ms) for read in reads]
    return Budget(line, tuple(rows), limit)
