"""The count that the demo's report relies on."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tools.demo.subscriber import Tally


@given(st.lists(st.integers(1, 40), max_size=80))
def test_received_gaps_and_duplicates_add_up(arrivals: list[int]) -> None:
    tally = Tally()
    for seq in arrivals:
        tally.take(seq)
    different = set(arrivals)
    assert tally.received == len(different)
    assert tally.duplicates == len(arrivals) - len(different)
    missing = set(range(min(different), max(different) + 1)) - different if different else set()
    assert tally.gaps == len(missing)


def test_a_record_that_overtakes_is_no_gap_once_the_other_came() -> None:
    tally = Tally()
    for seq in (5, 7, 6):
        tally.take(seq)
    assert (tally.gaps, tally.duplicates, tally.out_of_order) == (0, 0, 1)
