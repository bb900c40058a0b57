"""The books: dropped = in chutes + in flight + landed, at every moment, and after a restart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_gateway.control.waste.accounting import Books
from edge_gateway.control.waste.image import Valve, Valves
from edge_gateway.control.waste.plant import Branch, Chute, Fraction, Plant, Rules
from edge_gateway.control.waste.state import Memory
from edge_gateway.control.waste.store import from_text, to_text
from edge_gateway.control.waste.tracking import track

CHUTES = tuple(Chute(f"inlet{n}", 1 + f, Fraction(f), 1, 100 * n) for n in (1, 2) for f in range(3))
PLANT = Plant(CHUTES, (Branch(1, 300, 0),))
A = CHUTES[0]

STEPS = st.one_of(
    st.tuples(st.just("deposit"), st.sampled_from(CHUTES), st.integers(1, 20)),
    st.tuples(st.just("level"), st.sampled_from(CHUTES), st.integers(0, 80_000)),
    st.tuples(st.just("below"), st.sampled_from(CHUTES), st.integers(0, 80_000)),
    st.tuples(st.just("pulse"), st.sampled_from(CHUTES), st.integers(0, 35_000)),
    st.tuples(st.just("land"), st.sampled_from(CHUTES), st.integers(0, 90_000)),
    st.tuples(st.just("take"), st.sampled_from(CHUTES), st.integers(0, 1)),
)


@given(st.lists(STEPS, max_size=60))
def test_they_close_after_everything_that_happens(steps: list[tuple[str, Chute, int]]) -> None:
    memory = Memory()
    for what, chute, amount in steps:
        books = memory.books
        if what == "deposit":
            books.deposit(chute, amount)
        elif what == "level":
            books.level(chute, amount)
        elif what == "below":
            books.level_below(chute, amount)
        elif what == "pulse":
            books.pulse(chute, 1, amount, 0)
        elif what == "land":
            books.land(int(chute.fraction) + 1, chute.fraction, amount)
        else:
            books.take_away(int(chute.fraction) + 1)
        assert books.balance == 0
        assert all(grams >= 0 for grams in books.chutes.values())
        memory = from_text(to_text(memory))
    assert memory.books.balance == 0


def test_weighing_corrects_what_was_guessed_and_the_guess_learns() -> None:
    books = Books()
    assert books.deposit(A, 10) == 20_000
    charge = books.pulse(A, 7, 35_000, 0)
    assert (charge.grams, books.in_flight, books.in_chutes) == (20_000, 20_000, 0)
    assert books.land(1, A.fraction, 26_000) == 6_000
    assert (books.dropped, books.corrected, books.all_landed) == (26_000, 6_000, 26_000)
    assert books.mean(A.fraction) == 2_120


def test_books_that_do_not_close_are_not_taken_over() -> None:
    data = Books(dropped=5).as_dict()
    with pytest.raises(ValueError, match="5 g out of balance"):
        Books.of(data)


def valve(**known: int | bool) -> Valves:
    return Valves({A.name: Valve(True, closed=True, **known)})  # type: ignore[arg-type]


def test_counts_are_read_from_where_they_were_left() -> None:
    memory, before = Memory(), Valves({})

    def look(now: Valves, at: int) -> set[str]:
        nonlocal before
        notes, pulsed = track(PLANT, Rules(), now, before, memory, at, 1_800_000)
        before = now
        names.extend(note.name for note in notes)
        return pulsed

    names: list[str] = []
    assert look(valve(deposits=100, pulses=40), 1_000) == set(), "what was before isn't ours"
    look(valve(deposits=105, pulses=40), 2_000)
    assert memory.books.held(A.name) == 10_000
    assert look(valve(deposits=105, pulses=41), 3_000) == {A.name}
    assert memory.books.in_flight == 10_000 and memory.chute(A.name).emptied == 3_000
    memory = from_text(to_text(memory))
    before = Valves({})
    assert look(valve(deposits=109, pulses=42), 9_000) == {A.name}, "a restart misses nothing"
    look(valve(deposits=0, pulses=0), 10_000)
    assert names.count("COUNTER_REBASED") == 2 and memory.books.balance == 0


def test_level_switches_put_the_estimate_right() -> None:
    memory, before = Memory(), Valves({})
    for number, (at, now) in enumerate(
        ((1_000, valve()), (2_000, valve(high=True)), (3_000, valve(high=True, full=True)), (2_000_000, valve()))
    ):
        notes, _ = track(PLANT, Rules(), now, before, memory, at, 1_800_000)
        before = now
        assert memory.books.held(A.name) == (0, 48_000, 80_000, 48_000)[number]
    assert [(note.name, note.body["late"]) for note in notes] == [("CHUTE_EMPTIED", True)]
    assert memory.books.balance == 0


def test_what_fell_while_a_board_lost_its_supply_is_told_by_the_scales() -> None:
    books = Books()
    books.level(A, 30_000)
    books.level(CHUTES[3], 10_000)
    books.doubt(A, 7, 0)
    assert (books.in_chutes, books.in_flight) == (40_000, 0) and books.flying, "the diverter stays where it is"
    books.pulse(CHUTES[3], 8, 35_000, 0)
    assert books.land(1, A.fraction, 22_000) == 0
    assert (books.held(A.name), books.dropped, books.all_landed, books.balance) == (18_000, 40_000, 22_000, 0)
    books.doubt(A, 9, 0)
    assert books.land(1, A.fraction, 0) == 0, "nothing fell"
    assert (books.held(A.name), books.balance) == (18_000, 0)
