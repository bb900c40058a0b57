"""Masters that are not ours, at a running board: libmodbus and mbpoll over RTU (a pty) and TCP, on the wall clock."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.build import compile_peer
from tools.emulator.emulation import Emulation, Report
from tools.emulator.site import BoardSpec, SiteSpec

pytestmark = pytest.mark.wall_clock

UNIT = 7


@pytest.fixture(scope="module")
def emulation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulation]:
    """A running exit lane without traffic, on a line and on TCP."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    board = BoardSpec("EX1", UNIT, 301, role="exit", tcp_port=port, per_hour=0)
    scans = threading.Event()  # the port is there before the board has booted; a master that asks then waits in vain

    def look(report: Report) -> None:
        if all(board["scans"] > 10 for board in report["boards"]):
            scans.set()

    with Emulation(SiteSpec(str(tmp_path_factory.mktemp("boards")), [board]), look) as running:
        assert scans.wait(30)
        yield running


@pytest.fixture(params=["rtu", "tcp"])
def where(request: pytest.FixtureRequest, emulation: Emulation) -> tuple[str, str]:
    """Kind of carrier and its address."""
    if request.param == "rtu":
        return "rtu", emulation.port
    return "tcp", str(emulation.spec.boards[0].tcp_port)


def ask(*command: str) -> str:
    """Run a peer; return what it said. Fails with it when it isn't content."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def values(said: str) -> list[str]:
    """The values of mbpoll's lines `[reference]: value`."""
    return [line.split()[1] for line in said.splitlines() if line.startswith("[")]


@pytest.mark.peer("gcc", "libmodbus")
def test_libmodbus_reads_writes_and_commands_a_running_board(where: tuple[str, str], tmp_path: Path) -> None:
    client = compile_peer("libmodbus_board.c", tmp_path)
    assert ask(str(client), *where, str(UNIT)) == "the board answers as documented\n"


@pytest.mark.peer("mbpoll")
def test_mbpoll_reads_and_writes_a_running_board(where: tuple[str, str]) -> None:
    kind, address = where
    options = ["mbpoll", "-m", kind, "-a", str(UNIT), "-1", "-q", "-o", "5.0"]
    options += ["-p", address] if kind == "tcp" else ["-b", "115200", "-P", "none"]
    device = "127.0.0.1" if kind == "tcp" else address

    header = values(ask(*options, "-t", "4:hex", "-r", "1", "-c", "4", device))
    assert header == ["0x4642", "0x0100", "0x0003", "0x012D"]
    # reference 65 is register 0x40, the heartbeat: written, and read back
    for beat in map(str, range(41, 53)):  # a board that has waited for a gateway for 2 s wants ten good ones
        ask(*options, "-t", "4", "-r", "65", device, beat)
        assert values(ask(*options, "-t", "4", "-r", "65", "-c", "1", device)) == [beat]
    # reference 39 is GW_LINK: 1 is ok
    assert values(ask(*options, "-t", "4", "-r", "39", "-c", "1", device)) == ["1"]


@pytest.mark.peer("mbpoll")
def test_a_unit_that_is_not_there_does_not_answer(emulation: Emulation) -> None:
    command = ["mbpoll", "-m", "rtu", "-a", "99", "-1", "-q", "-b", "115200", "-P", "none", "-t", "4", emulation.port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode != 0
    assert "timed out" in done.stderr
