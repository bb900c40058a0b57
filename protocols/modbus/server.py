"""Modbus server engine: a request PDU in, the reply PDU out.

::

    server = Server(bank)                       # bank: protocols.modbus.bank.Bank
    n = server.handle(request, n_in, reply)     # reply[:n] is to be sent; 0: nothing is

What arrives never raises. A request that isn't answered with its function changed nothing. Checks, in the order of the
standard's state diagrams: function (1), length and quantity (3), address (2), then whatever the bank says.
"""

from protocols.modbus.codes import (
    COIL_ON,
    FILE_REFERENCE,
    ILLEGAL_ADDRESS,
    ILLEGAL_FUNCTION,
    ILLEGAL_VALUE,
    MAX_FILE_READ_BYTES,
    MAX_FILE_WRITE_BYTES,
    MAX_READ_BITS,
    MAX_READ_REGISTERS,
    MAX_READ_WRITE_WRITE,
    MAX_RECORD,
    MAX_WRITE_BITS,
    MAX_WRITE_REGISTERS,
    MEI_DEVICE_ID,
    WRITE_MULTIPLE_COILS,
)
from protocols.modbus.head import read_span
from protocols.modbus.identity import Identity
from protocols.modbus.registers import copy
from protocols.port import const

_FUNCTIONS = const(44)  # one more than the highest function code
# Broadcast reaches what only writes: 5, 6, 15, 16, 21, 22 (23 would have to answer).
_BROADCAST = (1 << 5) | (1 << 6) | (1 << 15) | (1 << 16) | (1 << 21) | (1 << 22)


class Server:
    """Answers for one bank; any number of RTU and TCP framings may share it.

    `exceptions` counts the exception replies.
    """

    def __init__(self, bank):
        self.bank = bank
        self.exceptions = 0
        self._identity = Identity(bank)
        # Bound once: taking a bound method allocates on a board.
        handlers = [None] * _FUNCTIONS
        handlers[1] = handlers[2] = self._read_bits
        handlers[3] = handlers[4] = self._read_registers
        handlers[5] = self._write_coil
        handlers[6] = self._write_register
        handlers[15] = self._write_bits
        handlers[16] = self._write_registers
        handlers[20] = self._read_files
        handlers[21] = self._write_files
        handlers[22] = self._mask_write
        handlers[23] = self._read_write
        handlers[43] = self._encapsulated
        self._handlers = handlers

    def handle(self, pdu_in, n_in, pdu_out, broadcast=False, at=0, to=0):
        """Execute the ``n_in`` bytes at ``pdu_in[at:]``; return the length of the reply put at ``pdu_out[to:]``.

        The two are different buffers, the second with room for 253 bytes. 0 means that nothing is to be sent: a
        broadcast, no PDU at all, or a function code with its top bit set (another server's exception on the line).
        """
        if n_in < 1:
            return 0
        fc = pdu_in[at]
        if fc & 0x80:
            return 0
        handler = self._handlers[fc] if fc < _FUNCTIONS else None
        if broadcast:
            if handler is not None and fc < 32 and (_BROADCAST >> fc) & 1:
                handler(fc, pdu_in, at, n_in, pdu_out, to)
            return 0
        n = -ILLEGAL_FUNCTION if handler is None else handler(fc, pdu_in, at, n_in, pdu_out, to)
        if n > 0:
            return n
        self.exceptions += 1
        pdu_out[to] = fc | 0x80
        pdu_out[to + 1] = -n
        return 2

    # A handler returns the length of its reply, or an exception code with a minus sign.

    def _read_registers(self, fc, pdu, at, n, out, to):
        span = read_span(pdu, at, n, MAX_READ_REGISTERS)
        if span < 0:
            return span
        count = span >> 16
        code = self.bank.read_registers(fc, span & 0xFFFF, count, out, to + 2)
        if code:
            return -code
        out[to] = fc
        out[to + 1] = count << 1
        return (count << 1) + 2

    def _read_bits(self, fc, pdu, at, n, out, to):
        span = read_span(pdu, at, n, MAX_READ_BITS)
        if span < 0:
            return span
        count = span >> 16
        code = self.bank.read_bits(fc, span & 0xFFFF, count, out, to + 2)
        if code:
            return -code
        out[to] = fc
        out[to + 1] = (count + 7) >> 3
        return ((count + 7) >> 3) + 2

    def _write_coil(self, fc, pdu, at, n, out, to):
        if n != 5:
            return -ILLEGAL_VALUE
        value = (pdu[at + 3] << 8) | pdu[at + 4]
        if value != 0 and value != COIL_ON:  # "in" would make a tuple
            return -ILLEGAL_VALUE
        # The reply's fourth byte serves as the packed bit that the bank reads, before the echo overwrites it.
        out[to + 3] = 1 if value else 0
        code = self.bank.write_bits(fc, (pdu[at + 1] << 8) | pdu[at + 2], 1, out, to + 3)
        if code:
            return -code
        copy(pdu, at, 5, out, to)
        return 5

    def _write_register(self, fc, pdu, at, n, out, to):
        if n != 5:
            return -ILLEGAL_VALUE
        code = self.bank.write_registers(fc, (pdu[at + 1] << 8) | pdu[at + 2], 1, pdu, at + 3)
        if code:
            return -code
        copy(pdu, at, 5, out, to)
        return 5

    def _write_bits(self, fc, pdu, at, n, out, to):
        return self._write_many(fc, pdu, at, n, out, to, MAX_WRITE_BITS)

    def _write_registers(self, fc, pdu, at, n, out, to):
        return self._write_many(fc, pdu, at, n, out, to, MAX_WRITE_REGISTERS)

    def _write_many(self, fc, pdu, at, n, out, to, most):
        if n < 6:
            return -ILLEGAL_VALUE
        count = (pdu[at + 3] << 8) | pdu[at + 4]
        size = (count + 7) >> 3 if fc == WRITE_MULTIPLE_COILS else count << 1
        if count < 1 or count > most or pdu[at + 5] != size or n != size + 6:
            return -ILLEGAL_VALUE
        address = (pdu[at + 1] << 8) | pdu[at + 2]
        if address + count > 65536:
            return -ILLEGAL_ADDRESS
        if fc == WRITE_MULTIPLE_COILS:
            code = self.bank.write_bits(fc, address, count, pdu, at + 6)
        else:
            code = self.bank.write_registers(fc, address, count, pdu, at + 6)
        if code:
            return -code
        copy(pdu, at, 5, out, to)
        return 5

    def _mask_write(self, fc, pdu, at, n, out, to):
        if n != 7:
            return -ILLEGAL_VALUE
        address = (pdu[at + 1] << 8) | pdu[at + 2]
        code = self.bank.mask_write(address, (pdu[at + 3] << 8) | pdu[at + 4], (pdu[at + 5] << 8) | pdu[at + 6])
        if code:
            return -code
        copy(pdu, at, 7, out, to)
        return 7

    def _read_write(self, fc, pdu, at, n, out, to):
        if n < 10:
            return -ILLEGAL_VALUE
        reads = (pdu[at + 3] << 8) | pdu[at + 4]
        writes = (pdu[at + 7] << 8) | pdu[at + 8]
        if reads < 1 or reads > MAX_READ_REGISTERS or writes < 1 or writes > MAX_READ_WRITE_WRITE:
            return -ILLEGAL_VALUE
        if pdu[at + 9] != writes << 1 or n != (writes << 1) + 10:
            return -ILLEGAL_VALUE
        read_from = (pdu[at + 1] << 8) | pdu[at + 2]
        write_to = (pdu[at + 5] << 8) | pdu[at + 6]
        if read_from + reads > 65536 or write_to + writes > 65536:
            return -ILLEGAL_ADDRESS
        # It writes first, then reads; but a read that cannot be must not leave the write behind, so it's tried before.
        code = self.bank.read_registers(fc, read_from, reads, out, to + 2)
        if not code:
            code = self.bank.write_registers(fc, write_to, writes, pdu, at + 10)
        if not code:
            code = self.bank.read_registers(fc, read_from, reads, out, to + 2)
        if code:
            return -code
        out[to] = fc
        out[to + 1] = reads << 1
        return (reads << 1) + 2

    def _read_files(self, fc, pdu, at, n, out, to):
        size = pdu[at + 1] if n > 1 else 0
        if size < 7 or size > MAX_FILE_READ_BYTES or size % 7 or n != size + 2:
            return -ILLEGAL_VALUE
        bank = self.bank
        end = at + n
        used = 2
        group = at + 2
        while group < end:
            count = (pdu[group + 5] << 8) | pdu[group + 6]
            if count < 1 or used + 2 + (count << 1) > MAX_FILE_READ_BYTES + 2:
                return -ILLEGAL_VALUE
            if self._no_such_record(pdu, group, count):
                return -ILLEGAL_ADDRESS
            file = (pdu[group + 1] << 8) | pdu[group + 2]
            code = bank.read_file(file, (pdu[group + 3] << 8) | pdu[group + 4], count, out, to + used + 2)
            if code:
                return -code
            out[to + used] = (count << 1) + 1
            out[to + used + 1] = FILE_REFERENCE
            used += (count << 1) + 2
            group += 7
        out[to] = fc
        out[to + 1] = used - 2
        return used

    def _write_files(self, fc, pdu, at, n, out, to):
        size = pdu[at + 1] if n > 1 else 0
        if size < 9 or size > MAX_FILE_WRITE_BYTES or n != size + 2:
            return -ILLEGAL_VALUE
        # The groups are all looked at before any is written: a bad one spoils them all.
        end = at + n
        group = at + 2
        while group < end:
            count = (pdu[group + 5] << 8) | pdu[group + 6] if group + 9 <= end else 0
            if count < 1 or group + 7 + (count << 1) > end:
                return -ILLEGAL_VALUE
            if self._no_such_record(pdu, group, count):
                return -ILLEGAL_ADDRESS
            group += 7 + (count << 1)
        bank = self.bank
        group = at + 2
        while group < end:
            count = (pdu[group + 5] << 8) | pdu[group + 6]
            file = (pdu[group + 1] << 8) | pdu[group + 2]
            code = bank.write_file(file, (pdu[group + 3] << 8) | pdu[group + 4], count, pdu, group + 7)
            if code:
                return -code
            group += 7 + (count << 1)
        copy(pdu, at, n, out, to)
        return n

    def _no_such_record(self, pdu, group, count):
        # The standard answers a bad reference type, file or record with "illegal address" (6.14, 6.15).
        record = (pdu[group + 3] << 8) | pdu[group + 4]
        file = (pdu[group + 1] << 8) | pdu[group + 2]
        return pdu[group] != FILE_REFERENCE or file == 0 or record + count > MAX_RECORD + 1

    def _encapsulated(self, fc, pdu, at, n, out, to):
        if n < 2 or pdu[at + 1] != MEI_DEVICE_ID:
            return -ILLEGAL_FUNCTION
        if n != 4:
            return -ILLEGAL_VALUE
        return self._identity.reply(pdu[at + 2], pdu[at + 3], out, to)
