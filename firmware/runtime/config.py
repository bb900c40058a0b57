"""The board's configuration: identity, supervision times and the program's parameters.

Two kinds of values share one record: the common registers 0x0061-0x0069 and the parameters of the sheet. `active` is
what the board runs with; `staged` is what was written over Modbus and waits for CFG_COMMIT. The configuration is locked
until 0xC0DE is written to CFG_UNLOCK, and again 60 s later or after a commit; what was only staged is then forgotten.
The record is stored twice with CRC, so that neither a power cut nor one decayed copy loses it.

Runs on CPython too: tools write an emulated board's identity with `Config(table, DirStore(folder)).write(UNIT_ID=3)`.
"""

from array import array

from firmware.runtime.store import Twin
from protocols import layout
from protocols.modbus.crc import crc16
from protocols.modbus.registers import put_registers
from protocols.port import const
from protocols.ticks import ticks_diff

UNLOCK_MS = const(60000)

# Places of the common registers in the record, from register 0x0061 on
UNIT_ID = const(0)
BAUD_100 = const(1)
DEV_ID = const(2)
LOST_MS = const(3)
SAFE_T = const(4)  # 0.1 s
OWNER = const(5)
SERIAL_HI = const(6)
SERIAL_LO = const(7)
START_MODE = const(8)
COMMON = const(9)  # how many there are; the parameters follow

FIRST = const(0x0061)  # layout.COMMON_CONFIG + 1
NAMES = ("UNIT_ID", "BAUD_100", "DEV_ID", "LOST_MS", "SAFE_T", "OWNER", "SERIAL_HI", "SERIAL_LO", "START_MODE")
_DEFAULTS = (1, 1152, 1, 2000, 0, 0, 0, 0, layout.MODE_AUTO)
_LO = (1, 12, 1, 500, 0, 0, 0, 0, layout.MODE_OFF)
_HI = (247, 1152, 0xFFFF, 10000, 6000, 0xFFFF, 0xFFFF, 0xFFFF, layout.MODE_AUTO)


class Config:
    """Values by place: the common ones first, then `table.PARAMS` in their order; raw 16-bit words.

    `version` counts commits (CFG_VER), `crc` is CFG_CRC: over all active words, big-endian, in this order.
    `trouble` is 1 when a copy was broken, 2 when both were or the record is of another sheet: then defaults stand.
    """

    def __init__(self, table, store):
        self.table = table
        self.size = COMMON + len(table.PARAMS)
        self.active = array("H", [0] * self.size)
        self.staged = array("H", [0] * self.size)
        self.version = 0
        self.crc = 0
        self.trouble = 0
        self.stored = False  # whether there was a record
        self._bytes = bytearray(2 * self.size)
        self.unlocked = False
        self._since = 0
        self._twin = Twin(store, "config")
        self._defaults()
        self._load()
        self.revert()

    # -- values ------------------------------------------------------------------------------------------------

    def value(self, place):
        """The active word at `place` (UNIT_ID ... START_MODE)."""
        return self.active[place]

    def apply(self, par):
        """Set the parameters' active values on `par`."""
        i = COMMON
        for name, _register, _default, lo, _hi in self.table.PARAMS:
            value = self.active[i]
            setattr(par, name, value - 0x10000 if lo < 0 and value & 0x8000 else value)
            i += 1

    def place_of(self, register):
        """The place of a configuration register, or -1."""
        if FIRST <= register < FIRST + COMMON:
            return register - FIRST
        if register >= layout.PLANT_CONFIG:
            i = COMMON
            for row in self.table.PARAMS:
                if row[1] == register:
                    return i
                i += 1
        return -1

    def intact(self):
        """Whether the active values are still those that were stored: part of the self-check before a watchdog feed."""
        return self._crc(self.active) == self.crc

    def allowed(self, place, word):
        """Whether `word` (0..0xFFFF) is in range at `place`."""
        if place < COMMON:
            return _LO[place] <= word <= _HI[place]
        row = self.table.PARAMS[place - COMMON]
        lo = row[3]
        if lo < 0 and word & 0x8000:
            word -= 0x10000
        return lo <= word <= row[4]

    # -- over Modbus -------------------------------------------------------------------------------------------

    def unlock(self, key, now):
        """Open the configuration with the right key; any other key locks it and forgets what was staged."""
        if key == layout.CFG_UNLOCK_KEY:
            self.unlocked = True
            self._since = now
        else:
            self.revert()

    def scan(self, now):
        """Lock again when 60 s are over. Returns True if that has just happened."""
        if self.unlocked and ticks_diff(now, self._since) >= UNLOCK_MS:
            self.revert()
            return True
        return False

    def revert(self):
        """Forget what was staged, and lock."""
        for i in range(self.size):
            self.staged[i] = self.active[i]
        self.unlocked = False

    def commit(self):
        """Store what is staged, then run with it. Raises OSError when storage fails: then the old one still runs."""
        version = self.version + 1 & 0xFFFF
        self._twin.save_both(self._record(self.staged, version))
        self._activate(version)

    # -- by tools ----------------------------------------------------------------------------------------------

    def write(self, **values):
        """Set common values (`NAMES`) and parameters by name, and store.

        Raises ValueError for a wrong name or value.
        """
        params = [row[0] for row in self.table.PARAMS]
        for name in values:
            if name in NAMES:
                place = NAMES.index(name)
            elif name in params:
                place = COMMON + params.index(name)
            else:
                raise ValueError("no configuration value is called " + name)
            word = values[name] & 0xFFFF
            if not -0x8000 <= values[name] <= 0xFFFF or not self.allowed(place, word):
                raise ValueError("%s = %d is out of range" % (name, values[name]))
            self.staged[place] = word
        self.commit()

    # -- the record --------------------------------------------------------------------------------------------

    def _defaults(self):
        for i in range(COMMON):
            self.active[i] = _DEFAULTS[i]
        self.active[SAFE_T] = self.table.SAFE_MS // 100
        i = COMMON
        for row in self.table.PARAMS:
            self.active[i] = row[2] & 0xFFFF
            i += 1
        self.crc = self._crc(self.active)

    def _load(self):
        record = self._twin.load()
        if record is None:
            self.trouble = 2 if self._twin.damaged else 0
            return
        self.stored = True
        if self._twin.damaged:
            self.trouble = 1
        if len(record) < 4 + 2 * COMMON:
            self.trouble = 2
            return
        words = self.staged
        # The parameters belong to one order of them: after an update that changed it they are at their defaults.
        same = len(record) == 4 + 2 * self.size and record[2] << 8 | record[3] == self._order()
        if not same:
            self.trouble = 2
        for i in range(self.size):
            if i < COMMON or same:
                word = record[4 + 2 * i] << 8 | record[5 + 2 * i]
                words[i] = word if self.allowed(i, word) else self.active[i]
            else:
                words[i] = self.active[i]
        self._activate(record[0] << 8 | record[1])

    def _record(self, words, version):
        record = bytearray(4 + 2 * self.size)
        order = self._order()
        record[0] = version >> 8
        record[1] = version & 0xFF
        record[2] = order >> 8
        record[3] = order & 0xFF
        record[4:] = self._big_endian(words)
        return record

    def _activate(self, version):
        for i in range(self.size):
            self.active[i] = self.staged[i]
        self.version = version
        self.crc = self._crc(self.active)
        self.unlocked = False

    def _order(self):
        names = ",".join([row[0] for row in self.table.PARAMS]).encode()
        return crc16(names, 0, len(names))

    def _crc(self, words):
        return crc16(self._big_endian(words), 0, 2 * self.size)

    def _big_endian(self, words):
        put_registers(words, 0, self.size, self._bytes, 0)
        return self._bytes
