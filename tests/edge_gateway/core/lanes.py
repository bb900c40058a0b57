"""Lanes on Modbus TCP in a thread of the test: our server engine, the register map of the sheet, no program.

What a gateway does to them is counted here, so that a test can tell an order that came twice from one that came once.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from protocols import layout
from protocols.modbus.bank import ArrayBank
from protocols.modbus.server import Server
from protocols.modbus.tcp import TcpServer
from protocols.sheets import load
from protocols.sheets.derive import param_registers
from tests.edge_gateway.fieldbus.support import board_registers

SHEET = load("parking_lane")
POINTS = {point.name: point for point in SHEET.points}
OPEN_ONCE = 0x0201
PATIENCE_S = 60.0
"""What is awaited comes sooner, however busy the machine and however slow its disk."""


@dataclass
class Lane(ArrayBank):
    """One lane's registers. `executed` are (seq, code, args) of the commands that were carried out."""

    name: str
    dev_id: int
    role: int
    result: int = layout.RES_DONE
    detail: int = 0
    executed: list[tuple[int, int, tuple[int, ...]]] = field(default_factory=list)
    beats: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        super().__init__(0, 0)  # type: ignore[no-untyped-call]
        self.holding = board_registers(SHEET, self.dev_id)
        for param, register in zip(SHEET.params, param_registers(SHEET), strict=True):
            self.holding[register] = param.default
        self.set_parameter("lane_role", self.role)
        self._began = time.monotonic()

    def set_parameter(self, name: str, value: int) -> None:
        names = [param.name for param in SHEET.params]
        self.holding[param_registers(SHEET)[names.index(name)]] = value

    def put(self, point: str, value: int) -> None:
        """Give a status point a value."""
        row = POINTS[point]
        if row.words == 2:
            self.holding[row.reg] = value >> 16
        self.holding[row.reg + row.words - 1] = value & 0xFFFF

    def read_plate(self, token: int, confidence: int = 95) -> None:
        """A reader has read a plate."""
        self.put("CRED.TOKEN", token)
        self.put("CRED.CONF", confidence)
        self.put("CRED.SEQ", self.holding[POINTS["CRED.SEQ"].reg] + 1)

    def pass_vehicle(self, token: int = 0) -> None:
        """A vehicle has passed."""
        self.put("PASS.TOKEN", token)
        self.put("PASS.SEQ", self.holding[POINTS["PASS.SEQ"].reg] + 1)
        self.put("PASSED", self.holding[POINTS["PASSED"].reg + 1] + 1)

    def emit(self, code: int, arg0: int = 0, arg1: int = 0) -> None:
        """Write an event into the ring."""
        head = self.holding[layout.H_EVT_HEAD]
        at = layout.EVENT_RING + head % layout.EVENT_COUNT * layout.EVENT_SIZE
        ms = int((time.monotonic() - self._began) * 1000)
        for offset, word in enumerate((code, 1, ms >> 16, ms & 0xFFFF, arg0, arg1)):
            self.holding[at + offset] = word
        self.holding[layout.H_EVT_HEAD] = head + 1 & 0xFFFF

    @property
    def opened(self) -> int:
        """How many OPEN_ONCE were carried out."""
        return sum(code == OPEN_ONCE for _seq, code, _args in self.executed)

    # --- bank ---------------------------------------------------------------------------------------------------------

    def read_registers(self, fc: int, address: int, count: int, out: bytearray, at: int) -> int:
        ms = int((time.monotonic() - self._began) * 1000)
        self.holding[layout.H_BRD_HB] = ms // 100 & 0xFFFF
        self.holding[layout.H_UPTIME + 1] = ms // 1000
        self.holding[layout.H_GW_LINK] = layout.LINK_OK if self.beats > 2 else layout.LINK_NEVER
        return int(super().read_registers(fc, address, count, out, at))  # type: ignore[no-untyped-call]

    def write_registers(self, fc: int, address: int, count: int, data: bytes, at: int) -> int:
        refused = int(super().write_registers(fc, address, count, data, at))  # type: ignore[no-untyped-call]
        if refused:
            return refused
        if address == layout.C_GW_HB:
            self.beats += 1
            if count == layout.COMMAND_SIZE:
                self._command()
        return 0

    def _command(self) -> None:
        block = self.holding
        seq, code = block[layout.C_CMD_SEQ], block[layout.C_CMD_CODE]
        if seq == block[layout.H_ACK_SEQ]:
            return
        self.executed.append((seq, code, tuple(block[layout.C_ARG0 : layout.C_ARG0 + 4])))
        block[layout.H_ACK_SEQ], block[layout.H_ACK_CODE] = seq, code
        block[layout.H_ACK_RESULT], block[layout.H_ACK_DETAIL] = self.result, self.detail


class _Connection(asyncio.Protocol):
    def __init__(self, lane: Lane, heard: Callable[[], None]) -> None:
        self._server = TcpServer(Server(lane), 1)
        self._heard = heard

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        n = self._server.feed(data, len(data))
        while n:
            self._transport.write(bytes(self._server.tx[:n]))
            n = self._server.feed(b"", 0)
        self._heard()


class Lanes:
    """Lanes that are served, and a way to wait for what the gateway does to them."""

    def __init__(self, *lanes: Lane) -> None:
        self._lanes = {lane.name: lane for lane in lanes}
        self.heard = threading.Condition()

    def __getitem__(self, name: str) -> Lane:
        return self._lanes[name]

    def until(self, holds: Callable[[], bool], timeout_s: float = PATIENCE_S) -> bool:
        """Waits for something that requests of the gateway bring about."""
        with self.heard:
            return self.heard.wait_for(holds, timeout_s)

    def tell(self) -> None:
        with self.heard:
            self.heard.notify_all()

    def site_file(self, folder: Path, extra: str = "") -> Path:
        """A site with these lanes, in a short path (unix sockets have short names)."""
        lanes = self._lanes.values()
        roles = ("entry", "exit", "emergency")
        lines = [f"  - {{id: l_{lane.name}, type: tcp, host: 127.0.0.1, port: {lane.port}}}" for lane in lanes]
        boards = [
            f"  - {{id: {lane.name}, program: parking_lane, line: l_{lane.name}, unit: 1, dev_id: {lane.dev_id}, "
            f"parameters: {{lane_role: {roles[lane.role]}}}}}"
            for lane in lanes
        ]
        named = [[lane.name for lane in lanes if lane.role == role] for role in (0, 1)]
        text = "\n".join(
            [
                "site: {id: test, name: Test, timezone: Asia/Shanghai}",
                "gateway: {id: gw1, run_dir: run, journal: {group_ms: 1}}",
                "lines:",
                *lines,
                "boards:",
                *boards,
                f"parking: {{visitors: true, entries: {named[0]}, exits: {named[1]}}}".replace("'", ""),
                extra,
            ]
        )
        path = folder / "site.yaml"
        path.write_text(text + "\n", encoding="utf-8")
        return path


@contextmanager
def serving(*lanes: Lane) -> Iterator[Lanes]:
    """Serves each lane on a port of its own."""
    served = Lanes(*lanes)
    ready = threading.Event()
    stop: list[Callable[[], object]] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        stop.append(lambda: loop.call_soon_threadsafe(ended.set))
        servers = []
        for lane in lanes:
            server = await loop.create_server(lambda lane=lane: _Connection(lane, served.tell), "127.0.0.1", 0)  # type: ignore[misc]
            lane.port = server.sockets[0].getsockname()[1]
            servers.append(server)
        ready.set()
        await ended.wait()
        for server in servers:
            server.close()

    thread = threading.Thread(target=lambda: asyncio.run(main()), name="lanes")
    thread.start()
    try:
        assert ready.wait(10)
        yield served
    finally:
        stop[0]()
        thread.join()
