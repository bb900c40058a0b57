"""A heat pump as a Modbus unit (domain brief §4a: HPn.YRUN, .SP, .ST, .HP, .LP, .FS).

Its own controller runs compressor, safety chain and defrost. From here it gets an outlet set-point, a limit of its part
load and a heartbeat; the contact HPn.Y, hard-wired, lets it run or stops it. A machine that hasn't been written to for
30 s stops by itself, and starts again only when it is written to and the contact is made.

Holding registers, functions 3 and 4 to read, 6 and 16 to write:

======  ==============  =====================================================================================
0x00    MAGIC           0x4850
0x01    MAP_VERSION     0x0100
0x02    RATED           heat at full load, 0.1 kW
0x03    FALLBACK_S      seconds without a writing after which it stops: 30
0x10    HEARTBEAT       any value that differs from the last; one block with the next two
0x11    SET_POINT       outlet, 0.01 degC, 2000..7000; others are refused with exception 3
0x12    PART_LOAD       largest part load, 0.1 %, 0..1000; others are refused with exception 3
0x20    STATE           ST_...: 0 unknown 1 off 2 starting 3 running 4 stopping 5 fault
0x21    OUTLET          condenser outlet, i16, 0.01 degC
0x22    RETURN          condenser inlet, i16, 0.01 degC
0x23    HIGH_PRESSURE   condensing, 0.1 bar
0x24    LOW_PRESSURE    evaporating, 0.1 bar
0x25    HEAT            given to the condenser loop, 0.1 kW
0x26    ELECTRICAL      taken from the mains, 0.1 kW
0x27    FAULT           FAULTS by number, 0 none
0x28    FLOW            1: its own flow switch in the evaporator loop has flow
0x29    SET_IN_FORCE    outlet set-point that it follows, 0.01 degC; 0 while it has none
0x2A    LOAD_IN_FORCE   largest part load that it follows, 0.1 %
0x2B    HEARTBEAT_AGE   since the last writing, 0.1 s, saturates at 65535
0x2C    STARTS          of the compressor, u32, high word first
======  ==============  =====================================================================================
"""

from drivers.modbus_station import BUSY
from drivers.register_unit import RegisterUnit
from protocols.modbus.request import DONE
from protocols.port import const

MAGIC = const(0x00)
MAP_VERSION = const(0x01)
RATED = const(0x02)
FALLBACK_S = const(0x03)

HEARTBEAT = const(0x10)
SET_POINT = const(0x11)
PART_LOAD = const(0x12)
WRITE_WORDS = const(3)

STATE = const(0x20)
OUTLET = const(0x21)
RETURN = const(0x22)
HIGH_PRESSURE = const(0x23)
LOW_PRESSURE = const(0x24)
HEAT = const(0x25)
ELECTRICAL = const(0x26)
FAULT = const(0x27)
FLOW = const(0x28)
SET_IN_FORCE = const(0x29)
LOAD_IN_FORCE = const(0x2A)
HEARTBEAT_AGE = const(0x2B)
STARTS = const(0x2C)
READ_WORDS = const(14)

MAGIC_VALUE = const(0x4850)
VERSION_VALUE = const(0x0100)
FALLBACK_VALUE = const(30)
MIN_SET_POINT = const(2000)
MAX_SET_POINT = const(7000)
MAX_PART_LOAD = const(1000)

ST_UNKNOWN = const(0)
ST_OFF = const(1)
ST_STARTING = const(2)
ST_RUNNING = const(3)
ST_STOPPING = const(4)
ST_FAULT = const(5)
STATES = ("unknown", "off", "starting", "running", "stopping", "fault")

FAULTS = ("none", "high pressure", "low pressure", "no flow", "compressor", "sensor", "refrigerant")

_PERIOD_MS = const(1000)
_MISSES = const(3)  # writings whose values the machine doesn't follow


class HeatPump(RegisterUnit):
    """One machine; address 0: not fitted. timeout_ms: as in `drivers.modbus_station`.

    Of `RegisterUnit`: ``regs`` (from STATE on), ``quality``, ``passes``, ``alive``, ``refused``, ``writes``.

    controlled  1 the machine follows what it was told; 0 it refused it, or takes writings and does something else;
                2 not known yet, or nothing is asked
    refusals    how often it refused, or did something else (mod 2**16)
    """

    def __init__(self, address, timeout_ms=0):
        RegisterUnit.__init__(
            self, address, STATE, READ_WORDS, HEARTBEAT, WRITE_WORDS, _PERIOD_MS, 0, timeout_ms=timeout_ms
        )
        self.controlled = 2
        self.refusals = 0
        self._misses = 0
        self._written = 0

    def set(self, set_point, part_load):
        """Ask for an outlet (0.01 degC) and a largest part load (0.1 %), clamped to what the machine takes.

        Less load, or an outlet lower by more than 1 K, doesn't wait for the period.
        """
        set_point = min(max(set_point, MIN_SET_POINT), MAX_SET_POINT)
        part_load = min(max(part_load, 0), MAX_PART_LOAD)
        out = self.out
        if part_load < out[2] or set_point < out[1] - 100:
            self.now()
        if set_point != out[1] or part_load != out[2]:
            out[1] = set_point
            out[2] = part_load
            self._written = 0
        self.writing = 1

    def leave(self):
        """Write nothing more: after 30 s the machine stops by itself."""
        self.writing = 0
        self.controlled = 2
        self._misses = 0
        self._written = 0

    def done(self, request, now):
        """Take a reply, or an exception; see whether the machine follows."""
        RegisterUnit.done(self, request, now)
        if not self.writing:
            return
        if request.fc > 4:
            self._written = 1 if request.status == DONE else 0
            if request.status != DONE and request.status != BUSY:
                self._miss()
        elif request.status == DONE and self._written:
            regs = self.regs
            out = self.out
            if regs[SET_IN_FORCE - STATE] == out[1] and regs[LOAD_IN_FORCE - STATE] == out[2]:
                self._misses = 0
                self.controlled = 1
            else:
                self._miss()

    def lost(self, now):
        """It doesn't answer: whether it follows isn't known."""
        self.controlled = 2
        self._misses = 0

    def _miss(self):
        self.refusals = (self.refusals + 1) & 0xFFFF
        self._misses += 1
        if self._misses >= _MISSES:
            self._misses = _MISSES
            self.controlled = 0
