"""`python -m tools.demo.fast_child SPEED SITE [--set path=value]...`: a site and the core of its gateway in plant time.

Boards are the processes that they are in the demo; plants, lines and the gateway's core share this process and one
clock, the world's. It speaks as `tools.emulator.run` does: a SiteSpec and requests on standard input, reports on
standard output; the time of day at the gateway is that of the plant.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from edge_gateway.core import clock
from edge_gateway.core.app import Core
from edge_gateway.fieldbus.transport import LoopLine
from edge_gateway.fieldbus.unit import Patience
from edge_gateway.files import CORE_LOCK
from edge_gateway.process import Arguments, only_one, setup_logging
from edge_gateway.running import announced
from edge_gateway.site import LoadedSite, load_site
from edge_gateway.site.model import SerialLine, TcpLine
from tools.emulator.gateway_line import GatewayLine
from tools.emulator.run import REPORT_MS, Service
from tools.emulator.spec import SiteSpec
from tools.emulator.world_loop import WorldLoop

_SETTLE_MS = 3000
"""The boards have been up for so long when the gateway is made."""
_MEASURED_S = 5.0
"""Wall time over which the speed is measured."""


class Fast:
    """One run. `speed` is what is wanted; the reports say what is reached."""

    def __init__(self, loaded: LoadedSite, spec: SiteSpec, speed: float) -> None:
        self._loaded = loaded
        self._speed = speed
        self._told = asyncio.Event()
        self._service = Service(spec, self._say, self._told.set)
        self._world = self._service.site.world
        self._report_s = 0.0
        self._marks: list[tuple[float, int]] = []
        self._day_ns = _start_utc_ns(loaded.site.site.timezone, spec.start_hour)
        self._linked = False

    def run(self) -> None:
        """Serve until told to stop, or until standard input closes."""
        world = self._world
        clock.follow(lambda: 1000 * world.now_us, lambda: self._day_ns + 1000 * world.now_us)
        self._service.site.power_on()
        try:
            world.run(_SETTLE_MS)
            with asyncio.Runner(loop_factory=lambda: WorldLoop(world, self._speed, self._look)) as runner:
                runner.run(self._serve())
        finally:
            self._service.site.close()

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        requests = sys.stdin.fileno()
        loop.add_signal_handler(signal.SIGTERM, self._told.set)
        loop.add_reader(requests, self._service.readable, requests)
        core = Core(self._loaded, self._line)
        try:
            await core.start()
            self._linked = True
            with announced(self._loaded):
                await self._told.wait()
        finally:
            loop.remove_reader(requests)
            await core.stop()

    def _line(self, _loaded: LoadedSite, config: SerialLine | TcpLine) -> LoopLine:
        site = self._service.site
        return GatewayLine(site.world, site.lines[config.id], config.id, Patience.up_to(config.timeout_ms))

    def _look(self) -> None:
        """Report now and then by the wall clock, for that's where the reader lives."""
        now_s = time.monotonic()
        if self._linked and now_s >= self._report_s:
            self._report_s = now_s + REPORT_MS / 1000
            self._marks.append((now_s, self._world.now_us))
            while now_s - self._marks[0][0] > _MEASURED_S:
                del self._marks[0]
            self._service.report(speed=self._reached())

    def _reached(self) -> float:
        (then_s, then_us), (now_s, now_us) = self._marks[0], self._marks[-1]
        return (now_us - then_us) / 1e6 / (now_s - then_s) if now_s > then_s else 0.0

    def _say(self, line: str) -> None:
        try:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self._told.set()


def _start_utc_ns(timezone: str, hour: float) -> int:
    """Today at that hour of the site's day, so that the gateway's day is the residents'."""
    zone = ZoneInfo(timezone)
    midnight = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return round((midnight + timedelta(hours=hour)).timestamp()) * 1_000_000_000


def main() -> int:
    """Run the site of the first line of standard input."""
    speed = float(sys.argv.pop(1))
    arguments = Arguments.parse("core")
    setup_logging(arguments.log_level)
    spec = SiteSpec.from_json(sys.stdin.buffer.readline().decode())
    loaded = load_site(arguments.site, arguments.overrides)
    with only_one(loaded.run_dir, CORE_LOCK):
        Fast(loaded, spec, speed).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
