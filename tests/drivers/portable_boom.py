from drivers.boom import ANGLE, BOTH_LIMITS, CLOSING, NONE, OPENING, RESTING, TIMEOUT, Boom
from drivers.boom_current import BINS
from drivers.speed_profile import SpeedProfile
from protocols.quality import BAD, GOOD, STALE
from protocols.ticks import PERIOD_MASK, ticks_add
from tests.portable_helpers import growth, refusal


class Rig:
    """A boom on a drive that ramps at 4 rad/s2 to 1.5 rad/s at 100 %; 10 ms a scan. Angles in 0.1 degree."""

    def __init__(self, angle=0, base=PERIOD_MASK - 905):
        self.boom = Boom()
        self.angle = float(angle)
        self.speed = 0.0  # 0.1 degree/s
        self.now = base
        self.amps = 150
        self.pos_q = self.amps_q = GOOD
        self.zo = self.zc = None  # forced limits
        self.peak = 0.0
        self.log = []
        self.scan()

    def scan(self, ask=None):
        boom = self.boom
        zo = (self.angle >= 890) if self.zo is None else self.zo
        zc = (self.angle <= 10) if self.zc is None else self.zc
        angle = int(self.angle + 0.5)
        boom.sense(1 if zo else 0, 1 if zc else 0, angle, self.pos_q, self.amps, self.amps_q, self.now)
        if ask is not None:
            ask()
        boom.drive(self.now)
        assert not (boom.yo and boom.yc)
        target = (boom.yo - boom.yc) * boom.spd * 0.859437  # 1.5 rad/s is 859 units of 0.1 degree/s
        ramp = 22.9  # 4 rad/s2 in 10 ms
        self.speed += max(-ramp, min(ramp, target - self.speed))
        self.angle = max(0.0, min(900.0, self.angle + self.speed * 0.01))
        self.peak = max(self.peak, abs(self.speed))
        self.now = ticks_add(self.now, 10)

    def until(self, done, ask, limit=1000):
        """Scan until `done()`; return the number of scans."""
        for n in range(limit):
            if done():
                return n
            self.scan(ask)
        raise AssertionError("not done")


def degrees_per_s(rig):
    return rig.speed / 10


def test_profile_decelerates_evenly_to_the_end_speed():
    profile = SpeedProfile(500, 66, 80)
    assert [profile(left) for left in (-5, 0, 79, 80, 900)] == [66, 66, 496, 500, 500]
    assert profile(40) == 356  # sqrt((500**2 + 66**2) / 2)
    for left in range(80):
        assert profile(left) <= profile(left + 1)
    assert "profile" in refusal(SpeedProfile, 500, 501, 80)
    assert "profile" in refusal(SpeedProfile, 500, 66, 0)
    assert "profile" in refusal(SpeedProfile, 30001, 66, 10)


def test_opening_and_closing_take_their_nominal_times():
    rig = Rig()
    boom = rig.boom
    assert (boom.at_closed, boom.at_open, boom.demand) == (1, 0, RESTING)
    rig.until(lambda: boom.at_open, boom.open)
    assert 1350 <= boom.travel_ms <= 1600, boom.travel_ms
    assert degrees_per_s(rig) <= 9  # arrived slowly: 0.15 rad/s
    assert (boom.demand, boom.yo, boom.yc, boom.spd) == (RESTING, 0, 0, 0)
    rig.peak = 0.0
    rig.until(lambda: boom.at_closed, boom.close)
    assert 2150 <= boom.travel_ms <= 2500, boom.travel_ms
    assert rig.peak <= 431  # 0.75 rad/s
    assert degrees_per_s(rig) >= -9
    assert (boom.fault, boom.slow) == (NONE, 0)


def test_closing_is_slow_in_its_last_degrees():
    rig = Rig(900)
    boom = rig.boom
    while not boom.at_closed:
        rig.scan(boom.close)
        if boom.yc and boom.angle < 80:
            assert boom.spd <= (500 if boom.angle > 20 else 200), boom.angle


def test_speed_rises_by_ten_percent_in_ten_ms_and_stops_at_once():
    rig = Rig(900)
    boom = rig.boom
    speeds = []
    for _ in range(7):
        rig.scan(boom.close)
        speeds.append(boom.spd)
    assert speeds == [100, 200, 300, 400, 500, 500, 500]
    rig.scan(boom.stop)
    assert (boom.yo, boom.yc, boom.spd) == (0, 0, 0)


def test_speed_rises_from_nothing_after_a_long_rest():
    rig = Rig(900)
    for _ in range(500):
        rig.scan()
    rig.scan(rig.boom.close)
    assert rig.boom.spd == 100


def test_reversal_turns_the_outputs_in_the_same_scan():
    rig = Rig(900)
    boom = rig.boom
    for _ in range(100):
        rig.scan(boom.close)
    assert (boom.yo, boom.yc, boom.demand) == (0, 1, CLOSING)
    rig.scan(boom.open)
    assert (boom.yo, boom.yc, boom.spd, boom.demand) == (1, 0, 100, OPENING)
    lowest = rig.angle
    at = rig.until(lambda: rig.speed >= 0, boom.open)
    assert at <= 20  # 0.75 rad/s at 4 rad/s2
    assert lowest - rig.angle < 60
    rig.until(lambda: boom.at_open, boom.open)
    assert boom.travel_ms == 0  # only complete travels count


def test_a_movement_that_has_not_left_its_limit_can_be_taken_back():
    rig = Rig(900)
    boom = rig.boom
    rig.scan(boom.close)
    rig.scan(boom.close)
    assert (boom.yc, boom.at_open) == (1, 1)
    rig.scan(boom.open)
    assert (boom.yo, boom.yc, boom.demand) == (1, 0, OPENING)
    rig.scan(boom.open)
    assert (boom.yo, boom.yc, boom.spd, boom.demand) == (0, 0, 0, RESTING)
    rig = Rig(0)
    rig.scan(rig.boom.open)
    rig.scan(rig.boom.close)
    assert (rig.boom.yo, rig.boom.yc, rig.boom.spd) == (0, 0, 0)


def test_a_demand_lasts_without_being_repeated():
    rig = Rig(0)
    rig.scan(rig.boom.open)
    rig.until(lambda: rig.boom.at_open, None)


def test_a_limit_that_comes_early_stops_at_once():
    rig = Rig(0)
    for _ in range(50):
        rig.scan(rig.boom.open)
    assert rig.boom.spd == 900
    rig.angle = 890.0
    rig.scan(rig.boom.open)
    assert (rig.boom.yo, rig.boom.spd, rig.boom.demand) == (0, 0, RESTING)


def test_a_demand_ends_at_its_limit():
    rig = Rig(900)
    boom = rig.boom
    rig.until(lambda: boom.at_closed, boom.close)
    rig.angle = 200.0  # pushed up
    for _ in range(50):
        rig.scan()
        assert (boom.yo, boom.yc) == (0, 0)


def test_asking_at_the_limit_moves_nothing():
    rig = Rig(0)
    boom = rig.boom
    for _ in range(10):
        rig.scan(boom.close)
        assert (boom.yo, boom.yc, boom.demand) == (0, 0, RESTING)


def test_both_limits_are_a_fault_that_lasts_as_long_as_they_do():
    rig = Rig(900)
    boom = rig.boom
    for _ in range(50):
        rig.scan(boom.close)
    rig.zo = rig.zc = True
    for _ in range(10):
        rig.scan(boom.close)
        assert (boom.fault, boom.at_open, boom.at_closed) == (NONE, 0, 0)
    rig.scan(boom.close)
    assert (boom.fault, boom.yo, boom.yc, boom.spd) == (BOTH_LIMITS, 0, 0, 0)
    rig.scan(boom.stop)
    assert boom.fault == BOTH_LIMITS
    rig.zo = rig.zc = False
    rig.scan()
    assert boom.fault == NONE
    rig.scan()
    assert boom.demand == RESTING


def test_angle_and_limit_may_differ_by_ten_degrees():
    for zo, zc, angle, fault in (
        (True, False, 800, NONE),
        (True, False, 799, ANGLE),
        (False, True, 100, NONE),
        (False, True, 101, ANGLE),
        (False, False, 450, NONE),
    ):
        rig = Rig(450)
        rig.zo, rig.zc, rig.angle = zo, zc, float(angle)
        for _ in range(11):
            rig.scan()
        assert rig.boom.fault == fault, (zo, zc, angle)
        rig.scan(rig.boom.open)
        assert rig.boom.yo == (0 if fault or zo else 1)


def test_a_bad_angle_contradicts_nothing_and_makes_the_boom_creep():
    for q in (BAD, STALE):
        creep(q)


def creep(q):
    rig = Rig(900)
    boom = rig.boom
    rig.pos_q = q
    rig.until(lambda: boom.at_closed, boom.close)
    assert boom.fault == NONE
    assert boom.angle == 900  # the last that could be believed
    assert 285 <= rig.peak <= 290  # 0.5 rad/s
    rig.until(lambda: boom.at_open, boom.open)
    assert boom.fault == NONE
    assert 3000 < boom.travel_ms < 4000


def test_travel_times_out():
    rig = Rig(0)
    time_out(rig, rig.boom.open, 3000)  # twice nominal
    rig = Rig(900)
    time_out(rig, rig.boom.close, 6000)


def time_out(rig, ask, limit):
    boom = rig.boom
    rig.scan(ask)
    rig.zo = rig.zc = False
    n = rig.until(lambda: boom.fault, ask)
    assert (n * 10, boom.fault) == (limit, TIMEOUT)
    assert (boom.yo, boom.yc, boom.spd, boom.demand) == (0, 0, 0, RESTING)
    rig.scan(ask)
    assert (boom.yo, boom.yc, boom.fault) == (0, 0, TIMEOUT)  # isn't forgotten by asking again
    rig.scan(boom.stop)
    assert boom.fault == NONE
    rig.scan()
    assert boom.fault == NONE


def test_twice_nominal_or_the_maximum_whichever_is_shorter():
    rig = Rig(0)
    rig.boom.open_nominal_ms = 2500
    rig.scan(rig.boom.open)
    rig.zo = False
    assert rig.until(lambda: rig.boom.fault, rig.boom.open) == 400


def test_slow_travel_is_seen_before_it_is_a_fault():
    rig = Rig(0)
    rig.boom.cap = 300
    rig.boom.open_nominal_ms = 2000
    rig.until(lambda: rig.boom.at_open, rig.boom.open)
    assert (rig.boom.slow, rig.boom.fault) == (1, NONE)
    rig.boom.cap = 1000
    rig.until(lambda: rig.boom.at_closed, rig.boom.close)
    assert rig.boom.slow == 0


def test_cap_has_a_floor():
    rig = Rig(0)
    rig.boom.cap = 0
    rig.scan(rig.boom.open)
    rig.scan(rig.boom.open)
    assert rig.boom.spd == 66


def test_moving_ms():
    rig = Rig(0)
    boom = rig.boom
    assert boom.moving_ms(rig.now) == 0
    rig.scan(boom.open)
    rig.scan(boom.open)
    assert boom.moving_ms(rig.now) == 20


def test_a_boom_learns_its_closing_and_stops_for_an_obstruction():
    rig = Rig(900)
    boom = rig.boom
    boom.current.learning = 1
    rig.until(lambda: boom.at_closed, boom.close)
    assert boom.current.learning == 0
    assert list(boom.current.curve) == [150] * BINS
    rig.until(lambda: boom.at_open, boom.open)
    for _ in range(100):
        rig.scan(boom.close)
    rig.amps = 226
    assert 60 <= 10 * rig.until(lambda: boom.obstructed, boom.close) <= 80
    assert boom.current.over == 1
    rig.scan(boom.open)  # sees it once more, and turns
    for _ in range(20):
        rig.scan(boom.open)
        assert (boom.obstructed, boom.current.over) == (0, 0)  # opening is not watched
    rig.until(lambda: boom.at_open, boom.open)


def test_a_reversed_closing_teaches_nothing():
    rig = Rig(900)
    boom = rig.boom
    boom.current.learning = 1
    before = list(boom.current.curve)
    for _ in range(100):
        rig.scan(boom.close)
    rig.until(lambda: boom.at_open, boom.open)
    assert (boom.current.learning, list(boom.current.curve)) == (1, before)


def test_a_closing_from_half_way_teaches_nothing():
    rig = Rig(450)
    rig.boom.current.learning = 1
    rig.until(lambda: rig.boom.at_closed, rig.boom.close)
    assert rig.boom.current.learning == 1


def test_a_boom_leaves_the_heap_alone():
    boom = Boom()

    def work(i):
        now = (i * 10) & PERIOD_MASK
        angle = (i * 3) % 1800
        if angle > 900:
            angle = 1800 - angle
        boom.sense(1 if angle > 890 else 0, 1 if angle < 10 else 0, angle, (i >> 11) & 3, (i * 7) & 511, GOOD, now)
        if i & 512:
            boom.open()
        elif i & 1024:
            boom.close()
        else:
            boom.stop()
        boom.drive(now)

    assert growth(work) == 0
