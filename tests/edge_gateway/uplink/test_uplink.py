"""Broker away, wire cut, process killed: nothing is lost, nothing doubled by (gateway, sequence), the order kept."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from edge_gateway.journal import Draft, JournalWriter, Kind
from edge_gateway.uplink import Counters, Position, Uplink, UplinkSettings
from tests.edge_gateway.uplink.brokers import PATIENCE_S, BrokerProcess, Subscriber, Wire

pytestmark = pytest.mark.wall_clock

TOPIC = "district-edge/qicai/gw1/journal"


def settings(port: int) -> UplinkSettings:
    return UplinkSettings(
        "127.0.0.1",
        port,
        "qicai-gw1",
        "qicai",
        "gw1",
        batch_records=20,
        batch_wait_s=0.01,
        backoff_s=0.02,
        backoff_max_s=0.1,
        poll_s=0.1,
        timeout_s=2.0,
    )


def event(number: int) -> Draft:
    return Draft(Kind.EVENT, 1_795_000_000_000 + number, "entry1", "PASSED", {"n": number})


@pytest.fixture(params=[pytest.param("mosquitto", marks=pytest.mark.peer("mosquitto")), "amqtt"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BrokerProcess]:
    process = BrokerProcess(request.param, tmp_path)
    process.start()
    yield process
    process.stop()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[JournalWriter]:
    writer = JournalWriter(tmp_path / "journal.db", group_ms=1)
    yield writer
    writer.close()


class Seen:
    """Waits for a state of the uplink's counters."""

    def __init__(self) -> None:
        self._changed = asyncio.Condition()
        self._counters = Counters()
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, counters: Counters) -> None:
        self._counters = counters
        task = asyncio.create_task(self._tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def until(self, condition: Callable[[Counters], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(lambda: condition(self._counters))


@asynccontextmanager
async def running(uplink: Uplink) -> AsyncIterator[None]:
    task = asyncio.create_task(uplink.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def all_received(subscriber: Subscriber, count: int) -> None:
    got = await asyncio.to_thread(subscriber.wait_for, lambda: len(subscriber.sequences) >= count)
    assert got, f"{len(subscriber.sequences)} of {count} came"


def test_what_is_journalled_arrives_in_order_while_the_wire_is_cut_again_and_again(
    broker: BrokerProcess, journal: JournalWriter, tmp_path: Path
) -> None:
    chance = random.Random(7)

    async def scenario() -> Uplink:
        wire = Wire(broker.port)
        await wire.join()
        position = Position(tmp_path / "uplink.pos")
        seen = Seen()
        uplink = Uplink(settings(wire.port), tmp_path / "journal.db", position, seen)
        async with running(uplink):
            number = 0
            for _cut in range(6):
                for _burst in range(10):
                    journal.append(*(event(number + n) for n in range(25)))
                    number += 25
                    uplink.wake()
                    await asyncio.sleep(chance.uniform(0.0, 0.02))
                await wire.cut()
                await asyncio.sleep(chance.uniform(0.0, 0.1))
                await wire.join()
            await all_received(subscriber, number)
            await seen.until(lambda now: now.acked >= number)
        await wire.cut()
        return uplink

    subscriber = Subscriber(broker.port, TOPIC)
    uplink = asyncio.run(scenario())
    subscriber.close()
    assert subscriber.sequences == list(range(1, 1501))
    assert uplink.counters.connects >= 4
    assert Position(tmp_path / "uplink.pos").acked == 1500


@pytest.mark.peer("mosquitto")
def test_the_journal_keeps_what_happens_while_the_broker_is_stopped(journal: JournalWriter, tmp_path: Path) -> None:
    broker = BrokerProcess("mosquitto", tmp_path)
    broker.start()
    subscriber = Subscriber(broker.port, TOPIC)

    async def scenario() -> None:
        seen = Seen()
        uplink = Uplink(settings(broker.port), tmp_path / "journal.db", Position(tmp_path / "uplink.pos"), seen)
        async with running(uplink):
            journal.append(*(event(n) for n in range(100)))
            await all_received(subscriber, 100)
            broker.stop()
            journal.append(*(event(n) for n in range(100, 400)))
            await seen.until(lambda now: not now.connected and now.failures > 0)
            assert uplink.counters.error
            await asyncio.to_thread(broker.start)
            await all_received(subscriber, 400)

    asyncio.run(scenario())
    subscriber.close()
    broker.stop()
    assert subscriber.sequences == list(range(1, 401))


_SERVICE = """
import asyncio, sys
from pathlib import Path
from edge_gateway.uplink import Position, Uplink, UplinkSettings
folder = Path(sys.argv[1])
settings = UplinkSettings("127.0.0.1", int(sys.argv[2]), "qicai-gw1", "qicai", "gw1",
                          batch_records=10, batch_wait_s=0.005, inflight=4, backoff_s=0.02, poll_s=0.05)
async def main():
    await Uplink(settings, folder / "journal.db", Position(folder / "uplink.pos")).run()
asyncio.run(main())
"""


def test_a_sender_killed_in_mid_flight_resumes_and_nothing_is_lost_or_doubled(
    broker: BrokerProcess, journal: JournalWriter, tmp_path: Path
) -> None:
    chance = random.Random(3)
    subscriber = Subscriber(broker.port, TOPIC)
    total = 1200
    journal.append(*(event(n) for n in range(total)))
    kills = 0
    while len(subscriber.sequences) < total:
        process = subprocess.Popen([sys.executable, "-c", _SERVICE, str(tmp_path), str(broker.port)])
        goal = min(total, len(subscriber.sequences) + chance.randrange(90, 360))
        assert subscriber.wait_for(lambda goal=goal: len(subscriber.sequences) >= goal), "it does not go on"  # type: ignore[misc]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
    subscriber.close()
    assert kills >= 3
    assert subscriber.sequences == list(range(1, total + 1))


def test_the_status_topic_tells_whether_the_gateway_is_there(
    broker: BrokerProcess, journal: JournalWriter, tmp_path: Path
) -> None:
    from paho.mqtt import subscribe

    def status() -> bytes:
        topic = "district-edge/qicai/gw1/status"
        payload = subscribe.simple(topic, hostname="127.0.0.1", port=broker.port).payload  # type: ignore[no-untyped-call]
        assert isinstance(payload, bytes)
        return payload

    async def scenario() -> bytes:
        seen = Seen()
        uplink = Uplink(settings(broker.port), tmp_path / "journal.db", Position(tmp_path / "uplink.pos"), seen)
        async with running(uplink):
            journal.append(event(0))
            await seen.until(lambda now: now.acked >= 1)
            return await asyncio.to_thread(status)

    assert asyncio.run(scenario()) == b'{"state": "online"}'
    assert status() == b'{"state": "offline"}'
