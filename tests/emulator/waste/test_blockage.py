"""Blockages: where the taps show them, how they form, how shaking loosens them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.emulator.waste.support import conveying, line
from tools.emulator.waste.direct import Direct

BRANCHES = range(1, 7)


def running(branch: int) -> Direct:
    """A site that conveys from a branch, P5 off."""
    plant = Direct(residents=0)
    plant.cut_kpa = float("inf")
    plant.divert(0)
    return conveying(plant, branch)


@pytest.mark.parametrize("branch", BRANCHES)
def test_a_plug_in_a_branch_puts_all_taps_to_shut_off(branch: int) -> None:
    plant = running(branch)
    plant.block(branch)
    plant.run(20)
    assert plant.speed < 0.3
    assert all(tap > 0.9 * plant.vacuum_kpa > 25 for tap in plant.taps_kpa)


@pytest.mark.parametrize("section", BRANCHES)
def test_a_plug_in_the_main_parts_the_taps_there(section: int) -> None:
    plant = running(6)
    plant.block_main(section)
    plant.run(20)
    taps = plant.taps_kpa
    assert all(tap > 0.9 * plant.vacuum_kpa > 25 for tap in taps[: section - 1])
    assert taps[5] < 1.0
    assert all(tap < 1.0 for tap in taps[section - 1 :])


def test_the_profile_falls_along_the_pipe() -> None:
    plant = running(6)
    taps = plant.taps_kpa
    assert plant.vacuum_kpa > taps[0] > taps[1] > taps[2] > taps[3] > taps[4] > taps[5] > 1.0
    falls = [high - low for high, low in pairwise(taps[:5])]
    assert max(falls) == pytest.approx(min(falls), rel=0.05)


def test_taps_of_branches_beyond_the_air_show_the_junction() -> None:
    plant = running(2)
    taps = plant.taps_kpa
    assert taps[2:] == pytest.approx([taps[2]] * 4, rel=0.01)
    assert taps[0] > taps[2] > taps[1]


def test_a_leak_in_a_branch_shows_as_low_vacuum_and_fast_air() -> None:
    plant = running(6)
    plant.fans_fixed(0.92)
    plant.run(20)
    vacuum, speed = plant.vacuum_kpa, plant.speed
    plant.leak(5.0, branch=6)
    plant.run(20)
    assert plant.vacuum_kpa < vacuum
    assert plant.speed > speed


def test_a_discharge_valve_stuck_open_gives_fast_air_at_the_main_and_slow_air_in_the_branch() -> None:
    plant = running(6)
    plant.fans_fixed(0.92)
    plant.run(20)
    network = plant.network
    speed, tap = plant.speed, plant.taps_kpa[5]
    at_the_end = network.air.columns[0].flow
    plant.discharge(21, 0)
    plant.run(5)
    plant.fail_dv(21, 0, "stuck")
    plant.run(20)
    assert not plant.dv_closed(21, 0)
    assert plant.speed > speed
    assert network.air.columns[0].flow < 0.97 * at_the_end
    assert plant.taps_kpa[5] < tap


def test_waste_that_stands_in_moving_air_becomes_a_plug() -> None:
    plant = line()
    plant.fill(1, 0, 30)
    plant.fans_fixed(0.3)
    plant.av_open(1)
    plant.run(25)
    assert 1.0 < plant.speed < 8.0
    plant.discharge(1, 0)
    plant.run(30)
    (plug,) = plant.network.conveying.plugs
    assert plug.formed
    assert plug.held_g == plant.in_flight_kg() * 1000 == 30_000
    assert plant.balance.closed
    assert plant.speed < 4.0


def test_waste_in_a_dead_pipe_only_settles() -> None:
    plant = conveying(line())
    plant.fill(1, 0, 30)
    plant.discharge(1, 0)
    plant.run(20)
    plant.fans_stop()
    plant.av_close()
    plant.run(60)
    assert plant.network.conveying.plugs == []
    assert plant.in_flight_kg() == 30
    conveying(plant)
    plant.until(lambda: plant.landed_kg() == 30, within_s=150)
    assert plant.network.conveying.blockages == 0


@pytest.mark.parametrize("branch", [1, 4, 6])
def test_shaking_loosens_a_plug_after_its_number_of_strokes(branch: int) -> None:
    plant = running(branch)
    plant.fill(branch * 4, 0, 30)
    plant.discharge(branch * 4, 0)
    plant.run(8)
    plug = plant.block(branch, shakes=2)
    plant.run(25)
    for stroke in (1, 2):
        plant.av_close(branch)
        plant.run(7)
        assert plant.vacuum_kpa > 25
        plant.av_open(branch)
        plant.run(10)
        assert plug.felt == stroke
        assert (plug in plant.network.conveying.plugs) == (stroke == 1)
    plant.until(lambda: plant.landed_kg() == 30, within_s=200)
    assert plant.network.max_speed < 35.0
    assert plant.balance.closed


def test_a_stroke_without_vacuum_is_none() -> None:
    plant = Direct(residents=0)
    plug = plant.block(1, "partial", shakes=1)
    plant.av_open(1)
    plant.run(3)
    assert plug.felt == 0


def test_a_partial_blockage_slows_the_air_below_14() -> None:
    plant = running(3)
    plant.block(3, "partial")
    plant.run(10)
    assert 1.0 < plant.speed < 14.0


@pytest.mark.parametrize("branch", BRANCHES)
def test_air_stays_below_35_when_a_plug_gives_way_at_full_vacuum(branch: int) -> None:
    plant = running(branch)
    plug = plant.block(branch)
    plant.run(60)
    assert plant.vacuum_kpa > 31
    plant.unblock(plug)
    plant.run(30)
    assert plant.network.conveying.plugs == []
    assert 20.0 < plant.network.max_speed < 35.0


def test_what_does_not_exist_cannot_be_blocked() -> None:
    plant = Direct(residents=0)
    with pytest.raises(ValueError, match="between"):
        plant.block(1, at=10.0)
    with pytest.raises(ValueError, match="partial or total"):
        plant.block(1, "half")
