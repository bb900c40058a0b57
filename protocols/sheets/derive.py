"""What follows from a sheet: the compact table a board runs on.

`table_source(sheet)` is Python source with constants and three functions; `table(sheet)` is the same as an object. A
bundle carries the source compiled; the host rigs run the object. The text columns of the sheet stay behind.
"""

from protocols import layout
from protocols.sheets.check import SheetError, check

_WORDS = ("and", "or", "not", "True", "False", "in", "is")
_SYSTEM = ("mode", "link", "state")


def _identifiers(expression):
    """Split an expression into (is_name, text) pieces; a name may contain dots."""
    pieces = []
    text = ""
    is_name = False
    for char in expression:
        name_char = char.isalpha() or char == "_" or (is_name and (char.isdigit() or char == "."))
        if name_char != is_name and text:
            pieces.append((is_name, text))
            text = ""
        is_name = name_char
        text += char
    if text:
        pieces.append((is_name, text))
    return pieces


def compile_condition(sheet, expression, where):
    """Turn a sheet condition into source over io / par / pr; also list the points it looks at.

    Raises SheetError with the name that is unknown and the row it stands in.
    """
    points = {}
    for point in sheet.points:
        points[point.name] = point
    params = [param.name for param in sheet.params]
    out = ""
    used = []
    for is_name, text in _identifiers(expression):
        if not is_name or text in _WORDS:
            out += text
        elif text in points:
            point = points[text]
            out += "io." + point.attr
            if point.kind in ("DI", "AI", "BI") and point not in used:
                used.append(point)
        elif text in params:
            out += "par." + text
        elif text in sheet.facts:
            out += "pr." + text
        elif text == "state":
            out += "pr.state"
        elif text in _SYSTEM:
            out += "io." + text
        elif text in sheet.states:
            out += str(sheet.states.index(text))
        elif text.startswith(("LINK_", "MODE_")) and hasattr(layout, text):
            out += str(getattr(layout, text))
        else:
            raise SheetError(sheet.name + ": " + where + ": unknown name '" + text + "' in '" + expression + "'")
    return out, used


def param_registers(sheet):
    """Register of each parameter, in the order of the sheet."""
    registers = []
    following = layout.PLANT_CONFIG
    for param in sheet.params:
        register = following if param.reg is None else param.reg
        registers.append(register)
        following = register + 1
    return registers


def _time(sheet, value, where):
    if isinstance(value, int):
        return str(value)
    if value in [param.name for param in sheet.params]:
        for suffix, factor in (("_ms", ""), ("_s", " * 1000"), ("_min", " * 60000")):
            if value.endswith(suffix):
                return "par." + value + factor
    raise SheetError(sheet.name + ": " + where + ": '" + str(value) + "' is neither ms nor a parameter in ms, s or min")


def _causes_source(sheet):
    """CAUSES rows and the functions causes() and delays()."""
    effects = [effect.name for effect in sheet.effects]
    inputs = sheet.of_kind("DI") + sheet.of_kind("AI") + sheet.of_kind("BI")
    rows = []
    judge = []
    delays = []
    for index, cause in enumerate(sheet.causes):
        where = "cause " + cause.name
        source, used = compile_condition(sheet, cause.when, where)
        mask = 0
        for effect in cause.effects:
            mask |= 1 << effects.index(effect)
        refs = tuple([inputs.index(point) for point in used])
        rows.append((cause.name, index, cause.on_bad, 1 if cause.latch else 0, cause.reset, mask, refs))
        judge.append("    out[%d] = 1 if %s else 0" % (index, source))
        after = _time(sheet, cause.after, where)
        clear = _time(sheet, cause.clear, where)
        delays.append("    after[%d] = %s\n    clear[%d] = %s" % (index, after, index, clear))
    return rows, judge or ["    pass"], delays or ["    pass"]


def _permissives_source(sheet):
    body = ["    missing = 0"]
    groups = {}
    for index, permissive in enumerate(sheet.permissives):
        source, _ = compile_condition(sheet, permissive.when, "permissive " + permissive.name)
        body.append("    if not (%s):\n        missing |= %d" % (source, 1 << index))
        for group in permissive.needed_for:
            groups[group] = groups.get(group, 0) | 1 << index
    body.append("    return missing")
    return body, groups


def sheet_crc(sheet):
    """CRC-16/Modbus over the table source: boards and gateway compare it in the header."""
    from protocols.modbus.crc import crc16

    source = _source(sheet).encode()
    return crc16(source, 0, len(source))


def table_source(sheet):
    """Python source of the sheet's table. Raises SheetError when the sheet contradicts itself."""
    check(sheet)
    return _source(sheet) + "SHEET_CRC = %d\n" % sheet_crc(sheet)


def _source(sheet):
    lines = ['"""Made from the sheet %s; change the sheet, not this."""\n' % sheet.name]

    def put(name, value):
        lines.append("%s = %r" % (name, value))

    put("PROGRAM", sheet.name)
    put("DEV_TYPE", sheet.dev_type)
    put("MAP_VER", layout.MAP_MAJOR << 8 | layout.MAP_MINOR)
    put("SHEET_VERSION", sheet.version[0] << 8 | sheet.version[1])
    put("SCAN_MS", sheet.scan_ms)
    put("SAFE_MS", sheet.safe_ms)
    put("DI", tuple([(p.attr, p.bit, 1 if p.nc else 0, p.on_ms, p.off_ms, p.stale_ms) for p in sheet.of_kind("DI")]))
    put(
        "AI",
        tuple(
            [(p.attr, p.reg, p.lo, p.hi, p.signal, p.stale_ms, p.frozen_ms, p.rate_per_s) for p in sheet.of_kind("AI")]
        ),
    )
    put("BI", tuple([(p.attr, p.stale_ms) for p in sheet.of_kind("BI")]))
    field = [p for p in sheet.of_kind("BI") if p.reg is not None]
    put("FIELD", tuple([(p.attr, p.reg, p.words, 1 if p.bits else 0) for p in field]))
    put("BO", tuple([(p.attr, p.reg, p.safe, p.lo, p.hi) for p in sheet.of_kind("BO")]))
    put("DO", tuple([(p.attr, p.bit, p.safe) for p in sheet.of_kind("DO")]))
    put("AO", tuple([(p.attr, p.reg, p.safe, p.lo, p.hi) for p in sheet.of_kind("AO")]))
    put(
        "STATUS",
        tuple([(p.attr, p.reg, p.words, 1 if p.signed else 0, 1 if p.retain else 0) for p in sheet.of_kind("ST")]),
    )
    registers = param_registers(sheet)
    put("PARAMS", tuple([(p.name, r, p.default, p.lo, p.hi) for p, r in zip(sheet.params, registers)]))
    put("STATES", tuple(sheet.states))
    for index, state in enumerate(sheet.states):
        put("ST_" + state, index)
    for index, substate in enumerate(sheet.substates):
        put("SUB_" + substate, index)
    for index, effect in enumerate(sheet.effects):
        put("EF_" + effect.name, 1 << index)
    rows, judge, delays = _causes_source(sheet)
    put("CAUSES", tuple(rows))
    for index, cause in enumerate(sheet.causes):
        put("CAUSE_" + cause.name, index)
    body, groups = _permissives_source(sheet)
    for index, permissive in enumerate(sheet.permissives):
        put("PERMISSIVE_" + permissive.name, index)
    for group in sorted(groups):
        put("PM_" + group, groups[group])
    rows = []
    for command in sheet.commands:
        modes = 0
        for mode in command.modes:
            modes |= 1 << mode
        rows.append((command.code, command.name, 1 if command.hazardous else 0, modes))
    put("COMMANDS", tuple(rows))
    for command in sheet.commands:
        put("CMD_" + command.name, command.code)
    for event in sheet.events:
        put("EV_" + event.name, event.code)
    lines.append("\n\ndef causes(io, par, pr, out):\n" + "\n".join(judge))
    lines.append("\n\ndef delays(par, after, clear):\n" + "\n".join(delays))
    lines.append("\n\ndef permissives(io, par, pr):\n" + "\n".join(body) + "\n\n")
    return "\n".join(lines)


class Table:
    """A sheet's table as an object; the attributes are those of the generated module."""


def table(sheet):
    """The table of `sheet` for a rig that runs from the source tree."""
    names = {}
    exec(table_source(sheet), names)
    made = Table()
    for name in names:
        if not name.startswith("__"):
            setattr(made, name, names[name])
    return made
