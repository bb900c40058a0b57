"""The server side of the local API: many clients, none of which can hold up the scan."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from edge_gateway.api.wire import MAX_REQUEST, ApiError, Code, decode_request, encode

_MAX_CLIENTS = 64
_MAX_BACKLOG = 4_000_000
"""A subscriber that has so many unread bytes waiting is disconnected: it can come back and read the journal."""

log = logging.getLogger(__name__)

Method = Callable[["Connection", dict[str, Any]], Any | Awaitable[Any]]
"""`method(connection, params)` gives the result (or an awaitable of it); raises ApiError."""


class Connection:
    """One client. `streams` are what it subscribed to; `tags` the name patterns of its tag stream (empty: all)."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.user = _peer_user(writer)
        self.streams: set[str] = set()
        self.tags: tuple[str, ...] = ()
        self.open = True

    def send(self, message: dict[str, Any]) -> None:
        """Queues a line; a client that doesn't read is cut off."""
        self.send_line(encode(message))

    def send_line(self, line: bytes) -> None:
        """The same for a line that is encoded already."""
        if not self.open or self._writer.is_closing():
            return
        transport = self._writer.transport
        if transport.get_write_buffer_size() > _MAX_BACKLOG:
            log.warning("a client of the local API does not read and is cut off")
            self.open = False
            transport.abort()
            return
        self._writer.write(line)


class ApiServer:
    """Listens on a unix socket and hands requests to methods."""

    def __init__(self, path: Path, methods: dict[str, Method]) -> None:
        self.path = path
        self.methods = methods
        self.connections: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listens. A socket that a killed process left behind is replaced. Raises OSError."""
        self.path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, str(self.path), limit=MAX_REQUEST)
        finally:
            os.umask(before)
        self.path.chmod(0o600)

    async def stop(self) -> None:
        """Closes every connection and removes the socket."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.path.unlink(missing_ok=True)

    def publish(self, stream: str, data: Any) -> None:
        """Sends to all who subscribed to the stream; encoded once."""
        line = b""
        for connection in self.connections:
            if stream in connection.streams:
                line = line or encode({"stream": stream, "data": data})
                connection.send_line(line)

    def wanted(self, stream: str) -> list[Connection]:
        """Clients that subscribed to the stream."""
        return [connection for connection in self.connections if stream in connection.streams]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(writer)
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections.add(connection)
        try:
            if len(self.connections) > _MAX_CLIENTS:
                connection.send(_error(None, ApiError(Code.REFUSED, "too many clients")))
            else:
                await self._requests(reader, connection)
        except (ConnectionError, asyncio.CancelledError):
            log.debug("a client of the local API left")
        finally:
            connection.open = False
            self.connections.discard(connection)
            self._tasks.discard(task)
            writer.close()

    async def _requests(self, reader: asyncio.StreamReader, connection: Connection) -> None:
        while connection.open:
            try:
                line = await reader.readline()
            except ValueError:
                too_long = ApiError(Code.BAD_REQUEST, f"a request is {MAX_REQUEST} bytes at most")
                connection.send(_error(None, too_long))
                return
            if not line.endswith(b"\n"):
                return
            task = asyncio.create_task(self._answer(line, connection))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, line: bytes, connection: Connection) -> None:
        """Each request has a task of its own: a command that takes long doesn't hold up the next request."""
        number = None
        try:
            number, name, params = decode_request(line)
            method = self.methods.get(name)
            if method is None:
                raise ApiError(Code.UNKNOWN_METHOD, f"no method `{name}`; there are {', '.join(sorted(self.methods))}")
            result = method(connection, params)
            if inspect.isawaitable(result):
                result = await result
            connection.send({"id": number, "result": result})
        except ApiError as error:
            connection.send(_error(number, error))
        except Exception as error:
            log.exception("the local API failed at a request")
            connection.send(_error(number, ApiError(Code.INTERNAL, f"{type(error).__name__}: {error}")))


def _error(number: Any, error: ApiError) -> dict[str, Any]:
    return {"id": number, "error": error.as_dict()}


def _peer_user(writer: asyncio.StreamWriter) -> str:
    """Who is at the other end, for the audit: the user's number where the system tells (Linux), else `local`."""
    peer = writer.get_extra_info("socket")
    option = getattr(socket, "SO_PEERCRED", None)
    if peer is None or option is None:
        return "local"
    try:
        _pid, uid, _gid = struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, option, struct.calcsize("3i")))
    except OSError:
        return "local"
    return f"uid {uid}"
