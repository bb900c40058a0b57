"""Each row of the lane's causes and effects (domain brief §3c, B1-B6) with its times, as logbooks."""

from protocols.quality import BAD, GOOD
from tests.firmware.programs.portable_lane_bench import TABLE, Bench


def active(bench, cause):
    """Whether a cause is active or latched."""
    trips = bench.lane.trips
    return (trips.active | trips.latched) >> getattr(TABLE, "CAUSE_" + cause) & 1


def test_b1_either_beam_turns_a_closing_within_the_scan_that_sees_it():
    for beam in ("PE1", "PE2"):
        for angle in (870, 800, 600, 400, 200, 100, 30):
            bench = Bench()
            bench.closing(angle)
            bench.book(((0, beam, "REVERSING YO -YC"), (10, "-" + beam, "REVERSING YO -YC")))
            assert bench.events.count("REVERSED") == 1
            number = TABLE.CAUSE_BEAM + 1
            assert [event for event in bench.events.seen if event[0] == "REVERSED"][0][1] == number
            bench.until("OPEN", 3000)


def test_b1_a_beam_without_samples_is_broken():
    bench = Bench()
    bench.closing()
    bench.io.PE1_Q = BAD
    bench.scan()
    bench.check("REVERSING YO -YC")


def test_b1_a_beam_that_does_not_answer_its_test_lets_nothing_close():
    for blind in (1, 2, 3):
        bench = Bench()
        bench.lift()
        bench.set("-LA_P")
        bench.beams_blind = blind
        bench.until("PRECLOSE")
        bench.book(((980, "", "PRECLOSE -TEST"), (990, "", "PRECLOSE TEST"), (1040, "", "OPEN -YC -TEST")))
        bench.scan()
        assert ("BEAM_TEST_FAILED", blind, 0) in bench.events.seen
        assert active(bench, "BEAM_TEST")
        for _ in range(300):
            bench.run(100)
            assert not bench.io.YC
        bench.beams_blind = 0
        assert bench.until("CLOSED", 40000) > 0  # the test is repeated while the boom is up: a good one lets it close


def test_b1_each_closing_has_its_own_test():
    bench = Bench()
    for _ in range(2):
        bench.lift()
        bench.set("-LA_P")
        bench.lane.admission.forget()
        bench.until("PRECLOSE")
        tests = 0
        while bench.state == "PRECLOSE":
            bench.scan()
            tests += bench.io.TEST
        assert tests == 1
        bench.until("CLOSED")


def test_b2_the_edge_turns_a_closing_and_a_broken_edge_keeps_the_boom_up():
    for ohms in (150, 30000):
        bench = Bench()
        bench.closing(200)
        bench.book(((0, "EDGE=%d" % ohms, "REVERSING YO -YC"),))
        bench.until("OPEN")
        bench.wait(60000)
        bench.check("OPEN -YC")
        bench.set("EDGE=8200")
        bench.until("CLOSED", 30000)


def test_b2_an_edge_that_can_not_be_read_is_tripped():
    bench = Bench()
    bench.closing()
    bench.io.EDGE_Q = BAD
    bench.scan()
    bench.check("REVERSING YO -YC")


def test_b3_a_vehicle_on_the_loop_turns_a_closing():
    bench = Bench()
    bench.closing()
    bench.book(((0, "LB_P", "REVERSING YO -YC"),))


def test_b3_a_loop_without_samples_is_occupied():
    bench = Bench()
    bench.closing()
    bench.stale("LB_P")
    bench.scan()
    bench.check("REVERSING YO -YC")


def test_b3_a_detector_fault_keeps_the_boom_up_until_it_has_been_well_for_10_s():
    bench = Bench()
    bench.closing()
    bench.book(((0, "LB_FLT LB_P", "REVERSING YO -YC"),))
    bench.until("OPEN")
    bench.wait(60000)
    bench.check("HOLD_OPEN HOLD_REASON=9 -YC")  # like a vehicle that has stopped
    bench.book(
        (
            (0, "-LB_FLT -LB_P", "HOLD_OPEN"),
            (9990, "", "OPEN may_close=0"),
            (10000, "", "PRECLOSE may_close=1"),
        )
    )


def test_b3_a_standing_vehicle_that_the_loop_forgets_is_still_there():
    bench = Bench()
    bench.lift()
    bench.book(((0, "LB_P -LA_P", "PASSING"), (300000, "-LB_P", "HOLD_OPEN")))
    bench.wait(60000)
    bench.check("HOLD_OPEN -YC")
    bench.set("ATT")  # somebody looked
    bench.scan()
    bench.set("-ATT")
    bench.until("CLOSED", 20000)


def test_b4_an_obstruction_turns_a_closing_after_60_ms():
    bench = Bench()
    bench.closing(450)
    bench.book(((0, "MOT_I=900", "CLOSING YC"), (50, "", "CLOSING YC"), (60, "", "REVERSING YO -YC")))


def test_b5_limits_that_contradict_are_a_fault():
    bench = Bench()
    bench.closing(450)
    bench.io.ZO = 1
    for _ in range(12):
        bench.io.ZO = 1
        bench.io.ZC = 1
        bench.lane.scan(bench.io, bench.now)
        bench.now += 10
    bench.check("FAULT -YO -YC")
    bench.scan()
    bench.io.reset = 1
    bench.scan()
    bench.check("FAULT")  # wants somebody on the spot
    bench.scan()
    bench.reset(confirm=True)
    bench.wait(60000)
    bench.check("OFF -YO -YC")  # and a reset moves nothing


def test_b5_an_angle_that_can_not_be_read_keeps_the_boom_up():
    bench = Bench()
    bench.lift()
    bench.set("-LA_P")
    bench.io.POS_Q = BAD
    bench.wait(60000)
    bench.check("OPEN -YC")
    bench.io.POS_Q = GOOD
    bench.until("CLOSED", 30000)


def test_b6_safety_relay_and_stop_take_the_drive_away():
    for words, back in (("-SK1", "SK1"), ("ES", "-ES")):
        for state in ("OPENING", "CLOSING"):
            bench = Bench()
            if state == "CLOSING":
                bench.closing()
            else:
                bench.set("LA_P")
                bench.scan()
                bench.open_once()
                bench.run(200)
            bench.check(state)
            bench.book(((0, words, "FAULT -YO -YC LT_R"), (5000, back, "FAULT -YO -YC")))
            bench.io.reset = 1
            bench.scan()
            bench.check("FAULT")
            bench.scan()
            bench.reset(confirm=True)
            bench.run(20)
            bench.check("OFF -YO -YC")
