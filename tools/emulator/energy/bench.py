"""The ten devices by themselves in wall time, to try a tool on: ``python -m tools.emulator.energy.bench``.

Without ``--tcp`` they share a serial line behind a pseudo-terminal, as on the board's own line; with it each has a port
on loopback, unit 1 the one after the port that was given.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path
from types import TracebackType

from tools.emulator.energy.district import STEP_S, District
from tools.emulator.energy.field import UNITS, Field
from tools.emulator.energy.tcp import TcpUnits
from tools.emulator.pty_port import PtyPort
from tools.emulator.serial_line import SerialLine
from tools.emulator.world import World


class SerialBench:
    """Devices of a field behind a pty, alive in a thread: ``with SerialBench(field) as bench: open(bench.path)``."""

    def __init__(self, field: Field, link: Path | None = None) -> None:
        self.field = field
        self.world = World()
        self.line = SerialLine(self.world)
        field.connect(self.world, self.line)
        self._port = PtyPort(self.world, self.line, "client", link)
        self.path = self._port.path
        self._at_us = 0
        self._thread = threading.Thread(target=self._run, name="field-bench", daemon=True)

    def _run(self) -> None:
        self.world.serve(self._tick, round(STEP_S * 1000))

    def _tick(self) -> None:
        """Bring the physics to the world's time."""
        while self.world.now_us - self._at_us >= STEP_S * 1e6:
            self._at_us += round(STEP_S * 1e6)
            self.field.district.step(STEP_S)
            self.field.step(STEP_S)

    def __enter__(self) -> SerialBench:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.world.stop()
        self._thread.join()
        self._port.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The energy plant's ten Modbus devices, to try a tool on.")
    parser.add_argument("--link", type=Path, help="put a symbolic link to the serial port here")
    parser.add_argument("--tcp", type=int, default=0, metavar="PORT", help="on TCP instead: unit 1 at PORT + 1, ...")
    parser.add_argument("--hour", type=float, default=11.0, help="time of day at the start")
    parser.add_argument("--quirk", action="append", default=[], metavar="UNIT=QUIRK", help="INV1=silent_ignore, ...")
    return parser.parse_args()


def main() -> int:
    """Serve until interrupted."""
    options = _arguments()
    district = District(start_s=options.hour * 3600, clouds=0.4, running=True)
    field = Field(district)
    for name, _, quirk in (each.partition("=") for each in options.quirk):
        field.devices[name].turn(quirk)
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    if not options.tcp:
        with SerialBench(field, options.link) as bench:
            print(f"units 1 to {len(UNITS)} at {options.link or bench.path}", flush=True)
            over.wait()
        return 0
    with TcpUnits(field.devices, UNITS, options.tcp) as tcp:
        for name, port in tcp.ports.items():
            print(f"unit {UNITS[name]:>2}  {name:<4}  {tcp.host}:{port}", flush=True)
        while not over.wait(STEP_S):
            with tcp.lock:
                district.step(STEP_S)
                field.step(STEP_S)
    return 0


if __name__ == "__main__":
    sys.exit(main())
