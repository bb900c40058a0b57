"""10,000 transactions allocate nothing: counted on MicroPython, where it matters; run on CPython as well."""

import gc
from array import array

from protocols.modbus.client import RtuClient, TcpClient
from protocols.modbus.request import DONE, Request
from protocols.modbus.rtu import RtuServer
from protocols.modbus.server import Server
from protocols.modbus.tcp import TcpServer
from protocols.port import MICROPYTHON
from protocols.ticks import ticks_add
from tests.protocols.full_bank import FullBank

UNIT = 17
TRANSACTIONS = 10000


class Polling:
    """A client, a server, and requests of all common kinds; the writes get another value each time."""

    def __init__(self):
        self.server = Server(FullBank())
        self.regs = array("H", range(20))
        self.bits = bytearray(64)
        self.got = array("H", [0] * 20)
        self.done = 0
        self.failed = 0
        self.requests = [Request(UNIT) for _ in range(9)]

    def over(self, request):
        if request.status == DONE:
            self.done += 1
            if request.fc in (3, 4):
                request.registers(self.got)
            elif request.fc == 1:
                request.bits(self.bits)
        else:
            self.failed += 1

    def make(self, i):
        kind = i % 9
        request = self.requests[kind]
        self.regs[0] = i
        if kind == 0:
            request.read(3, i & 0xFF, 20)
        elif kind == 1:
            request.read(1, i & 0xFF, 64)
        elif kind == 2:
            request.write_register(i & 0xFF, i)
        elif kind == 3:
            request.write_coil(i & 0xFF, i & 1)
        elif kind == 4:
            request.write_registers(i & 0xFF, self.regs)
        elif kind == 5:
            request.write_bits(i & 0xFF, self.bits)
        elif kind == 6:
            request.mask_write(i & 0xFF, 0xFF00, 0x0011)
        elif kind == 7:
            request.read_write(i & 0xFF, 20, 0, self.regs)
        else:
            request.read(4, 990 + (i & 31), 20)  # mostly refused
        return request

    def flat(self, run):
        run(200)
        gc.collect()
        if not MICROPYTHON:
            run(TRANSACTIONS)
            return
        gc.disable()
        before = gc.mem_alloc()
        run(TRANSACTIONS)
        grown = gc.mem_alloc() - before
        gc.enable()
        # The names above may cost a block or two; one byte a transaction would be 10,000.
        assert grown <= 64, grown


def test_rtu_both_ends():
    polling = Polling()
    rtu = RtuServer(polling.server, UNIT, 115200)
    client = RtuClient(polling.over, 115200, 100000)
    timing = client.timing

    def run(times):
        now = 0x3FFFF000
        for i in range(times):
            frame = client.send(polling.make(i), now)
            now = ticks_add(now, timing.chars_us(len(frame)))
            rtu.feed(frame, len(frame), now)
            now = ticks_add(now, timing.t35)
            n = rtu.poll(now)
            now = ticks_add(now, timing.chars_us(n))
            client.feed(rtu.tx, n, now)
            now = ticks_add(now, timing.t35)
            client.poll(now)

    polling.flat(run)
    assert polling.done + polling.failed == TRANSACTIONS + 200 and client.answered == TRANSACTIONS + 200
    assert polling.failed < 1200


def test_tcp_both_ends():
    polling = Polling()
    tcp = TcpServer(polling.server, UNIT)
    client = TcpClient(polling.over, 500)

    def run(times):
        now = 0x3FFFF000
        for i in range(times):
            frame = client.send(polling.make(i), now)
            n = tcp.feed(frame, len(frame))
            client.feed(tcp.tx, 5)  # a reply in two pieces
            client.feed(tcp.tx, n - 5, 5)
            client.poll(now)
            now = ticks_add(now, 1)

    polling.flat(run)
    assert polling.done + polling.failed == TRANSACTIONS + 200 and client.answered == TRANSACTIONS + 200


def test_garbage_costs_no_heap_either():
    polling = Polling()
    rtu = RtuServer(polling.server, UNIT, 115200)
    tcp = TcpServer(polling.server, UNIT)
    client = TcpClient(polling.over, 500)
    noise = bytes([(i * 73 + 5) & 0xFF for i in range(300)])

    def run(times):
        now = 0
        for i in range(times):
            rtu.feed(noise, 1 + i % 300, now)
            now = ticks_add(now, 3000)
            rtu.poll(now)
            tcp.feed(noise, 1 + i % 300)
            tcp.reset()
            client.feed(noise, 1 + i % 300)
            client.close()

    polling.flat(run)
    assert rtu.frames == tcp.frames == 0
