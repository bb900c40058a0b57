"""The whole gateway as processes: each is killed at any moment, the other lives, and what was under way goes on."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from edge_gateway.api.client import Client, NotRunning
from edge_gateway.files import SOCKET
from edge_gateway.journal import JournalReader, Kind, Record
from edge_gateway.process import Arguments
from edge_gateway.supervisor import Child, Pause
from tests.edge_gateway.core.lanes import OPEN_ONCE, PATIENCE_S, Lane, Lanes, serving
from tests.edge_gateway.uplink.brokers import BrokerProcess, Subscriber

pytestmark = pytest.mark.wall_clock

EDGECTL = [sys.executable, "-c", "from edge_gateway.cli.app import main; main()"]


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="de-") as name:
        yield Path(name)


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    with serving(Lane("in1", 301, 0), Lane("out1", 303, 1)) as served:
        yield served


class Gateway:
    """`edgectl run` as a process."""

    def __init__(self, site: Path) -> None:
        self.run_dir = site.parent / "run"
        self._log = (site.parent / "log").open("w")
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(site.parent)}
        self.process = subprocess.Popen([*EDGECTL, "run", str(site)], stderr=self._log, env=environment)

    def pid(self, name: str) -> int:
        return int((self.run_dir / f"{name}.lock").read_text())

    def until(self, condition: Callable[[dict[str, Any]], bool], timeout_s: float = PATIENCE_S) -> dict[str, Any]:
        """The first status for which it holds; core may be away meanwhile."""
        give_up = time.monotonic() + timeout_s
        while time.monotonic() < give_up:
            with suppress(NotRunning), Client(self.run_dir / "core.sock") as client:
                now = client.call("status")
                if condition(now):
                    return dict(now)
                for _stream, status in client.stream("status"):
                    if condition(status):
                        return dict(status)
                    if time.monotonic() > give_up:
                        break
            assert self.process.poll() is None, "the supervisor has ended"
        raise AssertionError("it did not come to that")

    def records(self, *kinds: Kind) -> list[Record]:
        reader = JournalReader(self.run_dir / "journal.db")
        try:
            return reader.after(0, 100_000, kinds)
        finally:
            reader.close()

    def close(self) -> int:
        """Ctrl-C, and the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE_S)
        self._log.close()
        print((self.run_dir.parent / "log").read_text())  # pytest shows it when the test fails
        return code


@contextmanager
def running(site: Path) -> Iterator[Gateway]:
    gateway = Gateway(site)
    try:
        yield gateway
    finally:
        gateway.close()


def online(status: dict[str, Any]) -> bool:
    return all(board["session"] == "online" for board in status["boards"]) and status["tags"]["good"] > 100


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" if Path("/proc/self/stat").exists() else True


def let_in_and_kill(gateway: Gateway, lanes: Lanes, cars: int, victim: str, after_s: float) -> None:
    """One more car comes in; a little later one process is killed. Returns when everything is well again."""
    gateway.until(online)
    other = "services" if victim == "core" else "core"
    before = {name: gateway.pid(name) for name in (victim, other)}
    opened = lanes["in1"].opened
    lanes["in1"].read_plate(cars)
    assert lanes.until(lambda: lanes["in1"].opened == opened + 1)
    lanes["in1"].pass_vehicle(cars)
    time.sleep(after_s)  # any moment
    os.kill(before[victim], signal.SIGKILL)
    gateway.until(lambda now: online(now) and now["parking"]["occupancy"] == cars)
    gateway.until(lambda now: gateway.pid(victim) != before[victim])
    assert gateway.pid(other) == before[other], "the other was not disturbed"


@pytest.mark.slow
@pytest.mark.peer("mosquitto")
def test_core_and_services_killed_at_any_moment(lanes: Lanes, folder: Path) -> None:
    """Whatever is killed and when: no command twice, no record lost or doubled at the receiver, the other goes on."""
    chance = random.Random(11)
    broker = BrokerProcess("mosquitto", folder)
    broker.start()
    subscriber = Subscriber(broker.port, "district-edge/test/gw1/journal")
    extra = f"uplink: {{broker: 'mqtt://127.0.0.1:{broker.port}', batch_records: 10, batch_wait_ms: 10}}"
    cars = 0
    try:
        with running(lanes.site_file(folder, extra)) as gateway:
            for round_ in range(6):
                cars += 1
                let_in_and_kill(gateway, lanes, cars, ("services", "core")[round_ % 2], chance.uniform(0, 0.3))
            status = gateway.until(lambda now: online(now) and now["uplink"].get("connected", False))
            last = status["journal"]["last_seq"]
            assert subscriber.wait_for(lambda: len(subscriber.sequences) >= last)
            pids = [gateway.pid(name) for name in ("core", "services")]
            assert gateway.close() == 0
            assert not any(alive(pid) for pid in pids)
    finally:
        subscriber.close()
        broker.stop()
    assert subscriber.sequences == sorted(subscriber.sequences)
    assert subscriber.sequences[: last - 1] == list(range(1, last)), "no gap"
    tokens = [args[1] for _seq, code, args in lanes["in1"].executed if code == OPEN_ONCE]
    assert tokens == list(range(1, cars + 1)), "each vehicle was let in once"
    orders = [r for r in gateway.records(Kind.COMMAND) if r.name == "OPEN_ONCE" and r.body["phase"] == "ordered"]
    ordered = [r.body["args"][1] for r in orders]
    # An order goes out at once and its entry with the next commit: a core that dies in between, on a slow disk, takes
    # the entry of the car in the lane with it. Nothing else is missing, and nothing is there twice.
    assert set(ordered) >= set(range(1, cars + 1, 2)), "while only services were killed, every order was written down"
    assert ordered == sorted(set(ordered)) and set(ordered) <= set(tokens)


def test_the_processes_end_with_their_supervisor_even_if_that_is_killed(lanes: Lanes, folder: Path) -> None:
    with running(lanes.site_file(folder)) as gateway:
        gateway.until(online)
        pids = [gateway.pid(name) for name in ("core", "services")]
        gateway.process.kill()
        gateway.process.wait()
        give_up = time.monotonic() + PATIENCE_S
        while any(alive(pid) for pid in pids) and time.monotonic() < give_up:
            time.sleep(0.05)
        assert not any(alive(pid) for pid in pids)


def test_watching_goes_on_when_core_is_started_again(lanes: Lanes, folder: Path) -> None:
    with running(lanes.site_file(folder)) as gateway:
        gateway.until(online)
        command = [*EDGECTL, "watch", "--json", "--socket", str(gateway.run_dir / "core.sock")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watch:
            assert watch.stdout is not None
            core = json.loads(watch.stdout.readline())["pid"]
            os.kill(core, signal.SIGKILL)
            while json.loads(watch.stdout.readline())["pid"] == core:
                pass
            watch.send_signal(signal.SIGINT)
            assert watch.wait(PATIENCE_S) == 130


async def until(holds: Callable[[], bool]) -> None:
    while True:
        if holds():
            return
        await asyncio.sleep(0.02)


def test_a_core_that_hangs_is_killed_and_started_again(lanes: Lanes, folder: Path) -> None:
    """The questions come faster than in the field; what core is and what happens to it are the same."""

    async def scenario() -> None:
        lifeline, ours = os.pipe()
        site = str(lanes.site_file(folder))
        core = Child("core", Arguments(site), lifeline, folder / "run" / SOCKET, probe_s=0.5)
        keeper = asyncio.create_task(core.keep())
        try:
            async with asyncio.timeout(60):
                await until(lambda: core.answers > 0)  # before, it is given the time that it takes to start
                hung = core.pid
                os.kill(hung, signal.SIGSTOP)
                await until(lambda: core.pid != hung)
                heard = core.answers
                await until(lambda: core.answers > heard)
            assert not alive(hung)
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            await core.stop()
            os.close(lifeline)
            os.close(ours)

    asyncio.run(scenario())


def test_two_gateways_in_one_run_dir_are_refused(lanes: Lanes, folder: Path) -> None:
    site = lanes.site_file(folder)
    with running(site) as gateway:
        gateway.until(online)
        second = subprocess.run(
            [*EDGECTL, "run", str(site)], capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
        assert second.returncode == 5
        assert "runs already in" in second.stderr
        assert gateway.until(online)


def test_a_wrong_site_starts_nothing(folder: Path) -> None:
    (folder / "site.yaml").write_text("site: {id: 5}\n")
    done = subprocess.run(
        [*EDGECTL, "run", str(folder / "site.yaml")], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 3
    assert "site.yaml:1:12: site.id: must be text" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "run").exists()


def test_what_ends_again_and_again_is_started_ever_more_rarely() -> None:
    pause = Pause(first_s=0.5, longest_s=4, healthy_s=60)
    assert [pause.after(0.1) for _ in range(5)] == [0.5, 1.0, 2.0, 4.0, 4.0]
    assert pause.after(61) == 0.5


def test_edgectl_finds_the_gateway_that_runs_here(lanes: Lanes, folder: Path) -> None:
    site = lanes.site_file(folder)
    with running(site) as gateway:
        gateway.until(online)
        environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
        done = subprocess.run(
            [*EDGECTL, "status", "--json"],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
            env=environment,
            cwd="/",
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["site"] == "test"
