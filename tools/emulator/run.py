"""A site's emulated plants in wall time, as a process of their own: ``python -m tools.emulator.run``.

It reads the SiteSpec as its first line of standard input, then one JSON request a line; it writes one JSON report
a line every 200 ms, the first when the port is there. It ends, with all its boards, on ``{"stop": true}``, on SIGTERM,
and when its standard input closes: whoever started it may die in any way without leaving a board behind.

Requests: ``{"fault": [board, point, kind, value]}``, ``{"fail": [board, device, kind]}``,
``{"turn": [board, switch, 0|1]}``, ``{"power": [board, 0|1]}``, ``{"hang": [board]}``,
``{"traffic": [board, vehicles an hour]}``, ``{"line": [kind, sender, chance, amount]}`` (on the sender's line; sender
"" is everybody on every line, kind "" mends them all), ``{"fill": [percent]}`` (the chutes, see
`tools.emulator.waste.filling`).
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.emulator.lane.traffic import steady
from tools.emulator.pty_port import PtyPort
from tools.emulator.site import EmulatedSite, SiteSpec
from tools.emulator.waste.filling import fill

REPORT_MS = 200


class Service:
    """The site behind a pipe: requests and reports, whatever clock its world has."""

    def __init__(self, spec: SiteSpec, out: Callable[[str], None], stop: Callable[[], None] | None = None) -> None:
        """`stop` is called when it's told to stop; by default that ends `run`."""
        self.site = EmulatedSite(spec)
        self.ports: dict[str, PtyPort] = {}
        self._stop = stop or self.site.world.stop
        self._out = out
        self._pending = b""
        self._error = ""
        for board in self.site.boards.values():
            board.restart_on_death = True
        for lane in self.site.lanes.values():
            lane.traffic.prime()

    def run(self, requests: int) -> None:
        """Serve in wall time until told to stop; `requests` is the descriptor that requests come from."""
        world = self.site.world
        world.watch(requests, lambda: self.readable(requests))
        for line in self.site.spec.lines:
            link = Path(line.link) if line.link else None
            self.ports[line.name] = PtyPort(world, self.site.lines[line.name], link=link)
        try:
            self.site.power_on()
            world.serve(self.report, REPORT_MS)
        finally:
            self.site.close()
            for port in self.ports.values():
                port.close()

    def report(self, **more: Any) -> None:
        """Write a report now, with `more` in it."""
        report = {**self.site.report(), **more}
        for name, port in self.ports.items():
            report["lines"][name]["port"] = port.path
        if self._error:
            report["error"] = self._error
            self._error = ""
        self._out(json.dumps(report, ensure_ascii=False))

    def readable(self, requests: int) -> None:
        """Take the requests that are there, and do them."""
        data = os.read(requests, 65536)
        if not data:
            self._stop()
            return
        *lines, self._pending = (self._pending + data).split(b"\n")
        for line in lines:
            try:
                self._do(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                self._error = f"{line.decode(errors='replace')}: {error}"

    def _do(self, request: dict[str, Any]) -> None:
        for verb, arguments in request.items():
            if verb == "stop":
                self._stop()
            elif verb == "line":
                self._line(*arguments)
            elif verb == "fill":
                self._fill(*arguments)
            else:
                self._board(verb, *arguments)

    def _line(self, kind: str, sender: str = "", *rest: Any) -> None:
        site = self.site
        spec = next((board for board in site.spec.boards if board.name == sender), None)
        for line in site.lines.values() if spec is None else [site.line_of(spec)]:
            if kind:
                line.fault(kind, sender, *rest)
            else:
                line.mend()

    def _fill(self, percent: float) -> None:
        network = self.site.around.network
        if network is None:
            raise ValueError("this site has no waste network")
        network.act_at(self.site.world.now_ms)
        fill(network, percent)

    def _board(self, verb: str, name: str, *arguments: Any) -> None:
        board = self.site.boards[name]
        if verb == "fault":
            board.wiring.fault(*arguments)
        elif verb == "fail":
            self.site.plants[name].fail(*arguments)
        elif verb == "turn":
            self.site.plants[name].turn(*arguments)
        elif verb == "hang":
            board.hang()
        elif verb == "traffic":
            lane = self.site.lanes[name]
            lane.traffic.rate = steady(float(arguments[0])) if arguments[0] else None
        elif verb == "power":
            if arguments[0]:
                board.power_on()
            else:
                board.power_off()
        else:
            raise ValueError(f"no request {verb!r}")


def main() -> int:
    """Run the site of the first line of standard input."""
    spec = SiteSpec.from_json(sys.stdin.buffer.readline().decode())

    def out(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    service = Service(spec, out)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C is for whoever started this
    signal.signal(signal.SIGTERM, lambda number, frame: service.site.world.stop())
    try:
        service.run(sys.stdin.fileno())
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
