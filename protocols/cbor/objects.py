"""Whole objects to CBOR and back: for the cold path of a board, and for the desk."""

from protocols.cbor.reader import (
    ARRAY,
    BOOL,
    BYTES,
    ERROR,
    ERRORS,
    FLOAT,
    INT,
    KEY_TWICE,
    MAP,
    MAX_DEPTH,
    TAG,
    TEXT,
    Reader,
)
from protocols.cbor.writer import Writer


class CborError(ValueError):
    """What is wrong with the data, and `offset`: the byte at which it lies."""

    def __init__(self, what, offset):
        super().__init__("%s at byte %d" % (what, offset))
        self.offset = offset


class Tagged:
    """An item with a tag."""

    def __init__(self, tag, item):
        self.tag = tag
        self.item = item

    def __eq__(self, other):
        return isinstance(other, Tagged) and self.tag == other.tag and self.item == other.item

    def __hash__(self):
        return hash((self.tag, self.item))

    def __repr__(self):
        return "Tagged(%r, %r)" % (self.tag, self.item)


def dumps(item, depth=MAX_DEPTH):
    """The deterministic encoding of None, bool, int, float, str, bytes-likes, list, tuple, dict and Tagged of these.

    Raises TypeError for anything else, also as a key other than int, str and bytes; ValueError for integers beyond 64
    bits and for nesting beyond `depth`.
    """
    size = 64
    while True:
        writer = Writer(bytearray(size))
        _put(writer, item, depth)
        if not writer.full:
            return bytes(memoryview(writer.buf)[: writer.n])
        size *= 4


def loads(data, depth=MAX_DEPTH, strict=1):
    """The object that `data` encodes, all of it; arrays become lists. Raises CborError."""
    reader = Reader(depth, strict).begin(data)
    item = _take(reader, _next(reader))
    _next(reader)  # END, or something trails
    return item


def _put(writer, item, depth):
    if item is None:
        writer.null()
    elif isinstance(item, bool):
        writer.boolean(item)
    elif isinstance(item, int):
        writer.integer(item)
    elif isinstance(item, float):
        writer.real(item)
    elif isinstance(item, str):
        writer.text(item)
    elif isinstance(item, (bytes, bytearray, memoryview)):
        writer.byte_string(item)
    elif not isinstance(item, (list, tuple, dict, Tagged)):
        raise TypeError("%s has no encoding" % type(item))
    elif depth == 0:
        raise ValueError("nested too deep")
    elif isinstance(item, Tagged):
        writer.tag(item.tag)
        _put(writer, item.item, depth - 1)
    elif isinstance(item, dict):
        writer.map(len(item))
        keys = {}
        for key in item:
            if isinstance(key, bool) or not isinstance(key, (int, str, bytes)):
                raise TypeError("%r is no key: integers and strings are" % (key,))
            keys[dumps(key)] = item[key]
        for key in sorted(keys):
            writer.raw(key)
            _put(writer, keys[key], depth - 1)
    else:
        writer.array(len(item))
        for one in item:
            _put(writer, one, depth - 1)


def _next(reader):
    kind = reader.next()
    if kind == ERROR:
        raise CborError(ERRORS[reader.error], reader.offset)
    return kind


def _take(reader, kind):
    value = reader.value
    if kind == INT:
        return value
    if kind == TEXT or kind == BYTES:
        return reader.content()
    if kind == FLOAT:
        return reader.real()
    if kind == BOOL:
        return bool(value)
    if kind == TAG:
        return Tagged(value, _take(reader, _next(reader)))
    if kind == ARRAY:
        return [_take(reader, _next(reader)) for _ in range(value)]
    if kind == MAP:
        return _take_map(reader, value)
    return None


def _take_map(reader, count):
    taken = {}
    for _ in range(count):
        at = reader.at
        key = _take(reader, _next(reader))
        if key in taken:
            raise CborError(ERRORS[KEY_TWICE], at)
        taken[key] = _take(reader, _next(reader))
    return taken
