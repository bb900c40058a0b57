"""HT6: PASTEURISE heats the store to 70 °C for an hour while nobody at a tap gets more than 65 °C (brief §4b, §6)."""

from __future__ import annotations

from hil_tests.conftest import MakeHeat
from hil_tests.heat_rig import HeatRig
from hil_tests.heat_seen import SCALD_C, Seen
from protocols import layout
from protocols.sheets.heat_points import HYGIENE_CYCLES, HYGIENE_RESULTS, HYGIENE_WHY
from tools.emulator.site import program_table

LAPSE_MS = 1_000
NEARLY_HOT = (67.0, 66.5, 66.0, 65.0)
TUESDAY_0255 = 1_768_848_900
"""UTC seconds of Tuesday, 20 January 2026, 02:55 at the site (UTC + 8 h)."""


def cycle(rig: HeatRig) -> str:
    return HYGIENE_CYCLES[rig.value("HYG.CYCLE") or 0]


def result(rig: HeatRig) -> str:
    return HYGIENE_RESULTS[rig.value("HYG.RESULT") or 0]


def why(rig: HeatRig) -> str:
    return HYGIENE_WHY[rig.value("HYG.WHY") or 0]


def until_over(rig: HeatRig, within_s: float) -> None:
    """Until no hygiene cycle runs any more, asked once a minute."""
    begin = rig.now
    while cycle(rig) != "none":
        assert rig.now - begin < within_s * 1000, (rig.state, rig.value("HYG.HOT"), rig.value("HYG.LEFT"))
        rig.run(60)


def test_ht6_an_hour_at_70_and_nobody_is_scalded(make_heat: MakeHeat) -> None:
    """By command, with big draws that begin and end at once while the upper half of the store is hot already."""
    rig = make_heat(hour=1, lapse_ms=LAPSE_MS)
    seen = Seen(rig)
    assert rig.command("PASTEURISE").result == layout.RES_DONE
    rig.run(2)
    assert (rig.state, cycle(rig), why(rig)) == ("PASTEURISE", "PASTEURISE", "operator")
    assert rig.command("PASTEURISE").result == layout.RES_INTERLOCK, "one at a time"
    rig.until(lambda: rig.true("TT41") > 70.0, within_s=3600)
    for _ in range(3):
        rig.district.draw.extra = 4.0
        rig.run(120)
        rig.district.draw.extra = 0.0
        rig.run(180)
    until_over(rig, within_s=4 * 3600)
    assert result(rig) == "done" and rig.value("HYG.PAST") == 1 and rig.value("HYG.SINCE") == 0
    assert seen.hot_min >= 60.0
    assert seen.highest("TT45") <= SCALD_C
    assert seen.looks > 3000, "seen every second"
    ended = rig.now
    assert rig.event("HYGIENE")[-1][4] == HYGIENE_RESULTS.index("done")
    rig.run(1800)
    assert rig.out("HYG.LAMP") == 0 and rig.stamp("HYG.LAMP", 1) < 0
    assert rig.kw("eh1") == 0.0 and max(rig.stamp(f"EH1.Y{n}", 1, ended) for n in range(1, 7)) < 0
    assert seen.highest("TT45") <= SCALD_C, "the store stays above 70 for hours after it"
    assert seen.lowest("TT46") >= 50.0


def test_ht6_weekly_at_three_in_the_night(make_heat: MakeHeat) -> None:
    """By the clock that the gateway sets, on a Tuesday; what an operator ends has that name."""
    rig = make_heat(power=False, hour=2, lapse_ms=LAPSE_MS, store=NEARLY_HOT)
    rig.remember(HYG_SINCE=6 * 24 * 60)
    rig.start()
    rig.command("TIME", TUESDAY_0255 >> 16, TUESDAY_0255 & 0xFFFF, 0)
    begin = rig.now
    rig.until_state("PASTEURISE", within_s=360, look_ms=1000)
    assert 290_000 <= rig.now - begin <= 362_000
    assert why(rig) == "weekly"
    rig.until(lambda: rig.kw("eh1") == 300.0, within_s=60)
    assert rig.command("ABORT").result == layout.RES_DONE
    rig.until(lambda: rig.kw("eh1") == 0.0, within_s=90)
    assert (cycle(rig), result(rig)) == ("none", "aborted")
    rig.run(600)
    assert cycle(rig) == "none", "not begun again"
    assert rig.value("HYG.SINCE") != 0 and rig.value("HYG.PAST") == 0


def test_ht6_without_a_clock_by_the_counter(make_heat: MakeHeat) -> None:
    rig = make_heat(power=False, lapse_ms=LAPSE_MS)
    rig.remember(HYG_SINCE=7 * 24 * 60 - 2)
    rig.start()
    rig.until_state("PASTEURISE", within_s=180, look_ms=1000)
    assert why(rig) == "counter"


def test_ht6_after_an_hour_without_circulation(make_heat: MakeHeat) -> None:
    """H8 (§4e "P402 dead"): alarm just after an hour, PASTEURISE, and the alarm ends with it and not before."""
    rig = make_heat(hour=9, lapse_ms=LAPSE_MS, store=NEARLY_HOT)
    rig.run(60)
    seen = Seen(rig)
    rig.fail("P402", "seized")
    rig.run(3500)
    assert not rig.tripped("STAGNANT")
    rig.run(200)
    assert rig.tripped("STAGNANT")
    rig.until_state("PASTEURISE", within_s=10, look_ms=1000)
    assert why(rig) == "circulation"
    rig.fail("P402", "")
    rig.command("RESET")
    rig.run(600)
    assert rig.tripped("STAGNANT"), "until the store has been hot"
    until_over(rig, within_s=4 * 3600)
    rig.run(2)
    assert result(rig) == "done" and not rig.tripped("STAGNANT")
    assert seen.hot_min >= 60.0 and seen.highest("TT45") <= SCALD_C


def test_ht6_ends_in_time_whatever_it_reached(make_heat: MakeHeat) -> None:
    """A heater that is switched and doesn't heat: said after 4 h, here 1, and not counted as done."""
    assert [row[2] for row in program_table("heat_loop").PARAMS if row[0] == "past_max_min"] == [240]
    rig = make_heat(hour=0, lapse_ms=LAPSE_MS, past_max_min=60)
    for step in range(1, 7):
        rig.fault(f"EH1.Y{step}", "stuck_off")
    assert rig.command("PASTEURISE").result == layout.RES_DONE
    begin = rig.now
    rig.run(3600 - 30)
    assert cycle(rig) == "PASTEURISE"
    rig.run(60)
    assert (cycle(rig), result(rig)) == ("none", "too long")
    assert rig.now - begin < 3_700_000
    assert rig.value("HYG.PAST") == 0
    assert rig.true("TT41") < 70.0
