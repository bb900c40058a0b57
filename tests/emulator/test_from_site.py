"""The emulated side of a site file: Qicai as the demo shows it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from edge_gateway.site import load_site
from tools.emulator.from_site import NotEmulatedError, spec_of
from tools.emulator.plants import Surroundings
from tools.emulator.spec import IN_PROCESS, MICROPYTHON, SiteSpec
from tools.emulator.waste.filling import fill
from tools.emulator.waste.layout import reference_site

QICAI = str(Path(__file__).parents[2] / "sites" / "qicai" / "site.yaml")


@pytest.fixture
def spec(tmp_path: Path) -> SiteSpec:
    return spec_of(load_site(QICAI), tmp_path)


def test_lanes_stations_and_one_inlet_of_each_branch_are_processes(spec: SiteSpec) -> None:
    real = [board.name for board in spec.boards if board.runtime == MICROPYTHON]
    lanes = ["entry1", "entry2", "exit1", "exit2", "emergency1"]
    assert real == [*lanes, "station", *(f"inlet{number:02}" for number in (1, 5, 9, 13, 17, 21)), "energy1", "heat1"]
    assert sum(board.runtime == IN_PROCESS for board in spec.boards) == 18


def test_only_crowded_lines_spare_boards_what_is_not_meant_for_them(spec: SiteSpec) -> None:
    assert [line.name for line in spec.lines if line.addressed] == [f"waste{number}" for number in range(1, 7)]


def test_the_network_of_the_site_file_is_the_reference_site(spec: SiteSpec) -> None:
    around = Surroundings(spec)
    assert around.network is not None
    assert around.network.layout == reference_site()
    assert around.inlets == {f"inlet{number:02}": number for number in range(1, 25)}


def test_a_spec_goes_through_a_pipe(spec: SiteSpec) -> None:
    again = SiteSpec.from_json(spec.to_json())
    assert again.boards == spec.boards
    assert again.lines == spec.lines
    assert Surroundings(again).inlets == Surroundings(spec).inlets


def test_fractions_that_no_emulated_inlet_has_are_refused(tmp_path: Path) -> None:
    copy = shutil.copytree(Path(QICAI).parent, tmp_path / "qicai", ignore=shutil.ignore_patterns("run")) / "site.yaml"
    text = copy.read_text(encoding="utf-8")
    text = text.replace("    title: Inlet 3\n", "    title: Inlet 3\n    parameters: {valves: 2}\n")
    text = text.replace("distance_m: 675}", "distance_m: 675, fractions: [perishable, other]}")
    copy.write_text(text, encoding="utf-8")
    with pytest.raises(NotEmulatedError, match="inlet03: emulated inlets have the fractions perishable"):
        spec_of(load_site(str(copy)), tmp_path)


def test_one_leg_is_full_and_the_others_follow(spec: SiteSpec) -> None:
    network = Surroundings(spec).network
    assert network is not None
    fill(network, 90.0)
    fill(network, 97.0)
    full = [(inlet.number, chute.fraction) for inlet in network.inlets for chute in inlet.chutes if chute.level_full]
    assert full == [(number, 0) for number in range(4)]
    assert sum(chute.level_high for inlet in network.inlets for chute in inlet.chutes) == 8  # the second leg as well
    balance = network.balance
    assert balance.closed
    assert balance.chutes == balance.received > 0
