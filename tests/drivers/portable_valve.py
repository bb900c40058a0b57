"""Valves with two end switches: travel supervision and the maximum-open timer, whatever is asked."""

from drivers.motor_valve import MotorValve
from drivers.valve import CLOSED, CLOSING, OPEN, OPENING, UNPROVEN, Valve
from protocols.ticks import ticks_add
from tests.portable_helpers import growth

SCAN = 20
TRAVEL = 400


class Rig:
    """A valve that travels; `stuck` ones don't."""

    def __init__(self, max_ms=2000):
        self.valve = Valve(max_ms)
        self.place = 0
        self.stuck = 0
        self.now = 0x3FFFFF00

    def run(self, ms, ask=None):
        valve = self.valve
        for _ in range(ms // SCAN):
            valve.sense(1 if self.place >= TRAVEL else 0, 1 if self.place <= 0 else 0, self.now)
            if ask is not None:
                ask()
            valve.drive(self.now)
            if not self.stuck:
                self.place = min(TRAVEL, max(0, self.place + (SCAN if valve.y else -SCAN)))
            self.now = ticks_add(self.now, SCAN)


def test_there_and_back():
    rig = Rig()
    rig.run(100)
    assert rig.valve.state == CLOSED and rig.valve.closed
    rig.valve.open()
    rig.run(100)
    assert rig.valve.state == OPENING and not rig.valve.closed
    rig.run(400)
    assert rig.valve.state == OPEN and rig.valve.open_travel == TRAVEL
    rig.valve.close()
    rig.run(100)
    assert rig.valve.state == CLOSING
    rig.run(400)
    assert rig.valve.state == CLOSED and rig.valve.close_travel == TRAVEL


def test_nobody_keeps_it_open_for_longer_than_the_timer():
    rig = Rig()
    on = 0
    longest = 0
    for _ in range(2000):
        rig.run(SCAN, rig.valve.open)
        on = on + SCAN if rig.valve.y else 0
        longest = max(longest, on)
    assert longest == 2000


def test_after_the_timer_only_a_new_demand_opens():
    rig = Rig()
    rig.valve.open()
    rig.run(3000)
    assert rig.valve.expired and not rig.valve.y
    rig.run(60000)
    assert not rig.valve.y


def test_faults_stand_until_it_is_closed():
    rig = Rig(0)
    rig.run(100)
    rig.stuck = 1
    rig.valve.open()
    rig.run(3100)
    assert not rig.valve.y
    rig.stuck = 0
    rig.valve.open()
    rig.run(600)
    rig.stuck = 1
    rig.valve.close()
    rig.run(2980)
    assert not rig.valve.not_closed
    rig.run(60)
    assert rig.valve.not_closed and rig.valve.state == UNPROVEN
    rig.stuck = 0
    rig.run(500)
    assert not rig.valve.not_closed and rig.valve.closed


def test_both_switches_close_it_and_forbid_to_open():
    valve = Valve()
    for i in range(20):
        valve.sense(1, 1, i * SCAN)
        valve.open()
        valve.drive(i * SCAN)
    assert valve.both and not valve.y and not valve.closed and not valve.opened


def test_a_motor_valve_drives_to_its_end_and_stays():
    valve = MotorValve()
    valve.travel_ms = 1000
    valve.sense(0, 1, 0)
    valve.open()
    valve.drive(0)
    assert (valve.yo, valve.yc) == (1, 0)
    valve.sense(1, 0, 500)
    valve.drive(500)
    assert (valve.yo, valve.state) == (0, OPEN)
    valve.close()
    for now in range(520, 1800, SCAN):
        valve.sense(0, 0, now)
        valve.drive(now)
    assert valve.late and not valve.yc and valve.state == UNPROVEN
    valve.open()
    valve.drive(1800)
    assert valve.yo and not valve.late


def test_a_scan_takes_no_heap():
    valve = Valve(2000)

    def work(i):
        now = i * SCAN
        if i & 64:
            valve.open()
        else:
            valve.close()
        valve.sense(i >> 5 & 1, i >> 4 & 1, now)
        valve.drive(now)

    assert growth(work, 3000) == 0
