"""The register bank: what is readable, bits, files, identification, events and what outlives a reset."""

import struct

from firmware.host import MemoryStore
from firmware.version import VERSION
from protocols import layout
from protocols.modbus.crc import crc16
from tests.firmware.portable_rig import TABLE, Rig


def test_the_header_says_who_it_is():
    rig = Rig()
    header = rig.read(0, layout.HEADER_SIZE)

    assert header[layout.H_MAGIC] == 0x4642
    assert header[layout.H_MAP_VER] == TABLE.MAP_VER
    assert header[layout.H_DEV_TYPE] == 3
    assert header[layout.H_DEV_ID] == 42
    assert header[layout.H_FW_MAJMIN] == VERSION[0] << 8 | VERSION[1]
    assert header[layout.H_SHEET_CRC] == TABLE.SHEET_CRC
    assert header[layout.H_RESET_CAUSE] == layout.RESET_POWER
    assert header[layout.H_TEMP] == 0x8000


def test_functions_3_and_4_read_the_same():
    rig = Rig()
    three = rig.ask(bytes([3, 0, 0, 0, 16]))
    assert rig.ask(bytes([4, 0, 0, 0, 16]))[2:] == three[2:]


def test_holes_are_illegal_addresses():
    rig = Rig()
    last = max([row[1] for row in TABLE.PARAMS])
    for address, count in (
        (0x4D, 1),
        (0x4C, 2),
        (0x5F, 2),
        (0x1DF, 2),
        (0x1E0, 1),
        (last, 2),
        (0x0F00, 1),
        (0xFFFF, 1),
    ):
        assert rig.read(address, count) == 2, hex(address)
    for address, count in ((0, 0x4D), (0x60, 0x20), (0x80, 0x70), (0x180, 0x60), (last, 1)):
        assert isinstance(rig.read(address, count), list), hex(address)


def test_the_header_is_not_written():
    rig = Rig()
    for address in (0, layout.H_STATE, 0x3F, layout.C_CMD_SEQ, layout.C_CRC, layout.STATUS, layout.EVENT_RING):
        assert rig.write(address, 1) == 2
    assert rig.write(layout.C_GW_HB, 1, 5, 1) == 2  # a command is whole or nothing
    assert rig.write(layout.C_GW_HB, *([0] * 14)) == 2


def test_heartbeat_and_claim_alone_or_together():
    rig = Rig()
    assert rig.write(layout.C_GW_HB, 7) == 0
    assert rig.write(layout.C_GW_HB, 8, 5) == 0
    assert rig.read(layout.C_GW_HB, 2) == [8, 5]


def test_coils_are_outputs_and_not_written_discrete_inputs_are_logical():
    rig = Rig()
    rig.contact("LA_P", 0)
    rig.run_ms(100)

    assert rig.ask(bytes([1, 0, 0, 0, 3])) == bytes([1, 1, 0b001])
    assert rig.ask(bytes([2, 0, 0, 0, 12]))[2] & 1 == 1
    assert rig.ask(bytes([2, 0, 8, 0, 4])) == bytes([2, 1, 0b1110])  # ZC, SK1, ARM.ZOK
    assert rig.ask(bytes([2, 0, 0, 0, 100])) == bytes([0x82, 2])
    assert rig.ask(bytes([5, 0, 0, 0xFF, 0])) == bytes([0x85, 1])
    assert rig.ask(bytes([15, 0, 0, 0, 1, 1, 1])) == bytes([0x8F, 1])


def test_measurements_in_their_scale_or_not_available():
    rig = Rig()
    regs = dict([(row[0], row[1]) for row in TABLE.AI])
    rig.contact("POS", 12000)
    rig.contact("EDGE", 8200)
    rig.run_ms(100)
    reply = rig.read(layout.MEASUREMENTS, 8)
    assert reply[regs["EDGE"] - layout.MEASUREMENTS] == 8200
    assert rig.board.io.POS_Q == 0
    rig.contact("POS", 0)  # below 3.6 mA: the wire is broken
    rig.run_ms(100)
    assert rig.read(regs["POS"]) == [0x8000]
    assert rig.read(layout.H_AI_QUAL + 1)[0] & 3 == 2


def test_identification():
    rig = Rig()
    reply = rig.ask(bytes([43, 14, 1, 0]))
    assert b"District Edge" in reply and b"parking_lane" in reply and b"%d.%d.%d" % VERSION in reply
    assert b"emulated" in rig.ask(bytes([43, 14, 4, 5]))


def test_events_are_in_the_ring_by_their_number():
    rig = Rig()
    rig.run_ms(200)
    head = rig.read(layout.H_EVT_HEAD)[0]
    rig.contact("LA_P", 0)
    rig.run_ms(50)
    at = layout.EVENT_RING + head % 16 * 6

    code, state, t_hi, t_lo, was, now = rig.read(at, 6)

    assert (code, state) == (layout.EV_STATE, TABLE.ST_CLOSED)
    assert (was, now) == (TABLE.ST_CLOSED, TABLE.ST_OPEN)
    assert rig.ms - (t_hi << 16 | t_lo) in range(0, 60)
    assert rig.read(layout.H_EVT_HEAD) == [head + 1]


def test_events_nobody_read_are_counted_as_lost():
    rig = Rig()
    events = rig.board.events
    rig.read(layout.EVENT_RING, 96)
    for n in range(16):
        events.emit(100, n)
    assert events.lost == 0
    for n in range(5):
        events.emit(101, n)
    assert rig.read(layout.H_EVT_LOST) == [5]
    rig.read(layout.EVENT_RING, 6)
    for n in range(16):
        events.emit(102, n)
    assert events.lost == 5


def test_faults_and_counters_outlive_a_reset():
    rig = Rig()
    rig.run_ms(100)
    rig.board.events.emit(layout.EV_FAULT, 77, 88)
    rig.board.io.PASSED = 123456
    rig.run_ms(10100)  # storage is given a rest of 10 s

    again = Rig(store=rig.store)

    assert again.board.io.PASSED == 123456
    assert again.read(layout.H_BOOT_CNT) == [2]
    assert again.board.events.head > rig.board.events.head
    reply = again.ask(bytes([20, 7, 6, 0, 2, 0, 0, 0, 8]))
    assert struct.unpack(">8H", reply[4:])[:2] == (1, layout.EV_FAULT)
    assert struct.unpack(">8H", reply[4:])[5:] == (77, 88, 1)
    assert again.ask(bytes([20, 7, 6, 0, 2, 0, 255, 0, 8])) == bytes([0x94, 2])
    assert again.ask(bytes([21, 9, 6, 0, 2, 0, 0, 0, 1, 0, 0])) == bytes([0x95, 2])


def test_storage_is_written_seldom():
    rig = Rig()
    writes = []
    write = rig.store.write

    def count(name, data):
        writes.append(rig.ms)
        write(name, data)

    rig.store.write = count
    for _ in range(60):
        rig.board.events.emit(layout.EV_FAULT, 1)
        rig.run_ms(1000)
    assert len(writes) <= 6


def send_list(rig, tokens, crc=None, count=None):
    """Write a white-list as the gateway does; the reply of the last write."""
    body = struct.pack(">%dI" % len(tokens), *tokens)
    record = 2
    for at in range(0, len(body), 240):
        piece = body[at : at + 240]
        n = len(piece) // 2
        rig.ask(bytes([21, 7 + len(piece), 6, 0, 1, record >> 8, record & 0xFF, 0, n]) + piece)
        record += n
    head = struct.pack(
        ">HH",
        len(tokens) if count is None else count,
        crc16(body, 0, len(body)) if crc is None else crc,
    )
    return rig.ask(bytes([21, 11, 6, 0, 1, 0, 0, 0, 2]) + head)


def test_a_white_list_is_written_checked_used_and_kept():
    rig = Rig()
    tokens = [3 + 536 * n for n in range(2000)]

    assert send_list(rig, tokens)[0] == 21
    rig.run_ms(100)

    whitelist = rig.board.whitelist
    assert (whitelist.count, rig.board.io.LIST_COUNT) == (2000, 2000)
    assert rig.board.io.LIST_CRC == whitelist.crc
    assert tokens[0] in whitelist and tokens[999] in whitelist and tokens[-1] in whitelist
    assert 4 not in whitelist and 0 not in whitelist and 0x3FFFFFFF not in whitelist
    again = Rig(store=rig.store).board.whitelist
    assert again.count == 2000 and tokens[1234] in again


def test_a_white_list_that_does_not_hold_is_refused_and_the_old_one_stays():
    rig = Rig()
    send_list(rig, [5, 6, 7])
    assert send_list(rig, [8, 9], crc=1) == bytes([0x95, 3])
    assert send_list(rig, [9, 8]) == bytes([0x95, 3])
    assert send_list(rig, [8, 8]) == bytes([0x95, 3])
    assert send_list(rig, [0, 8]) == bytes([0x95, 3])
    assert send_list(rig, [8, 0x40000000]) == bytes([0x95, 3])
    assert send_list(rig, [8, 9], count=2001) == bytes([0x95, 3])
    assert rig.board.whitelist.count == 3 and 6 in rig.board.whitelist
    rig.run_ms(100)
    assert 6 in Rig(store=rig.store).board.whitelist
    assert send_list(rig, [])[0] == 21
    assert 6 not in rig.board.whitelist


def test_a_broadcast_beat_reaches_the_board_without_an_answer():
    rig = Rig()
    assert rig.ask(bytes([6, 0, 0x40, 0, 9]), unit=0) == b""
    assert rig.read(layout.C_GW_HB) == [9]
    assert rig.ask(bytes([6, 0, 0x40, 0, 10]), unit=8) == b""
    assert rig.read(layout.C_GW_HB) == [9]


def test_storage_that_is_empty_is_a_new_board():
    rig = Rig(store=MemoryStore())
    assert rig.read(layout.H_BOOT_CNT) == [1]
