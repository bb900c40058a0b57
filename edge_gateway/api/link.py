"""How services talk to core: one connection that is made again whenever core comes back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edge_gateway.api.wire import encode

_AGAIN_S = 0.5

log = logging.getLogger(__name__)


class CoreLink:
    """Subscribes to streams of core and sends notes to it; what can't be sent while core is away is dropped."""

    def __init__(self, path: Path, streams: tuple[str, ...], on_data: Callable[[str, Any], None]) -> None:
        self.connected = False
        self._path = path
        self._streams = streams
        self._on_data = on_data
        self._writer: asyncio.StreamWriter | None = None

    async def run(self) -> None:
        """Goes on until it is cancelled."""
        while True:
            with contextlib.suppress(OSError, ValueError):
                await self._connected()
            self.connected = False
            self._writer = None
            await asyncio.sleep(_AGAIN_S)

    def notify(self, method: str, **params: Any) -> bool:
        """Sends a request whose answer doesn't matter. False when core is away."""
        if self._writer is None or self._writer.is_closing():
            return False
        self._writer.write(encode({"id": None, "method": method, "params": params}))
        return True

    async def _connected(self) -> None:
        reader, writer = await asyncio.open_unix_connection(str(self._path), limit=16_000_000)
        try:
            writer.write(encode({"id": 1, "method": "subscribe", "params": {"streams": list(self._streams)}}))
            self._writer = writer
            self.connected = True
            while line := await reader.readline():
                message = json.loads(line)
                if "stream" in message:
                    self._on_data(message["stream"], message["data"])
                elif "error" in message:
                    log.warning("core refused a request: %s", message["error"])
        finally:
            writer.close()
