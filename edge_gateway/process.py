"""What the processes of a gateway share: arguments, logging, one instance only, and how they are told to stop."""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from edge_gateway.site import LoadedSite, SiteError, load_site

EXIT_SITE = 3
"""The site file is wrong: starting again won't help."""
EXIT_START = 71
"""Something that is needed can't be had (a file, a socket): it may help to start again."""
EXIT_TWICE = 72
"""Another gateway runs in the same run_dir."""

LIFELINE = "DISTRICT_EDGE_LIFELINE"
"""Number of a pipe's end in the environment; when the pipe is closed at the other end, the supervisor is gone."""


class RunsAlreadyError(OSError):
    """Another process of the same name runs in the same run_dir."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """Command line of a process of the gateway."""

    site: str
    overrides: tuple[str, ...] = ()
    log_level: str = "INFO"

    @classmethod
    def parse(cls, name: str) -> Arguments:
        """From sys.argv; ends the process with code 2 when it's wrong."""
        parser = argparse.ArgumentParser(prog=f"python -m edge_gateway.{name}")
        parser.add_argument("site")
        parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE")
        parser.add_argument("--log-level", default="INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
        given = parser.parse_args()
        return cls(given.site, tuple(given.set), given.log_level)

    def command_line(self) -> list[str]:
        """The arguments after `python -m edge_gateway.<name>`."""
        overrides = [part for override in self.overrides for part in ("--set", override)]
        return [self.site, *overrides, "--log-level", self.log_level]


def setup_logging(level: str) -> None:
    """Lines on standard error: time, level, part, message."""
    logging.basicConfig(
        level=level, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s", stream=sys.stderr, force=True
    )


@contextmanager
def only_one(run_dir: Path, name: str) -> Iterator[None]:
    """Holds a lock that ends with the process, however it ends. Raises RunsAlreadyError, OSError."""
    run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (run_dir / f"{name}.lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise RunsAlreadyError(f"{name} runs already in {run_dir} (process {file.read().strip() or '?'})") from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def start(
    name: str, lock: str, run: Callable[[LoadedSite], int], hopeless: tuple[type[Exception], ...] = (OSError,)
) -> int:
    """A process of the gateway from its command line to its exit code; what can't be is said in a line.

    run: does the work until it is told to stop. hopeless: what `run` raises when something that it needs can't be had.
    """
    arguments = Arguments.parse(name)
    setup_logging(arguments.log_level)
    try:
        loaded = load_site(arguments.site, arguments.overrides)
        with only_one(loaded.run_dir, lock):
            return run(loaded)
    except SiteError as error:
        code, said = EXIT_SITE, str(error)
    except RunsAlreadyError as error:
        code, said = EXIT_TWICE, str(error)
    except hopeless as error:
        code, said = EXIT_START, f"{name} can't start: {error}"
    sys.stderr.write(f"{said}\n")
    return code


async def until_told_to_stop() -> None:
    """Waits for SIGTERM or SIGINT, or for the end of the supervisor."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    lifeline = os.environ.get(LIFELINE)
    if lifeline is not None:
        loop.add_reader(int(lifeline), stop.set)  # nothing is ever written: readable means closed
    await stop.wait()
    if lifeline is not None:
        loop.remove_reader(int(lifeline))
