"""One RS-485 line with real firmware on it, in virtual time: what a dead, late or noisy unit does to the others."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_gateway.fieldbus.board import BoardState
from edge_gateway.fieldbus.budget import line_budget
from edge_gateway.fieldbus.cost import CostModel
from edge_gateway.fieldbus.counters import LineCounters
from edge_gateway.fieldbus.job import Job, Outcome, Reply, read_job
from edge_gateway.fieldbus.rtu_receiver import Found, RtuReceiver
from edge_gateway.fieldbus.unit import Patience, UnitLink
from edge_gateway.tags import Quality, Reason
from protocols import layout
from protocols.modbus.crc import crc16
from tests.edge_gateway.fieldbus.virtual import BAUD, SHEET, World

PATIENCE = Patience.up_to(100)


def online(world: World, *units: int) -> None:
    assert world.run(5000, lambda: all(world.sessions[unit].online for unit in units))


def test_five_boards_share_a_line_within_its_budget() -> None:
    world = World(11, 12, 13, 14, 15, patience=PATIENCE)
    online(world, 11, 12, 13, 14, 15)
    world.run(2000)
    before = world.line.counters.overruns
    world.run(10_000)
    counters = world.line.counters
    assert counters.overruns == before
    assert counters.timeouts == counters.crc_errors == counters.framing_errors == counters.foreign == 0
    assert all(session.link_ok for session in world.sessions.values())


@pytest.mark.parametrize("boards", [1, 5])
def test_the_budget_is_honest(boards: int) -> None:
    numbers = range(11, 11 + boards)
    world = World(*numbers, patience=PATIENCE)
    online(world, *numbers)
    world.run(3000)
    on_line = [(unit, SHEET) for unit in numbers]
    budget = line_budget("RS1", world.line.cost, on_line)
    world.line.busy_us = 0
    world.run(20_000)
    measured = world.line.busy_us / 20_000_000
    assert measured <= budget.load
    # It reckons with 5 ms of turnaround. This firmware answers when the silence is over: then it's right to 3 %.
    prompt = line_budget("RS1", CostModel.serial(BAUD, 10, turnaround_us=0), on_line)
    assert measured == pytest.approx(prompt.load, rel=0.03)


def test_one_dead_unit_never_stalls_the_others() -> None:
    world = World(11, 12, 13, patience=PATIENCE)
    online(world, 11, 12, 13)
    world.run(2000)
    world.boards[12].dead = True
    killed_ms = world.now
    ages: list[int] = []

    def watch() -> bool:
        for unit in (11, 13):
            ages.append(world.now - world.tags[f"B{unit}.LA.P"].mono_ms)
        return False

    world.run(20_000, watch)
    # Read every 250 ms; an unanswered request costs the line its wait of 100 ms, once or twice in a row.
    assert max(ages) <= 250 + 2 * 115 + 60
    assert all(world.sessions[unit].link_ok for unit in (11, 13))
    dead = world.tags["B12.LA.P"]
    assert (dead.quality, dead.reason) == (Quality.STALE, Reason.BOARD_SILENT)
    assert world.sessions[12].state is BoardState.SILENT
    # Three misses, then after 0.5, 1, 2, 4, 8 s: not one request more.
    asked = [now_us for now_us, frame in world.line.sent if frame[0] == 12 and now_us > killed_ms * 1000]
    assert 6 <= len(asked) <= 9


def test_a_unit_that_comes_back_is_online_with_fresh_values_after_its_probe() -> None:
    world = World(11, 12, patience=PATIENCE)
    online(world, 11, 12)
    world.boards[12].mute = True
    assert world.run(3000, lambda: world.sessions[12].state is BoardState.SILENT)
    world.run(10_000)
    world.boards[12].mute = False
    assert world.run(10_200, lambda: world.sessions[12].online)
    assert world.run(300, lambda: world.tags["B12.LA.P"].good)


@pytest.mark.parametrize("delay_ms", [150, 190])
def test_a_late_reply_is_dropped_and_counted_and_harms_nobody(delay_ms: int) -> None:
    world = World(11, 12, patience=PATIENCE)
    online(world, 11, 12)
    world.run(2000)
    late = True

    def hold_up(frame: bytes) -> list[tuple[int, bytes]]:
        nonlocal late
        if late and frame[0] == 12:
            late = False
            return [(delay_ms * 1000, frame)]
        return [(0, frame)]

    world.to_gateway = hold_up
    world.run(3000)
    counters = world.line.counters
    assert counters.timeouts >= 1
    assert counters.late == 1
    assert counters.foreign == counters.mismatched == 0
    assert all(session.online for session in world.sessions.values())


def test_a_duplicate_and_a_foreign_reply_are_dropped_and_counted() -> None:
    world = World(11, 12, patience=PATIENCE)
    online(world, 11, 12)
    world.run(2000)
    foreign = bytes((77, 3, 2, 0, 1))
    foreign += int(crc16(foreign, 0, 5)).to_bytes(2, "little")
    once = [True, True]

    def twice(frame: bytes) -> list[tuple[int, bytes]]:
        if once[0] and frame[0] == 11:
            once[0] = False
            return [(0, frame), (6_000, frame)]
        if once[1] and frame[0] == 12:
            once[1] = False
            return [(0, foreign), (8_000, frame)]
        return [(0, frame)]

    world.to_gateway = twice
    world.run(2000)
    counters = world.line.counters
    assert counters.duplicate == 1
    assert counters.foreign == 1
    assert all(session.online for session in world.sessions.values())


def test_noise_costs_replies_but_neither_boards_nor_wrong_values() -> None:
    world = World(11, 12, patience=PATIENCE)
    online(world, 11, 12)
    world.run(2000)
    count = 0

    def corrupt(frame: bytes) -> list[tuple[int, bytes]]:
        nonlocal count
        count += 1
        if count % 3 == 0:
            place = count * 7 % len(frame)
            return [(0, frame[:place] + bytes((frame[place] ^ 0x55,)) + frame[place + 1 :])]
        return [(0, frame)]

    world.to_gateway = corrupt
    values: set[object] = set()

    def watch() -> bool:
        values.add(world.tags["B11.MODE"].value)
        return False

    world.run(10_000, watch)
    assert world.line.counters.crc_errors > 20
    assert values == {layout.MODE_AUTO}
    assert all(session.state in (BoardState.ONLINE, BoardState.SILENT) for session in world.sessions.values())


# --- the receiver alone -----------------------------------------------------------------------------------------------


def awaited(count: int = 4) -> tuple[RtuReceiver, Job, bytes, LineCounters]:
    counters = LineCounters()
    unit = UnitLink(7, PATIENCE)
    job = read_job(7, 0, count, _ignore)
    job.unit = unit
    frame = bytes((7, 3, 2 * count, *range(2 * count)))
    frame += int(crc16(frame, 0, len(frame))).to_bytes(2, "little")
    return RtuReceiver(counters, {7: unit}), job, frame, counters


def _ignore(job: Job, outcome: Outcome, data: Reply, at: int, now_us: int) -> None: ...


@given(st.binary(max_size=20), st.lists(st.integers(1, 6), max_size=30))
@settings(max_examples=200)
def test_a_reply_is_found_behind_noise_and_in_any_pieces(noise: bytes, sizes: list[int]) -> None:
    receiver, job, frame, _ = awaited()
    stream = noise + frame
    found = Found.NOTHING
    at = 0
    for size in [*sizes, len(stream)]:
        if found is Found.NOTHING and at < len(stream):
            found = receiver.feed(stream[at : at + size], job, 0)
            at += size
    assert found is Found.REPLY
    assert receiver.frame == frame


@given(st.binary(min_size=1, max_size=300))
@settings(max_examples=300)
def test_no_bytes_whatsoever_are_taken_for_a_reply_with_a_wrong_crc(noise: bytes) -> None:
    receiver, job, frame, _ = awaited()
    found = receiver.feed(noise, job, 0)
    if found is Found.NOTHING:
        found = receiver.silence(job, 0)
    if found is Found.REPLY:
        assert receiver.frame[0] == 7
        assert crc16(receiver.frame, 0, len(receiver.frame)) == 0
    receiver.drop()
    assert receiver.feed(frame, job, 0) is Found.REPLY


def test_noise_behind_a_reply_does_not_cost_the_reply() -> None:
    receiver, job, frame, counters = awaited()
    assert receiver.feed(frame + b"\xff", job, 0) is Found.NOTHING
    assert receiver.silence(job, 0) is Found.REPLY
    assert counters.framing_errors == 1


def test_an_exception_reply_is_told_from_a_reply() -> None:
    receiver, job, _, _ = awaited()
    frame = bytes((7, 0x83, 2))
    frame += int(crc16(frame, 0, 3)).to_bytes(2, "little")
    assert receiver.feed(frame, job, 0) is Found.EXCEPTION


def test_an_adapter_that_hears_itself_is_no_reply() -> None:
    receiver, job, frame, _ = awaited()
    sent = bytes(job.request.rtu)
    receiver.expect_echo(sent)
    assert receiver.feed(sent[:3], job, 0) is Found.NOTHING
    assert receiver.feed(sent[3:], job, 0) is Found.NOTHING
    assert receiver.feed(frame, job, 0) is Found.REPLY
