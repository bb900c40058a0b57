"""Board sessions against the real firmware runtime, in virtual time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from edge_gateway.fieldbus.board import HUNG_MS, BoardIdentity, BoardSession, BoardState
from edge_gateway.fieldbus.command import Command, CommandEnd
from edge_gateway.fieldbus.header import Header
from edge_gateway.fieldbus.unit import Patience
from edge_gateway.tags import Quality, Reason
from protocols import layout
from protocols.sheets import common
from protocols.sheets.registers import registers
from tests.edge_gateway.fieldbus.virtual import SHEET, UTC_0, World

OPEN_ONCE = 0x0201


def world_online(*units: int) -> World:
    world = World(*(units or (11,)), patience=Patience.up_to(100))
    assert world.run(5000, lambda: all(session.link_ok for session in world.sessions.values()))
    assert world.run(5000, lambda: all(session.commands.idle for session in world.sessions.values()))
    return world


def ended(world: World, command: Command, ms: int = 10_000) -> CommandEnd:
    assert world.run(ms, lambda: command.end is not None)
    assert command.end is not None
    return command.end


def writes(world: World, function: int) -> list[bytes]:
    return [frame for _, frame in world.line.sent if frame[1] == function]


# --- who is it --------------------------------------------------------------------------------------------------------


def test_the_header_has_the_rows_of_the_map() -> None:
    assert list(Header._fields) == [row[3].lower() for row in common.HEADER]
    raw = bytearray(128)
    for place, row in enumerate(common.HEADER):
        raw[2 * row[0] + 2 * row[1] - 1] = place + 1
    header = Header.decode(raw, 0)
    for place, value in enumerate(header):
        assert value == place + 1, header._fields[place]


def test_a_board_is_online_with_all_its_tags_within_a_second() -> None:
    world = World(11)
    assert world.run(1000, lambda: world.sessions[11].online)
    world.run(500)
    expected = {f"B11.{row.name}" for row in registers(SHEET) if row.block in ("status", "measurement")}
    assert expected <= {tag.name for tag in world.tags}
    assert world.tags["B11.MODE"].good
    assert world.tags["B11.par.close_max_ms"].value == 6000
    assert world.tags["B11.YO"].good


@pytest.mark.parametrize(
    ("register", "value", "state"),
    [
        (layout.H_MAGIC, 0x1234, BoardState.FOREIGN),
        (layout.H_DEV_TYPE, 4, BoardState.FOREIGN),
        (layout.H_MAP_VER, 0x0200, BoardState.READ_ONLY),
        (layout.H_SHEET_CRC, 0xBEEF, BoardState.READ_ONLY),
    ],
)
def test_a_board_that_is_not_ours_or_has_another_map_is_never_commanded(
    register: int, value: int, state: BoardState
) -> None:
    world = World(11)
    world.boards[11].board.regs[register] = value
    session = world.sessions[11]
    assert world.run(3000, lambda: session.state is state)
    command = session.command(layout.CMD_PING, now=world.now)
    assert ended(world, command) is CommandEnd.NOT_SENT
    assert session.problem
    assert not writes(world, 6)
    assert not writes(world, 16)
    tag = world.tags["B11.LA.P"]
    world.run(1000)
    if state is BoardState.READ_ONLY:
        assert (tag.quality, tag.reason) == (Quality.UNCERTAIN, Reason.MAP_MISMATCH)
        assert tag.value is not None
    else:
        assert (tag.quality, tag.reason) == (Quality.BAD, Reason.MAP_MISMATCH)


def test_holes_of_another_map_are_neither_kept_nor_used_once_the_board_is_right() -> None:
    world = World(11)
    session = world.sessions[11]
    kept: list[object] = []
    session.reads.on_holes = kept.append
    regs, bank = world.boards[11].board.regs, world.boards[11].board.bank
    right, read = regs[layout.H_SHEET_CRC], bank.read_registers
    regs[layout.H_SHEET_CRC] = 0xBEEF
    bank.read_registers = lambda fc, address, count, out, at: (
        2 if address >= layout.PLANT_CONFIG else read(fc, address, count, out, at)
    )
    assert world.run(3000, lambda: bool(session.reads.holes.addresses))
    assert session.state is BoardState.READ_ONLY
    assert not kept
    bank.read_registers = read
    regs[layout.H_SHEET_CRC] = right
    assert world.run(3000, lambda: session.online and world.tags["B11.par.close_max_ms"].good)
    assert not session.reads.holes.addresses


def test_another_board_on_the_unit_id_is_foreign() -> None:
    world = World(11)
    world.sessions[11].identity = BoardIdentity("B11", 11, 99, SHEET)
    assert world.run(3000, lambda: world.sessions[11].state is BoardState.FOREIGN)
    assert "DEV_ID is 11" in world.sessions[11].problem


# --- alive ------------------------------------------------------------------------------------------------------------


def test_the_heartbeat_comes_every_half_second_with_another_value() -> None:
    world = world_online()
    world.line.sent.clear()
    world.run(10_000)
    beats = [(now_us, frame) for now_us, frame in world.line.sent if frame[1] == 6]
    assert len(beats) == 20
    assert len({frame[4:6] for _, frame in beats}) == 20
    assert all(frame[2:4] == bytes((0, layout.C_GW_HB)) for _, frame in beats)


def test_a_gateway_whose_control_stands_still_is_lost_to_its_boards_in_two_seconds() -> None:
    world = world_online()
    world.control_runs = False
    world.run(2700)
    assert world.boards[11].board.supervision.link >= layout.LINK_LOST
    world.control_runs = True
    assert world.run(10_000, lambda: world.sessions[11].link_ok)


def test_a_board_whose_program_stands_still_is_found_out() -> None:
    world = world_online()
    board = world.boards[11]
    scan: Callable[[], None] = board.loop.scan

    def stuck() -> None:
        board.loop.due_us = (board.hal.us() + 10_000) & 0x3FFFFFFF

    board.loop.scan = stuck  # type: ignore[method-assign]
    session = world.sessions[11]
    stuck_ms = world.now
    assert world.run(5000, lambda: session.state is BoardState.HUNG)
    assert world.now - stuck_ms <= HUNG_MS + 700
    assert world.tags["B11.LA.P"].reason == Reason.BOARD_HUNG
    assert ended(world, session.command(layout.CMD_PING, now=world.now)) is CommandEnd.NOT_SENT
    board.loop.scan = scan  # type: ignore[method-assign]
    assert world.run(2000, lambda: session.online)
    world.run(600)
    assert world.tags["B11.LA.P"].good


def test_a_board_that_can_only_be_heard_garbled_is_not_online() -> None:
    world = world_online()
    session = world.sessions[11]
    world.to_gateway = lambda frame: [(0, frame[:-1] + bytes((frame[-1] ^ 1,)))]
    began = world.now
    assert world.run(5000, lambda: session.state is BoardState.SILENT)
    assert world.now - began <= HUNG_MS + 600
    assert "no readable header" in session.problem
    assert world.line.counters.crc_errors > 5
    assert not world.tags["B11.LA.P"].good
    world.to_gateway = lambda frame: [(0, frame)]
    assert world.run(1500, lambda: session.online and world.tags["B11.LA.P"].good)


@pytest.mark.parametrize(("code", "foreign"), [(2, True), (6, False)])
def test_a_unit_that_has_no_header_is_foreign_and_a_busy_one_is_not(code: int, foreign: bool) -> None:
    world = world_online()
    session = world.sessions[11]
    bank = world.boards[11].board.bank
    bank.read_registers = lambda fc, address, count, out, at: code
    world.run(1500)
    assert (session.state is BoardState.FOREIGN) == foreign
    assert session.online != foreign


def test_the_clock_of_a_board_is_set_and_kept() -> None:
    world = world_online()
    header = world.sessions[11].header
    assert header is not None
    assert header.time_q == 1
    assert abs(header.time_ms_utc - (UTC_0 + world.now)) < 600
    world.boards[11].board.clock.low += 60
    world.run(15_000)
    header = world.sessions[11].header
    assert header is not None
    assert abs(header.time_ms_utc - (UTC_0 + world.sessions[11].header_ms)) < 200


# --- commands ---------------------------------------------------------------------------------------------------------


def test_a_command_is_done_once_and_answered() -> None:
    world = world_online()
    told: list[tuple[bool, CommandEnd | None]] = []
    command = world.sessions[11].command(
        OPEN_ONCE, (1, 2), now=world.now, told=lambda command, now: told.append((command.accepted, command.end))
    )
    began = world.now
    assert ended(world, command) is CommandEnd.DONE
    assert world.now - began < 150
    assert world.boards[11].program.orders == [(OPEN_ONCE, 1, 2)]
    assert told == [(False, CommandEnd.DONE)]


def test_an_accepted_command_is_told_twice() -> None:
    world = world_online()
    program = world.boards[11].program
    program.answer = layout.RES_ACCEPTED
    told: list[CommandEnd | None] = []
    command = world.sessions[11].command(OPEN_ONCE, now=world.now, told=lambda command, now: told.append(command.end))
    assert world.run(1000, lambda: command.accepted)
    world.run(20_000)
    assert told == [None]
    program.complete(layout.RES_FAILED, 9)  # type: ignore[no-untyped-call]
    assert ended(world, command) is CommandEnd.FAILED
    assert command.detail == 9
    assert told == [None, CommandEnd.FAILED]


def test_the_next_command_overtakes_one_that_is_only_accepted() -> None:
    world = world_online()
    program = world.boards[11].program
    program.answer = layout.RES_ACCEPTED
    first = world.sessions[11].command(OPEN_ONCE, now=world.now)
    assert world.run(1000, lambda: first.accepted)
    program.answer = layout.RES_DONE
    second = world.sessions[11].command(0x0203, now=world.now)
    assert ended(world, second) is CommandEnd.DONE
    assert first.end is CommandEnd.OVERTAKEN


@pytest.mark.parametrize("lost", ["request", "reply"])
def test_a_write_without_answer_is_settled_by_the_header_and_done_once(lost: str) -> None:
    world = world_online()
    drop = [True]

    def lose(frame: bytes) -> list[tuple[int, bytes]]:
        if frame[1] == 16 and drop[0]:
            drop[0] = False
            return []
        return [(0, frame)]

    if lost == "request":
        world.to_boards = lose
    else:
        world.to_gateway = lose
    command = world.sessions[11].command(OPEN_ONCE, (1, 2), now=world.now)
    assert ended(world, command) is CommandEnd.DONE
    assert world.boards[11].program.orders == [(OPEN_ONCE, 1, 2)]


def test_a_repeated_write_carries_the_same_number_and_bytes() -> None:
    world = world_online()
    world.line.sent.clear()
    drops = [True, True]

    def lose(frame: bytes) -> list[tuple[int, bytes]]:
        if frame[1] == 16 and drops:
            drops.pop()
            return []
        return [(0, frame)]

    world.to_boards = lose
    command = world.sessions[11].command(OPEN_ONCE, (1, 2), now=world.now)
    assert ended(world, command) is CommandEnd.DONE
    blocks = writes(world, 16)
    assert len(blocks) == 3
    assert len(set(blocks)) == 1


def test_a_command_nobody_acknowledges_is_reported_and_never_sent_again() -> None:
    world = world_online()
    world.to_boards = lambda frame: [] if frame[1] == 16 else [(0, frame)]
    began = world.now
    command = world.sessions[11].command(OPEN_ONCE, now=world.now)
    assert ended(world, command) is CommandEnd.UNACKNOWLEDGED
    assert 2000 <= world.now - began <= 2200
    world.to_boards = lambda frame: [(0, frame)]
    count = len(writes(world, 16))
    world.run(10_000)
    assert all(frame[13:15] != OPEN_ONCE.to_bytes(2, "big") for frame in writes(world, 16)[count:])
    assert world.boards[11].program.orders == []


def test_a_copy_that_was_held_up_on_the_way_is_not_executed() -> None:
    world = world_online()
    held = [True]

    def hold(frame: bytes) -> list[tuple[int, bytes]]:
        if frame[1] == 16 and held:
            held.pop()
            return [(0, frame), (30_000_000, frame)]
        return [(0, frame)]

    world.to_boards = hold
    first = world.sessions[11].command(OPEN_ONCE, (1, 1), now=world.now)
    assert ended(world, first) is CommandEnd.DONE
    second = world.sessions[11].command(0x0203, now=world.now)
    assert ended(world, second) is CommandEnd.DONE
    world.run(40_000)
    assert [code for code, _, _ in world.boards[11].program.orders] == [OPEN_ONCE, 0x0203]


def test_a_reboot_ends_what_was_under_way_and_replays_nothing() -> None:
    world = world_online()
    board = world.boards[11]
    board.program.answer = layout.RES_ACCEPTED
    command = world.sessions[11].command(OPEN_ONCE, now=world.now)
    assert world.run(1000, lambda: command.accepted)
    board.boot(world.now_us, layout.RESET_WATCHDOG)
    assert ended(world, command) is CommandEnd.REBOOTED
    world.run(10_000)
    assert board.program.orders == []
    assert world.sessions[11].reboots == 1
    assert world.sessions[11].link_ok
    # It is commanded again, with numbers that go on.
    again = world.sessions[11].command(layout.CMD_PING, (5,), now=world.now)
    assert ended(world, again) is CommandEnd.DONE


def test_a_gateway_that_was_killed_replays_nothing_and_commands_on() -> None:
    world = world_online()
    old = world.sessions[11]
    command = old.command(OPEN_ONCE, (1, 1), now=world.now)
    assert world.run(1000, lambda: bool(world.boards[11].program.orders))
    new = world.restart_gateway(11)
    assert world.run(5000, lambda: new.link_ok)
    world.run(3000)
    assert world.boards[11].program.orders == [(OPEN_ONCE, 1, 1)]
    assert command.end is not CommandEnd.DONE
    again = new.command(OPEN_ONCE, (2, 2), now=world.now)
    assert ended(world, again) is CommandEnd.DONE
    assert world.boards[11].program.orders == [(OPEN_ONCE, 1, 1), (OPEN_ONCE, 2, 2)]


def test_a_hazardous_command_is_armed_first() -> None:
    world = world_online()
    world.line.sent.clear()
    command = world.sessions[11].command(layout.CMD_REBOOT, now=world.now)
    assert ended(world, command) is CommandEnd.REBOOTED
    keys = [int.from_bytes(frame[27:29], "big") for frame in writes(world, 16)]
    assert keys[:2] == [layout.KEY_ARM, layout.KEY_EXECUTE]


def test_a_refusal_names_the_boards_reason() -> None:
    world = world_online()
    command = world.sessions[11].command(0x0999, now=world.now)
    assert ended(world, command) is CommandEnd.REFUSED
    assert command.result_name == "bad argument"


def test_commands_wait_for_the_board_only_as_long_as_they_live() -> None:
    world = world_online()
    world.boards[11].mute = True
    assert world.run(3000, lambda: world.sessions[11].state is BoardState.SILENT)
    began = world.now
    command = world.sessions[11].command(OPEN_ONCE, now=world.now, ttl_ms=1500)
    assert ended(world, command) is CommandEnd.NOT_SENT
    assert 1500 <= world.now - began <= 1700


def test_too_many_waiting_commands_are_refused_at_once() -> None:
    world = world_online()
    commands = [world.sessions[11].command(layout.CMD_PING, (n,), now=world.now) for n in range(40)]
    assert commands[-1].end is CommandEnd.NOT_SENT
    assert ended(world, commands[0]) is CommandEnd.DONE
    with pytest.raises(ValueError, match="16-bit"):
        world.sessions[11].command(layout.CMD_PING, (70_000,), now=world.now)
    with pytest.raises(ValueError, match="at most 4"):
        world.sessions[11].command(layout.CMD_PING, (1, 2, 3, 4, 5), now=world.now)


# --- configuration ----------------------------------------------------------------------------------------------------


def test_a_changed_configuration_is_noticed_and_read() -> None:
    world = world_online()
    session = world.sessions[11]
    session.accept_config()
    changes: list[Any] = []
    session._on_change = lambda session, now: changes.append(session.config_differs)
    world.boards[11].board.config.write(open_wait_s=33)
    world.boards[11].board.bank.show_config()
    assert world.run(2000, lambda: session.config_differs)
    assert changes == [True]
    assert world.run(1000, lambda: world.tags["B11.par.open_wait_s"].value == 33)
    session.accept_config()
    assert not session.config_differs


def test_a_session_stops_without_leaving_anything_behind() -> None:
    world = world_online()
    session: BoardSession = world.sessions.pop(11)
    session.stop(world.now)
    world.line.sent.clear()
    world.run(3000)
    assert world.line.sent == []
    assert world.line.watchers == []
