"""Reading CBOR where it lies: one item a call, strings left in the buffer, errors as codes."""

from array import array

from protocols.cbor.floats import float_at, is_shortest
from protocols.cbor.utf8 import first_bad
from protocols.port import const

# What `next` returns
END = const(0)  # the item is complete, and so is the buffer
INT = const(1)  # .value
BYTES = const(2)  # .start, .value (length)
TEXT = const(3)  # .start, .value (length)
ARRAY = const(4)  # .value items follow
MAP = const(5)  # .value pairs follow
TAG = const(6)  # .value, and what it qualifies follows
BOOL = const(7)  # .value 0 or 1
NULL = const(8)
FLOAT = const(9)  # .start, .value (width); real() is the number
ERROR = const(10)  # .error, .offset

# .error
TRUNCATED = const(1)
TRAILING = const(2)
INDEFINITE = const(3)
RESERVED = const(4)
NOT_SHORTEST = const(5)
TOO_DEEP = const(6)
KEY_ORDER = const(7)
KEY_TWICE = const(8)
KEY_TYPE = const(9)
SIMPLE = const(10)
NOT_UTF8 = const(11)
ERRORS = (
    "",
    "ends in the middle of an item",
    "bytes after the item",
    "indefinite length",
    "reserved head",
    "not the shortest encoding",
    "nested too deep",
    "key out of order",
    "key twice",
    "key is neither integer nor string",
    "unknown simple value",
    "text is not UTF-8",
)

MAX_DEPTH = 8
"""Nested arrays, maps and tags that a Reader follows unless told otherwise."""


class Reader:
    """Reads one item, with all that is nested in it, from `buf[at:n]`.

    Call `next()` until it says END; `at` is where the next head lies. An ERROR stays: `error` is its code, `offset`
    where in the buffer it lies. `strict`
    0 accepts what RFC 8949 allows beyond the deterministic form: longer heads and floats, keys in any order (two equal
    keys are then only seen by `loads`).
    """

    def __init__(self, depth=MAX_DEPTH, strict=1):
        self.strict = strict
        self.depth = depth
        self.kind = END
        self.value = 0
        self.start = 0
        self.error = 0
        self.offset = 0
        self._buf = b""
        self.at = 0
        self._n = 0
        self._level = 0
        self._left = array("i", [0] * (depth + 1))  # items still to come at each level; level 0 is the one item
        self._is_map = bytearray(depth + 1)
        self._key = array("i", [0] * (depth + 1))  # where the last key lies, to compare the next one with
        self._key_end = array("i", [0] * (depth + 1))
        self._used = bytearray(depth + 1)  # arrays, maps and tags around what is at each level
        self._tags = 0  # tags that the next item wears
        self._scratch = bytearray(4)

    def begin(self, buf, n=-1, at=0):
        """Start on the item at `at` in `buf`, which ends at `n` (its own end without `n`). Reuse allocates nothing."""
        self._buf = buf
        self.at = at
        self._n = len(buf) if n < 0 else n
        self._level = 0
        self._left[0] = 1
        self._is_map[0] = 0
        self._tags = 0
        self.error = 0
        self.kind = END
        return self

    def next(self):
        """Read one head; return its kind."""
        if self.error:
            return ERROR
        level = self._level
        left = self._left[level]
        start = self.at
        if not left:  # only level 0 stays in place when nothing is left in it
            if start != self._n:
                return self._fail(TRAILING, start)
            self.kind = END
            return END
        if start >= self._n:
            return self._fail(TRUNCATED, start)
        head = self._buf[start]
        major = head >> 5
        is_key = self._is_map[level] and not left & 1
        if is_key and major > 3:
            return self._fail(KEY_TYPE, start)
        if major == 7:
            kind = self._simple(start, head & 31)
        else:
            kind = self._item(start, major, head & 31)
        if kind == ERROR or (is_key and not self._key_fits(level, start)):
            return ERROR
        self.kind = kind
        while self._level and not self._left[self._level]:
            self._level -= 1
        return kind

    def skip(self):
        """Pass over what the last `next` began, an array, a map or a tag with its content; return 0 or ERROR.

        After a plain item there is nothing to pass over.
        """
        while self.kind == TAG:
            self.next()
        if (self.kind == ARRAY or self.kind == MAP) and self.value:
            level = self._level
            while self._level >= level and not self.error:
                self.next()
        return ERROR if self.error else 0

    def real(self):
        """The number of the FLOAT just read: a box on the heap."""
        return float_at(self._buf, self.start, self.value)

    def content(self):
        """A copy of the BYTES or TEXT just read: bytes or str."""
        data = bytes(self._buf[self.start : self.start + self.value])
        return data.decode() if self.kind == TEXT else data

    def equals(self, data):
        """Whether the BYTES or TEXT just read are the bytes `data`; no heap."""
        n = self.value
        if len(data) != n:
            return False
        buf = self._buf
        start = self.start
        for i in range(n):
            if buf[start + i] != data[i]:
                return False
        return True

    def _item(self, start, major, info):
        buf = self._buf
        at = start + 1
        value = info
        if info >= 24:
            if info > 27:
                strings_and_containers = info == 31 and 2 <= major <= 5
                return self._fail(INDEFINITE if strings_and_containers else RESERVED, start)
            width = 1 << (info - 24)
            if width > self._n - at:
                return self._fail(TRUNCATED, start)
            value = 0
            for i in range(width):
                value = value << 8 | buf[at + i]
            if self.strict and (value < 24 if width == 1 else not value >> 4 * width):
                return self._fail(NOT_SHORTEST, start)
            at += width
        if major == 6:
            if self._used[self._level] + self._tags >= self.depth:
                return self._fail(TOO_DEEP, start)
            self._tags += 1
            self.value = value
            self.at = at
            return TAG
        if major > 1 and value > self._n - at:  # an item takes a byte at least, so this holds for counts too
            return self._fail(TRUNCATED, start)
        used = self._used[self._level] + self._tags
        self._tags = 0
        self._left[self._level] -= 1
        self.at = at
        self.start = at
        self.value = value
        if major < 2:
            if major:
                self.value = -1 - value
            return INT
        if major < 4:
            self.at = at + value
            if major == 2:
                return BYTES
            bad = first_bad(buf, at, value)
            return TEXT if bad < 0 else self._fail(NOT_UTF8, bad)
        return self._enter(start, 1 if major == 5 else 0, value, used + 1)

    def _enter(self, start, is_map, count, used):
        level = self._level + 1
        if used > self.depth:
            return self._fail(TOO_DEEP, start)
        if is_map:
            if 2 * count > self._n - self.at:
                return self._fail(TRUNCATED, start)
            self._key_end[level] = 0
        self._left[level] = 2 * count if is_map else count
        self._is_map[level] = is_map
        self._used[level] = used
        self._level = level
        return MAP if is_map else ARRAY

    def _simple(self, start, info):
        if 20 <= info <= 22:
            self.at = start + 1
            self.value = info & 1
            kind = NULL if info == 22 else BOOL
        elif 25 <= info <= 27:
            width = 1 << (info - 24)
            if width > self._n - start - 1:
                return self._fail(TRUNCATED, start)
            if self.strict and not is_shortest(self._buf, start + 1, width, self._scratch):
                return self._fail(NOT_SHORTEST, start)
            self.at = start + 1 + width
            self.start = start + 1
            self.value = width
            kind = FLOAT
        elif info == 31:
            return self._fail(INDEFINITE, start)  # a break
        else:
            return self._fail(RESERVED if info > 27 else SIMPLE, start)
        self._tags = 0
        self._left[self._level] -= 1
        return kind

    def _key_fits(self, level, start):
        buf = self._buf
        end = self.at
        last = self._key[level]
        last_end = self._key_end[level]
        self._key[level] = start
        self._key_end[level] = end
        if not last_end:
            return True
        at = start
        while last < last_end and at < end and buf[last] == buf[at]:
            last += 1
            at += 1
        if last == last_end and at == end:
            self._fail(KEY_TWICE, start)
            return False
        # A head says how long its item is, so neither key is the beginning of the other.
        if self.strict and buf[last] > buf[at]:
            self._fail(KEY_ORDER, start)
            return False
        return True

    def _fail(self, error, offset):
        self.error = error
        self.offset = offset
        self.kind = ERROR
        return ERROR
