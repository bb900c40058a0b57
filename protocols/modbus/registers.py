"""Registers and bits to and from the wire (big-endian; the first bit in the lowest bit of the first byte).

====================================  ================================================================================
``put_registers(regs, first, n, out, at)``    ``n`` registers of ``regs`` (``array('H')``, or ``'h'``) to ``out[at:]``
``get_registers(data, at, n, regs, first)``   ``n`` registers of ``data[at:]`` to ``regs``
``put_bits(bits, first, n, out, at)``         ``n`` bits (a byte each in ``bits``, 0 or 1) to ``out[at:]``, packed
``get_bits(data, at, n, bits, first)``        the other way
``copy(src, at, n, out, to)``                 ``n`` bytes; the ranges must not overlap in one buffer
====================================  ================================================================================

Each returns True, or False without copying anything when a range leaves its buffer: the viper twin writes through raw
pointers, so it looks first. None of them allocates on a board.
"""

from protocols.port import MICROPYTHON

if MICROPYTHON:
    try:
        from protocols.modbus.registers_viper import copy, get_bits, get_registers, put_bits, put_registers
    except (ImportError, SyntaxError, ValueError):  # no native emitter, or an .mpy for another processor
        from protocols.modbus.registers_plain import copy, get_bits, get_registers, put_bits, put_registers
else:
    from protocols.modbus.registers_plain import get_bits, put_bits
    from protocols.modbus.registers_struct import copy, get_registers, put_registers

__all__ = ("copy", "get_bits", "get_registers", "put_bits", "put_registers")
