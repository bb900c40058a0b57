from protocols.modbus.crc import crc16, seal
from protocols.modbus.rtu import RtuServer, Timing
from protocols.modbus.server import Server
from protocols.ticks import ticks_add
from tests.protocols.full_bank import FullBank

UNIT = 17
READ = b"\x03\x00\x00\x00\x02"
REPLY = b"\x03\x04\x12\x34\x00\x00"


def framed(unit, pdu):
    buf = bytearray(bytes([unit]) + pdu + b"\0\0")
    seal(buf, 0, len(pdu) + 1)
    return bytes(buf)


class Line:
    """An RTU server at 115,200 baud, with time that begins just before the ticks wrap."""

    def __init__(self, baud=115200, check_t15=True):
        self.bank = FullBank()
        self.bank.holding[0] = 0x1234
        self.rtu = RtuServer(Server(self.bank), UNIT, baud, check_t15=check_t15)
        self.now = 0x3FFFFF00

    def hear(self, data, silence=5000):
        """Let the bytes arrive, as one burst after a silence in us."""
        self.now = ticks_add(self.now, silence + self.rtu.timing.chars_us(len(data)))
        self.rtu.feed(data, len(data), self.now)

    def reply(self, after):
        """Return the reply's bytes ``after`` us more."""
        self.now = ticks_add(self.now, after)
        return bytes(self.rtu.tx[: self.rtu.poll(self.now)])


def test_times_of_the_standard():
    rows = (
        # baud, bits, T1.5, T3.5, one character
        (9600, 10, 1563, 3646, 1041),
        (9600, 11, 1719, 4011, 1145),
        (19200, 11, 860, 2006, 572),
        (38400, 10, 750, 1750, 260),
        (115200, 10, 750, 1750, 86),
    )
    for baud, bits, t15, t35, char in rows:
        timing = Timing(baud, bits)
        assert (timing.t15, timing.t35, timing.chars_us(1)) == (t15, t35, char), (baud, bits)
    assert Timing(115200).chars_us(256) == 22208
    assert Timing(1200).chars_us(2048) == 17066624  # stays in 31 bits all the way


def test_answers_when_the_silence_is_over_and_not_before():
    line = Line()
    line.hear(framed(UNIT, READ))
    assert line.rtu.pending and line.rtu.due_us == ticks_add(line.now, 1750)
    assert line.reply(1749) == b""
    assert line.reply(1) == framed(UNIT, REPLY)
    assert not line.rtu.pending and line.reply(1) == b"" and line.rtu.frames == 1


def test_a_frame_may_dribble_within_t15():
    line = Line()
    frame = framed(UNIT, READ)
    for i in range(len(frame)):
        line.hear(frame[i : i + 1], 749 if i else 9000)
        assert line.reply(0) == b""
    assert line.reply(1750) == framed(UNIT, REPLY)


def test_a_pause_beyond_t15_spoils_the_frame_and_only_that():
    line = Line()
    frame = framed(UNIT, READ)
    line.hear(frame[:4])
    line.hear(frame[4:], 900)
    assert line.reply(1750) == b"" and line.rtu.gaps == 1
    line.hear(frame)
    assert line.reply(1750) == framed(UNIT, REPLY)


def test_a_uart_without_times_leaves_it_to_the_crc():
    line = Line(check_t15=False)
    frame = framed(UNIT, READ)
    line.hear(frame[:4])
    line.hear(frame[4:], 900)
    assert line.reply(1750) == framed(UNIT, REPLY) and line.rtu.gaps == 0


def test_a_pause_of_t35_makes_two_frames_of_one():
    line = Line()
    frame = framed(UNIT, READ)
    line.hear(frame[:4])
    line.hear(frame[4:], 1750)
    assert line.reply(1750) == b"" and line.rtu.crc_errors == 2


def test_wrong_crc_wrong_unit_short_and_long_change_nothing():
    line = Line()
    before = line.bank.state()
    write = framed(UNIT, b"\x06\x00\x00\xaa\xaa")
    bad = bytearray(write)
    bad[4] ^= 1
    line.hear(bytes(bad))
    assert line.reply(1750) == b"" and line.rtu.crc_errors == 1
    line.hear(framed(18, b"\x06\x00\x00\xaa\xaa"))
    assert line.reply(1750) == b"" and line.rtu.other_unit == 1
    line.hear(b"\x11\x06\x00")
    assert line.reply(1750) == b"" and line.rtu.short == 1
    line.hear(b"\x11" * 200)
    line.hear(b"\x11" * 57, 0)
    assert line.reply(1750) == b"" and line.rtu.overruns == 1
    line.hear(b"\x11" * 1000)
    assert line.reply(1750) == b"" and line.rtu.overruns == 2
    assert line.bank.state() == before and line.rtu.frames == 0
    line.hear(framed(UNIT, READ))
    assert line.reply(1750) == framed(UNIT, REPLY)


def test_the_longest_frame_fits():
    line = Line()
    line.hear(framed(UNIT, b"\x10\x00\x00\x00\x7b\xf6" + b"\x00\x07" * 123))
    assert line.reply(1750) == framed(UNIT, b"\x10\x00\x00\x00\x7b")
    line.hear(framed(UNIT, b"\x03\x00\x00\x00\x7d"))
    reply = line.reply(1750)
    assert len(reply) == 255 and crc16(reply, 0, 255) == 0


def test_a_request_overtaken_by_the_next_frame_is_not_executed_but_a_broadcast_is():
    line = Line()
    line.hear(framed(UNIT, b"\x06\x00\x00\xaa\xaa"))
    line.hear(framed(0, b"\x06\x00\x01\x00\x07"))
    line.hear(framed(UNIT, READ))
    assert line.reply(1750) == framed(UNIT, b"\x03\x04\x12\x34\x00\x07")
    assert line.rtu.late == 1 and line.rtu.frames == 2


def test_broadcast_is_executed_in_silence():
    line = Line()
    line.hear(framed(0, b"\x06\x00\x00\xaa\xaa"))
    assert line.reply(1750) == b"" and line.bank.holding[0] == 0xAAAA
    line.hear(framed(0, READ))
    assert line.reply(1750) == b"" and line.rtu.frames == 2


def test_exceptions_are_answered_with_a_crc():
    line = Line()
    line.hear(framed(UNIT, b"\x03\x00\x00\x00\x7e"))
    assert line.reply(1750) == framed(UNIT, b"\x83\x03") and line.rtu.exceptions == 1


def test_nothing_heard_is_nothing_done():
    line = Line()
    line.rtu.feed(b"", 0, line.now)
    assert not line.rtu.pending and line.reply(100000) == b""
