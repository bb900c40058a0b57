"""HT11: a day's energy adds up to 0.1 %, by the model's books, by what leaves the units' meters, and by the board's own
pulse meters (§4f, §6).

A real board in a time-lapse through a day that has everything in it: heating, charges, draws, a pasteurisation, a
machine that trips and a sensor that fails.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hil_tests.conftest import MakeHeat
from hil_tests.heat_rig import QUICK
from hil_tests.one_board import RUNTIMES
from tools.emulator.heat.books import J_PER_KWH
from tools.heat.course import LONGEST_LAPSE_MS, UNIT, Course

CLOSES_TO = 0.001
HOURS = 24
PULSE_KWH = 1.0
PULSE_L = 10.0


def test_ht11_a_day_closes_to_a_thousandth(runtime: str, tmp_path: Path) -> None:
    with Course(tmp_path, season="winter", runtime=RUNTIMES[runtime], lapse_ms=LONGEST_LAPSE_MS) as course:
        district, plant, table = course.district, course.plant, course.table
        stored = district.stored_j
        metered = [meter.kwh for meter in plant.field.meters]
        course.run(6)
        plant.fail("HP2", "trip")
        plant.fail("TT43", "drift")
        course.run(HOURS / 2 - 6)
        plant.fail("EH1", "welded")
        course.run(0.5)
        plant.fail("EH1", "")
        course.run(HOURS / 2 - 0.5)
        books = district.books
        words = {row[0]: row[1] for row in table.STATUS}
        taps, litres = (
            high << 16 | low for high, low in (course.master.read(UNIT, words[name], 2) for name in ("HM4_KWH", "FQ_L"))
        )
        resets = course.board.resets
    came = books.it + books.compressors + books.backup + books.chilled
    went = books.cooler + books.rejected + books.heating + books.taps + books.circulation + books.losses
    rest = came - went - (district.stored_j - stored)
    print({name: round(value / J_PER_KWH) for name, value in vars(books).items() if name != "tap_kg"}, rest)
    assert min(books.it, books.recovered, books.cooler, books.heating, books.taps, books.backup) > 50 * J_PER_KWH
    assert abs(rest) <= CLOSES_TO * came
    # Meter by meter, as an accountant would: what the units counted, and what the board made of the pulses.
    recovered, _heating, charged = (
        meter.kwh - before for meter, before in zip(plant.field.meters, metered, strict=True)
    )
    assert recovered == pytest.approx(books.recovered / J_PER_KWH, rel=CLOSES_TO)
    assert charged == pytest.approx(books.charged / J_PER_KWH, rel=CLOSES_TO)
    assert taps == pytest.approx(books.taps / J_PER_KWH, abs=2 * PULSE_KWH)
    assert litres == pytest.approx(books.tap_kg, abs=3 * PULSE_L)
    assert resets == [1]


def test_ht11_what_the_board_counts_is_what_the_meters_count(make_heat: MakeHeat) -> None:
    """On its line, at full speed: within a unit of each meter's own counter."""
    rig = make_heat(gateway=False, draw=1.8, store=(50.0, 49.0, 48.0, 40.0), **QUICK)
    rig.run(5)
    meters = rig.plant.field.meters
    before = [(rig.value(f"HM{n}.KWH") or 0, meters[n - 1].kwh) for n in (1, 2, 3)]
    rig.run(240)
    for n, (told, counted) in enumerate(before, 1):
        gained = (rig.value(f"HM{n}.KWH") or 0) - told
        assert gained == pytest.approx(meters[n - 1].kwh - counted, abs=1.2), f"HM{n}"
    assert (rig.value("HM2.KWH") or 0) > before[1][0]
    assert rig.value("METER.BAD") == 0
