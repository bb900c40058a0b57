"""One request after the other, each waited for: for an installer's tool, never for control.

`open_target("tcp://192.168.1.7:502")` or `open_target("/dev/ttyUSB0", baud=9600)`; then `ask(request)` as often as
needed. The protocol is that of the client engine (`protocols/modbus/client.py`).
"""

from __future__ import annotations

import os
import select
import socket
from time import monotonic_ns, sleep
from typing import Any
from urllib.parse import urlsplit

from edge_gateway.fieldbus.serial_line import SPEEDS, Parity, open_port
from protocols.modbus import request as req
from protocols.modbus.client import RtuClient, TcpClient
from protocols.ticks import PERIOD_MASK

_PORT = 502


class Asking:
    """A line on which one request is under way at a time. Close it, or use it with `with`."""

    def __init__(self, name: str, timeout_ms: int) -> None:
        self.name = name
        self.timeout_ms = timeout_ms
        self.asked = 0
        """Requests that were sent."""

    def __enter__(self) -> Asking:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def ask(self, request: Any, timeout_ms: int = 0) -> int:
        """Sends it once and waits. timeout_ms 0: the line's own.

        Returns its status: `request.DONE`, an exception code, or `request.TIMEOUT`. Raises OSError when the line is
        gone.
        """
        self.asked += 1
        self._exchange(request, timeout_ms or self.timeout_ms)
        return int(request.status)

    def close(self) -> None:
        """Gives the line back."""
        raise NotImplementedError

    def _exchange(self, request: Any, timeout_ms: int) -> None:
        raise NotImplementedError


class TcpAsking(Asking):
    """Modbus TCP. A device that takes one connection only must be left by others first."""

    def __init__(self, host: str, port: int, timeout_ms: int) -> None:
        super().__init__(f"tcp://{host}:{port}", timeout_ms)
        self._client: Any = TcpClient(lambda _request: None, timeout_ms, window=1)
        self._socket = socket.create_connection((host, port), timeout_ms / 1000 + 2)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self) -> None:
        """Closes the connection."""
        self._socket.close()

    def _exchange(self, request: Any, timeout_ms: int) -> None:
        frame = self._client.send(request, _ms(), timeout_ms)
        if frame is None:
            raise OSError(f"{self.name}: the stream is broken, this is no Modbus")
        self._socket.settimeout(timeout_ms / 1000)
        self._socket.sendall(bytes(frame))
        while request.status == req.PENDING:
            try:
                data = self._socket.recv(512)
            except TimeoutError:
                data = None
            if data == b"":
                self._client.close()
                raise OSError(f"{self.name}: the device has closed the connection (does it take one client only?)")
            if data:
                self._client.feed(data, len(data))
                if self._client.broken:
                    raise OSError(f"{self.name}: what it sends is no Modbus TCP")
            self._client.poll(_ms())


class SerialAsking(Asking):
    """Modbus RTU on a serial port."""

    def __init__(self, port: str, baud: int, parity: Parity, stop_bits: int, timeout_ms: int) -> None:
        super().__init__(port, timeout_ms)
        bits = 9 + stop_bits + (parity != "N")
        self._client: Any = RtuClient(lambda _request: None, baud, 1000 * timeout_ms, bits)
        self._fd = open_port(port, baud, parity, stop_bits)

    def close(self) -> None:
        """Closes the port."""
        os.close(self._fd)

    def _exchange(self, request: Any, timeout_ms: int) -> None:
        client = self._client
        frame = client.send(request, _us(), 1000 * timeout_ms)
        while frame is None:
            sleep(max(client.wait_us(_us()), 100) / 1e6)
            frame = client.send(request, _us(), 1000 * timeout_ms)
        left = bytes(frame)
        while left:
            select.select([], [self._fd], [], 1.0)
            left = left[os.write(self._fd, left) :]
        while request.status == req.PENDING:
            readable, _w, _x = select.select([self._fd], [], [], 0.005)
            if readable:
                data = os.read(self._fd, 512)
                if not data:
                    client.close()
                    raise OSError(f"{self.name}: the port is gone")
                client.feed(data, len(data), _us())
            client.poll(_us())


def open_target(
    target: str, baud: int = 115_200, parity: Parity = "N", stop_bits: int = 1, timeout_ms: int = 1_000
) -> Asking:
    """A line as a person names it. Raises ValueError for a name that can't be, OSError when it can't be opened."""
    if target.startswith("tcp://"):
        parts = urlsplit(target)
        try:
            port = parts.port or _PORT
        except ValueError:
            port = 0
        if not parts.hostname or not port or parts.path not in ("", "/"):
            raise ValueError(f"`{target}` is no address; write tcp://host or tcp://host:port")
        return TcpAsking(parts.hostname, port, timeout_ms)
    if "://" in target:
        raise ValueError(f"`{target}` is no line; write tcp://host:port, or the name of a serial port")
    if baud not in SPEEDS:
        raise ValueError(f"{baud} is no speed; choose one of {', '.join(map(str, SPEEDS))}")
    return SerialAsking(target, baud, parity, stop_bits, timeout_ms)


def _ms() -> int:
    return monotonic_ns() // 1_000_000 & int(PERIOD_MASK)


def _us() -> int:
    return monotonic_ns() // 1_000 & int(PERIOD_MASK)
