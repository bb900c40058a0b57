"""The demo as one object: everything started in order, shown, reported, and ended without a trace.

Emulation, gateway and the gateway's two processes are children that end when this process does, however it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_gateway.api.client import Client, NotRunning
from edge_gateway.api.wire import ApiError
from edge_gateway.files import SOCKET
from edge_gateway.site import load_site
from tools.demo import energy, heat
from tools.demo.broker import EmbeddedBroker
from tools.demo.gateway_process import GatewayProcess, arguments
from tools.demo.picture import picture
from tools.demo.report import Report, make_report
from tools.demo.subscriber import Subscriber
from tools.demo.view import View
from tools.demo.waste import KPI_HOURS, waste_report
from tools.demo.watcher import Watcher
from tools.emulator.emulation import Emulation
from tools.emulator.from_site import serial_lines, spec_of

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_SITE = ROOT / "sites" / "qicai" / "site.yaml"
READY_S = 60.0
"""Longest time from the start until every board's link is ok."""
DRAIN_S = 10.0
"""Longest time for the last journalled records to arrive at the subscriber."""
_TICK_S = 0.25
_NOT_FULL = 90.0
"""Chutes are filled so far, %, until every level switch is read: full ones would be collected as they are heard of."""


class DemoError(RuntimeError):
    """The demo can't start or go on; the text says why."""


@dataclass(frozen=True)
class Options:
    """seconds: run time from the moment all boards are linked, None for ever. parked: vehicles inside at the start."""

    site: Path = DEFAULT_SITE
    seconds: float | None = None
    parked: int = 180
    start_hour: float = 7.75
    seed: int = 1
    filling: float = 97.0
    """How full the fullest chutes are at the start, %."""
    speed: float | None = None
    """Plant time goes so many times as fast as the clock if that can be reached; then `seconds` are plant time."""


class Demo:
    """One run. `view` is what there is to show; `run` ends by time, by a signal, or with DemoError."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.loaded = load_site(str(options.site))
        serial_lines(self.loaded)  # a site that can't be emulated is refused before anything starts
        self._began = 0.0
        """Wall time, or plant time in fast motion."""
        self._wall_began = 0.0

    async def run(self, show: Callable[[View], None]) -> Report:
        """Run it all and return the report."""
        async with self._running():
            await self._until_ready(show)
            seconds = self.options.seconds
            while not self._told.is_set() and (seconds is None or self._elapsed_s < seconds):
                self._gateway.check()
                if not self._emulation.running:
                    raise DemoError("the emulated plants ended by themselves")
                show(self.view())
                await self._pause(_TICK_S)
            return await self._report()

    def view(self) -> View:
        """How everything stands."""
        return picture(
            self.loaded.site.site,
            self._elapsed_s,
            self._watcher,
            self._emulation.report,
            self._subscriber.counts(),
            self._gateway.cpu_percent(time.monotonic()),
        )

    @contextlib.asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        self._told = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._told.set)
        async with contextlib.AsyncExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="district-edge-")))
            broker = EmbeddedBroker()
            port = await broker.start()
            stack.push_async_callback(broker.stop)
            self._subscriber = Subscriber("127.0.0.1", port, self._prefix())
            await asyncio.to_thread(self._subscriber.start)
            stack.callback(self._subscriber.stop)
            options = self.options
            spec = spec_of(
                self.loaded,
                folder / "boards",
                start_hour=options.start_hour,
                parked=options.parked,
                seed=options.seed,
                addressed=options.speed is not None,
            )
            run_dir = folder / "run"
            overrides = [f"gateway.run_dir={run_dir}", f"uplink.broker=mqtt://127.0.0.1:{port}"]
            fast = options.speed is not None
            if fast:
                command = ["tools.demo.fast_child", str(options.speed), *arguments(options.site, overrides)]
                self._emulation = Emulation(spec, command=command)
            else:
                self._emulation = Emulation(spec)
            stack.callback(self._emulation.stop)
            await asyncio.to_thread(self._emulation.start)
            if self.loaded.site.waste is not None:
                self._emulation.request(fill=[min(_NOT_FULL, options.filling)])
            overrides += [f"lines.{name}.port={port}" for name, port in self._emulation.ports.items()]
            log = folder / "gateway.log"
            self._gateway = GatewayProcess(options.site, overrides, log, services_only=fast)
            stack.callback(self._gateway.stop)
            self._gateway.start()
            self._watcher = Watcher(run_dir / SOCKET)
            stack.callback(self._watcher.stop)
            self._watcher.start()
            self._socket = run_dir / SOCKET
            self._began = self._now_s
            yield

    @property
    def _now_s(self) -> float:
        """The clock that counts here: the wall's, or the plant's in fast motion."""
        return time.monotonic() if self.options.speed is None else self._emulation.report["now_ms"] / 1000

    @property
    def _elapsed_s(self) -> float:
        return self._now_s - self._began

    def _prefix(self) -> str:
        uplink = self.loaded.site.uplink
        if uplink is None:
            raise DemoError(f"{self.options.site} has no `uplink`: the demo shows one")
        return uplink.topic_prefix

    async def _until_ready(self, show: Callable[[View], None]) -> None:
        """Wait until every board's link is ok, then hand the plants over to the gateway."""
        until = time.monotonic() + READY_S
        while not self._told.is_set():
            self._gateway.check()
            boards = self._watcher.status.get("boards", [])
            if boards and all(board["link"] == "ok" for board in boards):
                break
            if time.monotonic() > until:
                waiting = ", ".join(board["id"] for board in boards if board["link"] != "ok") or "the gateway"
                raise DemoError(f"not ready within {READY_S:.0f} s: {waiting}")
            show(self.view())
            await self._pause(_TICK_S)
        with contextlib.suppress(NotRunning, ApiError):
            await asyncio.to_thread(self._hand_over)
        self._began = self._now_s
        self._wall_began = time.monotonic()
        self._gateway.measure(self._wall_began)

    def _hand_over(self) -> None:
        """What a person does who has switched everything on: count the vehicles, reset the station after power-up."""
        site = self.loaded.site
        with Client(self._socket) as client:
            if site.parking is not None:
                client.call("parking.correct", occupancy=self._emulation.report["total"]["occupancy"])
            if site.waste is not None:
                client.call("command", board=site.waste.station, command="RESET")
                self._emulation.request(fill=[self.options.filling])

    def _waste(self, elapsed_s: float) -> dict[str, Any] | None:
        if self.loaded.site.waste is None:
            return None
        with Client(self._socket) as client:
            kpis = client.call("waste.report", hours=max(KPI_HOURS, (elapsed_s + READY_S) / 3600))
            return waste_report(client.call("waste.status"), kpis, self._emulation.report["waste"])

    def _plants(self, emulated: dict[str, Any]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
        """Energy and heat: each is one board with its own plant."""
        truth = {board["program"]: board for board in emulated["boards"]}
        said = self._watcher.said
        power = energy.energy_report(said, self._watcher.tag, truth.get(energy.PROGRAM, {}))
        return power, heat.heat_report(said, truth.get(heat.PROGRAM, {}))

    async def _report(self) -> Report:
        """Take the journal's end as the cut and give what is below it time to arrive."""
        elapsed = self._elapsed_s
        speed = None if self.options.speed is None else round(elapsed / (time.monotonic() - self._wall_began), 2)
        cpu = self._gateway.cpu_percent(time.monotonic())
        status: dict[str, Any] = self._watcher.status
        emulated = self._emulation.report
        waste = await asyncio.to_thread(self._waste, elapsed)
        plants = self._plants(emulated)
        cut = int(status.get("journal", {}).get("last_seq", 0))
        until = time.monotonic() + DRAIN_S
        while time.monotonic() < until:
            acked = int((self._watcher.status.get("uplink") or {}).get("acked", 0))
            if acked >= cut and self._subscriber.up_to(cut)["gaps"] == 0:
                break
            await asyncio.sleep(_TICK_S)
        status = {**status, "uplink": self._watcher.status.get("uplink")}
        return make_report(elapsed, status, emulated, self._subscriber.up_to(cut), cpu, waste, *plants, speed)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._told.wait()
