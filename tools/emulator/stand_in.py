"""A stand-in for the gateway, in virtual time: heartbeat, polling, commands through the block of domain brief §7.2.

It does for a lane what the gateway's access control does: a new credential is answered with OPEN_ONCE, or with DENY. It
can be killed and come back at any moment of world time.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from protocols import layout
from protocols.modbus.crc import crc16
from protocols.modbus.request import DONE, Request
from tools.emulator.station import Master

BEAT_MS = 500
POLL_MS = 200
HEADER_EACH = 5
"""The header is read with every fifth poll, and always while a command waits or the link isn't OK."""
GATEWAY_ID = 1
PROGRAM_WORDS = 0x18

OPEN_ONCE = 0x0201
HOLD = 0x0202
RELEASE = 0x0203
LOCK = 0x0204
EMERGENCY = 0x0205
DENY = 0x0206


@dataclass(slots=True)
class Order:
    """A command on its way: `result` follows the board's ack (layout.RES_), 0 until there is one."""

    seq: int
    code: int
    sent_ms: int = -1
    result: int = 0
    detail: int = 0
    over_ms: int = -1

    @property
    def over(self) -> bool:
        """Whether the board has ended it."""
        return bool(self.result > layout.RES_ACCEPTED)


@dataclass
class Session:
    """What the stand-in knows of one board."""

    unit: int
    beat: int = 0
    last_sent_beat: int = 0
    seq: int = 0
    resynced: bool = False
    boot_count: int = -1
    header: tuple[int, ...] = ()
    status: tuple[int, ...] = ()
    credential_seq: int = -1
    orders: list[Order] = field(default_factory=list)
    polls: int = 0
    reads: int = 0
    errors: int = 0

    def u32(self, register: int) -> int:
        """32-bit header value, high word first."""
        return self.header[register] << 16 | self.header[register + 1]


class StandIn:
    """Supervises units on one line until killed."""

    def __init__(self, master: Master, units: list[int], decide: Callable[[int, int], bool] | None = None) -> None:
        self.master = master
        self.world = master.world
        self.sessions = {unit: Session(unit) for unit in units}
        self.decide = decide or (lambda unit, token: True)
        """Called with (unit, token) of a credential; says whether to open."""
        self.answers = True
        """Credentials are decided on; False leaves them to the test."""
        self.poll_ms = POLL_MS
        self.beat_ms = BEAT_MS
        self.alive = False
        self.opened = 0
        self._generation = 0

    def start(self) -> None:
        """Begin (again) with heartbeats and polling; sequences start over, as a new process's do."""
        self.alive = True
        self._generation += 1
        generation = self._generation
        for session in self.sessions.values():
            session.resynced = False
            session.orders.clear()
            self._beat(session, generation)
            self._poll(session, generation)

    def kill(self) -> None:
        """Stop dead: nothing is sent any more, answers under way find nobody."""
        self.alive = False
        self._generation += 1
        self.master.clear()

    def command(
        self,
        unit: int,
        code: int,
        *arguments: int,
        ttl: int = layout.TTL_DEFAULT,
        seq: int = 0,
        key: int = layout.KEY_EXECUTE,
    ) -> Order:
        """Send a command block; returns at once, `Order.result` follows. `seq` repeats an old sequence on purpose.

        key: layout.KEY_ARM arms a hazardous command that is then executed.
        """
        session = self.sessions[unit]
        if not seq:
            session.seq = session.seq % 0xFFFF + 1
            seq = session.seq
        order = Order(seq, code)
        session.orders.append(order)
        self._send(session, order, arguments, ttl, key)
        return order

    def command_and_wait(self, unit: int, code: int, *arguments: int, within: float = 3000) -> Order:
        """Like `command`, and let the world run until the board has ended it (or `within` ms are over)."""
        order = self.command(unit, code, *arguments)
        self.world.until(lambda: order.over, within=within)
        return order

    def ready(self, unit: int) -> bool:
        """Whether the board says that its gateway link is OK and the stand-in may command it."""
        session = self.sessions[unit]
        return session.resynced and bool(session.header) and session.header[layout.H_GW_LINK] == layout.LINK_OK

    # -- sending ---------------------------------------------------------------------------------------------

    def _send(self, session: Session, order: Order, arguments: tuple[int, ...], ttl: int, key: int) -> None:
        session.beat = (session.beat + 1) & 0xFFFF
        # The age is judged by a beat that the board has had before this block.
        block = [session.beat, GATEWAY_ID, order.seq, order.code, 0, 0, 0, 0, ttl, session.last_sent_beat, key, 0]
        block[4 : 4 + len(arguments)] = [argument & 0xFFFF for argument in arguments]
        covered = b"".join(value.to_bytes(2, "big") for value in block[2:])
        block.append(crc16(covered, 0, len(covered)))
        request = Request(session.unit).write_registers(layout.C_GW_HB, array("H", block))

        def over(answered: Any) -> None:
            order.sent_ms = self.world.now_ms
            if answered.status == DONE:
                session.last_sent_beat = block[0]
                self._read_header(session)
            else:
                session.errors += 1

        self.master.submit(request, over, first=True)

    def _beat(self, session: Session, generation: int) -> None:
        if generation != self._generation:
            return
        session.beat = (session.beat + 1) & 0xFFFF
        beat = session.beat

        def over(answered: Any) -> None:
            if answered.status == DONE:
                session.last_sent_beat = beat
            else:
                session.errors += 1

        self.master.submit(Request(session.unit).write_register(layout.C_GW_HB, beat), over, first=True)
        self.world.after(self.beat_ms, lambda: self._beat(session, generation))

    def _poll(self, session: Session, generation: int) -> None:
        if generation != self._generation:
            return
        session.polls += 1
        waits = any(not order.over for order in session.orders)
        if waits or session.polls % HEADER_EACH == 0 or not self.ready(session.unit):
            self._read_header(session)
        request = Request(session.unit).read(3, layout.PROGRAM_STATUS, PROGRAM_WORDS)
        self.master.submit(request, lambda answered: self._status(session, answered))
        self.world.after(self.poll_ms, lambda: self._poll(session, generation))

    def _read_header(self, session: Session) -> None:
        request = Request(session.unit).read(3, 0, layout.HEADER_SIZE)
        self.master.submit(request, lambda answered: self._header(session, answered))

    # -- what came back --------------------------------------------------------------------------------------

    def _header(self, session: Session, answered: Any) -> None:
        if answered.status != DONE:
            session.errors += 1
            return
        header: tuple[int, ...] = answered.values()
        session.header = header
        session.reads += 1
        if not session.resynced or header[layout.H_BOOT_CNT] != session.boot_count:
            # A new process or a board that was reset: go on behind what the board has seen, replay nothing.
            session.boot_count = header[layout.H_BOOT_CNT]
            session.seq = header[layout.H_ACK_SEQ]
            session.resynced = True
            session.credential_seq = -1
            session.orders.clear()
            return
        for order in session.orders:
            if order.seq == header[layout.H_ACK_SEQ] and not order.over:
                result = header[layout.H_ACK_RESULT]
                order.result = result
                order.detail = header[layout.H_ACK_DETAIL]
                if result > layout.RES_ACCEPTED:
                    order.over_ms = self.world.now_ms
        if len(session.orders) > 32:
            del session.orders[:16]

    def _status(self, session: Session, answered: Any) -> None:
        if answered.status != DONE:
            session.errors += 1
            return
        status: tuple[int, ...] = answered.values()
        session.status = status
        base = layout.PROGRAM_STATUS
        seq = status[0x011A - base]
        known = session.credential_seq
        session.credential_seq = seq
        if known in (-1, seq) or not self.answers or not self.ready(session.unit):
            return
        high, low = status[0x011B - base], status[0x011C - base]
        if self.decide(session.unit, high << 16 | low):
            self.opened += 1
            self.command(session.unit, OPEN_ONCE, high, low)
        else:
            self.command(session.unit, DENY, high, low)
