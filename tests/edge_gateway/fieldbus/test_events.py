"""The event ring: every event once, in order, with its boot and its time; what is lost is said."""

from __future__ import annotations

import pytest

from edge_gateway.fieldbus.board_clock import BoardClock
from edge_gateway.fieldbus.events import BoardEvent, EventGap
from edge_gateway.fieldbus.unit import Patience
from protocols import layout
from tests.edge_gateway.fieldbus.virtual import UTC_0, World

CALL = 79


def world_online() -> World:
    world = World(11, patience=Patience.up_to(100))
    assert world.run(5000, lambda: world.sessions[11].link_ok)
    world.run(2000)
    return world


def emit(world: World, *numbers: int) -> None:
    events = world.boards[11].board.events
    for number in numbers:
        events.now = world.boards[11].hal.ms()
        events.emit(CALL, number)


def calls(world: World) -> list[int]:
    return [event.arg0 for event in world.events if isinstance(event, BoardEvent) and event.code == CALL]


def gaps(world: World) -> list[EventGap]:
    return [event for event in world.events if isinstance(event, EventGap)]


def keys(world: World) -> list[tuple[int, int]]:
    return [(event.boot_cnt, event.index) for event in world.events if isinstance(event, BoardEvent)]


def test_events_come_once_in_order_whatever_their_pace() -> None:
    world = world_online()
    sent = 0
    for burst in (1, 3, 16, 2, 15, 7):
        emit(world, *range(sent, sent + burst))
        sent += burst
        world.run(1500)
    assert calls(world) == list(range(sent))
    assert len(set(keys(world))) == len(keys(world))
    assert gaps(world) == []


def test_an_event_is_dated_to_when_it_happened() -> None:
    world = world_online()
    for number in range(20):
        world.run(613)
        emit(world, number)
    happened = world.now
    world.run(2000)
    last = [event for event in world.events if isinstance(event, BoardEvent)][-1]
    assert last.arg0 == 19
    assert abs(last.utc_ms - (UTC_0 + happened)) <= last.doubt_ms <= 60


def test_more_events_than_the_ring_holds_are_a_gap_of_exactly_so_many() -> None:
    world = world_online()
    emit(world, 0)
    world.run(1500)
    emit(world, *range(1, 41))
    world.run(2000)
    assert calls(world) == [0, *range(25, 41)]
    assert [gap.count for gap in gaps(world)] == [24]
    assert gaps(world)[0].first == keys(world)[-17][1] + 1


def test_events_that_overtake_the_reader_are_lost_or_right_but_never_mixed_up() -> None:
    world = world_online()
    number = 0
    for _ in range(60):
        emit(world, *range(number, number + 9))
        number += 9
        world.run(190)
    world.run(3000)
    got = calls(world)
    assert got == sorted(set(got))
    assert got[-1] == number - 1
    assert len(got) + sum(gap.count for gap in gaps(world)) == number


def test_a_gateway_reads_on_where_its_journal_ends() -> None:
    world = world_online()
    emit(world, 1, 2, 3)
    world.run(1500)
    resume = keys(world)[-1]
    emit(world, 4)
    world.events.clear()
    world.restart_gateway(11, resume=resume)
    world.run(3000)
    assert calls(world) == [4]
    assert keys(world)[0] == (resume[0], resume[1] + 1)


def test_without_a_journal_all_of_this_boot_that_is_left_is_read() -> None:
    world = world_online()
    emit(world, *range(5))
    world.run(1500)
    before = keys(world)
    world.events.clear()
    world.restart_gateway(11)
    world.run(1500)
    assert keys(world)[: len(before)] == before


@pytest.mark.parametrize("saved", [True, False])
def test_after_a_reset_events_belong_to_their_own_boot(saved: bool) -> None:
    world = world_online()
    emit(world, 1)
    world.run(1500)
    emit(world, 2)
    board = world.boards[11]
    if saved:
        board.board.retained.save(board.hal.ms())
    board.boot(world.now_us, layout.RESET_POWER)
    emit(world, 3)
    world.run(3000)
    told = {
        event.arg0: event.boot_cnt for event in world.events if isinstance(event, BoardEvent) and event.code == CALL
    }
    # What the board had stored is still told, under the boot in which it happened; what a power cut took is gone.
    assert told == ({1: 1, 2: 1, 3: 2} if saved else {1: 1, 3: 2})
    assert len(set(keys(world))) == len(keys(world))
    boots = [e for e in world.events if isinstance(e, BoardEvent) and e.code == layout.EV_BOOT]
    assert [(event.boot_cnt, event.arg1) for event in boots] == [(1, 1), (2, 2)]


def test_indexes_wrap() -> None:
    world = World(11, patience=Patience.up_to(100))
    world.boards[11].board.events.head = 0xFFF8
    assert world.run(5000, lambda: world.sessions[11].link_ok)
    world.run(1000)
    emit(world, *range(12))
    world.run(2000)
    assert calls(world) == list(range(12))
    assert gaps(world) == []


def test_the_clock_narrows_with_each_bound_and_believes_news() -> None:
    clock = BoardClock()
    clock.bound(1000, 500_000, 500_500)
    clock.bound(2000, 501_300, 501_900)
    assert clock.now_of(2000) == (501_400, 100)
    assert clock.now_of(1000)[0] == 500_400
    clock.bound(3000, 900_000, 900_010)
    assert clock.now_of(3000) == (900_005, 5)


def test_the_clock_follows_ticks_over_their_wrap() -> None:
    clock = BoardClock()
    clock.bound(0x3FFFFFFF, 1000, 1000)
    assert clock.now_of(9) == (1010, 0)
