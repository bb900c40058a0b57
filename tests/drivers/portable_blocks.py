from drivers.blocks.debounce import Debounce
from drivers.blocks.edges import FallingEdge, RisingEdge
from drivers.blocks.latch import ResetDominant, SetDominant
from drivers.blocks.rate import RateCounter, RateLimit
from drivers.blocks.timers import OffDelay, OnDelay, Pulse
from drivers.blocks.votes import vote_1oo1, vote_1oo2, vote_2oo2, vote_2oo3
from protocols.quality import BAD, GOOD, STALE, UNCERTAIN
from protocols.ticks import PERIOD_MASK, ticks_add
from tests.portable_helpers import growth, refusal

# Cycles of a block of one input: (ms, input, expected output). Each runs from 0 and across the wrap of ticks.


def cycles(make, rows):
    for base in (0, PERIOD_MASK - 30):
        block = make()
        for ms, x, q in rows:
            got = block(x, ticks_add(base, ms))
            assert got == q, (base, ms, x, got)
            assert block.q == q


def test_on_delay():
    cycles(
        lambda: OnDelay(50),
        (
            (0, 0, 0),
            (10, 1, 0),
            (59, 1, 0),
            (60, 1, 1),  # 50 ms after the edge was seen
            (70, 0, 0),  # off at once
            (80, 1, 0),
            (120, 0, 0),  # a break starts the time anew
            (121, 1, 0),
            (170, 1, 0),
            (171, 1, 1),
            (5000, 1, 1),
        ),
    )
    cycles(lambda: OnDelay(0), ((0, 0, 0), (1, 1, 1), (2, 0, 0)))


def test_on_delay_stays_for_longer_than_ticks_last():
    block = OnDelay(50)
    now = 0
    for _ in range(40):
        now = ticks_add(now, 1 << 26)
        q = block(1, now)
    assert q == 1


def test_off_delay():
    cycles(
        lambda: OffDelay(50),
        (
            (0, 0, 0),  # never on: not on for 50 ms after power-up
            (10, 1, 1),
            (20, 0, 1),
            (69, 0, 1),
            (70, 0, 0),
            (80, 1, 1),
            (90, 0, 1),
            (130, 1, 1),  # came back: the time starts anew
            (140, 0, 1),
            (189, 0, 1),
            (190, 0, 0),
        ),
    )
    cycles(lambda: OffDelay(0), ((0, 1, 1), (1, 0, 0)))


def test_pulse():
    cycles(
        lambda: Pulse(50),
        (
            (0, 0, 0),
            (10, 1, 1),
            (20, 0, 1),  # the pulse does not care
            (30, 1, 1),  # an edge in the pulse is lost
            (59, 1, 1),
            (60, 1, 0),
            (200, 1, 0),  # still true: no second pulse
            (210, 0, 0),
            (220, 1, 1),
            (270, 0, 0),
        ),
    )
    cycles(lambda: Pulse(0), ((0, 0, 0), (1, 1, 0), (2, 1, 0)))


def test_reset_of_timers_forgets_the_time():
    on = OnDelay(50)
    on(1, 0)
    on.reset()
    assert [on(1, 40), on(1, 60), on(1, 90)] == [0, 0, 1]
    off = OffDelay(50)
    off(1, 0)
    off.reset()
    assert off(0, 10) == 0
    pulse = Pulse(50)
    pulse(1, 0)
    pulse.reset()
    assert pulse(1, 10) == 0


def test_a_preset_may_change_while_timing():
    block = OnDelay(1000)
    block(1, 0)
    block.preset = 50
    assert block(1, 50) == 1


def test_edges():
    up, down = RisingEdge(), FallingEdge()
    assert [up(x) for x in (0, 1, 1, 0, 0, 1)] == [0, 1, 0, 0, 0, 1]
    assert [down(x) for x in (1, 1, 0, 0, 1, 0)] == [0, 0, 1, 0, 0, 1]
    # IEC 61131-3, after a cold start: true counts as risen, false as fallen, unless told otherwise
    assert RisingEdge()(1) == 1
    assert FallingEdge()(0) == 1
    assert RisingEdge(1)(1) == 0
    assert FallingEdge(0)(0) == 0


def test_debounce():
    cycles(
        lambda: Debounce(20, 50),
        (
            (0, 0, 0),
            (10, 1, 0),
            (20, 1, 0),
            (30, 1, 1),  # 20 ms: three samples
            (40, 0, 1),
            (50, 1, 1),  # bounce
            (60, 0, 1),
            (100, 0, 1),
            (109, 0, 1),
            (110, 0, 0),  # 50 ms
            (120, 1, 0),
            (130, 0, 0),
            (140, 1, 0),
            (150, 1, 0),
            (160, 1, 1),
        ),
    )
    cycles(lambda: Debounce(0, 0), ((0, 0, 0), (1, 1, 1), (2, 0, 0)))


def test_debounce_forced_to_a_fail_state():
    block = Debounce(20, 50)
    block(1, 0)
    block.force(1)
    assert [block(0, 10), block(0, 59), block(0, 60)] == [1, 1, 0]


def test_latches():
    rows = ((0, 0), (1, 0), (0, 0), (0, 1), (1, 1), (0, 0))
    sr, rs = SetDominant(), ResetDominant()
    assert [sr(s, r) for s, r in rows] == [0, 1, 1, 0, 1, 1]
    assert [rs(s, r) for s, r in rows] == [0, 1, 1, 0, 0, 0]


def test_rate_limit_keeps_the_remainder():
    slew = RateLimit(up=333, down=1000)
    assert slew(500, 0) == 0  # the first call only starts the clock
    for ms in range(10, 1010, 10):
        slew(500, ms)
        assert slew.q == 333 * ms // 1000, ms
    assert slew(0, 1010) == 323  # down is faster
    assert slew(323, 1020) == 323
    assert slew(330, 1030) == 326  # and what was left over went with the change of direction


def test_rate_limit_drops_the_remainder_where_it_belongs_to_another_move():
    slew = RateLimit(up=150, down=150)
    slew(0, 0)
    assert slew(9, 5) == 0  # 0.75 of a unit saved
    assert slew(-9, 10) == 0  # turned round: 0.75 downwards, not 1.5
    assert slew(-9, 12) == -1
    slew = RateLimit(up=150, down=150)
    slew(0, 0)
    slew(9, 5)
    slew.force(0)
    assert slew(9, 10) == 0
    slew = RateLimit(up=150, down=150)
    slew(0, 0)
    slew(9, 5)
    slew(0, 10)  # has arrived
    assert slew(9, 15) == 0
    assert slew(1, 22) == 1  # 0.8 of a unit over on arrival
    assert slew(9, 27) == 1


def test_rate_limit_after_a_pause_and_a_stop():
    slew = RateLimit(100, 100)
    slew(0, 0)
    assert slew(1000, 60000) == 100  # a minute's silence is not a minute's budget
    slew.force(0)
    assert slew.q == 0
    assert slew(1000, 60010) == 1
    for up, down in ((0, 1), (1, 0), (1000001, 1)):
        assert "rate" in refusal(RateLimit, up, down)


def test_rate_counter():
    cycles(
        lambda: RateCounter(3, 60000),
        (
            (0, 1, 0),
            (10000, 1, 0),
            (10010, 0, 0),
            (60000, 1, 1),  # the first is exactly as old as the window: still in
            (60001, 0, 0),  # and now it is out
            (70000, 1, 1),
            (70001, 0, 0),
            (70010, 1, 1),
            (70020, 1, 1),  # more than it remembers
            (130000, 0, 1),
            (130001, 0, 0),
        ),
    )
    counter = RateCounter(2, 1000)
    counter(1, 0)
    counter(1, 1)
    assert counter.count == 2
    counter.clear()
    assert counter.count == 0
    assert counter(0, 2) == 0


def test_votes_count_a_bad_sensor_as_a_vote():
    for bad in (BAD, STALE):
        assert vote_1oo1(0, bad) == 1
        assert vote_1oo2(0, GOOD, 0, bad) == 1
        assert vote_1oo2(0, bad, 0, GOOD) == 1
        # 2oo2 with one bad is 1oo1 of the other
        assert vote_2oo2(0, bad, 0, GOOD) == 0
        assert vote_2oo2(0, bad, 1, GOOD) == 1
        assert vote_2oo2(1, GOOD, 0, bad) == 1
        assert vote_2oo2(0, bad, 0, bad) == 1
        # 2oo3 with one bad is 1oo2 of the others, with two bad it trips
        assert vote_2oo3(0, bad, 0, GOOD, 0, GOOD) == 0
        assert vote_2oo3(0, bad, 1, GOOD, 0, GOOD) == 1
        assert vote_2oo3(0, bad, 0, GOOD, 1, GOOD) == 1
        assert vote_2oo3(1, GOOD, 0, GOOD, 0, bad) == 1
        assert vote_2oo3(0, bad, 0, bad, 0, GOOD) == 1
        assert vote_2oo3(0, GOOD, 0, bad, 0, bad) == 1


def test_votes_of_good_sensors():
    for q in (GOOD, UNCERTAIN):
        for a in (0, 1):
            assert vote_1oo1(a, q) == a
            for b in (0, 1):
                assert vote_1oo2(a, q, b, q) == (a or b)
                assert vote_2oo2(a, q, b, q) == (a and b)
                for c in (0, 1):
                    assert vote_2oo3(a, q, b, q, c, q) == (1 if a + b + c >= 2 else 0)


def test_blocks_leave_the_heap_alone():
    on, off, pulse = OnDelay(50), OffDelay(50), Pulse(30)
    up, down, contact = RisingEdge(), FallingEdge(), Debounce(20, 50)
    sr, rs = SetDominant(), ResetDominant()
    slew, counter = RateLimit(333, 777), RateCounter(3, 500)

    def work(i):
        now = (i * 10) & PERIOD_MASK
        x = (i >> 3) & 1
        on(x, now)
        off(x, now)
        pulse(x, now)
        up(x)
        down(x)
        contact(i & 1, now)
        sr(x, i & 1)
        rs(x, i & 1)
        slew(500 if x else 0, now)
        counter(x, now)
        vote_2oo3(x, GOOD, i & 1, BAD, 0, STALE)

    assert growth(work) == 0
