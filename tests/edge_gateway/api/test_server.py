"""The local API by itself: whatever is sent, whoever doesn't read, however many ask at once."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from edge_gateway.api.link import CoreLink
from edge_gateway.api.server import ApiServer, Connection, Method
from edge_gateway.api.wire import ApiError, decode_request, encode

pytestmark = pytest.mark.wall_clock


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_line_is_a_request_or_an_api_error(line: bytes) -> None:
    try:
        _number, method, params = decode_request(line)
    except ApiError:
        return
    assert isinstance(method, str)
    assert isinstance(params, dict)


def test_nesting_without_end_is_an_api_error() -> None:
    try:
        decode_request(b"[" * 60_000)
    except ApiError:
        return
    raise AssertionError


class Subscribe:
    """The method, and a way to wait for so many calls of it."""

    def __init__(self) -> None:
        self._calls = asyncio.Semaphore(0)

    def __call__(self, connection: Connection, params: dict[str, Any]) -> str:
        connection.streams = set(params["streams"])
        self._calls.release()
        return "subscribed"

    async def called(self, times: int = 1) -> None:
        async with asyncio.timeout(60):
            for _ in range(times):
                await self._calls.acquire()


class Turns:
    """A method that takes until another one, asked for later on the same connection, has been answered."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()

    async def slow(self, _connection: Connection, _params: dict[str, Any]) -> str:
        await self._asked.wait()
        return "slow"

    def fast(self, _connection: Connection, _params: dict[str, Any]) -> str:
        self._asked.set()
        return "fast"


@asynccontextmanager
async def serving(subscribe: Subscribe | None = None) -> AsyncIterator[ApiServer]:
    with tempfile.TemporaryDirectory(prefix="de-") as folder:
        turns = Turns()
        methods: dict[str, Method] = {
            "subscribe": subscribe or Subscribe(),
            "slow": turns.slow,
            "fast": turns.fast,
        }
        server = ApiServer(Path(folder) / "s", methods)
        await server.start()
        try:
            yield server
        finally:
            await server.stop()
        assert not server.path.exists()


def test_what_takes_long_does_not_hold_up_what_comes_after() -> None:
    async def main() -> list[Any]:
        async with serving() as server:
            reader, writer = await asyncio.open_unix_connection(str(server.path))
            writer.write(encode({"id": 1, "method": "slow"}) + encode({"id": 2, "method": "fast"}))
            async with asyncio.timeout(60):
                answers = [json.loads(await reader.readline())["result"] for _ in range(2)]
            writer.close()
            return answers

    assert uvloop.run(main()) == ["fast", "slow"]


def test_a_subscriber_that_does_not_read_is_cut_off_and_the_others_go_on() -> None:
    async def main() -> None:
        subscribe = Subscribe()
        async with serving(subscribe) as server:
            _reader, lazy = await asyncio.open_unix_connection(str(server.path), limit=1024)
            lazy.write(encode({"id": 1, "method": "subscribe", "params": {"streams": ["status"]}}))
            heard: asyncio.Queue[str] = asyncio.Queue()
            link = CoreLink(server.path, ("status",), lambda _stream, data: heard.put_nowait(data))
            task = asyncio.create_task(link.run())
            await subscribe.called(2)
            async with asyncio.timeout(60):
                while len(server.wanted("status")) > 1:
                    server.publish("status", "x" * 500_000)
                    assert await heard.get() == "x" * 500_000
                server.publish("status", "end")
                assert await heard.get() == "end"
            lazy.transport.abort()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    uvloop.run(main())


def test_a_link_comes_back_with_core() -> None:
    async def main() -> None:
        with tempfile.TemporaryDirectory(prefix="de-") as folder:
            path = Path(folder) / "s"
            heard: list[Any] = []
            news = asyncio.Event()

            def on_data(_stream: str, data: Any) -> None:
                heard.append(data)
                news.set()

            link = CoreLink(path, ("status",), on_data)
            task = asyncio.create_task(link.run())
            assert not link.notify("uplink")
            for life in range(2):
                subscribe = Subscribe()
                server = ApiServer(path, {"subscribe": subscribe})
                await server.start()
                await subscribe.called()
                news.clear()
                server.publish("status", life)
                async with asyncio.timeout(60):
                    await news.wait()
                await server.stop()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert heard == [0, 1]

    uvloop.run(main())
