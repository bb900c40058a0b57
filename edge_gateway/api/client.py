"""A blocking client of the local API, for `edgectl` and scripts. Imports nothing heavy."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from edge_gateway.api.wire import ApiError, Code, encode


class NotRunning(Exception):  # noqa: N818 - it reads as what is the case
    """Nothing answers on the socket."""


class Client:
    """One connection. Use it as a context manager."""

    def __init__(self, path: Path, timeout_s: float = 5.0) -> None:
        """Connects. Raises NotRunning."""
        self.path = path
        self._timeout_s = timeout_s
        self._number = 0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout_s)
        try:
            self._socket.connect(str(path))
        except OSError as error:
            self._socket.close()
            raise NotRunning(f"no gateway answers on {path}: {error.strerror or error}") from None
        self._file = self._socket.makefile("rb")
        self._pushed: list[dict[str, Any]] = []

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection."""
        self._file.close()
        self._socket.close()

    def call(self, method: str, *, wait_s: float | None = None, **params: Any) -> Any:
        """Asks and returns the result. Raises ApiError (its code TIMEOUT when no answer came), NotRunning."""
        self._number += 1
        self._socket.settimeout(wait_s or self._timeout_s)
        try:
            self._socket.sendall(encode({"id": self._number, "method": method, "params": params}))
            while True:
                message = self._read()
                if message.get("id") == self._number:
                    break
                self._pushed.append(message)
        except TimeoutError:
            raise ApiError(Code.TIMEOUT, f"no answer to `{method}` in time") from None
        except OSError as error:
            raise NotRunning(f"the gateway on {self.path} went away: {error}") from None
        if "error" in message:
            error_ = message["error"]
            raise ApiError(Code(error_["code"]), error_["message"])
        return message["result"]

    def stream(self, *streams: str, **params: Any) -> Iterator[tuple[str, Any]]:
        """Subscribes, and yields (stream, data) for ever. Raises NotRunning when the gateway goes away."""
        self.call("subscribe", streams=list(streams), **params)
        self._socket.settimeout(None)
        while True:
            try:
                message = self._pushed.pop(0) if self._pushed else self._read()
            except OSError as error:
                raise NotRunning(f"the gateway on {self.path} went away: {error}") from None
            if "stream" in message:
                yield message["stream"], message["data"]

    def _read(self) -> dict[str, Any]:
        line = self._file.readline()
        if not line.endswith(b"\n"):
            raise NotRunning(f"the gateway on {self.path} closed the connection")
        return dict(json.loads(line))
