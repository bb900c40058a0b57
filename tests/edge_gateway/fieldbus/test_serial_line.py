"""The serial line over pseudo terminals, with our own RTU server and pymodbus' on the other end."""

from __future__ import annotations

import asyncio
import os
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pymodbus.framer import FramerType
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

from edge_gateway.fieldbus.board import BoardIdentity, BoardSession, BoardState
from edge_gateway.fieldbus.job import Outcome, read_job, write_job, write_one_job
from edge_gateway.fieldbus.reads import Periods
from edge_gateway.fieldbus.reconnect import ReconnectDelay
from edge_gateway.fieldbus.serial_line import SerialLine
from edge_gateway.fieldbus.unit import Patience
from edge_gateway.tags import Quality, Reason, TagDatabase
from protocols import layout
from protocols.modbus.crc import crc16
from tests.edge_gateway.fieldbus.support import (
    PATIENT,
    SHEET,
    Collector,
    PtyUnits,
    board_registers,
    now_ms,
    run,
    until,
    utc_ms,
)

pytestmark = pytest.mark.wall_clock

QUICK = Patience(min_us=60_000, max_us=120_000, backoff_us=100_000, backoff_max_us=400_000)


def line_to(path: str, baud: int = 115_200, patience: Patience = QUICK) -> SerialLine:
    return SerialLine("RS1", path, baud, patience=patience, reconnect=ReconnectDelay(0.01, 0.05))


@asynccontextmanager
async def units(*numbers: int) -> AsyncIterator[PtyUnits]:
    far = PtyUnits({number: board_registers(dev_id=number) for number in numbers})
    try:
        yield far
    finally:
        far.close()


def session_with(unit: int, line: SerialLine, database: TagDatabase, changed: asyncio.Event) -> BoardSession:
    return BoardSession(
        BoardIdentity(f"B{unit}", unit, unit, SHEET),
        line,
        database,
        gateway_id=1,
        utc_ms=utc_ms,
        on_event=lambda event: None,
        on_change=lambda session, now: changed.set(),
        periods=Periods(100, 50, 100, 1000, 100),
    )


def test_a_board_comes_online_and_its_values_reach_the_tags() -> None:
    async def main() -> None:
        async with units(11, 12) as far:
            line = line_to(far.path)
            database = TagDatabase()
            changed = asyncio.Event()
            sessions = [session_with(unit, line, database, changed) for unit in (11, 12)]
            database.subscribe(lambda tag, now: changed.set())
            for session in sessions:
                session.start(now_ms())
            line.start()
            await until(lambda: all(session.online for session in sessions), changed)
            await until(lambda: database["B11.POS"].good and database["B12.POS"].good, changed)
            far.banks[11].holding[layout.MEASUREMENTS] = 455
            await until(lambda: database["B11.POS"].value == 45.5, changed)
            sessions[0].scan(now_ms())
            await until(lambda: far.banks[11].holding[layout.C_GW_HB] == 1, far.heard)
            await line.close()

    run(main)


def test_one_mute_unit_leaves_the_other_fresh() -> None:
    async def main() -> None:
        async with units(11, 12) as far:
            far.mute.add(12)
            line = line_to(far.path)
            database = TagDatabase()
            changed = asyncio.Event()
            sessions = [session_with(unit, line, database, changed) for unit in (11, 12)]
            for session in sessions:
                session.start(now_ms())
            line.start()
            await until(lambda: sessions[0].online and line.unit(12).silent, far.heard)
            sessions[1].scan(now_ms())
            assert sessions[1].state is BoardState.SILENT
            replies = line.unit(11).replies
            await until(lambda: line.unit(11).replies > replies + 30, far.heard)
            assert line.unit(12).timeouts <= 6
            far.mute.clear()
            await until(lambda: sessions[1].online, changed)
            await line.close()

    run(main)


def test_noise_and_frames_nobody_asked_for_cost_nothing() -> None:
    async def main() -> None:
        async with units(11) as far:
            line = line_to(far.path, patience=PATIENT)
            done = Collector()
            line.add(read_job(11, 0, 4, done, 20_000))
            line.start()
            await done.have(3)
            frame = bytes((99, 3, 2, 0, 1))
            far.say(frame + int(crc16(frame, 0, 5)).to_bytes(2, "little"))
            await done.have(6)
            far.say(b"\xff\x00\xaa")
            await done.have(12)
            assert set(done.outcomes) == {Outcome.OK}
            counters = line.counters
            assert counters.foreign + counters.framing_errors + counters.crc_errors >= 2
            await line.close()

    run(main)


@asynccontextmanager
async def pymodbus_rtu(registers: list[int], folder: Path) -> AsyncIterator[str]:
    """A pymodbus RTU server as unit 11; gives the port to open. A pair of pseudo terminals is the cable."""
    loop = asyncio.get_running_loop()
    ends = [os.openpty(), os.openpty()]
    for master, slave in ends:
        tty.setraw(slave)
        os.set_blocking(master, False)
    ours, theirs = ends[0][0], ends[1][0]
    loop.add_reader(ours, lambda: os.write(theirs, os.read(ours, 512)))
    loop.add_reader(theirs, lambda: os.write(ours, os.read(theirs, 512)))
    device = SimDevice(11, simdata=[SimData(0, values=registers, datatype=DataType.REGISTERS)])
    server = ModbusSerialServer([device], framer=FramerType.RTU, port=os.ttyname(ends[1][1]), baudrate=115_200)
    await server.serve_forever(background=True)
    try:
        yield os.ttyname(ends[0][1])
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]
        for master, slave in ends:
            loop.remove_reader(master)
            os.close(master)
            os.close(slave)


def test_reads_and_writes_agree_with_pymodbus(tmp_path: Path) -> None:
    async def main() -> None:
        async with pymodbus_rtu(list(range(500, 900)), tmp_path) as port:
            line = line_to(port, patience=PATIENT)
            news = asyncio.Event()
            line.watchers.append(lambda is_up, now_us: news.set())
            line.start()
            await until(lambda: line.is_up, news)
            done = Collector()
            line.submit(read_job(11, 0, 125, done))
            await done.have(1)
            line.submit(write_one_job(11, 3, 7, done))
            line.submit(write_job(11, 4, [8, 9], done))
            await done.have(3)
            line.submit(read_job(11, 3, 3, done))
            line.submit(read_job(11, 399, 2, done))
            await done.have(5)
            assert done.outcomes == [*[Outcome.OK] * 4, Outcome.EXCEPTION]
            assert done.registers[-1] == (7, 8, 9)
            assert done.registers[0] == tuple(range(500, 625))
            await line.close()

    run(main)


def test_a_port_that_goes_away_is_opened_again_and_its_values_are_stale_at_once(tmp_path: Path) -> None:
    async def main() -> None:
        port = tmp_path / "port"
        far = PtyUnits({11: board_registers()})
        port.symlink_to(far.path)
        line = line_to(str(port))
        database = TagDatabase()
        changed = asyncio.Event()
        session = session_with(11, line, database, changed)
        database.subscribe(lambda tag, now: changed.set())
        session.start(now_ms())
        line.start()
        await until(lambda: database["B11.LA.P"].good, changed)
        port.unlink()
        far.close()
        await until(lambda: session.state is BoardState.LINE_DOWN, changed)
        tag = database["B11.LA.P"]
        assert (tag.quality, tag.reason) == (Quality.STALE, Reason.LINE_DOWN)
        assert line.problem
        far = PtyUnits({11: board_registers()})
        port.symlink_to(far.path)
        await until(lambda: session.online and tag.good, changed)
        assert line.counters.connects == 2
        await line.close()
        far.close()

    run(main)


def test_a_port_that_is_not_there_is_said_and_tried_again(tmp_path: Path) -> None:
    async def main() -> None:
        tried = asyncio.Event()

        class Told(ReconnectDelay):
            def next_s(self) -> float:
                tried.set()
                return super().next_s()

        line = SerialLine("RS1", str(tmp_path / "nothing"), reconnect=Told(0.01, 0.01))
        line.start()
        for _ in range(2):
            await until(tried.is_set, tried)
            tried.clear()
        assert "nothing" in line.problem
        await line.close()

    run(main)


def test_holes_are_learned_and_the_rest_is_read() -> None:
    async def main() -> None:
        async with units(11) as far:
            # A board whose map ends within the parameters: what lies beyond is refused.
            del far.banks[11].holding[layout.PLANT_CONFIG + 20 :]
            kept: list[list[list[int]]] = []
            line = line_to(far.path)
            database = TagDatabase()
            changed = asyncio.Event()
            session = BoardSession(
                BoardIdentity("B11", 11, 11, SHEET),
                line,
                database,
                gateway_id=1,
                utc_ms=utc_ms,
                on_event=lambda event: None,
                on_holes=lambda holes: kept.append(holes.as_list()),
            )
            database.subscribe(lambda tag, now: changed.set())
            session.start(now_ms())
            line.start()
            names = [param.name for param in SHEET.params]
            await until(lambda: database[f"B11.par.{names[19]}"].good, changed)
            last = database[f"B11.par.{names[-1]}"]
            await until(lambda: last.quality is Quality.BAD, changed)
            assert last.reason == Reason.ILLEGAL_ADDRESS
            assert kept[-1] == [[layout.PLANT_CONFIG + 20, layout.PLANT_CONFIG + len(names) - 1]]
            refused = line.unit(11).exceptions
            replies = line.unit(11).replies
            await until(lambda: line.unit(11).replies > replies + 20, far.heard)
            assert line.unit(11).exceptions == refused
            await line.close()

    run(main)


def test_unknown_baud_rates_are_refused() -> None:
    with pytest.raises(ValueError, match="not one of"):
        SerialLine("RS1", "/dev/null", 12_345)
