"""A pump and a pair of pumps: proof, failure, rest, change-over in exact ms, also over the wrap of ticks."""

from drivers.pump import DRIVE_FAULT, NOT_STARTED, STOPPED_BY_ITSELF, Pump
from drivers.twin_pump import A, B, TwinPump
from protocols.ticks import PERIOD_MASK, ticks_add, ticks_diff
from tests.portable_helpers import growth

SCAN = 100


def pump_logbook(rows):
    """Rows of (ms, wanted, run, fault, output, running, why it failed or 0)."""
    for base in (0, PERIOD_MASK - 3000):
        pump = Pump(2000, 500, 5000)
        ms = 0
        for at, want, run, fault, y, running, why in rows:
            while ms <= at:  # the contacts of a row hold since the row before
                now = ticks_add(base, ms)
                pump.sense(run, fault, now)
                pump.drive(want, now)
                ms += SCAN
            got = (pump.y, pump.running, pump.why if pump.failed else 0)
            assert got == (y, running, why), (base, at, got)
    return pump


def test_a_pump_that_runs():
    pump = pump_logbook(
        (
            (0, 0, 0, 0, 0, 0, 0),
            (100, 1, 0, 0, 1, 0, 0),
            (900, 1, 0, 0, 1, 0, 0),
            (1000, 1, 1, 0, 1, 1, 0),
            (1100, 1, 0, 0, 1, 0, 0),  # the contact bounces
            (1200, 1, 1, 0, 1, 1, 0),
            (61200, 1, 1, 0, 1, 1, 0),
            (61300, 0, 1, 0, 0, 0, 0),
            (62000, 0, 0, 0, 0, 0, 0),
        )
    )
    assert (pump.starts, pump.run_s) == (1, 60)


def test_a_pump_that_does_not_start_may_try_again_after_a_rest():
    pump_logbook(
        (
            (0, 1, 0, 0, 1, 0, 0),
            (1900, 1, 0, 0, 1, 0, 0),
            (2000, 1, 0, 0, 0, 0, NOT_STARTED),
            (6900, 1, 0, 0, 0, 0, NOT_STARTED),
            (7000, 1, 0, 0, 1, 0, 0),
            (7500, 1, 1, 0, 1, 1, 0),
        )
    )


def test_a_pump_that_stops_by_itself():
    pump_logbook(
        (
            (0, 1, 0, 0, 1, 0, 0),
            (300, 1, 1, 0, 1, 1, 0),
            (800, 1, 0, 0, 1, 0, 0),  # gone since 400
            (900, 1, 0, 0, 0, 0, STOPPED_BY_ITSELF),
            (5900, 1, 0, 0, 1, 0, 0),
        )
    )


def test_a_drive_in_fault_rests_from_the_end_of_the_fault():
    pump_logbook(
        (
            (0, 1, 0, 0, 1, 0, 0),
            (300, 1, 1, 0, 1, 1, 0),
            (400, 1, 1, 1, 0, 0, DRIVE_FAULT),
            (60000, 1, 0, 1, 0, 0, DRIVE_FAULT),
            (64900, 1, 0, 0, 0, 0, DRIVE_FAULT),
            (65000, 1, 0, 0, 1, 0, 0),
        )
    )


def test_a_pump_that_runs_unasked_is_seen():
    pump = Pump()
    for ms in range(0, 2000, SCAN):
        pump.sense(1, 0, ms)
        pump.drive(0, ms)
        assert not pump.unasked
    pump.sense(1, 0, 2000)
    assert pump.unasked
    pump.sense(0, 0, 2100)
    assert not pump.unasked


class Bench:
    """Two drives whose feedback comes 300 ms after their output, in a plant whose faults a test sets.

    dead: never runs; fault: contact; runs[k] since when, or -1. `still_ms`: the longest time that none ran.
    """

    def __init__(self, base=0, swap_h=168):
        self.twin = TwinPump(swap_h)
        self.base = base
        self.ms = 0
        self.dead = [0, 0]
        self.fault = [0, 0]
        self.since = [-1, -1]
        self.no_flow = 0
        self.want = 1
        self.still_ms = 0
        self._still = 0

    def runs(self, k):
        return self.since[k] >= 0 and self.ms - self.since[k] >= 300

    def scan(self):
        twin = self.twin
        now = ticks_add(self.base, self.ms)
        twin.sense(self.runs(0), self.fault[0], self.runs(1), self.fault[1], now)
        twin.drive(self.want, self.no_flow, now)
        for k, pump in ((0, twin.a), (1, twin.b)):
            if not pump.y or self.dead[k] or self.fault[k]:
                self.since[k] = -1
            elif self.since[k] < 0:
                self.since[k] = self.ms
        moving = self.runs(0) or self.runs(1)
        self._still = 0 if moving else self._still + SCAN
        self.still_ms = max(self.still_ms, self._still)
        self.ms += SCAN

    def run(self, ms):
        end = self.ms + ms
        while self.ms < end:
            self.scan()

    def outputs(self):
        return (self.twin.a.y, self.twin.b.y)


def test_the_other_pump_takes_over():
    """What happens to A; then the ms until B is told to run, and until B is proven running: H12 asks for 3 s."""
    for happens, told, proven in (
        ("fault", 0, 300),  # the drive says so: the same scan
        ("stops", 500, 900),  # its feedback goes
        ("never starts", 2000, 2300),
    ):
        for base in (0, PERIOD_MASK - 11000):
            bench = Bench(base)
            if happens == "never starts":
                bench.dead[0] = 1
            else:
                bench.run(10000)
                assert bench.outputs() == (1, 0)
                (bench.fault if happens == "fault" else bench.dead)[0] = 1
            begin = bench.ms
            while bench.twin.duty == A:
                bench.scan()
                assert bench.ms - begin < 4000
            assert bench.outputs() == (0, 1), happens
            assert bench.ms - SCAN - begin == told + (SCAN if happens == "stops" else 0), (happens, bench.ms - begin)
            while not bench.twin.running:
                bench.scan()
            assert bench.ms - SCAN - begin == proven, (happens, bench.ms - SCAN - begin)
            assert bench.twin.changes == 1
            bench.fault[0] = bench.dead[0] = 0
            bench.run(120000)
            assert bench.outputs() == (0, 1)  # A is healthy again, and stays in reserve


def test_there_and_back_when_the_other_fails_too():
    bench = Bench()
    bench.run(5000)
    bench.fault[0] = 1
    bench.run(5000)
    assert (bench.twin.duty, bench.twin.running) == (B, 1)
    bench.fault[0] = 0
    bench.run(61000)
    bench.fault[1] = 1
    bench.run(500)
    assert (bench.twin.duty, bench.twin.running, bench.twin.changes) == (A, 1, 2)


def test_with_both_failed_both_are_tried():
    bench = Bench()
    bench.run(5000)
    bench.fault = [1, 1]
    bench.run(300)
    assert bench.twin.lost
    assert bench.outputs() == (1, 1)
    bench.fault[1] = 0
    bench.run(500)
    assert not bench.twin.lost
    assert bench.twin.running  # at once, without a rest: cooling outranks the drive's


def test_the_weekly_change_never_stops_the_flow():
    bench = Bench(0, 1)
    bench.run(5000)
    bench.still_ms = 0
    bench.run(3600000)
    assert (bench.twin.duty, bench.twin.swaps, bench.twin.changes) == (B, 1, 0)
    assert bench.still_ms == 0
    assert bench.outputs() == (0, 1)
    bench.dead[0] = 1  # A won't start when its turn comes
    bench.run(3600000)
    assert (bench.twin.duty, bench.twin.swaps, bench.still_ms) == (B, 1, 0)
    assert bench.outputs() == (0, 1)


def test_no_flow_starts_the_other_beside():
    bench = Bench()
    bench.run(5000)
    bench.no_flow = 1
    bench.run(400)
    assert bench.outputs() == (1, 1)
    assert bench.twin.helped
    bench.no_flow = 0
    bench.run(100)
    assert bench.outputs() == (1, 0)


def test_not_wanted_means_off():
    bench = Bench()
    bench.run(5000)
    bench.fault[0] = 1
    bench.want = 0
    bench.run(100)
    assert bench.outputs() == (0, 0)


def test_the_two_leave_the_heap_alone():
    bench = TwinPump(1)

    def work(i):
        now = ticks_add(PERIOD_MASK - 50000, i * 100)
        bench.sense((i >> 4) & 1, (i >> 7) & 1, (i >> 3) & 1, (i >> 8) & 1, now)
        bench.drive((i >> 10) & 1, (i >> 6) & 1, now)
        assert ticks_diff(now, now) == 0

    assert growth(work) == 0
