"""Floats of 16, 32 and 64 bits in a buffer, and the shortest that holds a value (RFC 8949 section 4.2.2).

What can be asked of the bits is asked of them, byte by byte: 32 bits are no small int on a board, and a port with
single precision could not tell a double from what it keeps of it.
"""

import struct

_MAX_SINGLE = 3.4028234663852886e38
_INFINITY = float("inf")


def half_at(buf, at):
    """The half float at `at`. MicroPython's struct has no "e"."""
    high = buf[at]
    exponent = (high >> 2) & 31
    mantissa = (high & 3) << 8 | buf[at + 1]
    if exponent == 31:
        value = float("nan") if mantissa else _INFINITY
    elif exponent:
        value = (1024 + mantissa) * 2.0 ** (exponent - 25)
    else:
        value = mantissa * 2.0**-24
    return -value if high & 0x80 else value


def float_at(buf, at, width):
    """The float of `width` bytes (2, 4, 8) at `at`."""
    if width == 2:
        return half_at(buf, at)
    return struct.unpack_from(">f" if width == 4 else ">d", buf, at)[0]


def put_shortest(buf, at, x):
    """Write `x` at `at` in 2, 4 or 8 bytes, the fewest that keep it; return how many. There must be room for 8."""
    if x != x:
        buf[at] = 0x7E
        buf[at + 1] = 0
        return 2
    if -_MAX_SINGLE <= x <= _MAX_SINGLE or x == _INFINITY or x == -_INFINITY:
        struct.pack_into(">f", buf, at, x)
        if struct.unpack_from(">f", buf, at)[0] == x:
            return 2 if _halve(buf, at) else 4
    struct.pack_into(">d", buf, at, x)
    return 8


def _halve(buf, at):
    """Turn the single at `at` into a half if nothing is lost; return 1 if so. Any NaN counts as infinity."""
    sign = buf[at] & 0x80
    exponent = (buf[at] & 0x7F) << 1 | buf[at + 1] >> 7
    mantissa = (buf[at + 1] & 0x7F) << 16 | buf[at + 2] << 8 | buf[at + 3]
    if exponent == 255:
        half = 0x7C00
    elif exponent == 0:
        if mantissa:
            return 0
        half = 0
    else:
        power = exponent - 127
        if -14 <= power <= 15:
            if mantissa & 0x1FFF:
                return 0
            half = (power + 15) << 10 | mantissa >> 13
        elif -24 <= power < -14:
            shift = -1 - power
            mantissa |= 0x800000
            if mantissa & ((1 << shift) - 1):
                return 0
            half = mantissa >> shift
        else:
            return 0
    buf[at] = sign | half >> 8
    buf[at + 1] = half & 0xFF
    return 1


def is_shortest(buf, at, width, scratch):
    """Whether no shorter float has the value of the one at `at`, and a NaN is the one NaN; `scratch` has 4 bytes."""
    if width == 2:
        nan = buf[at] & 0x7C == 0x7C and (buf[at] & 3 or buf[at + 1])
        return not nan or (buf[at] == 0x7E and buf[at + 1] == 0)
    if width == 4:
        for i in range(4):
            scratch[i] = buf[at + i]
        return not _halve(scratch, 0)
    exponent = (buf[at] & 0x7F) << 4 | buf[at + 1] >> 4
    if exponent == 2047:
        return False
    if exponent == 0:
        return not _low_bits_clear(buf, at + 7, 52)
    power = exponent - 1023
    if power > 127 or power < -149:
        return True
    lost = 29 if power >= -126 else -97 - power  # mantissa bits that a single lacks here
    return not _low_bits_clear(buf, at + 7, lost)


def _low_bits_clear(buf, last, bits):
    while bits >= 8:
        if buf[last]:
            return False
        last -= 1
        bits -= 8
    return not buf[last] & ((1 << bits) - 1)
