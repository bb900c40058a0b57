"""The energy rig itself: the board hears its devices, and both runtimes live the same story."""

from __future__ import annotations

from pathlib import Path

import pytest

from hil_tests.conftest import MakeEnergy
from hil_tests.energy_rig import INVERTERS, EnergyRig
from hil_tests.one_board import RUNTIMES
from protocols import layout

DEVICES = (*INVERTERS, "PCS", "GM", "MET")


def test_the_board_has_the_values_of_the_plant_and_the_line_has_room(make_energy: MakeEnergy) -> None:
    rig = make_energy(hour=7.0)
    rig.until_state("RUN", within_s=30)
    rig.run(5)
    assert rig.header(layout.H_DEV_TYPE) == 5
    assert rig.header(layout.H_SCAN_OVR) == 0
    assert rig.value("BAT.SOC") == pytest.approx(rig.district.battery.soc * 1000, abs=1)
    assert rig.value("GM.P") == pytest.approx(rig.district.grid_w / 100, rel=0.01, abs=20)
    assert rig.field_line.statistics.collisions == 0
    load = rig.value("FIELD.LOAD")
    assert load is not None and 100 < load <= 1000
    wrong, late = rig.value("FIELD.WRONG"), rig.value("FIELD.LATE")
    assert (wrong, late) == (0, 0)


def test_both_runtimes_live_the_same_story(tmp_path: Path) -> None:
    """Outputs, contacts and every register written to a device fall on the same ms under both runtimes."""
    stories = []
    for runtime in RUNTIMES:
        rig = EnergyRig(tmp_path / runtime, runtime=runtime, hour=7.0)
        try:
            rig.start()
            rig.run(8)
            rig.fail("GM", "frozen")
            rig.run(4)
            rig.fail("GM", "")
            rig.turn("RSD.PB", 1)
            rig.run(2)
            stories.append((rig.trace.changes, [rig.written(name) for name in DEVICES]))
        finally:
            rig.close()
    assert stories[0][0] == stories[1][0]
    assert stories[0][1] == stories[1][1]
    assert any(stories[0][1])
