"""The PI of slow loops: long steps and integral times, back-calculation, feed-forward, tracking, new gains."""

from drivers.blocks.pi import PI
from drivers.blocks.rate import RateLimit
from drivers.blocks.split_range import SplitRange
from tests.portable_helpers import growth, refusal


def test_ten_minutes_of_integral_are_exact_at_any_scan():
    for scan in (20, 100, 250, 1000, 2000):
        pi = PI(1, 600000, 0, 2000)  # 1/1000 of output for each unit, again in 600 s
        pi(1000, 0, 1000, 0)
        for ms in range(scan, 1200001, scan):
            pi(1000, 0, 1000, ms)
        assert pi.q == 1 + 2, scan


def test_a_long_gap_counts_for_no_more_than_is_said():
    brief, patient = PI(100, 10000), PI(100, 10000, 0, 2000)
    for pi in (brief, patient):
        pi(100, 0, 1000, 0)
        pi(100, 0, 1000, 60000)
    assert (brief.q, patient.q) == (10, 12)  # 10 at once; 0.2 s and 2 s of 1 a second
    assert "longest" in refusal(PI, 1, 1000, 0, 2001)
    assert "longest" in refusal(PI, 1, 1000, 0, 0)


def test_feed_forward_goes_straight_through():
    pi = PI(200, 30000)
    assert pi(0, 0, 1000, 0, 400) == 400
    assert pi(0, 0, 1000, 100, 700) == 700
    pi.track(650, 30, 500)
    assert pi(30, 0, 1000, 200, 500) == 650
    assert pi(30, 0, 1000, 300, 600) == 750


def wound_up(tt_ms):
    """A heater at its end for half an hour, then too warm: seconds until it leaves its end."""
    pi = PI(200, 60000, tt_ms)
    now = 0
    for _ in range(18000):
        assert pi(2000, 0, 1000, now) <= 1000
        now += 100
    for i in range(18000):
        if pi(-100, 0, 1000, now) < 1000:
            return i * 100
        now += 100
    return -1


def test_nothing_winds_up_at_a_limit():
    assert wound_up(0) == 0
    assert 0 <= wound_up(10000) <= 100  # the integral went as far below the end as the proportional part is above


def test_back_calculation_follows_the_actuator_that_a_slew_holds():
    """A valve that moves 1 % a second: its controller mustn't be minutes ahead of it."""
    free, held = PI(300, 5000, 0), PI(300, 5000, 2000)
    slew = RateLimit(10, 10)
    now = 0
    for _ in range(300):
        free(400, 0, 1000, now)
        held(400, 0, 1000, now)
        held.applied = slew(held.q, now)
        now += 100
    assert free.q == 837  # 120 at once, and 24 a second for 29.9 s
    assert slew.q == 299
    # So far ahead that of 24 a second, less what 2 s of back-calculation take, the valve's 10 a second are left
    assert 26 <= held.q - slew.q <= 30


def test_a_controller_that_tracks_takes_over_without_a_bump():
    pi = PI(200, 25000, 10000)
    now = 0
    for out in (0, 137, 500, 999, 1000):
        for error in (-900, -1, 0, 40, 1200):
            for _ in range(20):
                pi.track(out, error)
                now += 100
            assert pi(error, 0, 1000, now) == out
            assert abs(pi(error, 0, 1000, now + 100) - out) <= abs(error) // 100 + 1


def test_a_new_gain_makes_no_bump():
    pi = PI(200, 25000)
    now = 0
    for i in range(600):
        before = pi.q
        if i == 300:
            pi.kp = 900
        if i == 400:
            pi.kp = 50
        q = pi(300, 0, 1000, now)
        if i:
            assert 0 <= q - before <= 2, i
        now += 100


def test_split_range_hands_over_from_one_to_the_other():
    split = SplitRange(500)
    for x, first, second in (
        (-5, 0, 0),
        (0, 0, 0),
        (250, 500, 0),
        (499, 998, 0),
        (500, 1000, 0),
        (501, 1000, 2),
        (750, 1000, 500),
        (1000, 1000, 1000),
        (1200, 1000, 1000),
    ):
        split(x)
        assert (split.first, split.second) == (first, second), x


def test_a_gap_moves_neither():
    split = SplitRange(600, 50)
    for x, first, second in ((549, 998, 0), (550, 1000, 0), (600, 1000, 0), (650, 1000, 0), (654, 1000, 11)):
        split(x)
        assert (split.first, split.second) == (first, second), x
    for wrong in ((0, 0), (1000, 0), (500, 500), (500, -1)):
        assert "split" in refusal(SplitRange, *wrong)


def test_the_demand_of_what_stands_gives_it_again():
    for split in (SplitRange(500), SplitRange(300, 20), SplitRange(700, 100)):
        for x in range(0, 1001):
            split(x)
            first, second = split.first, split.second
            split(split.demand(first, second))
            assert (split.first, split.second) == (first, second), x


def test_calls_take_no_heap():
    pi = PI(200, 600000, 60000, 2000)
    split = SplitRange(500, 10)

    def work(i):
        out = pi((i % 700) - 350, 0, 1000, i * 1000 & 0x3FFFFFFF, i % 500)
        pi.applied = out - 5
        if i % 50 == 0:
            pi.track(out, 30, 100)
        split(out)
        split.demand(split.first, split.second)

    assert growth(work) == 0
