"""Charging, mixing, circulation and backup of the hot-water side, cycle by cycle (domain brief §4b-§4e)."""

from firmware.programs import heat_backup as hb
from firmware.programs import heat_controller as hc
from protocols.quality import BAD, GOOD
from tests.firmware.programs.portable_heat_dhw_bench import MINUTE, Side

COLD = {"TT41": 5550, "TT42": 5300, "TT43": 4500, "TT44": 3000}


# -- charge --------------------------------------------------------------------------------------------------------


def test_the_store_is_charged_from_54_until_56():
    side = Side()
    for third, bottom, wanted in (
        (5401, 4000, 0),
        (5400, 4000, 0),
        (5399, 4000, 1),  # T43 < 54
        (5500, 5601, 1),  # T44 is there, T43 would ask again at once
        (5900, 5600, 1),  # T44 must be above 56: the whole store is charged
        (5900, 5601, 0),
        (5400, 4000, 0),
        (5399, 4000, 1),
    ):
        side.put(TT41=6000, TT43=third, TT44=bottom)
        side.scan()
        assert side.charge.wanted == wanted, (third, bottom)
        assert side.charge.outlet == (6200 if wanted else 0)


def test_heating_waits_45_minutes_and_has_15():
    side = Side(5000)
    side.heating = 1
    side.put(**COLD)
    side.scan()
    assert side.charge.priority == 1 and side.charge.priority_left == 45 * 60
    begin = side.ms
    for turn, minutes in ((0, 45), (1, 15), (0, 45), (1, 15)):
        side.until(lambda s, turn=turn: s.charge.priority == turn, 50 * MINUTE)
        assert side.ms - begin in (minutes * MINUTE, minutes * MINUTE + 5000)
        begin = side.ms - 5000
        assert side.charge.run == turn and side.charge.outlet == 6200 * turn
    side.run(10 * MINUTE)
    side.heating = 0  # nobody else wants the machines
    side.run(50 * MINUTE)
    assert side.charge.priority == 1 and side.charge.priority_left == 0


def test_nothing_colder_than_the_top_is_pumped_onto_it():
    side = Side()
    side.put(TT204=4500, **COLD)
    side.run(10 * MINUTE)
    assert side.charge.run == 1
    assert side.charge.speed == side.par.charge_least and side.charge.loop.held_by == hc.FEED_FORWARD
    side.put(TT204=5650)  # 1 K above TT41
    side.run(500)
    assert side.charge.loop.mode == hc.AUTO
    side.put(TT204=5600)
    side.run(500)
    assert side.charge.loop.mode == hc.AUTO  # no chatter
    side.put(TT204=5540)
    side.run(500)
    assert side.charge.speed == side.par.charge_least


def test_the_charge_pump_takes_what_the_machines_give():
    side = Side()
    side.put(TT204=6150, **COLD)
    side.run(1000)
    # 300 kW warm 2.27 L/s by 31.5 K, of 10 L/s at full speed; 70 % of that is where it begins
    begins = 227 * 7 // 10
    assert side.charge.speed == begins
    side.heat_kw = 9000
    side.scan()
    assert side.charge.speed == begins + 682 - 227  # at once, without an error
    side.put(TT204=6250)  # the machines give more than that takes
    before = side.charge.speed
    side.run(30000)
    assert side.charge.speed > before + 30
    side.put(TT204=5900)
    side.run(60000)
    assert side.charge.speed < before - 50


def test_what_holds_the_charge_pump():
    side = Side()
    side.put(**COLD)
    side.run(500)
    assert side.charge.run
    for name, value in (("charge_stop", 1), ("allowed", 0)):
        was = getattr(side, name)
        setattr(side, name, value)
        side.scan()
        assert not side.charge.run and side.charge.speed == 0 and side.charge.wanted
        setattr(side, name, was)
        side.scan()
        assert side.charge.run


def test_one_bad_sensor_never_starves_the_charge():
    for name in ("TT41", "TT42", "TT43", "TT44", "TT45", "TT46", "TT204"):
        for value in (14000, -4000):
            side = Side()
            side.run(3000)
            side.put(**COLD)
            side.put(TT42=5000, TT41=5300)
            setattr(side.io, name, value)
            setattr(side.io, name + "_Q", BAD)
            side.run(1000)
            assert side.charge.run, (name, value)
            if name != "TT204":
                continue
            side.run(40000)
            assert side.charge.loop.out > side.par.charge_least


# -- hot water to the taps -----------------------------------------------------------------------------------------


def test_the_facts_of_scald_protection():
    side = Side()
    for tt45, tt46, scald, scorch in (
        (6500, 5500, 0, 0),
        (6501, 5500, 1, 0),
        (6000, 5500, 1, 0),  # back is below 60
        (5999, 5500, 0, 0),
        (7001, 5500, 1, 1),
        (6400, 5500, 1, 1),
        (5999, 5500, 0, 0),
        (6000, 6501, 1, 0),  # wires swapped, or V401 worse than TT45 says
        (5900, 5999, 0, 0),
    ):
        side.put(TT45=tt45, TT46=tt46)
        side.scan()
        assert (side.tap.scald, side.tap.scorch) == (scald, scorch), (tt45, tt46)
    side.put(TT45_Q=BAD)
    side.scan()
    assert side.tap.scald and not side.tap.scorch  # not known is too hot; charging goes on


def test_v401_goes_to_cold_at_once_whoever_holds_it():
    side = Side()
    side.hands["tap"] = 900
    side.run(60000)
    assert side.tap.out == 900 and side.tap.loop.mode == hc.MANUAL and side.tap.loop.held_by == hc.OPERATOR
    side.cold = 1
    side.scan()
    assert side.tap.out == 0 and side.tap.loop.held_by == hc.PROTECTION


def test_v401_that_sticks_hot_is_told_in_15_seconds():
    for scan in (100, 500, 1000):
        side = Side(scan)
        side.tap.loop.track(800, hc.STATE, side.now, 1)
        side.put(TT45=6050)
        side.run(20000)
        assert not side.tap.stuck
        side.put(TT45=6300)  # store water alone
        took = side.until(lambda s: s.tap.stuck, 15000)
        assert took >= 10000
        side.put(TT45=6080)
        side.scan()
        assert not side.tap.stuck


def test_v401_that_follows_is_not_stuck():
    side = Side()
    side.tap.loop.track(800, hc.STATE, side.now, 1)

    def cools(s):
        s.put(TT45=6400 - s.ms // 100)  # 1 K in 10 s

    side.run(28000, cools)
    assert not side.tap.stuck and side.tap.out < 700


def test_v401_without_its_sensor_holds_and_goes_to_cold():
    side = Side()
    side.tap.loop.track(800, hc.STATE, side.now, 1)
    side.run(2000)
    out = side.tap.out
    side.put(TT45_Q=BAD, TT45=14000)
    side.run(29500)
    assert side.tap.out == out and side.tap.loop.held_by == hc.SENSOR
    side.run(25000)
    assert side.tap.out == 0


def test_a_long_wait_at_the_end_leaves_nothing_to_unwind():
    side = Side()
    side.put(TT45=5700, TT41=5750)  # store too cold: V401 is fully open for long
    side.run(5 * MINUTE)
    assert side.tap.out == 1000
    side.put(TT45=6100)
    side.run(5000)
    assert side.tap.out < 960


def test_what_the_slew_holds_back_is_not_piled_up():
    loop = hc.Controller()
    now = 0
    for error, seconds in ((1000, 10), (0, 120)):
        for _ in range(seconds):
            loop.tune(2000, 250, 17)
            loop.step(4500, 4500 - error, GOOD, 0, 1000, hc.NO_HAND, now)
            now += 1000
        assert loop.out < 250  # ten seconds of slew, and no minute of integral afterwards


def test_manual_and_back_are_bumpless():
    for loop, hand in (("tap", "tap"), ("mix", "mix"), ("pump", "pump")):
        side = Side()
        side.run_heating = 1
        side.run(60000)
        controller = getattr(side, loop).loop
        side.hands[hand] = 640
        side.run(60000)
        assert controller.out == 640
        side.hands[hand] = hc.NO_HAND
        side.scan()
        assert controller.mode == hc.AUTO and abs(controller.out - 640) <= 2


# -- heating -------------------------------------------------------------------------------------------------------


def test_the_heating_supply_without_its_sensor():
    side = Side()
    side.run_heating = 1
    side.put(TT305=4400)
    side.run(60000)
    out = side.mix.out
    side.put(TT305_Q=BAD)
    side.run(29000)
    assert side.mix.out == out
    side.run(2 * MINUTE)
    assert side.mix.out == (4500 - 3800) * 1000 // (4700 - 3800)  # as buffer and return would mix
    side.put(TT305_Q=GOOD)
    side.run_heating = 0
    side.run(2 * MINUTE)
    assert side.mix.out == 0 and side.pump.run == 0 and side.pump.speed == 0


def test_cooling_opens_further_when_it_is_too_warm():
    for cooling in (0, 1):
        side = Side()
        side.run_heating = 1
        side.cooling = cooling
        side.mix.loop.track(500, hc.STATE, side.now, 1)
        side.put(TT305=4700)
        side.run(20000)
        assert side.mix.out > 510 if cooling else side.mix.out < 490


def test_the_heating_pump_never_stands_below_30_percent():
    side = Side()
    side.run_heating = 1
    side.put(DP301=90)
    side.run(MINUTE)
    assert side.pump.speed == 300
    side.put(DP301_Q=BAD)
    side.run(MINUTE)
    assert side.pump.speed == side.par.dp_fixed


# -- circulation ---------------------------------------------------------------------------------------------------


def test_circulation_rests_only_while_the_return_is_hot():
    side = Side(5000)
    side.put(TT45=6100, TT46=5700)
    assert side.until(lambda s: not s.circulation.run, 31 * MINUTE) in (30 * MINUTE, 30 * MINUTE + 5000)
    side.put(TT46=5501, P402_RUN=0, FT402=0)
    side.run(10000)
    assert not side.circulation.run and not side.circulation.failed
    side.put(TT46=5500)
    side.scan()
    assert side.circulation.run
    side.put(TT46=5700, P402_RUN=1, FT402=90)
    side.until(lambda s: not s.circulation.run, 31 * MINUTE)
    side.put(P402_RUN=0, FT402=0)
    took = side.until(lambda s: s.circulation.run, 31 * MINUTE)
    assert 29 * MINUTE <= took <= 30 * MINUTE + 5000  # a pipe that stands still tells little
    assert not side.circulation.off


def test_circulation_that_stands_for_an_hour_is_off():
    for values in ({"P402_RUN": 0}, {"FT402": 10}, {"FT402_Q": BAD}):
        side = Side(5000)
        side.put(**values)
        assert side.until(lambda s: s.circulation.failed, 20000) in range(10000, 15001)
        side.run(59 * MINUTE)
        assert not side.circulation.off
        side.until(lambda s: s.circulation.off, 2 * MINUTE)
        assert side.hygiene.why == 4 and side.hygiene.cycle  # PASTEURISE because of it


# -- backup --------------------------------------------------------------------------------------------------------


def test_a_cold_store_has_the_heater_within_10_minutes():
    side = Side(1000)
    side.run(2000)
    side.put(TT41=4800, TT42=3000, TT43=1500, TT44=1000)
    took = side.until(lambda s: s.backup.mask & 7 == 7, 10 * MINUTE)
    assert took >= 5 * MINUTE
    assert side.backup.why == hb.STORE_LOW and side.backup.kw == 1500
    side.no_source = 1  # the machines can't: all of it
    side.run(MINUTE)
    assert side.backup.mask == 0x3F and side.backup.why == hb.NO_SOURCE
    side.no_source = 0
    side.put(TT41=5800, TT42=5700)
    side.run(2 * MINUTE)
    assert side.backup.mask == 0 and side.backup.why == hb.NONE


def test_steps_come_one_by_one_and_keep_their_times():
    side = Side(1000)
    side.run(2 * MINUTE)
    side.p2h_kw = 3000
    times = []
    for steps in range(1, 7):
        side.until(lambda s, steps=steps: s.backup.steps == steps, 10000)
        times.append(side.ms)
    assert [b - a for a, b in zip(times, times[1:])] == [2000] * 5
    assert side.backup.why == hb.POWER_TO_HEAT
    side.p2h_kw = 0
    took = side.until(lambda s: s.backup.mask == 0, 2 * MINUTE)
    assert 59000 <= took <= 61000  # the last one on has had its minute
    side.p2h_kw = 3000
    assert side.until(lambda s: s.backup.steps == 1, 2 * MINUTE) >= 49000  # and its minute off


def test_protections_wait_for_nothing():
    for name, value in (("heater_stop", 1), ("cap", 0)):
        side = Side(1000)
        side.run(2 * MINUTE)
        side.p2h_kw = 3000
        side.run(20000)
        assert side.backup.steps == 6
        setattr(side, name, value)
        side.scan()
        assert side.backup.mask == 0 and side.backup.kw == 0
    side = Side(1000)
    side.run(2 * MINUTE)
    side.p2h_kw = 3000
    side.run(20000)
    side.cap = 2
    side.scan()
    assert side.backup.steps == 2


def test_no_bank_heats_above_the_limit():
    side = Side(1000, p2h_store=7000)
    side.run(2 * MINUTE)
    side.p2h_kw = 3000
    side.put(TT41=6900, TT42=6900, TT43=7399)
    side.run(20000)
    assert side.backup.mask == 0x3F
    side.put(TT43=7400)
    side.scan()
    assert side.backup.mask == 0x07
    side.put(TT42=7400)
    side.scan()
    assert side.backup.mask == 0


def test_power_to_heat_takes_the_bottom_first_and_ends_with_the_store():
    side = Side(1000)
    side.run(2 * MINUTE)
    side.p2h_kw = 1240  # two steps, not three
    side.run(20000)
    assert side.backup.mask == 0x18 and side.backup.kw == 1000
    side.put(TT41=6500)
    side.run(MINUTE)
    assert side.backup.mask == 0
    side.put(TT41=6410)
    side.run(2 * MINUTE)
    assert side.backup.mask == 0  # a kelvin below before it begins again
    side.put(TT41=6390)
    side.run(20000)
    assert side.backup.mask == 0x18
