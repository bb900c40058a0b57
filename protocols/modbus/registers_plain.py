"""Registers and bits to and from the wire, byte by byte: for a port without the native emitter, and the reference."""


def _outside(first, n, held):
    return first < 0 or n < 0 or first + n > held


def put_registers(regs, first, n, out, at):
    """Put ``n`` registers from ``regs[first]`` at ``out[at:]``."""
    if _outside(first, n, len(regs)) or _outside(at, 2 * n, len(out)):
        return False
    for i in range(first, first + n):
        value = regs[i]
        out[at] = (value >> 8) & 0xFF
        out[at + 1] = value & 0xFF
        at += 2
    return True


def get_registers(data, at, n, regs, first):
    """Put the ``n`` registers at ``data[at:]`` into ``regs`` (``array('H')``) from ``first``."""
    if _outside(first, n, len(regs)) or _outside(at, 2 * n, len(data)):
        return False
    for i in range(first, first + n):
        regs[i] = (data[at] << 8) | data[at + 1]
        at += 2
    return True


def put_bits(bits, first, n, out, at):
    """Pack ``n`` bits from ``bits[first]`` (a byte each) at ``out[at:]``; the bits that fill the last byte are 0."""
    if _outside(first, n, len(bits)) or _outside(at, (n + 7) >> 3, len(out)):
        return False
    byte = 0
    for i in range(n):
        if bits[first + i]:
            byte |= 1 << (i & 7)
        if i & 7 == 7:
            out[at + (i >> 3)] = byte
            byte = 0
    if n & 7:
        out[at + (n >> 3)] = byte
    return True


def get_bits(data, at, n, bits, first):
    """Put the ``n`` bits packed at ``data[at:]`` into ``bits`` from ``first``, a byte (0 or 1) each."""
    if _outside(first, n, len(bits)) or _outside(at, (n + 7) >> 3, len(data)):
        return False
    for i in range(n):
        bits[first + i] = (data[at + (i >> 3)] >> (i & 7)) & 1
    return True


def copy(src, at, n, out, to):
    """Put ``n`` bytes from ``src[at]`` at ``out[to:]``."""
    if _outside(at, n, len(src)) or _outside(to, n, len(out)):
        return False
    for i in range(n):
        out[to + i] = src[at + i]
    return True
