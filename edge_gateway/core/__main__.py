"""`python -m edge_gateway.core SITE [--set path=value]...`: the core process, as the supervisor starts it."""

from __future__ import annotations

import logging
import sqlite3
import sys

import uvloop

from edge_gateway.core.app import Core
from edge_gateway.files import CORE_LOCK
from edge_gateway.process import (
    EXIT_SITE,
    EXIT_START,
    EXIT_TWICE,
    Arguments,
    RunsAlreadyError,
    only_one,
    setup_logging,
    until_told_to_stop,
)
from edge_gateway.running import announced
from edge_gateway.site import LoadedSite, SiteError, load_site

log = logging.getLogger(__name__)


def main() -> int:
    """Runs until it is told to stop. Exit codes: see `edge_gateway.process`."""
    arguments = Arguments.parse("core")
    setup_logging(arguments.log_level)
    try:
        loaded = load_site(arguments.site, arguments.overrides)
        with only_one(loaded.run_dir, CORE_LOCK):
            return uvloop.run(_run(loaded))
    except SiteError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_SITE
    except RunsAlreadyError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_TWICE
    except (OSError, sqlite3.Error, ValueError) as error:
        sys.stderr.write(f"the core can't start: {error}\n")
        return EXIT_START


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
