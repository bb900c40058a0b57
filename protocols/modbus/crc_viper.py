"""CRC-16 in viper, by the same table as the plain twin."""

import micropython

from protocols.modbus.crc_plain import TABLE


@micropython.viper
def crc16(buf, at: int, n: int) -> int:
    """Return the CRC of ``n`` bytes of ``buf`` from ``at``."""
    data = ptr8(buf)  # noqa: F821 - a viper cast
    table = ptr16(TABLE)  # noqa: F821
    crc = 0xFFFF
    end = at + n
    while at < end:
        crc = (crc >> 8) ^ table[(crc ^ data[at]) & 0xFF]
        at += 1
    return crc
