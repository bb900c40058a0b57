"""The `heat` section: what it takes, and every error with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_gateway.site import SiteError, load_site

HEAD = """\
site: {id: test, name: Test, timezone: Asia/Shanghai}
gateway: {id: gw1, run_dir: run}
lines:
  - {id: net, type: tcp, host: 127.0.0.1, port: 502}
boards:
  - {id: heat1, program: heat_loop, line: net, unit: 1, dev_id: 141, parameters: {dis_taps: 2}}
  - {id: lane, program: parking_lane, line: net, unit: 2, dev_id: 301}
heat:
"""
GOOD = """\
  board: heat1
  buildings:
    - {name: housing, curve: {supply_cold_c: 50, supply_warm_c: 35}}
    - {name: school, limit_c: 14}
  dhw: {supply_c: 60, store_c: 62, surplus_c: 65}
  power_to_heat: {kw: 300, boost_k: 5}
  pasteurise: {day: tuesday, at: "03:00"}
  taps: [{id: a}, {id: b, where: roof}]
"""


def problems(folder: Path, text: str, head: str = HEAD) -> list[str]:
    path = folder / "site.yaml"
    path.write_text(head + text, encoding="utf-8")
    try:
        load_site(path)
    except SiteError as error:
        return [str(problem).removeprefix(f"{folder}/") for problem in error.problems]
    return []


def test_a_whole_section_with_its_defaults(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == []
    heat = load_site(tmp_path / "site.yaml").site.heat
    assert heat is not None
    assert [(b.name, b.limit_c, b.curve.cold_c) for b in heat.buildings] == [("housing", 16, -5), ("school", 14, -5)]
    assert (heat.curfew.from_, heat.curfew.to, heat.loss_kw, len(heat.climate_c)) == ("22:00", "06:00", 150, 12)
    assert [tap.id for tap in heat.taps] == ["a", "b"]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("board: heat1", "board: heat2", "9:10: no such board; found `heat2`; did you mean `heat1`?"),
        ("board: heat1", "board: lane", "9:10: lane runs parking_lane; found `lane`; choose a board with the program"),
        (
            "supply_cold_c: 50",
            "supply_cold: 50",
            "11:31: unknown key in heat.buildings.0.curve; found `supply_cold`; did",
        ),
        (
            "supply_cold_c: 50",
            "supply_cold_c: 55",
            "11:46: supply_cold_c of housing is 55, the board heat1 takes 35 to 50",
        ),
        ("supply_warm_c: 35", "supply_warm_c: 30", "or give the board `supply_min: 3000`"),
        ("supply_cold_c: 50", "cold_c: 10, warm_c: 10", "cold_c (10) must be below warm_c (10)"),
        ("supply_warm_c: 35", "supply_warm_c: 51", "colder weather needs hotter water"),
        (
            "supply_c: 60",
            "supply_c: 54",
            "13:19: supply_c is below the hygiene band: bacteria grow; found `54`; 55 to 62",
        ),
        ("supply_c: 60", "supply_c: 63", "13:19: supply_c is above the scald band; found `63`; 55 to 62 degC; only a"),
        ("surplus_c: 65", "surplus_c: 66", "13:47: surplus_c is above the scald band; found `66`; 55 to 65 degC"),
        ("store_c: 62", "store_c: 58", "13:32: a store of 58 degC can't supply 60: V401 only cools; found `58`"),
        ("surplus_c: 65", "surplus_c: 61", "13:47: a surplus is stored at 61 degC, colder than the 62 of every day"),
        ("kw: 300", "kw: 350", "14:23: kw is 350, the electric heater of heat1 has 300 kW (eh_steps, eh_kw)"),
        (
            "boost_k: 5",
            "boost_k: 6",
            "14:37: boost_k is 6, the board heat1 takes 5 K (boost_max); found `6`; 5 at most",
        ),
        (
            "day: tuesday",
            "day: friday",
            "15:21: the board heat1 pasteurises on tuesday, not on friday; found `friday`;",
        ),
        ("day: tuesday", "day: tusday", "not one of the choices"),
        ('at: "03:00"', 'at: "04:30"', 'not at 04:30; found `"04:30"`; give the board `past_at: 270`'),
        ("{id: b, where: roof}", "{id: a}", "16:24: id a is used twice; found `a`; each has its own"),
        (", {id: b, where: roof}", "", "16:9: the board heat1 waits for 2 flushed taps, 1 are listed; give the board"),
        ("name: school", "name: housing", "12:14: name housing is used twice"),
        ("buildings:", "climate_c: [1, 2]\n  buildings:", "climate_c"),
    ],
)
def test_errors_have_a_place_and_a_remedy(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    assert right in GOOD
    found = problems(tmp_path, GOOD.replace(right, wrong, 1))
    assert any(said in problem for problem in found), found


def test_a_board_that_lives_in_another_time_zone_pasteurises_when_nobody_thinks_so(tmp_path: Path) -> None:
    there = HEAD.replace("Asia/Shanghai", "Europe/Berlin")
    assert any(
        "9:10: the board heat1 reckons with +8:00 h from UTC" in found for found in problems(tmp_path, GOOD, there)
    )
    assert problems(tmp_path, GOOD, there.replace("dis_taps: 2", "dis_taps: 2, zone_min: 60")) == []
