"""CRC-16 by a table of bytes: for a port without the native emitter, and the reference of the other two."""

from array import array


def _table():
    table = array("H", [0] * 256)
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
        table[byte] = crc
    return table


TABLE = _table()
"""CRC of each single byte, from 0."""


def crc16(buf, at, n):
    """Return the CRC of ``n`` bytes of ``buf`` from ``at``."""
    table = TABLE
    crc = 0xFFFF
    for i in range(at, at + n):
        crc = (crc >> 8) ^ table[(crc ^ buf[i]) & 0xFF]
    return crc


def seal(buf, at, n):
    """Put the CRC of ``n`` bytes of ``buf`` from ``at`` behind them; return ``n + 2``."""
    crc = crc16(buf, at, n)
    buf[at + n] = crc & 0xFF
    buf[at + n + 1] = crc >> 8
    return n + 2
