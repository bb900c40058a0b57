"""Sheets and what is derived from them: the same on a board and on the desk."""

from protocols import layout
from protocols.sheets import PROGRAMS, load
from protocols.sheets.check import SheetError, check
from protocols.sheets.derive import table, table_source
from protocols.sheets.model import AI, AO, AUTO, BI, BO, DI, DO, Cause, Effect, Param, Permissive, Sheet, Status
from protocols.token import TOKEN_MAX, token


def sump(points=None, causes=(), params=None, permissives=()):
    """A small sheet; the arguments replace its parts."""
    if points is None:
        points = (
            DI("LSHH", "level very high", 0, nc=True),
            AI("LT", "level", 0x80, "mm", 1, 0, 2000),
            DO("P1.RUN", "pump runs", 0),
        )
    if params is None:
        params = (Param("stop_level", 200, 100, 1900, "mm", "stops"), Param("dry_s", 2, 0, 60, "s", "dry run delay"))
    return Sheet(
        "sump",
        dev_type=99,
        version=(1, 0),
        scan_ms=100,
        title="Sump",
        area="XX",
        safe_ms=0,
        points=points,
        states=("IDLE", "PUMPING"),
        substates=("REMOTE_AUTO",),
        params=params,
        facts=("seal_wet",),
        effects=(Effect("STOP", "pump off"), Effect("CALL", "attendant"), Effect("LOG", "recorded")),
        causes=causes,
        permissives=permissives,
        commands=(),
        events=(),
    )


class Bag:
    pass


def bag(**values):
    made = Bag()
    for name in values:
        setattr(made, name, values[name])
    return made


def refusal(sheet, build=check):
    """The text with which `build` refuses the sheet, or an empty one."""
    try:
        build(sheet)
    except SheetError as error:
        return str(error)
    return ""


def test_every_program_has_a_sheet_that_holds():
    for name in PROGRAMS:
        sheet = load(name)
        assert sheet.name == name
        made = table(sheet)
        assert name == made.PROGRAM
        assert sheet.scan_ms == made.SCAN_MS
        assert len(made.CAUSES) == len(sheet.causes)


def test_an_unknown_program_has_none():
    assert load("sump_pump") is None


def test_a_condition_reads_points_parameters_facts_and_states():
    rule = Cause("DRY", "LT < stop_level and not LSHH and seal_wet and state == PUMPING", ("STOP",), after="dry_s")
    made = table(sump(causes=(rule,)))
    out = [7]
    par = bag(stop_level=200, dry_s=2)
    made.causes(bag(LT=199, LSHH=0), par, bag(seal_wet=1, state=1), out)
    assert out == [1]
    for io, pr in (
        (bag(LT=200, LSHH=0), bag(seal_wet=1, state=1)),
        (bag(LT=199, LSHH=1), bag(seal_wet=1, state=1)),
        (bag(LT=199, LSHH=0), bag(seal_wet=0, state=1)),
        (bag(LT=199, LSHH=0), bag(seal_wet=1, state=0)),
    ):
        made.causes(io, par, pr, out)
        assert out == [0]


def test_a_cause_names_the_inputs_whose_quality_counts():
    made = table(sump(causes=(Cause("HIGH", "LSHH or LT > 1900", ("STOP",)),)))
    assert made.CAUSES[0][6] == (0, 1)


def test_effects_are_bits_of_one_mask():
    made = table(sump(causes=(Cause("HIGH", "LSHH", ("CALL", "LOG")),)))
    assert made.CAUSES[0][5] == made.EF_CALL | made.EF_LOG == 6


def test_delays_follow_the_parameter_and_its_unit():
    made = table(sump(causes=(Cause("HIGH", "LSHH", ("STOP",), after="dry_s", clear=250),)))
    after, clear = [0], [0]
    made.delays(bag(dry_s=3), after, clear)
    assert (after, clear) == ([3000], [250])


def test_missing_permissives_are_bits_and_groups_are_masks():
    rules = (
        Permissive("NOT_HIGH", "not LSHH", ("START",), "level not very high"),
        Permissive("WET", "LT > stop_level", ("START", "JOG"), "water there"),
    )
    made = table(sump(permissives=rules))
    par = bag(stop_level=200)
    assert made.permissives(bag(LSHH=0, LT=300), par, None) == 0
    assert made.permissives(bag(LSHH=1, LT=100), par, None) == 3
    assert (made.PM_START, made.PM_JOG) == (3, 2)


def test_the_text_stays_behind():
    source = table_source(load("parking_lane"))
    assert "bumper" not in source
    assert "attendant" not in source


def test_the_checksum_changes_with_the_map_and_not_with_the_words():
    here = table(sump())
    moved = table(sump(points=(DI("LSHH", "level very high", 1, nc=True), AI("LT", "level", 0x80, "mm", 1, 0, 2000))))
    worded = sump()
    worded.points[0].meaning = "too much water"
    assert here.SHEET_CRC != moved.SHEET_CRC
    assert here.SHEET_CRC == table(worded).SHEET_CRC


def test_points_of_a_field_line_have_registers_and_come_last():
    power = BI("GM.P", "power", 1500, 0x80, "kW", 10)
    events = BI("INV.EVT", "events", 5000, 0x81, bits=True, words=2)
    limit = BO("INV.SET", "limit", 0x83, "%", 10, 0, 1000, safe=0)
    made = table(sump(points=(BI("READ.SEQ", "a read"), power, events, limit), params=()))
    assert made.BI == (("READ_SEQ", 2000), ("GM_P", 1500), ("INV_EVT", 5000))
    assert made.FIELD == (("GM_P", 0x80, 1, 0), ("INV_EVT", 0x81, 2, 1))
    assert made.BO == (("INV_SET", 0x83, 0, 0, 1000),)
    for points, words in (
        ((power, BI("READ.SEQ", "a read")), "points of the field line come after the readers"),
        ((power, BO("X", "x", 0x80)), "register 0x0080 is taken by GM.P"),
        ((events, BI("Y", "y", 5000, 0x82)), "register 0x0082 is taken by INV.EVT"),
        ((BI("Z", "z", 5000, 0x80, words=2),), "only bit fields have two registers"),
        ((BO("X", "x", 0x80, lo=1, hi=5, safe=0),), "the safe value is not within its range"),
    ):
        assert words in refusal(sump(points=points, params=())), words


def test_a_fact_that_is_called_like_a_parameter_is_refused():
    params = (Param("seal_wet", 1, 0, 2, "", "would hide the fact"),)
    assert "'seal_wet' stands twice" in refusal(sump(params=params))


def test_contradictions_are_refused_by_name():
    level = AI("LT", "level", 0x80, "mm", 1, 0, 2000)
    for points, words in (
        ((level, AI("PT", "pressure", 0x80, "kPa", 1, 0, 10)), "register 0x0080 is taken by LT"),
        ((level, AO("SP", "speed", 0x7F, "%", 1, 0, 100)), "outside 0x0080-0x00FF"),
        ((DI("A", "", 3), DI("B", "", 3)), "bit 3 is taken by A"),
        ((DI("A", "", 64),), "bit 64 is outside 0-63"),
        ((DI("A.B", "", 0), DI("A_B", "", 1)), "point 'A_B' stands twice"),
        ((AI("LT", "", 0x80, "mm", 1, 0, 40000),), "does not fit an i16"),
        ((AI("TT", "", 0x80, "degC", 10, -400, 1400, signal=layout.SIG_PT1000),), "TT: a PT1000 is 0.01 degC"),
        ((AI("TT", "", 0x80, "degC", 100, -4000, 20000, signal=layout.SIG_PT1000),), "within -50..150 degC"),
        ((Status("N", "", 0x17F, words=2),), "outside 0x0110-0x017F"),
        ((Status("N", "", 0x110, words=2), Status("M", "", 0x111)), "register 0x0111 is taken by N"),
    ):
        assert words in refusal(sump(points=points)), refusal(sump(points=points))
    assert "default is not within its range" in refusal(sump(params=(Param("p", 5, 6, 9, "", ""),)))
    assert "unknown effect 'STAP'" in refusal(sump(causes=(Cause("X", "LSHH", ("STAP",)),)))


def test_an_unknown_name_is_refused_with_its_row():
    text = refusal(sump(causes=(Cause("HIGH", "LSHX or LT > 3", ("STOP",), reset=AUTO),)), table)
    assert "cause HIGH" in text
    assert "'LSHX'" in text


def test_tokens_are_small_and_blind_to_spelling():
    assert token("zhe A-12345") == token("ZHEA12345")
    assert token("ZHEA12345") != token("ZHEA12346")
    for text in ("", "a", "浙A12345"):
        assert 1 <= token(text) <= TOKEN_MAX


def test_the_command_block_is_thirteen_registers():
    assert layout.C_CRC - layout.C_GW_HB + 1 == layout.COMMAND_SIZE
