"""The demo's gateway as processes of its own, and what they cost."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil

from edge_gateway.process import LIFELINE

STOP_S = 15.0
ROOT = Path(__file__).resolve().parents[2]


class GatewayError(RuntimeError):
    """The gateway ended by itself; the text has its last words."""


def arguments(site: Path, overrides: Sequence[str]) -> list[str]:
    """Of any process of the gateway: the site, its overrides, what is logged."""
    sets = [part for override in overrides for part in ("--set", override)]
    return [str(site.absolute()), *sets, "--log-level", "WARNING"]


class GatewayProcess:
    """Runs the gateway of a site file. `cpu_percent` is of one core, over the time since `measure` began.

    services_only: just that process of it; the core is elsewhere.
    """

    def __init__(self, site: Path, overrides: Sequence[str], log: Path, *, services_only: bool = False) -> None:
        self._log = log
        self._services_only = services_only
        module = ["edge_gateway.services"] if services_only else ["tools.demo.gateway_child", "run"]
        self._command = [sys.executable, "-m", *module, *arguments(site, overrides)]
        self._process: subprocess.Popen[bytes] | None = None
        self._began: tuple[float, float] | None = None

    def start(self) -> None:
        """Start it; its log goes to the file. It ends when its standard input closes, however this process ends."""
        environment = {**os.environ, LIFELINE: "0"} if self._services_only else None
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=environment,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise GatewayError if it has ended."""
        if self._process is not None and self._process.poll() is not None:
            said = self._log.read_text(errors="replace")[-2000:]
            raise GatewayError(f"the gateway ended with code {self._process.returncode}\n{said}")

    def measure(self, now_s: float) -> None:
        """Begin to measure here: what it costs to start is not what it costs to run."""
        self._began = (now_s, self._cpu_s())

    def cpu_percent(self, now_s: float) -> float | None:
        """Share of one core used since `measure`; None before it, too soon after, and where the core is elsewhere."""
        if self._services_only or self._began is None or now_s - self._began[0] < 1.0:
            return None
        return 100.0 * (self._cpu_s() - self._began[1]) / (now_s - self._began[0])

    def stop(self) -> None:
        """Close its input, and kill the whole family if that doesn't help."""
        process = self._process
        if process is None:
            return
        family = self._family()
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            for member in family:
                member.kill()
            process.wait()
        self._process = None

    def _family(self) -> list[psutil.Process]:
        if self._process is None:
            return []
        try:
            head = psutil.Process(self._process.pid)
            return [head, *head.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _cpu_s(self) -> float:
        total = 0.0
        for member in self._family():
            try:
                times = member.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
        return total
