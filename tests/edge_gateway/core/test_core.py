"""The core with lanes on TCP: from a plate to the opening, from an event ring to the journal, and the local API."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop

from edge_gateway.api.client import Client, NotRunning
from edge_gateway.api.wire import ApiError, Code
from edge_gateway.core.app import Core
from edge_gateway.core.scan import ScanExecutive
from edge_gateway.journal import JournalReader, Kind, Record
from edge_gateway.site import load_site
from protocols import layout
from tests.edge_gateway.core.lanes import OPEN_ONCE, PATIENCE_S, Lane, Lanes, serving

pytestmark = pytest.mark.wall_clock

EV_PASSED = 67


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="de-") as name:  # short: a unix socket's path is
        yield Path(name)


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    with serving(Lane("in1", 301, 0), Lane("out1", 303, 1)) as served:
        yield served


class Running:
    """A core in a thread."""

    def __init__(self, site: Path) -> None:
        self.socket = load_site(site).run_dir / "core.sock"
        self.journal = self.socket.with_name("journal.db")
        self._ready = threading.Event()
        self._stop: Callable[[], object] = lambda: None
        self._thread = threading.Thread(target=lambda: uvloop.run(self._main(site)), name="core")
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)

    async def _main(self, site: Path) -> None:
        core = Core(load_site(site))
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._stop = lambda: loop.call_soon_threadsafe(ended.set)
        await core.start()
        self._ready.set()
        await ended.wait()
        await core.stop()

    def close(self) -> None:
        self._stop()
        self._thread.join()

    def records(self, *kinds: Kind) -> list[Record]:
        reader = JournalReader(self.journal)
        try:
            return reader.after(0, 100_000, kinds)
        finally:
            reader.close()

    def wait_for(self, condition: Callable[[dict[str, Any]], bool], timeout_s: float = PATIENCE_S) -> dict[str, Any]:
        """The first status for which it holds."""
        give_up = time.monotonic() + timeout_s
        with Client(self.socket) as client:
            now = client.call("status")
            if condition(now):
                return dict(now)
            for _stream, status in client.stream("status"):
                if condition(status):
                    return dict(status)
                assert time.monotonic() < give_up, f"it did not come to that: {status}"
        raise AssertionError("the stream has ended")


@contextmanager
def running(site: Path) -> Iterator[Running]:
    core = Running(site)
    try:
        yield core
    finally:
        core.close()


def online(status: dict[str, Any]) -> bool:
    return all(board["session"] == "online" and board["link"] == "ok" for board in status["boards"])


def test_a_plate_opens_the_lane_once_and_the_vehicle_is_counted(lanes: Lanes, folder: Path) -> None:
    with running(lanes.site_file(folder)) as core:
        core.wait_for(lambda now: online(now) and now["tags"]["good"] > 100)
        lanes["in1"].read_plate(0x12345678)
        assert lanes.until(lambda: lanes["in1"].opened == 1)
        assert lanes["in1"].executed[-1][1:] == (OPEN_ONCE, (0x1234, 0x5678, 0, 0))
        core.wait_for(lambda now: now["parking"]["coming"] == 1)
        lanes["in1"].pass_vehicle(0x12345678)
        core.wait_for(lambda now: now["parking"]["occupancy"] == 1 and now["parking"]["coming"] == 0)
        lanes["out1"].read_plate(0x12345678)
        assert lanes.until(lambda: lanes["out1"].opened == 1)
        lanes["out1"].pass_vehicle(0x12345678)
        core.wait_for(lambda now: now["parking"]["occupancy"] == 0)
        assert lanes["in1"].opened == lanes["out1"].opened == 1
    names = [(r.source, r.name) for r in core.records(Kind.EVENT) if r.source != "gateway"]
    assert names == [("in1", "VEHICLE_ENTRY"), ("out1", "VEHICLE_EXIT")]
    ordered = [r for r in core.records(Kind.COMMAND) if r.body["phase"] == "ordered"]
    assert [(r.source, r.name, r.body["by"]) for r in ordered] == [
        ("in1", "OPEN_ONCE", "parking"),
        ("out1", "OPEN_ONCE", "parking"),
    ]


def test_a_restarted_core_replays_no_command_and_reads_each_event_once(lanes: Lanes, folder: Path) -> None:
    site = lanes.site_file(folder)
    with running(site) as core:
        core.wait_for(lambda now: online(now) and now["tags"]["good"] > 100)
        for number in range(3):
            lanes["in1"].emit(EV_PASSED, 0, number)
        lanes["in1"].read_plate(77)
        assert lanes.until(lambda: lanes["in1"].opened == 1)
        lanes["in1"].pass_vehicle(77)
        core.wait_for(lambda now: now["parking"]["occupancy"] == 1)
    before = lanes["in1"].executed[:]
    lanes["in1"].pass_vehicle(78)  # while nobody looked
    lanes["in1"].emit(EV_PASSED, 0, 3)
    with running(site) as core:
        core.wait_for(lambda now: online(now) and now["parking"]["occupancy"] == 2)
        lanes["in1"].emit(EV_PASSED, 0, 4)
        with Client(core.socket) as client:
            client.call("command", board="in1", command="PING")
    assert [code for _seq, code, _args in lanes["in1"].executed[len(before) :] if code == OPEN_ONCE] == []
    sequences = [seq for seq, _code, _args in lanes["in1"].executed]
    assert sequences == sorted(set(sequences)), "the sequence goes on from what the board acknowledged"
    passed = [r.body["token"] for r in core.records(Kind.EVENT) if r.name == "PASSED"]
    assert passed[:4] == [0, 1, 2, 3]
    assert len(passed) == len(set(passed))


def test_operators_order_by_name_and_hear_why_not(lanes: Lanes, folder: Path) -> None:
    with running(lanes.site_file(folder)) as core:
        core.wait_for(online)
        with Client(core.socket) as client:
            done = client.call("command", board="in1", command="set_mode", args=["auto"])
            assert (done["done"], done["phase"], done["refused"]) == (True, "ended", False)
            lanes["in1"].result, lanes["in1"].detail = layout.RES_INTERLOCK, 9
            refused = client.call("command", board="in1", command="OPEN_ONCE", args=[0, "0x10"])
            assert (refused["done"], refused["refused"]) == (False, True)
            assert refused["reason"].startswith("interlock: VEHICLE_WAITS")
            for code, params in (
                (Code.NOT_FOUND, {"board": "in9", "command": "PING"}),
                (Code.NOT_FOUND, {"board": "in1", "command": "OPNE_ONCE"}),
                (Code.BAD_PARAMS, {"board": "in1", "command": "OPEN_ONCE"}),
                (Code.BAD_PARAMS, {"board": "in1", "command": "OPEN_ONCE", "args": [1, 70_000]}),
                (Code.BAD_PARAMS, {"board": "in1", "command": "SET_MODE", "args": ["atuo"]}),
                (Code.BAD_PARAMS, {"board": 7, "command": "PING"}),
            ):
                with pytest.raises(ApiError) as error:
                    client.call("command", **params)
                assert error.value.code is code, params
    by = {r.body["by"] for r in core.records(Kind.COMMAND)}
    assert by <= {f"uid {os.getuid()}", "local"}


def test_a_board_with_another_sheet_is_read_and_never_commanded(lanes: Lanes, folder: Path) -> None:
    lanes["in1"].holding[layout.H_SHEET_CRC] ^= 1
    with running(lanes.site_file(folder)) as core:
        status = core.wait_for(lambda now: now["boards"][0]["session"].startswith("other map"))
        assert "another sheet" in status["boards"][0]["problem"]
        lanes["in1"].read_plate(5)
        with Client(core.socket) as client:
            answer = client.call("command", board="in1", command="PING", wait_s=20)
            assert answer["end"] == "not sent"
            (tag,) = client.call("tags", pattern="in1.CRED.TOKEN")
            assert tag["quality"] == "uncertain"
    assert lanes["in1"].executed == []


def test_a_board_that_runs_other_parameters_is_named_until_it_runs_those_of_the_site_file(
    lanes: Lanes, folder: Path
) -> None:
    lane = lanes["in1"]
    lane.set_parameter("clear_ms", 700)
    with running(lanes.site_file(folder)) as core:
        told = core.wait_for(lambda now: now["boards"][0]["problem"] != "")
        assert told["boards"][0]["problem"] == "clear_ms is 700 on the board, 1000 in the site file"
        with Client(core.socket) as client:
            assert client.call("board", board="in1")["different_parameters"] == {
                "clear_ms": {"site": 1000, "board": 700}
            }
            assert client.call("board", board="out1")["different_parameters"] == {}
        lane.set_parameter("clear_ms", 1000)  # as after a commit: the header tells that there is something new
        lane.holding[layout.H_CFG_VER] += 1
        lane.holding[layout.H_CFG_CRC] ^= 0x55AA
        core.wait_for(lambda now: now["boards"][0]["problem"] == "")
    told_names = [(r.source, r.name) for r in core.records(Kind.AUDIT) if r.name.startswith("CONFIG_")]
    assert told_names == [("in1", "CONFIG_DIFFERS"), ("in1", "CONFIG_MATCHES")]


def test_tags_events_streams_and_correction(lanes: Lanes, folder: Path) -> None:
    with running(lanes.site_file(folder)) as core:
        core.wait_for(lambda now: online(now) and now["tags"]["good"] > 100)
        with Client(core.socket) as client:
            assert client.call("hello")["site"] == "test"
            names = [tag["name"] for tag in client.call("tags", pattern="in1.CRED.*")]
            assert names == ["in1.CRED.SEQ", "in1.CRED.TOKEN", "in1.CRED.CONF"]
            with pytest.raises(ApiError, match=r"no tag `in1\.STATEE`; did you mean `in1\.STATE`\?"):
                client.call("tags", pattern="in1.STATEE")
            assert client.call("parking.correct", occupancy=17)["occupancy"] == 17
            with pytest.raises(ApiError, match="0 to 440"):
                client.call("parking.correct", occupancy=1000)
            corrected = client.call("events", limit=5, kinds=["audit"])[-1]
            assert corrected["name"] in ("OCCUPANCY_CORRECTED", "SESSION")
            wrong: list[tuple[str, dict[str, Any]]] = [
                ("events", {"kinds": ["evnt"]}),
                ("events", {"limit": 0}),
                ("events", {"after": "x"}),
                ("subscribe", {"streams": ["x"]}),
                ("nothing", {}),
            ]
            for method, params in wrong:
                with pytest.raises(ApiError):
                    client.call(method, **params)
            stream = client.stream("tags", "journal", tags=["out1.CRED.*"])
            lanes["out1"].read_plate(9)
            told: dict[str, Any] = {}
            while "out1.CRED.TOKEN" not in told:
                kind, data = next(stream)
                if kind == "tags":
                    assert all(tag["name"].startswith("out1.CRED.") for tag in data)
                    told |= {tag["name"]: tag["value"] for tag in data if tag["value"]}
            assert told["out1.CRED.TOKEN"] == 9


def test_the_local_api_survives_whatever_is_sent(lanes: Lanes, folder: Path) -> None:
    with running(lanes.site_file(folder)) as core:
        assert stat.S_IMODE(core.socket.stat().st_mode) == 0o600
        for line in (
            b"\n",
            b"{\n",
            b"[]\n",
            b"null\n",
            b'{"method": 1}\n',
            b'{"method": "status", "params": 3}\n',
            b"\xff\n",
        ):
            with socket.socket(socket.AF_UNIX) as raw:
                raw.settimeout(5)
                raw.connect(str(core.socket))
                raw.sendall(line)
                assert json.loads(raw.makefile("rb").readline())["error"]["code"] == "bad_request"
        with socket.socket(socket.AF_UNIX) as raw:
            raw.connect(str(core.socket))
            raw.sendall(b"x" * 200_000 + b"\n")
        with Client(core.socket) as client:
            assert client.call("hello")["gateway"] == "gw1"
    with pytest.raises(NotRunning):
        Client(core.socket)


def test_a_scan_keeps_its_distance_and_a_failing_part_stops_no_other() -> None:
    calls: list[int] = []

    def fails(now: int) -> None:
        raise ValueError("broken")

    async def main() -> ScanExecutive:
        done = asyncio.Event()

        def counts(now: int) -> None:
            calls.append(now)
            if len(calls) == 10:
                done.set()

        scan = ScanExecutive(20, [("broken", fails), ("counts", counts)])
        scan.start()
        await done.wait()
        scan.stop()
        return scan

    scan = asyncio.run(main())
    assert scan.faults == {"broken": 10}
    if scan.overruns == 0:
        assert 170 <= calls[-1] - calls[0] <= 200
