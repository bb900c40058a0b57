"""Limit thermostat, counters that jump or wrap, pulse meters."""

from drivers.counter_check import CounterCheck
from drivers.limit_thermostat import DID_NOT_TRIP, NO_SIGNAL, NONE, TRIPPED, LimitThermostat
from drivers.pulse_meter import KWH_0_1KW, L10_0_01LS, PulseMeter
from protocols.quality import BAD, GOOD, STALE, UNCERTAIN
from protocols.ticks import PERIOD_MASK, ticks_add
from tests.portable_helpers import growth, refusal


def test_a_limit_thermostat_at_75_degrees():
    for base in (0, PERIOD_MASK - 30000):
        stb = LimitThermostat(7500)
        for ms, contact, contact_q, value, value_q, off, why in (
            (0, 1, STALE, 0, STALE, 1, NO_SIGNAL),
            (100, 0, GOOD, 6000, GOOD, 1, NO_SIGNAL),  # closed: heat after the rest
            (10000, 0, GOOD, 6000, GOOD, 1, NO_SIGNAL),
            (10100, 0, GOOD, 6000, GOOD, 0, NONE),
            (20000, 0, GOOD, 7790, GOOD, 0, NONE),  # within the tolerance
            (30000, 1, GOOD, 7600, GOOD, 1, TRIPPED),  # at once
            (90000, 1, GOOD, 7000, GOOD, 1, TRIPPED),
            (90100, 0, GOOD, 7000, GOOD, 1, TRIPPED),  # somebody pressed its button
            (100100, 0, GOOD, 7000, GOOD, 0, NONE),
            (110000, 0, GOOD, 7801, GOOD, 0, NONE),
            (119900, 0, GOOD, 7801, GOOD, 0, NONE),
            (120000, 0, GOOD, 7801, GOOD, 1, DID_NOT_TRIP),  # ten seconds above it, and the contact stays closed
            (120100, 0, GOOD, 7801, BAD, 1, DID_NOT_TRIP),  # the rest begins
            (130100, 0, GOOD, 7801, BAD, 0, NONE),  # a sensor that is bad proves nothing
            (130200, 0, STALE, 6000, GOOD, 1, NO_SIGNAL),
        ):
            stb(contact, contact_q, value, value_q, ticks_add(base, ms))
            assert (stb.off, stb.why) == (off, why), (base, ms, stb.off, stb.why)
        assert stb.trips == 1


def readings(rows, modulus=100000000, fastest=1500):
    """Rows of (minutes, reading, total, quality, jumps, wraps); a scan each minute."""
    for base in (0, PERIOD_MASK - 400000):
        counter = CounterCheck(modulus, fastest)
        minute = 0
        for at, reading, total, quality, jumps, wraps in rows:
            while minute < at:
                counter.tick(ticks_add(base, (minute * 60000) & PERIOD_MASK))
                minute += 1
            counter(reading, ticks_add(base, (at * 60000) & PERIOD_MASK))
            got = (counter.total, counter.quality, counter.jumps, counter.wraps)
            assert got == (total, quality, jumps, wraps), (base, at, got)
    return counter


def test_a_counter_that_counts():
    assert CounterCheck(1000, 10).quality == UNCERTAIN
    readings(
        (
            (0, 4711, 0, GOOD, 0, 0),
            (60, 5711, 1000, GOOD, 0, 0),
            (61, 5711, 1000, GOOD, 0, 0),
            (120, 7170, 2459, GOOD, 0, 0),
        )
    )


def test_a_counter_that_wraps():
    readings(((0, 99999990, 0, GOOD, 0, 0), (60, 99999999, 9, GOOD, 0, 0), (120, 490, 500, GOOD, 0, 1)))


def test_a_disturbed_reading_is_refused_and_nothing_is_lost():
    for wrong in (0, 4000, 99999999, 100000000, -1, 65536 * 20):
        counter = readings(
            (
                (0, 5000, 0, GOOD, 0, 0),
                (10, wrong, 0, BAD, 0, 0),
                (20, 5300, 300, GOOD, 0, 0),  # the 20 minutes since the last believed one
            )
        )
        assert counter.refused == 1


def test_an_exchanged_meter_is_believed_again_after_three_readings():
    counter = readings(
        (
            (0, 500000, 0, GOOD, 0, 0),
            (10, 12, 0, BAD, 0, 0),
            (20, 40, 0, BAD, 0, 0),
            (30, 70, 0, GOOD, 1, 0),  # from here on
            (40, 100, 30, GOOD, 1, 0),
        )
    )
    assert counter.refused == 2


def test_readings_that_do_not_follow_one_another_are_never_believed():
    rows = [(0, 5000, 0, GOOD, 0, 0)]
    for k in range(1, 20):
        rows.append((k, 900000 if k & 1 else 40000, 0, BAD, 0, 0))
    rows.append((20, 5100, 100, GOOD, 0, 0))
    readings(rows)


def test_a_counter_after_days_of_silence():
    """Nine days: longer than ticks can tell, and as much as may have come in them."""
    readings(((0, 5000, 0, GOOD, 0, 0), (13000, 205000, 200000, GOOD, 0, 0)))
    readings(((0, 5000, 0, GOOD, 0, 0), (13000, 605000, 0, BAD, 0, 0)))


def test_counters_that_a_board_cannot_count_are_refused():
    for wrong in ((0, 10), ((1 << 30) + 1, 10), (1000, 0), (1000, 20001)):
        assert "counter" in refusal(CounterCheck, *wrong)


def pulses(meter, edges, base=0, until=None):
    """Give pulses of 100 ms at these ms; scans of 100 ms."""
    end = until or edges[-1] + 200
    for ms in range(0, end, 100):
        meter(1 if ms in edges else 0, ticks_add(base, ms))


def test_pulses_are_counted_and_make_a_rate():
    for base in (0, PERIOD_MASK - 3000):
        meter = PulseMeter(KWH_0_1KW, 2000)
        pulses(meter, (1000, 13000, 25000), base)
        assert (meter.count, meter.rate) == (3, 3000)  # 1 kWh in 12 s: 300 kW
        water = PulseMeter(L10_0_01LS, 500)
        pulses(water, (1000, 6000), base)
        assert (water.count, water.rate) == (2, 200)  # 10 L in 5 s: 2 L/s


def test_the_rate_falls_while_the_next_pulse_is_late():
    meter = PulseMeter(KWH_0_1KW, 2000, 600000)
    pulses(meter, (1000, 13000), until=73100)
    assert meter.rate == 600  # a minute without one: at most 60 kW
    for ms in range(73100, 613100, 100):
        meter(0, ms)
    assert meter.rate == 0
    meter(1, 700000)
    assert (meter.count, meter.rate) == (3, 0)  # one pulse has no interval


def test_a_contact_that_bounces_counts_once():
    meter = PulseMeter(KWH_0_1KW, 2000)
    pulses(meter, (1000, 1200, 1400, 13000))
    assert (meter.count, meter.refused, meter.rate) == (2, 2, 3000)


def test_a_count_that_is_kept_goes_on_and_wraps():
    meter = PulseMeter(KWH_0_1KW, 100)
    meter.count = 0x3FFFFFFE
    pulses(meter, (1000, 2000, 3000))
    assert meter.count == 1


def test_a_contact_that_is_closed_at_the_start_is_no_pulse():
    meter = PulseMeter(KWH_0_1KW, 100)
    for ms in range(0, 1000, 100):
        meter(1, ms)
    assert meter.count == 0


def test_they_leave_the_heap_alone():
    stb, meter, counter = LimitThermostat(7500), PulseMeter(KWH_0_1KW, 500), CounterCheck(100000000, 1500)

    def work(i):
        now = ticks_add(PERIOD_MASK - 50000, i * 100)
        stb((i >> 6) & 1, (i >> 8) & 3, (i * 7) % 9000, GOOD, now)
        meter((i >> 1) & 1, now)
        counter((i * 1103) % 100000000 if i & 512 else i // 10, now)

    assert growth(work) == 0
