"""A bundled board on real MicroPython: Modbus on both carriers at once, bad masters, power cuts, a flat heap."""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from protocols import layout
from tests.firmware.board_world import UNIT, World, ask, take
from tools.bundle.stage import Request, stage

HEADER = struct.pack(">BHH", 3, 0, 64)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundle") / "lane"
    stage(Request("unix", "parking_lane", 1, 1), out)
    return out


@pytest.fixture
def world(bundle: Path, tmp_path: Path) -> Iterator[World]:
    made = World(bundle, tmp_path / "flash")
    yield made
    made.kill()


def word32(registers: tuple[int, ...], at: int) -> int:
    return registers[at] << 16 | registers[at + 1]


def test_both_carriers_serve_one_bank(world: World) -> None:
    world.run(500)
    with world.client() as sock:
        over_tcp = struct.unpack(">64H", ask(sock, HEADER)[2:])
        over_rtu = world.read(0, 64)

    assert over_tcp[:16] == over_rtu[:16]
    assert over_tcp[layout.H_MAGIC] == layout.MAGIC
    assert world.runtime.startswith(b"micropython ")


def test_the_heap_is_flat_under_traffic_and_connections_that_come_and_go(world: World) -> None:
    with world.client() as sock:  # the first one sizes the poller's table
        assert ask(sock, HEADER)[0] == 3
    world.run(60_000)
    for round_ in range(60):
        with world.client() as sock:
            for n in range(10):
                assert ask(sock, HEADER, n)[0] == 3
                world.run(100)
        world.read(0, 64 if round_ % 2 else 77)
    world.run(20_000)  # an open connection is heap in use; a closed one is not
    registers = world.read(0, 64)

    assert word32(registers, layout.H_SCANS) > 10_000
    assert word32(registers, layout.H_HEAP_GROWTH) == 0
    assert registers[layout.H_SCAN_OVR] == 0


def test_a_torrent_of_garbage_on_the_line_changes_nothing(world: World) -> None:
    rng = random.Random(7)
    before = world.read(0, 16)
    for _ in range(200):
        noise = rng.randbytes(rng.choice((1, 3, 4, 8, 40, 255, 256, 257, 400)))
        world.rtu(bytes([UNIT]) + noise if rng.random() < 0.5 else noise)
        assert world.read(0, 16) == before
    assert world.read(layout.C_GW_ID, 1) == (0,)


def test_bad_masters_on_tcp_do_not_disturb_a_good_one(world: World) -> None:
    rng = random.Random(11)
    with world.client() as good:
        for _ in range(50):
            with world.client() as bad:
                bad.sendall(rng.randbytes(rng.randrange(1, 600)))
                assert ask(good, HEADER)[0] == 3
                world.run(10)
        with world.client() as half:
            half.sendall(struct.pack(">HHHB", 1, 0, 6, UNIT) + HEADER[:2])
            assert ask(good, HEADER)[0] == 3
            half.sendall(HEADER[2:])
            assert take(half, 1)[0] == 3


def test_a_dribbled_request_is_answered_when_it_is_whole(world: World) -> None:
    frame = struct.pack(">HHHB", 9, 0, 6, UNIT) + HEADER
    with world.client() as sock:
        for byte in frame:
            sock.sendall(bytes([byte]))
            world.run(20)
        assert take(sock, 9)[0] == 3


def test_several_requests_in_one_piece_are_all_answered(world: World) -> None:
    with world.client() as sock:
        sock.sendall(b"".join(struct.pack(">HHHB", n, 0, 6, UNIT) + HEADER for n in range(20)))
        for n in range(20):
            assert take(sock, n)[0] == 3


def test_another_protocol_on_the_port_is_hung_up_on(world: World) -> None:
    with world.client() as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: board\r\n\r\n")
        assert sock.recv(100) == b""


def test_the_most_silent_of_too_many_connections_makes_room(world: World) -> None:
    clients = [socket.create_connection(("127.0.0.1", world.tcp_port), timeout=10) for _ in range(5)]
    try:
        for sock in clients[1:4]:
            assert ask(sock, HEADER)[0] == 3
        assert ask(clients[4], HEADER)[0] == 3
        open_now = 0
        for sock in clients:
            try:
                sock.sendall(struct.pack(">HHHB", 1, 0, 6, UNIT) + HEADER)
                open_now += bool(sock.recv(300))
            except ConnectionError:
                continue
        assert open_now == 4
    finally:
        for sock in clients:
            sock.close()


def test_a_power_cut_forgets_commands_and_keeps_what_is_stored(bundle: Path, tmp_path: Path) -> None:
    world = World(bundle, tmp_path / "flash")
    world.run(1000)
    world.rtu_request(struct.pack(">BHH", 6, layout.C_GW_HB, 1))
    world.kill()
    again = World(bundle, tmp_path / "flash", layout.RESET_WATCHDOG)
    try:
        registers = again.read(0, 77)
    finally:
        again.kill()

    assert registers[layout.H_BOOT_CNT] == 2
    assert registers[layout.H_RESET_CAUSE] == layout.RESET_WATCHDOG
    assert registers[layout.H_ACK_SEQ] == 0
    assert registers[layout.C_GW_HB] == 0


def test_the_end_of_the_link_ends_the_process(world: World) -> None:
    world.link.shutdown(socket.SHUT_RDWR)
    assert world.process.wait(10) == 0
