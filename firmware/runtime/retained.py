"""What a board remembers over a reset besides its configuration: boots, counters, events and the fault log.

One record, two copies (`store.Twin`). Flash wears and a write takes tens of milliseconds, so writes are few and only
when the program allows it: news in the fault log at most every 10 s, changed counters and events every 15 minutes,
everything at a commanded reboot, and once at each start. That's below 40,000 writes a year, spread by the file system.
"""

from firmware.runtime.events import FAULT_WORDS, FAULTS
from firmware.runtime.store import Twin
from protocols import layout
from protocols.port import const
from protocols.ticks import ticks_diff

FAULT_EVERY_MS = const(10000)
SAVE_EVERY_MS = const(900000)
_RING = const(96)  # layout.EVENT_COUNT * layout.EVENT_SIZE
_FIXED = const(4)  # boot, head, lost, fault count
_VERSION = const(1)


class Retained:
    """Keeps `events` and the retained status values of `io` in storage.

    `boot_count` counts the starts, this one too.
    """

    def __init__(self, table, store, io, events):
        self.io = io
        self.events = events
        self.boot_count = 1
        self._names = [row[0] for row in table.STATUS if row[4]]
        self._twin = Twin(store, "retained")
        self._saved_at = 0
        self._saved_head = 0
        self._buf = bytearray(2 + 2 * (_FIXED + _RING + FAULTS * FAULT_WORDS + 2 * len(self._names)))
        self._load()
        events.boot = self.boot_count

    def due(self, now):
        """Whether there is something to save, and it is time for it."""
        age = ticks_diff(now, self._saved_at)
        if age < 0:
            self._saved_at = now
            return False
        if self.events.fault_waits and age >= FAULT_EVERY_MS:
            return True
        return age >= SAVE_EVERY_MS and self.events.head != self._saved_head

    def save(self, now):
        """Store everything. Raises OSError."""
        events = self.events
        buf = self._buf
        buf[0] = _VERSION
        buf[1] = len(self._names)
        at = _put(buf, 2, self.boot_count)
        at = _put(buf, at, events.head)
        at = _put(buf, at, events.lost)
        at = _put(buf, at, events.fault_count)
        for i in range(_RING):
            at = _put(buf, at, events.regs[layout.EVENT_RING + i])
        for i in range(FAULTS * FAULT_WORDS):
            at = _put(buf, at, events.faults[i])
        for name in self._names:
            value = getattr(self.io, name)
            at = _put(buf, at, value >> 16 & 0xFFFF)
            at = _put(buf, at, value & 0xFFFF)
        # First, so that storage that fails is tried again at the same calm pace.
        self._saved_at = now
        self._twin.save(buf)
        self._saved_head = events.head
        events.fault_waits = False

    def _load(self):
        data = self._twin.load()
        if data is None or data[0] != _VERSION or len(data) < 2 + 2 * (_FIXED + _RING + FAULTS * FAULT_WORDS):
            return
        events = self.events
        self.boot_count = (_get(data, 2) + 1 & 0xFFFF) or 1
        events.head = _get(data, 4)
        events.lost = _get(data, 6)
        events.fault_count = _get(data, 8)
        self._saved_head = events.head
        at = 10
        for i in range(_RING):
            events.regs[layout.EVENT_RING + i] = _get(data, at)
            at += 2
        for i in range(FAULTS * FAULT_WORDS):
            events.faults[i] = _get(data, at)
            at += 2
        if data[1] == len(self._names) and len(data) == len(self._buf):
            for name in self._names:
                setattr(self.io, name, _get(data, at) << 16 | _get(data, at + 2))
                at += 4


def _put(buf, at, word):
    buf[at] = word >> 8
    buf[at + 1] = word & 0xFF
    return at + 2


def _get(data, at):
    return data[at] << 8 | data[at + 1]
