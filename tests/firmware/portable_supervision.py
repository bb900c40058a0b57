"""Supervision of the gateway (domain brief §7.3), to the millisecond, across the wrap of ticks."""

from firmware.runtime.supervision import GOOD_BEATS, Supervision
from protocols import layout
from protocols.ticks import ticks_add

STARTS = (0, 0x3FFFFFFF - 2500, 0x1FFFFFFF - 1000)


class Watch:
    """A supervision with its time, one scan a millisecond."""

    def __init__(self, start, lost_ms=2000, safe_ms=3000):
        self.now = start
        self.supervision = Supervision(lost_ms, safe_ms, start)
        self.value = 100

    def wait(self, ms):
        """Scan each millisecond; returns [(ms, link)] of the changes."""
        changes = []
        for n in range(1, ms + 1):
            self.now = ticks_add(self.now, 1)
            if self.supervision.scan(self.now):
                changes.append((n, self.supervision.link))
        return changes

    def beat(self):
        self.value += 1
        self.supervision.beat(self.value, self.now)

    def beats(self, count, every=500):
        changes = []
        for _ in range(count):
            self.beat()
            changes += self.wait(every)
        return [link for _, link in changes]


def test_never_until_a_changing_beat():
    for start in STARTS:
        watch = Watch(start)
        watch.beat()
        assert watch.wait(10) == []
        watch.supervision.beat(watch.value, watch.now)  # the same value
        assert watch.wait(10) == []
        watch.beat()
        assert watch.wait(10) == [(1, layout.LINK_OK)]


def test_late_lost_and_safe_to_the_millisecond():
    for start in STARTS:
        watch = Watch(start)
        watch.beats(2)
        watch.beat()
        assert watch.wait(6000) == [(1000, layout.LINK_LATE), (2000, layout.LINK_LOST), (5000, layout.LINK_SAFE)]


def test_a_stuck_value_is_no_beat():
    watch = Watch(0)
    watch.beats(3)
    for _ in range(9):
        watch.supervision.beat(watch.value, watch.now)
        watch.wait(450)
    assert watch.supervision.link == layout.LINK_LOST


def test_late_recovers_with_the_next_beat():
    watch = Watch(0)
    watch.beats(2)
    watch.beat()
    watch.wait(1500)
    watch.beat()
    assert watch.wait(1) == [(1, layout.LINK_OK)]


def test_without_safe_time_lost_is_safe_at_once():
    watch = Watch(0, safe_ms=0)
    watch.beats(2)
    watch.beat()
    assert watch.wait(2500) == [(1000, layout.LINK_LATE), (2000, layout.LINK_SAFE)]


def test_a_board_that_never_hears_a_gateway_goes_the_same_way():
    for start in STARTS:
        watch = Watch(start)
        assert watch.wait(6000) == [(2000, layout.LINK_LOST), (5000, layout.LINK_SAFE)]


def test_return_takes_ten_good_beats():
    for start in STARTS:
        watch = Watch(start)
        watch.wait(6000)
        assert watch.beats(GOOD_BEATS) == []  # the first ever is none, so this was nine
        assert watch.beats(1) == [layout.LINK_OK]


def test_a_gap_begins_the_count_anew():
    watch = Watch(0)
    watch.wait(6000)
    watch.beats(9)
    watch.wait(600)  # 1,100 ms since the last beat
    assert watch.beats(9) == []
    assert watch.beats(1) == [layout.LINK_OK]


def test_single_beats_do_not_hold_up_the_safe_timer():
    watch = Watch(0)
    watch.wait(2000)
    assert watch.beats(3, every=1500) == [layout.LINK_SAFE]


def test_remaining_counts_down_in_tenths():
    watch = Watch(0)
    assert watch.supervision.remaining(watch.now) == 30
    watch.wait(2000)
    assert watch.supervision.remaining(watch.now) == 30
    watch.wait(1)
    assert watch.supervision.remaining(watch.now) == 30
    watch.wait(100)
    assert watch.supervision.remaining(watch.now) == 29
    watch.wait(2899)
    assert watch.supervision.remaining(watch.now) == 0


def test_silence_longer_than_ticks_reach_stays_silence():
    supervision = Supervision(2000, 0, 0)
    now = 0
    for _ in range(40):
        now = ticks_add(now, 0x04000000)
        supervision.scan(now)
        assert supervision.link == layout.LINK_SAFE


def test_the_age_of_a_beat_and_of_none():
    watch = Watch(0x3FFFFFFF - 700)
    watch.beats(4)
    first, last = 101, 104
    assert watch.supervision.age_of(last, watch.now) == 500
    assert watch.supervision.age_of(first, watch.now) == 2000
    assert watch.supervision.age_of(99, watch.now) == -1
    watch.wait(130000)
    assert watch.supervision.age_of(last, watch.now) == -1
