"""The rows H1 to H16 of the heat program (domain brief §4c): debounce, effect, latch, reset, exact ms."""

from protocols import layout
from protocols.quality import BAD, GOOD
from tests.firmware.programs.portable_heat_bench import FAULT, Bench

COOLING = "V101_SP=0 DRYC_FAN=1000 P101A_Y P101B_Y P101_SPD=1000"
IN_ORDER = "IT_T=2500 TT101=3400"


def recovering(**parameters):
    """A bench whose first machine runs, with V101 away from the dry cooler."""
    bench = Bench(**parameters)
    bench.set("TT102=2200")
    bench.running(1)
    bench.until(lambda: bench.io.V101_SP > 500)
    bench.forget()
    return bench


def test_h1_warm_air_or_water_sends_the_water_to_the_dry_cooler_after_five_seconds():
    for words in ("IT_T=2701", "TT101=4001"):
        bench = recovering()
        delay = 5000
        bench.set(words)
        bench.run(delay)
        assert bench.io.V101_SP > 0, words
        took = delay + bench.until(lambda: bench.tripped("IT_HOT"), 1000)
        assert took <= 5600, took  # 5 s and one period of the measurement
        bench.check(COOLING)
        bench.check("HP1_PLR=300 HP1_Y")  # unloads first
        bench.run(5000)
        bench.check("-HP1_Y")
    bench.set(IN_ORDER)
    bench.run(900000 - 100)
    bench.check(COOLING)  # 15 min normal
    bench.run(800)
    assert not bench.tripped("IT_HOT")
    bench.check("-P101B_Y")


def test_h1_lost_flow_after_three_seconds_and_a_silent_data_centre_at_once():
    bench = recovering()
    bench.set("FT101=599")
    bench.run(3000)
    assert bench.io.V101_SP > 0
    bench.scan()
    bench.check(COOLING)
    assert bench.first_out == "IT_FLOW"
    bench = recovering()
    bench.quality("IT_")
    bench.scan()
    bench.check(COOLING)
    assert bench.first_out == "IT_STALE"


def test_h1_holds_in_every_mode_and_by_hand():
    bench = recovering()
    assert bench.command("LOOP_MAN", 6, 500, 600) == layout.RES_DONE
    bench.run(1000)
    assert bench.io.V101_SP > 0
    bench.set("IT_T=2701")
    bench.run(6000)
    bench.check(COOLING)
    bench.io.mode = layout.MODE_OFF
    bench.run(1000)
    bench.check(COOLING + " OFF -HP1_Y -P201_Y")
    bench.io.mode = layout.MODE_MAINT
    bench.run(1000)
    bench.check("MAINT V101_SP=0 DRYC_FAN=1000 P101A_Y P101B_Y P402_Y")


def test_off_cools_the_it_water_by_the_fans_alone():
    bench = Bench()
    bench.io.mode = layout.MODE_OFF
    bench.set("TT102=2200")
    bench.run(60000)
    bench.check("OFF V101_SP=0 P101A_Y -P101B_Y P402_Y -P202_Y -HP1_Y")
    assert bench.io.DRYC_FAN < 1000
    bench.set("TT102=2700")
    cooled = bench.io.DRYC_FAN
    bench.run(30000)
    assert bench.io.DRYC_FAN > cooled


def test_h2_lost_evaporator_flow_stops_the_machines_after_three_seconds():
    for words in ("FT201=1899", "-FS201", "TT201=3001", "-P202_RUN"):
        bench = recovering()
        bench.set(words)
        took = bench.until(lambda: not bench.io.HP1_Y, 5000)
        assert 3000 <= took <= 3700, (words, took)
        assert bench.first_out == "HP_FLOW"
        bench.check("-HP1_Y HP1_PLR=0")


def test_h2_the_third_time_in_an_hour_somebody_has_to_look():
    bench = Bench()
    for n in range(3):
        bench.running(1)
        bench.set("FT201=1000")
        bench.until(lambda: not bench.program.pumps.asks, 5000)
        bench.run(200)
        bench.set("FT201=free")
    bench.run(200)
    assert bench.tripped("H2_THIRD") and bench.state == "TRIPPED"
    bench.reset()
    assert bench.tripped("H2_THIRD")
    bench.reset(confirm=True)
    assert not bench.tripped("H2_THIRD")
    bench.running(1)
    bench.set("FT201=1000")
    bench.run(4000)
    assert not bench.tripped("H2_THIRD")  # counted anew


def test_h3_a_cold_evaporator_stops_and_a_freezing_one_keeps_its_pump():
    bench = recovering()
    bench.set("TT201=900 TT202=299")
    bench.run(5000)
    bench.check("HP1_Y")
    bench.scan()
    bench.check("-HP1_Y TRIPPED")
    bench.run(3000)
    bench.check("-P201_Y")
    bench.set("TT202=99")
    bench.run(600)
    assert bench.tripped("EVAP_FREEZE")
    bench.check("P201_Y")
    bench.set("TT202=2100")
    bench.run(600)
    bench.check("P201_Y TRIPPED")
    bench.reset()
    assert not bench.program.trips.latched


def test_h4_a_hot_condenser_unloads_and_a_faulty_machine_alone_stops():
    bench = recovering()
    bench.set("TT204=6801")
    bench.run(3000)
    bench.check("HP1_PLR=1000")
    bench.scan()
    bench.check("HP1_PLR=300 HP1_Y")
    bench.set("TT204=4500")
    bench.run(200)
    bench.check("HP1_PLR=1000")
    k = [m.number for m in bench.program.pumps.machines if m.y][0]
    bench.machines[k - 1].state = FAULT
    bench.run(1100)
    bench.check("-HP%d_Y" % k)
    assert bench.tripped("HP%d" % k)
    bench.until(lambda: bench.program.pumps.running == 1, 100000)  # another one takes over
    bench.machines[k - 1].state = 1
    bench.run(2000)
    bench.reset()
    assert bench.tripped("HP%d" % k)
    bench.reset(confirm=True)
    assert not bench.tripped("HP%d" % k)


def test_a_machine_that_trips_gives_its_share_to_the_dry_cooler_in_the_same_scan():
    bench = recovering()
    fans = bench.io.DRYC_FAN
    bench.machines[0].state = FAULT
    bench.until(lambda: not bench.io.HP1_Y, 1200)
    bench.check("DRYC_FAN=1000")
    assert fans < 1000
    bench.run(500)
    bench.check("V101_SP=0")


def test_h5_limit_thermostats_take_the_heater_off():
    for point, cause in (("STB_DHW", "STB_DHW"), ("STB_EH", "STB_EH")):
        bench = Bench()
        bench.set("TT41=5000 TT42=4800 TT43=4500 TT44=4000")
        bench.io.mode = layout.MODE_AUTO
        bench.command("STOP")
        bench.until(lambda: bench.io.EH1_KW > 0, 900000)
        bench.set(point)
        bench.scan()
        bench.check("-EH1_Y1 -EH1_Y2 -EH1_Y3 -EH1_Y4 -EH1_Y5 -EH1_Y6 -P401_Y")
        bench.set("-" + point)
        bench.reset()
        assert bench.tripped(cause)
        bench.reset(confirm=True)
        assert not bench.tripped(cause)


def test_h6_water_that_scalds():
    bench = Bench()
    bench.set("TT45=6600")
    took = bench.until(lambda: bench.tripped("SCALD"), 15000)
    assert took <= 11200, took
    bench.check("V401_SP=0")
    bench.set("TT45=7100")
    took = bench.until(lambda: bench.tripped("SCORCH"), 10000)
    assert took <= 6200, took
    bench.check("V401_SP=0 -P401_Y")
    bench.set("TT45=5990")
    bench.run(1500)
    assert not bench.tripped("SCALD") and bench.tripped("SCORCH")
    bench.reset()
    assert not bench.tripped("SCORCH")


def test_h9_pressures():
    for point, cause, off in (
        ("PT101", "P_IT", "-HP1_Y V101_SP=0 P101A_Y"),
        ("PT201", "P_EVAP", "-HP1_Y -P201_Y P101A_Y"),
        ("PT301", "P_HEAT", "-HP1_Y -P202_Y -P301_Y -P401_Y -MAKEUP_Y P101A_Y"),
    ):
        for value in (79, 281):
            bench = recovering()
            bench.set("%s=%d" % (point, value))
            bench.run(5000)
            bench.check("HP1_Y")
            bench.scan()
            bench.check(off)
            assert bench.tripped(cause)
            bench.set(point + "=200")
            bench.reset()
            assert bench.tripped(cause)
            bench.reset(confirm=True)
            assert not bench.tripped(cause)


def test_h10_a_leak_shuts_the_make_up_water_and_nothing_else():
    for point in ("LEAK1", "LEAK4", "FLOOD"):
        bench = recovering()
        bench.set("PT301=105")
        bench.run(300)
        bench.check("MAKEUP_Y")
        bench.set(point)
        bench.scan()
        bench.check("-MAKEUP_Y HP1_Y P101A_Y")
        bench.set("-" + point)
        bench.reset(confirm=True)
        bench.run(200)
        bench.check("MAKEUP_Y")


def test_filling_that_does_not_end_is_a_leak():
    bench = Bench(scan_ms=500)
    bench.set("PT301=105")
    bench.run(600000)
    bench.check("MAKEUP_Y")
    bench.run(1000)
    bench.check("-MAKEUP_Y")
    bench.set("PT301=200")
    bench.run(1000)
    bench.set("PT301=105")
    bench.run(1000)
    bench.check("-MAKEUP_Y")  # not again on the same day


def test_h11_without_its_temperature_the_it_water_goes_to_the_dry_cooler():
    bench = recovering()
    bench.io.TT101_Q = BAD
    bench.run(600)
    bench.check("V101_SP=0 DRYC_FAN=1000")
    bench.io.TT101_Q = GOOD
    bench.run(1200)
    assert not bench.tripped("TT101")


def test_h12_the_other_pump_takes_over():
    bench = Bench()
    bench.check("P101A_Y -P101B_Y")
    bench.set("P101A_FLT")
    bench.scan()
    bench.check("P101B_Y")
    bench = Bench()
    bench.set("-P101A_RUN")
    took = bench.until(lambda: bench.io.P101B_Y, 3000)
    assert took <= 3000
    assert bench.tripped("P101")
    assert bench.events.last("P101_CHANGE")[0] == 2


def test_h13_frost_moves_the_water_while_nothing_is_heated():
    bench = Bench()
    bench.command("STOP")
    bench.set("TT50=299")
    bench.run(600)
    bench.check("FROST P201_Y P202_Y P301_Y P201_SPD=400")
    bench.set("TT102=790")
    bench.run(30000)
    bench.check("DRYC_FAN=0")  # the coil stays above 8 degC
    bench.set("TT50=499")
    bench.run(600)
    bench.check("FROST")
    bench.set("TT50=501")
    bench.run(600)
    bench.check("SAFE_COOLING -P201_Y")


def test_h14_fire_stops_the_heat_and_not_the_cooling():
    bench = recovering()
    bench.set("FIRE")
    bench.scan()
    bench.check("-HP1_Y -DAMP_Y P101A_Y TRIPPED")
    bench.run(60000)
    bench.check("P101A_Y")
    bench.set("-FIRE")
    bench.reset()
    bench.check("DAMP_Y")
    for policy, pump in ((0, "-P101A_Y -P101B_Y DRYC_FAN=0"), (1, "P101A_Y DRYC_FAN=1000")):
        bench = recovering(hall_fire=policy)
        bench.set("FIRE_HALL")
        bench.scan()
        bench.check("-HP1_Y V101_SP=0 -DAMP_Y " + pump)


def test_h15_without_a_gateway_set_points_stay_and_power_to_heat_ends():
    bench = Bench()
    bench.set("TT41=5800 TT42=5700 TT43=5600 TT44=5500")
    assert bench.command("SET_SP", 1, 4800, 60) == layout.RES_DONE
    bench.run(1000)
    bench.io.link = layout.LINK_LOST
    assert bench.command("P2H", 3000, 3600) == layout.RES_DONE
    bench.run(25000)
    bench.check("EH1_Y1 EH1_Y6")  # its steps have only just come on
    bench.run(1000)
    bench.check("-EH1_Y1 -EH1_Y2 -EH1_Y3 -EH1_Y4 -EH1_Y5 -EH1_Y6")  # 2 s until the link is lost, then 26 s
    bench.io.link = layout.LINK_SAFE
    bench.run(70000)
    bench.check("EH1_KW=0 L1_SP=4800")  # the last set-point goes on
    assert bench.tripped("GATEWAY")
    bench.io.link = layout.LINK_OK
    bench.run(1000)
    bench.check("L1_SP=4500")  # its time was over long ago


def test_h16_refrigerant():
    bench = recovering()
    bench.set("REF_GAS")
    bench.scan()
    bench.check("-HP1_Y VENT_Y TRIPPED P101A_Y")
    bench.set("-REF_GAS")
    bench.reset()
    bench.check("VENT_Y")
    bench.reset(confirm=True)
    bench.check("-VENT_Y")
