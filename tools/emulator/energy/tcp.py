"""Devices over Modbus TCP on loopback, for peers and for tools that scan a network.

::

    with TcpUnits(field.devices, UNITS) as tcp:
        client.connect(tcp.host, tcp.ports["INV1"])
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from protocols.modbus.server import Server
from protocols.modbus.tcp import TcpServer
from tools.emulator.energy.station import Device

HOST = "127.0.0.1"
CHUNK = 260
_LOOK_S = 0.05


class _Unit:
    """One device with its listening socket and its connections."""

    def __init__(self, device: Device, unit: int, port: int) -> None:
        self.device = device
        self.unit = unit
        self.listener = socket.create_server((HOST, port))
        self.connections: dict[socket.socket, Any] = {}

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.listener.getsockname()[1])

    def accept(self) -> socket.socket | None:
        """Take a connection; None when the device has one already and takes no second."""
        connection, _ = self.listener.accept()
        if "one_tcp_client" in self.device.quirks and self.connections:
            connection.close()
            return None
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections[connection] = TcpServer(Server(self.device), self.unit)
        return connection

    def serve(self, connection: socket.socket, lock: threading.Lock) -> bool:
        """Answer what has arrived; False when the connection is over."""
        try:
            data = connection.recv(CHUNK)
        except OSError:
            data = b""
        tcp = self.connections[connection]
        if not data:
            return self._drop(connection)
        if not self.device.answers:
            return True
        with lock:
            length = tcp.feed(data, len(data))
            if {"latency_200ms", "latency_1s"} & self.device.quirks:
                time.sleep(self.device.latency_ms() / 1000.0)
            while length:
                connection.sendall(bytes(tcp.tx[:length]))
                length = tcp.feed(b"", 0)
        return not tcp.broken or self._drop(connection)

    def _drop(self, connection: socket.socket) -> bool:
        del self.connections[connection]
        connection.close()
        return False

    def close(self) -> None:
        """Let go of everything."""
        for connection in self.connections:
            connection.close()
        self.listener.close()


class TcpUnits:
    """Serves each device on a port of its own, in one thread. `lock` is held while a request is answered."""

    host = HOST

    def __init__(self, devices: Mapping[str, Device], units: Mapping[str, int], first_port: int = 0) -> None:
        self.lock = threading.Lock()
        self._units = {
            name: _Unit(device, units[name], first_port + units[name] if first_port else 0)
            for name, device in devices.items()
        }
        self.ports = {name: unit.port for name, unit in self._units.items()}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sunspec-tcp", daemon=True)

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            for unit in self._units.values():
                selector.register(unit.listener, selectors.EVENT_READ, unit)
            while not self._stopping.is_set():
                for key, _ in selector.select(_LOOK_S):
                    unit, ready = key.data, key.fileobj
                    if ready is unit.listener:
                        accepted = unit.accept()
                        if accepted is not None:
                            selector.register(accepted, selectors.EVENT_READ, unit)
                        continue
                    if not unit.serve(ready, self.lock):
                        selector.unregister(ready)

    def __enter__(self) -> TcpUnits:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()
        for unit in self._units.values():
            unit.close()
