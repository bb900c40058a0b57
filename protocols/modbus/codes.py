"""Function codes, exception codes and limits (MODBUS Application Protocol V1.1b3, clauses 5 to 7)."""

from protocols.port import const

READ_COILS = const(1)
READ_DISCRETE_INPUTS = const(2)
READ_HOLDING_REGISTERS = const(3)
READ_INPUT_REGISTERS = const(4)
WRITE_SINGLE_COIL = const(5)
WRITE_SINGLE_REGISTER = const(6)
WRITE_MULTIPLE_COILS = const(15)
WRITE_MULTIPLE_REGISTERS = const(16)
READ_FILE_RECORD = const(20)
WRITE_FILE_RECORD = const(21)
MASK_WRITE_REGISTER = const(22)
READ_WRITE_REGISTERS = const(23)
ENCAPSULATED_INTERFACE = const(43)
MEI_DEVICE_ID = const(14)
"""Interface type of function 43 that reads the device identification."""

ILLEGAL_FUNCTION = const(1)
ILLEGAL_ADDRESS = const(2)
ILLEGAL_VALUE = const(3)
DEVICE_FAILURE = const(4)
ACKNOWLEDGE = const(5)
DEVICE_BUSY = const(6)
MEMORY_PARITY = const(8)
GATEWAY_PATH = const(10)
GATEWAY_TARGET = const(11)

EXCEPTIONS = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "server device failure",
    5: "acknowledge",
    6: "server device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target failed to respond",
}

MAX_PDU = const(253)
MAX_READ_BITS = const(2000)
MAX_READ_REGISTERS = const(125)
MAX_WRITE_BITS = const(1968)
MAX_WRITE_REGISTERS = const(123)
MAX_READ_WRITE_WRITE = const(121)
"""Registers that function 23 writes at most (it reads MAX_READ_REGISTERS)."""
MAX_FILE_READ_BYTES = const(0xF5)
"""Byte count of function 20, of its request and of its reply."""
MAX_FILE_WRITE_BYTES = const(0xFB)
"""Byte count of function 21."""
MAX_RECORD = const(9999)
FILE_REFERENCE = const(6)
"""Reference type of each group of functions 20 and 21: the only one there is."""

COIL_ON = const(0xFF00)

# Device identification (6.21): what a client may ask, and the last object of each category.
ID_BASIC = const(1)
ID_REGULAR = const(2)
ID_EXTENDED = const(3)
ID_ONE = const(4)
LAST_BASIC = const(0x02)
LAST_REGULAR = const(0x7F)
LAST_EXTENDED = const(0xFF)
