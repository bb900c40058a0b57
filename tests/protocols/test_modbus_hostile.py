"""Whatever arrives: nothing raises, a refused request changes nothing, and the next good frame is answered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from protocols.modbus.client import RtuClient, TcpClient
from protocols.modbus.crc import crc16, seal
from protocols.modbus.request import CANCELLED, DONE, PENDING, Request
from protocols.modbus.rtu import RtuServer
from protocols.modbus.server import Server
from protocols.modbus.tcp import TcpServer
from protocols.ticks import ticks_add
from tests.protocols.full_bank import FullBank

UNIT = 17
READ = b"\x03\x00\x00\x00\x02"
FUNCTIONS = [1, 2, 3, 4, 5, 6, 15, 16, 20, 21, 22, 23, 43]
small = st.integers(0, 20)
silence = st.sampled_from([0, 100, 749, 751, 1749, 1750, 1800, 5000])


def rtu_frame(pdu: bytes, unit: int = UNIT) -> bytes:
    buf = bytearray(bytes([unit]) + pdu + b"\0\0")
    seal(buf, 0, len(pdu) + 1)
    return bytes(buf)


def tcp_frame(pdu: bytes, tid: int = 1, unit: int = UNIT) -> bytes:
    return tid.to_bytes(2, "big") + b"\0\0" + (len(pdu) + 1).to_bytes(2, "big") + bytes([unit]) + pdu


@st.composite
def pdus(draw: st.DrawFn) -> bytes:
    """PDUs that begin like a request: most are wrong further on, some are good."""
    head = bytes([draw(st.sampled_from(FUNCTIONS)), 0, draw(small), 0, draw(small)])
    tail = draw(st.binary(max_size=12))
    return (head + bytes([len(tail)]) + tail)[: draw(st.integers(1, 18))]


@st.composite
def spoilt(draw: st.DrawFn, frame: bytes) -> bytes:
    """A good frame with one thing wrong: cut, longer, or a burst of up to 8 bits flipped."""
    kind = draw(st.sampled_from(["cut", "longer", "flipped"]))
    if kind == "cut":
        return frame[: draw(st.integers(1, len(frame) - 1))]
    if kind == "longer":
        return frame + draw(
            st.binary(min_size=1, max_size=300).filter(lambda more: crc16(frame + more, 0, len(frame + more)) != 0)
        )
    at = draw(st.integers(0, len(frame) - 1))
    return frame[:at] + bytes([frame[at] ^ draw(st.integers(1, 255))]) + frame[at + 1 :]


@given(pdu=st.one_of(st.binary(max_size=253), pdus()), broadcast=st.booleans())
def test_any_pdu_is_answered_or_refused(pdu: bytes, broadcast: bool) -> None:
    bank = FullBank(registers=30, bits=30, records=30)
    before = bank.state()
    out = bytearray(b"\xee" * 260)

    n = Server(bank).handle(pdu, len(pdu), out, broadcast)

    assert 0 <= n <= 253
    if broadcast or not pdu or pdu[0] & 0x80:
        assert n == 0
    elif out[0] == pdu[0] | 0x80:
        assert n == 2
        assert 1 <= out[1] <= 3
        assert bank.state() == before
    else:
        assert out[0] == pdu[0]
        assert n >= 2
    if not broadcast:
        assert out[253:] == b"\xee" * 7


class RtuRig:
    def __init__(self) -> None:
        self.bank = FullBank(registers=30, bits=30, records=30)
        self.rtu = RtuServer(Server(self.bank), UNIT, 115200)
        self.now = 0x3FFFF000

    def hear(self, data: bytes, after: int) -> bytes:
        """Let a burst arrive ``after`` us of silence; return what is sent back once the line is quiet."""
        reply = b""
        if self.rtu.pending and after >= self.rtu.timing.t35:
            reply = bytes(self.rtu.tx[: self.rtu.poll(ticks_add(self.now, after))])
        self.now = ticks_add(self.now, after + self.rtu.timing.chars_us(len(data)))
        self.rtu.feed(data, len(data), self.now)
        return reply

    def answers(self, data: bytes) -> bytes:
        self.hear(data, 5000)
        self.now = ticks_add(self.now, self.rtu.timing.t35)
        return bytes(self.rtu.tx[: self.rtu.poll(self.now)])


@given(bursts=st.lists(st.tuples(st.binary(min_size=1, max_size=300), silence), max_size=8))
def test_rtu_noise(bursts: list[tuple[bytes, int]]) -> None:
    rig = RtuRig()
    before = rig.bank.state()
    for data, after in bursts:
        rig.hear(data, after)
    good = rig.rtu.frames
    if good == 0:  # noise with a right CRC is a frame, and hypothesis may well find one
        assert rig.bank.state() == before
    reply = rig.answers(rtu_frame(READ))
    assert reply[:3] == b"\x11\x03\x04"
    assert crc16(reply, 0, len(reply)) == 0


@given(data=st.data())
def test_rtu_spoilt_writes_change_nothing(data: st.DataObject) -> None:
    rig = RtuRig()
    before = rig.bank.state()
    for _ in range(data.draw(st.integers(1, 4))):
        write = rtu_frame(bytes([6, 0, data.draw(small), 0x55, 0xAA]))
        bad = data.draw(spoilt(write))
        assert rig.answers(bad) == b""
    assert rig.bank.state() == before
    assert rig.answers(rtu_frame(READ)) == rtu_frame(b"\x03\x04\0\0\0\0")


@given(pdu=pdus(), cuts=st.lists(st.tuples(st.integers(1, 20), silence), max_size=6))
def test_rtu_dribbled(pdu: bytes, cuts: list[tuple[int, int]]) -> None:
    """A frame in pieces with silences between: answered just when no silence is longer than T1.5."""
    whole, torn = RtuRig(), RtuRig()
    frame = rtu_frame(pdu)
    expected = whole.answers(frame)
    left, after, broken = frame, 5000, False
    before = torn.bank.state()
    for size, pause in cuts:
        if size >= len(left):
            break
        assert torn.hear(left[:size], after) == b""
        left, after = left[size:], pause
        broken |= pause > 750
    torn.hear(left, after)
    torn.now = ticks_add(torn.now, 1750)
    reply = bytes(torn.rtu.tx[: torn.rtu.poll(torn.now)])
    if broken:
        assert reply == b""
        assert torn.bank.state() == before
    else:
        assert reply == expected
        assert torn.bank.state() == whole.bank.state()
    assert torn.answers(rtu_frame(READ))[:3] == b"\x11\x03\x04"


@given(pdu=pdus(), unit=st.integers(1, 247).filter(lambda unit: unit != UNIT))
def test_frames_for_others_change_nothing(pdu: bytes, unit: int) -> None:
    rig = RtuRig()
    before = rig.bank.state()
    assert rig.answers(rtu_frame(pdu, unit)) == b""
    tcp = TcpServer(Server(rig.bank), UNIT)
    frame = tcp_frame(pdu, 1, unit)
    assert tcp.feed(frame, len(frame)) == 0
    assert rig.bank.state() == before
    assert (rig.rtu.other_unit, tcp.other_unit) == (1, 1)


def reference(bank: FullBank, stream: bytes) -> tuple[bytes, bool]:
    """What a TCP server has to answer to the stream, said as plainly as possible; and whether the stream broke."""
    server, out, replies = Server(bank), bytearray(260), b""
    while len(stream) >= 7:
        length = int.from_bytes(stream[4:6], "big")
        if stream[2:4] != b"\0\0" or not 2 <= length <= 254:
            return replies, True
        if len(stream) < 6 + length:
            break
        frame, stream = stream[: 6 + length], stream[6 + length :]
        if frame[6] in (UNIT, 0, 255):
            n = server.handle(frame[7:], len(frame) - 7, out)
            if n:
                replies += frame[:4] + (n + 1).to_bytes(2, "big") + frame[6:7] + bytes(out[:n])
    return replies, False


tcp_pieces = st.one_of(
    st.binary(max_size=40),
    st.builds(tcp_frame, pdus(), st.integers(0, 65535), st.sampled_from([0, UNIT, 18, 255])),
    st.builds(lambda frame, n: frame[:n], st.builds(tcp_frame, pdus()), st.integers(1, 20)),
)


@given(pieces=st.lists(tcp_pieces, max_size=8), size=st.integers(1, 200))
def test_tcp_streams(pieces: list[bytes], size: int) -> None:
    """Good frames, cut ones and noise, in chunks of any size: as the plain reference answers, byte for byte."""
    stream = b"".join(pieces)
    ours, plain = FullBank(registers=30, bits=30, records=30), FullBank(registers=30, bits=30, records=30)
    tcp, replies = TcpServer(Server(ours), UNIT), b""
    for at in range(0, len(stream), size):
        chunk = stream[at : at + size]
        n = tcp.feed(chunk, len(chunk))
        while n:
            replies += bytes(tcp.tx[:n])
            n = tcp.feed(b"", 0)

    expected, broken = reference(plain, stream)

    assert replies == expected
    assert tcp.broken == broken
    assert ours.state() == plain.state()


@given(pieces=st.lists(st.one_of(st.binary(max_size=300), tcp_pieces), max_size=6))
def test_tcp_client_survives_any_answer(pieces: list[bytes]) -> None:
    over: list[Request] = []
    client = TcpClient(over.append, 500, 2)
    request = Request(UNIT).read(3, 0, 2)
    client.send(request, 0)
    for data in pieces:
        client.feed(data, len(data))
    if not over:
        assert request.status == PENDING
        client.close()
    assert over == [request]
    assert request.status == CANCELLED or request.status >= DONE
    if request.status == DONE:
        assert len(request.values()) == 2


@given(bursts=st.lists(st.tuples(st.binary(min_size=1, max_size=300), silence), max_size=6))
def test_rtu_client_survives_any_answer(bursts: list[tuple[bytes, int]]) -> None:
    over: list[Request] = []
    client = RtuClient(over.append, 115200, 100000)
    request = Request(UNIT).read(3, 0, 2)
    now = 0
    client.send(request, now)
    for data, after in bursts:
        now += after + client.timing.chars_us(len(data))
        client.feed(data, len(data), now)
    if not over:
        now += 1800
        good = rtu_frame(b"\x03\x04\0\1\0\2")
        client.feed(good, len(good), now + client.timing.chars_us(len(good)))
        assert request.status == DONE
        assert request.values() == (1, 2)
    assert over == [request]


@given(code=st.integers(1, 4), body=st.binary(max_size=60))
def test_client_reads_any_identification(code: int, body: bytes) -> None:
    request = Request(UNIT).read_device_id(code)
    client = TcpClient(lambda _: None, 500)
    client.send(request, 0)
    frame = tcp_frame(bytes([43, 14, code, 0x81]) + body, request.tid)
    client.feed(frame, len(frame))
    if request.status == DONE:
        assert sum(2 + len(text) for text in request.objects().values()) <= len(body)
