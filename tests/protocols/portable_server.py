from protocols.modbus.bank import Bank
from protocols.modbus.server import Server
from tests.protocols.full_bank import FullBank


def hexes(text):
    return bytes([int(byte, 16) for byte in text.split()])


class Rig:
    """A server over a full bank; ``ask("03 00 00 00 01")`` gives the reply in the same notation."""

    def __init__(self):
        self.bank = FullBank()
        self.server = Server(self.bank)
        self.out = bytearray(260)

    def ask(self, request, broadcast=False):
        pdu = hexes(request)
        n = self.server.handle(pdu, len(pdu), self.out, broadcast)
        return " ".join([f"{byte:02x}" for byte in self.out[:n]])


def logbook(rig, rows):
    for request, reply in rows:
        assert rig.ask(request) == reply, (request, rig.ask(request), reply)


def test_registers():
    rig = Rig()
    for i in range(10):
        rig.bank.inputs[i] = 0x0A00 + i
    logbook(
        rig,
        (
            ("06 00 01 12 34", "06 00 01 12 34"),
            ("10 00 02 00 02 04 00 ff ff 00", "10 00 02 00 02"),
            ("03 00 00 00 04", "03 08 00 00 12 34 00 ff ff 00"),
            ("04 00 08 00 02", "04 04 0a 08 0a 09"),
            ("16 00 01 00 f2 00 25", "16 00 01 00 f2 00 25"),  # 6.16's formula: (1234 & f2) | (25 & ~f2)
            ("03 00 01 00 01", "03 02 00 35"),
            ("17 00 02 00 01 00 02 00 01 02 aa 55", "17 02 aa 55"),  # it writes, then reads
        ),
    )


def test_bits():
    rig = Rig()
    rig.bank.discretes[9] = 1
    logbook(
        rig,
        (
            ("05 00 03 ff 00", "05 00 03 ff 00"),
            ("01 00 00 00 0a", "01 02 08 00"),
            ("0f 00 00 00 0a 02 cd 01", "0f 00 00 00 0a"),
            ("01 00 00 00 0a", "01 02 cd 01"),
            ("05 00 00 00 00", "05 00 00 00 00"),
            ("01 00 00 00 03", "01 01 04"),
            ("02 00 08 00 03", "02 01 02"),
        ),
    )


def test_files():
    rig = Rig()
    logbook(
        rig,
        (
            ("15 0b 06 00 01 00 07 00 02 12 34 56 78", "15 0b 06 00 01 00 07 00 02 12 34 56 78"),
            ("15 09 06 00 02 00 00 00 01 ab cd", "15 09 06 00 02 00 00 00 01 ab cd"),
            ("14 0e 06 00 01 00 07 00 02 06 00 02 00 00 00 01", "14 0a 05 06 12 34 56 78 03 06 ab cd"),
        ),
    )


def test_device_identification():
    rig = Rig()
    vendor = "00 0d 44 69 73 74 72 69 63 74 20 45 64 67 65"
    product = "01 0c 70 61 72 6b 69 6e 67 5f 6c 61 6e 65"
    revision = "02 03 31 2e 32"
    own = "80 06 6c 61 6e 65 20 33"
    logbook(
        rig,
        (
            ("2b 0e 01 00", f"2b 0e 01 83 00 00 03 {vendor} {product} {revision}"),
            ("2b 0e 01 01", f"2b 0e 01 83 00 00 02 {product} {revision}"),
            ("2b 0e 01 07", f"2b 0e 01 83 00 00 03 {vendor} {product} {revision}"),  # unknown: from the start
            ("2b 0e 01 80", f"2b 0e 01 83 00 00 03 {vendor} {product} {revision}"),  # not of this category: likewise
            ("2b 0e 03 02", f"2b 0e 03 83 00 00 02 {revision} {own}"),
            ("2b 0e 04 80", f"2b 0e 04 83 00 00 01 {own}"),
            ("2b 0e 04 81", "ab 02"),
            ("2b 0e 05 00", "ab 03"),
            ("2b 0e 00 00", "ab 03"),
            ("2b 0e 01", "ab 03"),
            ("2b 0d 01 00", "ab 01"),
        ),
    )


def test_a_long_identification_comes_in_several_replies():
    rig = Rig()
    rig.bank = FullBank(identity={i: bytes([65 + i]) * 100 for i in (0, 1, 2)})
    rig.server = Server(rig.bank)
    first = hexes(rig.ask("2b 0e 01 00"))
    assert first[3] == 0x81 and first[4:7] == b"\xff\x02\x02" and len(first) == 7 + 2 * 102
    second = hexes(rig.ask("2b 0e 01 02"))
    assert second[4:7] == b"\x00\x00\x01" and second[7:] == b"\x02\x64" + b"C" * 100


def test_quantities_end_where_the_standard_says():
    rig = Rig()
    for pdu, most in (("01 00 00", 2000), ("02 00 00", 2000), ("03 00 00", 125), ("04 00 00", 125)):
        for count, good in ((0, False), (1, True), (most, True), (most + 1, False), (65535, False)):
            reply = hexes(rig.ask(f"{pdu} {count >> 8:02x} {count & 255:02x}"))
            assert (reply[0] < 0x80) == good, (pdu, count)
            assert good or reply[1] == 3
    rows = (
        # function, bits a unit, most
        (15, 1, 1968),
        (16, 16, 123),
    )
    for fc, width, most in rows:
        for count in (0, 1, most, most + 1):
            size = (count * width + 7) // 8
            data = " 01" * size
            reply = hexes(rig.ask(f"{fc:02x} 00 00 {count >> 8:02x} {count & 255:02x} {size & 255:02x}{data}"))
            assert (reply[0] < 0x80) == (0 < count <= most), (fc, count)
    for reads, writes in ((125, 121), (126, 121), (125, 122), (0, 1), (1, 0), (1, 1)):
        data = " 01" * (2 * writes)
        reply = hexes(rig.ask(f"17 00 00 00 {reads:02x} 00 00 00 {writes:02x} {2 * writes:02x}{data}"))
        assert (reply[0] < 0x80) == (0 < reads <= 125 and 0 < writes <= 121), (reads, writes)


def test_each_refusal_has_its_code_and_changes_nothing():
    rig = Rig()
    rows = (
        # request                                      reply    why
        ("03 00 00 00", "83 03"),  # too short
        ("03 00 00 00 01 00", "83 03"),  # too long
        ("03 03 e7 00 02", "83 02"),  # past the bank's end
        ("03 ff ff 00 02", "83 02"),  # past 65,535
        ("01 ff ff 00 02", "81 02"),
        ("05 00 00 ff 01", "85 03"),  # a coil is FF00 or 0000
        ("05 00 00 01 00", "85 03"),
        ("05 0b b8 ff 00", "85 02"),
        ("06 00 00 12", "86 03"),
        ("06 03 e8 00 01", "86 02"),
        ("0f 00 00 00 09 01 ff", "8f 03"),  # 9 bits need 2 bytes
        ("0f 00 00 00 08 01 ff ff", "8f 03"),
        ("0f 0b b7 00 02 01 03", "8f 02"),
        ("10 00 00 00 01 02 12", "90 03"),  # a byte is missing
        ("10 00 00 00 01 03 12 34 56", "90 03"),
        ("10 00 00 00 02 02 12 34", "90 03"),
        ("10 03 e7 00 02 04 12 34 56 78", "90 02"),
        ("10 00", "90 03"),
        ("16 00 00 00 01", "96 03"),
        ("16 03 e8 00 01 00 02", "96 02"),
        ("17 03 e8 00 01 00 00 00 01 02 12 34", "97 02"),  # unreadable: so nothing is written either
        ("17 00 00 00 01 03 e8 00 01 02 12 34", "97 02"),
        ("17 00 00 00 01 00 00 00 01 04 12 34", "97 03"),
        ("14 07 05 00 01 00 00 00 01", "94 02"),  # reference type
        ("14 07 06 00 00 00 00 00 01", "94 02"),  # file 0
        ("14 07 06 00 09 00 00 00 01", "94 02"),
        ("14 07 06 00 01 27 0f 00 02", "94 02"),  # past record 9,999
        ("14 07 06 00 01 00 00 00 00", "94 03"),
        ("14 07 06 00 01 00 00 00 7b", "94 03"),  # no reply can hold it
        ("14 08 06 00 01 00 00 00 01 00", "94 03"),
        ("14 00", "94 03"),
        ("14", "94 03"),
        ("15 09 06 00 01 00 00 00 02 12 34", "95 03"),  # shorter than it says
        ("15 12 06 00 01 00 00 00 01 12 34 07 00 01 00 01 00 01 12 34", "95 02"),  # the second spoils the first
        ("15 09 06 00 01 00 00 00 00 12 34", "95 03"),
        ("15 07 06 00 01 00 00 00 01", "95 03"),
        ("07", "87 01"),
        ("08 00 00 12 34", "88 01"),
        ("18 00 00", "98 01"),
        ("2c 00", "ac 01"),
        ("7f", "ff 01"),
        ("00 00 00 00 01", "80 01"),
        ("2b", "ab 01"),
    )
    before = rig.bank.state()
    for request, reply in rows:
        assert rig.ask(request) == reply, (request, rig.ask(request))
        assert rig.bank.state() == before, request
    assert rig.server.exceptions == len(rows)


def test_what_cannot_be_a_request_is_not_answered():
    rig = Rig()
    assert rig.ask("") == ""
    assert rig.ask("83 02") == ""  # another unit's exception reply on the same line
    assert rig.ask("ff") == ""
    assert rig.server.exceptions == 0


def test_broadcast_writes_and_is_never_answered():
    rig = Rig()
    for request in ("06 00 05 00 2a", "10 00 06 00 01 02 00 2b", "05 00 04 ff 00", "0f 00 05 00 01 01 01"):
        assert rig.ask(request, True) == ""
    assert list(rig.bank.holding[4:8]) == [0, 42, 43, 0] and bytes(rig.bank.coils[3:7]) == b"\x00\x01\x01\x00"
    before = rig.bank.state()
    for request in ("03 00 00 00 01", "17 00 00 00 01 00 00 00 01 02 12 34", "2b 0e 01 00", "63", "06 ff ff 00 01"):
        assert rig.ask(request, True) == ""
    assert rig.bank.state() == before and rig.server.exceptions == 0


def test_the_banks_own_refusal_is_passed_on():
    rig = Rig()
    rig.bank.busy = True
    assert rig.ask("06 00 00 00 01") == "86 06"
    assert rig.ask("10 00 00 00 01 02 00 01") == "90 06"
    assert rig.ask("17 00 00 00 01 00 00 00 01 02 00 01") == "97 06"


def test_a_bank_that_has_nothing_refuses_every_function():
    server = Server(Bank())
    out = bytearray(260)
    requests = (
        "01 00 00 00 01",
        "02 00 00 00 01",
        "03 00 00 00 01",
        "04 00 00 00 01",
        "05 00 00 ff 00",
        "06 00 00 00 01",
        "0f 00 00 00 01 01 01",
        "10 00 00 00 01 02 00 01",
        "14 07 06 00 01 00 00 00 01",
        "15 09 06 00 01 00 00 00 01 00 00",
        "16 00 00 00 00 00 00",
        "17 00 00 00 01 00 00 00 01 02 00 01",
        "2b 0e 01 00",
    )
    for request in requests:
        pdu = hexes(request)
        assert server.handle(pdu, len(pdu), out) == 2 and out[0] == pdu[0] | 0x80 and out[1] == 1, request
