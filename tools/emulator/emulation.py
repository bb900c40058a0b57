"""Emulated plants beside a program: starts them in a process of their own, knows their counters, ends them for certain.

::

    with Emulation(SiteSpec("run/emulator", [BoardSpec("IN1", 1, 101)])) as emulation:
        open_serial(emulation.ports["line"])
        emulation.request(turn=["IN1", "FIRE", 1])
        print(emulation.report["total"])
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from tools.emulator.board_process import ROOT
from tools.emulator.site import SiteSpec

START_S = 60.0
STOP_S = 5.0

Report = dict[str, Any]


class EmulationError(RuntimeError):
    """The emulation did not start, or ended by itself; the message carries what it said."""


class Emulation:
    """A running emulation. `report` is its latest report: ``now_ms, boards[], total{}, waste{}, lines{}``."""

    def __init__(
        self,
        spec: SiteSpec,
        on_report: Callable[[Report], None] | None = None,
        command: Sequence[str] = ("tools.emulator.run",),
    ) -> None:
        """`command`: module that runs the site, with its arguments; any that speaks as `tools.emulator.run` does."""
        self.spec = spec
        self._command = command
        self.report: Report = {}
        self.errors: list[str] = []
        """Requests that were refused, with the reason."""
        self._on_report = on_report
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._there = threading.Event()

    @property
    def ports(self) -> dict[str, str]:
        """Paths of the lines' ports, by the lines' names."""
        return {name: str(line["port"]) for name, line in self.report.get("lines", {}).items() if "port" in line}

    @property
    def port(self) -> str:
        """Path of the first line's port; "" before the start."""
        return next(iter(self.ports.values()), "")

    @property
    def pid(self) -> int:
        """Process id of the emulation, 0 when there is none."""
        return self._process.pid if self._process is not None else 0

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Emulation:
        """Start boards and plants; returns when the ports are there. Raises EmulationError."""
        self._there.clear()
        self._process = subprocess.Popen(
            [sys.executable, "-m", *self._command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(self.spec.to_json() + "\n")
        self._process.stdin.flush()
        self._reader = threading.Thread(target=self._read, name="emulation", daemon=True)
        self._reader.start()
        if not self._there.wait(START_S) or not self.report:
            said = self._last_words()
            self.stop()
            raise EmulationError(f"the emulation did not start\n{said}")
        return self

    def _read(self) -> None:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        for line in process.stdout:
            report: Report = json.loads(line)
            if "error" in report:
                self.errors.append(report["error"])
            self.report = report
            self._there.set()
            if self._on_report is not None:
                self._on_report(report)
        self._there.set()

    def _last_words(self) -> str:
        process = self._process
        if process is None or process.stderr is None:
            return ""
        if process.poll() is None:
            process.kill()
        return process.stderr.read()[-4000:]

    def request(self, **request: Any) -> None:
        """Send a request (see `tools.emulator.run`). Raises EmulationError when the emulation is gone."""
        process = self._process
        if process is None or process.stdin is None:
            raise EmulationError("the emulation is not running")
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        except (BrokenPipeError, ValueError) as error:
            raise EmulationError(f"the emulation is gone\n{self._last_words()}") from error

    def stop(self) -> Report:
        """End it with all its boards, gently and then not; returns the last report."""
        process = self._process
        if process is None:
            return self.report
        if process.stdin is not None and not process.stdin.closed:
            try:
                process.stdin.close()
            except BrokenPipeError:
                process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._reader is not None:
            self._reader.join(STOP_S)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
        self._process = None
        return self.report

    def __enter__(self) -> Emulation:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
