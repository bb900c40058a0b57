from array import array

from protocols.modbus.client import RtuClient, TcpClient
from protocols.modbus.request import CANCELLED, DONE, IDLE, PENDING, TIMEOUT, Request
from protocols.modbus.rtu import RtuServer
from protocols.modbus.server import Server
from protocols.modbus.tcp import TcpServer
from protocols.ticks import ticks_add
from tests.protocols.full_bank import IDENTITY, FullBank

UNIT = 17


class Tcp:
    """A client and a server, the wire between them in the test's hands."""

    def __init__(self, window=4):
        self.over = []
        self.bank = FullBank()
        self.server = TcpServer(Server(self.bank), UNIT)
        self.client = TcpClient(self.over.append, 500, window)

    def serve(self, frame):
        data = bytes(frame)
        return bytes(self.server.tx[: self.server.feed(data, len(data))])

    def hear(self, data):
        self.client.feed(data, len(data))

    def ask(self, request):
        self.hear(self.serve(self.client.send(request, 0)))
        assert self.over.pop() is request
        return request.status


class Rtu:
    def __init__(self, baud=115200):
        self.over = []
        self.bank = FullBank()
        self.server = RtuServer(Server(self.bank), UNIT, baud)
        self.client = RtuClient(self.over.append, baud, 100000)
        self.now = 0x3FFFFF00

    def pause(self, us):
        self.now = ticks_add(self.now, us)

    def serve(self, frame):
        self.pause(self.client.timing.chars_us(len(frame)))
        data = bytes(frame)
        self.server.feed(data, len(data), self.now)
        self.pause(self.client.timing.t35)
        return bytes(self.server.tx[: self.server.poll(self.now)])

    def hear(self, data):
        self.pause(self.client.timing.chars_us(len(data)))
        self.client.feed(data, len(data), self.now)

    def ask(self, request):
        self.pause(self.client.timing.t35)
        self.hear(self.serve(self.client.send(request, self.now)))
        assert self.over.pop() is request
        return request.status


def exercise(rig):
    """Every function, there and back."""
    regs = array("H", [0x1111, 0x2222, 0x3333])
    request = Request(UNIT)
    assert rig.ask(request.write_registers(5, regs)) == DONE
    assert rig.ask(request.write_register(8, -2)) == DONE
    assert rig.ask(request.read(3, 5, 4)) == DONE
    got = array("H", [0] * 5)
    assert request.registers(got, 1) and list(got) == [0, 0x1111, 0x2222, 0x3333, 0xFFFE]
    assert request.values() == (0x1111, 0x2222, 0x3333, 0xFFFE)
    assert not request.registers(got, 2)  # no room
    assert rig.ask(request.read(4, 0, 125)) == DONE and request.values() == (0,) * 125
    assert rig.ask(request.mask_write(5, 0xFF00, 0x0042)) == DONE and rig.bank.holding[5] == 0x1142
    assert rig.ask(request.read_write(5, 2, 6, regs, 2, 1)) == DONE and request.values() == (0x1142, 0x3333)
    assert rig.ask(request.write_coil(3, True)) == DONE
    assert rig.ask(request.write_bits(10, b"\x01\x00\x01\x01\x00\x00\x00\x00\x01")) == DONE
    assert rig.ask(request.read(1, 3, 16)) == DONE
    bits = bytearray(17)
    assert request.bits(bits, 1) and bits == b"\x00\x01\0\0\0\0\0\0\x01\0\x01\x01\0\0\0\0\x01"
    assert rig.ask(request.read(2, 0, 2000)) == DONE and request.bits(bytearray(2000))
    assert rig.ask(request.write_files(((1, 7, b"\x12\x34\x56\x78"), (2, 0, b"\xab\xcd")))) == DONE
    assert rig.ask(request.read_files(((1, 7, 2), (2, 0, 1)))) == DONE
    assert request.records() == [b"\x12\x34\x56\x78", b"\xab\xcd"]
    assert rig.ask(request.read_device_id(3)) == DONE
    assert request.objects() == IDENTITY and request.next_object() == 0
    assert rig.ask(request.read(3, 999, 2)) == 2
    assert rig.ask(request.read_device_id(4, 0x55)) == 2
    rig.bank.busy = True
    assert rig.ask(request.write_register(0, 1)) == 6
    client = rig.client
    assert (client.foreign, client.malformed, client.late, client.duplicate, client.timeouts) == (0, 0, 0, 0, 0)
    assert client.sent == client.answered == 16


def test_every_function_on_tcp():
    exercise(Tcp())


def test_every_function_on_rtu():
    exercise(Rtu())
    exercise(Rtu(9600))


def test_what_no_standard_request_holds_is_a_mistake_of_the_program():
    request = Request(UNIT)
    wrong = (
        lambda: request.read(3, 0, 126),
        lambda: request.read(3, 0, 0),
        lambda: request.read(3, 65535, 2),
        lambda: request.read(3, -1, 1),
        lambda: request.read(1, 0, 2001),
        lambda: request.read(5, 0, 1),
        lambda: request.write_register(0, 65536),
        lambda: request.write_register(0, -32769),
        lambda: request.write_register(65536, 0),
        lambda: request.write_registers(0, array("H", [0] * 124)),
        lambda: request.write_registers(0, array("H", [0] * 3), 2, 2),
        lambda: request.write_bits(0, bytes(1969)),
        lambda: request.write_bits(0, b""),
        lambda: request.mask_write(0, 65536, 0),
        lambda: request.read_write(0, 126, 0, array("H", [0])),
        lambda: request.read_write(0, 1, 0, array("H", [0] * 122)),
        lambda: request.read_files(()),
        lambda: request.read_files(((1, 0, 122),)),
        lambda: request.read_files(((0, 0, 1),)),
        lambda: request.read_files(((1, 9999, 2),)),
        lambda: request.write_files(((1, 0, b"\x00"),)),
        lambda: request.write_files(((1, 0, bytes(246)),)),
        lambda: request.read_device_id(5),
        lambda: Request(UNIT, room=5).write_registers(0, array("H", [0])),
        lambda: TcpClient(None, 1, window=3),
    )
    for i in range(len(wrong)):
        try:
            wrong[i]()
        except ValueError:
            continue
        raise AssertionError(i)
    # A request that refused once can be made again, of the same shape too.
    request.read(3, 0, 2)
    try:
        request.read(3, 65535, 2)
    except ValueError:
        assert request.read(3, 1, 2).pdu() == b"\x03\x00\x01\x00\x02"


def test_requests_are_pipelined_up_to_the_window_and_answered_in_any_order():
    rig = Tcp()
    requests = [Request(UNIT, tag=i).read(3, i, 1) for i in range(5)]
    for i in range(10):
        rig.bank.holding[i] = 100 + i
    frames = [rig.client.send(request, 0) for request in requests]
    assert frames[4] is None and rig.client.in_flight == 4 and requests[4].status == IDLE
    replies = [rig.serve(frame) for frame in frames[:4]]
    for i in (2, 0, 3, 1):
        rig.hear(replies[i])
        assert rig.over[-1].tag == i and rig.over[-1].values() == (100 + i,)
    assert rig.client.in_flight == 0


def test_replies_in_pieces_of_any_size():
    stream = None
    for size in range(1, 60):
        rig = Tcp()
        requests = [Request(UNIT).read(3, i, 3) for i in range(4)]
        stream = b"".join([rig.serve(rig.client.send(request, 0)) for request in requests])
        for at in range(0, len(stream), size):
            rig.hear(stream[at : at + size])
        assert len(rig.over) == 4 and all(request.status == DONE for request in requests), size
    assert len(stream) == 60


def test_a_slow_answer_blocks_its_slot_alone_and_the_transaction_id_wraps():
    rig = Tcp()
    rig.client._tid = 0xFFF0
    slow = Request(UNIT).read(3, 0, 1)
    kept = rig.serve(rig.client.send(slow, 0))
    tids = []
    for _ in range(40):
        request = Request(UNIT).read(3, 1, 1)
        assert rig.ask(request) == DONE
        tids.append(request.tid)
    assert max(tids) == 0xFFFF and 0 in tids and len(set(tids)) == 40
    assert slow.status == PENDING
    rig.hear(kept)
    assert slow.status == DONE


def test_late_duplicate_and_foreign_replies_are_dropped_and_counted():
    rig = Tcp(window=1)
    client = rig.client
    request = Request(UNIT).read(3, 0, 2)
    reply = rig.serve(client.send(request, 1000))
    client.poll(1499)
    assert request.status == PENDING
    client.poll(1500)
    assert rig.over == [request] and request.status == TIMEOUT and client.timeouts == 1
    rig.hear(reply)
    assert client.late == 1
    reply = rig.serve(client.send(request, 2000))
    rig.hear(reply)
    rig.hear(reply)
    assert client.duplicate == 1 and len(rig.over) == 2
    good = rig.serve(client.send(request, 3000))
    rows = (
        # what differs                    foreign, malformed
        (b"\x77\x77" + good[2:], 2, 0),  # a transaction never sent; nor its neighbour below
        (good[:2] + b"\0\0\0\x07\x12" + good[7:], 1, 0),  # another unit
        (good[:7] + b"\x04" + good[8:], 1, 0),  # another function
        (good[:7] + b"\x84\x02" + good[9:], 1, 0),
        (good[:4] + b"\0\x05\x11\x03\x02\0\0", 0, 1),  # one register instead of two
        (good[:4] + b"\0\x07\x11\x03\x03\0\0\0\0", 0, 1),  # a byte count that isn't so
        (good[:4] + b"\0\x03\x11\x83\0", 0, 1),  # exception 0
        (good[:4] + b"\0\x04\x11\x83\x02\x02", 0, 1),
    )
    for data, foreign, malformed in rows:
        before = (client.foreign, client.malformed)
        rig.hear(data)
        if foreign == 2:
            rig.hear(b"\x77\x76" + good[2:])
        assert (client.foreign, client.malformed) == (before[0] + foreign, before[1] + malformed), data
        assert request.status == PENDING and not client.broken
    rig.hear(good)
    assert request.status == DONE


def test_a_write_is_done_only_by_its_own_echo():
    rig = Tcp()
    rows = (
        Request(UNIT).write_register(5, 6),
        Request(UNIT).write_coil(5, True),
        Request(UNIT).write_registers(5, array("H", [6, 7])),
        Request(UNIT).write_bits(5, b"\x01\x01"),
        Request(UNIT).mask_write(5, 6, 7),
        Request(UNIT).write_files(((1, 2, b"\x03\x04"),)),
    )
    for request in rows:
        reply = rig.serve(rig.client.send(request, 0))
        for at in range(8, len(reply)):
            bad = bytearray(reply)
            bad[at] ^= 0x10
            rig.hear(bytes(bad))
            assert request.status == PENDING, (request.fc, at)
        rig.hear(reply)
        assert request.status == DONE


def test_a_stream_that_is_not_modbus_breaks_the_connection():
    for garbage in (b"HTTP/1.1 400", b"\0\1\0\0\0\2\x11\x03", b"\0\1\0\0\1\0\x11\x03", b"\0\1\0\1\0\5\x11\x03"):
        rig = Tcp()
        request = Request(UNIT).read(3, 0, 2)
        good = rig.serve(rig.client.send(request, 0))
        for at in range(len(garbage)):
            rig.hear(garbage[at : at + 1])
        assert rig.client.broken and rig.client.send(Request(UNIT).read(3, 0, 1), 0) is None
        rig.hear(good)
        assert request.status == PENDING
        rig.client.close()
        assert request.status == CANCELLED and rig.client.in_flight == 0 and not rig.client.broken
        assert rig.ask(Request(UNIT).read(3, 0, 1)) == DONE


def test_the_call_back_may_send_again():
    rig = Tcp(window=1)
    sent = []

    def again(request):
        if len(sent) < 3:
            sent.append(bytes(rig.client.send(request, 0)))

    rig.client.on_done = again
    request = Request(UNIT).read(3, 0, 1)
    frame = rig.client.send(request, 0)
    for _ in range(4):
        rig.hear(rig.serve(frame))
        frame = sent[-1]
    assert rig.client.answered == 4 and [frame[1] for frame in sent] == [2, 3, 4]


def test_rtu_keeps_the_silence_before_it_sends():
    rig = Rtu(9600)
    request = Request(UNIT).read(3, 0, 2)
    reply = rig.serve(rig.client.send(request, rig.now))
    assert rig.client.send(request, rig.now) is None  # one is under way
    rig.hear(reply)
    assert request.status == DONE
    assert rig.client.wait_us(rig.now) == 3646 and rig.client.send(request, rig.now) is None
    rig.pause(3645)
    assert rig.client.send(request, rig.now) is None
    rig.pause(1)
    assert rig.client.send(request, rig.now) is not None


def test_rtu_line_idle_for_longer_than_ticks_can_tell_is_free():
    rig = Rtu()
    assert rig.ask(Request(UNIT).read(3, 0, 2)) == DONE
    for _ in range(6):
        rig.pause(200000000)
        assert rig.client.wait_us(rig.now) == 0


def test_rtu_reply_in_single_bytes():
    rig = Rtu()
    request = Request(UNIT).read(3, 0, 20)
    reply = rig.serve(rig.client.send(request, rig.now))
    for at in range(len(reply)):
        assert request.status == PENDING
        rig.hear(reply[at : at + 1])
        rig.pause(200)
    assert request.status == DONE
    identity = Request(UNIT).read_device_id(3)
    rig.pause(2000)
    reply = rig.serve(rig.client.send(identity, rig.now))
    for at in range(len(reply)):
        rig.hear(reply[at : at + 1])
    assert identity.status == DONE and identity.objects() == IDENTITY


def test_rtu_times_out_and_the_line_goes_on():
    rig = Rtu()
    request = Request(UNIT).read(3, 0, 2)
    frame = rig.client.send(request, rig.now)
    line = rig.client.timing.chars_us(len(frame))
    late = rig.serve(frame)
    rig.pause(100000 - 1750 - 1)
    rig.client.poll(rig.now)
    assert request.status == PENDING
    rig.pause(1)
    rig.client.poll(rig.now)
    assert request.status == TIMEOUT and line > 0
    rig.pause(5000)
    rig.hear(late)
    assert rig.client.late == 1
    assert rig.ask(request) == DONE


def test_rtu_damaged_foreign_and_broken_replies_end_nothing():
    rig = Rtu()
    client = rig.client
    request = Request(UNIT).read(3, 0, 2)
    other = Rtu()
    other.server.unit = 18
    foreign = other.serve(other.client.send(Request(18).read(3, 0, 2), 0))
    good = rig.serve(client.send(request, rig.now))
    bad = bytearray(good)
    bad[3] ^= 1
    rig.hear(bytes(bad))
    assert client.crc_errors == 1 and request.status == PENDING
    rig.hear(good)  # at once: still part of the damaged frame
    assert request.status == PENDING
    rig.pause(1800)
    rig.hear(foreign)
    assert client.foreign == 1 and request.status == PENDING
    rig.pause(1800)
    rig.hear(good[:4])
    rig.pause(1800)
    rig.hear(good)
    assert client.malformed == 1 and request.status == DONE
    rig.pause(1800)
    assert client.send(request, rig.now) is not None
    rig.hear(b"\x11\x03" + bytes(300))
    assert request.status == PENDING
    client.close()
    assert request.status == CANCELLED and client.busy is None
    assert rig.ask(request) == DONE


def test_rtu_broadcast_is_done_after_its_turnaround():
    rig = Rtu()
    request = Request(0).write_register(4, 9)
    frame = rig.client.send(request, rig.now)
    line = rig.client.timing.chars_us(8)
    assert rig.serve(frame) == b"" and rig.bank.holding[4] == 9
    rig.pause(100000 - 1750 - 1)
    rig.client.poll(rig.now)
    assert request.status == PENDING and line > 0
    rig.pause(1)
    rig.client.poll(rig.now)
    assert request.status == DONE
    try:
        rig.client.send(Request(0).read(3, 0, 1), rig.now)
    except ValueError:
        assert rig.client.busy is None
    else:
        raise AssertionError
