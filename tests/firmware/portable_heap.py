"""No heap in the steady state: 10,000 scans with Modbus on the line, on real MicroPython with the collector off."""

import gc
import struct
from array import array

from firmware.hal.emulated import Emulated
from firmware.host import MemoryStore
from firmware.main import configure
from firmware.runtime.board import Board
from firmware.runtime.config import DEV_ID
from firmware.runtime.heap import Heap
from firmware.runtime.scan import ScanLoop
from protocols import iolink, layout
from protocols.modbus.crc import crc16
from protocols.port import MICROPYTHON
from protocols.ticks import PERIOD_MASK, ticks_diff
from tests.firmware.portable_rig import TABLE, Idle

SCANS = 10000
FAST = 100  # ms of world time between two requests


def adu(pdu):
    frame = bytes([7]) + pdu
    crc = crc16(frame, 0, len(frame))
    return frame + bytes([crc & 0xFF, crc >> 8])


class Carrier:
    """A world that allocates nothing either: virtual time, a vehicle now and then, requests in turn."""

    def __init__(self, requests):
        shape = iolink.shape_of(TABLE)
        self.end = iolink.WorldEnd(shape)
        self.frame = self.end.buf
        self.raw = array("i", [1] * shape.di + [12000] * (shape.ai + shape.bi))
        self.out = array("i", [0] * shape.out_len)
        self.n = 0
        self.us = 0
        self.replies = 0
        self.errors = 0
        self.turns = 0
        self.requests = requests
        self.next = 0
        self.ask_at = FAST * 1000

    def send(self, buf, n):
        end = self.end
        if end.decode(buf, n, self.out) == iolink.HELLO:
            self.n = end.welcome(1, 0, 0)
            return
        if end.tx_n:
            self.replies += 1
            if buf[end.tx_at + 1] & 0x80:
                self.errors += 1
        self.us = (self.us + max(0, ticks_diff(end.wake_us, self.us))) & PERIOD_MASK
        self.turns += 1
        self.raw[0] = self.turns >> 6 & 1
        rx = b""
        if ticks_diff(self.us, self.ask_at) >= 0:
            rx = self.requests[self.next]
            self.next = (self.next + 1) % len(self.requests)
            self.ask_at = (self.us + FAST * 1000) & PERIOD_MASK
        self.n = end.world(1, self.us // 1000, self.us, self.raw, rx, len(rx), self.us)

    def receive(self, sockets):
        return self.n


def requests():
    """What a gateway asks: header, ring, inputs, outputs, beats that change, a command that is repeated."""
    made = []
    for beat in range(8):
        made.append(adu(struct.pack(">BHH", 6, layout.C_GW_HB, 100 + beat)))
        made.append(adu(struct.pack(">BHH", 3, 0, 77)))
        made.append(adu(struct.pack(">BHH", 4, layout.MEASUREMENTS, 120)))
        made.append(adu(struct.pack(">BHH", 3, layout.EVENT_RING, 96)))
        made.append(adu(struct.pack(">BHH", 1, 0, 6)))
        made.append(adu(struct.pack(">BHH", 2, 0, 20)))
        body = struct.pack(">10H", beat + 1, layout.CMD_PING, 1, 2, 3, 4, 20, 100 + beat, layout.KEY_EXECUTE, 0)
        block = struct.pack(">HH", 100 + beat, 5) + body + struct.pack(">H", crc16(body, 0, len(body)))
        made.append(adu(struct.pack(">BHHB", 16, layout.C_GW_HB, 13, 26) + block))
        made.append(adu(struct.pack(">BHHBBHHH", 20, 0x0706, 1, 0, 0, 2, 0, 0)[:1] + bytes([7, 6, 0, 1, 0, 0, 0, 2])))
        made.append(adu(struct.pack(">BHH", 3, 0x4D, 1)))  # a hole: an exception
        made.append(b"\x07\x03garbage")
        made.append(adu(bytes([43, 14, 1, 0])))
    return made


def test_ten_thousand_scans_with_traffic_take_no_heap():
    carrier = Carrier(requests())
    store = MemoryStore()
    config = configure(TABLE, store, 7, 42)
    hal = Emulated(TABLE, carrier, store, b"heap")
    hal.open(config.value(DEV_ID))
    board = Board(TABLE, Idle, hal, config)
    loop = ScanLoop(board)
    assert board.heap.free > 0 or not MICROPYTHON, "told from the start, not after the first collection"

    def run(scans):
        end = board.scans + scans
        while board.scans < end:
            loop.turn()
            hal.wait(loop.wake_us)

    run(500)
    replies = carrier.replies
    gc.collect()
    if not MICROPYTHON:
        run(SCANS)
        return
    board.heap.due = lambda now: False  # collections would hide what is to be seen
    gc.disable()
    before = gc.mem_alloc()
    run(SCANS)
    grown = gc.mem_alloc() - before
    gc.enable()
    assert grown == 0, "%d bytes in %d scans" % (grown, SCANS)
    assert carrier.replies - replies > 800
    assert board.overruns == 0
    assert board.program.orders == 0 and board.commands.seq


def test_what_a_new_device_takes_is_no_growth_and_a_leak_is():
    if not MICROPYTHON:
        return
    heap = Heap(0, 10)
    heap.collect(10000)
    plan = bytearray(2000)
    heap.collect(20000, 1)
    assert heap.growth == 0
    leak = bytearray(2000)
    heap.collect(30000, 1)
    assert heap.growth >= 2000
    assert plan is not leak
