"""HT5: hot water over 72 hours of the daily profile; top of the store and return of the circulation (domain brief §6).

The board is real, in a time-lapse (`tools.heat.course`): three days take about two minutes of one core.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hil_tests.one_board import RUNTIMES
from tools.heat.course import LONGEST_LAPSE_MS, Course

HOURS = 72


@pytest.mark.timeout(900)
def test_ht5_the_store_stays_hot_for_72_hours_of_the_profile(runtime: str, tmp_path: Path) -> None:
    """A winter's draws and heating at once, without a gateway: nothing but the board's own defaults."""
    with Course(tmp_path, season="winter", runtime=RUNTIMES[runtime], lapse_ms=LONGEST_LAPSE_MS) as course:
        course.run(HOURS)
        figures = course.report()
        print(figures)
    assert figures["top_55_pct"] >= 99.5
    assert figures["return_50_pct"] == 100.0
    assert figures["highest_supply_c"] <= 62.0
    assert figures["highest_it_c"] < 40.0
    assert figures["closure_pct"] < 0.1
    assert figures["back_up_pct"] < 2.0
    assert figures["dhw_m3"] > 0.6 * HOURS / 24 * 60
    assert course.board.resets == [1]
