"""Processor time of one request: our TCP line beside a C poller, both asking one libmodbus server on the loopback.

Both have the same number of requests in flight on one connection (8 as a line with `pipeline: 8`, and 1), match each
reply (transaction, unit, function, length), turn its registers into numbers, and send at once what one read allows.
Counted is the time of the client's process alone, user and system, without its start and a warm-up.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from struct import Struct

from edge_gateway.fieldbus.job import Job, Outcome, Reply, read_job
from edge_gateway.fieldbus.tcp_line import TcpLine
from edge_gateway.fieldbus.unit import Patience
from tools.bench.measure import Result, interleave

SOURCES = Path(__file__).parent / "c"
UNIT, ADDRESS, COUNT = 1, 0, 10
REQUESTS = 20_000
PIPELINED = 8
WARM_UP = 2_000


def compile_c(source: str, folder: Path, *packages: str) -> str:
    """Compile a C source of `tools/bench/c` into `folder`; return the program. CalledProcessError where it fails."""
    program = folder / source.removesuffix(".c")
    flags: list[str] = []
    if packages:
        found = subprocess.run(
            ["pkg-config", "--cflags", "--libs", *packages], check=True, capture_output=True, text=True
        )
        flags = found.stdout.split()
    subprocess.run(["cc", "-O2", "-o", str(program), str(SOURCES / source), *flags], check=True)
    return str(program)


@contextmanager
def modbus_server(folder: Path) -> Iterator[int]:
    """A libmodbus server in a process of its own; gives its port."""
    program = compile_c("modbus_server.c", folder, "libmodbus")
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdin is not None
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()  # or leaving `with` would wait for it without end
                raise


def poll_cpu() -> list[Result]:
    """Compile the peers, run the pollers in turn."""
    results = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        client = compile_c("poll_client.c", folder)
        with modbus_server(folder) as port:
            for bench, window in zip(BENCHES, (PIPELINED, 1), strict=True):
                asked = [str(number) for number in (port, UNIT, ADDRESS, COUNT, REQUESTS, window)]
                ours, peer = interleave(
                    partial(_figure, [sys.executable, "-m", "tools.bench.poll", *asked]),
                    partial(_figure, [client, *asked]),
                    rounds=7,
                )
                results.append(Result(bench, ours, peer, f"C epoll client, {window} in flight as ours", "us"))
    return results


def _figure(command: list[str]) -> float:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=60)
    return float(done.stdout)


class _Poller:
    """Asks as fast as replies come, through the gateway's own line."""

    def __init__(self, port: int, unit: int, address: int, count: int, requests: int, window: int) -> None:
        # A server that the machine holds up for a moment isn't a dead unit here.
        patience = Patience(min_us=2_000_000, max_us=2_000_000)
        self.line = TcpLine("bench", "127.0.0.1", port, window=window, patience=patience)
        self.unpack = Struct(f">{count}H").unpack_from
        self.values: tuple[int, ...] = ()
        self.left = WARM_UP + requests
        self.requests = requests
        self.begin = 0.0
        self.spent = 0.0
        self.over = asyncio.Event()
        for _ in range(window):
            # A period of 1 us is always over: a job is due again as soon as it's answered.
            self.line.add(read_job(unit, address, count, self.answered, 1))

    def answered(self, job: Job, outcome: Outcome, data: Reply, at: int, now_us: int) -> None:
        if outcome is not Outcome.OK:
            return
        self.values = self.unpack(data, at)
        self.left -= 1
        if self.left == self.requests:
            self.begin = _cpu_us()
        elif self.left == 0:
            self.spent = _cpu_us() - self.begin
            self.over.set()


def _cpu_us() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return 1e6 * (usage.ru_utime + usage.ru_stime)


async def _poll(port: int, unit: int, address: int, count: int, requests: int, window: int) -> float:
    poller = _Poller(port, unit, address, count, requests, window)
    poller.line.start()
    async with asyncio.timeout(50):
        await poller.over.wait()
    await poller.line.close()
    return poller.spent / requests


BENCHES = {"poll_cpu_us_per_request": poll_cpu, "poll_cpu_us_per_request.one_in_flight": poll_cpu}

if __name__ == "__main__":
    import uvloop

    print(f"{uvloop.run(_poll(*map(int, sys.argv[1:]))):.4f}")
