"""Registers and bits to and from the wire in viper. Pointers know no bounds, so each range is checked first."""
# ruff: noqa: F821 - ptr8 and ptr16 are viper casts

import micropython


@micropython.viper
def put_registers(regs, first: int, n: int, out, at: int) -> bool:
    """Put ``n`` registers from ``regs[first]`` at ``out[at:]``."""
    if first < 0 or n < 0 or at < 0 or first + n > int(len(regs)) or at + 2 * n > int(len(out)):
        return False
    values = ptr16(regs)
    wire = ptr8(out)
    end = first + n
    while first < end:
        value = values[first]
        wire[at] = value >> 8
        wire[at + 1] = value
        at += 2
        first += 1
    return True


@micropython.viper
def get_registers(data, at: int, n: int, regs, first: int) -> bool:
    """Put the ``n`` registers at ``data[at:]`` into ``regs`` (``array('H')`` or ``'h'``) from ``first``."""
    if first < 0 or n < 0 or at < 0 or first + n > int(len(regs)) or at + 2 * n > int(len(data)):
        return False
    wire = ptr8(data)
    values = ptr16(regs)
    end = first + n
    while first < end:
        values[first] = (wire[at] << 8) | wire[at + 1]
        at += 2
        first += 1
    return True


@micropython.viper
def put_bits(bits, first: int, n: int, out, at: int) -> bool:
    """Pack ``n`` bits from ``bits[first]`` (a byte each) at ``out[at:]``; the bits that fill the last byte are 0."""
    if first < 0 or n < 0 or at < 0 or first + n > int(len(bits)) or at + ((n + 7) >> 3) > int(len(out)):
        return False
    flags = ptr8(bits)
    wire = ptr8(out)
    i = 0
    byte = 0
    while i < n:
        if flags[first + i]:
            byte |= 1 << (i & 7)
        i += 1
        if i & 7 == 0:
            wire[at] = byte
            at += 1
            byte = 0
    if n & 7:
        wire[at] = byte
    return True


@micropython.viper
def get_bits(data, at: int, n: int, bits, first: int) -> bool:
    """Put the ``n`` bits packed at ``data[at:]`` into ``bits`` from ``first``, a byte (0 or 1) each."""
    if first < 0 or n < 0 or at < 0 or first + n > int(len(bits)) or at + ((n + 7) >> 3) > int(len(data)):
        return False
    wire = ptr8(data)
    flags = ptr8(bits)
    i = 0
    while i < n:
        flags[first + i] = (wire[at + (i >> 3)] >> (i & 7)) & 1
        i += 1
    return True


@micropython.viper
def copy(src, at: int, n: int, out, to: int) -> bool:
    """Put ``n`` bytes from ``src[at]`` at ``out[to:]``."""
    if at < 0 or n < 0 or to < 0 or at + n > int(len(src)) or to + n > int(len(out)):
        return False
    source = ptr8(src)
    target = ptr8(out)
    end = at + n
    while at < end:
        target[to] = source[at]
        at += 1
        to += 1
    return True
