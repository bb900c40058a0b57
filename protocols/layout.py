"""Register numbers and codes that every board shares (domain brief section 7).

Numbers only: this module travels to boards. What the numbers mean in words stands in `protocols/sheets/common.py`,
which stays on the desk. Addresses are zero-based PDU addresses; 32-bit values have the high word first.
"""

from protocols.port import const

MAGIC = const(0x4642)
MAP_MAJOR = const(1)
MAP_MINOR = const(0)

# Header, 0x0000-0x003F, read-only, one read (section 7.1)
H_MAGIC = const(0)
H_MAP_VER = const(1)
H_DEV_TYPE = const(2)
H_DEV_ID = const(3)
H_SERIAL = const(4)
H_HW_REV = const(6)
H_FW_MAJMIN = const(7)
H_FW_PATCH = const(8)
H_FW_HASH = const(9)
H_CFG_VER = const(11)
H_CFG_CRC = const(12)
H_CAP_FLAGS = const(13)
H_SHEET_CRC = const(14)
H_STATE = const(16)
H_SUBSTATE = const(17)
H_MODE = const(18)
H_STATE_AGE = const(19)
H_UPTIME = const(20)
H_BOOT_CNT = const(22)
H_RESET_CAUSE = const(23)
H_BRD_HB = const(24)
H_SCAN_MAX = const(25)
H_SCAN_OVR = const(26)
H_FAULT_BITS = const(28)
H_WARN_BITS = const(30)
H_TRIP_BITS = const(32)
H_FIRST_OUT = const(34)
H_FIRST_OUT_T = const(35)
H_ILK_MISSING = const(37)
H_GW_LINK = const(38)
H_SAFE_REM = const(39)
H_ACK_SEQ = const(40)
H_ACK_CODE = const(41)
H_ACK_RESULT = const(42)
H_ACK_DETAIL = const(43)
H_ACK_T = const(44)
H_EVT_HEAD = const(46)
H_EVT_LOST = const(47)
H_TIME_S = const(48)
H_TIME_MS = const(50)
H_TIME_Q = const(51)
H_TEMP = const(52)
H_VSUP = const(53)
H_DI_BITS = const(54)
H_DO_BITS = const(55)
H_AI_QUAL = const(56)
H_HEAP_FREE = const(58)
H_HEAP_GROWTH = const(60)
H_SCANS = const(62)
HEADER_SIZE = const(64)

# Command block, 0x0040-0x004C (section 7.2)
C_GW_HB = const(0x40)
C_GW_ID = const(0x41)
C_CMD_SEQ = const(0x42)
C_CMD_CODE = const(0x43)
C_ARG0 = const(0x44)
C_TTL = const(0x48)
C_HB_ECHO = const(0x49)
C_KEY = const(0x4A)
C_RESERVED = const(0x4B)
C_CRC = const(0x4C)
COMMAND_SIZE = const(13)
KEY_EXECUTE = const(0x5AFE)
KEY_ARM = const(0xA12B)
ARM_LIFE_MS = const(5000)
TTL_DEFAULT = const(20)  # 0.1 s

CMD_PING = const(1)
CMD_SET_MODE = const(2)
CMD_RESET = const(3)
CMD_STOP = const(4)
CMD_START = const(5)
CMD_GO_SAFE = const(6)
CMD_TIME = const(7)
CMD_REBOOT = const(8)
CMD_CFG_COMMIT = const(15)
CMD_PLANT = const(0x100)  # the first code that belongs to a program

RES_NONE = const(0)
RES_ACCEPTED = const(1)
RES_DONE = const(2)
RES_WRONG_MODE = const(3)
RES_INTERLOCK = const(4)
RES_EXPIRED = const(5)
RES_BAD_ARGUMENT = const(6)
RES_BUSY = const(7)
RES_CRC = const(8)
RES_NOT_OWNER = const(9)
RES_DUPLICATE = const(10)
RES_FAILED = const(11)

# The rest of the map (section 7.4)
COMMON_CONFIG = const(0x0060)
COMMON_CONFIG_SIZE = const(0x20)
CFG_UNLOCK_KEY = const(0xC0DE)
MEASUREMENTS = const(0x0080)
MEASUREMENTS_SIZE = const(0x80)
AI_QUAL_WORDS = const(0x00F0)  # quality of the 17th measurement and on, 8 a word from bit 0, two bits each; 4 words
AI_QUAL_COUNT = const(16)  # measurements whose quality is in AI_QUAL of the header
AI_MAX = const(48)
STATUS = const(0x0100)
DI_WORDS = const(0x0100)  # logical values, 16 points a word, 4 words
DI_BAD_WORDS = const(0x0104)  # 1 = the point's quality is BAD or STALE
DO_WORDS = const(0x0108)
PROGRAM_STATUS = const(0x0110)
STATUS_SIZE = const(0x80)
EVENT_RING = const(0x0180)
EVENT_COUNT = const(16)
EVENT_SIZE = const(6)
PLANT_CONFIG = const(0x0200)
PLANT_CONFIG_SIZE = const(0x100)
TEST_BLOCK = const(0x0F00)
CAP_HIL_BUILD = const(0x8000)

MODE_OFF = const(0)
MODE_LOCAL = const(1)
MODE_REMOTE = const(2)
MODE_AUTO = const(3)
MODE_MAINT = const(4)
MODES = ("OFF", "LOCAL", "REMOTE", "AUTO", "MAINT")

LINK_NEVER = const(0)
LINK_OK = const(1)
LINK_LATE = const(2)
LINK_LOST = const(3)
LINK_SAFE = const(4)
LINKS = ("never", "ok", "late", "lost", "safe")

RESET_POWER = const(1)
RESET_WATCHDOG = const(2)
RESET_SOFT = const(3)
RESET_BROWN_OUT = const(4)
RESET_CAUSES = ("unknown", "power", "watchdog", "soft", "brown-out")

# How an electrical sample becomes a scaled value (drivers/analogue_input.py)
SIG_SCALED = const(0)  # the sample is already in the point's scaled unit
SIG_4_20MA = const(1)  # microamperes, 4000..20000 -> lo..hi
SIG_0_10V = const(2)  # millivolts, 0..10000 -> lo..hi
SIG_OHM = const(3)  # ohms, taken as they are
SIG_PT1000 = const(4)  # 0.01 ohm of a PT1000 (IEC 60751) -> 0.01 degC (drivers/pt1000.py)
PT1000_LOWEST = const(-5000)  # 0.01 degC: further its points can't reach
PT1000_HIGHEST = const(15000)

NO_SAMPLE = const(-0x8000)  # raw value of a channel that has no fresh sample in this scan; "n/a" on the wire
BAD_SAMPLE = const(-0x8001)  # of a bus: the device answered, and what it answered is no value (not implemented, frozen)

# What a cause does while one of the points it looks at is BAD or STALE
ON_BAD_TRIP = const(0)
ON_BAD_HOLD = const(1)  # keep the last judgement
ON_BAD_IGNORE = const(2)

RESET_AUTO = const(0)  # clears by itself when healthy
RESET_REMOTE = const(1)  # needs a fresh reset edge
RESET_LOCAL = const(2)  # needs a fresh reset edge and the local confirmation

# Events that every board can emit; a program's own begin at EV_PLANT
EV_BOOT = const(1)
EV_LINK = const(2)
EV_MODE = const(3)
EV_TRIP = const(4)
EV_TRIP_CLEARED = const(5)
EV_COMMAND = const(6)
EV_CONFIG = const(7)
EV_FAULT = const(8)
EV_SCAN_OVERRUN = const(9)
EV_STATE = const(10)
EV_PLANT = const(64)
EVENTS = ("", "BOOT", "LINK", "MODE", "TRIP", "TRIP_CLEARED", "COMMAND", "CONFIG", "FAULT", "SCAN_OVERRUN", "STATE")
