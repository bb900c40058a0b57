"""The demo's gateway: the real `edgectl run` as a process of its own, and what it costs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil

STOP_S = 15.0
ROOT = Path(__file__).resolve().parents[2]


class GatewayError(RuntimeError):
    """The gateway ended by itself; the text has its last words."""


class GatewayProcess:
    """Runs the gateway of a site file. `cpu_percent` is of one core, over the time since `measure` began."""

    def __init__(self, site: Path, overrides: Sequence[str], log: Path) -> None:
        self._log = log
        sets = [part for override in overrides for part in ("--set", override)]
        self._command = [sys.executable, "-m", "tools.demo.gateway_child", "run", str(site.absolute()), *sets]
        self._command += ["--log-level", "WARNING"]
        self._process: subprocess.Popen[bytes] | None = None
        self._began: tuple[float, float] | None = None

    def start(self) -> None:
        """Start it; its log goes to the file."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=ROOT, start_new_session=True
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
        """Share of one core used since `measure`; None before it or too soon after."""
        if self._began is None or now_s - self._began[0] < 1.0:
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
