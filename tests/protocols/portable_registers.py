from array import array

from protocols.modbus import crc, crc_plain, head, head_plain, registers, registers_plain

DATA = bytes([(7 * i + 3) & 0xFF for i in range(256)])


def test_crc_known_answers():
    # The first is the check value that catalogues of CRCs give for CRC-16/MODBUS.
    assert crc.crc16(b"123456789", 0, 9) == 0x4B37
    assert crc.crc16(b"", 0, 0) == 0xFFFF
    assert crc.crc16(b"\x11\x03\x00\x6b\x00\x03", 0, 6) == 0x8776


def test_crc_twins_agree_on_every_length_and_offset():
    for n in range(250):
        for at in (0, 1, 2, 3):
            assert crc.crc16(DATA, at, n) == crc_plain.crc16(DATA, at, n)


def test_a_sealed_frame_has_crc_zero():
    for n in (1, 2, 3, 8, 100, 253):
        frame = bytearray(DATA[:n] + b"\xaa\xaa\xbb")
        assert crc.seal(frame, 0, n) == n + 2
        assert crc.crc16(frame, 0, n + 2) == 0
        assert frame[n + 2] == 0xBB
        plain = bytearray(DATA[:n] + b"\0\0\xbb")
        crc_plain.seal(plain, 0, n)
        assert plain == frame


def test_registers_are_big_endian_on_the_wire():
    regs = array("H", [0x0102, 0xFFFE, 0x8000])
    out = bytearray(b"\xee" * 8)
    assert registers.put_registers(regs, 0, 3, out, 1)
    assert out == b"\xee\x01\x02\xff\xfe\x80\x00\xee"
    back = array("H", [0] * 5)
    assert registers.get_registers(out, 1, 3, back, 1)
    assert list(back) == [0, 0x0102, 0xFFFE, 0x8000, 0]


def test_signed_registers_travel_too():
    regs = array("h", [-1, -32768, 32767])
    out = bytearray(6)
    assert registers.put_registers(regs, 0, 3, out, 0)
    assert out == b"\xff\xff\x80\x00\x7f\xff"
    back = array("h", [0] * 3)
    assert registers.get_registers(out, 0, 3, back, 0)
    assert list(back) == [-1, -32768, 32767]


def test_bits_fill_bytes_from_the_lowest_bit():
    # 6.1 of the standard: coils 20-38 of its example are CD 6B 05; and [1, 0, 0] is 01.
    bits = bytearray(19)
    assert registers.get_bits(b"\xcd\x6b\x05", 0, 19, bits, 0)
    assert list(bits) == [1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1]
    out = bytearray(b"\xff\xff\xff\xff")
    assert registers.put_bits(bits, 0, 19, out, 0)
    assert out == b"\xcd\x6b\x05\xff"
    assert registers.put_bits(b"\x01\x00\x00", 0, 3, out, 0)
    assert out[0] == 1


def test_twins_agree_on_bits_and_copies():
    for n in range(40):
        for first in (0, 3, 8):
            flags = bytearray([(i * 5 >> 1) & 1 for i in range(60)])
            one, two = bytearray(b"\xa5" * 10), bytearray(b"\xa5" * 10)
            assert registers.put_bits(flags, first, n, one, 2) and registers_plain.put_bits(flags, first, n, two, 2)
            assert one == two
            here, there = bytearray(60), bytearray(60)
            assert registers.get_bits(DATA, 5, n, here, first) and registers_plain.get_bits(DATA, 5, n, there, first)
            assert here == there
            here, there = bytearray(60), bytearray(60)
            assert registers.copy(DATA, first, n, here, 4) and registers_plain.copy(DATA, first, n, there, 4)
            assert here == there


def test_a_range_outside_its_buffer_copies_nothing():
    regs = array("H", [1, 2, 3, 4])
    outside = ((0, 5), (4, 1), (-1, 2), (0, -1), (1, 4))
    for module in (registers, registers_plain):
        for first, n in outside:
            out = bytearray(20)
            assert not module.put_registers(regs, first, n, out, 0)
            assert not module.put_bits(b"\x01\x01\x01\x01", first, n, out, 0)
            assert not module.copy(b"\x01\x01\x01\x01", first, n, out, 0)
            assert out == bytearray(20)
            held = array("H", [9, 9, 9, 9])
            flags = bytearray(4)
            assert not module.get_registers(DATA, 0, n, held, first)
            assert not module.get_bits(DATA, 0, n, flags, first)
            assert list(held) == [9, 9, 9, 9] and flags == bytearray(4)
        out = bytearray(5)
        assert not module.put_registers(regs, 0, 3, out, 0)
        assert not module.put_registers(regs, 0, 2, out, 2)
        assert not module.put_registers(regs, 0, 2, out, -1)
        assert not module.get_registers(out, 0, 3, regs, 0)
        assert not module.get_registers(out, -1, 1, regs, 0)
        assert not module.put_bits(DATA, 0, 41, out, 0)
        assert not module.get_bits(out, 0, 41, bytearray(60), 0)
        assert not module.copy(DATA, 0, 6, out, 0)
        assert not module.copy(DATA, 0, 2, out, 4)
        assert out == bytearray(5) and list(regs) == [1, 2, 3, 4]


def test_head_twins_agree():
    for fc, address, value in ((3, 0, 1), (4, 0xFFFF, 0xABCD), (16, 0x1234, 0)):
        one, two = bytearray(7), bytearray(7)
        head.put_head(one, 1, fc, address, value)
        head_plain.put_head(two, 1, fc, address, value)
        assert one == two
        assert one[1] == fc and (one[2] << 8 | one[3]) == address and (one[4] << 8 | one[5]) == value


def test_span_checks_length_quantity_and_range_in_that_order():
    rows = (
        # pdu                        n  most  span
        (b"\x03\x00\x10\x00\x7d", 5, 125, 125 << 16 | 0x10),
        (b"\x03\x00\x10\x00\x7e", 5, 125, -3),
        (b"\x03\x00\x10\x00\x00", 5, 125, -3),
        (b"\x03\xff\xff\x00\x01", 5, 125, 1 << 16 | 0xFFFF),
        (b"\x03\xff\xff\x00\x02", 5, 125, -2),
        (b"\x01\xf8\x30\x07\xd0", 5, 2000, 2000 << 16 | 0xF830),
        (b"\x01\xf8\x31\x07\xd0", 5, 2000, -2),
        (b"\x03\x00\x10\x00\x7d", 4, 125, -3),
        (b"\x03\x00\x10\x00\x01\x00", 6, 125, -3),
    )
    for pdu, n, most, span in rows:
        assert head.read_span(pdu, 0, n, most) == span
        assert head_plain.read_span(pdu, 0, n, most) == span
        assert head.read_span(b"\xff" + pdu, 1, n, most) == span
