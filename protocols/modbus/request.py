"""A Modbus request as the client engine sends it: made once, sent as often as wanted, allocating nothing after that.

::

    poll = Request(unit=17).read(3, 0x0000, 64)       # function 3, 64 registers from 0
    write = Request(unit=17).write_registers(0x40, array("H", ...))
    ...                                               # a client sends it and calls back when it's over
    if poll.status == DONE:
        poll.registers(image, 0)                      # into array("H"), or poll.values() for a tuple

The methods that make a request raise ValueError for what no standard request can hold: that is a mistake in a program,
never something that arrived. What a reply holds is readable until the call-back returns, since it isn't copied.
"""

import struct

from protocols.modbus.checks import check, check_range, check_record
from protocols.modbus.codes import (
    COIL_ON,
    ENCAPSULATED_INTERFACE,
    FILE_REFERENCE,
    MAX_FILE_READ_BYTES,
    MAX_FILE_WRITE_BYTES,
    MAX_PDU,
    MAX_READ_BITS,
    MAX_READ_REGISTERS,
    MAX_READ_WRITE_WRITE,
    MAX_WRITE_BITS,
    MAX_WRITE_REGISTERS,
    MEI_DEVICE_ID,
)
from protocols.modbus.crc import seal
from protocols.modbus.head import put_head
from protocols.modbus.identity import identity_size
from protocols.modbus.registers import copy, get_bits, get_registers, put_bits, put_registers
from protocols.port import const

DONE = const(0)
"""Status: answered. A status of 1 to 255 is the exception code answered with."""
IDLE = const(-1)
PENDING = const(-2)
TIMEOUT = const(-3)
CANCELLED = const(-4)
"""Status: the connection went away under it. Whether the server executed it isn't known."""

FOREIGN = const(-5)
"""Judgement: the reply to something else."""
MALFORMED = const(-6)
"""Judgement: no reply that the standard allows to this request."""

_UNIT = const(6)
_PDU = const(7)  # both after room for the MBAP header, so that one buffer serves RTU and TCP

# What a reply is held against: so many bytes of the request's PDU, for a write; for a read its own byte count (0).
_RECORDS = const(-1)
_IDENTITY = const(-2)


class Request:
    """One request to one unit, and after its call-back what came of it.

    `status`: see above. `fc`: its function. `tag`: the caller's own. A request under way must not be changed.
    ``room``: bytes of PDU that it can hold; 5 do for reading and for single writes, on a board that counts its bytes.
    """

    __slots__ = (
        "_adu",
        "_count",
        "_echo",
        "_format",
        "_n",
        "_reply",
        "_reply_at",
        "_reply_n",
        "deadline",
        "fc",
        "rtu",
        "status",
        "tag",
        "tcp",
        "tid",
        "unit",
    )

    def __init__(self, unit, room=MAX_PDU, tag=None):
        self.unit = unit
        self.fc = 0
        self.status = IDLE
        self.tag = tag
        self.tid = 0
        self.deadline = 0
        self.rtu = None
        self.tcp = None
        self._adu = bytearray(_PDU + room + 2)
        self._adu[_UNIT] = unit
        self._n = 0
        self._count = 0
        self._echo = 0
        self._reply_n = 0
        self._format = None
        self._reply = None
        self._reply_at = 0

    # Making it.

    def read(self, fc, address, count):
        """Read bits (``fc`` 1, 2: at most 2,000) or registers (``fc`` 3, 4: at most 125); return the request."""
        if fc != self.fc or count != self._count:
            if fc < 1 or fc > 4:
                raise ValueError(f"function {fc} doesn't read registers or bits")
            check_range(address, count, MAX_READ_BITS if fc <= 2 else MAX_READ_REGISTERS)
            self._shape(fc, 5, 2 + ((count + 7) >> 3 if fc <= 2 else 2 * count), 0, count)
        elif address < 0 or address + count > 65536:
            check_range(address, count, count)
        adu = self._adu
        put_head(adu, _PDU, fc, address, count)
        seal(adu, _UNIT, 6)
        self.status = IDLE
        return self

    def write_coil(self, address, on):
        """Set one coil (function 5)."""
        return self._write_one(5, address, COIL_ON if on else 0)

    def write_register(self, address, value):
        """Set one register (function 6) to ``value``, 0..65535 or -32768..32767."""
        check(-32768 <= value <= 65535, "a register holds 16 bits")
        return self._write_one(6, address, value & 0xFFFF)

    def _write_one(self, fc, address, value):
        check_range(address, 1, 1)
        put_head(self._shape(fc, 5, 5, 5, 0), _PDU, fc, address, value)
        return self._seal()

    def write_bits(self, address, bits, first=0, count=-1):
        """Set coils (function 15, at most 1,968) from ``bits``, a byte (0 or 1) each."""
        count = len(bits) - first if count < 0 else count
        check_range(address, count, MAX_WRITE_BITS)
        size = (count + 7) >> 3
        adu = self._shape(15, 6 + size, 5, 5, 0)
        put_head(adu, _PDU, 15, address, count)
        adu[_PDU + 5] = size
        check(put_bits(bits, first, count, adu, _PDU + 6), "no such bits")
        return self._seal()

    def write_registers(self, address, regs, first=0, count=-1):
        """Set registers (function 16, at most 123) from ``regs``, an ``array("H")``."""
        count = len(regs) - first if count < 0 else count
        check_range(address, count, MAX_WRITE_REGISTERS)
        adu = self._shape(16, 6 + 2 * count, 5, 5, 0)
        put_head(adu, _PDU, 16, address, count)
        adu[_PDU + 5] = 2 * count
        check(put_registers(regs, first, count, adu, _PDU + 6), "no such registers")
        return self._seal()

    def mask_write(self, address, and_mask, or_mask):
        """Set a register to ``(value & and_mask) | (or_mask & ~and_mask)`` (function 22)."""
        check_range(address, 1, 1)
        check(0 <= and_mask <= 65535 and 0 <= or_mask <= 65535, "a mask has 16 bits")
        put_head(self._shape(22, 7, 7, 7, 0), _PDU, 22, address, and_mask)
        self._put16(5, or_mask)
        return self._seal()

    def read_write(self, read_from, read_count, write_to, regs, first=0, count=-1):
        """Write ``regs`` (at most 121), then read ``read_count`` registers (at most 125), in one go (function 23)."""
        count = len(regs) - first if count < 0 else count
        check_range(read_from, read_count, MAX_READ_REGISTERS)
        check_range(write_to, count, MAX_READ_WRITE_WRITE)
        adu = self._shape(23, 10 + 2 * count, 2 + 2 * read_count, 0, read_count)
        put_head(adu, _PDU, 23, read_from, read_count)
        self._put16(5, write_to)
        self._put16(7, count)
        adu[_PDU + 9] = 2 * count
        check(put_registers(regs, first, count, adu, _PDU + 10), "no such registers")
        return self._seal()

    def read_files(self, groups):
        """Read file records (function 20): ``groups`` of (file, record, count of registers)."""
        size = 7 * len(groups)
        reply = sum([2 + 2 * count for _, _, count in groups])
        check(0 < size <= MAX_FILE_READ_BYTES and reply <= MAX_FILE_READ_BYTES, "no reply can hold so many records")
        adu = self._shape(20, 2 + size, 2 + reply, _RECORDS, len(groups))
        adu[_PDU + 1] = size
        at = 2
        for file, record, count in groups:
            check_record(file, record, count)
            adu[_PDU + at] = FILE_REFERENCE
            self._put16(at + 1, file)
            self._put16(at + 3, record)
            self._put16(at + 5, count)
            at += 7
        return self._seal()

    def write_files(self, groups):
        """Write file records (function 21): ``groups`` of (file, record, big-endian bytes)."""
        size = sum([7 + len(data) for _, _, data in groups])
        check(0 < size <= MAX_FILE_WRITE_BYTES, "no request can hold so many records")
        adu = self._shape(21, 2 + size, 2 + size, 2 + size, 0)
        adu[_PDU + 1] = size
        at = 2
        for file, record, data in groups:
            check(len(data) % 2 == 0, "a record is whole registers")
            check_record(file, record, len(data) // 2)
            adu[_PDU + at] = FILE_REFERENCE
            self._put16(at + 1, file)
            self._put16(at + 3, record)
            self._put16(at + 5, len(data) // 2)
            copy(data, 0, len(data), adu, _PDU + at + 7)
            at += 7 + len(data)
        return self._seal()

    def read_device_id(self, code=1, object_id=0):
        """Read the device identification (function 43/14); ``code`` 1 basic, 2 regular, 3 extended, 4 one object."""
        check(1 <= code <= 4 and 0 <= object_id <= 255, "no such identification")
        adu = self._shape(ENCAPSULATED_INTERFACE, 4, 0, _IDENTITY, 0)  # the reply says its own length
        adu[_PDU + 1] = MEI_DEVICE_ID
        adu[_PDU + 2] = code
        adu[_PDU + 3] = object_id
        return self._seal()

    # What came of it.

    def registers(self, regs, first=0):
        """Put the registers read (functions 3, 4, 23) into ``regs`` (``array("H")``) from ``first``; False: no room."""
        return get_registers(self._reply, self._reply_at + 2, self._count, regs, first)

    def bits(self, bits, first=0):
        """Put the bits read (functions 1, 2) into ``bits``, a byte (0 or 1) each, from ``first``; False: no room."""
        return get_bits(self._reply, self._reply_at + 2, self._count, bits, first)

    def values(self):
        """Return the registers read as a new tuple: for CPython, where that's the quickest."""
        if self._format is None:
            self._format = f">{self._count}H"
        return struct.unpack_from(self._format, self._reply, self._reply_at + 2)

    def records(self):
        """Return the file records read (function 20) as new bytes, one for each group."""
        found = []
        at = self._reply_at + 2
        for _ in range(self._count):
            size = self._reply[at]
            found.append(bytes(self._reply[at + 2 : at + 1 + size]))
            at += 1 + size
        return found

    def objects(self):
        """Return the identification read (function 43/14) as a new dict of object id to bytes."""
        found = {}
        reply = self._reply
        at = self._reply_at + 7
        for _ in range(reply[self._reply_at + 6]):
            found[reply[at]] = bytes(reply[at + 2 : at + 2 + reply[at + 1]])
            at += 2 + reply[at + 1]
        return found

    def next_object(self):
        """Return the object to ask for next when the identification (function 43/14) didn't fit, else 0."""
        at = self._reply_at
        return self._reply[at + 5] if self._reply[at + 4] else 0

    # For the client engine.

    def pdu(self):
        """Return the request PDU as new bytes, for tests and traces."""
        return bytes(self._adu[_PDU : _PDU + self._n])

    def set_tid(self, tid):
        """Set the transaction id of the TCP frame."""
        self.tid = tid
        adu = self._adu
        adu[0] = tid >> 8
        adu[1] = tid & 0xFF

    def reply_size(self, buf, at, n):
        """Return the length of the reply PDU of which ``n`` bytes are at ``buf[at:]``; 0 when that isn't known yet."""
        if n < 2:
            return 0
        if buf[at] & 0x80:
            return 2
        return self._reply_n or identity_size(buf, at, n)

    def judge(self, buf, at, n):
        """Return the status that the reply PDU (``n`` bytes at ``buf[at:]``) gives this request, FOREIGN or MALFORMED.

        With DONE the accessors read from that buffer.
        """
        fc = buf[at]
        if fc != self.fc:
            if fc != self.fc | 0x80:
                return FOREIGN
            return buf[at + 1] if n == 2 and buf[at + 1] else MALFORMED
        expected = self._reply_n or identity_size(buf, at, n)
        if n != expected:
            return MALFORMED
        echo = self._echo
        if echo == 0:
            if buf[at + 1] != n - 2:
                return MALFORMED
        elif echo > 0:
            adu = self._adu
            for i in range(1, echo):
                if buf[at + i] != adu[_PDU + i]:
                    return FOREIGN
        elif echo == _IDENTITY:
            if buf[at + 1] != MEI_DEVICE_ID or buf[at + 2] != self._adu[_PDU + 2]:
                return FOREIGN
        elif buf[at + 1] != n - 2 or not self._groups_fit(buf, at):
            return MALFORMED
        self._reply = buf
        self._reply_at = at
        return DONE

    def _groups_fit(self, buf, at):
        group = at + 2
        for i in range(self._count):
            asked = _PDU + 2 + 7 * i + 5
            size = 2 * ((self._adu[asked] << 8) | self._adu[asked + 1]) + 1
            if buf[group] != size or buf[group + 1] != FILE_REFERENCE:
                return False
            group += 1 + size
        return True

    def _shape(self, fc, n, reply_n, echo, count):
        # A request that keeps its shape keeps its views: a write repeated with other values allocates nothing.
        adu = self._adu
        if n > MAX_PDU or _PDU + n + 2 > len(adu):
            raise ValueError(f"a PDU of {n} bytes has no room in this request")
        if n != self._n:
            self._n = n
            adu[5] = n + 1
            self.rtu = memoryview(adu)[_UNIT : _PDU + n + 2]
            self.tcp = memoryview(adu)[: _PDU + n]
        if count != self._count:
            self._count = count
            self._format = None
        self.fc = adu[_PDU] = fc
        self._reply_n = reply_n
        self._echo = echo
        return adu

    def _put16(self, at, value):
        adu = self._adu
        adu[_PDU + at] = value >> 8
        adu[_PDU + at + 1] = value & 0xFF

    def _seal(self):
        seal(self._adu, _UNIT, self._n + 1)
        self.status = IDLE
        return self
