"""The event ring (0x0180, 16 x 6 registers) and the fault log that outlives a reset.

An event is code, state, t_ms (u32, the board's clock), arg0, arg1. EVT_HEAD counts events and wraps; event n is in slot
n % 16. EVT_LOST counts events that were overwritten before anybody read the ring. Events that mean that something went
wrong also go into the fault log: the last 32, with the number of the boot, read as file 2.
"""

from array import array

from protocols import layout
from protocols.port import const

FAULTS = const(32)
FAULT_WORDS = const(8)  # boot, code, state, t_ms high and low, arg0, arg1, number

_FAULTY = (layout.EV_TRIP, layout.EV_FAULT, layout.EV_SCAN_OVERRUN)


class Events:
    """Writes events into the board's registers. `now` and `state` are set by the scan before anybody emits."""

    def __init__(self, regs):
        self.regs = regs
        self.now = 0
        self.state = 0
        self.boot = 0
        self.head = 0
        self.lost = 0
        self.faults = array("H", [0] * (FAULTS * FAULT_WORDS))
        self.fault_count = 0  # ever, wraps; fault n is in slot n % FAULTS
        self.fault_waits = False  # the log has news that storage hasn't
        self._unread = 0

    def emit(self, code, arg0=0, arg1=0):
        """Put an event into the ring; the arguments are taken modulo 2**16."""
        regs = self.regs
        now = self.now
        at = layout.EVENT_RING + self.head % layout.EVENT_COUNT * layout.EVENT_SIZE
        regs[at] = code
        regs[at + 1] = self.state
        regs[at + 2] = now >> 16
        regs[at + 3] = now & 0xFFFF
        regs[at + 4] = arg0 & 0xFFFF
        regs[at + 5] = arg1 & 0xFFFF
        self.head = self.head + 1 & 0xFFFF
        if self._unread < layout.EVENT_COUNT:
            self._unread += 1
        else:
            self.lost = self.lost + 1 & 0xFFFF
        if code in _FAULTY:
            self._fault(code, arg0, arg1)

    def was_read(self):
        """The ring was read over the bus: what is in it now is not lost when it is overwritten."""
        self._unread = 0

    def _fault(self, code, arg0, arg1):
        log = self.faults
        now = self.now
        at = self.fault_count % FAULTS * FAULT_WORDS
        log[at] = self.boot
        log[at + 1] = code
        log[at + 2] = self.state
        log[at + 3] = now >> 16
        log[at + 4] = now & 0xFFFF
        log[at + 5] = arg0 & 0xFFFF
        log[at + 6] = arg1 & 0xFFFF
        self.fault_count = self.fault_count + 1 & 0xFFFF
        log[at + 7] = self.fault_count
        self.fault_waits = True
