"""The station's rows P1 to P12 (domain brief §1c)."""

from protocols import layout
from protocols.quality import BAD, GOOD
from tests.firmware.programs.portable_station_bench import SCAN, Bench

DONE, FAILED = layout.RES_DONE, layout.RES_FAILED
ACCEPTED, INTERLOCK, BUSY = layout.RES_ACCEPTED, layout.RES_INTERLOCK, layout.RES_BUSY


def test_p1_stop_pressed():
    bench = Bench()
    bench.convey()
    bench.command("COMPACT")
    bench.scan()
    bench.set("ES")
    bench.scan()
    bench.check("TRIPPED")
    assert [name for name in bench.outputs() if name not in ("CNT1_YGATE", "SV1_YO")] == []
    bench.set("-ES")
    bench.run(5000)
    bench.reset()
    bench.check("TRIPPED")
    bench.reset(confirm=True)
    bench.run(5000)
    bench.check("IDLE -FAN1_YRUN -AV1_YO")


def test_p2_fire_in_a_building_and_in_the_station():
    for point, gate in (("FIRE", 1), ("FIRE_ST", 0)):
        bench = Bench()
        bench.convey()
        bench.set(point)
        bench.run(100 + 2 * SCAN)
        bench.check("TRIPPED -FAN1_YRUN -AV1_YO SV1_YC SV2_YC CNT1_YGATE=%d HORN=%d" % (gate, 1 - gate))
        bench.until(lambda b=bench: b.io.SV1_ZSC)
        bench.run(SCAN)
        bench.check("-SV1_YC")


def test_p3_a_manhole_stops_the_fans_when_air_moves_and_inhibits_otherwise():
    bench = Bench()
    bench.set("ZMAN")
    bench.scan()
    bench.check("IDLE")
    assert bench.command("FANS_START") == INTERLOCK
    bench.set("-ZMAN")
    bench.run(1000)
    bench.reset(confirm=True)
    bench.convey()
    bench.set("ZMAN")
    bench.scan()
    bench.check("TRIPPED -FAN1_YRUN")
    assert bench.tripped("MANHOLE") and bench.tripped("MANHOLE_AIR")


def test_p4_an_air_valve_that_does_not_close_stops_the_fans():
    bench = Bench()
    bench.convey()
    bench.stuck = ("AV1",)
    bench.command("AV_CLOSE")
    assert bench.until("TRIPPED") <= 5000 + 2 * SCAN
    bench.check("-FAN1_YRUN AV1_STATE=4")
    assert bench.events.last("VALVE_FAULT")[0] == 1


def test_p4_the_inlets_loop_stops_the_station_where_it_is_wired():
    bench = Bench()
    bench.convey()
    bench.set("ZINL")
    bench.run(1000)
    bench.check("CONVEY")
    bench.par.inlet_loop = 1
    bench.scan()
    bench.check("TRIPPED -AV1_YO -FAN1_YRUN")


def test_p5_too_much_vacuum_cuts_the_speed_then_stops():
    bench = Bench()
    bench.vacuum_up()
    speed = bench.io.SPEED_OUT
    bench.set("PT90=-2950")
    bench.run(3000)
    bench.check("SPEED_MODE=2")
    bench.run(2000)
    bench.check("VACUUM SPEED_MODE=6 -DV_PERMIT")
    bench.run(5000)
    assert bench.io.SPEED_OUT < speed
    bench.set("PT90=-3150")
    bench.run(4900)
    bench.check("VACUUM")
    bench.run(200)
    bench.check("TRIPPED")
    assert bench.first_out == "VACUUM_MAX"


def test_p6_slow_air_stops_further_discharges_within_eight_seconds():
    bench = Bench(vac_max=3300)
    bench.convey()
    bench.blocked = 1
    begin = bench.ms
    bench.until(lambda: bench.tripped("SPEED_LOW"))
    assert bench.ms - begin <= 8000
    bench.check("CONVEY -DV_PERMIT AV1_YO")
    assert bench.command("AV_CLOSE") == ACCEPTED  # a shake
    bench.until("VACUUM")
    bench.blocked = 0
    bench.until(lambda: bench.io.VACUUM_OK and bench.io.AV1_STATE == 0)
    assert bench.command("AV_OPEN", 1) == ACCEPTED
    bench.until(lambda: bench.io.DV_PERMIT)
    assert not bench.tripped("SPEED_LOW")


def test_p6_a_bad_or_frozen_flow_meter_stops_discharges_at_once_and_fixes_the_speed():
    bench = Bench()
    bench.convey()
    bench.io.FT90_Q = BAD
    bench.scan()
    bench.check("-DV_PERMIT SPEED_MODE=5")
    bench.run(2100)
    assert bench.tripped("SENSOR")
    bench.run(10000)
    bench.check("CONVEY SPEED_OUT=950")
    bench.io.FT90_Q = GOOD
    bench.until(lambda: bench.io.DV_PERMIT)
    bench.set("FT90=2150")
    bench.run(2000 + 1600)
    assert bench.tripped("SENSOR")
    bench.check("-DV_PERMIT")


def test_p7_one_exhauster_trips_the_others_go_on_and_two_must_remain():
    bench = Bench()
    bench.convey()
    bench.dead = (2,)
    bench.run(2200)
    bench.check("-FAN2_YRUN FAN1_YRUN FAN2_STATE=4 FAN2_FAULT=4 FANS_READY=2 CONVEY")
    assert bench.events.last("FAN_FAULT") == (2, 4)
    bench.dead = ()
    bench.run(30000)
    bench.check("-FAN2_YRUN")  # latched
    bench.set("FAN3_VIB=800")
    bench.run(3100)
    bench.check("PURGE PURGE_WHY=4 FAN1_YRUN -FAN3_YRUN FAN3_FAULT=3")
    bench.blocked = 0
    bench.set("FAN3_VIB=100")
    bench.run(100)
    bench.check("PURGE")


def test_p7_each_measurement_of_an_exhauster_has_its_own_delay():
    for words, quality, ms, fault in (
        ("FAN1_IT=1060", "", 5000, 1),
        ("FAN1_TB=960", "", 5000, 2),
        ("FAN1_VIB=720", "", 3000, 3),
        ("FAN1_VIB=0", "FAN1_VIB_Q", 3000, 3),
    ):
        bench = Bench()
        bench.vacuum_up()
        bench.set(words)
        if quality:
            setattr(bench.io, quality, BAD)
        bench.run(ms - 100)
        bench.check("FAN1_YRUN")
        bench.run(220)
        bench.check("-FAN1_YRUN FAN1_FAULT=%d" % fault)


def test_p8_the_filter_is_cleaned_with_hysteresis_and_a_clogged_one_ends_the_run():
    bench = Bench()
    bench.convey()
    for pressure, cleaning in ((149, 0), (151, 1), (100, 1), (79, 0), (149, 0)):
        bench.set("PDT91=%d" % pressure)
        bench.run(200)
        bench.check("FLT_YCLN=%d CONVEY" % cleaning)
    bench.set("PDT91=260")
    bench.run(10200)
    bench.check("PURGE PURGE_WHY=5 FLT_YCLN")
    bench.until("IDLE")
    bench.set("PDT91=10")
    bench.run(1000)
    assert bench.command("FANS_START") == INTERLOCK
    bench.reset()
    assert bench.command("FANS_START") == ACCEPTED


def test_p9_heat_and_sparks_isolate_the_separator():
    for words, ms in (("TT92=810", 2100), ("XS92", 2 * SCAN)):
        bench = Bench()
        bench.convey()
        bench.check("SEP_YO")
        bench.set(words)
        bench.run(ms)
        bench.check("TRIPPED -FAN1_YRUN -SEP_YO HORN -AV1_YO")


def test_p10_a_container_that_fills_takes_what_is_in_flight_and_ends_the_run():
    bench = Bench()
    bench.convey()
    bench.set("CNT1_LT=960")
    bench.run(200)
    bench.check("PURGE -DV_PERMIT CNT1_YGATE CNT1_STATE=2 AV1_YO PURGE_WHY=3")
    bench.until("IDLE")
    bench.check("FLIGHT=0")
    assert bench.command("FANS_START") == INTERLOCK


def test_p11_the_compactor_tries_twice_then_ends_the_run():
    bench = Bench(cmp_home_s=10)
    assert bench.command("COMPACT") == ACCEPTED
    bench.run(6000)
    assert bench.done == [(DONE, 0)]
    bench.check("-CMP_YRUN CMP_CYCLES=1")
    bench.convey()
    bench.jam = 2
    bench.command("COMPACT")
    bench.run(3100 + 2 * SCAN)
    bench.check("-CMP_YRUN CMP_STATE=2")
    bench.run(5000)
    bench.check("CMP_YRUN")
    bench.run(3200)
    bench.check("-CMP_YRUN CMP_STATE=3 PURGE")
    assert bench.tripped("COMPACTOR") and bench.done[-1][0] == FAILED
    bench.jam = 0
    bench.until("IDLE")
    bench.reset()
    bench.run(200)
    bench.check("CMP_STATE=0")


def test_p12_low_air_and_no_air():
    bench = Bench()
    bench.convey()
    bench.set("PS93=440")
    bench.run(2100)
    bench.check("CONVEY -DV_PERMIT")
    bench.set("PS93=520")
    bench.run(9900)
    bench.check("-DV_PERMIT")
    bench.run(200)
    bench.check("DV_PERMIT")
    bench.set("PS93=340")
    bench.scan()
    bench.check("TRIPPED -AV1_YO -FAN1_YRUN")
