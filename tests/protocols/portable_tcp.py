from protocols.modbus.server import Server
from protocols.modbus.tcp import MAX_ADU, TcpServer
from tests.protocols.full_bank import FullBank

UNIT = 17
READ = b"\x03\x00\x00\x00\x02"
REPLY = b"\x03\x04\x12\x34\x00\x00"


def framed(tid, pdu, unit=UNIT):
    length = len(pdu) + 1
    return bytes([tid >> 8, tid & 0xFF, 0, 0, length >> 8, length & 0xFF, unit]) + pdu


def connection():
    bank = FullBank()
    bank.holding[0] = 0x1234
    return bank, TcpServer(Server(bank), UNIT)


def said(tcp, data):
    """Return all that the connection answers to ``data``."""
    n = tcp.feed(data, len(data))
    out = b""
    while n:
        out += bytes(tcp.tx[:n])
        n = tcp.feed(b"", 0)
    return out


def test_answers_with_the_transaction_of_the_request():
    _, tcp = connection()
    for tid in (0, 1, 0x1234, 0xFFFF):
        assert said(tcp, framed(tid, READ)) == framed(tid, REPLY)
    assert tcp.frames == 4


def test_pieces_of_any_size_give_the_same_answers():
    requests = framed(1, READ) + framed(2, b"\x06\x00\x01\x00\x05") + framed(3, READ) + framed(4, b"\x63")
    replies = framed(1, REPLY) + framed(2, b"\x06\x00\x01\x00\x05") + framed(3, b"\x03\x04\x12\x34\x00\x05")
    replies += framed(4, b"\xe3\x01")
    for size in range(1, len(requests) + 1):
        _, tcp = connection()
        out = b""
        for at in range(0, len(requests), size):
            out += said(tcp, requests[at : at + size])
        assert out == replies, size


def test_replies_that_do_not_fit_wait_for_the_next_feed():
    _, tcp = connection()
    big = b"\x03\x00\x00\x00\x7d"
    data = b"".join([framed(tid, big) for tid in range(12)])
    n = tcp.feed(data, len(data))
    tids = []
    rounds = 0
    while n:
        assert n <= len(tcp.tx)
        tids += [tcp.tx[at + 1] for at in range(0, n, 259)]
        rounds += 1
        n = tcp.feed(b"", 0)
    assert tids == list(range(12)) and rounds == 3


def test_the_largest_request_and_reply():
    bank, tcp = connection()
    write = b"\x10\x00\x00\x00\x7b\xf6" + b"\x01\x02" * 123
    assert said(tcp, framed(9, write)) == framed(9, b"\x10\x00\x00\x00\x7b")
    assert bank.holding[122] == 0x0102 and len(framed(9, write)) == MAX_ADU - 1


def test_units_that_mean_this_server():
    _, tcp = connection()
    for unit in (UNIT, 0, 255):
        assert said(tcp, framed(5, READ, unit)) == framed(5, REPLY, unit)
    assert said(tcp, framed(5, READ, 18)) == b"" and tcp.other_unit == 1
    assert said(tcp, framed(6, READ)) == framed(6, REPLY)


def test_unit_0_on_tcp_is_no_broadcast():
    bank, tcp = connection()
    assert said(tcp, framed(5, b"\x06\x00\x00\x00\x01", 0)) == framed(5, b"\x06\x00\x00\x00\x01", 0)
    assert bank.holding[0] == 1


def test_another_protocol_breaks_the_connection_and_executes_nothing_more():
    write = framed(1, b"\x06\x00\x00\xaa\xaa")
    rows = (
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00\x01\x00\x01\x00\x06\x11" + READ,  # protocol 1
        b"\x00\x01\x00\x00\x00\x01\x11",  # no PDU
        b"\x00\x01\x00\x00\x00\xff\x11",  # longer than a PDU can be
        b"\x00\x01\x00\x00\xff\xff\x11",
    )
    for row in rows:
        bank, tcp = connection()
        before = bank.state()
        assert said(tcp, row + write) == b""
        assert tcp.broken and tcp.malformed == 1 and said(tcp, write) == b"" and bank.state() == before
        tcp.reset()
        assert said(tcp, framed(2, READ)) == framed(2, REPLY)


def test_what_came_before_the_break_is_answered():
    _, tcp = connection()
    assert said(tcp, framed(1, READ) + b"garbage, garbage") == framed(1, REPLY) and tcp.broken


def test_more_than_room_is_refused_whole():
    bank, tcp = connection()
    assert tcp.room == 2 * MAX_ADU
    write = framed(1, b"\x06\x00\x00\xaa\xaa")
    before = bank.state()
    assert tcp.feed(write * 50, 600) == 0 and tcp.broken and bank.state() == before


def test_a_pdu_that_is_no_request_is_passed_over():
    _, tcp = connection()
    assert said(tcp, framed(1, b"\x83\x02") + framed(2, READ)) == framed(2, REPLY)
