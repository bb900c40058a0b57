"""`python -m edge_gateway.services SITE [--set path=value]...`: the services process, as the supervisor starts it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys

from edge_gateway.files import SERVICES_LOCK
from edge_gateway.process import start, until_told_to_stop
from edge_gateway.services.app import Services
from edge_gateway.site import LoadedSite
from edge_gateway.uplink.settings import SecretError

log = logging.getLogger(__name__)


def main() -> int:
    """Runs until it is told to stop. Exit codes: see `edge_gateway.process`."""
    # asyncio's own loop: paho's sockets are watched with add_reader, and nothing here is in a hurry.
    return start("services", SERVICES_LOCK, lambda loaded: asyncio.run(_run(loaded)), (OSError, SecretError))


async def _run(loaded: LoadedSite) -> int:
    running = asyncio.create_task(Services(loaded).run())
    stopping = asyncio.create_task(until_told_to_stop())
    await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        running.result()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    log.info("services have stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
