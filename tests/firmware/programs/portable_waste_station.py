"""The station's states, commands and rows P1 to P13 (domain brief §1b to §1e)."""

from protocols import layout
from protocols.quality import BAD, GOOD
from tests.firmware.programs.portable_station_bench import SCAN, Bench

DONE, FAILED = layout.RES_DONE, layout.RES_FAILED
ACCEPTED, INTERLOCK, BUSY = layout.RES_ACCEPTED, layout.RES_INTERLOCK, layout.RES_BUSY
PURGE_MS = 13000  # the bench's branches: 100 m x 1.3 / 10 m/s


def test_a_run_from_start_to_stop():
    bench = Bench()
    assert bench.command("FANS_START") == ACCEPTED
    bench.scan()
    bench.check("STARTING SEP_YO")
    bench.until("VACUUM")
    assert bench.done == [(DONE, 0)]
    assert bench.command("AV_OPEN", 3) == INTERLOCK and bench.station.detail == 9  # VACUUM
    bench.until(lambda: bench.io.VACUUM_OK)
    assert bench.command("AV_OPEN", 3) == ACCEPTED
    bench.until(lambda: bench.io.AV3_YO)
    bench.check("CONVEY FLIGHT=4 -DV_PERMIT")
    bench.until(lambda: bench.io.DV_PERMIT)
    assert bench.done[1:] == [(DONE, 0)]
    assert bench.command("WASTE", 3) == DONE
    assert bench.command("PURGE", 1) == ACCEPTED
    assert PURGE_MS <= bench.until("STOPPING") <= PURGE_MS + 200
    bench.check("FLIGHT=0 LANDED_SEQ=1 CMP_YRUN")
    bench.until("IDLE")
    bench.check("-FAN1_YRUN -FAN2_YRUN -FAN3_YRUN -AV3_YO -SEP_YO SPEED_OUT=0")
    assert bench.done[2:] == [(DONE, 0)]


def test_exhausters_start_one_by_one_those_with_the_fewest_hours_first():
    bench = Bench(stagger_ms=8000)
    bench.set("FAN1_RUN=500 FAN2_RUN=100 FAN3_RUN=300")
    bench.force = {}
    bench.command("FANS_START")
    seen = []
    begin = bench.ms
    while bench.state != "VACUUM":
        bench.scan()
        for k in "123":
            if getattr(bench.io, "FAN%s_YRUN" % k) and k not in [fan for fan, _ in seen]:
                seen.append((k, bench.ms - begin))
    assert [fan for fan, _ in seen] == ["2", "3", "1"]
    assert 8000 <= seen[1][1] - seen[0][1] <= 8000 + SCAN
    assert 8000 <= seen[2][1] - seen[1][1] <= 8000 + SCAN
    bench.run(60000)
    bench.check("FAN2_STARTS=1")
    assert bench.io.FAN2_RUN >= 175


def test_start_needs_every_permissive():
    for words, bit in (
        ("link=3", 2),
        ("-CNT1_ZDOCK", 6),
        ("CNT1_LT=870", 6),
        ("DIV1_ZB=1", 5),
        ("ZMAN", 8),
    ):
        bench = Bench()
        if words.startswith("link"):
            bench.io.link = layout.LINK_LOST
        else:
            bench.set(words)
        if words == "DIV1_ZB=1":
            bench.position = 50
            bench._receiving = lambda io: None
            bench.io.DIV1_ZA = 0
            bench.set("-DIV1_ZB")
        bench.run(300)
        assert bench.command("FANS_START") == INTERLOCK, words
        assert bench.station.missing & 1 << bit, words
        bench.check("IDLE -FAN1_YRUN")


def test_pw4_the_diverter_is_refused_with_waste_in_flight():
    bench = Bench()
    assert bench.command("DIVERT", 1) == ACCEPTED
    bench.until(lambda: bench.done)
    assert bench.done == [(DONE, 1)]
    bench.check("FRACTION=2 CNT2_YGATE -CNT1_YGATE")
    bench.convey(2)
    assert bench.command("DIVERT", 0) == INTERLOCK
    assert bench.station.detail == 0  # NO_WASTE_IN_FLIGHT
    assert bench.events.last("DIVERT_REFUSED") == (0, 0)
    bench.command("PURGE", 0)
    bench.until("VACUUM")
    assert bench.command("DIVERT", 0) == ACCEPTED
    bench.run(100)
    assert bench.command("AV_OPEN", 2) == BUSY  # while it moves
    bench.until(lambda: bench.io.FRACTION == 1)


def test_what_the_gateway_declares_blocks_the_diverter_and_stops_it_in_its_way():
    bench = Bench()
    bench.command("DIVERT", 2)
    bench.run(500)
    bench.check("DIV1_YPOS3")
    bench.command("WASTE", 4)
    bench.run(2 * SCAN)
    bench.check("-DIV1_YPOS3 FLIGHT=8 FLIGHT_DECLARED=8")
    assert bench.done[-1][0] == FAILED
    assert bench.command("DIVERT", 2) == INTERLOCK


def test_after_a_reset_nobody_knows_what_is_in_the_pipes():
    bench = Bench(ready=False)
    bench.until("TRIPPED")
    bench.check("FLIGHT=64 -FAN1_YRUN")
    assert bench.first_out == "POWER"
    bench.run(5000)
    bench.check("TRIPPED")
    bench.reset()
    bench.run(5000)
    bench.check("IDLE FLIGHT=64 -FAN1_YRUN")  # a reset starts nothing
    assert bench.command("DIVERT", 1) == INTERLOCK
    assert bench.command("FLIGHT_CLEAR") == DONE
    assert bench.command("DIVERT", 1) == ACCEPTED


def test_flight_that_the_board_itself_believes_is_cleared_by_no_gateway_in_auto():
    bench = Bench()
    bench.convey()
    bench.set("ES")
    bench.run(100)
    bench.set("-ES")
    bench.run(5000)
    bench.reset(confirm=True)
    bench.check("FLIGHT=1")
    bench.command("FLIGHT_CLEAR")
    bench.scan()
    bench.check("FLIGHT=1")
    bench.io.mode = layout.MODE_REMOTE
    bench.command("FLIGHT_CLEAR")
    bench.scan()
    bench.check("FLIGHT=0")


def test_a_purge_counts_fast_air_only():
    bench = Bench()
    bench.convey()
    bench.command("PURGE", 0)
    bench.run(5000)
    bench.blocked = 1
    left = bench.io.FLIGHT_LEFT
    bench.run(30000)
    bench.check("PURGE")
    assert left - bench.io.FLIGHT_LEFT <= 20
    bench.blocked = 0
    assert bench.until("VACUUM") >= (left - 25) * 100


def test_a_purge_without_end_gives_up_and_says_what_is_left():
    bench = Bench(purge_max_s=60, vac_max=3300)
    bench.convey()
    bench.blocked = 1
    bench.command("PURGE", 0)
    assert 60000 <= bench.until("STOPPING") <= 60100
    bench.check("FLIGHT=1")
    assert bench.events.count("PURGE_SPENT") == 1
    assert bench.done[-1][0] == FAILED


def test_p13_a_lost_gateway_is_waited_for_then_the_waste_is_brought_home_and_the_fans_stop():
    bench = Bench()
    bench.convey()
    bench.io.link = layout.LINK_LOST
    bench.run(9000)
    bench.check("CONVEY -DV_PERMIT")
    bench.io.link = layout.LINK_SAFE
    bench.scan()
    bench.check("PURGE PURGE_WHY=2 AV1_YO")
    assert bench.until("STOPPING") <= PURGE_MS + 3200
    bench.until("IDLE")
    bench.check("FLIGHT=0")
    bench.io.link = layout.LINK_OK
    bench.run(5000)
    bench.check("IDLE -FAN1_YRUN")  # no restart without a command


def test_p13_without_a_branch_the_station_just_stops():
    bench = Bench()
    bench.vacuum_up()
    bench.io.link = layout.LINK_SAFE
    bench.scan()
    bench.check("STOPPING")


def test_p13_waste_left_by_a_shake_is_purged_first():
    bench = Bench()
    bench.convey(5)
    assert bench.command("AV_CLOSE") == ACCEPTED
    bench.until("VACUUM")
    bench.until(lambda: bench.io.VACUUM_OK)
    assert bench.command("VACUUM_HOLD", 2800) == DONE
    bench.io.link = layout.LINK_SAFE
    bench.scan()
    bench.check("PURGE BRANCH=5")
    bench.until("IDLE")
    bench.check("FLIGHT=0")


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
        bench.check("TRIPPED -FAN1_YRUN -AV1_YO SV1_YC SV2_YC=0 CNT1_YGATE=%d HORN=%d" % (gate, 1 - gate))
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


def test_a_container_is_changed_and_tared():
    bench = Bench()
    bench.vacuum_up()
    assert bench.command("CNT_CHANGE", 1) == INTERLOCK  # behind the diverter, fans run
    assert bench.command("CNT_CHANGE", 2) == DONE
    bench.command("FANS_STOP", 0)
    bench.until("IDLE")
    assert bench.command("CNT_CHANGE", 1) == DONE
    bench.run(200)
    bench.check("-CNT1_YGATE CNT1_STATE=5")
    bench.set("-CNT1_ZDOCK CNT1_WT=0")
    bench.run(200)
    assert bench.command("CNT_READY", 1) == FAILED
    bench.set("CNT1_ZDOCK CNT1_WT=310 CNT1_LT=0")
    bench.run(200)
    assert bench.command("CNT_READY", 1) == DONE
    bench.set("CNT1_WT=720")
    bench.run(200)
    bench.check("CNT1_YGATE CNT1_STATE=0 CNT1_TARE=310 CNT1_NET=410")


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


def test_a_leak_trips_at_the_timeout_and_not_before():
    bench = Bench()
    bench.leak = 1
    bench.command("FANS_START")
    bench.until("VACUUM")
    bench.run(59900)
    bench.check("VACUUM")
    bench.run(200)
    bench.check("TRIPPED")
    assert bench.first_out == "NO_VACUUM"


def test_a_diverter_that_reports_two_places_is_invalid_within_200_ms():
    bench = Bench()
    bench.convey()
    bench._receiving = lambda io: None
    bench.io.DIV1_ZB = 1
    bench.scan()
    bench.check("-DV_PERMIT DIV_STATE=3")
    bench.run(160)
    assert bench.tripped("DIVERTER")


def test_a_diverter_that_does_not_arrive_is_late():
    bench = Bench()
    bench.stuck = ("DIV",)
    assert bench.command("DIVERT", 2) == ACCEPTED
    bench.position = 30
    bench.run(15100)
    assert bench.done == [(FAILED, 4)]
    bench.check("-DIV1_YPOS3 DIV_STATE=4 FRACTION=0")


def test_one_air_valve_at_a_time():
    bench = Bench()
    bench.convey(1)
    assert bench.command("AV_OPEN", 2) == BUSY
    bench.command("PURGE", 0)
    bench.until("VACUUM")
    assert bench.command("AV_OPEN", 2) == INTERLOCK  # valve 1 is not proven shut yet
    bench.until(lambda: bench.io.AV1_ZSC and bench.io.VACUUM_OK)
    bench.scan()
    assert bench.command("AV_OPEN", 2) == ACCEPTED
    bench.until(lambda: bench.io.DV_PERMIT)
    bench.check("-AV1_YO AV2_YO SV1_STATE=0 SV2_STATE=2")


def test_a_section_valve_that_is_stuck_fails_the_order_and_trips_nothing():
    bench = Bench()
    bench.sv[1] = 0
    bench.stuck = ("SV2",)
    bench.vacuum_up()
    assert bench.command("AV_OPEN", 2) == ACCEPTED
    bench.run(8200)
    bench.check("VACUUM -AV2_YO")
    assert bench.done[-1][0] == FAILED
    assert bench.tripped("SV_TRAVEL")


def test_caps_and_set_points():
    bench = Bench()
    assert bench.command("FANS_START", 100) == layout.RES_BAD_ARGUMENT
    assert bench.command("FANS_START", 700, 1600) == ACCEPTED
    bench.until("VACUUM")
    bench.run(30000)
    assert bench.io.SPEED_OUT <= 700
    assert bench.command("SPEED", 1900, 900) == DONE
    assert bench.command("SPEED", 100, 0) == layout.RES_BAD_ARGUMENT
    assert bench.command("VACUUM_HOLD", 2900) == layout.RES_BAD_ARGUMENT
    bench.check("SPEED_CAP=700")
    bench.scan()
    bench.check("SPEED_CAP=900 SPEED_SET=1900 VACUUM_SET=1600")


def test_stop_purges_first_and_start_alone_moves_nothing():
    bench = Bench()
    bench.convey()
    bench.command("STOP")
    bench.scan()
    bench.check("PURGE")
    bench.until("OFF")
    bench.check("FLIGHT=0")
    bench.command("START")
    bench.run(5000)
    bench.check("IDLE -FAN1_YRUN")


def test_off_is_at_once_and_keeps_the_waste_in_mind():
    bench = Bench()
    bench.convey(4)
    bench.io.mode = layout.MODE_OFF
    bench.scan()
    bench.check("OFF -FAN1_YRUN -AV4_YO")
    bench.io.mode = layout.MODE_AUTO
    bench.run(5000)
    bench.check("IDLE FLIGHT=8 -FAN1_YRUN")


def test_hands_hold_to_run_with_a_dead_man():
    bench = Bench()
    assert bench.command("JOG", 99) == layout.RES_BAD_ARGUMENT
    bench.io.mode = layout.MODE_MAINT
    bench.scan()
    bench.check("MAINT -CNT1_YGATE")
    for device, output in ((2, "AV2_YO"), (23, "SV3_YC"), (32, "FAN2_YRUN"), (52, "CNT2_YGATE"), (61, "CMP_YRUN")):
        assert bench.command("JOG", device) == DONE
        bench.run(400)
        bench.check(output)
        bench.run(120)
        bench.check("-" + output)
        bench.run(3000)
    assert bench.command("JOG", 42) == INTERLOCK  # branch 2 was open by hand: it may hold waste
    for _ in range(100):
        bench.command("JOG", 31)
        bench.run(200)
    assert bench.io.FAN1_SREF <= 600
    bench.io.mode = layout.MODE_AUTO
    bench.run(100)
    bench.check("IDLE -FAN1_YRUN")
