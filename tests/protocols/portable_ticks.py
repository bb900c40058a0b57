from protocols.ticks import PERIOD_MASK, ticks_add, ticks_diff

LAST = PERIOD_MASK
HALF = 1 << 29


def test_add_wraps_both_ways():
    assert ticks_add(0, 5) == 5
    assert ticks_add(LAST, 1) == 0
    assert ticks_add(LAST - 2, 10) == 7
    assert ticks_add(0, -1) == LAST
    assert ticks_add(LAST, HALF - 1) == HALF - 2
    assert ticks_add(0, -HALF) == HALF


def test_diff_is_signed_and_crosses_the_wrap():
    assert ticks_diff(7, LAST - 2) == 10
    assert ticks_diff(LAST - 2, 7) == -10
    assert ticks_diff(HALF - 1, 0) == HALF - 1
    assert ticks_diff(HALF, 0) == -HALF
    assert ticks_diff(0, 0) == 0


def test_diff_undoes_add():
    for t in (0, 1, HALF - 1, HALF, LAST - 1, LAST):
        for d in (0, 1, -1, 1000, -1000, HALF - 1, -HALF):
            assert ticks_diff(ticks_add(t, d), t) == d
