"""The white-list: sorted tokens of those who may enter while the gateway is away (domain brief §3b, LOCAL_AUTO).

At most 2,000 tokens of 30 bits (`protocols.token`). The gateway writes it as file 1 (functions 20 and 21): records 0
and 1 are the count and the CRC-16 over the tokens' bytes, the tokens follow from record 2 on, ascending, two records
each, high word first. Writes go to a second list; records 0 and 1, written *last* and together, check count, order and
CRC and make it the list in use. A list that doesn't hold is refused with exception 3 and the old one stays. Storage
follows when the program has time for it.
"""

from array import array

from firmware.runtime.store import Twin
from protocols.modbus.codes import ILLEGAL_ADDRESS, ILLEGAL_VALUE
from protocols.modbus.crc import crc16
from protocols.port import const

MAX_TOKENS = const(2000)
FILE = const(1)
_HEAD = const(4)  # bytes of count and CRC before the tokens


class Whitelist:
    """``token in whitelist`` by bisection;

    `count` and `crc` of the list in use. `waits` while storage hasn't got it. A program that admits nobody has a `size`
    of 0: its 16 KB are the program's.
    """

    def __init__(self, store, size=MAX_TOKENS):
        self._size = size
        self.count = 0
        self.crc = crc16(b"", 0, 0)
        self.waits = False
        self._tokens = array("i", [0] * size)
        self._staged = bytearray(_HEAD + 4 * size)
        self._twin = Twin(store, "whitelist")
        record = self._twin.load()
        if record is not None and len(record) <= len(self._staged):
            self._staged[: len(record)] = record
            self._take()
        self.waits = False

    def __contains__(self, token):
        tokens = self._tokens
        low = 0
        high = self.count
        while low < high:
            middle = low + high >> 1
            found = tokens[middle]
            if found == token:
                return True
            if found < token:
                low = middle + 1
            else:
                high = middle
        return False

    def read(self, record, count, out, at):
        """Function 20: the list as it was last written, in use or not."""
        begin = 2 * record
        n = 2 * count
        if begin + n > len(self._staged):
            return ILLEGAL_ADDRESS
        for i in range(n):
            out[at + i] = self._staged[begin + i]
        return 0

    def write(self, record, count, data, at):
        """Function 21: part of the next list; with record 0, the list is complete and is checked."""
        begin = 2 * record
        n = 2 * count
        if begin + n > len(self._staged) or record == 1 or (record == 0 and count < 2):
            return ILLEGAL_ADDRESS
        for i in range(n):
            self._staged[begin + i] = data[at + i]
        if record == 0 and not self._take():
            return ILLEGAL_VALUE
        return 0

    def save(self):
        """Store the list in use (not what is being written). Raises OSError."""
        record = bytearray(_HEAD + 4 * self.count)
        record[0] = self.count >> 8
        record[1] = self.count & 0xFF
        record[2] = self.crc >> 8
        record[3] = self.crc & 0xFF
        at = _HEAD
        for i in range(self.count):
            token = self._tokens[i]
            record[at] = token >> 24
            record[at + 1] = token >> 16 & 0xFF
            record[at + 2] = token >> 8 & 0xFF
            record[at + 3] = token & 0xFF
            at += 4
        self._twin.save(record)
        self.waits = False

    def _take(self):
        """Make the staged list the one in use, if count, CRC and order hold."""
        staged = self._staged
        count = staged[0] << 8 | staged[1]
        crc = staged[2] << 8 | staged[3]
        if count > self._size or crc16(staged, _HEAD, 4 * count) != crc:
            return False
        before = 0
        at = _HEAD
        for _ in range(count):
            if staged[at] > 0x3F:
                return False
            token = staged[at] << 24 | staged[at + 1] << 16 | staged[at + 2] << 8 | staged[at + 3]
            if token <= before:
                return False
            before = token
            at += 4
        at = _HEAD
        for i in range(count):
            self._tokens[i] = staged[at] << 24 | staged[at + 1] << 16 | staged[at + 2] << 8 | staged[at + 3]
            at += 4
        self.count = count
        self.crc = crc
        self.waits = True
        return True
