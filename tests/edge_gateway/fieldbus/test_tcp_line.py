"""The TCP line against peers that aren't ours, and against one that misbehaves on purpose."""

from __future__ import annotations

import asyncio
import logging
import struct
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from edge_gateway.fieldbus.board import BoardIdentity, BoardSession, BoardState
from edge_gateway.fieldbus.job import Job, Outcome, Reply, read_job, write_job, write_one_job
from edge_gateway.fieldbus.reconnect import ReconnectDelay
from edge_gateway.fieldbus.tcp_line import TcpLine
from edge_gateway.fieldbus.unit import Patience
from edge_gateway.tags import TagDatabase
from tests.edge_gateway.fieldbus.support import PATIENT, SHEET, Collector, board_registers, now_ms, run, until, utc_ms
from tools.bench.poll import compile_c, modbus_server

pytestmark = pytest.mark.wall_clock

LOCAL = "127.0.0.1"
QUICK = Patience(min_us=50_000, max_us=150_000, backoff_us=100_000, backoff_max_us=400_000)


def line_to(port: int, window: int = 1, patience: Patience = QUICK) -> TcpLine:
    return TcpLine("L", LOCAL, port, window=window, patience=patience, reconnect=ReconnectDelay(0.01, 0.05))


async def up(line: TcpLine) -> None:
    """Start the line and wait until it stands."""
    news = asyncio.Event()
    line.watchers.append(lambda is_up, now_us: news.set())
    line.start()
    await until(lambda: line.is_up, news)


@asynccontextmanager
async def pymodbus_board(unit: int, registers: list[int]) -> AsyncIterator[int]:
    """A pymodbus server with these holding registers from address 0; gives its port."""
    device = SimDevice(unit, simdata=[SimData(0, values=registers, datatype=DataType.REGISTERS)])
    server = ModbusTcpServer([device], address=(LOCAL, 0))
    task = asyncio.create_task(server.serve_forever(background=True))
    await task
    assert server.transport is not None
    try:
        yield server.transport.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]


def test_a_board_session_comes_online_on_a_pymodbus_server() -> None:
    async def main() -> None:
        async with pymodbus_board(11, list(board_registers())) as port:
            line = line_to(port)
            changed = asyncio.Event()
            database = TagDatabase()
            session = BoardSession(
                BoardIdentity("E1", 11, 11, SHEET),
                line,
                database,
                gateway_id=1,
                utc_ms=utc_ms,
                on_event=lambda event: None,
                on_change=lambda session, now: changed.set(),
            )
            database.subscribe(lambda tag, now: changed.set())
            session.start(now_ms())
            line.start()
            await until(lambda: session.state is BoardState.ONLINE, changed)
            await until(lambda: database["E1.LA.P"].good and database["E1.par.open_max_ms"].good, changed)
            assert database["E1.MODE"].text == "AUTO"
            await line.close()
            assert session.state is BoardState.LINE_DOWN
            assert not database["E1.LA.P"].good

    run(main)


@pytest.mark.peer("libmodbus")
@pytest.mark.parametrize("window", [1, 8])
def test_reads_and_writes_agree_with_libmodbus(tmp_path: Path, window: int) -> None:
    with modbus_server(tmp_path) as port:

        async def main() -> None:
            line = line_to(port, window, PATIENT)
            await up(line)
            done = Collector()
            for address in range(40):
                line.submit(read_job(1, address * 10, 1 + address * 3, done))
            await done.have(40)
            assert set(done.outcomes) == {Outcome.OK}
            for registers in done.registers:
                first = registers[0]
                assert registers == tuple(first + 37 * place for place in range(len(registers)))
            line.submit(write_one_job(1, 5, 0xBEEF, done))
            line.submit(write_job(1, 6, [1, 2, 0xFFFF], done))
            await done.have(42)
            line.submit(read_job(1, 5, 4, done))
            line.submit(read_job(1, 1023, 2, done))
            await done.have(44)
            assert done.registers[-1] == (0xBEEF, 1, 2, 0xFFFF)
            assert done.outcomes[-1] is Outcome.EXCEPTION
            assert line.counters.requests == line.counters.replies == 44
            await line.close()

        run(main)


@pytest.mark.peer("libmodbus")
def test_the_line_opens_again_when_its_peer_comes_back(tmp_path: Path) -> None:
    program = compile_c("modbus_server.c", tmp_path, "libmodbus")

    server = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = int(server.stdout.readline())

    async def main() -> None:
        line = line_to(port)
        ups: list[bool] = []
        news = asyncio.Event()

        def watch(is_up: bool, now_us: int) -> None:
            ups.append(is_up)
            news.set()

        line.watchers.append(watch)
        done = Collector()
        line.add(read_job(1, 0, 4, done, 10_000))
        line.start()
        await done.have(3)
        server.kill()
        server.communicate()
        await until(lambda: ups[-1:] == [False], news)
        assert line.problem
        assert not line.submit(write_one_job(1, 0, 1, done))
        # Whoever listens there now gets the cyclic reads, and nothing that is older.
        frames = await _first_frames(port)
        assert all(frame[7] == 3 for frame in frames)
        await line.close()

    run(main)


async def _first_frames(port: int) -> list[bytes]:
    """Listen on a port and take the first two requests that come."""
    frames: list[bytes] = []
    enough = asyncio.Event()

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while len(frames) < 2:
            frames.append(await reader.readexactly(12))
        enough.set()
        writer.close()

    server = await asyncio.start_server(peer, LOCAL, port, reuse_address=True)
    await asyncio.wait_for(enough.wait(), 10)
    server.close()
    return frames


Script = Callable[[bytes], list[bytes]]


@asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[int]:
    """A peer that answers each request of 12 bytes with what the script says, in pieces if it says several."""

    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                for piece in script(await reader.readexactly(12)):
                    writer.write(piece)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(peer, LOCAL, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def reply_to(request: bytes, values: list[int] | None = None, transaction: int | None = None) -> bytes:
    """The right reply to a read, counting up from 0."""
    tid, _, _, unit, function, _, count = struct.unpack(">HHHBBHH", request)
    words = values or list(range(count))
    data = struct.pack(f">{len(words)}H", *words)
    head = struct.pack(
        ">HHHBBB", tid if transaction is None else transaction, 0, 3 + len(data), unit, function, len(data)
    )
    return head + data


def test_late_duplicate_foreign_and_mismatched_replies_are_dropped_and_counted() -> None:
    kept: list[bytes] = []

    def script(request: bytes) -> list[bytes]:
        address = request[9]
        right = reply_to(request)
        if address == 1:
            kept.append(right)
            return []
        if address == 2:
            return [kept.pop(), right, right]
        if address == 3:
            return [reply_to(request, transaction=0x7ABC), right]
        if address == 4:
            wrong_unit = right[:6] + bytes((right[6] + 1,)) + right[7:]
            wrong_function = right[:7] + bytes((4,)) + right[8:]
            wrong_count = reply_to(request, values=[1, 2, 3])
            return [wrong_unit, wrong_function, wrong_count, right]
        return [right]

    async def main() -> None:
        async with scripted(script) as port:
            line = line_to(port, patience=PATIENT)
            await up(line)
            done = Collector()
            for address in (0, 1, 2, 3, 4, 5):
                line.submit(read_job(1, address, 2, done))
            await done.have(6)
            assert done.outcomes == [Outcome.OK, Outcome.TIMEOUT, *[Outcome.OK] * 4]
            assert done.registers == [(0, 1)] * 5
            counters = line.counters
            assert (counters.late, counters.duplicate, counters.foreign, counters.mismatched) == (1, 1, 1, 3)
            assert counters.losses == 0
            await line.close()

    run(main)


def test_replies_in_any_order_find_their_requests() -> None:
    waiting: list[bytes] = []

    def script(request: bytes) -> list[bytes]:
        waiting.append(reply_to(request, values=[request[9]]))
        if len(waiting) < 4:
            return []
        answers, waiting[:] = waiting[::-1], []
        return [b"".join(answers)]

    async def main() -> None:
        async with scripted(script) as port:
            line = line_to(port, window=4, patience=PATIENT)
            await up(line)
            ends: dict[int, int] = {}
            news = asyncio.Event()

            def done(job: Job, outcome: Outcome, data: Reply, at: int, now_us: int) -> None:
                assert outcome is Outcome.OK
                ends[job.request.pdu()[2]] = data[at + 1]
                news.set()

            for address in range(8):
                line.submit(read_job(1, address, 1, done))
            await until(lambda: len(ends) == 8, news)
            assert all(address == value for address, value in ends.items())
            await line.close()

    run(main)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12))
@settings(max_examples=25, deadline=None)
def test_replies_dribble_in_any_pieces(sizes: list[int]) -> None:
    def script(request: bytes) -> list[bytes]:
        right = reply_to(request)
        pieces = []
        for size in sizes:
            pieces.append(right[:size])
            right = right[size:]
        return [piece for piece in [*pieces, right] if piece]

    async def main() -> None:
        async with scripted(script) as port:
            line = line_to(port, window=2, patience=PATIENT)
            await up(line)
            done = Collector()
            for address in range(3):
                line.submit(read_job(1, address, 9, done))
            await done.have(3)
            assert done.outcomes == [Outcome.OK] * 3
            await line.close()

    run(main)


@pytest.mark.parametrize(
    "garbage", [b"HTTP/1.1 400 Bad Request\r\n", bytes(40), b"\0\1\0\0\xff\xff\1\3", b"\0\1\0\0\0\1\1\3\0"]
)
def test_a_peer_that_speaks_no_modbus_is_left_and_tried_again(garbage: bytes) -> None:
    async def main() -> None:
        async with scripted(lambda request: [garbage]) as port:
            line = line_to(port)
            losses: list[str] = []
            news = asyncio.Event()

            def watch(is_up: bool, now_us: int) -> None:
                if not is_up:
                    losses.append(line.problem)
                news.set()

            line.watchers.append(watch)
            done = Collector()
            line.add(read_job(1, 0, 2, done, 10_000))
            line.start()
            await until(lambda: len(losses) >= 2, news)
            assert "isn't Modbus" in losses[0]
            assert line.counters.framing_errors >= 2
            assert Outcome.OK not in done.outcomes
            await line.close()

    run(main)


@given(st.binary(min_size=1, max_size=60), st.booleans())
@settings(max_examples=15, deadline=None)
def test_after_any_bytes_whatsoever_the_next_good_reply_is_taken(noise: bytes, as_header: bool) -> None:
    said: list[bytes] = []

    def script(request: bytes) -> list[bytes]:
        if not said:
            said.append(noise)
            return [request[:2] + b"\0\0" + noise if as_header else noise]
        return [reply_to(request)]

    async def main() -> None:
        async with scripted(script) as port:
            line = line_to(port)
            done = Collector()
            line.add(read_job(1, 0, 2, done, 5_000))
            line.start()
            while (0, 1) not in done.registers:
                await done.have(len(done.outcomes) + 1)
            assert line.counters.callback_faults == 0
            await line.close()

    run(main)


def test_a_connection_that_answers_nothing_is_opened_again() -> None:
    async def main() -> None:
        async with scripted(lambda request: []) as port:
            line = line_to(port)
            losses: list[str] = []
            news = asyncio.Event()

            def watch(is_up: bool, now_us: int) -> None:
                if not is_up:
                    losses.append(line.problem)
                news.set()

            line.watchers.append(watch)
            done = Collector()
            for unit in (1, 2, 3):
                line.add(read_job(unit, 0, 2, done, 10_000))
            line.start()
            await until(lambda: bool(losses), news)
            assert "answers nothing" in losses[0]
            await line.close()

    run(main)


def test_one_dead_unit_behind_a_tcp_gateway_leaves_the_others_their_pace() -> None:
    def script(request: bytes) -> list[bytes]:
        return [] if request[6] == 9 else [reply_to(request)]

    async def main() -> None:
        async with scripted(script) as port:
            line = line_to(port)
            await up(line)
            dead, alive = Collector(), Collector()
            line.add(read_job(9, 0, 2, dead, 5_000))
            line.add(read_job(1, 0, 2, alive, 5_000))
            await alive.have(100)
            assert len(dead.outcomes) <= 6
            assert set(dead.outcomes) == {Outcome.TIMEOUT}
            assert line.unit(9).silent
            await line.close()

    run(main)


def test_a_closed_line_ends_what_was_in_flight() -> None:
    async def main() -> None:
        asked = asyncio.Event()

        def silent(_request: bytes) -> list[bytes]:
            asked.set()
            return []

        async with scripted(silent) as port:
            line = line_to(port, patience=PATIENT)
            await up(line)
            done = Collector()
            line.submit(read_job(1, 0, 2, done))
            await asked.wait()
            await line.close()
            await done.have(1)
            assert done.outcomes == [Outcome.LINE_DOWN]

    run(main)


def test_a_fault_while_opening_is_said_and_does_not_end_the_attempts(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        tried = asyncio.Event()

        class Faulty(TcpLine):
            async def _open(self) -> None:
                tried.set()
                raise ZeroDivisionError("ours")

        line = Faulty("L", LOCAL, 1, reconnect=ReconnectDelay(0.001, 0.001))
        line.start()
        for _ in range(2):
            await until(tried.is_set, tried)
            tried.clear()
        assert line.problem == "ZeroDivisionError: ours"
        await line.close()

    with caplog.at_level(logging.CRITICAL):
        run(main)
