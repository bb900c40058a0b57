"""The heat rig itself: the board sees the plant, the plant guards itself, both runtimes live the same story."""

from __future__ import annotations

from pathlib import Path

import pytest

from hil_tests.conftest import MakeHeat
from hil_tests.heat_rig import QUICK, HeatRig
from hil_tests.one_board import RUNTIMES
from protocols import layout
from tools.emulator.heat.sensors import FLOWS, PRESSURES, TEMPERATURES


def test_the_board_has_the_values_of_the_plant_and_the_line_has_room(make_heat: MakeHeat) -> None:
    rig = make_heat(**QUICK)
    rig.run(20)
    assert rig.header(layout.H_DEV_TYPE) == 4
    assert rig.header(layout.H_SCAN_OVR) == 0
    for tag in TEMPERATURES:
        assert rig.told(tag) == pytest.approx(rig.true(tag), abs=0.2), tag
    for tag in (*FLOWS, *PRESSURES):
        assert rig.told(tag) == pytest.approx(rig.true(tag), abs=0.5), tag
    assert rig.value("IT.REQ") == pytest.approx(8500, abs=1)
    assert [rig.value(f"HP{n}.ST") for n in (1, 2, 3)] == [1, 1, 1]
    assert rig.field_line.statistics.collisions == 0
    assert (rig.value("FIELD.WRONG"), rig.value("FIELD.LATE")) == (0, 0)
    load = rig.value("FIELD.LOAD")
    assert load is not None and 100 < load < 500


def test_without_power_the_it_water_is_cooled_all_the_same(make_heat: MakeHeat) -> None:
    """Springs, and drives that run when nobody commands them: V101 is at the dry cooler within 30 s (HT2)."""
    rig = make_heat(gateway=False, lapse_ms=1_000, **QUICK)
    rig.run_up()
    rig.until(lambda: rig.district.v101.position > 0.3, within_s=60)
    rig.board.power_off()
    rig.until(lambda: rig.district.v101.closed_switch, within_s=30)
    rig.run(30)
    assert rig.district.ft101 == pytest.approx(22.0, rel=0.25)
    assert rig.district.cooler.fan > 0.99
    assert rig.district.v401_sp is None and not any(machine.order for machine in rig.district.machines)
    rig.run(60)
    assert rig.true("TT101") < 40.0


def test_hard_wired_layers_act_whatever_the_board_does(make_heat: MakeHeat) -> None:
    """With the board hung, its outputs standing: flow switch, thermostats and gas detector take away what burns."""
    rig = make_heat(gateway=False, lapse_ms=1_000, **QUICK)
    rig.run_up()
    for step in range(1, 7):
        rig.board.wiring.fault(f"EH1.Y{step}", "stuck_on")
    rig.run(1)
    assert rig.kw("eh1") == 300.0
    rig.board.wdt_ms = 0
    rig.board.dog_us = 1 << 62
    rig.board.hang()
    rig.fail("P201", "seized")
    rig.run(3)
    assert not rig.running()
    rig.fail("EH1", "dry")
    rig.until(lambda: rig.plant.hard_wired.heater_tripped, within_s=120)
    rig.run(2)
    assert rig.kw("eh1") == 0.0
    with pytest.raises(ValueError, match="can't be reset"):
        rig.turn("STB.EH", 0)
    rig.fail("EH1", "")
    rig.until(lambda: rig.plant.hard_wired.flange < 85.0, within_s=120)
    rig.turn("STB.EH", 0)
    rig.run(2)
    assert rig.kw("eh1") == 300.0
    rig.turn("STB.DHW", 1)
    rig.run(2)
    assert rig.kw("eh1") == 0.0 and not rig.district.p401_y
    rig.turn("STB.DHW", 0)
    rig.turn("REF.GAS", 1)
    rig.run(2)
    assert rig.district.vent_y


def test_both_runtimes_live_the_same_story(tmp_path: Path) -> None:
    """Outputs and contacts fall on the same ms under both runtimes, and what machines were told is the same."""
    stories = []
    for runtime in RUNTIMES:
        rig = HeatRig(tmp_path / runtime, runtime=runtime, **QUICK)  # type: ignore[arg-type]
        try:
            rig.start()
            rig.run(30)
            rig.fail("TT43", "frozen")
            rig.fail("P101A", "trip")
            rig.run(10)
            rig.fault("TT101", "open")
            rig.run(8)
            told = [machine.writes for machine in rig.plant.field.machines]
            stories.append((rig.trace.changes, told, rig.plant.counters()))
        finally:
            rig.close()
    assert stories[0] == stories[1]
    assert len(stories[0][0]) > 50


def test_a_time_lapse_is_the_same_plant(make_heat: MakeHeat) -> None:
    """Scanned once a second, without the field line, the board comes to the same places in the same time."""
    slow = make_heat(gateway=False, **QUICK)
    quick = make_heat(gateway=False, lapse_ms=1_000, **QUICK)
    took = [rig.until(rig.running, within_s=600) for rig in (slow, quick)]
    assert took[1] == pytest.approx(took[0], abs=3_000)
    for tag in TEMPERATURES:
        assert quick.true(tag) == pytest.approx(slow.true(tag), abs=0.5), tag
    for rig in (slow, quick):
        rig.run(5)
    assert quick.state == slow.state
