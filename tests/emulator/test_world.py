"""The engine: exact virtual time, power, watchdog, hang, faults by name; on real MicroPython with a stub board."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from protocols import layout
from tests.emulator.support import stub_board
from tools.emulator.board import BOOT_MS, OFF, RUNNING, BoardError
from tools.emulator.lane.plant import Lane
from tools.emulator.lane.vehicle import CAR
from tools.emulator.serial_line import SerialLine
from tools.emulator.world import TimeoutInWorldError, World


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()


def test_scans_fall_on_their_milliseconds(world: World, tmp_path: Path) -> None:
    board = stub_board(world, tmp_path)
    board.power_on()
    stamps: list[int] = []
    board.on_step = lambda: stamps.append(world.now_us)
    world.run(1000)
    assert board.runtime == "micropython stub"
    assert stamps[:3] == [BOOT_MS * 1000, BOOT_MS * 1000, (BOOT_MS + 10) * 1000]
    assert set(range(BOOT_MS * 1000, 1_000_001, 10_000)) == set(stamps)


def test_ticks_wrap_without_notice(tmp_path: Path) -> None:
    world = World(start_us=(1 << 30) - 500_000)
    board = stub_board(world, tmp_path)
    try:
        board.power_on()
        world.run(1000)
        assert board.steps == pytest.approx(86, abs=1)
    finally:
        world.close()


def test_a_power_cut_drops_outputs_and_a_board_comes_back(world: World, tmp_path: Path) -> None:
    board = stub_board(world, tmp_path)
    board.power_on()
    world.run(500)
    assert board.wiring.outputs["YC"] == 1
    board.power_off()
    assert board.state == OFF
    assert not any(board.wiring.outputs.values())
    world.run(300)
    board.power_on()
    world.until(lambda: board.wiring.outputs["YC"], within=BOOT_MS + 20)
    assert board.resets == [layout.RESET_POWER, layout.RESET_POWER]


def test_a_hung_board_keeps_its_outputs_until_the_watchdog_bites(world: World, tmp_path: Path) -> None:
    board = stub_board(world, tmp_path)
    board.power_on()
    world.run(500)
    board.hang()
    took = world.until(lambda: not board.wiring.outputs["YC"], within=2500)
    assert 1980 <= took <= 2000
    world.run(BOOT_MS + 50)
    assert board.state == RUNNING
    assert board.resets == [layout.RESET_POWER, layout.RESET_WATCHDOG]
    assert "welcome 2" in board.runner.console()


def test_an_unfed_watchdog_bites_a_board_that_runs(world: World, tmp_path: Path) -> None:
    board = stub_board(world, tmp_path, "unfed")
    board.power_on()
    took = world.until(lambda: len(board.resets) == 2, within=3000)
    assert took == BOOT_MS + 2000


def test_a_reboot_is_a_soft_reset(world: World, tmp_path: Path) -> None:
    board = stub_board(world, tmp_path, "reboot")
    board.power_on()
    world.run(300)
    assert board.resets == [layout.RESET_POWER, layout.RESET_SOFT]


def test_a_dead_process_is_an_error_with_its_last_words(world: World, tmp_path: Path) -> None:
    board = stub_board(world, tmp_path)
    board.power_on()
    world.run(200)
    board.runner.kill()
    with pytest.raises(BoardError, match="welcome 1"):
        world.run(100)


def test_until_says_what_it_waited_for_in_world_time(world: World, tmp_path: Path) -> None:
    board = stub_board(world, tmp_path)
    board.power_on()
    with pytest.raises(TimeoutInWorldError, match="500 ms"):
        world.until(lambda: False, within=500)
    assert world.now_ms == 500


def test_faults_by_point_name_reach_the_board(world: World, tmp_path: Path) -> None:
    lane = Lane(1)
    board = stub_board(world, tmp_path, lane=lane)
    board.power_on()
    lane.put_boom(90)
    world.run(400)
    assert board.wiring.outputs["YC"] == 1
    board.wiring.fault("LA.P", "open")
    world.run(20)
    assert board.wiring.outputs["YO"] == 1
    board.wiring.fault("LA.P", "")
    board.wiring.fault("LA.P", "stuck_clear")
    lane.traffic.add(CAR)
    world.run(20_000)
    assert lane.inputs()["LA_P"] == 1
    assert board.wiring.outputs["YC"] == 1
    board.wiring.fault("YC", "stuck_off")
    assert board.wiring.outputs["YC"] == 0
    with pytest.raises(ValueError, match="no point 'LX'"):
        board.wiring.fault("LX", "open")


def test_two_boards_are_two_lanes_in_one_time(world: World, tmp_path: Path) -> None:
    lanes = [Lane(1), Lane(2)]
    boards = [stub_board(world, tmp_path, name=f"B{i}", lane=lane) for i, lane in enumerate(lanes)]
    for board in boards:
        board.power_on()
    lanes[1].traffic.add(CAR)
    world.until(lambda: boards[1].wiring.outputs["YO"], within=20_000)
    assert boards[0].wiring.outputs["YO"] == 0
    assert lanes[0].degrees == 0.0
    world.run(5)
    assert boards[0].steps == boards[1].steps


class Ear:
    def __init__(self) -> None:
        self.heard: list[tuple[int, bytes]] = []

    def receive_serial(self, data: bytes, end_us: int) -> None:
        self.heard.append((end_us, data))


def test_a_board_answers_on_the_line_when_the_last_character_has_ended(world: World, tmp_path: Path) -> None:
    board = stub_board(world, tmp_path)
    line = SerialLine(world, 19_200, 11)
    ear = Ear()
    line.connect("gateway", ear)
    line.connect("B1", board)
    board.on_serial = lambda data: line.transmit("B1", data)
    board.power_on()
    world.run(203.7)
    line.transmit("gateway", b"\x01\x02\x03\x04")
    world.run(20)
    sent = 203_700 + line.character_us(4)
    assert ear.heard == [(sent + 1000 + line.character_us(4), b"\x04\x03\x02\x01")]
    assert line.character_us(4) == 2292
