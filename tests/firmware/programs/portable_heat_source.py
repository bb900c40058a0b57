"""The heat program's machines, states, season and commands (domain brief §4b), with the sheet's own figures."""

from firmware.programs.heat_season import COOLING, DHW_ONLY, HEATING, Season
from protocols import layout
from protocols.quality import STALE
from protocols.ticks import ticks_add
from tests.firmware.programs.portable_heat_bench import Bench
from tests.firmware.programs.portable_logbook import START

DONE, BAD_ARGUMENT, INTERLOCK = layout.RES_DONE, layout.RES_BAD_ARGUMENT, layout.RES_INTERLOCK
MINUTE = 60000


def test_from_power_up_to_run():
    bench = Bench(rested=False, site=True)
    bench.set("TT101=3100 TT102=2000")
    bench.cold()
    bench.run(1000)
    bench.check("SAFE_COOLING -P201_Y V101_SP=0 P101A_Y")
    took = bench.until("PRIME", 10 * MINUTE)
    assert 5 * MINUTE <= took + 1000 <= 5 * MINUTE + 1000  # nobody knows when the machines ran last
    bench.check("P201_Y P202_Y -HP1_Y")
    took = bench.until("HP_START", 2 * MINUTE)
    assert 60000 <= took <= 60800  # flow proven for 60 s
    bench.check("HP1_Y HP1_SP=4700")
    bench.until("RUN", 2 * MINUTE)
    bench.run(500)
    bench.check("HP1_PHASE=3 substate=1")


def test_flow_that_is_not_proven_starts_nothing():
    for words in ("-P202_RUN", "-FS201", "FT201=1899", "-P201_RUN"):
        bench = Bench(scan_ms=500)
        bench.set(words)
        bench.cold()
        bench.run(5 * MINUTE)
        bench.check("PRIME -HP1_Y -HP2_Y -HP3_Y")


def test_a_flow_that_comes_and_goes_is_proven_from_its_last_coming():
    bench = Bench(site=True)
    bench.cold()
    bench.until("PRIME")
    bench.run(50000)
    bench.set("-FS201")
    bench.run(1000)
    bench.set("FS201=free")
    bench.run(59000)
    bench.check("-HP1_Y PRIME")
    bench.until("HP_START", 3000)


def test_least_time_on_and_off_and_four_starts_an_hour():
    bench = Bench(scan_ms=1000, site=True, hp2_unit=0, hp3_unit=0)
    starts = []
    stops = []
    was = 0
    bench.cold()
    while bench.ms < 80 * MINUTE:
        bench.scan()
        y = bench.io.HP1_Y
        if y and not was:
            starts.append(bench.ms)
            bench.warm()  # wants nothing more, and wants again as soon as it is off
        if was and not y:
            stops.append(bench.ms)
            bench.cold()
        was = y
    for on, off in zip(starts, stops):
        assert off - on >= 10 * MINUTE, (on, off)
    for off, on in zip(stops, starts[1:]):
        assert on - off >= 5 * MINUTE, (off, on)
    for k in range(len(starts) - 4):
        assert starts[k + 4] - starts[k] > 60 * MINUTE, starts
    assert len(starts) >= 4


def test_four_starts_an_hour_bind_a_machine_that_is_stopped_again_and_again():
    bench = Bench(scan_ms=1000, hp2_unit=0, hp3_unit=0)
    bench.cold()
    for _ in range(4):
        bench.until(lambda: bench.io.HP1_Y, 5 * MINUTE)
        bench.set("FIRE")
        bench.until(lambda: not bench.io.HP1_Y, 10000)
        bench.set("-FIRE")
        bench.reset()
    first = bench.ms
    bench.run(500)
    bench.check("HP1_HOUR=4")
    bench.run(40 * MINUTE)
    bench.check("-HP1_Y")
    bench.until(lambda: bench.io.HP1_Y, 30 * MINUTE)
    assert bench.ms - first < 62 * MINUTE


def test_a_reboot_begins_the_rest_anew():
    bench = Bench(scan_ms=1000, site=True)
    bench.running(1)
    again = Bench(rested=False, scan_ms=1000, site=True)
    again.cold()
    again.run(5 * MINUTE)
    again.check("-HP1_Y -HP2_Y -HP3_Y SAFE_COOLING")


def test_one_more_machine_after_five_minutes_and_one_less_after_one():
    bench = Bench(scan_ms=500, site=True)
    bench.running(1)
    bench.set("TT204=4400")
    begin = bench.ms
    bench.until(lambda: bench.io.HP_STAGES == 2, 6 * MINUTE)
    assert bench.ms - begin >= 5 * MINUTE
    bench.until(lambda: bench.program.pumps.running == 2, 4 * MINUTE)
    bench.set("TT204=4801")
    bench.run(MINUTE + 1000)
    bench.check("HP_STAGES=1")
    bench.run(12 * MINUTE)
    assert bench.program.pumps.running == 1


def test_the_machine_with_the_fewest_hours_starts_and_the_one_with_the_most_stops():
    bench = Bench()
    bench.io.HP1_RUNS = 5000
    bench.io.HP2_RUNS = 3000
    bench.io.HP3_RUNS = 4000
    bench.cold()
    bench.until("HP_START")
    bench.check("-HP1_Y HP2_Y -HP3_Y")
    bench = Bench()
    assert bench.command("LEAD", 3) == DONE
    bench.cold()
    bench.until("HP_START")
    bench.check("HP3_Y HP_LEAD=3")
    assert bench.command("LEAD", 4) == BAD_ARGUMENT


def test_a_start_that_fails_bars_the_machine_and_the_next_one_starts():
    bench = Bench()
    bench.machines[0].deaf = 1
    bench.cold()
    bench.until(lambda: bench.tripped("HP1"), 5 * MINUTE)
    bench.check("-HP1_Y")
    bench.until(lambda: bench.io.HP2_Y, 3 * MINUTE)


def test_a_silent_machine_is_off_and_comes_back():
    bench = Bench(hp2_unit=0, hp3_unit=0)
    bench.running(1)
    bench.quality("HP1_")
    bench.scan()
    bench.check("-HP1_Y")
    assert not bench.program.trips.latched
    bench.quality("HP1_", 0)
    bench.until(lambda: bench.io.HP1_Y, 5 * MINUTE)


def test_stages_that_the_gateway_takes_away():
    bench = Bench()
    bench.running(1)
    assert bench.command("HP_MAX", 0, 200) == DONE
    bench.run(1000)
    bench.check("HP1_Y HP_STAGES=0")  # not inside its least time
    bench.until(lambda: not bench.io.HP1_Y, 3 * MINUTE)
    assert bench.command("HP_MAX", 4, 60) == BAD_ARGUMENT
    bench.until(lambda: bench.io.HP_STAGES == 1, 6 * MINUTE)  # its time is over


def test_stop_by_hand_and_start():
    bench = Bench()
    bench.running(1)
    bench.command("STOP")
    bench.until(lambda: not bench.io.HP1_Y, 3 * MINUTE)
    bench.run(2 * MINUTE)
    bench.check("SAFE_COOLING -HP2_Y V101_SP=0")
    bench.command("START")
    bench.until("HP_START", 3 * MINUTE)


def test_the_season_lasts_a_day_and_a_cut_wire_changes_nothing():
    par = Bench(rested=False).par
    season = Season()
    now = START

    def hours(n, value, believed=1):
        nonlocal now
        for _ in range(60 * n):
            now = ticks_add(now, MINUTE)
            season.step(value, believed, par, now)
        return season.season

    assert hours(1, 800) == HEATING
    assert hours(8, 2600) == HEATING  # the mean of the day is above, but the season is young
    assert hours(16, 2600) == COOLING
    assert hours(48, 14000, believed=0) == COOLING and 2400 < season.mean <= 2600
    assert hours(1, 2600) == COOLING
    assert hours(6, 1500) == COOLING  # a cool morning in summer: the mean is what counts
    assert hours(17, 1500) == DHW_ONLY


def test_a_power_cut_changes_no_season_and_a_cut_wire_leaves_the_climate():
    for season, mean in ((HEATING, 900), (HEATING, -350), (COOLING, 2600), (DHW_ONLY, 1500)):
        before = Bench(rested=False, scan_ms=500)
        before.io.SEASON, before.io.OUT_MEAN = season, mean & 0xFFFFFFFF  # as a record gives it back
        before.program.start(before.io, before.now)
        before.set("TT50=1800")  # the warm hour, or the cool one, in which the power comes back
        before.run(5000)
        before.check("SEASON=%d OUT_MEAN=%d" % (season, mean))
    bench = Bench(rested=False, scan_ms=500)
    bench.io.TT50_Q = STALE
    bench.cold()
    bench.run(59000)
    assert not bench.program.season.known
    bench.run(5 * MINUTE)
    bench.check("SEASON=0 OUT_MEAN=500 heat")  # a cut wire at the first power-up takes nobody's heating


def test_set_points_out_of_their_band_are_refused():
    bench = Bench()
    for loop, low, high in (
        (1, 3500, 5000),
        (2, 5, 90),
        (3, 3500, 6500),
        (4, 5500, 6500),
        (5, 5500, 6200),
        (6, 1500, 2400),
    ):
        assert bench.command("SET_SP", loop, low, 60) == DONE, loop
        assert bench.command("SET_SP", loop, high, 60) == DONE, loop
        assert bench.command("SET_SP", loop, low - 1, 60) == BAD_ARGUMENT, loop
        assert bench.command("SET_SP", loop, high + 1, 60) == BAD_ARGUMENT, loop
        assert bench.command("SET_SP", loop, low, 3601) == BAD_ARGUMENT, loop
    assert bench.command("SET_SP", 8, 4000, 60) == BAD_ARGUMENT
    assert bench.command("DHW_SP", 6501, 60) == BAD_ARGUMENT
    assert bench.command("DHW_SP", 5499, 60) == BAD_ARGUMENT
    assert bench.command("LOOP_MAN", 3, 500, 60) == BAD_ARGUMENT
    assert bench.command("LOOP_MAN", 1, 1001, 60) == BAD_ARGUMENT
    assert bench.command("LOOP_MAN", 1, 500, 601) == BAD_ARGUMENT


def test_a_loop_in_manual_comes_back_by_itself():
    bench = Bench()
    assert bench.command("LOOP_MAN", 1, 300, 60) == DONE
    bench.run(40000)
    bench.check("V301_SP=300 L1_MODE=1 L1_HELD=1 WISHES=4096")
    bench.run(21500)
    bench.check("L1_MODE=0 WISHES=0")
    assert bench.events.last("LOOP") == (1, 0)
    assert bench.command("LOOP_MAN", 1, 300, 60) == DONE
    assert bench.command("LOOP_AUTO", 1) == DONE
    bench.run(1000)
    bench.check("L1_MODE=0")


def test_a_hot_network_needs_its_key_and_quiet_fans_need_margin():
    bench = Bench()
    assert bench.command("DISINFECT") == INTERLOCK and bench.program.detail == bench.table.PERMISSIVE_DIS_KEY
    bench.set("KEY_DIS")
    bench.io.KEY_DIS_Q = STALE
    assert bench.command("DISINFECT") == INTERLOCK
    bench.io.KEY_DIS_Q = 0
    assert bench.command("DISINFECT") == DONE
    bench.run(1000)
    bench.check("NETWORK_DISINFECT HYG_LAMP")
    assert bench.command("PASTEURISE") == INTERLOCK
    bench = Bench()
    assert bench.command("DRYC_CAP", 300, 600) == DONE
    bench.run(1000)
    bench.check("DRYC_FAN=300")
    bench.set("TT101=3501")
    bench.run(1000)
    bench.check("DRYC_FAN=1000")  # no margin: the hall comes first
    assert bench.command("DRYC_CAP", 300, 600) == INTERLOCK
    assert bench.program.detail == bench.table.PERMISSIVE_IT_MARGIN


def test_a_hot_source_heats_by_itself():
    bench = Bench(it_water=7500)
    bench.set("TT101=6200 IT_T=2500")
    bench.cold()
    bench.run(2000)
    bench.check("RUN BYP_Y P202_Y -HP1_Y substate=4")
    bench.set("TT101=5499")
    bench.run(2000)
    bench.check("-BYP_Y")


def test_chilled_water_in_summer():
    bench = Bench(chw_fitted=1, rested=False)
    bench.set("TT50=2600 TT202=1200 TT201=1600")
    bench.until(lambda: bench.program.pumps.running == 1, 5 * MINUTE)
    bench.run(1000)
    bench.check("RUN substate=3 CHW_Y REJ_Y V101_SP=0")


def test_a_slow_scan_does_the_same():
    for scan_ms in (100, 250, 1000):
        bench = Bench(scan_ms=scan_ms)
        bench.set("TT102=2200")
        bench.running(1)
        bench.until(lambda: bench.io.V101_SP > 500, 5 * MINUTE)
        bench.set("IT_T=2701")
        bench.run(7000)
        bench.check("V101_SP=0 DRYC_FAN=1000 P101B_Y")
