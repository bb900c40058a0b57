"""Desk side: whole model definitions, and what a model's registers say point by point. No board imports this.

A definition is one line of text. Points are ``Name:type`` in their order, with what they have of: a size in registers
(``str16``), the scale factor (``*W_SF``, or ``*-1`` where it is fixed), the unit (``/Wh``, a space is ``_``), and ``!``
when they can be written. A group is ``{name`` ... ``}``, repeated ``{name[3]`` three times, ``{name[NPt]`` as often as
that point says, ``{name[0]`` as often as fits. `catalogue` holds those of the models that control knows;
``python -m tools.sunspec`` makes them of published definitions.
"""

import struct

from drivers.sunspec import values
from drivers.sunspec.catalogue import MODELS
from drivers.sunspec.values import BAD_SCALE, implemented, scale

TYPES = {
    "u16": values.U16,
    "i16": values.I16,
    "e16": values.ENUM16,
    "b16": values.BITS16,
    "a16": values.ACC16,
    "cnt": values.COUNT,
    "sf": values.SF,
    "pad": values.PAD,
    "u32": values.U32,
    "i32": values.I32,
    "e32": values.ENUM32,
    "b32": values.BITS32,
    "a32": values.ACC32,
    "f32": values.F32,
    "ip4": values.IP4,
    "u64": values.U64,
    "i64": values.I64,
    "a64": values.ACC64,
    "f64": values.F64,
    "eui": values.EUI48,
    "ip6": values.IP6,
    "str": values.STRING,
}
_SIGNED = (values.I16, values.SF, values.I32, values.I64)
_cache = {}


class Point:
    """A point: name, type (`values.U16` ...), size in registers, factor (a name, an int, or None), unit, writable."""

    def __init__(self, token):
        name, rest = token.split(":")
        self.name = name
        self.writable = rest.endswith("!")
        rest = rest.rstrip("!")
        rest, _, unit = rest.partition("/")
        self.unit = unit.replace("_", " ")
        rest, _, factor = rest.partition("*")
        self.factor = None
        if factor:
            self.factor = int(factor) if factor.lstrip("-").isdigit() else factor
        if rest.startswith("str"):
            self.kind = values.STRING
            self.size = int(rest[3:])
        else:
            self.kind = TYPES[rest]
            self.size = values.size(self.kind)


class Group:
    """Points, then groups; count is None for one, 0 for as many as fit, a number, or the name of a point."""

    def __init__(self, name, count):
        self.name = name
        self.count = count
        self.points = []
        self.groups = []

    def fixed(self):
        """Return the registers of its points."""
        return sum([point.size for point in self.points])


class Reading:
    """What one point says: path (``module[2].DCA``), offset from the ID register, point, raw, sf.

    raw is an int, a float, a text, or None where it isn't implemented; sf the scale factor that applies (0 for none),
    None where it can't be had: then there is no value.
    """

    def __init__(self, path, offset, point, raw, sf):
        self.path = path
        self.offset = offset
        self.point = point
        self.raw = raw
        self.sf = sf

    def value(self):
        """Return the scaled value: int, float or text; None where there is none."""
        if self.raw is None or self.sf is None or not self.sf:
            return None if self.sf is None else self.raw
        return self.raw * 10**self.sf if self.sf > 0 else self.raw / 10**-self.sf

    def text(self):
        """Return the value as it is written: exact, with the decimals that the scale factor gives; "-" for none."""
        if self.raw is None or self.sf is None:
            return "-"
        kind = self.point.kind
        if kind in (values.BITS16, values.BITS32):
            return f"0x{self.raw:0{4 * self.point.size}x}"
        if not self.sf or isinstance(self.raw, (float, str)):
            return str(self.value())
        if self.sf > 0:
            return str(self.raw * 10**self.sf)
        sign = "-" if self.raw < 0 else ""
        digits = f"{abs(self.raw):0{1 - self.sf}d}"
        return f"{sign}{digits[: self.sf]}.{digits[self.sf :]}"


def parse(text):
    """Return the `Group` that a definition describes. Raises ValueError for one that describes none."""
    top = Group("", None)
    open_groups = [top]
    for token in text.split():
        if token == "}":
            if len(open_groups) == 1:
                raise ValueError("a group ends that never began")
            open_groups.pop()
        elif token.startswith("{"):
            name, _, count = token[1:].partition("[")
            count = count.rstrip("]")
            group = Group(name, (int(count) if count.isdigit() else count) if count else None)
            open_groups[-1].groups.append(group)
            open_groups.append(group)
        else:
            open_groups[-1].points.append(Point(token))
    if len(open_groups) != 1:
        raise ValueError(f"group {open_groups[-1].name} has no end")
    return top


def find(model):
    """Return the definition of ``model`` as a `Group`, or None: nobody here knows it."""
    if model not in _cache:
        text = MODELS.get(model)
        while isinstance(text, int):
            text = MODELS[text]
        _cache[model] = None if text is None else parse(text)
    return _cache[model]


def decode(group, regs):
    """Return the readings of a model whose registers, ID and L first, are ``regs``; what is cut off is left out."""
    found = []
    _decode(group, "", regs, 0, {}, {}, group, found)
    return found


def borders(group, regs, length):
    """Return the offsets at which points begin, as far as ``regs`` tell; the end (``length`` + 2) is the last."""
    found = []
    whole = _Longer(regs, length + 2)
    _decode(group, "", whole, 0, {}, {}, group, found)
    return sorted({reading.offset for reading in found}) + [length + 2]


class _Longer:
    """Registers of which the last aren't there yet: they read 0xFFFF."""

    def __init__(self, regs, n):
        self.regs = regs
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, at):
        return self.regs[at] if at < len(self.regs) else 0xFFFF


def _decode(group, path, regs, at, outer, counts, top, found):
    factors = {}
    here = at
    for point in group.points:
        if point.kind == values.SF and here < len(regs):
            factors[point.name] = scale(regs, here)
        here += point.size
    for point in group.points:
        if at + point.size > len(regs):
            return at + point.size
        raw = _raw(point, regs, at)
        sf = 0
        if isinstance(point.factor, int):
            sf = point.factor
        elif point.factor:
            sf = factors.get(point.factor, outer.get(point.factor, BAD_SCALE))
            sf = None if sf == BAD_SCALE else sf
        found.append(Reading(path + point.name, at, point, raw, sf))
        if group is top:
            counts[point.name] = raw
        at += point.size
    visible = dict(outer)
    visible.update(factors)
    for inner in group.groups:
        if inner.count is None:
            at = _decode(inner, f"{path}{inner.name}.", regs, at, visible, counts, top, found)
            continue
        count = inner.count
        if count == 0:
            each = inner.fixed()
            count = (len(regs) - at) // each if each else 0
        elif not isinstance(count, int):
            count = counts.get(count) or 0
        for i in range(count):
            if at >= len(regs):
                break
            at = _decode(inner, f"{path}{inner.name}[{i + 1}].", regs, at, visible, counts, top, found)
    return at


def _raw(point, regs, at):
    kind = point.kind
    if kind == values.PAD or not implemented(kind, regs, at, point.size):
        return None
    raw = b"".join([bytes((regs[i] >> 8, regs[i] & 0xFF)) for i in range(at, at + point.size)])
    if kind == values.STRING:
        return "".join([chr(byte) if 32 <= byte < 127 else "?" for byte in raw.rstrip(b"\0")])
    if kind == values.F32:
        return struct.unpack(">f", raw)[0]
    if kind == values.F64:
        return struct.unpack(">d", raw)[0]
    if kind == values.EUI48:
        return ":".join([f"{byte:02X}" for byte in raw[2:]])
    if kind == values.IP6:
        return ":".join([f"{byte:02X}" for byte in raw])
    number = int.from_bytes(raw, "big")
    if kind in _SIGNED and raw[0] & 0x80:
        number -= 1 << (8 * len(raw))
    return number
