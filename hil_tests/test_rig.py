"""The rig itself: the firmware is there, says who it is, and sees what the lane shows."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from hil_tests.conftest import MakeRig
from hil_tests.lane_rig import UNIT, LaneRig
from hil_tests.one_board import RUNTIMES
from protocols import layout
from tools.emulator.lane.traffic import steady


def test_the_board_says_who_it_is(rig: LaneRig, runtime: str) -> None:
    header = rig.master.read(UNIT, 0, layout.HEADER_SIZE)
    assert header[layout.H_MAGIC] == layout.MAGIC
    assert header[layout.H_DEV_TYPE] == 3
    assert header[layout.H_DEV_ID] == 101
    assert header[layout.H_SHEET_CRC] == rig.table.SHEET_CRC
    assert header[layout.H_RESET_CAUSE] == layout.RESET_POWER
    assert header[layout.H_SCAN_OVR] == 0
    assert rig.board.runtime.startswith("micropython" if runtime == "unix" else "cpython")
    assert (rig.state, rig.link) == ("CLOSED", layout.LINK_OK)


def test_two_runs_are_one(make_rig: MakeRig) -> None:
    def story() -> list[tuple[int, str, int]]:
        rig = make_rig(seed=5)
        for at in range(0, 30_000, 6_000):
            rig.at(at, rig.vehicle)
        rig.run(45_000)
        assert rig.lane.traffic.passed >= 2
        return rig.trace.changes

    assert story() == story()


def test_a_test_may_ask_what_happened_when(rig: LaneRig) -> None:
    vehicle = rig.admit()
    assert 0 < rig.stamp("YO", 1) < rig.stamp("ZO", 1)
    rig.until(lambda: vehicle.counted, within=15_000)
    assert rig.stamp("LB_P", 1) < rig.stamp("LC_P", 1)
    assert "YO" in rig.logbook()


def test_both_runtimes_live_the_same_story(tmp_path: Path) -> None:
    """Vehicles, a fault, a dead gateway: every output of every scan falls on the same ms under both runtimes."""
    stories = []
    for runtime in RUNTIMES:
        rig = LaneRig(tmp_path / runtime, runtime=runtime, seed=8)
        try:
            rig.start()
            rig.lane.traffic.rate = steady(400.0)
            rig.at(20_000, partial(rig.fail, "PE1", "blocked", for_ms=700))
            rig.at(35_000, rig.gateway.kill)
            rig.run(60_000)
            assert rig.lane.traffic.passed >= 2
            stories.append(rig.trace.changes)
        finally:
            rig.close()
    assert stories[0] == stories[1]
