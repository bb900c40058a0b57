"""Rows B7-B14 of the lane's causes and effects (domain brief §3c) with their times, as logbooks."""

from protocols import layout
from protocols.quality import BAD
from tests.firmware.programs.portable_lane_bench import TABLE, TOKEN, Bench


def active(bench, cause):
    """Whether a cause is active or latched."""
    trips = bench.lane.trips
    return (trips.active | trips.latched) >> getattr(TABLE, "CAUSE_" + cause) & 1


def test_b7_fire_opens_every_lane_from_every_state():
    def closed(bench):
        pass

    def opened(bench):
        bench.lift()

    def locked(bench):
        bench.command("LOCK")
        bench.run(20)

    def off(bench):
        bench.io.mode = layout.MODE_OFF
        bench.run(20)

    def maint(bench):
        bench.io.mode = layout.MODE_MAINT
        bench.run(20)

    def stopped(bench):
        bench.command("STOP")
        bench.run(20)

    for prepare in (closed, opened, Bench.closing, locked, off, maint, stopped):
        for role in (0, 1):
            bench = Bench(role=role)
            prepare(bench)
            bench.set("FIRE")
            bench.scan()
            assert not bench.io.YC  # the contact alone forbids to lower, at once
            bench.run(100)
            bench.check("HOLD_OPEN HOLD_REASON=1")
            bench.run(1500)
            bench.check("HOLD_OPEN ZO -YC")
            bench.check("LT_G -LT_R" if role else "LT_R -LT_G")


def test_b7_fire_during_closing_turns_the_boom_at_once_and_holds_after_100_ms():
    bench = Bench()
    bench.closing()
    bench.book(
        (
            (0, "FIRE", "REVERSING YO -YC"),
            (90, "", "REVERSING YO"),
            (100, "", "HOLD_OPEN YO HOLD_REASON=1"),
        )
    )


def test_b7_after_a_fire_the_attendant_resets_and_nothing_moves_by_itself():
    bench = Bench()
    bench.set("FIRE")
    bench.run(5000)
    bench.reset(confirm=True)
    bench.run(100)
    bench.check("HOLD_OPEN")  # the panel is not normal yet
    bench.set("-FIRE")
    bench.run(5000)
    bench.check("HOLD_OPEN HOLD_REASON=1")
    bench.reset()
    bench.run(100)
    bench.check("HOLD_OPEN HOLD_REASON=1")  # nobody confirmed on the spot
    bench.reset(confirm=True)
    bench.wait(60000)
    bench.check("OPEN -YC")
    bench.command("START")
    bench.until("CLOSED", 30000)


def test_b7_readers_are_off_in_a_fire():
    bench = Bench(whitelist=(TOKEN,))
    bench.io.link = layout.LINK_LOST
    bench.set("FIRE LA_P")
    bench.run(200)
    bench.read()
    bench.run(200)
    assert bench.io.CRED_SEQ == 0
    assert bench.open_once() == layout.RES_INTERLOCK
    assert bench.lane.detail == TABLE.PERMISSIVE_NO_FIRE


def test_b7_a_fire_contact_without_samples_is_a_fire():
    bench = Bench()
    bench.stale("FIRE")
    bench.run(110)
    bench.check("HOLD_OPEN YO")


def test_b8_an_emergency_passage_lasts_until_release_or_10_min():
    bench = Bench()
    bench.book(
        (
            (0, "EMV", "HOLD_OPEN YO HOLD_REASON=2"),
            (2000, "", "HOLD_OPEN LT_G"),
            (599990, "", "HOLD_OPEN LT_G"),
            (600000, "", "PRECLOSE LT_R"),  # the request still stands: it is not a new one
        )
    )
    bench.until("CLOSED")
    bench.set("-EMV")
    bench.run(100)
    assert bench.command("EMERGENCY", 2) == layout.RES_DONE
    bench.scan()
    bench.check("HOLD_OPEN YO")
    bench.run(3000)
    bench.command("RELEASE")
    bench.run(10)
    bench.check("PRECLOSE")
    assert bench.command("EMERGENCY", 31) == layout.RES_BAD_ARGUMENT


def test_b8_the_other_lanes_show_red_and_admit_nobody():
    bench = Bench(emv_opens=0)
    bench.lift()
    bench.check("LT_G")
    bench.set("EMV")
    bench.scan()
    bench.check("OPEN LT_R -LT_G")
    bench.set("-LA_P")
    bench.until("CLOSED", 30000)
    bench.set("LA_P")
    bench.run(50)
    assert bench.open_once() == layout.RES_INTERLOCK
    assert bench.lane.detail == TABLE.PERMISSIVE_NO_EMV_ELSEWHERE


def test_b9_on_battery_the_lane_works_until_the_voltage_is_low():
    bench = Bench()
    bench.book(
        (
            (0, "-UPS_OK V24=250", "CLOSED"),
            (60000, "V24=220", "CLOSED"),
            (60010, "V24=219", "HOLD_OPEN YO HOLD_REASON=8"),
            (70000, "V24=250", "HOLD_OPEN"),
            (80000, "UPS_OK V24=270", "HOLD_OPEN LT_R"),
            (139990, "", "HOLD_OPEN"),
            (140000, "", "PRECLOSE"),  # mains back for 60 s
        )
    )


def test_b9_on_battery_for_30_min_raises_the_boom():
    bench = Bench()
    bench.set("-UPS_OK V24=250")
    bench.wait(1799000)
    bench.check("CLOSED")
    bench.run(1010)
    bench.check("HOLD_OPEN YO HOLD_REASON=8")


def test_b10_a_detached_boom_does_not_move():
    bench = Bench()
    bench.closing()
    bench.book(((0, "-ARM_ZOK", "FAULT -YO -YC LT_R"), (1000, "ARM_ZOK", "FAULT"), (1010, "", "FAULT")))
    bench.reset()
    bench.run(20)
    bench.check("OFF -YO -YC")


def test_b11_without_the_gateway_the_exit_is_free():
    bench = Bench(role=1)
    bench.book(
        (
            (0, "LA_P", "CLOSED substate=0"),
            (1000, "link=3", "OPENING YO substate=1 LOCAL_OPENINGS=1"),
        )
    )
    bench.until("OPEN")
    bench.drive_through()
    bench.until("CLOSED", 10000)
    assert ("LOCAL_AUTO", 1, 0) in bench.events.seen
    bench.set("link=1")
    bench.scan()
    assert ("LOCAL_AUTO", 0, 0) in bench.events.seen


def test_b11_a_plate_read_after_the_free_exit_opened_is_that_vehicles():
    bench = Bench(role=1)
    bench.io.link = layout.LINK_SAFE
    bench.set("LA_P")
    bench.run(600)
    bench.check("OPENING")
    bench.read()
    bench.until("OPEN")
    bench.drive_through()
    assert bench.io.PASS_TOKEN == TOKEN
    bench.until("CLOSED", 10000)
    bench.set("LA_P")  # the next one, whose plate nobody can read
    bench.until("OPEN")
    bench.drive_through()
    bench.check("PASSED=2 PASS_TOKEN=0")


def test_b11_without_the_gateway_entries_go_by_the_white_list():
    bench = Bench(whitelist=(TOKEN,))
    bench.io.link = layout.LINK_SAFE
    bench.set("LA_P")
    bench.run(1000)
    bench.check("CLOSED")
    bench.read(99)
    bench.run(100)
    bench.check("CLOSED DENIED=1")
    bench.read()
    bench.scan()
    bench.check("OPENING LOCAL_OPENINGS=1 DENIED=1")


def test_b11_the_gateway_lost_in_passing_changes_nothing_for_the_vehicle():
    bench = Bench()
    bench.lift()
    bench.set("LB_P")
    bench.run(100)
    bench.io.link = layout.LINK_LOST
    bench.drive_through()
    bench.check("PASSED=1 substate=1")
    bench.until("CLOSED", 10000)


def test_b12_cover_and_crank_take_the_drive_away():
    for point in ("HATCH", "REL"):
        bench = Bench()
        bench.closing()
        bench.book(((0, point, "FAULT -YO -YC"), (1000, "-" + point, "FAULT")))
        bench.reset()
        bench.run(20)
        bench.check("OFF -YO -YC")


def test_b13_wind_holds_the_lane_open_where_it_is_measured():
    bench = Bench(wind_supervised=1)
    bench.book(
        (
            (0, "WIND=201", "CLOSED"),
            (1990, "", "CLOSED"),
            (2000, "", "HOLD_OPEN HOLD_REASON=7"),
            (10000, "WIND=149", "HOLD_OPEN LT_G"),
            (309990, "", "HOLD_OPEN"),
            (310000, "", "PRECLOSE"),
        )
    )
    bench = Bench()
    bench.set("WIND=400")
    bench.wait(10000)
    bench.check("CLOSED")


def test_b13_a_wind_sensor_that_can_not_be_read_changes_nothing():
    bench = Bench(wind_supervised=1)
    bench.io.WIND_Q = BAD
    bench.set("WIND=400")
    bench.wait(10000)
    bench.check("CLOSED")


def test_b14_fifty_forged_opens_a_second_open_once_for_each_vehicle():
    bench = Bench()
    for _ in range(500):
        assert bench.open_once() == layout.RES_INTERLOCK  # nobody there
        bench.run(20)
    bench.check("CLOSED OPENINGS=0")
    bench.set("LA_P")
    results = []
    for _ in range(2000):  # for 40 s, over the whole 20 s of waiting
        results.append(bench.open_once())
        bench.run(20)
    assert results.count(layout.RES_ACCEPTED) == 1
    assert bench.io.OPENINGS == 1
    assert active(bench, "OPEN_FLOOD")
    assert 40 <= bench.events.count("OPEN_REFUSED") <= 60  # once a second, with how many
    assert max([event[2] for event in bench.events.seen if event[0] == "OPEN_REFUSED"]) >= 48
    bench.run(3000)
    assert not active(bench, "OPEN_FLOOD")


def test_b14_a_flood_changes_nothing_about_safety():
    bench = Bench()
    bench.closing()
    bench.set("LA_P PE1")
    for _ in range(50):
        bench.open_once()
        bench.scan()
        assert not bench.io.YC
