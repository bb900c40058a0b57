"""A three-way valve without position: stroke model, end switches, and the two ways to see that it doesn't follow."""

from drivers.three_way_valve import BOTH_SWITCHES, NOT_ARRIVED, NOT_LEFT, ThreeWayValve
from protocols.ticks import PERIOD_MASK, ticks_add
from tests.portable_helpers import growth

SCAN = 100


class Bench:
    """A valve with a real stem: `stem` in 0.001 %, stroke as it really is; `stuck` holds the stem where it is."""

    def __init__(self, base=0, stroke_ms=30000, real_ms=None, start=0):
        self.valve = ThreeWayValve(stroke_ms, start=start)
        self.base = base
        self.real_ms = real_ms or stroke_ms
        self.stem = start * 1000
        self.stuck = 0
        self.sp = start
        self.ms = 0
        self.switches = None

    def scan(self):
        valve = self.valve
        now = ticks_add(self.base, self.ms)
        zso, zsc = self.switches or (1 if self.stem >= 990000 else 0, 1 if self.stem <= 10000 else 0)
        valve.sense(zso, zsc, now)
        out = valve.drive(self.sp, now)
        step = 0 if self.stuck else 1000000 * SCAN // self.real_ms
        way = out * 1000 - self.stem
        self.stem += max(-step, min(step, way))
        self.ms += SCAN

    def run(self, ms):
        for _ in range(ms // SCAN):
            self.scan()

    def until_stuck(self, most=120000):
        """ms until it is found stuck."""
        begin = self.ms
        while not self.valve.stuck:
            self.scan()
            assert self.ms - begin <= most, "never found"
        return self.ms - SCAN - begin


def test_the_model_goes_with_the_stroke():
    for base in (0, PERIOD_MASK - 9000):
        valve = ThreeWayValve(30000)
        seen = {}
        for ms in range(0, 31000, SCAN):
            valve.drive(1000, ticks_add(base, ms))
            seen[ms] = valve.position
        assert [seen[ms] for ms in (0, 100, 300, 15000, 29900, 30000)] == [0, 3, 10, 500, 996, 1000], base
        for ms in range(31000, 46100, SCAN):
            valve.drive(0, ticks_add(base, ms))
        assert valve.position == 500


def test_set_values_are_held_within_the_stroke():
    valve = ThreeWayValve()
    assert (valve.drive(-5, 0), valve.drive(1200, 100), valve.drive(371, 200)) == (0, 1000, 371)


def test_a_healthy_valve_is_never_stuck_even_if_it_is_slow():
    for real_ms in (25000, 30000, 33000):
        bench = Bench(PERIOD_MASK - 50000, 30000, real_ms)
        for sp in (1000, 0, 500, 520, 0, 1000, 300, 990, 10, 1000, 0):
            bench.sp = sp
            for _ in range(450):
                bench.scan()
                assert not bench.valve.stuck, (real_ms, sp, bench.ms)
        bench.run(40000)
        assert (bench.valve.closed, bench.valve.opened, bench.valve.position) == (1, 0, 0)


def test_it_does_not_arrive():
    """H1: 30 s of stroke and 5 s of grace after it was sent to the dry cooler."""
    bench = Bench(start=1000)
    bench.run(1000)
    bench.sp = 0
    bench.run(5000)
    bench.stuck = 1
    assert bench.until_stuck() == 30100
    assert bench.valve.why == NOT_ARRIVED
    bench.stuck = 0
    bench.run(31000)
    assert not bench.valve.stuck


def test_it_does_not_leave():
    bench = Bench()
    bench.run(1000)
    bench.stuck = 1
    bench.sp = 600
    took = bench.until_stuck()
    assert bench.valve.why == NOT_LEFT
    assert took <= 10000  # 10 % of stroke and the grace
    bench.sp = 0
    bench.run(40000)
    assert not bench.valve.stuck  # it is where it is wanted


def test_both_switches_on_is_no_position():
    bench = Bench()
    bench.switches = (1, 1)
    assert bench.until_stuck() == 5000
    assert (bench.valve.why, bench.valve.opened, bench.valve.closed) == (BOTH_SWITCHES, 0, 0)


def test_an_end_switch_puts_the_model_right():
    bench = Bench(start=0)
    bench.valve.at(700)  # after a reset nobody knows
    bench.run(200)
    assert bench.valve.position == 0


def test_the_valve_leaves_the_heap_alone():
    bench = Bench(start=300)

    def work(i):
        bench.sp = (i * 37) % 1000
        bench.scan()

    bench.switches = (0, 1)
    assert growth(work, 3000) == 0
