"""Real board firmware on an RS-485 line in virtual time: every byte takes its time, every figure is exact.

`World` runs the gateway's line and sessions (control code with injected time) against `firmware.runtime` boards in the
same process. Nothing sleeps: time goes from one event to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge_gateway.fieldbus.board import BoardIdentity, BoardSession
from edge_gateway.fieldbus.cost import CostModel
from edge_gateway.fieldbus.events import BoardEvent, EventGap
from edge_gateway.fieldbus.job import Job
from edge_gateway.fieldbus.line import Line
from edge_gateway.fieldbus.rtu_receiver import Found, RtuReceiver
from edge_gateway.fieldbus.unit import Patience
from edge_gateway.tags import TagDatabase
from firmware.host import MemoryStore
from firmware.main import configure, load_table
from firmware.program import Program
from firmware.runtime.board import Board
from firmware.runtime.scan import ScanLoop
from protocols import layout
from protocols.sheets import load
from protocols.ticks import PERIOD_MASK, ticks_diff

SHEET = load("parking_lane")
TABLE = load_table("parking_lane")
BAUD = 115_200
UTC_0 = 1_760_000_000_000
SCAN_MS = 100
SILENCE_US = 5_000


class Lane(Program):
    """A program that does what the tests ask and counts how often it was told to."""

    def __init__(self, table: Any, par: Any, events: Any) -> None:
        super().__init__(table, par, events)  # type: ignore[no-untyped-call]
        self.orders: list[tuple[int, int, int]] = []
        self.answer = layout.RES_DONE

    def scan(self, io: Any, now: int) -> None:
        self.go(self.table.ST_CLOSED, now)  # type: ignore[no-untyped-call]

    def command(self, code: int, a0: int, a1: int, a2: int, a3: int, io: Any, now: int) -> int:
        self.orders.append((code, a0, a1))
        return int(self.answer)


class BoardHal:
    """HAL whose time, samples and serial bytes are the test's."""

    model = b"virtual"
    exact_arrival = True
    sockets = None

    def __init__(self, store: MemoryStore, now_us: int, reset_cause: int) -> None:
        self.store = store
        self.now_us = now_us
        self.reset_cause = reset_cause
        self.alive = True
        self.rx = b""
        self.rx_end_us = 0
        self.tx = b""
        # Contacts by their place, closed (1) unless said otherwise; the maintenance key isn't turned.
        self.levels = {[row[0] for row in TABLE.DI].index("KEY"): 0}

    def ms(self) -> int:
        return int(self.now_us // 1000 & PERIOD_MASK)

    def us(self) -> int:
        return int(self.now_us & PERIOD_MASK)

    def read(self, raw: Any) -> None:
        for place in range(len(raw)):
            raw[place] = self.levels.get(place, 1)

    def write(self, out: Any) -> None: ...

    def feed(self) -> None: ...

    def receive(self, buf: bytearray) -> int:
        rx, self.rx = self.rx, b""
        buf[: len(rx)] = rx
        return len(rx)

    def send(self, buf: bytearray, n: int) -> None:
        self.tx += bytes(buf[:n])

    def temperature(self) -> int:
        return 215

    def supply(self) -> int:
        return int(layout.NO_SAMPLE)

    def reset(self) -> None:
        self.alive = False


class VirtualBoard:
    """One board: the firmware's own runtime around `Lane`. `dead` neither scans nor answers."""

    def __init__(self, unit: int, now_us: int = 0) -> None:
        self.unit = unit
        self.store = MemoryStore()
        self.dead = False
        self.mute = False
        self.boot(now_us, layout.RESET_POWER)

    def boot(self, now_us: int, cause: int) -> None:
        """Begin anew with the same storage."""
        config = configure(TABLE, self.store, self.unit, self.unit)
        self.hal = BoardHal(self.store, now_us, cause)
        self.board = Board(TABLE, Lane, self.hal, config)
        self.loop = ScanLoop(self.board)

    @property
    def program(self) -> Lane:
        program = self.board.program
        assert isinstance(program, Lane)
        return program

    def wake_us(self, now_us: int) -> int:
        """When it wants to run again, in the world's time."""
        return now_us + max(0, int(ticks_diff(self.loop.wake_us, now_us & PERIOD_MASK)))

    def turn(self, now_us: int, rx: bytes = b"") -> bytes:
        """Let it run at `now_us`; returns what it sends."""
        if self.dead:
            return b""
        hal = self.hal
        hal.now_us = now_us
        if rx:
            hal.rx = rx
            hal.rx_end_us = now_us & PERIOD_MASK
        self.loop.turn()
        if not hal.alive:
            self.boot(now_us, layout.RESET_SOFT)
            return b""
        tx, hal.tx = hal.tx, b""
        return b"" if self.mute else tx


class VirtualLine(Line):
    """The gateway's end of the line; `sent` are its frames with their times."""

    serial = True

    def __init__(self, patience: Patience | None = None) -> None:
        super().__init__("RS1", CostModel.serial(BAUD, 10), patience)
        self.receiver = RtuReceiver(self._counters, self.units)
        self.sent: list[tuple[int, bytes]] = []
        self.silence_us = 0
        self.busy_us = 0

    @property
    def current(self) -> Job | None:
        return next(iter(self.in_flight.values()), None)

    def heard(self, data: bytes, now_us: int) -> None:
        job = self.current
        self.settle(self.receiver.feed(data, job, now_us), job, now_us)
        self.silence_us = now_us + SILENCE_US if self.receiver.pending else 0

    def silence(self, now_us: int) -> None:
        self.silence_us = 0
        job = self.current
        self.settle(self.receiver.silence(job, now_us), job, now_us)

    def settle(self, found: Found, job: Job | None, now_us: int) -> None:
        if found is Found.NOTHING or job is None:
            return
        self.bus_free_us = now_us + self.cost.gap_us
        self.busy_us += self.bus_free_us - job.sent_us
        if found is Found.REPLY:
            self.answered(job, self.receiver.frame, 3, now_us)
        elif found is Found.EXCEPTION:
            self.refused(job, self.receiver.frame[2], now_us)
        else:
            self.spoilt(job, now_us)


OnTheWay = Callable[[bytes], list[tuple[int, bytes]]]
"""What becomes of a frame: (delay in us, bytes), any number of them."""


def unharmed(frame: bytes) -> list[tuple[int, bytes]]:
    return [(0, frame)]


class World:
    """Boards, one line, their sessions. `run` lets time pass; `to_gateway`/`to_boards` may harm what is on the way."""

    def __init__(self, *units: int, patience: Patience | None = None) -> None:
        self.now_us = 1_000_000
        self.line = VirtualLine(patience)
        self.boards = {unit: VirtualBoard(unit, self.now_us) for unit in units}
        self.tags = TagDatabase()
        self.events: list[BoardEvent | EventGap] = []
        self.sessions: dict[int, BoardSession] = {}
        self.to_gateway: OnTheWay = unharmed
        self.to_boards: OnTheWay = unharmed
        self.control_runs = True
        self._scan_us = self.now_us
        self._on_wire: list[tuple[int, str, bytes]] = []
        for unit in units:
            self.add_session(unit)
        self.line.go_up(self.now_us)

    @property
    def now(self) -> int:
        return self.now_us // 1000

    def utc_ms(self) -> int:
        return UTC_0 + self.now

    def add_session(self, unit: int, gateway_id: int = 1, resume: tuple[int, int] | None = None) -> BoardSession:
        """A session with a board, in place of the one before it."""
        session = BoardSession(
            BoardIdentity(f"B{unit}", unit, unit, SHEET),
            self.line,
            self.tags,
            gateway_id=gateway_id,
            utc_ms=self.utc_ms,
            on_event=self.events.append,
            resume=resume,
        )
        session.start(self.now)
        self.sessions[unit] = session
        return session

    def restart_gateway(self, unit: int, resume: tuple[int, int] | None = None) -> BoardSession:
        """The gateway died and came back: nothing of it is left but what the journal kept."""
        self.sessions[unit].stop(self.now)
        self.line.go_down(self.now_us)
        self.tags = TagDatabase()
        session = self.add_session(unit, resume=resume)
        self.line.go_up(self.now_us)
        return session

    def run(self, ms: int, until: Callable[[], bool] | None = None) -> bool:
        """Let `ms` pass, or stop when `until` holds; returns whether it did."""
        end_us = self.now_us + 1000 * ms
        while True:
            if until is not None and until():
                return True
            self._pump()
            due_us = min([end_us, self._scan_us, self.line.wake_us(), *self._wakes()])
            if due_us >= end_us:
                self.now_us = end_us
                self._step()
                return until is not None and until()
            self.now_us = max(due_us, self.now_us)
            self._step()

    def _wakes(self) -> list[int]:
        wakes = [due_us for due_us, _, _ in self._on_wire]
        wakes += [board.wake_us(self.now_us) for board in self.boards.values() if not board.dead]
        if self.line.silence_us:
            wakes.append(self.line.silence_us)
        return wakes

    def _step(self) -> None:
        now_us = self.now_us
        arrived = [entry for entry in self._on_wire if entry[0] <= now_us]
        self._on_wire = [entry for entry in self._on_wire if entry[0] > now_us]
        for _, side, data in arrived:
            if side == "gateway":
                self.line.heard(data, now_us)
            else:
                for board in self.boards.values():
                    self._turn(board, data)
        for board in self.boards.values():
            if not board.dead and board.wake_us(now_us) <= now_us:
                self._turn(board, b"")
        if self.line.silence_us and now_us >= self.line.silence_us:
            self.line.silence(now_us)
        if self.line.expire(now_us):
            self.line.receiver.drop()
        if now_us >= self._scan_us:
            self._scan_us += 1000 * SCAN_MS
            if self.control_runs:
                for session in self.sessions.values():
                    session.scan(self.now)
                self.tags.scan(self.now, self.utc_ms())

    def _turn(self, board: VirtualBoard, data: bytes) -> None:
        reply = board.turn(self.now_us, data)
        if reply:
            self._put("gateway", reply, self.to_gateway)

    def _pump(self) -> None:
        while not self.line.in_flight:
            job = self.line.next(self.now_us)
            if job is None:
                return
            self.line.sent.append((self.now_us, job.body))
            self._put("boards", job.body, self.to_boards)

    def _put(self, side: str, frame: bytes, on_the_way: OnTheWay) -> None:
        for delay_us, data in on_the_way(frame):
            wire_us = round(len(data) * self.line.cost.char_us)
            self._on_wire.append((self.now_us + delay_us + wire_us, side, data))
