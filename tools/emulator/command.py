"""What `edgectl emulate` does: emulated boards beside a terminal, until Ctrl-C."""

from __future__ import annotations

import contextlib
import json
import signal
import tempfile
import threading
from pathlib import Path

from edge_gateway.site import load_site
from tools.emulator.emulation import Emulation, EmulationError, Report
from tools.emulator.from_site import spec_of
from tools.emulator.spec import MICROPYTHON, BoardSpec

_SAY_EVERY_MS = 5000


def run(
    site: Path,
    *,
    link: Path | None,
    storage: Path | None,
    tcp: int,
    duration_s: float | None,
    hour: float,
    seed: int,
    as_json: bool,
) -> None:
    """Run until the time is over or somebody interrupts. Raises SiteError, EmulationError, ValueError and OSError."""
    loaded = load_site(str(site))
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: told.set())
    with contextlib.ExitStack() as stack:
        folder = storage or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="district-edge-")))
        spec = spec_of(loaded, folder, start_hour=hour, seed=seed)
        if link is not None:
            for line in spec.lines:
                line.link = str(link.absolute()) + (f"-{line.name}" if len(spec.lines) > 1 else "")
        for index, board in enumerate(spec.boards):
            board.tcp_port = tcp + index if tcp and board.runtime == MICROPYTHON else 0
        say = _JsonLines() if as_json else _Lines()
        emulation = stack.enter_context(Emulation(spec, say))
        if not as_json:
            for line in spec.lines:
                print(f"line {line.name}: {line.link or emulation.ports[line.name]} ({line.baud} baud)")
                for board in spec.boards:
                    if board.line == line.name:
                        print(f"  {_line(board)}", flush=True)
        waited = 0.0
        while not told.wait(0.2):
            waited += 0.2
            if not emulation.running:
                raise EmulationError("the emulated plants ended by themselves")
            if duration_s is not None and waited >= duration_s:
                return


def _line(board: BoardSpec) -> str:
    role = f", {board.role}" if board.program == "parking_lane" else ""
    where = f", Modbus TCP on 127.0.0.1:{board.tcp_port}" if board.tcp_port else ""
    return f"unit {board.unit}: {board.name} ({board.program}{role}, {board.runtime}){where}"


class _JsonLines:
    """Every report as it comes."""

    def __call__(self, report: Report) -> None:
        print(json.dumps(report, ensure_ascii=False), flush=True)


class _Lines:
    """A line now and then."""

    def __init__(self) -> None:
        self._due = _SAY_EVERY_MS

    def __call__(self, report: Report) -> None:
        if report["now_ms"] < self._due:
            return
        self._due = report["now_ms"] + _SAY_EVERY_MS
        total = report["total"]
        print(
            f"{report['now_ms'] / 1000:6.0f} s  passed {total['passed']}, queue {total['queue']}, "
            f"reversals {total['reversals']}, contacts {total['contacts']}",
            flush=True,
        )
