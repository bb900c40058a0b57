"""Does a sheet contradict itself? Found before anything is built from it."""

from protocols import layout


class SheetError(Exception):
    """A sheet says something impossible; the text names the sheet, the row and what would be right."""


def _unique(sheet, what, names):
    seen = []
    for name in names:
        if name in seen:
            raise SheetError("%s: %s '%s' stands twice" % (sheet.name, what, name))
        seen.append(name)


def _claim(sheet, taken, name, register, words, lo, hi):
    if not lo <= register <= hi - words + 1:
        raise SheetError("%s: %s: register 0x%04X is outside 0x%04X-0x%04X" % (sheet.name, name, register, lo, hi))
    for address in range(register, register + words):
        if address in taken:
            raise SheetError("%s: %s: register 0x%04X is taken by %s" % (sheet.name, name, address, taken[address]))
        taken[address] = name


def _check_registers(sheet):
    taken = {}
    for word in range((len(sheet.of_kind("AI")) - layout.AI_QUAL_COUNT + 7) // 8):
        taken[layout.AI_QUAL_WORDS + word] = "the quality of measurements"
    for point in sheet.of_kind("AI", "AO"):
        lo = layout.MEASUREMENTS
        _claim(sheet, taken, point.name, point.reg, 1, lo, lo + layout.MEASUREMENTS_SIZE - 1)
        if not -0x8000 < point.lo < point.hi <= 0x7FFF:
            raise SheetError("%s: %s: range %d..%d does not fit an i16" % (sheet.name, point.name, point.lo, point.hi))
    for point in sheet.of_kind("AI"):
        if point.signal == layout.SIG_PT1000 and not (
            point.scale == 100 and layout.PT1000_LOWEST <= point.lo and point.hi <= layout.PT1000_HIGHEST
        ):
            raise SheetError("%s: %s: a PT1000 is 0.01 degC, within -50..150 degC" % (sheet.name, point.name))
    _check_field(sheet, taken)
    for point in sheet.of_kind("ST"):
        _claim(sheet, taken, point.name, point.reg, point.words, layout.PROGRAM_STATUS, layout.EVENT_RING - 1)
    following = layout.PLANT_CONFIG
    for param in sheet.params:
        register = following if param.reg is None else param.reg
        end = layout.PLANT_CONFIG + layout.PLANT_CONFIG_SIZE - 1
        _claim(sheet, taken, param.name, register, 1, layout.PLANT_CONFIG, end)
        following = register + 1
        if not -0x8000 < param.lo <= param.default <= param.hi <= 0x7FFF:
            raise SheetError("%s: parameter %s: default is not within its range" % (sheet.name, param.name))


def _check_field(sheet, taken):
    """The points of the field line: BI with a register, and BO."""
    lo = layout.MEASUREMENTS
    end = lo + layout.MEASUREMENTS_SIZE - 1
    began = False
    for point in sheet.of_kind("BI"):
        if point.reg is None:
            if began:
                raise SheetError("%s: %s: points of the field line come after the readers" % (sheet.name, point.name))
            continue
        began = True
        if point.words > 1 and not point.bits:
            raise SheetError("%s: %s: only bit fields have two registers" % (sheet.name, point.name))
        _claim(sheet, taken, point.name, point.reg, point.words, lo, end)
    for point in sheet.of_kind("BO"):
        _claim(sheet, taken, point.name, point.reg, 1, lo, end)
        if not point.bits and not -0x8000 < point.lo <= point.safe <= point.hi <= 0x7FFF:
            raise SheetError("%s: %s: the safe value is not within its range" % (sheet.name, point.name))


def _check_bits(sheet):
    for kind, words in (("DI", 4), ("DO", 2)):
        taken = {}
        for point in sheet.of_kind(kind):
            if not 0 <= point.bit < 16 * words:
                raise SheetError("%s: %s: bit %d is outside 0-%d" % (sheet.name, point.name, point.bit, 16 * words - 1))
            if point.bit in taken:
                raise SheetError(
                    "%s: %s: bit %d is taken by %s" % (sheet.name, point.name, point.bit, taken[point.bit])
                )
            taken[point.bit] = point.name


def check(sheet):
    """Raise SheetError for the first contradiction; return None when there is none."""
    _unique(sheet, "point", [point.attr for point in sheet.points])
    _unique(sheet, "parameter", [param.name for param in sheet.params])
    _unique(sheet, "parameter or fact", [param.name for param in sheet.params] + list(sheet.facts))
    _unique(sheet, "cause", [cause.name for cause in sheet.causes])
    _unique(sheet, "command code", [command.code for command in sheet.commands])
    _unique(sheet, "event code", [event.code for event in sheet.events])
    _unique(sheet, "state", sheet.states)
    if len(sheet.causes) > 30:
        raise SheetError(
            "%s: %d causes are too many: 30 fit a board's small integers" % (sheet.name, len(sheet.causes))
        )
    if len(sheet.permissives) > 16:
        raise SheetError("%s: %d permissives do not fit ILK_MISSING" % (sheet.name, len(sheet.permissives)))
    if len(sheet.of_kind("AI")) > layout.AI_MAX:
        raise SheetError(
            "%s: more than %d analogue inputs have no place for their quality" % (sheet.name, layout.AI_MAX)
        )
    effects = [effect.name for effect in sheet.effects]
    for cause in sheet.causes:
        for effect in cause.effects:
            if effect not in effects:
                raise SheetError("%s: cause %s: unknown effect '%s'" % (sheet.name, cause.name, effect))
    for command in sheet.commands:
        if command.code < layout.CMD_PLANT:
            raise SheetError("%s: command %s: codes below 0x0100 are common" % (sheet.name, command.name))
    for event in sheet.events:
        if event.code < layout.EV_PLANT:
            raise SheetError("%s: event %s: codes below 64 are common" % (sheet.name, event.name))
    _check_registers(sheet)
    _check_bits(sheet)
