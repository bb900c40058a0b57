"""The integer PI: exact in the small, still at its limits, without a bump."""

from drivers.blocks.pi import PI
from tests.portable_helpers import growth


def test_it_integrates_what_a_scan_leaves_below_one():
    pi = PI(1, 60000)  # 1/1000 of output per unit and 60 s: 20 ms bring 1/3000 of a thousandth
    now = 0
    for _ in range(3001):
        pi(1000, 0, 1000, now)
        now += 20
    assert pi.q == 1 + 1  # proportional part and 60 s of integral


def test_it_stands_still_at_its_limits():
    pi = PI(300, 3000)
    now = 0
    for _ in range(3000):
        assert 500 <= pi(3000, 500, 1000, now) <= 1000
        now += 20
    assert pi.q == 1000
    for _ in range(150):
        pi(-300, 500, 1000, now)
        now += 20
    assert pi.q < 1000  # at once, not after a minute of unwinding


def test_an_actuator_that_lags_holds_the_integral():
    free = PI(300, 3000)
    held = PI(300, 3000)
    free.track(600, 500)
    held.track(600, 500)
    held.held = 1
    for i in range(100):
        free(500, 500, 1000, i * 20)
        held(500, 500, 1000, i * 20)
    assert held.q == 600 < free.q


def test_it_takes_over_without_a_bump():
    for q, error in ((500, 0), (740, 300), (900, -1200), (1000, 3200)):
        pi = PI(300, 3000)
        pi.track(q, error)
        assert abs(pi(error, 0, 1000, 123456) - q) <= 1


def test_it_reaches_a_first_order_plant_and_stays():
    pi = PI(300, 3000)
    speed = 0
    now = 0x3FFFF000
    for i in range(4000):
        out = pi(2200 - speed, 500, 1000, now)
        speed += (out * 2600 // 1000 - speed) * 20 // 1500
        now = now + 20 & 0x3FFFFFFF
        if i > 2000:
            assert abs(speed - 2200) < 150


def test_a_call_takes_no_heap():
    pi = PI(300, 3000)
    assert growth(lambda i: pi((i % 700) - 350, 500, 1000, i * 20 & 0x3FFFFFFF)) == 0
