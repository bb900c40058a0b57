"""Starts core and services, keeps each alive by itself, and stops both in order.

A process that ends is started again alone, after a pause that grows while it keeps ending; the other isn't disturbed.
Control recovers by itself: boards go on in their own way, core reads its journal and resynchronises command sequences.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from edge_gateway.api.wire import encode
from edge_gateway.files import GATEWAY_LOCK, SOCKET
from edge_gateway.process import EXIT_SITE, EXIT_TWICE, LIFELINE, Arguments, only_one
from edge_gateway.site import load_site

STOP_S = 8.0
"""How long a process may take to stop before it is killed."""

PROBE_S = 3.0
"""How often core is asked whether it still turns, and how long it may take to answer."""
_MISSES = 3
"""So many questions in a row without an answer: it hangs and is killed. Its boards have left it long before."""

_HOPELESS = (2, EXIT_SITE, EXIT_TWICE)
"""Exit codes that another start would only repeat."""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Pause:
    """Seconds between the end of a process and its next start."""

    first_s: float = 0.5
    longest_s: float = 30.0
    healthy_s: float = 60.0
    next_s: float = field(default=0.0, init=False)

    def after(self, ran_s: float) -> float:
        """The pause after a run of `ran_s`: doubled each time, the shortest after a healthy run."""
        if self.next_s == 0.0 or ran_s >= self.healthy_s:
            self.next_s = self.first_s
        pause, self.next_s = self.next_s, min(2 * self.next_s, self.longest_s)
        return pause


class Child:
    """One process of the gateway."""

    def __init__(
        self,
        name: str,
        arguments: Arguments,
        lifeline: int,
        socket: Path | None = None,
        pause: Pause | None = None,
        probe_s: float = PROBE_S,
    ) -> None:
        """socket: where the process answers the local API, if it does; every `probe_s` it is asked there."""
        self.name = name
        self._socket = socket
        self._probe_s = probe_s
        self.pid = 0
        self.starts = 0
        self.answers = 0
        self._command = [sys.executable, "-m", f"edge_gateway.{name}", *arguments.command_line()]
        self._lifeline = lifeline
        self._pause = pause or Pause()
        self._process: asyncio.subprocess.Process | None = None

    async def keep(self) -> int:
        """Runs it again and again; returns only an exit code that makes another start pointless."""
        while True:
            began = monotonic()
            code = await self._run()
            if code in _HOPELESS:
                return code
            pause = self._pause.after(monotonic() - began)
            log.warning("%s ended (%s); it starts again in %.1f s", self.name, _how(code), pause)
            await asyncio.sleep(pause)

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL if that doesn't help."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            log.error("%s does not stop and is killed", self.name)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _run(self) -> int:
        environment = {**os.environ, LIFELINE: str(self._lifeline)}
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            env=environment,
            pass_fds=(self._lifeline,),
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C at the terminal is the supervisor's to pass on, in order
        )
        self.pid = self._process.pid
        self.starts += 1
        log.info("%s runs as process %d", self.name, self.pid)
        watcher = asyncio.create_task(self._watch(self._process, self._socket)) if self._socket else None
        try:
            return await self._process.wait()
        finally:
            if watcher is not None:
                watcher.cancel()

    async def _watch(self, process: asyncio.subprocess.Process, socket: Path) -> None:
        """Kills the process when it has answered once and then doesn't any more, though it runs."""
        misses = 0
        answered = False
        while misses < _MISSES:
            await asyncio.sleep(self._probe_s)
            if await _answers(socket, self._probe_s):
                answered, misses = True, 0
                self.answers += 1
            elif answered:
                misses += 1
        log.error("%s runs and does not answer: it hangs and is killed", self.name)
        with contextlib.suppress(ProcessLookupError):
            process.kill()


async def _answers(socket: Path, within_s: float) -> bool:
    """Whether the local API answers in time."""
    try:
        async with asyncio.timeout(within_s):
            reader, writer = await asyncio.open_unix_connection(str(socket))
            try:
                writer.write(encode({"id": 1, "method": "hello"}))
                return bool(await reader.readline())
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return False


async def supervise(arguments: Arguments, socket: Path) -> int:
    """Runs the gateway until SIGTERM or SIGINT, or until a start is pointless; returns the exit code."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, told.set)
    lifeline, ours = os.pipe()  # its other end closes with this process, however that ends
    children = [Child("core", arguments, lifeline, socket), Child("services", arguments, lifeline)]
    keepers: list[asyncio.Task[int]] = [asyncio.create_task(child.keep(), name=child.name) for child in children]
    stopping = asyncio.create_task(told.wait())
    try:
        await asyncio.wait([*keepers, stopping], return_when=asyncio.FIRST_COMPLETED)
        return next((keeper.result() for keeper in keepers if keeper.done()), 0)
    finally:
        stopping.cancel()
        for keeper in keepers:
            keeper.cancel()
        await asyncio.gather(stopping, *keepers, return_exceptions=True)
        for child in reversed(children):  # what talks to the outside goes first
            await child.stop()
        os.close(ours)
        os.close(lifeline)


def run(arguments: Arguments) -> int:
    """Checks the site file, then supervises. Raises SiteError, RunsAlreadyError, OSError before anything is started."""
    loaded = load_site(arguments.site, arguments.overrides)
    with only_one(loaded.run_dir, GATEWAY_LOCK):
        return asyncio.run(supervise(arguments, loaded.run_dir / SOCKET))


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
