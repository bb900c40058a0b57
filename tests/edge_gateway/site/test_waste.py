"""The `waste` section: what it takes, and every error with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_gateway.site import SiteError, load_site

HEAD = """\
site: {id: test, name: Test}
gateway: {id: gw1, run_dir: run}
lines:
  - {id: net, type: tcp, host: 127.0.0.1, port: 502}
boards:
  - {id: station, program: waste_station, line: net, unit: 1, dev_id: 200, parameters: {length1: 450}}
  - {id: inlet01, program: waste_inlet, line: net, unit: 2, dev_id: 101}
  - {id: inlet02, program: waste_inlet, line: net, unit: 3, dev_id: 102, parameters: {valves: 1, fraction1: other}}
waste:
"""
GOOD = """\
  station: station
  branches:
    - {number: 1, length_m: 450, joins_m: 150}
  inlets:
    - {board: inlet01, branch: 1, distance_m: 225}
    - {board: inlet02, branch: 1, distance_m: 300, fractions: [other]}
"""


def problems(folder: Path, text: str) -> list[str]:
    path = folder / "site.yaml"
    path.write_text(HEAD + text, encoding="utf-8")
    try:
        load_site(path)
    except SiteError as error:
        return [str(problem).removeprefix(f"{folder}/") for problem in error.problems]
    return []


def test_a_whole_section_with_its_defaults(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(HEAD + GOOD, encoding="utf-8")
    waste = load_site(tmp_path / "site.yaml").site.waste
    assert waste is not None
    assert waste.inlets[0].fractions == ["perishable", "other", "recyclable"]
    assert (waste.curfew.from_, waste.curfew.to, waste.schedule.batch, waste.sequence.open_s) == (
        "22:00",
        "06:00",
        6,
        6.5,
    )


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("station: station", "station: statoin", "10:12: no such board; found `statoin`; did you mean `station`?"),
        ("station: station", "station: inlet01", "10:12: inlet01 runs waste_inlet; found `inlet01`; choose a board"),
        ("board: inlet02", "board: inlet01", "15:15: inlet inlet01 is listed twice"),
        ("branch: 1, distance_m: 225", "branch: 2, distance_m: 225", "14:32: no such branch; found `2`; branches: 1"),
        ("distance_m: 225", "distance_m: 500", "14:47: inlet01 does not lie on branch 1; found `500`; between 150 m"),
        ("[other]", "[perishable]", "15:64: valve 1 of the board inlet02 does not discharge perishable"),
        ("[other]", "[other, other]", "the board inlet02 has 1 valves, 2 fractions are listed"),
        ("joins_m: 150", "joins_m: 450", "joins_m (450) must be less than length_m (450)"),
        ("[other]", "[otter]", "not one of the choices"),
        ("  station: station\n", '  station: station\n  curfew: {from: "25:00"}\n', "11:18: waste.curfew.from"),
        ("length_m: 450", "lenght_m: 450", "did you mean `length_m`?"),
    ],
)
def test_errors_have_a_place_and_a_remedy(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    assert right in GOOD
    found = problems(tmp_path, GOOD.replace(right, wrong, 1))
    assert any(said in problem for problem in found), found


def test_the_stations_own_purge_must_reach_the_farthest_inlet(tmp_path: Path) -> None:
    text = GOOD.replace("length_m: 450", "length_m: 900").replace("distance_m: 300", "distance_m: 600")
    (problem,) = problems(tmp_path, text)
    assert problem.startswith("site.yaml:12:16: the station purges 450 m of branch 1, its farthest inlet is 600 m away")
    assert problem.endswith("give the board station `length1: 600`")
