"""The composition root of the services process: the uplink, and its link to core."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from edge_gateway.api.link import CoreLink
from edge_gateway.files import JOURNAL, SOCKET, UPLINK_POSITION
from edge_gateway.site import LoadedSite
from edge_gateway.uplink import Counters, Position, Uplink, UplinkSettings

_TELL_S = 0.5

log = logging.getLogger(__name__)


class Services:
    """Uplink and core link of one gateway."""

    def __init__(self, loaded: LoadedSite) -> None:
        """Raises SecretError, ssl.SSLError and OSError for what the site file refers to and can't be had."""
        self.settings = UplinkSettings.of(loaded)
        self.link = CoreLink(loaded.run_dir / SOCKET, ("journal_head",), self._core_says)
        self.uplink: Uplink | None = None
        if self.settings is not None:
            position = Position(loaded.run_dir / UPLINK_POSITION)
            self.uplink = Uplink(self.settings, loaded.run_dir / JOURNAL, position)

    async def run(self) -> None:
        """Goes on until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.link.run(), name="core link")
            if self.uplink is not None:
                group.create_task(self.uplink.run(), name="uplink")
                group.create_task(self._tell(self.uplink), name="tell core")

    def _core_says(self, _stream: str, _data: Any) -> None:
        if self.uplink is not None:
            self.uplink.wake()

    async def _tell(self, uplink: Uplink) -> None:
        """Tells core how the uplink does: at each change, and to a core that has just come back."""
        told: dict[str, Any] | None = None
        while True:
            now = _snapshot(uplink.counters)
            if not self.link.connected:
                told = None
            elif now != told and self.link.notify("uplink", **now):
                told = now
            await asyncio.sleep(_TELL_S)


def _snapshot(counters: Counters) -> dict[str, Any]:
    return counters.as_dict()
