"""CRC-16 in viper, by the same table as the plain twin."""
# ruff: noqa: F821 - ptr8 and ptr16 are viper casts

import micropython

from protocols.modbus.crc_plain import TABLE


@micropython.viper
def crc16(buf, at: int, n: int) -> int:
    """Return the CRC of ``n`` bytes of ``buf`` from ``at``."""
    data = ptr8(buf)
    table = ptr16(TABLE)
    crc = 0xFFFF
    end = at + n
    while at < end:
        crc = (crc >> 8) ^ table[(crc ^ data[at]) & 0xFF]
        at += 1
    return crc


@micropython.viper
def seal(buf, at: int, n: int) -> int:
    """Put the CRC of ``n`` bytes of ``buf`` from ``at`` behind them; return ``n + 2``."""
    data = ptr8(buf)
    table = ptr16(TABLE)
    crc = 0xFFFF
    end = at + n
    while at < end:
        crc = (crc >> 8) ^ table[(crc ^ data[at]) & 0xFF]
        at += 1
    data[end] = crc
    data[end + 1] = crc >> 8
    return n + 2
