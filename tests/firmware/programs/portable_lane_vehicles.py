"""Vehicles and credentials (domain brief §3b, §3e): directions, counting, tailgaters, reads, one opening for each."""

from protocols import layout
from tests.firmware.programs.portable_lane_bench import TOKEN, Bench


def test_a_vehicle_that_backs_out_is_not_counted_and_the_lane_stays_open():
    bench = Bench()
    bench.lift()
    bench.book(
        (
            (0, "LB_P", "PASSING"),
            (500, "PE1 PE2", "PASSING"),
            (1500, "-PE1 -PE2", "PASSING"),
            (2000, "-LB_P", "PASSED"),
            (2490, "", "PASSED BACKED_OUT=0"),
            (2500, "", "PASSED BACKED_OUT=1 PASSED=0"),  # a second without it: gone back
            (3000, "", "OPEN LT_G"),  # it may still come: its opening is not spent
            (22980, "", "OPEN"),
        )
    )
    bench.until("CLOSED", 10000)
    assert bench.events.count("BACKED_OUT") == 1
    assert bench.io.PASSED == 0


def test_a_vehicle_that_rolls_on_to_the_exit_loop_and_then_back_is_not_counted():
    bench = Bench()
    bench.lift()
    bench.book(
        (
            (0, "LB_P PE1 PE2", "PASSING"),
            (1000, "LC_P", "PASSING"),
            (2000, "-LC_P", "PASSING"),
            (3000, "-PE1 -PE2", "PASSING"),
            (3500, "-LB_P", "PASSED"),
            (4100, "", "PASSED=0 BACKED_OUT=1"),
        )
    )


def test_a_tailgater_counts_as_a_vehicle_and_as_a_tailgater():
    bench = Bench(anti_tailgate=1)
    bench.lift()
    bench.book(
        (
            (0, "LB_P PE1 PE2", "PASSING"),
            (1000, "LC_P", "PASSING"),
            (1500, "-PE1 -PE2", "PASSING"),  # 0.5 s between the two, and the loop never clears
            (2000, "PE1 PE2 -LA_P", "PASSING PASSED=1 TAILGATES=0"),
            (3500, "-PE1 -PE2", "PASSING"),
            (3700, "", "PASSING PASSED=2 TAILGATES=1"),
            (3900, "-LB_P", "PASSED"),
            (4500, "-LC_P", "PASSED"),
            (4900, "", "PRECLOSE"),
        )
    )
    assert bench.events.count("TAILGATE") == 1
    assert [event for event in bench.events.seen if event[0] == "PASSED"] == [
        ("PASSED", TOKEN >> 16, TOKEN & 0xFFFF),
        ("PASSED", 0, 0),
    ]


def test_a_motorcycle_half_a_second_behind_holds_the_boom():
    bench = Bench()
    bench.lift()
    bench.book(((0, "LB_P PE1 -LA_P", "PASSING"), (1000, "LC_P -PE1", "PASSING"), (1200, "-LB_P", "PASSED")))
    bench.book(((0, "", "PASSED"), (490, "PE2", "PASSING -YC"), (1000, "-PE2", "PASSED -YC")))


def test_a_vehicle_from_the_exit_side_is_reported_and_not_counted():
    bench = Bench()
    bench.command("HOLD", 5, 0)
    bench.run(3000)
    bench.book(
        (
            (0, "LC_P", "HOLD_OPEN"),
            (1000, "LB_P", "HOLD_OPEN"),
            (1500, "PE1 PE2 -LC_P", "HOLD_OPEN"),
            (3000, "-PE1 -PE2 LA_P", "HOLD_OPEN"),
            (3500, "-LB_P", "WRONG_WAY=1 PASSED=0 BACKED_OUT=0"),
        )
    )


def test_vehicles_through_a_held_lane_are_no_tailgaters():
    bench = Bench()
    bench.command("HOLD", 5, 0)
    bench.run(3000)
    bench.set("LA_P")
    bench.drive_through()
    bench.check("PASSED=1 TAILGATES=0")


def test_the_next_vehicle_may_be_let_in_while_the_first_passes():
    bench = Bench()
    bench.lift()
    bench.book(((0, "LB_P", "PASSING -LT_G"), (200, "PE1 PE2 LC_P -LA_P", "PASSING"), (1000, "LA_P", "PASSING")))
    assert bench.open_once(77) == layout.RES_ACCEPTED  # another one stands there: the loop was free between
    bench.book(
        (
            (0, "-PE1 -PE2", "PASSING -LT_G"),  # no room yet
            (500, "-LB_P -LC_P", "PASSED LT_G"),
            (1500, "", "OPEN LT_G -BEEP"),
        )
    )
    bench.drive_through()
    bench.check("PASSED=2 OPENINGS=1 TAILGATES=0 PASS_TOKEN=77")


def test_a_repeated_opening_command_counts_once():
    bench = Bench()
    bench.set("LA_P")
    bench.scan()
    assert bench.open_once() == layout.RES_ACCEPTED
    assert bench.open_once() == layout.RES_DUPLICATE
    bench.until("OPEN")
    assert bench.open_once() == layout.RES_DUPLICATE
    bench.drive_through()
    bench.until("CLOSED", 10000)
    bench.check("OPENINGS=1 PASSED=1")


def test_a_driver_who_missed_the_opening_needs_a_fresh_read():
    bench = Bench()
    bench.lift()
    bench.until("CLOSED", 40000)
    bench.run(100)
    assert bench.open_once() == layout.RES_DUPLICATE
    bench.read()
    bench.scan()
    assert bench.open_once() == layout.RES_ACCEPTED
    bench.until("OPEN")
    bench.check("OPENINGS=2")


def test_a_credential_lives_15_s():
    bench = Bench(whitelist=(TOKEN,))
    bench.read()
    bench.scan()
    bench.check("CRED_SEQ=1 CRED_TOKEN=%d CRED_CONF=95" % TOKEN)
    bench.run(14980)
    bench.io.link = layout.LINK_LOST
    bench.set("LA_P")
    bench.scan()
    bench.check("OPENING")  # just in time
    bench = Bench(whitelist=(TOKEN,))
    bench.read()
    bench.scan()
    bench.run(14990)
    bench.io.link = layout.LINK_LOST
    bench.set("LA_P")
    bench.run(1000)
    bench.check("CLOSED")


def test_the_reader_is_asked_on_arrival_and_again_while_the_vehicle_waits():
    bench = Bench()
    bench.book(
        (
            (0, "LA_P", "READ_TRG"),
            (90, "", "READ_TRG"),
            (100, "", "-READ_TRG"),
            (4990, "", "-READ_TRG"),
            (5000, "", "READ_TRG"),
            (5100, "", "-READ_TRG"),
        )
    )
    bench.read()
    bench.book(((0, "", "CRED_SEQ=1"), (14990, "", "-READ_TRG"), (15000, "", "READ_TRG")))


def test_poor_stale_and_early_reads_are_no_credentials():
    bench = Bench()
    bench.read(confidence=79)
    bench.run(100)
    bench.check("CRED_SEQ=0")
    bench.read(0)
    bench.run(100)
    bench.check("CRED_SEQ=0")
    bench.io.READ_SEQ_Q = 3
    bench.read()
    bench.run(100)
    bench.check("CRED_SEQ=0")
    bench = Bench(known=False)
    bench.read()  # before this board looked for the first time
    bench.run(1000)
    bench.check("CRED_SEQ=0")


def test_the_gateway_denies_a_credential():
    bench = Bench(whitelist=(TOKEN,))
    bench.set("LA_P")
    bench.read()
    bench.run(100)
    assert bench.command("DENY", TOKEN >> 16, TOKEN & 0xFFFF) == layout.RES_DONE
    assert bench.command("DENY", TOKEN >> 16, TOKEN & 0xFFFF) == layout.RES_EXPIRED
    bench.check("DENIED=1")
    bench.read()  # the same plate again within its life is the same answer
    bench.run(100)
    bench.check("CRED_SEQ=1")
    bench.io.link = layout.LINK_LOST
    bench.run(1000)
    bench.check("CLOSED DENIED=1")


def test_a_token_of_more_than_30_bits_is_no_token():
    bench = Bench()
    bench.set("LA_P")
    bench.scan()
    assert bench.command("OPEN_ONCE", 0x4000, 0) == layout.RES_BAD_ARGUMENT
    assert bench.command("DENY", 0xFFFF, 0) == layout.RES_BAD_ARGUMENT
