"""Registers of an EV group controller: 92 charging points behind one Modbus unit (docs/emulator-energy.md).

Holding registers, functions 3 and 4 to read, 6 and 16 to write. Currents are 0.1 A, power is 0.1 kW. Point `n` (from
0; AC points first) is bit ``n & 15`` of word ``n >> 4`` of a bitmap. Everything that a controller writes each second
stands in one block, so that one function 16 carries a heartbeat, a share and the bitmap at once.
"""

from protocols.port import const

# Identity, read only.
MAGIC = const(0x00)
MAP_VERSION = const(0x01)
POINTS = const(0x02)
AC_POINTS = const(0x03)
DC_POINTS = const(0x04)
FALLBACK_SHARE = const(0x05)
FALLBACK_AFTER_S = const(0x06)

# What the controller writes. A share is 0 or 60..320; others are refused with exception 3.
HEARTBEAT = const(0x10)
SHARE = const(0x11)
ENABLED = const(0x12)
WRITE_WORDS = const(8)
"""HEARTBEAT, SHARE and the six words of ENABLED: one block."""

# What it reads, one block from TOTAL_W.
TOTAL_W = const(0x20)
TOTAL_I = const(0x21)
CONNECTED_COUNT = const(0x22)
CHARGING_COUNT = const(0x23)
STATE = const(0x24)
SHARE_IN_FORCE = const(0x25)
HEARTBEAT_AGE = const(0x26)
ALARMS = const(0x27)
CONNECTED = const(0x28)
CHARGING = const(0x2E)
ENERGY = const(0x34)
READ_WORDS = const(0x16)

POINT_I = const(0x40)
"""Current of each point, 92 registers."""

DC_FROM = const(88)
"""The first DC point."""
DC_WEIGHT = const(17)
"""A DC point of 120 kW in AC points of 7 kW."""
BITMAP_WORDS = const(6)
MAGIC_VALUE = const(0x4556)
VERSION_VALUE = const(0x0100)
MIN_SHARE = const(60)
MAX_SHARE = const(320)

ST_FALLBACK = const(0)
ST_CONTROLLED = const(1)
ST_OFF = const(2)
"""`STATE`: no heartbeat; heartbeat there; the group is switched off by its own contact."""
