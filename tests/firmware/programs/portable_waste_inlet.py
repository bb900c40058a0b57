"""The inlet's valve cycle, rows P1 to P4, P12 and P13, tokens, hands, hatches (domain brief §1b, §1c, §1e)."""

from protocols import layout
from tests.firmware.programs.portable_inlet_bench import SCAN, TRAVEL, Bench

DONE, FAILED = layout.RES_DONE, layout.RES_FAILED
ACCEPTED, INTERLOCK, BUSY = layout.RES_ACCEPTED, layout.RES_INTERLOCK, layout.RES_BUSY


def test_a_discharge_opens_for_ten_seconds_and_ends_proven_closed():
    bench = Bench()
    assert bench.discharge(2) == ACCEPTED
    bench.book(
        (
            (0, "", "OPENING DV2_YO DV2_STATE=2 ACTIVE=2 -DV2_YLOCK DV1_YLOCK"),
            (1200, "", "OPEN DV2_YO DV2_STATE=3"),
            (11180, "", "OPEN DV2_YO"),
            (11200, "", "CLOSING -DV2_YO DV2_STATE=4"),
            (12400, "", "CLOSED -DV2_YO DV2_STATE=1 ACTIVE=0 DV2_PULSES=1"),
        )
    )
    assert bench.done == [(DONE, 11200)]
    assert bench.events.last("DISCHARGED") == (2, 11200)


def test_the_maximum_open_timer_ends_a_pulse_that_is_too_long():
    bench = Bench()
    bench.open(1, 12000)
    bench.until("CLOSED")
    assert bench.longest_on == 12000
    assert bench.events.last("MAX_OPEN")[0] == 1


def test_the_maximum_open_timer_needs_no_cycle():
    """Whatever the cycle does (here: nothing any more), the driver lets go."""
    bench = Bench()
    bench.open()
    bench.inlet.pulse_ms = 1 << 28
    bench.inlet._step = lambda io, now: None
    bench.run(20000)
    assert bench.longest_on == 12000
    bench.check("-DV1_YO")


def test_open_time_of_an_order_is_limited():
    bench = Bench()
    for open_ms in (1, 999, 12001, 60000):
        assert bench.discharge(1, open_ms) == layout.RES_BAD_ARGUMENT
    for index in (0, 4, 5, 65535):
        assert bench.discharge(index) == layout.RES_BAD_ARGUMENT
    assert bench.discharge(1, 4000) == ACCEPTED
    assert bench.until("OPEN") < 2000
    bench.until("CLOSED")
    assert bench.done == [(DONE, 4000 + TRAVEL)]


def test_one_valve_at_a_time_on_the_board():
    bench = Bench()
    assert bench.discharge(1) == ACCEPTED
    assert bench.discharge(2) == BUSY  # not even begun
    bench.until("OPEN")
    assert bench.discharge(2) == BUSY
    bench.until("CLOSING")
    assert bench.discharge(2) == BUSY
    bench.until("CLOSED")
    assert bench.discharge(2) == ACCEPTED


def test_a_token_opens_once_and_an_older_one_never():
    bench = Bench()
    assert bench.command("DV_DISCHARGE", 1, 0, 0, 7) == ACCEPTED
    assert bench.command("DV_DISCHARGE", 2, 0, 0, 7) == layout.RES_EXPIRED
    bench.until("OPEN")
    bench.until("CLOSED")
    assert bench.command("DV_DISCHARGE", 1, 0, 0, 7) == layout.RES_EXPIRED
    assert bench.command("DV_DISCHARGE", 1, 0, 0, 6) == layout.RES_EXPIRED
    assert bench.events.last("TOKEN_STALE") == (0, 6)
    assert bench.command("DV_REVOKE", 0, 20) == DONE
    assert bench.command("DV_DISCHARGE", 1, 0, 0, 20) == layout.RES_EXPIRED
    assert bench.command("DV_DISCHARGE", 1, 0, 0, 21) == ACCEPTED


def test_tokens_wrap_and_zero_is_none():
    bench = Bench()
    assert bench.command("DV_DISCHARGE", 1, 0, 0, 0) == layout.RES_BAD_ARGUMENT
    assert bench.command("DV_DISCHARGE", 1, 0, 0x4000, 1) == layout.RES_BAD_ARGUMENT
    assert bench.command("DV_REVOKE", 0x3FFF, 0xFFFF) == DONE
    assert bench.command("DV_DISCHARGE", 1, 0, 0, 1) == ACCEPTED  # after the last comes the first


def test_p13_a_dead_gateway_changes_nothing_about_the_end_of_a_pulse():
    bench = Bench()
    bench.open()
    bench.io.link = layout.LINK_LOST
    bench.scan()
    bench.io.link = layout.LINK_SAFE
    assert bench.until("CLOSED") <= 12000
    assert bench.done == [(DONE, 11200)]
    assert bench.discharge(1) == INTERLOCK and bench.inlet.detail == 3  # GATEWAY
    bench.io.link = layout.LINK_OK
    bench.scan()
    assert bench.discharge(1) == ACCEPTED


def test_p3_a_hatch_forced_open_closes_its_valve_at_once_and_stops_the_network():
    bench = Bench()
    bench.open()
    bench.set("-DV1_ZDOOR")
    bench.scan()
    bench.check("CLOSING -DV1_YO")
    assert bench.until("CLOSED") <= 2500
    assert bench.done[-1][0] == FAILED
    assert bench.events.last("DV_ABORTED")[0] == 1


def test_p3_an_open_duct_asks_for_the_stop_while_the_valve_is_not_closed():
    bench = Bench()
    bench.open()
    bench.set("-DV1_ZDOOR")
    bench.run(200)
    bench.check("-YOK NETWORK_STOP")
    bench.until("CLOSED")
    bench.run(200)
    bench.check("YOK -NETWORK_STOP")  # shut again: nobody is in danger, and nothing latches
    assert bench.discharge(1) == INTERLOCK and bench.inlet.detail == 4  # HATCH1
    assert bench.discharge(2) == ACCEPTED


def test_p3_a_stale_hatch_is_an_open_one():
    bench = Bench()
    bench.stale("DV1_ZDOOR")
    bench.scan()
    assert bench.discharge(1) == INTERLOCK
    assert bench.events.count("HATCH_OPENED") == 0  # but nobody's deposit


def test_p4_a_valve_that_does_not_close_stops_the_network_within_three_seconds():
    bench = Bench()
    bench.open()
    bench.stuck[0] = 1
    bench.until("CLOSING")
    assert bench.until(lambda: bench.io.NETWORK_STOP) <= 3000 + SCAN
    bench.check("-YOK DV1_FAULT=2")
    assert bench.tripped("NOT_CLOSED1") and bench.first_out == "NOT_CLOSED1"
    bench.scan()
    assert bench.done == [(FAILED, 2)]
    assert bench.discharge(2) == INTERLOCK  # no other valve
    bench.reset(confirm=True)
    bench.check("FAULT -YOK")  # still open: no reset
    bench.stuck[0] = 0
    bench.run(2000)
    bench.check("FAULT")  # closed, and latched
    bench.reset()
    bench.check("FAULT")  # the confirmation on the spot is missing
    bench.reset(confirm=True)
    bench.run(100)
    bench.check("CLOSED YOK DV1_FAULT=0 -DV1_YO")


def test_a_valve_that_does_not_open_is_given_up():
    bench = Bench()
    bench.stuck[0] = 1
    bench.discharge()
    bench.run(3500)
    assert bench.done == [(FAILED, 1)]
    bench.check("-DV1_YO DV1_FAULT=1 YOK")
    assert bench.discharge(1) == INTERLOCK and bench.inlet.detail == 8  # VALVE1
    assert bench.discharge(2) == ACCEPTED


def test_both_switches_at_once_take_the_group_out_of_service():
    bench = Bench()
    bench.welded = 1
    bench.run(300)
    assert bench.tripped("SWITCHES1")
    bench.check("DV1_FAULT=3")
    assert bench.discharge(2) == INTERLOCK
    bench.welded = 0
    bench.run(2000)
    bench.reset(confirm=True)
    bench.run(100)
    assert bench.discharge(2) == ACCEPTED


def test_a_valve_that_drifts_open_at_rest_is_found():
    bench = Bench()
    bench.stuck[2] = 1
    bench.place[2] = 400
    bench.run(1100)
    assert bench.tripped("NOT_CLOSED3")
    bench.check("-YOK")


def test_p1_and_p2_close_every_valve_and_latch():
    for point, row, after in (("ES", "ESTOP", 0), ("FIRE", "FIRE", 100)):
        bench = Bench()
        bench.open()
        bench.set(point)
        bench.run(after + SCAN)
        bench.check("CLOSING -DV1_YO -YOK -DV2_YLOCK")
        bench.set("-" + point)
        bench.run(3000)
        bench.check("FAULT -DV1_YO")
        bench.reset()
        assert bench.tripped(row)
        bench.reset(confirm=True)
        bench.run(5000)
        bench.check("CLOSED -DV1_YO YOK")  # reset, and nothing moves


def test_p12_low_air_refuses_and_no_air_closes():
    bench = Bench()
    bench.open()
    bench.set("PS93=440")
    bench.run(2100)
    bench.check("OPEN DV1_YO air_low=1")  # the pulse is finished
    bench.set("PS93=340")
    bench.scan()
    bench.check("CLOSING -DV1_YO")
    bench.until("CLOSED")
    bench.set("PS93=480")
    bench.run(60000)
    assert bench.discharge(2) == INTERLOCK and bench.inlet.detail == 2  # AIR: not above 5 bar yet
    bench.set("PS93=510")
    bench.run(9900)
    assert bench.discharge(2) == INTERLOCK
    bench.run(200)
    assert bench.discharge(2) == ACCEPTED


def test_power_is_the_first_cause_after_a_dip_and_nothing_starts():
    bench = Bench(known=False)
    bench.place[0] = 800  # power came back before the valve was shut
    bench.run(320)
    assert bench.first_out == "POWER"
    assert bench.discharge(1) == INTERLOCK
    bench.run(3000)
    assert bench.first_out == ""
    bench.check("CLOSED -DV1_YO DV1_STATE=1")


def test_stop_ends_a_discharge_and_start_allows_a_new_one():
    bench = Bench()
    bench.open()
    bench.command("STOP")
    bench.scan()
    bench.check("CLOSING -DV1_YO")
    bench.until("OFF")
    assert bench.discharge(1) == layout.RES_WRONG_MODE
    bench.command("START")
    bench.run(5000)
    bench.check("CLOSED -DV1_YO")
    assert bench.discharge(1) == ACCEPTED


def test_dv_close_ends_the_pulse():
    bench = Bench()
    bench.open()
    assert bench.command("DV_CLOSE", 2) == DONE  # not that one
    bench.scan()
    bench.check("OPEN")
    assert bench.command("DV_CLOSE", 0) == DONE
    bench.scan()
    bench.check("CLOSING")
    bench.until("CLOSED")
    assert bench.done[0][0] == DONE


def test_hold_to_run_by_command_ends_half_a_second_after_the_last_renewal():
    bench = Bench()
    assert bench.command("DV_JOG", 1) == DONE
    bench.io.mode = layout.MODE_REMOTE
    for _ in range(10):
        assert bench.command("DV_JOG", 1) == DONE
        bench.run(400)
        bench.check("DV1_YO")
    bench.run(200)
    bench.check("-DV1_YO")
    bench.until("CLOSED")
    for _ in range(100):
        bench.command("DV_JOG", 2)
        bench.run(200)
    assert bench.longest_on == 12000


def test_hold_to_run_by_button_only_by_hand_and_only_with_a_fresh_press():
    bench = Bench()
    bench.set("DV1_JOG")
    bench.run(100)
    bench.check("-DV1_YO")  # AUTO
    bench.io.mode = layout.MODE_LOCAL
    bench.run(100)
    bench.check("-DV1_YO")  # pressed before
    bench.set("-DV1_JOG")
    bench.scan()
    bench.set("DV1_JOG")
    bench.run(100)
    bench.check("DV1_YO")
    bench.set("DV2_JOG")  # two at once are none
    bench.scan()
    bench.check("-DV1_YO -DV2_YO")
    bench.until("CLOSED")
    bench.run(500)
    bench.check("-DV1_YO")
    bench.set("-DV1_JOG -DV2_JOG")
    bench.scan()
    bench.set("DV1_JOG")
    bench.run(15000)
    bench.check("-DV1_YO")  # the timer, and no second opening from the same press
    assert bench.longest_on == 12000


def test_residents_are_told_with_their_card_and_hatches_lock_under_vacuum():
    bench = Bench()
    bench.check("DV1_YLOCK DV2_YLOCK DV3_YLOCK -DV4_YLOCK")
    bench.set("READ_SEQ=1 READ_TOKEN=%d" % (3 << 16 | 5))
    bench.run(100)
    bench.set("-DV2_ZDOOR")
    bench.run(2000)
    bench.set("DV2_ZDOOR")
    bench.run(100)
    assert bench.events.seen == [("RESIDENT", 3, 5), ("HATCH_OPENED", 2, 0), ("HATCH_SHUT", 2, 20)]
    bench.check("DEP_INDEX=2 DEP_TOKEN=%d DV2_DEPOSITS=1" % (3 << 16 | 5))
    bench.run(20000)
    bench.set("-DV1_ZDOOR")
    bench.scan()
    bench.check("DEP_INDEX=1 DEP_TOKEN=0 DEP_SEQ=2")
    bench.set("VS DV1_ZDOOR")
    bench.scan()
    bench.check("-DV1_YLOCK -DV2_YLOCK")
    bench.set("-VS DV3_LSHH DV3_LSH DV2_LSH")
    bench.scan()
    bench.check("DV1_YLOCK DV2_YLOCK -DV3_YLOCK LEVELS=%d" % (2 << 4 | 1 << 2))
    assert bench.command("HATCH_LOCK", 1, 1) == DONE
    bench.scan()
    bench.check("-DV1_YLOCK DV2_YLOCK")


def test_a_site_may_ask_for_a_card():
    bench = Bench(access=1)
    bench.check("-DV1_YLOCK")
    bench.set("READ_SEQ=1 READ_TOKEN=9")
    bench.scan()
    bench.check("DV1_YLOCK")
    bench.run(20000)
    bench.check("-DV1_YLOCK")


def test_positions_that_are_not_fitted_are_nobody():
    bench = Bench(valves=1)
    bench.stuck[1] = bench.stuck[2] = bench.stuck[3] = 1
    bench.place[1] = bench.place[2] = bench.place[3] = 600
    bench.set("-DV2_ZDOOR -DV3_ZDOOR -DV4_ZDOOR")
    bench.run(5000)
    bench.check("CLOSED YOK DV2_STATE=0")
    assert bench.discharge(2) == layout.RES_BAD_ARGUMENT
    assert bench.discharge(1) == ACCEPTED


def test_pw2_a_hundred_cycles_without_a_fault():
    bench = Bench()
    for cycle in range(100):
        bench.open(cycle % 3 + 1, 4000)
        bench.until("CLOSING")
        assert bench.until("CLOSED") <= 2500
    assert bench.done == [(DONE, 4000 + TRAVEL)] * 100
    bench.check("DV1_PULSES=34 DV2_PULSES=33 DV3_PULSES=33")
    assert bench.events.count("DV_FAULT") == 0
