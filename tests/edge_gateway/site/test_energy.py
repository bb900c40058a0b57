"""The `energy` section: what it takes, and every error with its place."""

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
  - {id: power, program: energy, line: net, unit: 1, dev_id: 500, parameters: {inv6_unit: 0}}
  - {id: lane, program: parking_lane, line: net, unit: 2, dev_id: 301}
energy:
"""
GOOD = """\
  board: power
  export_cap_kw: 250
  battery: {reserve_pct: 30}
  inverters: [{number: 1}, {number: 2, kw: 60, kwp: 90}]
  tariff:
    periods:
      - {from: "00:00", to: "08:00", name: valley, buy: 0.3}
      - {from: "08:00", to: "24:00", name: flat, buy: 0.7}
  feeders: [{name: pw, tier: 3, kw: 165}, {name: it, tier: 1}]
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
    energy = load_site(tmp_path / "site.yaml").site.energy
    assert energy is not None and energy.battery is not None and energy.ev is not None
    assert energy.import_limit_kw == 1280.0, "80 % of 1,600 kVA"
    assert (energy.battery.kwh, energy.ev.ac_points, energy.ev.dc_points, energy.grid.back_s) == (1000, 88, 4, 300)
    assert [period.name for period in energy.tariff.periods] == ["valley", "flat"]
    assert (tmp_path / "site.yaml").write_text(HEAD + "  board: power\n  inverters: []\n", encoding="utf-8")
    tariff = load_site(tmp_path / "site.yaml").site.energy
    assert tariff is not None and tariff.tariff.periods[-1].to == "24:00"


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("board: power", "board: powr", "9:10: no such board; found `powr`; did you mean `power`?"),
        ("board: power", "board: lane", "9:10: lane runs parking_lane; found `lane`; choose a board with the program"),
        ("cap_kw: 250", "cap_kw: 350", "10:18: export_cap_kw is 350, the board power holds 300 kW by itself"),
        ("cap_kw: 250", "cap_kw: 250\n  import_cap_kw: 1300", "11:18: above 80 % of the transformer's 1600 kVA"),
        ("reserve_pct: 30", "reserve_pct: 10", "11:26: below the 20 % that the board power keeps; found `10`"),
        ("{number: 1}", "{number: 6}", "12:24: the board power has no inverter 6; found `6`; give the board `inv6_"),
        ("battery:", "ev: {ac_kw: 22}\n  battery:", "11:15: ac_kw is 22, 688 W for each A; the board power reck"),
        ("battery:", "ev: {dc_kw: 150}\n  battery:", "give the board `ev_w: 276`"),
        ("battery:", "ev: {ac_points: 20}\n  battery:", "11:19: the board power takes points from 89"),
        ("{number: 1}", "{number: 2}", "inverter 2 is listed twice; found `2`; each has"),
        ('from: "08:00"', 'from: "09:00"', '16:16: no price before this; found `"09:00"`; it must begin at 08:00'),
        ('from: "08:00"', 'from: "07:00"', "16:16: two prices at one time"),
        ('to: "24:00"', 'to: "23:00"', "16:29: no price from 23:00 on"),
        ('to: "24:00"', 'to: "25:00"', "16:29: energy.tariff.periods.1.to"),
        ("name: flat", "name: noon", "not one of the choices"),
        ("name: it", "name: pw", "17:50: feeder pw is listed twice"),
        ("tier: 1", "tier: 4", "out of range"),
        ("export_cap_kw", "export_cap", "did you mean `export_cap_kw`?"),
    ],
)
def test_errors_have_a_place_and_a_remedy(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    assert right in GOOD
    found = problems(tmp_path, GOOD.replace(right, wrong, 1))
    assert any(said in problem for problem in found), found
