"""Independent clients against our servers on real MicroPython: libmodbus and mbpoll, over TCP and a pty as RTU line."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.peers.build import compile_peer
from tools import micropython

pytestmark = pytest.mark.wall_clock

PEERS = Path(__file__).parents[1] / "peers"
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def board(kind: str, where: str) -> Iterator[None]:
    """Run the MicroPython server until the block ends."""
    command = micropython.command(PEERS / "portable_modbus_board.py", str(ROOT), kind, where, heap="1m")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            assert said == "ready\n", said + process.stdout.read()
            yield
        finally:
            process.kill()


@contextmanager
def line() -> Iterator[tuple[str, str]]:
    """Two devices joined as the ends of a serial line: what goes into one comes out of the other."""
    ends = [os.openpty() for _ in range(2)]
    for _, device in ends:
        tty.setraw(device)
    stop, stopped = os.pipe()

    def carry() -> None:
        other = {ends[0][0]: ends[1][0], ends[1][0]: ends[0][0]}
        while True:
            ready, _, _ = select.select([*other, stop], [], [])
            if stop in ready:
                return
            for end in ready:
                os.write(other[end], os.read(end, 4096))

    carrier = threading.Thread(target=carry)
    carrier.start()
    try:
        yield os.ttyname(ends[0][1]), os.ttyname(ends[1][1])
    finally:
        os.write(stopped, b"x")
        carrier.join()
        for descriptor in (stop, stopped, *ends[0], *ends[1]):
            os.close(descriptor)


@pytest.fixture(scope="session")
def libmodbus_client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The C client, compiled."""
    return compile_peer("libmodbus_client.c", tmp_path_factory.mktemp("peers"))


def ask(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.peer("gcc", "libmodbus")
def test_libmodbus_over_tcp(libmodbus_client: Path) -> None:
    port = str(free_port())
    with board("tcp", port):
        assert ask(str(libmodbus_client), "tcp", port) == "libmodbus agrees\n"


@pytest.mark.peer("gcc", "libmodbus")
def test_libmodbus_over_rtu(libmodbus_client: Path) -> None:
    with line() as (near, far), board("rtu", far):
        assert ask(str(libmodbus_client), "rtu", near) == "libmodbus agrees\n"


def mbpoll(*where: str) -> None:
    """Read and write all four kinds with mbpoll; references are 1-based as it wants them, one poll each (-1)."""
    device, options = where[-1], ("mbpoll", *where[:-1], "-a", "17", "-1", "-q", "-o", "5.0")
    read = ask(*options, "-t", "4", "-r", "11", "-c", "3", device)
    assert [row.split() for row in read.splitlines() if row.startswith("[")] == [
        ["[11]:", "10"],
        ["[12]:", "11"],
        ["[13]:", "12"],
    ]
    assert "[1]: \t1000" in ask(*options, "-t", "3", "-r", "1", device)
    assert "[4]: \t1" in ask(*options, "-t", "1", "-r", "4", device)
    assert "[5]: \t0" in ask(*options, "-t", "0", "-r", "5", device)
    ask(*options, "-t", "4", "-r", "11", device, "--", "4660", "22136")
    assert "[12]: \t22136" in ask(*options, "-t", "4", "-r", "11", "-c", "2", device)
    ask(*options, "-t", "0", "-r", "5", device, "--", "1")
    assert "[5]: \t1" in ask(*options, "-t", "0", "-r", "5", device)
    refused = subprocess.run([*options, "-t", "4", "-r", "1001", device], capture_output=True, text=True, check=False)
    assert "Illegal data address" in refused.stdout + refused.stderr


@pytest.mark.peer("mbpoll")
def test_mbpoll_over_tcp() -> None:
    port = str(free_port())
    with board("tcp", port):
        mbpoll("-m", "tcp", "-p", port, "127.0.0.1")


@pytest.mark.peer("mbpoll")
def test_mbpoll_over_rtu() -> None:
    with line() as (near, far), board("rtu", far):
        mbpoll("-m", "rtu", "-b", "115200", "-P", "none", near)
