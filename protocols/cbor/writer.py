"""Writing CBOR into a buffer that is there already."""

import struct

from protocols.cbor.floats import put_shortest

_SCRATCH = bytearray(8)


class Writer:
    """Appends items to `buf`. `n` is the number of bytes written, `full` 1 as soon as one did not fit.

    After that nothing more is written, so a caller asks once, at the end. The writer takes each item as it comes: that
    an array gets the items it announced, and that the keys of a map come in order, is the caller's part (`dumps` does).
    """

    def __init__(self, buf):
        self.buf = buf
        self.n = 0
        self.full = 0

    def reset(self):
        """Begin anew in the same buffer."""
        self.n = 0
        self.full = 0

    def integer(self, x):
        """An integer in -2**64..2**64-1; ValueError beyond."""
        if x >= 0:
            self._head(0x00, x)
        else:
            self._head(0x20, -1 - x)

    def array(self, count):
        """The head of an array: `count` items must follow."""
        self._head(0x80, count)

    def map(self, count):
        """The head of a map: `count` pairs of key and value must follow, keys in bytewise order of their encodings."""
        self._head(0xA0, count)

    def tag(self, number):
        """A tag: the item that it qualifies must follow."""
        self._head(0xC0, number)

    def boolean(self, x):
        """False or true."""
        self._byte(0xF5 if x else 0xF4)

    def null(self):
        """Null."""
        self._byte(0xF6)

    def byte_string(self, data, at=0, n=-1):
        """`n` bytes of `data` from `at` on; to its end without `n`."""
        self._string(0x40, data, at, len(data) - at if n < 0 else n)

    def text(self, data, at=0, n=-1):
        """Text: a str, or bytes that are UTF-8 already (no heap) with `at` and `n` as in `byte_string`."""
        if isinstance(data, str):
            data = data.encode()
        self._string(0x60, data, at, len(data) - at if n < 0 else n)

    def real(self, x):
        """A float, in the shortest form that keeps its value."""
        width = put_shortest(_SCRATCH, 0, x)
        self._byte(0xF9 if width == 2 else 0xFA if width == 4 else 0xFB)
        self._copy(_SCRATCH, 0, width)

    def raw(self, data):
        """An item that is encoded already."""
        self._copy(data, 0, len(data))

    def _byte(self, x):
        n = self.n
        if self.full or n >= len(self.buf):
            self.full = 1
            return
        self.buf[n] = x
        self.n = n + 1

    def _head(self, major, x):
        buf = self.buf
        n = self.n
        if x < 24:
            size = 1
        elif x < 0x100:
            size = 2
        elif x < 0x10000:
            size = 3
        elif x <= 0x3FFFFFFF or x <= 0xFFFFFFFF:  # the first spares a board the look at a big integer
            size = 5
        elif x <= 0xFFFFFFFFFFFFFFFF:
            size = 9
        else:
            raise ValueError("integer does not fit in 64 bits")
        if self.full or n + size > len(buf):
            self.full = 1
            return
        self.n = n + size
        if size == 1:
            buf[n] = major | x
        elif size == 2:
            buf[n] = major | 24
            buf[n + 1] = x
        elif size == 3:
            buf[n] = major | 25
            buf[n + 1] = x >> 8
            buf[n + 2] = x & 0xFF
        elif size == 5:
            buf[n] = major | 26
            buf[n + 1] = x >> 24
            buf[n + 2] = (x >> 16) & 0xFF
            buf[n + 3] = (x >> 8) & 0xFF
            buf[n + 4] = x & 0xFF
        else:
            buf[n] = major | 27
            struct.pack_into(">Q", buf, n + 1, x)

    def _string(self, major, data, at, n):
        self._head(major, n)
        self._copy(data, at, n)

    def _copy(self, data, at, n):
        to = self.n
        buf = self.buf
        if self.full or to + n > len(buf):
            self.full = 1
            return
        for i in range(n):
            buf[to + i] = data[at + i]
        self.n = to + n
