"""`python -m edge_gateway.services SITE [--set path=value]...`: the services process, as the supervisor starts it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys

from edge_gateway.files import SERVICES_LOCK
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
from edge_gateway.services.app import Services
from edge_gateway.site import LoadedSite, SiteError, load_site
from edge_gateway.uplink.settings import SecretError

log = logging.getLogger(__name__)


def main() -> int:
    """Runs until it is told to stop. Exit codes: see `edge_gateway.process`."""
    arguments = Arguments.parse("services")
    setup_logging(arguments.log_level)
    try:
        loaded = load_site(arguments.site, arguments.overrides)
        with only_one(loaded.run_dir, SERVICES_LOCK):
            # asyncio's own loop: paho's sockets are watched with add_reader, and nothing here is in a hurry.
            return asyncio.run(_run(loaded))
    except SiteError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_SITE
    except RunsAlreadyError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_TWICE
    except (OSError, SecretError) as error:
        sys.stderr.write(f"services can't start: {error}\n")
        return EXIT_START


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
