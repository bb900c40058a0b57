"""The emulated site in wall time, as the demo runs it: port, counters, requests, and an end that leaves nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pymodbus.client import ModbusSerialClient

from protocols import layout
from tools.emulator.emulation import Emulation, EmulationError
from tools.emulator.site import BoardSpec, LineSpec, SiteSpec

pytestmark = pytest.mark.wall_clock

PATIENCE_S = 60.0


def wait_for(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextlib.contextmanager
def stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):  # its watchdog ended it
            os.kill(pid, signal.SIGCONT)


@pytest.fixture
def emulation(tmp_path: Path) -> Iterator[Emulation]:
    boards = [BoardSpec("IN1", 11, 101, per_hour=400.0), BoardSpec("OUT1", 21, 102, "exit", per_hour=400.0)]
    with Emulation(SiteSpec(str(tmp_path), boards, [LineSpec(link=str(tmp_path / "line0"))])) as running:
        yield running


def board(emulation: Emulation, name: str) -> dict[str, Any]:
    return next(row for row in emulation.report["boards"] if row["name"] == name)


def test_a_site_runs_in_wall_time(emulation: Emulation, tmp_path: Path) -> None:
    assert Path(tmp_path / "line0").resolve() == Path(emulation.port)
    wait_for(lambda: board(emulation, "IN1")["scans"] > 50)
    client = ModbusSerialClient(str(tmp_path / "line0"), baudrate=115_200, timeout=1)
    assert client.connect()
    try:
        for unit, dev_id in ((11, 101), (21, 102)):
            answer = client.read_holding_registers(0, count=64, device_id=unit)
            assert answer.registers[layout.H_MAGIC] == layout.MAGIC
            assert answer.registers[layout.H_DEV_ID] == dev_id
    finally:
        client.close()  # type: ignore[no-untyped-call]
    wait_for(lambda: emulation.report["lines"]["line"]["bursts"] >= 4)
    first = emulation.report
    wait_for(lambda: emulation.report["now_ms"] > first["now_ms"] + 500)
    elapsed = emulation.report["now_ms"] - first["now_ms"]
    scans = emulation.report["boards"][0]["scans"] - first["boards"][0]["scans"]
    assert scans == pytest.approx(elapsed / 10, rel=0.2)


def test_requests_change_the_world(emulation: Emulation) -> None:
    wait_for(lambda: board(emulation, "IN1")["scans"] > 50)
    emulation.request(turn=["IN1", "FIRE", 1])
    wait_for(lambda: board(emulation, "IN1")["degrees"] >= 89)
    emulation.request(fault=["IN1", "PE9", "open"])
    wait_for(lambda: emulation.errors)
    assert "no point 'PE9'" in emulation.errors[0]
    emulation.request(hang=["OUT1"])
    wait_for(lambda: board(emulation, "OUT1")["resets"] == 2)
    emulation.request(power=["OUT1", 0])
    wait_for(lambda: board(emulation, "OUT1")["state"] == "off")


def test_a_board_whose_process_dies_is_restarted_and_the_others_go_on(emulation: Emulation) -> None:
    wait_for(lambda: board(emulation, "IN1")["scans"] > 50)
    os.kill(board(emulation, "IN1")["pid"], signal.SIGKILL)
    wait_for(lambda: board(emulation, "IN1")["resets"] == 2)
    before = board(emulation, "OUT1")["scans"]
    wait_for(lambda: board(emulation, "OUT1")["scans"] > before + 50)


def test_no_watchdog_bites_because_the_emulator_was_stopped(emulation: Emulation) -> None:
    wait_for(lambda: board(emulation, "IN1")["scans"] > 50)
    assert emulation.pid
    os.kill(emulation.pid, signal.SIGSTOP)
    time.sleep(2.5)  # longer than the watchdog
    os.kill(emulation.pid, signal.SIGCONT)
    wait_for(lambda: emulation.report["stalled_ms"] > 2000)
    before = board(emulation, "IN1")["scans"]
    wait_for(lambda: board(emulation, "IN1")["scans"] > before + 20)
    assert board(emulation, "IN1")["resets"] == 1


def test_a_board_that_is_kept_from_running_for_a_moment_is_waited_for(emulation: Emulation, tmp_path: Path) -> None:
    """No scan is late, and no watchdog bites, for what is the fault of the machine alone."""
    wait_for(lambda: board(emulation, "IN1")["scans"] > 50)
    client = ModbusSerialClient(str(tmp_path / "line0"), baudrate=115_200, timeout=5)
    assert client.connect()
    waited = 0
    try:
        while waited < 3:
            before = client.read_holding_registers(layout.H_SCAN_OVR, count=1, device_id=11).registers[0]
            since = time.monotonic()
            with stopped(board(emulation, "IN1")["pid"]):
                time.sleep(0.1)  # ten scans
            if time.monotonic() - since > 0.8:
                continue  # this test was kept from running as well, perhaps for longer than a board is waited for
            waited += 1
            assert client.read_holding_registers(layout.H_SCAN_OVR, count=1, device_id=11).registers == [before]
    finally:
        client.close()  # type: ignore[no-untyped-call]
    assert board(emulation, "IN1")["resets"] == 1


def test_a_board_that_never_answers_is_bitten_by_its_watchdog_and_the_others_go_on(emulation: Emulation) -> None:
    wait_for(lambda: board(emulation, "IN1")["scans"] > 50)
    with stopped(board(emulation, "IN1")["pid"]):
        before = board(emulation, "OUT1")["scans"]
        wait_for(lambda: board(emulation, "IN1")["resets"] == 2)
    assert board(emulation, "OUT1")["scans"] > before + 100
    assert board(emulation, "OUT1")["resets"] == 1


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_nothing_is_left_behind(tmp_path: Path, how: str) -> None:
    emulation = Emulation(SiteSpec(str(tmp_path), [BoardSpec("IN1", 11, 101)])).start()
    wait_for(lambda: board(emulation, "IN1")["pid"])
    pid = board(emulation, "IN1")["pid"]
    if how == "kill":
        os.kill(emulation.pid, signal.SIGKILL)
    else:
        emulation.stop()
    wait_for(lambda: not alive(pid))
    emulation.stop()


def test_a_wrong_site_is_an_error_with_its_reason(tmp_path: Path) -> None:
    spec = SiteSpec(str(tmp_path), [BoardSpec("IN1", 999, 101)])
    with pytest.raises(EmulationError, match="UNIT_ID"):
        Emulation(spec).start()
