"""The site file: one broken file a row, and the exact error that a person reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_gateway.site import Problem, SiteError, load_site
from edge_gateway.site.document import parse
from edge_gateway.site.schema import json_schema

QICAI = Path("sites/qicai/site.yaml")

GOOD = """\
site: {id: qicai, name: Q, timezone: Asia/Shanghai}
gateway: {id: gw1}
lines:
  - {id: a, type: serial, port: /dev/ttyUSB0}
  - {id: b, type: tcp, host: 10.0.0.7}
boards:
  - {id: e1, program: parking_lane, line: a, unit: 1, dev_id: 1}
  - {id: x1, program: parking_lane, line: a, unit: 2, dev_id: 2, parameters: {lane_role: exit, clear_ms: 900}}
  - {id: t1, program: parking_lane, line: b, unit: 1, dev_id: 3}
parking: {entries: [e1], exits: [x1]}
uplink: {broker: "mqtt://127.0.0.1"}
"""


def problems(text: str, tmp_path: Path, *overrides: str) -> list[str]:
    path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        load_site(path, overrides)
    except SiteError as error:
        return [str(problem).replace(str(path), "site.yaml") for problem in error.problems]
    return []


def test_the_example_and_the_site_of_the_demo_are_right(tmp_path: Path) -> None:
    assert problems(GOOD, tmp_path) == []
    site = load_site(QICAI).site
    lanes = [board for board in site.boards if board.program == "parking_lane"]
    assert [board.unit for board in lanes] == [1, 2, 3, 4, 5]
    assert site.parking is not None
    assert (site.parking.capacity, site.parking.full_at, site.parking.reserve) == (440, 432, 8)
    assert [board.parameters["lane_role"] for board in lanes] == [0, 0, 1, 1, 2]
    others = [board for board in site.boards if board not in lanes]
    assert sorted(board.program for board in others) == ["energy", "heat_loop"] + ["waste_inlet"] * 24 + [
        "waste_station"
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        # YAML itself
        ("gateway: {id: gw1}", "gateway: {id: gw1", "what began in line 2, column 10 is not closed"),
        (
            "gateway: {id: gw1}",
            "gateway: {id: gw1, id: gw2}",
            "site.yaml:2:20: the key `id` is given twice; found `id`",
        ),
        ("gateway: {id: gw1}", "gateway: {id: gw1}\nsite: {}", "site.yaml:3:1: the key `site` is given twice"),
        ("gateway: {id: gw1}", "gateway: {[1]: gw1}", "site.yaml:2:11: a key must be one word"),
        # types
        (
            "unit: 1, dev_id: 1",
            'unit: "1", dev_id: 1',
            'site.yaml:7:52: boards.0.unit: must be a whole number; found `"1"`',
        ),
        ("unit: 1, dev_id: 1", "unit: 1.5, dev_id: 1", "boards.0.unit: must be a whole number; found `1.5`"),
        ("unit: 1, dev_id: 1", "unit: , dev_id: 1", "a value is missing here"),
        ("unit: 1, dev_id: 1", "unit: 248, dev_id: 1", "boards.0.unit: out of range; found `248`; must be <= 247"),
        ("name: Q", "name: yes", ""),  # YAML 1.2: `yes` is a word
        ("name: Q", "name: true", "site.name: must be text; found `true`"),
        ("lines:\n", "lines: 5\nx:\n", "lines: must be a list; found `5`"),
        ("entries: [e1]", "entries: e1", "parking.entries: must be a list; found `e1`"),
        ("{id: gw1}", "7", "gateway: must be keys with values; found `7`"),
        ("id: gw1", "id: gate way", "gateway.id: no proper id; found `gate way`"),
        # keys
        ("name: Q", "nam: Q", "site.yaml:1:19: unknown key in site; found `nam`; did you mean `name`?"),
        ("host: 10.0.0.7", "hots: 10.0.0.7", "unknown key in lines.1; found `hots`; did you mean `host`?"),
        ("host: 10.0.0.7", "hots: 10.0.0.7", "site.yaml:5:5: `host` is missing in lines.1"),
        ("uplink:", "uplnk:", "unknown key; found `uplnk`; did you mean `uplink`?"),
        # choices
        ("type: serial", "type: seriel", "site.yaml:4:19: lines.0.type: unknown type; found `seriel`"),
        (
            "port: /dev/ttyUSB0",
            "port: /dev/x, baud: 1200",
            "lines.0.baud: not one of the choices; found `1200`; choose",
        ),
        ("Asia/Shanghai", "Asia/Shangai", "site.yaml:1:38: unknown time zone; found `Asia/Shangai`"),
        # references and addresses
        (
            "program: parking_lane, line: a, unit: 1",
            "program: parking_lne, line: a, unit: 1",
            "did you mean `parking_lane`?",
        ),
        (
            "program: parking_lane, line: a, unit: 1",
            "program: x, line: a, unit: 1",
            "known programs: energy, heat_loop, parking_lane, waste_inlet, waste_station",
        ),
        ("line: b", "line: c", "no such line; found `c`; lines: a, b"),
        ("unit: 2", "unit: 1", "site.yaml:8:52: two boards on unit 1 of line a: e1 and x1; found `1`; unit 2 is free"),
        (
            "dev_id: 2",
            "dev_id: 1",
            "dev_id 1 is used twice in boards; found `1`; it must be unique; the first is in line 7",
        ),
        ("type: tcp, host: 10.0.0.7", "type: serial, port: /dev/ttyUSB0", "two lines on one port: a and b"),
        ("id: x1", "id: e1", "id e1 is used twice in boards"),
        # parameters
        (
            "clear_ms: 900",
            "clear_ms: 9",
            "parameter clear_ms is out of the range of parking_lane; found `9`; 500 to 3000 ms",
        ),
        ("clear_ms", "claer_ms", "parking_lane has no such parameter; found `claer_ms`; did you mean `clear_ms`?"),
        ("lane_role: exit", "lane_role: exti", "lane_role has no such choice; found `exti`; did you mean `exit`?"),
        ("clear_ms: 900", "clear_ms: many", "boards.1.parameters.clear_ms: must be a whole number; found `many`"),
        # the car park
        ("entries: [e1]", "entries: [e1, e9]", "no such board; found `e9`; "),
        ("entries: [e1]", "entries: [e1, e1]", "lane e1 is listed twice"),
        (
            "exits: [x1]",
            "exits: [t1]",
            "the board t1 does not work as exit lane; found `t1`; give it `lane_role: exit`",
        ),
        ("exits: [x1]", "exits: [x1], full_at: 433", "full_at (433) and reserve (8) are more than capacity (440)"),
        # the uplink and secrets
        ("mqtt://127.0.0.1", "http://127.0.0.1", "a broker is written mqtt://host:1883"),
        ("mqtt://127.0.0.1", "mqtt://h:99999", "the port of a broker is a number from 1 to 65535"),
        ('"mqtt://127.0.0.1"', "mqtt://127.0.0.1, password: hunter2", "a secret does not belong in the site file"),
        ('"mqtt://127.0.0.1"', "mqtt://127.0.0.1, password: {}", "give either `file` or `env`"),
        ("parking: {", "parking: {credentials: gone.csv, ", "no such file"),
    ],
)
def test_an_error_has_its_place_and_says_what_would_be_right(old: str, new: str, told: str, tmp_path: Path) -> None:
    assert old in GOOD
    found = problems(GOOD.replace(old, new, 1), tmp_path)
    if told:
        assert any(told in problem for problem in found), found
    else:
        assert found == []
    for problem in found:
        origin, line, column, _rest = problem.split(":", 3)
        assert (origin, line.isdigit(), column.isdigit()) == ("site.yaml", True, True)


def test_a_secret_is_not_repeated_on_the_screen(tmp_path: Path) -> None:
    text = GOOD.replace('"mqtt://127.0.0.1"', '"mqtt://u:hunter2@h", password: hunter2')
    assert "hunter2" not in "\n".join(problems(text, tmp_path))


def test_an_unknown_program_is_told_beside_other_errors_and_its_parameters_are_not_blamed(tmp_path: Path) -> None:
    text = GOOD.replace("parking_lane, line: a, unit: 2", "parking_lan, line: a, unit: 500")
    told = problems(text, tmp_path)
    assert len(told) == 2
    assert "unknown program; found `parking_lan`; did you mean `parking_lane`?" in told[0]
    assert "unit" in told[1]


def test_all_problems_are_told_at_once_and_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = GOOD.replace("name: Q", "nam: Q").replace("unit: 2", "unit: 500").replace("id: gw1", "id: 5")
    lines = [int(problem.split(":")[1]) for problem in problems(text, tmp_path)]
    assert lines == sorted(lines)
    assert set(lines) == {1, 2, 8}


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("gateway.scan_ms=50", ""),
        ("boards.x1.unit=7", ""),
        ("boards.0.title=hall", ""),
        ("parking.entries.0=t1", ""),
        ("uplink.tls.ca_file=/etc/ca.pem", ""),
        ("boards.x1.parameters.lane_role=exit", ""),
        (
            "gateway.scan_ms=soon",
            "--set gateway.scan_ms=soon:1:17: gateway.scan_ms: must be a whole number; found `soon`",
        ),
        ("boards.x1.unit=1", "two boards on unit 1 of line a"),
        ("boards.x9.unit=1", "--set boards.x9.unit=1:1:8: no such item; found `x9`; "),
        ("gateway.scan_ms", "no value is set"),
        ("gateway.id.x=1", "nothing can be set below a single value"),
        ("gateway.sacn_ms=5", "unknown key in gateway; found `sacn_ms`; did you mean `scan_ms`?"),
    ],
)
def test_values_given_on_the_command_line(override: str, told: str, tmp_path: Path) -> None:
    found = problems(GOOD, tmp_path, override)
    assert any(told in problem for problem in found) if told else found == []


def test_overlapping_registers_of_a_sheet_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from edge_gateway.site import programs
    from protocols.sheets import check

    def overlapping(sheet: object) -> None:
        raise check.SheetError("parking_lane: POS: register 0x0080 is taken by MOT.I")

    monkeypatch.setattr(programs, "check", overlapping)
    (problem,) = problems(GOOD, tmp_path)
    assert "the sheet of parking_lane contradicts itself" in problem
    assert "register 0x0080 is taken by MOT.I" in problem


@pytest.mark.parametrize("text", ["", "# nothing\n", "5", "- a\n", "\ufeffsite: 1\n"])
def test_files_that_are_no_site(text: str, tmp_path: Path) -> None:
    assert problems(text, tmp_path)


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="no such file"):
        load_site(tmp_path / "gone.yaml")
    (tmp_path / "bin.yaml").write_bytes(b"site:\n  id: \xff\xfe")
    with pytest.raises(SiteError, match=r"bin\.yaml:2:7: this is no UTF-8 text"):
        load_site(tmp_path / "bin.yaml")
    with pytest.raises(SiteError, match="can't be read"):
        load_site(tmp_path)


def test_an_alias_that_contains_itself_is_an_error() -> None:
    with pytest.raises(SiteError, match="alias"):
        parse("a: &x [*x]\n", "t")


def problems_of(read: Callable[[], object]) -> tuple[Problem, ...]:
    """What a SiteError tells; any other exception fails the test."""
    try:
        read()
    except SiteError as error:
        return error.problems
    return ()


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:{}[]-,\n \"'&*!|>#?%@1.~"), max_size=60))
def test_whatever_is_in_a_file_the_answer_has_a_place(text: str) -> None:
    assert all(problem.position.line >= 1 for problem in problems_of(lambda: parse(text, "t")))


ODD = ["5", "-1", "x", "", "null", "[1]", "{}", "1e400", "0x10", "2020-01-01", "🚗"]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_good_file_with_a_word_exchanged_is_read_or_told(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    words = GOOD.replace("{", " { ").replace("}", " } ").replace(",", " , ").split(" ")
    words[data.draw(st.integers(0, len(words) - 1))] = data.draw(st.sampled_from(ODD))
    path = tmp_path_factory.getbasetemp() / "mutated.yaml"
    path.write_text(" ".join(words), encoding="utf-8")
    assert all(problem.what for problem in problems_of(lambda: load_site(path)))


def test_the_schema_knows_programs_and_their_parameters() -> None:
    schema = json_schema()
    json.dumps(schema)
    board = schema["$defs"]["Board"]
    assert board["properties"]["program"]["enum"] == [
        "energy",
        "heat_loop",
        "parking_lane",
        "waste_inlet",
        "waste_station",
    ]
    (lane,) = (rule for rule in board["allOf"] if rule["if"]["properties"]["program"]["const"] == "parking_lane")
    parameters = lane["then"]["properties"]["parameters"]["properties"]
    assert parameters["clear_ms"] == {
        "type": "integer",
        "minimum": 500,
        "maximum": 3000,
        "default": 1000,
        "description": "boom loop clear for this long before closing (ms)",
    }
    assert {"site", "gateway", "lines", "boards"} == set(schema["required"])
