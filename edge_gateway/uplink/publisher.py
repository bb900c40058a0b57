"""Sends the journal to the broker: QoS 1, several batches under way, always on from what was confirmed.

A batch counts as delivered when its PUBACK has come and those of all batches before it. After a lost connection
everything above that is sent again, in order: the receiver drops repeats by (gateway, sequence).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import random
import sqlite3
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import aiomqtt

from edge_gateway.journal import JournalReader, Record
from edge_gateway.uplink import senml
from edge_gateway.uplink.position import Position
from edge_gateway.uplink.settings import UplinkSettings

_STORE_EVERY_S = 0.2

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Counters:
    """What the uplink did since it started; `acked` is the sequence that the broker has confirmed."""

    connected: bool = False
    acked: int = 0
    records: int = 0
    messages: int = 0
    bytes: int = 0
    connects: int = 0
    failures: int = 0
    error: str = ""

    def as_dict(self) -> dict[str, int | str | bool]:
        """For the local API."""
        return asdict(self)


class Uplink:
    """One connection to one broker. `run` goes on until it is cancelled; `wake` says that the journal has grown."""

    def __init__(
        self,
        settings: UplinkSettings,
        journal: Path,
        position: Position,
        on_change: Callable[[Counters], None] = lambda counters: None,
    ) -> None:
        """on_change hears of each connection, failure and confirmation."""
        self.settings = settings
        self.counters = Counters(acked=position.acked)
        self._journal = journal
        self._position = position
        self._on_change = on_change
        self._more = asyncio.Event()
        self._stored_at = 0.0

    def wake(self) -> None:
        """The journal has new entries."""
        self._more.set()

    async def run(self) -> None:
        """Connects, sends, and connects again after a failure, with a growing pause."""
        pause = self.settings.backoff_s
        while True:
            connects = self.counters.connects
            try:
                await self._connected()
            except (aiomqtt.MqttError, OSError, TimeoutError, sqlite3.Error) as error:
                self._failed(error)
            finally:
                self.counters.connected = False
                self._store_position()
            if self.counters.connects != connects:
                pause = self.settings.backoff_s  # it had been up: this is a new failure
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(2 * pause, self.settings.backoff_max_s)

    def _failed(self, error: Exception) -> None:
        text = str(error) or type(error).__name__
        if text != self.counters.error:
            log.warning("uplink to %s:%s: %s", self.settings.host, self.settings.port, text)
        self.counters.failures += 1
        self.counters.error = text
        self.counters.connected = False
        self._on_change(self.counters)

    async def _connected(self) -> None:
        settings = self.settings
        client = aiomqtt.Client(
            settings.host,
            settings.port,
            identifier=settings.client_id,
            username=settings.username,
            password=settings.password,
            tls_context=settings.tls,
            keepalive=settings.keepalive_s,
            timeout=settings.timeout_s,
            max_inflight_messages=settings.inflight + 1,
            will=aiomqtt.Will(settings.status_topic, _status("offline"), qos=1, retain=True),
        )
        client.pending_calls_threshold = settings.inflight + 2
        async with client:
            self.counters.connected = True
            self.counters.connects += 1
            self.counters.error = ""
            self._on_change(self.counters)
            log.info("uplink to %s:%s is up", settings.host, settings.port)
            await client.publish(settings.status_topic, _status("online"), qos=1, retain=True)
            lost = asyncio.create_task(_until_lost(client))
            try:
                await self._pump(client, lost)
            except asyncio.CancelledError:
                with contextlib.suppress(aiomqtt.MqttError, TimeoutError):
                    await client.publish(settings.status_topic, _status("offline"), qos=1, retain=True, timeout=1)
                raise
            finally:
                lost.cancel()
                await asyncio.gather(lost, return_exceptions=True)

    async def _pump(self, client: aiomqtt.Client, lost: asyncio.Task[None]) -> None:
        """Reads and sends until the connection is lost. Batches end in the order in which they were sent."""
        under_way: deque[tuple[int, asyncio.Task[None]]] = deque()
        reader: JournalReader | None = None
        sent = self._position.acked
        try:
            while True:
                self._more.clear()
                reader = reader or self._open()
                batch = reader.after(sent, self.settings.batch_records) if reader else []
                if batch and len(batch) < self.settings.batch_records and reader:
                    batch = await self._filled(reader, sent)
                if batch:
                    under_way.append((batch[-1].seq, self._send(client, batch)))
                    sent = batch[-1].seq
                    await asyncio.sleep(0)  # the task hands its message to the socket before the next one is made
                await self._settle(under_way, lost, may_wait=not batch)
        finally:
            for _seq, task in under_way:
                task.cancel()
            await asyncio.gather(*(task for _seq, task in under_way), return_exceptions=True)
            if reader:
                reader.close()

    def _open(self) -> JournalReader | None:
        try:
            return JournalReader(self._journal)
        except (FileNotFoundError, sqlite3.OperationalError):
            return None  # core has not made it yet

    async def _filled(self, reader: JournalReader, sent: int) -> list[Record]:
        """Gives a batch that isn't full a moment to fill."""
        await asyncio.sleep(self.settings.batch_wait_s)
        return reader.after(sent, self.settings.batch_records)

    def _send(self, client: aiomqtt.Client, batch: list[Record]) -> asyncio.Task[None]:
        payload = senml.encode(batch, self.settings.base_name)
        self.counters.records += len(batch)
        self.counters.messages += 1
        self.counters.bytes += len(payload)
        return asyncio.create_task(client.publish(self.settings.journal_topic, payload, qos=1))

    async def _settle(
        self, under_way: deque[tuple[int, asyncio.Task[None]]], lost: asyncio.Task[None], *, may_wait: bool
    ) -> None:
        """Notes what was confirmed; waits while the window is full, or while there is nothing to send."""
        full = len(under_way) >= self.settings.inflight
        if full or may_wait:
            more = asyncio.create_task(self._more.wait())
            waits: set[asyncio.Task[None] | asyncio.Task[bool]] = {lost}
            if under_way:
                waits.add(under_way[0][1])
            if not full:
                waits.add(more)
            try:
                await asyncio.wait(waits, timeout=self.settings.poll_s, return_when=asyncio.FIRST_COMPLETED)
            finally:
                more.cancel()
        confirmed = 0
        while under_way and under_way[0][1].done():
            seq, task = under_way[0]
            if task.exception() is not None:
                break
            under_way.popleft()
            confirmed = seq
        if confirmed:
            self._position.advance(confirmed)
            self.counters.acked = self._position.acked
            self._on_change(self.counters)
        if under_way and under_way[0][1].done():
            under_way[0][1].result()  # raises what ended it
        if lost.done():
            lost.result()
        if not under_way or asyncio.get_running_loop().time() - self._stored_at > _STORE_EVERY_S:
            self._store_position()

    def _store_position(self) -> None:
        try:
            self._position.store()
        except OSError as error:
            self.counters.error = f"{self._position.path}: {error.strerror}"  # costs repeats after a restart, no data
        self._stored_at = asyncio.get_running_loop().time()


async def _until_lost(client: aiomqtt.Client) -> None:
    """Ends with an MqttError when the connection does; nothing is subscribed, so no message comes."""
    async for _message in client.messages:
        log.debug("a message that nobody asked for")


def _status(state: str) -> str:
    return json.dumps({"state": state})
