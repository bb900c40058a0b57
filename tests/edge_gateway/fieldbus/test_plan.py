"""Read plans: every value is read, whole, in few reads, and no hole is met twice."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_gateway.fieldbus.budget import Budget, Traffic, line_budget, stretch, stretched
from edge_gateway.fieldbus.cost import CostModel
from edge_gateway.fieldbus.plan import Block, Holes, Span, plan_reads
from edge_gateway.fieldbus.reads import Periods, planned_reads
from tests.edge_gateway.fieldbus.support import SHEET

SLOW = CostModel.serial(9_600)
FAST = CostModel.serial(115_200)
TCP = CostModel.tcp()

spans = st.builds(Span, st.integers(0, 600), st.integers(1, 4))
costs = st.sampled_from([SLOW, FAST, TCP])


def cost_of(blocks: list[Block], cost: CostModel) -> int:
    return sum(cost.read_us(block.count) for block in blocks)


@given(st.lists(spans, max_size=60), costs, st.sets(st.integers(0, 604), max_size=20), st.integers(4, 125))
def test_every_value_outside_of_holes_is_read_whole(
    wanted: list[Span], cost: CostModel, holes: set[int], longest: int
) -> None:
    blocks = plan_reads(wanted, cost, Holes(holes), longest)
    for block in blocks:
        assert 1 <= block.count <= longest
        assert not holes & set(range(block.address, block.end))
    for span in wanted:
        in_hole = bool(holes & set(range(span.address, span.end)))
        readers = [b for b in blocks if b.address <= span.address and span.end <= b.end]
        assert bool(readers) != in_hole
        if readers:
            assert any(span in block.spans for block in readers)


@given(st.lists(spans, min_size=1, max_size=40), costs)
def test_the_plan_is_never_dearer_than_reading_each_value_alone(wanted: list[Span], cost: CostModel) -> None:
    alone = sum(cost.read_us(span.words) for span in set(wanted))
    assert cost_of(plan_reads(wanted, cost), cost) <= alone


@given(st.sets(st.integers(0, 80), min_size=1, max_size=9), costs)
def test_the_plan_is_the_cheapest_there_is(addresses: set[int], cost: CostModel) -> None:
    ordered = sorted(addresses)
    cheapest = min(
        sum(cost.read_us(group[-1] - group[0] + 1) for group in _cut(ordered, cuts))
        for size in range(len(ordered))
        for cuts in itertools.combinations(range(1, len(ordered)), size)
    )
    assert cost_of(plan_reads([Span(a) for a in ordered], cost), cost) == cheapest


def _cut(ordered: list[int], cuts: tuple[int, ...]) -> list[list[int]]:
    places = [0, *cuts, len(ordered)]
    return [ordered[a:b] for a, b in itertools.pairwise(places)]


def test_gaps_are_bridged_where_that_is_cheaper() -> None:
    near, far = [Span(0), Span(20)], [Span(0), Span(120)]
    assert len(plan_reads(near, FAST)) == 1
    assert len(plan_reads(far, FAST)) == 2
    # At 9,600 baud 19 registers cost more than a request; over TCP even 119 cost less.
    assert len(plan_reads(near, SLOW)) == 2
    assert len(plan_reads(far, TCP)) == 1


@given(
    st.lists(spans, min_size=1, max_size=25, unique_by=lambda span: span.address),
    st.sets(st.integers(0, 604), max_size=8),
)
def test_holes_are_learned_until_all_that_can_be_read_is_read(wanted: list[Span], missing: set[int]) -> None:
    holes = Holes()
    for _ in range(400):
        refused = [b for b in plan_reads(wanted, FAST, holes) if missing & set(range(b.address, b.end))]
        if not refused:
            break
        holes.learn(refused[0])
    blocks = plan_reads(wanted, FAST, holes)
    assert not any(missing & set(range(b.address, b.end)) for b in blocks)
    _assert_all_read(wanted, blocks, missing)


def _assert_all_read(wanted: list[Span], blocks: list[Block], missing: set[int]) -> None:
    """Values that overlap a missing one can't always be told from it; all others are read."""
    for span in wanted:
        touched = set(range(span.address, span.end))
        overlaps = any(other != span and touched & set(range(other.address, other.end)) for other in wanted)
        if not touched & missing and not overlaps:
            assert any(block.address <= span.address and span.end <= block.end for block in blocks)


def test_holes_outlive_a_restart() -> None:
    holes = Holes({3, 4, 5, 9})
    assert holes.as_list() == [[3, 5], [9, 9]]
    assert Holes.from_list(holes.as_list()) == holes


def test_wrong_spans_are_refused() -> None:
    for address, words in ((-1, 1), (0, 0), (0xFFFF, 2), (0, 126)):
        with pytest.raises(ValueError, match="registers"):
            Span(address, words)
    with pytest.raises(ValueError, match="doesn't fit"):
        plan_reads([Span(0, 4)], FAST, max_count=3)


@pytest.mark.parametrize(("baud", "ms"), [(115_200, 22), (19_200, 90), (9_600, 175)])
def test_a_header_takes_as_long_as_the_domain_brief_says(baud: int, ms: int) -> None:
    assert round(CostModel.serial(baud).read_us(64) / 1000) == ms


def test_the_header_is_one_read_and_the_plan_follows_the_sheet() -> None:
    reads = planned_reads(SHEET, FAST, Periods())
    assert [(r.group, r.block.address, r.block.count) for r in reads if r.group == "header"] == [("header", 0, 64)]
    assert {r.group for r in reads} == {"header", "status", "measurement", "config"}
    assert sum(1 for r in reads if r.group == "status") == 1


def test_ten_boards_at_9600_do_not_fit_and_five_at_115200_do() -> None:
    crowded = line_budget("slow", SLOW, [(unit, SHEET) for unit in range(1, 11)])
    assert crowded.load > 1
    assert not crowded.fits
    relaxed = line_budget("fast", FAST, [(unit, SHEET) for unit in range(1, 6)])
    assert 0.3 < relaxed.load < 1


@given(st.integers(1, 12), st.sampled_from([SLOW, FAST]))
def test_stretched_periods_fit_and_leave_heartbeats_alone(units: int, cost: CostModel) -> None:
    budget = line_budget("L", cost, [(unit, SHEET) for unit in range(1, units + 1)])
    beats = [row for row in budget.rows if row.what == "heartbeat"]
    if sum(row.load for row in beats) >= budget.limit:
        with pytest.raises(ValueError, match="heartbeats alone"):
            stretch(budget)
        return
    factor = stretch(budget)
    after = stretched(budget, factor)
    assert after.load <= budget.limit * 1.001
    assert [row for row in after.rows if row.what == "heartbeat"] == beats
    if factor == 1:
        assert after == budget
    paced = line_budget("L", cost, [(unit, SHEET) for unit in range(1, units + 1)], Periods().stretched(factor))
    assert paced.load == pytest.approx(after.load, rel=0.01)


def test_the_load_of_a_budget_is_the_sum_of_its_rows() -> None:
    budget = Budget("L", (Traffic("header", 1, 20_000, 500), Traffic("heartbeat", 1, 10_000, 500)))
    assert budget.load == pytest.approx(0.06)
    assert budget.cycle_ms == 30
    assert budget.fits
