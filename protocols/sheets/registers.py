"""The whole register map of a program as rows: for the documents, the poll plan, the tags and foreign masters."""

from protocols import layout
from protocols.sheets import common
from protocols.sheets.derive import param_registers

READ = "R"
WRITE = "RW"


class Register:
    """One row of a register map.

    register: first PDU address; words: 1 or 2 (high word first); type: u16, i16, u32, bits, bits32 or bit; bit: its
    position when the row is one bit of a word; value in units = raw / scale; enum: names of the values from 0 on;
    block: header, command, common config, measurement, status, config.
    """

    def __init__(
        self, block, register, words, type_, name, unit, scale, access, meaning, bit=None, enum=(), lo=None, hi=None
    ):
        self.block = block
        self.register = register
        self.words = words
        self.type = type_
        self.name = name
        self.unit = unit
        self.scale = scale
        self.access = access
        self.meaning = meaning
        self.bit = bit
        self.enum = enum
        self.lo = lo
        self.hi = hi


_HEADER_ENUMS = {
    "MODE": layout.MODES,
    "GW_LINK": layout.LINKS,
    "RESET_CAUSE": layout.RESET_CAUSES,
    "ACK_RESULT": common.RESULTS,
}


def _header(sheet):
    rows = []
    for register, words, type_, name, unit, scale, meaning in common.HEADER:
        enum = _HEADER_ENUMS.get(name, ())
        if name == "STATE":
            enum = sheet.states
        elif name == "SUBSTATE":
            enum = sheet.substates
        rows.append(Register("header", register, words, type_, name, unit, scale, READ, meaning, enum=enum))
    return rows


def _more_quality(sheet):
    """The words with the quality of the 17th measurement and on."""
    names = [point.name for point in sheet.of_kind("AI")]
    rows = []
    for first in range(layout.AI_QUAL_COUNT, len(names), 8):
        word = layout.AI_QUAL_WORDS + (first - layout.AI_QUAL_COUNT) // 8
        covered = names[first : first + 8]
        meaning = "two bits a measurement, as AI_QUAL: " + ", ".join(covered)
        rows.append(Register("measurement", word, 1, "bits", "AI_QUAL.%d" % (first + 1), "", 1, READ, meaning))
    return rows


def _field(point):
    words = point.words if point.kind == "BI" else 1
    type_ = "i16" if not point.bits else "bits" if words == 1 else "bits32"
    row = Register("measurement", point.reg, words, type_, point.name, point.unit, point.scale, READ, point.meaning)
    if point.kind == "BI":
        row.enum = point.enum
    if not point.bits:
        row.lo, row.hi = point.lo, point.hi
    return row


def _points(sheet):
    rows = _more_quality(sheet)
    for point in sheet.of_kind("AI", "AO"):
        row = Register("measurement", point.reg, 1, "i16", point.name, point.unit, point.scale, READ, point.meaning)
        row.lo, row.hi = point.lo, point.hi
        rows.append(row)
    for point in sheet.of_kind("BI", "BO"):
        if point.reg is not None:
            rows.append(_field(point))
    for point in sheet.of_kind("DI"):
        word = layout.DI_WORDS + point.bit // 16
        rows.append(Register("status", word, 1, "bit", point.name, "", 1, READ, point.meaning, bit=point.bit % 16))
    for point in sheet.of_kind("DO"):
        word = layout.DO_WORDS + point.bit // 16
        rows.append(Register("status", word, 1, "bit", point.name, "", 1, READ, point.meaning, bit=point.bit % 16))
    for point in sheet.of_kind("ST"):
        type_ = "u32" if point.words == 2 else "i16" if point.signed else "u16"
        rows.append(
            Register(
                "status",
                point.reg,
                point.words,
                type_,
                point.name,
                point.unit,
                point.scale,
                READ,
                point.meaning,
                enum=point.enum,
            )
        )
    return rows


def registers(sheet):
    """Every row of the map of `sheet`, ordered by address, then bit."""
    rows = _header(sheet)
    for block, source in (("command", common.COMMAND_BLOCK), ("common config", common.COMMON_CONFIG)):
        for register, words, type_, name, unit, scale, meaning in source:
            rows.append(Register(block, register, words, type_, name, unit, scale, WRITE, meaning))
    rows += _points(sheet)
    for param, register in zip(sheet.params, param_registers(sheet)):
        row = Register("config", register, 1, "i16", param.name, param.unit, 1, WRITE, param.meaning, enum=param.enum)
        row.lo, row.hi = param.lo, param.hi
        rows.append(row)
    rows.sort(key=lambda row: row.register * 32 + (row.bit or 0))
    return rows
