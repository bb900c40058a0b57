"""The rows of a sheet: what an engineer would put on the desk about one program.

A sheet is data. `protocols/sheets/derive.py` makes everything else of it: the tables of the firmware, the tags and the
poll plan of the gateway, the register documents and the cause-and-effect matrix.

Units: times in ms; analogue values are integers in the register's own scale (`scale=10` with unit "kPa" means that 123
is 12.3 kPa). A condition is an expression over point names ("LB.P"), parameter names, facts that the program declares,
state names, and the words `state`, `mode` and `link`, joined by and/or/not and comparisons.
"""

from protocols import layout

OFF = 0
ON = 1

TRIP = layout.ON_BAD_TRIP
HOLD = layout.ON_BAD_HOLD
IGNORE = layout.ON_BAD_IGNORE

AUTO = layout.RESET_AUTO
REMOTE = layout.RESET_REMOTE
LOCAL = layout.RESET_LOCAL


class Point:
    """One I/O list entry. `attr` is its name on a process image: "LB.P" -> LB_P."""

    kind = ""

    def __init__(self, name, meaning):
        self.name = name
        self.attr = name.replace(".", "_")
        self.meaning = meaning


class DI(Point):
    """A contact. Logical 1 means that the named condition holds; with `nc` that is the open contact.

    bit: position in the DI words from 0x0100 on. on_ms/off_ms: time a change must last before the logical value goes
    to 1 / to 0. A BAD or STALE contact counts as open.
    """

    kind = "DI"

    def __init__(self, name, meaning, bit, nc=False, on_ms=20, off_ms=20, stale_ms=2000, period_ms=10):
        super().__init__(name, meaning)
        self.bit = bit
        self.nc = nc
        self.on_ms = on_ms
        self.off_ms = off_ms
        self.stale_ms = stale_ms
        self.period_ms = period_ms


class AI(Point):
    """A measurement in one i16 register.

    signal: layout.SIG_..., what lo..hi is at the terminal; a PT1000 has scale 100 and lies within -50..150 degC.
    rate_per_s: the largest physical change a second (0: not supervised). frozen_ms: longest time without any change of
    a lively signal (0: not supervised).
    """

    kind = "AI"

    def __init__(
        self,
        name,
        meaning,
        reg,
        unit,
        scale,
        lo,
        hi,
        signal=layout.SIG_4_20MA,
        stale_ms=2000,
        frozen_ms=0,
        rate_per_s=0,
        period_ms=10,
        fail="BAD",
    ):
        super().__init__(name, meaning)
        self.reg = reg
        self.unit = unit
        self.scale = scale
        self.lo = lo
        self.hi = hi
        self.signal = signal
        self.stale_ms = stale_ms
        self.frozen_ms = frozen_ms
        self.rate_per_s = rate_per_s
        self.period_ms = period_ms
        self.fail = fail


class BI(Point):
    """A value that a bus-connected instrument delivers, not a terminal: an integer below 2**30.

    Without `reg` it comes from an instrument of the board's own port (a reader) and is published by the program, if at
    all. With `reg` it is read from a device on the board's field line (`firmware.runtime.field`) and stands in that
    register: an i16 in 1/`scale` units, 0x8000 while it is BAD or STALE. With `bits` it is a bit field of `words`
    registers, 0 while it is BAD or STALE; the quality of such a point is that of its device's other values. Points with
    a register come after those without.
    """

    kind = "BI"

    def __init__(
        self,
        name,
        meaning,
        stale_ms=2000,
        reg=None,
        unit="",
        scale=1,
        lo=-0x7FFF,
        hi=0x7FFF,
        bits=False,
        words=1,
        enum=(),
        period_ms=1000,
    ):
        super().__init__(name, meaning)
        self.stale_ms = stale_ms
        self.reg = reg
        self.unit = unit
        self.scale = scale
        self.lo = lo
        self.hi = hi
        self.bits = bits
        self.words = words
        self.enum = enum
        self.period_ms = period_ms


class DO(Point):
    """A switched output; `safe` is its value when the program can't or may not act."""

    kind = "DO"

    def __init__(self, name, meaning, bit, safe=OFF):
        super().__init__(name, meaning)
        self.bit = bit
        self.safe = safe


class AO(Point):
    """A set value in one register."""

    kind = "AO"

    def __init__(self, name, meaning, reg, unit, scale, lo, hi, safe=0):
        super().__init__(name, meaning)
        self.reg = reg
        self.unit = unit
        self.scale = scale
        self.lo = lo
        self.hi = hi
        self.safe = safe


class BO(Point):
    """What the program wants of a device on the board's field line, published in one register.

    The device's controller (`firmware.runtime.field`) sends it, reads it back and sends it again before the device
    forgets it; `safe` is what it is while the program can't or may not act. With `bits` it is a bit field.
    """

    kind = "BO"

    def __init__(self, name, meaning, reg, unit="", scale=1, lo=0, hi=0x7FFF, safe=0, bits=False):
        super().__init__(name, meaning)
        self.reg = reg
        self.unit = unit
        self.scale = scale
        self.lo = lo
        self.hi = hi
        self.safe = safe
        self.bits = bits


class Status(Point):
    """A value that the program itself keeps and publishes (counter, reason, last token).

    words: 1 (u16/i16) or 2 (u32, high word first). enum: the names of its values from 0 on. retain: it goes on from its
    last value after a reset, and is a counter.
    """

    kind = "ST"

    def __init__(self, name, meaning, reg, words=1, signed=False, unit="", scale=1, enum=(), retain=False):
        super().__init__(name, meaning)
        self.reg = reg
        self.words = words
        self.signed = signed
        self.unit = unit
        self.scale = scale
        self.enum = enum
        self.retain = retain


class Param:
    """A parameter: one register from 0x0200 on, in the order of the sheet unless `reg` says otherwise."""

    def __init__(self, name, default, lo, hi, unit, meaning, reg=None, enum=()):
        self.name = name
        self.default = default
        self.lo = lo
        self.hi = hi
        self.unit = unit
        self.meaning = meaning
        self.reg = reg
        self.enum = enum


class Effect:
    """A bit that a cause can raise; the program says in its code what it does about it."""

    def __init__(self, name, meaning):
        self.name = name
        self.meaning = meaning


class Cause:
    """A row of the cause-and-effect matrix.

    when: the condition. after / clear: ms (or the name of a parameter that ends in _ms, _s or _min) that the condition
    must stand before it trips, and must be gone before it counts as healthy. on_bad: what a BAD or STALE point in
    `when` means. latch: stands until reset. reset: AUTO, REMOTE (fresh reset edge) or LOCAL (reset edge and local
    confirmation).
    ref: row of the domain brief; consequence and action: what a person reads in the alarm (ISA-18.2).
    """

    def __init__(
        self,
        name,
        when,
        effects,
        after=0,
        clear=0,
        on_bad=TRIP,
        latch=False,
        reset=AUTO,
        ref="",
        priority=3,
        consequence="",
        action="",
        hard_wired=False,
    ):
        self.name = name
        self.when = when
        self.effects = effects
        self.after = after
        self.clear = clear
        self.on_bad = on_bad
        self.latch = latch
        self.reset = reset
        self.ref = ref
        self.priority = priority
        self.consequence = consequence
        self.action = action
        self.hard_wired = hard_wired


class Permissive:
    """A condition to start something; `needed_for` names the groups that wait for it. Its bit in ILK_MISSING is its
    place in the sheet."""

    def __init__(self, name, when, needed_for, meaning):
        self.name = name
        self.when = when
        self.needed_for = needed_for
        self.meaning = meaning


class Command:
    """A plant command (code 0x0100 and up). args: names of ARG0..ARG3. modes: where it is accepted.
    hazardous: needs ARM, then EXECUTE within 5 s."""

    def __init__(self, code, name, meaning, args=(), modes=(layout.MODE_REMOTE, layout.MODE_AUTO), hazardous=False):
        self.code = code
        self.name = name
        self.meaning = meaning
        self.args = args
        self.modes = modes
        self.hazardous = hazardous


class Event:
    """Something the program writes to its event ring (code 64 and up). args: names of arg0 and arg1, or one name with
    `wide` for one 32-bit value over both."""

    def __init__(self, code, name, meaning, args=(), wide=False):
        self.code = code
        self.name = name
        self.meaning = meaning
        self.args = args
        self.wide = wide


class Sheet:
    """Everything the desk knows about one program."""

    def __init__(
        self,
        name,
        dev_type,
        version,
        scan_ms,
        title,
        area,
        safe_ms,
        points,
        states,
        substates,
        params,
        facts,
        effects,
        causes,
        permissives,
        commands,
        events,
    ):
        self.name = name
        self.dev_type = dev_type
        self.version = version
        self.scan_ms = scan_ms
        self.title = title
        self.area = area
        self.safe_ms = safe_ms
        self.points = points
        self.states = states
        self.substates = substates
        self.params = params
        self.facts = facts
        self.effects = effects
        self.causes = causes
        self.permissives = permissives
        self.commands = commands
        self.events = events

    def of_kind(self, *kinds):
        """The points of the given kinds, in the order of the sheet."""
        return [point for point in self.points if point.kind in kinds]
