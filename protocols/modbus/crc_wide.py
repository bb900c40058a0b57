"""CRC-16 for CPython: two bytes a step.

The CRC register is as wide as two bytes of data, so one look-up in a table of 65,536 takes in both; the table is the
sum (exclusive or, CRC being linear) of what each byte alone would give. 128 KB buy a third of the time of the table of
bytes, and the steps are over 16-bit words of a little-endian machine.
"""

import sys
from array import array

from protocols.modbus.crc_plain import TABLE
from protocols.modbus.crc_plain import crc16 as _crc16_by_bytes


def _words():
    first = [(crc >> 8) ^ TABLE[crc & 0xFF] for crc in TABLE]
    return array("H", [low ^ high for high in TABLE for low in first])


_WORDS = _words()


def _crc16_by_words(buf, at, n):
    words = _WORDS
    crc = 0xFFFF
    end = at + (n & ~1)
    for word in memoryview(buf)[at:end].cast("H"):
        crc = words[crc ^ word]
    if n & 1:
        crc = (crc >> 8) ^ TABLE[(crc ^ buf[end]) & 0xFF]
    return crc


crc16 = _crc16_by_words if sys.byteorder == "little" else _crc16_by_bytes


def seal(buf, at, n):
    """Put the CRC of ``n`` bytes of ``buf`` from ``at`` behind them; return ``n + 2``."""
    crc = crc16(buf, at, n)
    buf[at + n] = crc & 0xFF
    buf[at + n + 1] = crc >> 8
    return n + 2
