"""The I/O link's codec: what one end writes the other reads, and nothing else is taken."""

from array import array

from protocols import iolink
from protocols.layout import NO_SAMPLE

SHAPE = iolink.Shape(18, 3, 3, 9, 1)


def ends():
    return iolink.BoardEnd(SHAPE), iolink.WorldEnd(SHAPE), array("i", [7] * SHAPE.raw_len), array("i", [7] * 10)


def test_hello_tells_who_the_board_is():
    board, _, _, _ = ends()
    world = iolink.WorldEnd(None)

    n = board.hello(7, b"parking_lane", 0xABCD, b"micropython 1.28.0", 2000, 5021)

    assert world.decode(board.buf, n, None) == iolink.HELLO
    assert (world.dev_id, world.program, world.sheet_crc) == (7, b"parking_lane", 0xABCD)
    assert (world.runtime, world.wdt_ms, world.tcp_port) == (b"micropython 1.28.0", 2000, 5021)


def test_welcome_brings_reset_cause_and_time():
    board, world, raw, _ = ends()

    n = world.welcome(2, 0x3FFFFFFF, 123456)

    assert board.decode(world.buf, n, raw) == iolink.WELCOME
    assert (board.reset_cause, board.now_ms, board.now_us) == (2, 0x3FFFFFFF, 123456)


def test_step_brings_outputs_wake_time_and_serial_bytes():
    board, world, _, out = ends()
    sent = array("i", [1, 0, 1, 0, 0, 0, 0, 0, 1, -100])

    n = board.step(iolink.STEP_OUTPUTS | iolink.STEP_FED, 0x3FFFFFFF, sent, b"hello", 5)

    assert world.decode(board.buf, n, out) == iolink.STEP
    assert (list(out), world.flags, world.wake_us) == (list(sent), 3, 0x3FFFFFFF)
    assert bytes(board.buf[world.tx_at : world.tx_at + world.tx_n]) == b"hello"


def test_step_without_outputs_leaves_them():
    board, world, _, out = ends()

    n = board.step(iolink.STEP_RESET, 5, None, b"", 0)

    assert world.decode(board.buf, n, out) == iolink.STEP
    assert list(out) == [7] * 10
    assert (world.flags, world.tx_n) == (iolink.STEP_RESET, 0)


def test_world_brings_samples_and_says_which_are_fresh():
    board, world, raw, _ = ends()
    samples = array("i", [1, 0, NO_SAMPLE] + [1] * 15 + [5, -7, NO_SAMPLE, 0x3FFFFFFF, 0, NO_SAMPLE])

    n = world.world(iolink.WORLD_INPUTS, 1, 2, samples, b"abc", 3, 99)

    assert board.decode(world.buf, n, raw) == iolink.WORLD
    assert list(raw) == list(samples)
    assert (board.rx_n, board.rx_end_us) == (3, 99)
    assert bytes(world.buf[board.rx_at : board.rx_at + 3]) == b"abc"


def test_a_shorter_longer_or_foreign_frame_is_refused_and_changes_nothing():
    board, world, raw, out = ends()
    n = world.world(iolink.WORLD_INPUTS, 1, 2, array("i", [0] * SHAPE.raw_len), b"abc", 3, 99)
    frame = bytes(world.buf[:n])
    for cut in range(n):
        assert board.decode(frame[:cut] + b"\0" * (3 - cut), max(cut, 3), raw) == 0
        if cut > 3:  # the length says that this is all
            short = bytes([frame[0], (cut - 3) & 0xFF, (cut - 3) >> 8]) + frame[3:cut]
            assert board.decode(short, cut, raw) == 0
    assert board.decode(frame + b"\0", n + 1, raw) == 0
    assert world.decode(frame, n, out) == 0
    assert board.decode(b"\x55\x06\x00abcdef", 9, raw) == 0
    assert list(raw) == [7] * SHAPE.raw_len
    assert (board.now_ms, board.flags) == (0, 0)

    n = board.step(iolink.STEP_OUTPUTS, 5, array("i", [0] * 10), b"hello", 5)
    frame = bytes(board.buf[:n])
    for cut in range(4, n):
        short = bytes([frame[0], (cut - 3) & 0xFF, 0]) + frame[3:cut]
        assert world.decode(short, cut, out) == 0
    n = board.hello(7, b"parking_lane", 0xABCD, b"micropython", 2000, 0)
    frame = bytes(board.buf[:n])
    for cut in range(4, n):
        short = bytes([frame[0], (cut - 3) & 0xFF, 0]) + frame[3:cut]
        assert world.decode(short, cut, out) == 0
    assert list(out) == [7] * 10


def test_bytes_of_the_field_line_follow_those_of_the_first():
    board, world, raw, out = ends()

    n = board.step(iolink.STEP_OUTPUTS, 7, array("i", [0] * 10), b"hello", 5, b"field line", 10)
    assert world.decode(board.buf, n, out) == iolink.STEP
    assert bytes(board.buf[world.tx_at : world.tx_at + world.tx_n]) == b"hello"
    assert bytes(board.buf[world.field_at : world.field_at + world.field_n]) == b"field line"

    n = world.world(iolink.WORLD_INPUTS, 1, 2, raw, b"abc", 3, 99, b"answer", 6, 1234)
    assert board.decode(world.buf, n, raw) == iolink.WORLD
    assert bytes(world.buf[board.rx_at : board.rx_at + board.rx_n]) == b"abc"
    assert bytes(world.buf[board.field_at : board.field_at + board.field_n]) == b"answer"
    assert (board.rx_end_us, board.field_end_us) == (99, 1234)


def test_a_quiet_field_line_costs_no_byte_and_leaves_none_behind():
    board, world, raw, out = ends()
    world.decode(board.buf, board.step(0, 7, None, b"", 0, b"x", 1), out)
    board.decode(world.buf, world.world(0, 1, 2, raw, b"", 0, 0, b"y", 1, 9), raw)

    n = board.step(0, 7, None, b"", 0, b"", 0)
    assert n == iolink.HEADER + 7
    assert world.decode(board.buf, n, out) == iolink.STEP and world.field_n == 0
    n = world.world(0, 1, 2, raw, b"", 0, 0, b"", 0, 0)
    assert n == iolink.HEADER + 15
    assert board.decode(world.buf, n, raw) == iolink.WORLD and board.field_n == 0


def test_a_field_section_that_is_cut_or_too_long_is_refused():
    board, world, raw, out = ends()
    n = world.world(iolink.WORLD_INPUTS, 1, 2, raw, b"abc", 3, 99, b"answer", 6, 1234)
    frame = bytes(world.buf[:n])
    for cut in range(n - 12, n):
        short = bytes([frame[0], (cut - 3) & 0xFF, (cut - 3) >> 8]) + frame[3:cut]
        assert board.decode(short, cut, raw) == 0
    n = board.step(0, 7, None, b"hello", 5, b"field", 5)
    frame = bytes(board.buf[:n])
    for cut in range(n - 12, n):
        short = bytes([frame[0], (cut - 3) & 0xFF, (cut - 3) >> 8]) + frame[3:cut]
        assert world.decode(short, cut, out) == 0
