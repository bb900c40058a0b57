"""The I/O link between a board and the emulated world: "the emulator is the world".

The world hands out inputs, time and serial bytes; a board answers with outputs, its next wake time and serial bytes.
Strictly request and reply: a board has one STEP outstanding, and the world answers it when its wake time is reached or
serial bytes arrive earlier. With a wall clock behind the world that is real time, without one deterministic lockstep.

Frames are little-endian: ``u8 type, u16 payload length, payload``; a text is ``u8 length, bytes``.

HELLO 0x01
    u16 dev_id, text program, u16 sheet_crc, text runtime, u16 wdt_ms, u16 tcp_port
WELCOME 0x81
    u8 reset_cause, u32 now_ms, u32 now_us
STEP 0x02
    u8 flags, u32 wake_us, [outputs: u16 DO words..., i16 AO...], u16 n, n serial bytes sent,
    [field: u16 n, n bytes sent on the field line]
WORLD 0x82
    u8 flags, u32 now_ms, u32 now_us, [inputs: u16 DI contact words..., u16 DI fresh words..., i32 AI..., i32 BI...],
    u16 n, u32 rx_end_us, n serial bytes received, [field: u16 n, u32 rx_end_us, n bytes from the field line]

What stands in brackets is there when a flag says so: a board without a field line, or one whose line is quiet, has the
shorter frames. A field line is the board's own (it is the client there), the first line is the gateway's.

Both ends work on flat arrays in the order of the program's table. `raw` is DI, then AI, then BI (``array('i')``): a DI
is its contact level, 1 = closed, and NO_SAMPLE stands where nothing fresh arrived. `out` is DO, then AO. Times are
ticks (`protocols.ticks`). Buffers are made once; encoding and decoding allocate nothing. A malformed frame decodes to
type 0 and changes nothing else.
"""

from protocols.layout import NO_SAMPLE
from protocols.port import const

HELLO = const(0x01)
STEP = const(0x02)
WELCOME = const(0x81)
WORLD = const(0x82)

STEP_OUTPUTS = const(1)  # outputs present
STEP_FED = const(2)  # the board fed its watchdog since its last STEP
STEP_RESET = const(4)  # the board asks for a reset (REBOOT command)
STEP_FIELD = const(8)  # bytes for the field line present
WORLD_INPUTS = const(1)  # inputs present
WORLD_DOWN = const(2)  # the link ends here: the board stops
WORLD_FIELD = const(4)  # bytes from the field line present

HEADER = const(3)  # bytes before the payload
MAX_BURST = const(512)  # longest run of serial bytes of one line in one frame
MAX_FRAME = const(2048)


class Shape:
    """How many channels of each kind a program has. Both ends must agree on it: the sheet CRC in HELLO tells.

    bi counts the bus inputs that come over the link; those of the field line come as its bytes.
    """

    def __init__(self, di, ai, bi, do, ao):
        self.di = di
        self.ai = ai
        self.bi = bi
        self.do = do
        self.ao = ao
        self.di_words = (di + 15) // 16
        self.do_words = (do + 15) // 16
        self.raw_len = di + ai + bi  # entries of `raw`
        self.out_len = do + ao  # entries of `out`
        self.inputs_bytes = 4 * self.di_words + 4 * (ai + bi)
        self.outputs_bytes = 2 * self.do_words + 2 * ao


def shape_of(table):
    """The Shape of a program's table (see `protocols.sheets.derive`)."""
    return Shape(len(table.DI), len(table.AI), len(table.BI) - len(table.FIELD), len(table.DO), len(table.AO))


def frame_type(buf):
    """Type byte of the frame that starts at buf[0]."""
    return buf[0]


def frame_length(buf):
    """Whole length in bytes, header included, of the frame that starts at buf[0] (its first 3 bytes must be there)."""
    return HEADER + (buf[1] | buf[2] << 8)


def _put16(buf, at, value):
    buf[at] = value & 0xFF
    buf[at + 1] = value >> 8 & 0xFF
    return at + 2


def _put32(buf, at, value):
    buf[at] = value & 0xFF
    buf[at + 1] = value >> 8 & 0xFF
    buf[at + 2] = value >> 16 & 0xFF
    buf[at + 3] = value >> 24 & 0xFF
    return at + 4


def _put_bytes(buf, at, data, n):
    at = _put16(buf, at, n)
    i = 0
    while i < n:
        buf[at + i] = data[i]
        i += 1
    return at + n


def _get16(buf, at):
    return buf[at] | buf[at + 1] << 8


def _get32(buf, at):
    """Signed 32 bits. The top byte is sign-extended first, so that nothing leaves the small-int range on the way."""
    top = buf[at + 3]
    if top & 0x80:
        top -= 0x100
    return buf[at] | buf[at + 1] << 8 | buf[at + 2] << 16 | top << 24


def _put_text(buf, at, text):
    buf[at] = len(text)
    at += 1
    buf[at : at + len(text)] = text
    return at + len(text)


class BoardEnd:
    """The board's end: makes HELLO and STEP in `buf`, reads WELCOME and WORLD.

    After `decode`: `flags`, `now_ms`, `now_us`, `reset_cause` (of WELCOME), and for serial bytes `rx_at`, `rx_n` (where
    they are in the decoded buffer) and `rx_end_us` (arrival of the last one); `field_at`, `field_n` and `field_end_us`
    for those of the field line.
    """

    def __init__(self, shape):
        self.shape = shape
        self.buf = bytearray(MAX_FRAME)
        self.flags = 0
        self.now_ms = 0
        self.now_us = 0
        self.reset_cause = 0
        self.rx_at = 0
        self.rx_n = 0
        self.rx_end_us = 0
        self.field_at = 0
        self.field_n = 0
        self.field_end_us = 0

    def hello(self, dev_id, program, sheet_crc, runtime, wdt_ms, tcp_port):
        """Write HELLO into `buf`; `program` and `runtime` are bytes (at most 255). Returns the frame's length."""
        buf = self.buf
        at = _put16(buf, HEADER, dev_id)
        at = _put_text(buf, at, program)
        at = _put16(buf, at, sheet_crc)
        at = _put_text(buf, at, runtime)
        at = _put16(buf, at, wdt_ms)
        at = _put16(buf, at, tcp_port)
        return _close(buf, HELLO, at)

    def step(self, flags, wake_us, out, tx, n_tx, field=None, n_field=0):
        """Write STEP into `buf`; `out` counts only with STEP_OUTPUTS in `flags`. Returns the frame's length."""
        if n_field:
            flags |= STEP_FIELD
        buf = self.buf
        buf[HEADER] = flags
        at = _put32(buf, HEADER + 1, wake_us)
        if flags & STEP_OUTPUTS:
            shape = self.shape
            n = shape.do
            at = _put_bits(buf, at, out, n)
            end = n + shape.ao
            while n < end:
                at = _put16(buf, at, out[n])
                n += 1
        at = _put_bytes(buf, at, tx, n_tx)
        if n_field:
            at = _put_bytes(buf, at, field, n_field)
        return _close(buf, STEP, at)

    def decode(self, buf, n, raw):
        """Read the frame buf[:n]; inputs go into `raw`. Returns WELCOME, WORLD, or 0 if it is neither or malformed."""
        if n < HEADER + 9 or frame_length(buf) != n:
            return 0
        kind = buf[0]
        if kind == WELCOME:
            if n != HEADER + 9:
                return 0
            self.reset_cause = buf[HEADER]
            self.flags = 0
            self.rx_n = 0
            self.field_n = 0
        elif kind == WORLD:
            shape = self.shape
            flags = buf[HEADER]
            at = HEADER + 9
            tail = at + (shape.inputs_bytes if flags & WORLD_INPUTS else 0)
            if n < tail + 6:
                return 0
            end = tail + 6 + _get16(buf, tail)
            if flags & WORLD_FIELD:
                if n < end + 6 or n != end + 6 + _get16(buf, end):
                    return 0
            elif n != end:
                return 0
            self.flags = flags
            if flags & WORLD_INPUTS:
                self._inputs(buf, at, raw)
            self.rx_n = _get16(buf, tail)
            self.rx_end_us = _get32(buf, tail + 2)
            self.rx_at = tail + 6
            self.field_n = 0
            if flags & WORLD_FIELD:
                self.field_n = _get16(buf, end)
                self.field_end_us = _get32(buf, end + 2)
                self.field_at = end + 6
        else:
            return 0
        self.now_ms = _get32(buf, HEADER + 1)
        self.now_us = _get32(buf, HEADER + 5)
        return kind

    def _inputs(self, buf, at, raw):
        shape = self.shape
        fresh = at + 2 * shape.di_words
        i = 0
        n = shape.di
        while i < n:
            byte = i >> 3
            bit = 1 << (i & 7)
            raw[i] = (1 if buf[at + byte] & bit else 0) if buf[fresh + byte] & bit else NO_SAMPLE
            i += 1
        at = fresh + 2 * shape.di_words
        n = shape.raw_len
        while i < n:
            raw[i] = _get32(buf, at)
            at += 4
            i += 1


class WorldEnd:
    """The world's end: makes WELCOME and WORLD in `buf`, reads HELLO and STEP.

    After a HELLO: `dev_id`, `program`, `sheet_crc`, `runtime`, `wdt_ms`, `tcp_port`. It is read without knowing the
    shape, so an end may be made with ``WorldEnd(None)`` and given its `shape` when the program is known. After a STEP:
    `flags`, `wake_us`, `tx_at`, `tx_n` (the serial bytes in the decoded buffer), `field_at`, `field_n` (those of the
    field line).
    """

    def __init__(self, shape):
        self.shape = shape
        self.buf = bytearray(MAX_FRAME)
        self.dev_id = 0
        self.program = b""
        self.sheet_crc = 0
        self.runtime = b""
        self.wdt_ms = 0
        self.tcp_port = 0
        self.flags = 0
        self.wake_us = 0
        self.tx_at = 0
        self.tx_n = 0
        self.field_at = 0
        self.field_n = 0

    def decode(self, buf, n, out):
        """Read the frame buf[:n]; outputs go into `out`. Returns HELLO, STEP, or 0 if it is neither or malformed."""
        if n < HEADER or frame_length(buf) != n:
            return 0
        if buf[0] == HELLO:
            return self._hello(buf, n)
        if buf[0] != STEP or n < HEADER + 7:
            return 0
        shape = self.shape
        flags = buf[HEADER]
        at = HEADER + 5
        tail = at + (shape.outputs_bytes if flags & STEP_OUTPUTS else 0)
        if n < tail + 2:
            return 0
        end = tail + 2 + _get16(buf, tail)
        if flags & STEP_FIELD:
            if n < end + 2 or n != end + 2 + _get16(buf, end):
                return 0
        elif n != end:
            return 0
        self.flags = flags
        self.wake_us = _get32(buf, HEADER + 1)
        if flags & STEP_OUTPUTS:
            i = 0
            while i < shape.do:
                out[i] = 1 if buf[at + (i >> 3)] & 1 << (i & 7) else 0
                i += 1
            at += 2 * shape.do_words
            while i < shape.out_len:
                value = _get16(buf, at)
                out[i] = value - 0x10000 if value & 0x8000 else value
                at += 2
                i += 1
        self.tx_n = _get16(buf, tail)
        self.tx_at = tail + 2
        self.field_n = _get16(buf, end) if flags & STEP_FIELD else 0
        self.field_at = end + 2
        return STEP

    def _hello(self, buf, n):
        if n < HEADER + 3:
            return 0
        at = HEADER + 2
        runtime = at + 1 + buf[at] + 2
        if n <= runtime or n != runtime + 1 + buf[runtime] + 4:
            return 0
        self.dev_id = _get16(buf, HEADER)
        self.program = bytes(buf[at + 1 : runtime - 2])
        self.sheet_crc = _get16(buf, runtime - 2)
        self.runtime = bytes(buf[runtime + 1 : n - 4])
        self.wdt_ms = _get16(buf, n - 4)
        self.tcp_port = _get16(buf, n - 2)
        return HELLO

    def welcome(self, reset_cause, now_ms, now_us):
        """Write WELCOME into `buf`; returns the frame's length."""
        buf = self.buf
        buf[HEADER] = reset_cause
        at = _put32(buf, HEADER + 1, now_ms)
        return _close(buf, WELCOME, _put32(buf, at, now_us))

    def world(self, flags, now_ms, now_us, raw, rx, n_rx, rx_end_us, field=None, n_field=0, field_end_us=0):
        """Write WORLD into `buf`; `raw` counts only with WORLD_INPUTS in `flags`. Returns the frame's length."""
        if n_field:
            flags |= WORLD_FIELD
        buf = self.buf
        buf[HEADER] = flags
        at = _put32(buf, HEADER + 1, now_ms)
        at = _put32(buf, at, now_us)
        if flags & WORLD_INPUTS:
            shape = self.shape
            fresh = at + 2 * shape.di_words
            at = self._contacts(at, fresh, raw)
            i = shape.di
            while i < shape.raw_len:
                at = _put32(buf, at, raw[i])
                i += 1
        at = _put_burst(buf, at, rx, n_rx, rx_end_us)
        if n_field:
            at = _put_burst(buf, at, field, n_field, field_end_us)
        return _close(buf, WORLD, at)

    def _contacts(self, at, fresh, raw):
        buf = self.buf
        end = fresh + (fresh - at)
        i = at
        while i < end:
            buf[i] = 0
            i += 1
        i = 0
        n = self.shape.di
        while i < n:
            value = raw[i]
            if value != NO_SAMPLE:
                bit = 1 << (i & 7)
                buf[fresh + (i >> 3)] |= bit
                if value:
                    buf[at + (i >> 3)] |= bit
            i += 1
        return end


def _put_burst(buf, at, data, n, end_us):
    at = _put32(buf, _put16(buf, at, n), end_us)
    i = 0
    while i < n:
        buf[at + i] = data[i]
        i += 1
    return at + n


def _put_bits(buf, at, values, count):
    """Pack values[:count] (0 or not) into whole 16-bit words, low byte and low bit first; returns the next position."""
    word = 0
    i = 0
    while i < count:
        if values[i]:
            word |= 1 << (i & 15)
        i += 1
        if not i & 15 or i == count:
            at = _put16(buf, at, word)
            word = 0
    return at


def _close(buf, kind, end):
    buf[0] = kind
    _put16(buf, 1, end - HEADER)
    return end
