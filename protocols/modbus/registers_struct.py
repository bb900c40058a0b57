"""Registers to and from the wire for CPython, a block at a time (MicroPython's arrays have no ``byteswap``)."""

import sys
from array import array

from protocols.modbus.registers_plain import _outside

_SWAP = sys.byteorder == "little"


def put_registers(regs, first, n, out, at):
    """Put ``n`` registers from ``regs[first]`` at ``out[at:]``."""
    if _outside(first, n, len(regs)) or _outside(at, 2 * n, len(out)):
        return False
    part = regs[first : first + n]
    if _SWAP:
        part.byteswap()
    out[at : at + 2 * n] = part.tobytes()
    return True


def get_registers(data, at, n, regs, first):
    """Put the ``n`` registers at ``data[at:]`` into ``regs`` (``array('H')`` or ``'h'``) from ``first``."""
    if _outside(first, n, len(regs)) or _outside(at, 2 * n, len(data)):
        return False
    part = array(regs.typecode, bytes(data[at : at + 2 * n]))
    if _SWAP:
        part.byteswap()
    regs[first : first + n] = part
    return True


def copy(src, at, n, out, to):
    """Put ``n`` bytes from ``src[at]`` at ``out[to:]``."""
    if _outside(at, n, len(src)) or _outside(to, n, len(out)):
        return False
    out[to : to + n] = src[at : at + n]
    return True
