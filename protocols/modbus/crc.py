"""CRC-16 of Modbus RTU (polynomial 0xA001 reflected, start 0xFFFF; Serial Line V1.02, clause 6.2.2).

``crc16(buf, at, n)`` returns the CRC of ``n`` bytes of ``buf`` from ``at``; on the wire its low byte goes first, so the
CRC of a frame with its CRC is 0. ``seal(buf, at, n)`` puts the CRC of those bytes behind them and returns ``n + 2``.
The range must lie in the buffer: the viper twin doesn't look.
"""

from protocols.port import MICROPYTHON

if MICROPYTHON:
    try:
        from protocols.modbus.crc_viper import crc16, seal
    except (ImportError, SyntaxError, ValueError):  # no native emitter, or an .mpy for another processor
        from protocols.modbus.crc_plain import crc16, seal
else:
    from protocols.modbus.crc_wide import crc16, seal

__all__ = ("crc16", "seal")
