"""Small records that outlive a reset: each kept twice, each copy with a CRC, so that a torn write costs nothing.

A store has ``read(name) -> bytes or None`` and ``write(name, data)``; both may raise OSError. `DirStore` is a folder:
the board's littlefs, or the storage folder of an emulated board.
"""

import os

from protocols.modbus.crc import crc16
from protocols.port import const

_HEAD = const(6)  # magic, sequence, length; a CRC over head and payload follows the payload
_MAGIC = const(0xDE)
_VERSION = const(1)


class DirStore:
    """Files in one folder, which is made when it's missing."""

    def __init__(self, folder):
        self.folder = folder
        try:
            os.mkdir(folder)
        except OSError:
            os.stat(folder)  # there already; if it isn't, this says why

    def read(self, name):
        """The whole file, or None when there is none."""
        try:
            with open(self.folder + "/" + name, "rb") as file:
                return file.read()
        except OSError:
            return None

    def write(self, name, data):
        """Write the whole file. A power cut within leaves any part of it: `Twin` is made for that."""
        with open(self.folder + "/" + name, "wb") as file:
            file.write(data)


def pack(payload, sequence):
    """A copy as it is stored: head, payload, CRC."""
    n = len(payload)
    copy = bytearray(_HEAD + n + 2)
    copy[0] = _MAGIC
    copy[1] = _VERSION
    copy[2] = sequence >> 8
    copy[3] = sequence & 0xFF
    copy[4] = n >> 8
    copy[5] = n & 0xFF
    copy[_HEAD : _HEAD + n] = payload
    crc = crc16(copy, 0, _HEAD + n)
    copy[_HEAD + n] = crc >> 8
    copy[_HEAD + n + 1] = crc & 0xFF
    return copy


def unpack(copy):
    """The (sequence, payload) of a stored copy, or None if it isn't whole."""
    if copy is None or len(copy) < _HEAD + 2 or copy[0] != _MAGIC or copy[1] != _VERSION:
        return None
    n = copy[4] << 8 | copy[5]
    if len(copy) != _HEAD + n + 2 or crc16(copy, 0, _HEAD + n) != copy[_HEAD + n] << 8 | copy[_HEAD + n + 1]:
        return None
    return copy[2] << 8 | copy[3], bytes(copy[_HEAD : _HEAD + n])


def _newer(a, b):
    """Whether sequence `a` is after `b`; sequences wrap at 2**16."""
    return 0 < (a - b & 0xFFFF) < 0x8000


class Twin:
    """One record in two files, ``name.0`` and ``name.1``.

    `save` writes the copy that is older or broken, so the newest whole copy is never touched: a power cut at any byte
    leaves the old record or the new one. `save_both` then brings the other copy up to the same record, for what must
    also survive the later decay of one copy.
    """

    def __init__(self, store, name):
        self.store = store
        self.names = (name + ".0", name + ".1")
        self.sequence = 0
        self.newest = 1
        self.damaged = False

    def load(self):
        """The newest whole record's payload, or None. Sets `damaged` if a copy was there but broken."""
        best = None
        self.damaged = False
        for index in (0, 1):
            data = self.store.read(self.names[index])
            found = unpack(data)
            if found is None:
                if data is not None:
                    self.damaged = True
            elif best is None or _newer(found[0], self.sequence):
                self.sequence, best = found
                self.newest = index
        return best

    def save(self, payload):
        """Store `payload`, at most 65,535 bytes; raises OSError if it can't be read back."""
        sequence = self.sequence + 1 & 0xFFFF
        index = 1 - self.newest
        self._write(index, payload, sequence)
        self.newest = index
        self.sequence = sequence

    def save_both(self, payload):
        """Store `payload` in both copies, one after the other."""
        self.save(payload)
        self._write(1 - self.newest, payload, self.sequence)

    def _write(self, index, payload, sequence):
        copy = pack(payload, sequence)
        self.store.write(self.names[index], copy)
        if self.store.read(self.names[index]) != copy:
            raise OSError(5)  # EIO
