"""`python -m edge_gateway.core SITE [--set path=value]...`: the core process, as the supervisor starts it."""

from __future__ import annotations

import logging
import sqlite3
import sys

import uvloop

from edge_gateway.core.app import Core
from edge_gateway.files import CORE_LOCK
from edge_gateway.process import start, until_told_to_stop
from edge_gateway.running import announced
from edge_gateway.site import LoadedSite

log = logging.getLogger(__name__)


def main() -> int:
    """Runs until it is told to stop. Exit codes: see `edge_gateway.process`."""
    return start("core", CORE_LOCK, lambda loaded: uvloop.run(_run(loaded)), (OSError, sqlite3.Error, ValueError))


async def _run(loaded: LoadedSite) -> int:
    core = Core(loaded)
    try:
        await core.start()
        with announced(loaded):
            await until_told_to_stop()
    finally:
        await core.stop()
    log.info("the core has stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
