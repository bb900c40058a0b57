from drivers.boom_current import BINS, DEFAULT, DEFAULT_START, FLOOR, CurrentCurve
from protocols.quality import BAD, GOOD, STALE, UNCERTAIN
from protocols.ticks import PERIOD_MASK, ticks_add


def test_obstruction_after_60_ms_of_half_more_than_usual():
    for base in (0, PERIOD_MASK - 1030):
        curve = CurrentCurve()
        curve.begin(1, base)
        now = ticks_add(base, 1000)
        for ms, amps, over in (
            (0, DEFAULT * 3 // 2, 0),  # exactly half more: not above
            (100, DEFAULT * 3 // 2 + 1, 0),
            (159, 1000, 0),
            (160, 1000, 1),
            (170, 100, 0),
            (180, 1000, 0),
            (230, 100, 0),
            (240, 1000, 0),
            (299, 1000, 0),
            (300, 1000, 1),
        ):
            assert curve.watch(450, GOOD, amps, GOOD, ticks_add(now, ms)) == over, ms
        curve.end(0)
        assert curve.over == 0


def test_parameters_of_the_obstruction():
    curve = CurrentCurve()
    curve.pct, curve.ms = 200, 20
    assert curve.ms == 20
    curve.begin(1, 0)
    assert curve.watch(450, GOOD, 2 * DEFAULT, GOOD, 1000) == 0
    assert curve.watch(450, GOOD, 2 * DEFAULT + 1, GOOD, 1010) == 0
    assert curve.watch(450, GOOD, 2 * DEFAULT + 1, GOOD, 1030) == 1


def test_a_start_may_take_what_the_heaviest_point_takes():
    curve = CurrentCurve()
    allowed = DEFAULT_START * 3 // 2
    curve.begin(0, 0)
    for ms in range(0, 300, 10):
        assert curve.watch(450, GOOD, allowed, GOOD, ms) == 0
    for ms in range(300, 360, 10):
        assert curve.watch(450, GOOD, allowed, GOOD, ms) == 0
    assert curve.watch(450, GOOD, allowed, GOOD, 360) == 1
    curve.begin(0, 1000)
    for ms in range(1000, 1060, 10):
        assert curve.watch(450, GOOD, allowed + 1, GOOD, ms) == 0
    assert curve.watch(450, GOOD, allowed + 1, GOOD, 1060) == 1  # something stands right there


def test_an_unreadable_current_is_an_obstruction():
    for q in (BAD, STALE):
        curve = CurrentCurve()
        curve.begin(1, 0)
        curve.watch(450, GOOD, 0, q, 1000)
        assert curve.watch(450, GOOD, 0, q, 1060) == 1


def run(curve, amps_at, q=GOOD, angle_q=GOOD, arrived=1):
    curve.begin(1, 0)
    over = 0
    for i, angle in enumerate(range(890, 5, -3)):
        over |= curve.watch(angle, angle_q, amps_at(angle), q, i * 10)
    curve.end(arrived)
    return over


def test_learning():
    def light(angle):
        return 30 if angle < 100 else 100 + angle // 9

    curve = CurrentCurve()
    before = list(curve.curve)
    run(curve, light)
    assert list(curve.curve) == before  # not asked to
    curve.learning = 1
    run(curve, light, arrived=0)
    run(curve, light, q=BAD)
    run(curve, light, angle_q=BAD)
    assert (list(curve.curve), curve.learning) == (before, 1)  # incomplete runs teach nothing
    assert run(curve, light, q=UNCERTAIN) == 0
    assert curve.learning == 0
    learned = list(curve.curve)
    assert learned[:2] == [FLOOR, FLOOR]
    assert learned[2] == 100 + 149 // 9
    assert learned == sorted(learned)
    assert len(learned) == BINS
    assert run(curve, light) == 0
    assert run(curve, lambda angle: light(angle) + (120 if 300 < angle < 400 else 0)) == 1


def test_points_not_met_take_the_one_before_them_in_the_travel():
    curve = CurrentCurve()
    curve.learning = 1
    curve.begin(1, 0)
    for i, angle in enumerate((880, 820, 400)):
        curve.watch(angle, GOOD, 100 + i, GOOD, i * 10)
    curve.end(1)
    assert list(curve.curve) == [102] * 9 + [101] * 8 + [100]


def test_an_angle_counts_with_the_heavier_of_its_point_and_the_one_before():
    curve = CurrentCurve(ms=0)
    for i in range(BINS):
        curve.curve[i] = 100 + 10 * i
    curve.begin(1, 0)
    for angle, usual in ((420, 190), (400, 190), (399, 180), (880, 270), (920, 270), (-8, 110), (0, 110)):
        assert curve.watch(angle, GOOD, usual * 3 // 2, GOOD, 1000) == 0, angle
        assert curve.watch(angle, GOOD, usual * 3 // 2 + 1, GOOD, 1000) == 1, angle
    assert curve.watch(420, BAD, 270 * 3 // 2, GOOD, 1000) == 0  # where it is isn't known
    curve.curve[5] = 400
    assert curve.watch(260, GOOD, 600, GOOD, 1000) == 0
    assert curve.watch(240, GOOD, 600, GOOD, 1000) == 0
    assert curve.watch(310, GOOD, 600, GOOD, 1000) == 1
