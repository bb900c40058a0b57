"""Follows the gateway over its local API in a thread, as any client may."""

from __future__ import annotations

import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from edge_gateway.api.client import Client, NotRunning
from edge_gateway.api.wire import ApiError
from tools.demo import energy, heat

_QUIET = ("STATE", "COMMAND", "SCAN_OVERRUN")
"""Entries that would drown the others on a screen; the journal has them, and overruns have a counter."""
_PARTS = {"energy": energy.METHODS, "heat": heat.METHODS}
"""Methods by the part of the status whose plant they are about."""
POINTS = ("POS", "LT.R", "LT.G", "HOLD.REASON", "PASSED", "SUBSTATE", *energy.POINTS)
_RETRY_S = 0.2


def worth_showing(record: dict[str, Any]) -> bool:
    """Whether a person at the screen wants to see the entry."""
    return record["kind"] != "command" and record["name"] not in _QUIET


def _methods(status: dict[str, Any]) -> list[str]:
    """What to ask on a site with that status."""
    return [method for part, methods in _PARTS.items() if status.get(part) for method in methods]


class Watcher:
    """The latest status, the tags of POINTS by name, and the newest events, from the gateway's socket."""

    def __init__(self, socket: Path, events: int = 20) -> None:
        self._socket = socket
        self._lock = threading.Lock()
        self._status: dict[str, Any] = {}
        self._tags: dict[str, dict[str, Any]] = {}
        self._said: dict[str, Any] = {}
        self._events: deque[dict[str, Any]] = deque(maxlen=events)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="watcher", daemon=True)

    def start(self) -> None:
        """Begin; it waits for the gateway and comes back when the gateway does."""
        self._thread.start()

    def stop(self) -> None:
        """Follow no more."""
        self._ended.set()

    @property
    def status(self) -> dict[str, Any]:
        """The latest status answer; empty before the first."""
        with self._lock:
            return self._status

    @property
    def said(self) -> dict[str, Any]:
        """The latest answers of `energy.METHODS` and `heat.METHODS`, by method; without those of plants not there."""
        with self._lock:
            return self._said

    @property
    def events(self) -> list[dict[str, Any]]:
        """The newest entries of the journal that a person wants to see, newest first."""
        with self._lock:
            return list(reversed(self._events))

    def tag(self, name: str) -> dict[str, Any]:
        """The tag of that name; empty if it isn't known."""
        with self._lock:
            return self._tags.get(name, {})

    def _follow(self) -> None:
        patterns = [f"*.{point}" for point in POINTS]
        while not self._ended.is_set():
            try:
                with Client(self._socket) as client:
                    # What changes between these answers and the stream must not be lost: it may never change again.
                    client.call("subscribe", streams=["tags"], tags=patterns)
                    for pattern in patterns:
                        self._take("tags", client.call("tags", pattern=pattern))
                    status = client.call("status")
                    self._take("status", status)
                    for stream, data in client.stream("status", "tags", "journal", tags=patterns):
                        self._take(stream, data)
                        if stream == "status":
                            self._take("said", {method: client.call(method) for method in _methods(status)})
                        if self._ended.is_set():
                            return
            except (NotRunning, ApiError):
                time.sleep(_RETRY_S)

    def _take(self, stream: str, data: Any) -> None:
        with self._lock:
            if stream == "status":
                self._status = data
            elif stream == "said":
                self._said = data
            elif stream == "tags":
                self._tags.update({tag["name"]: tag for tag in data})
            elif stream == "journal":
                self._events.extend(record for record in data if worth_showing(record))
