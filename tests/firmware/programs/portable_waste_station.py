"""The station's states, commands, flight and hands (domain brief §1b, §1c P13, §1e)."""

from protocols import layout
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
    bench.check("-AV1_YO AV2_YO SV1_STATE=2 SV2_STATE=2")


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
