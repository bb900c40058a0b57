from drivers.loop_detector import LoopDetector
from drivers.safety_beam import DARK, FAILED, LIGHT, PASSED, UNTESTED, SafetyBeams
from drivers.safety_edge import HEALTHY, OPEN, PRESSED, UNREADABLE, SafetyEdge
from protocols.quality import BAD, GOOD, STALE, UNCERTAIN
from protocols.ticks import PERIOD_MASK, ticks_add
from tests.portable_helpers import growth

BASES = (0, PERIOD_MASK - 35)


# -- loop: (ms, present, fault contact, loop beyond; occupied, vehicle, fault, doubt)


def loop(rows, **more):
    for base in BASES:
        detector = LoopDetector(**more)
        for ms, present, broken, beyond, occupied, vehicle, fault, doubt in rows:
            got = detector(present, GOOD, broken, GOOD, beyond, ticks_add(base, ms))
            assert got == detector.occupied
            assert (detector.occupied, detector.vehicle, detector.fault, detector.doubt) == (
                occupied,
                vehicle,
                fault,
                doubt,
            ), (base, ms)


def test_a_loop_is_occupied_at_once_and_a_vehicle_after_the_filter():
    loop(
        (
            (0, 0, 0, 0, 0, 0, 0, 0),
            (10, 1, 0, 0, 1, 0, 0, 0),
            (109, 1, 0, 0, 1, 0, 0, 0),
            (110, 1, 0, 0, 1, 1, 0, 0),
            (500, 0, 0, 0, 1, 1, 0, 0),  # a drop-out of 150 ms under a high bed
            (650, 1, 0, 0, 1, 1, 0, 0),
            (900, 0, 0, 0, 1, 1, 0, 0),
            (1149, 0, 0, 0, 1, 1, 0, 0),
            (1150, 0, 0, 0, 0, 0, 0, 0),
        )
    )


def test_a_faulty_loop_is_occupied_and_trusted_only_after_a_while():
    loop(
        (
            (0, 0, 0, 0, 0, 0, 0, 0),
            (10, 0, 1, 0, 1, 0, 1, 0),
            (20, 0, 0, 0, 0, 0, 1, 0),
            (1019, 0, 0, 0, 0, 0, 1, 0),
            (1020, 0, 0, 0, 0, 0, 0, 0),
        ),
        ok_ms=1000,
    )


def test_an_unreadable_loop_is_occupied():
    for q in (BAD, STALE):
        detector = LoopDetector()
        assert detector(0, GOOD, 0, GOOD, 0, 0) == 0
        assert detector(0, q, 0, GOOD, 0, 10) == 1
        assert detector.fault == 1
        assert detector(0, GOOD, 0, q, 0, 20) == 1
    assert LoopDetector()(0, UNCERTAIN, 0, UNCERTAIN, 0, 0) == 0


def test_a_car_that_stands_for_minutes_and_vanishes_is_still_there():
    loop(
        (
            (0, 0, 0, 0, 0, 0, 0, 0),
            (10, 1, 0, 0, 1, 0, 0, 0),
            (300, 1, 0, 0, 1, 1, 0, 0),
            (60010, 1, 0, 0, 1, 1, 0, 0),
            (300000, 0, 0, 0, 1, 1, 0, 1),  # tuned out
            (301000, 0, 0, 0, 1, 0, 0, 1),
            (900000, 0, 0, 0, 1, 0, 0, 1),
            (900010, 0, 0, 1, 0, 0, 0, 0),  # it drove on to the next loop
        )
    )


def test_a_car_that_stood_and_drives_on_is_believed():
    loop(
        (
            (0, 1, 0, 0, 1, 0, 0, 0),
            (60000, 1, 0, 0, 1, 1, 0, 0),
            (300000, 1, 0, 1, 1, 1, 0, 0),  # arrives on the next loop
            (302000, 0, 0, 1, 1, 1, 0, 0),
            (302250, 0, 0, 1, 0, 0, 0, 0),
        )
    )


def test_a_short_presence_after_a_long_one_is_not_doubted():
    loop(
        (
            (0, 1, 0, 0, 1, 0, 0, 0),
            (60000, 1, 0, 0, 1, 1, 0, 0),
            (60010, 0, 0, 1, 1, 1, 0, 0),  # drove on
            (61000, 0, 0, 1, 0, 0, 0, 0),
            (80000, 1, 0, 0, 1, 0, 0, 0),
            (81000, 1, 0, 0, 1, 1, 0, 0),
            (81010, 0, 0, 0, 1, 1, 0, 0),  # and this one backed out
            (81260, 0, 0, 0, 0, 0, 0, 0),
        )
    )


def test_an_arrival_long_ago_proves_nothing():
    loop(
        (
            (0, 1, 0, 0, 1, 0, 0, 0),
            (10, 1, 0, 1, 1, 0, 0, 0),
            (60000, 1, 0, 1, 1, 1, 0, 0),
            (300000, 0, 0, 1, 1, 1, 0, 1),
        )
    )


def test_a_short_presence_is_never_doubted_and_somebody_may_look():
    loop(
        (
            (0, 1, 0, 0, 1, 0, 0, 0),
            (59990, 1, 0, 0, 1, 1, 0, 0),
            (60300, 0, 0, 0, 1, 1, 0, 0),
            (60550, 0, 0, 0, 0, 0, 0, 0),
        )
    )
    detector = LoopDetector()
    for ms, present in ((0, 1), (60000, 1), (70000, 0), (71000, 0)):
        detector(present, GOOD, 0, GOOD, 0, ms)
    assert (detector.occupied, detector.doubt) == (1, 1)
    detector.believe()
    assert detector(0, GOOD, 0, GOOD, 0, 71010) == 0


# -- beams: (ms, PE1, PE2; broken, test, ok, failed, state)


def beams(rows, start_at=10, **more):
    for base in BASES:
        pair = SafetyBeams(**more)
        for ms, pe1, pe2, broken, test, ok, failed, state in rows:
            now = ticks_add(base, ms)
            assert pair(pe1, GOOD, pe2, GOOD, now) == broken
            if ms == start_at:
                pair.start(now)
            assert (pair.broken, pair.test, pair.ok, pair.failed, pair.state) == (broken, test, ok, failed, state), (
                base,
                ms,
            )
            assert pair.testing == (1 if state in (DARK, LIGHT) else 0)


def test_good_beams_pass_their_test_once():
    beams(
        (
            (0, 0, 0, 0, 0, 0, 0, UNTESTED),
            (10, 0, 0, 0, 1, 0, 0, DARK),
            (20, 1, 0, 1, 1, 0, 0, DARK),
            (30, 1, 1, 1, 0, 0, 0, LIGHT),
            (40, 0, 1, 1, 0, 0, 0, LIGHT),
            (50, 0, 0, 0, 0, 1, 0, PASSED),
            (2049, 0, 0, 0, 0, 1, 0, PASSED),
            (2050, 0, 0, 0, 0, 0, 0, UNTESTED),  # too old to close on
        )
    )


def test_a_beam_that_is_stuck_clear_fails():
    for pe1, pe2, failed in ((0, 1, 1), (1, 0, 2), (0, 0, 3)):
        broken = pe1 | pe2
        beams(
            (
                (0, 0, 0, 0, 0, 0, 0, UNTESTED),
                (10, 0, 0, 0, 1, 0, 0, DARK),
                (59, pe1, pe2, broken, 1, 0, 0, DARK),
                (60, pe1, pe2, broken, 0, 0, failed, FAILED),
                (5000, 0, 0, 0, 0, 0, failed, FAILED),
            )
        )


def test_failed_lasts_until_a_good_test():
    pair = SafetyBeams()
    pair(0, GOOD, 0, GOOD, 0)
    assert pair.start(0) == 1
    pair(0, GOOD, 1, GOOD, 50)
    assert pair.failed == 1
    pair.spend()
    assert pair.state == FAILED
    pair(0, GOOD, 0, GOOD, 100)
    assert pair.start(100) == 1
    pair(1, GOOD, 1, GOOD, 110)
    assert pair.failed == 1
    pair(0, GOOD, 0, GOOD, 120)
    assert (pair.failed, pair.ok) == (0, 1)
    pair.spend()
    assert (pair.state, pair.ok) == (UNTESTED, 0)


def test_no_test_while_broken_and_no_verdict_when_somebody_walks_in():
    pair = SafetyBeams()
    assert pair.start(0) == 0  # nothing seen yet
    pair(1, GOOD, 0, GOOD, 0)
    assert (pair.start(0), pair.test) == (0, 0)
    beams(
        (
            (0, 0, 0, 0, 0, 0, 0, UNTESTED),
            (10, 0, 0, 0, 1, 0, 0, DARK),
            (20, 1, 1, 1, 0, 0, 0, LIGHT),
            (69, 1, 0, 1, 0, 0, 0, LIGHT),
            (70, 1, 0, 1, 0, 0, 0, UNTESTED),
        )
    )


def test_an_unreadable_beam_is_broken_and_no_answer():
    for q in (BAD, STALE):
        pair = SafetyBeams()
        assert pair(0, GOOD, 0, q, 0) == 1
        pair(0, GOOD, 0, GOOD, 10)
        pair.start(10)
        pair(1, GOOD, 1, q, 20)
        assert pair.test == 1
        pair(1, GOOD, 1, q, 60)
        assert pair.failed == 2
        pair(0, GOOD, 0, GOOD, 100)
        pair.start(100)
        pair(1, q, 1, GOOD, 110)
        pair(1, q, 1, GOOD, 150)
        assert pair.failed == 1


# -- edge: (ms, ohms, quality; tripped, reason)


def test_edge():
    for base in BASES:
        edge = SafetyEdge()
        for ms, ohms, q, tripped, reason in (
            (0, 8200, GOOD, 1, UNREADABLE),  # proves itself first
            (100, 8200, GOOD, 0, HEALTHY),
            (110, 4999, GOOD, 1, PRESSED),
            (120, 8200, GOOD, 1, PRESSED),
            (219, 8200, GOOD, 1, PRESSED),
            (220, 8200, GOOD, 0, HEALTHY),
            (230, 12001, GOOD, 1, OPEN),
            (240, 5000, GOOD, 1, OPEN),
            (300, 150, GOOD, 1, PRESSED),  # starts the release anew
            (310, 12000, GOOD, 1, PRESSED),
            (409, 12000, UNCERTAIN, 1, PRESSED),
            (410, 12000, UNCERTAIN, 0, HEALTHY),
            (420, 8200, STALE, 1, UNREADABLE),
            (430, 30000, BAD, 1, OPEN),
            (440, 8200, BAD, 1, UNREADABLE),
        ):
            assert edge(ohms, q, ticks_add(base, ms)) == tripped, (base, ms)
            assert (edge.tripped, edge.reason) == (tripped, reason), (base, ms)


def test_safety_devices_leave_the_heap_alone():
    detector, pair, edge = LoopDetector(), SafetyBeams(), SafetyEdge()

    def work(i):
        now = (i * 10) & PERIOD_MASK
        detector((i >> 4) & 1, GOOD, (i >> 8) & 1, (i >> 9) & 3, (i >> 3) & 1, now)
        pair(pair.test, GOOD, pair.test, (i >> 10) & 3, now)
        if not i & 31:
            pair.start(now)
        edge((i * 79) % 30000, GOOD, now)

    assert growth(work) == 0
