"""A board in process with a world of virtual time around it, on either runtime: inputs, a clock, a master."""

import struct
from array import array

from firmware.hal.emulated import CallCarrier, Emulated
from firmware.host import MemoryStore
from firmware.main import configure, load_table
from firmware.program import Program
from firmware.runtime.board import Board
from firmware.runtime.config import DEV_ID
from firmware.runtime.scan import ScanLoop
from protocols import iolink, layout
from protocols.modbus.crc import crc16
from protocols.ticks import PERIOD_MASK, ticks_add, ticks_diff

TABLE = load_table("parking_lane")
BYTE_US = 87  # one character at 115,200 baud


class Idle(Program):
    """Opens while a vehicle is on the approach loop; obeys modes and answers two commands."""

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.orders = 0
        self.resets = 0

    def scan(self, io, now):
        self.resets += io.reset
        if io.mode == layout.MODE_OFF or io.mode == layout.MODE_MAINT:
            self.safe(io)
            self.go(self.table.ST_OFF, now)
            return
        io.YO = io.LA_P
        io.LT_R = 0 if io.LA_P else 1
        self.go(self.table.ST_OPEN if io.LA_P else self.table.ST_CLOSED, now)

    def command(self, code, a0, a1, a2, a3, io, now):
        self.orders += 1
        if code == self.table.CMD_OPEN_ONCE:
            return layout.RES_ACCEPTED
        if code == self.table.CMD_HOLD:
            self.detail = a0
            return layout.RES_INTERLOCK
        return layout.RES_DONE


class Rig:
    """One board. `ms` is the world's time since it began; `raw` the contacts (1 = closed), `out` the outputs."""

    def __init__(self, program=Idle, store=None, start_ms=1000, table=None, unit=7, reset_cause=layout.RESET_POWER):
        self.table = table or TABLE
        self.store = store or MemoryStore()
        shape = iolink.shape_of(self.table)
        self.end = iolink.WorldEnd(shape)
        # Everything healthy and at rest: closed are the contacts that open to tell, and those that close to say "fine".
        fine = ("ZC", "SK1", "ARM_ZOK", "UPS_OK")
        self.raw = array("i", [1 if row[2] or row[0] in fine else 0 for row in self.table.DI])
        self.raw.extend(array("i", [0] * (shape.ai + shape.bi)))
        self.out = array("i", [0] * shape.out_len)
        self.us = start_ms * 1000
        self.reset_cause = reset_cause
        self.fed = 0
        self.replies = []
        self.reset_wanted = False
        self.gone = False
        self.to_board = b""
        self.until = self.us
        self.unit = unit
        config = configure(self.table, self.store, unit, 42)
        self.hal = Emulated(self.table, CallCarrier(self._exchange), self.store, b"rig")
        self.hal.open(config.value(DEV_ID))
        self.board = Board(self.table, program, self.hal, config)
        self.loop = ScanLoop(self.board)
        self.loop.turn()
        self.hal.wait(self.loop.wake_us)

    @property
    def ms(self):
        return self.us // 1000

    def contact(self, name, closed):
        """Close or open the contact of point `name` ("LA_P")."""
        names = [row[0] for row in self.table.DI + self.table.AI + self.table.BI]
        self.raw[names.index(name)] = closed

    def _exchange(self, frame):
        end = self.end
        kind = end.decode(frame, len(frame), self.out)
        if kind == iolink.HELLO:
            n = end.welcome(self.reset_cause, self.ms & PERIOD_MASK, self.us & PERIOD_MASK)
            return bytes(end.buf[:n])
        if self.gone:
            raise OSError("the world is gone")
        assert kind == iolink.STEP
        self.fed += 1 if end.flags & iolink.STEP_FED else 0
        self.reset_wanted = self.reset_wanted or bool(end.flags & iolink.STEP_RESET)
        if end.tx_n:
            self.replies.append(bytes(frame[end.tx_at : end.tx_at + end.tx_n]))
        rx = self.to_board
        self.to_board = b""
        if not rx:
            self.us += max(0, ticks_diff(end.wake_us, self.us & PERIOD_MASK))
        else:
            self.us += len(rx) * BYTE_US
        now_us = self.us & PERIOD_MASK
        n = end.world(iolink.WORLD_INPUTS, self.ms & PERIOD_MASK, now_us, self.raw, rx, len(rx), now_us)
        return bytes(end.buf[:n])

    def run_ms(self, ms):
        """Let that much time pass."""
        end = self.us + ms * 1000
        while self.us < end and self.hal.alive:
            self.loop.turn()
            self.hal.wait(self.loop.wake_us)

    # -- a master on the line ----------------------------------------------------------------------------------

    def send(self, adu):
        """Put bytes on the line, and wait until the board has had time to answer. Returns the answer or b''."""
        before = len(self.replies)
        self.to_board = adu
        for _ in range(8):
            self.loop.turn()
            self.hal.wait(self.loop.wake_us)
            if len(self.replies) > before:
                return self.replies[-1]
        return b""

    def ask(self, pdu, unit=None):
        """One RTU transaction; returns the reply's PDU, b'' without one."""
        head = bytes([self.unit if unit is None else unit]) + pdu
        crc = crc16(head, 0, len(head))
        reply = self.send(head + bytes([crc & 0xFF, crc >> 8]))
        return reply[1:-2]

    def read(self, address, count=1):
        """Registers, by function 3; a list, or the exception code."""
        reply = self.ask(struct.pack(">BHH", 3, address, count))
        if reply[0] & 0x80:
            return reply[1]
        return list(struct.unpack(">%dH" % count, reply[2:]))

    def write(self, address, *values):
        """Registers, by function 16; 0 or the exception code."""
        pdu = struct.pack(">BHHB", 16, address, len(values), 2 * len(values)) + struct.pack(
            ">%dH" % len(values), *values
        )
        reply = self.ask(pdu)
        return reply[1] if reply[0] & 0x80 else 0

    def beat(self, value):
        """Write the heartbeat, as a gateway does: alone, by function 6."""
        reply = self.ask(struct.pack(">BHH", 6, layout.C_GW_HB, value))
        assert reply[0] == 6, reply

    def link_up(self, value=1):
        """Beat twice, so that the link is ok, and return the last beat."""
        self.beat(value)
        self.run_ms(100)
        self.beat(value + 1)
        self.run_ms(20)
        return value + 1

    def command(self, seq, code, *args, echo=None, ttl=0, key=layout.KEY_EXECUTE, owner=5, crc=None, hb=None):
        """Send a command block; returns (ACK_SEQ, ACK_CODE, ACK_RESULT, ACK_DETAIL)."""
        self.write(layout.C_GW_HB, *self.block(seq, code, args, echo, ttl, key, owner, crc, hb))
        return tuple(self.read(layout.H_ACK_SEQ, 4))

    def block(self, seq, code, args=(), echo=None, ttl=0, key=layout.KEY_EXECUTE, owner=5, crc=None, hb=None):
        """The 13 registers of a command."""
        beat = self.board.supervision.value
        words = [seq, code] + (list(args) + [0] * 4)[:4] + [ttl, beat if echo is None else echo, key, 0]
        body = struct.pack(">10H", *words)
        return [beat if hb is None else hb, owner] + words + [crc16(body, 0, len(body)) if crc is None else crc]

    def later(self, ms):
        """The board's tick `ms` from now."""
        return ticks_add(self.ms & PERIOD_MASK, ms)
