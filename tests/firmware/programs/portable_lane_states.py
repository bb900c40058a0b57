"""Each state of the lane (domain brief §3b), as logbooks: time in ms | inputs | what must hold after that scan."""

from protocols import layout
from tests.firmware.programs.portable_lane_bench import TABLE, TOKEN, Bench


def test_closed_waits_for_a_vehicle_a_credential_and_room_behind():
    bench = Bench()
    assert bench.open_once() == layout.RES_INTERLOCK  # nobody there
    assert bench.lane.detail == TABLE.PERMISSIVE_VEHICLE_WAITS
    bench.book(
        (
            (0, "", "CLOSED -YO -YC LT_R -LT_G"),
            (10, "LC_P", "CLOSED"),
            (20, "LA_P", "CLOSED"),
        )
    )
    assert bench.open_once() == layout.RES_ACCEPTED
    bench.book(
        (
            (0, "", "CLOSED -YO"),
            (4000, "", "CLOSED -YO"),  # no room behind the boom
            (4010, "-LC_P", "OPENING YO OPENINGS=1"),
        )
    )


def test_an_authorisation_that_finds_no_room_ends_with_the_credentials_life():
    bench = Bench()
    bench.set("LA_P LC_P")
    bench.scan()
    assert bench.open_once() == layout.RES_ACCEPTED
    bench.book(((14980, "", "CLOSED completed=0"), (15000, "", "CLOSED completed=%d" % layout.RES_FAILED)))
    bench.book(((0, "-LC_P", "CLOSED -YO"), (1000, "", "CLOSED")))


def test_opening_ends_at_the_open_limit():
    bench = Bench()
    bench.set("LA_P")
    bench.scan()
    bench.open_once()
    bench.book(
        (
            (0, "", "OPENING YO -LT_G"),
            (1480, "", "OPENING YO -LT_G LT_R"),
            (1490, "", "OPEN -YO LT_G -LT_R completed=%d" % layout.RES_DONE),
        )
    )
    assert bench.io.TRAVEL_OPEN == 1490
    assert bench.events.count("OPENED") == 1


def test_opening_that_takes_twice_its_nominal_time_is_a_fault():
    bench = Bench()
    bench.set("LA_P")
    bench.scan()
    bench.open_once()
    bench.stuck = True
    bench.book(
        (
            (0, "", "OPENING YO"),
            (2990, "", "OPENING YO"),
            (3000, "", "FAULT -YO -YC completed=%d" % layout.RES_FAILED),
            (9000, "", "FAULT -YO"),
        )
    )


def test_open_closes_when_nobody_comes_for_20_s():
    bench = Bench()
    bench.lift()
    bench.book(
        (
            (0, "-LA_P", "OPEN LT_G"),
            (19980, "", "OPEN LT_G"),
            (19990, "", "PRECLOSE -LT_G LT_R BEEP"),
        )
    )


def test_passing_and_passed_follow_the_vehicle():
    bench = Bench()
    bench.lift()
    bench.book(
        (
            (0, "LB_P", "PASSING -LT_G"),
            (500, "PE1 PE2 -LA_P", "PASSING"),
            (1500, "LC_P", "PASSING PASSED=0"),
            (2000, "-PE1 -PE2", "PASSING PASSED=0"),
            (2190, "", "PASSING PASSED=0"),
            (2200, "", "PASSING PASSED=1 PASS_TOKEN=%d" % TOKEN),  # the beams have been clear for gap_ms
            (2400, "-LB_P", "PASSED"),
            (2600, "-LC_P", "PASSED"),
            (3390, "", "PASSED -BEEP"),
            (3400, "", "PRECLOSE BEEP"),  # 1.0 s after the loop is clear
        )
    )


def test_passed_waits_for_beams_that_clear_after_the_loop():
    bench = Bench()
    bench.lift()
    bench.book(
        (
            (0, "LB_P PE1 -LA_P", "PASSING"),
            (1000, "LC_P -LB_P", "PASSING"),  # something still stands in the beam
            (3000, "-PE1", "PASSED"),
            (3490, "", "PASSED"),
            (3500, "", "PRECLOSE"),
        )
    )


def test_a_loop_that_drops_out_for_150_ms_under_a_high_truck_changes_nothing():
    bench = Bench()
    bench.lift()
    bench.book(
        (
            (0, "LB_P PE1 -LA_P", "PASSING"),
            (1000, "LC_P", "PASSING"),
            (1500, "-LB_P", "PASSING"),  # PE1 sees the side of the bed
            (1650, "LB_P", "PASSING PASSED=0"),
            (2500, "-PE1", "PASSING"),
            (2600, "-LB_P", "PASSED"),
            (2650, "LB_P", "PASSING"),  # and a drop-out with the beams clear
            (2900, "-LB_P", "PASSED PASSED=1"),
            (3890, "", "PASSED"),
            (3900, "", "PRECLOSE PASSED=1"),
        )
    )


def test_preclose_warns_tests_the_beams_and_closes():
    bench = Bench()
    bench.lift()
    bench.set("-LA_P")
    bench.until("PRECLOSE")
    bench.book(
        (
            (0, "", "PRECLOSE BEEP LT_R -TEST"),
            (980, "", "PRECLOSE BEEP -TEST"),
            (990, "", "PRECLOSE TEST -YC"),  # 1.0 s after the state began
            (1000, "", "PRECLOSE -TEST -YC"),  # both dark
            (1010, "", "CLOSING YC -BEEP LT_R"),  # both light again
        )
    )


def test_preclose_gives_way_to_whoever_comes():
    for inputs, state in (("LB_P", "PASSING"), ("PE2", "PASSING"), ("EDGE=150", "OPEN"), ("FIRE", "OPEN")):
        bench = Bench()
        bench.lift()
        bench.set("-LA_P")
        bench.until("PRECLOSE")
        bench.run(500)
        bench.set(inputs)
        bench.scan()
        assert bench.state == state, inputs
        assert not bench.io.YC


def test_closing_ends_at_the_closed_limit():
    bench = Bench()
    bench.closing(900)
    bench.until("CLOSED")
    assert bench.io.TRAVEL_CLOSE == 2210
    assert not bench.io.YC
    assert bench.events.count("CLOSED") == 1


def test_closing_for_more_than_6_s_is_a_fault():
    bench = Bench()
    bench.closing(890)
    bench.stuck = True
    bench.lane.boom._since = bench.now  # the time from here on
    bench.book(((5990, "", "CLOSING YC"), (6000, "", "FAULT -YC -YO")))


def test_closing_opens_again_for_the_next_vehicle_that_may_pass():
    bench = Bench()
    bench.closing()
    bench.set("LA_P")
    bench.scan()
    assert bench.open_once(7) == layout.RES_ACCEPTED
    bench.book(((0, "", "OPENING YO -YC REVERSALS=0 OPENINGS=2"),))


def test_reversing_opens_and_holds_for_5_s():
    bench = Bench()
    bench.closing(450)
    bench.book(
        (
            (0, "PE1", "REVERSING YO -YC"),
            (100, "-PE1", "REVERSING YO"),
        )
    )
    bench.until("OPEN")
    bench.book(((0, "", "OPEN -YO"), (4990, "", "OPEN -YC"), (5000, "", "PRECLOSE")))
    assert bench.io.REVERSALS == 1
    assert bench.events.seen[-1][0] == "REVERSED" or bench.events.count("REVERSED") == 1


def test_three_reversals_in_a_minute_hold_the_lane_open():
    bench = Bench()
    bench.closing(450)
    for n in (1, 2, 3):
        bench.set("PE1")
        bench.scan()
        bench.set("-PE1")
        bench.scan()
        if n < 3:
            bench.until("CLOSING")
            bench.run(500)
    assert bench.state == "HOLD_OPEN"
    assert bench.io.HOLD_REASON == 6
    assert ("CALL", 6, 0) in bench.events.seen
    bench.wait(70000)
    bench.check("HOLD_OPEN ZO")
    bench.io.reset = 1
    bench.scan()
    bench.check("HOLD_OPEN")  # a remote reset isn't enough
    bench.scan()
    bench.reset(confirm=True)
    bench.run(5000)
    bench.check("OPEN -YC")  # and a reset starts no motion
    assert bench.command("RELEASE") == layout.RES_DONE
    bench.until("CLOSED", 30000)


def test_a_stopped_vehicle_holds_the_lane_and_20_minutes_do_not_change_that():
    bench = Bench()
    bench.lift()
    bench.book(
        (
            (0, "LB_P PE1 -LA_P", "PASSING"),
            (29990, "", "PASSING"),
            (30000, "", "HOLD_OPEN HOLD_REASON=9 LT_R"),
        )
    )
    for _ in range(100):
        bench.wait(12000)
        assert not bench.io.YC
    bench.book(
        (
            (0, "", "HOLD_OPEN"),
            (1000, "LC_P", "HOLD_OPEN"),
            (2000, "-PE1", "HOLD_OPEN"),
            (2100, "-LB_P", "HOLD_OPEN"),
            (3000, "-LC_P", "HOLD_OPEN"),
            (5080, "", "HOLD_OPEN PASSED=1"),
            (5340, "", "HOLD_OPEN"),
            (5350, "", "PRECLOSE HOLD_REASON=0"),  # 3 s after loop (held 250 ms) and beams are clear
        )
    )


def test_locked_ignores_credentials_but_not_fire():
    bench = Bench(whitelist=(TOKEN,))
    assert bench.command("LOCK") == layout.RES_DONE
    bench.set("LA_P")
    bench.book(((0, "", "LOCKED"),))
    assert bench.open_once() == layout.RES_INTERLOCK
    assert bench.lane.detail == TABLE.PERMISSIVE_NOT_LOCKED
    bench.io.link = layout.LINK_LOST
    bench.read()
    bench.run(1000)
    bench.check("LOCKED -YO")
    bench.set("FIRE")
    bench.run(110)
    bench.check("HOLD_OPEN YO")


def test_release_ends_a_lock():
    bench = Bench()
    bench.command("LOCK")
    bench.run(20)
    bench.check("LOCKED")
    bench.command("RELEASE")
    bench.run(10)
    bench.check("CLOSED")


def test_a_lock_of_an_open_lane_closes_it_when_it_is_clear():
    bench = Bench()
    bench.lift()
    bench.book(((0, "LB_P", "PASSING"), (2000, "-LB_P -LA_P", "PASSED")))
    bench.command("LOCK")
    bench.until("LOCKED", 10000)


def test_off_takes_the_drive_away_and_moves_nothing():
    bench = Bench()
    bench.closing()
    bench.io.mode = layout.MODE_OFF
    bench.book(((0, "", "OFF -YO -YC LT_R"), (60000, "", "OFF -YO -YC")))
    bench.io.mode = layout.MODE_AUTO
    bench.book(((0, "", "OFF -YO -YC"), (60000, "", "OFF -YO -YC")))  # neither up nor down: nothing moves by itself
    bench.set("LA_P")
    bench.scan()
    assert bench.open_once() == layout.RES_ACCEPTED
    bench.scan()
    bench.check("OPENING YO")


def test_after_power_up_nothing_moves_until_the_conditions_are_known():
    bench = Bench(known=False)
    bench.stale("FIRE")
    bench.book(((0, "", "OFF -YO -YC LT_R"), (2000, "", "OFF -YO -YC")))
    bench.stale("FIRE", 0)
    bench.book(((0, "", "OFF"), (290, "", "OFF -YO"), (300, "", "CLOSED -YO"), (60000, "", "CLOSED -YO")))


def test_a_boom_that_is_up_at_power_up_stays_up_until_a_vehicle_or_a_command():
    for way in ("drive", "START", "RELEASE"):
        bench = Bench(known=False)
        bench.angle = 900
        bench.set("ZO -ZC POS=900")
        bench.wait(60000)
        bench.check("OPEN -YO -YC")
        if way == "drive":
            bench.set("LA_P")
            bench.drive_through()
        else:
            assert bench.command(way) == layout.RES_DONE
        bench.until("CLOSED", 30000)


def test_a_boom_between_the_limits_at_power_up_is_raised_by_start():
    bench = Bench(known=False)
    bench.angle = 450
    bench.set("-ZC POS=450")
    bench.wait(30000)
    bench.check("OFF -YO -YC")
    bench.command("START")
    bench.run(10)
    bench.check("OPENING YO")


def test_a_closed_boom_that_is_lifted_by_hand_is_not_driven_back():
    bench = Bench()
    bench.run(1000)
    bench.angle = 450
    bench.book(((0, "", "CLOSED"), (1000, "", "CLOSED"), (1010, "", "OFF -YC -YO"), (9000, "", "OFF -YC -YO")))
    assert bench.events.count("CALL") == 1


def test_maint_moves_only_while_a_button_is_held():
    bench = Bench()
    bench.io.mode = layout.MODE_MAINT
    bench.book(
        (
            (0, "KEY", "MAINT -YO -YC"),
            (100, "JOG_O", "MAINT YO"),
            (600, "-JOG_O", "MAINT -YO -YC"),
            (700, "JOG_C", "MAINT -YC TEST"),
            (720, "", "MAINT YC -TEST"),
            (800, "LB_P", "MAINT -YC -YO"),
            (900, "-LB_P", "MAINT -YC"),  # the loop is believed 250 ms later
            (1200, "", "MAINT YC"),
            (1250, "-JOG_C", "MAINT -YC"),
            (1300, "JOG_O JOG_C", "MAINT -YC -YO"),
        )
    )
    bench.set("-JOG_C")
    bench.run(9990)
    bench.check("MAINT YO" if bench.angle < 890 else "MAINT -YO")
    bench.io.mode = layout.MODE_AUTO
    bench.set("-JOG_O -KEY")
    bench.run(20)
    bench.check("OPEN -YO -YC")


def test_a_jog_lasts_no_longer_than_jog_max():
    bench = Bench(open_max_ms=10000, open_nominal_ms=5000)
    bench.io.mode = layout.MODE_MAINT
    bench.stuck = True
    bench.book(((0, "JOG_O", "MAINT YO"), (9990, "", "MAINT YO"), (10000, "", "MAINT -YO")))


def test_local_mode_is_the_attendants_hand():
    bench = Bench()
    bench.io.mode = layout.MODE_LOCAL
    bench.set("JOG_O")
    bench.scan()
    bench.check("OPENING YO")
    bench.set("-JOG_O")
    bench.wait(60000)
    bench.check("OPEN LT_G -YC")  # stays up until it is closed by hand
    bench.set("JOG_C LB_P")
    bench.scan()
    bench.check("PASSING -YC")
    bench.set("-JOG_C -LB_P")
    bench.run(2000)
    bench.set("JOG_C")
    bench.scan()
    bench.check("PRECLOSE")
    bench.until("CLOSED", 5000)


def test_stop_ends_all_motion_until_start():
    bench = Bench()
    bench.closing()
    assert bench.command("STOP") == layout.RES_DONE
    bench.book(((0, "", "OFF -YO -YC"), (30000, "LA_P", "OFF -YO -YC")))
    assert bench.open_once() == layout.RES_FAILED
    bench.command("START")
    bench.run(10)
    bench.check("OPENING YO")


def test_hold_opens_for_its_time():
    bench = Bench()
    assert bench.command("HOLD", 0, 5) == layout.RES_BAD_ARGUMENT
    assert bench.command("HOLD", 3, 10) == layout.RES_DONE
    bench.book(
        (
            (0, "", "HOLD_OPEN YO HOLD_REASON=3"),
            (1490, "", "HOLD_OPEN -YO LT_G"),
            (9990, "", "HOLD_OPEN LT_G"),
            (10000, "", "PRECLOSE HOLD_REASON=0"),
        )
    )
    assert bench.events.count("HOLD_ENDED") == 1


def test_hold_without_time_lasts_until_release():
    bench = Bench()
    bench.command("HOLD", 10, 0)
    bench.wait(600000)
    bench.check("HOLD_OPEN HOLD_REASON=10")
    bench.command("RELEASE")
    bench.run(10)
    bench.check("PRECLOSE")


def test_a_hold_during_closing_turns_the_boom_in_the_same_scan():
    bench = Bench()
    bench.closing()
    bench.command("HOLD", 5, 0)
    bench.book(((0, "", "HOLD_OPEN YO -YC"),))
