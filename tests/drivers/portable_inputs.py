from array import array

from drivers.analogue_input import FROZEN, NO_SIGNAL, OVER_RANGE, RATE, UNDER_RANGE, AnalogueInput
from drivers.bus_input import BusInput
from drivers.digital_input import DigitalInput
from drivers.inputs import Inputs
from protocols.layout import BAD_SAMPLE, NO_SAMPLE, SIG_0_10V, SIG_4_20MA, SIG_OHM, SIG_PT1000, SIG_SCALED
from protocols.quality import BAD, GOOD, STALE, UNCERTAIN
from protocols.ticks import PERIOD_MASK, ticks_add
from tests.portable_helpers import growth, refusal

NO = NO_SAMPLE


def cycles(make, rows):
    """Rows of (ms, raw, value, quality), from 0 and across the wrap of ticks."""
    for base in (0, PERIOD_MASK - 25):
        channel = make()
        for ms, raw, value, quality in rows:
            before = (channel.value, channel.quality)
            changed = channel(raw, ticks_add(base, ms))
            assert (channel.value, channel.quality) == (value, quality), (base, ms, channel.value, channel.quality)
            assert changed == (1 if before != (value, quality) else 0), ms


def test_normally_open_contact():
    cycles(
        lambda: DigitalInput(0, 20, 50, 2000),
        (
            (0, NO, 0, STALE),
            (10, 1, 0, GOOD),  # closed: it leaves its fail state through the debounce
            (30, 1, 1, GOOD),
            (40, 0, 1, GOOD),
            (50, 1, 1, GOOD),
            (60, 0, 1, GOOD),
            (109, 0, 1, GOOD),
            (110, 0, 0, GOOD),
        ),
    )


def test_normally_closed_contact_is_true_when_open():
    cycles(
        lambda: DigitalInput(1, 20, 20, 2000),
        (
            (0, NO, 1, STALE),
            (10, 1, 1, GOOD),
            (29, 1, 1, GOOD),
            (30, 1, 0, GOOD),
            (40, 0, 0, GOOD),
            (60, 0, 1, GOOD),  # open, or the wire cut
        ),
    )


def test_a_contact_without_samples_goes_to_its_fail_state():
    for nc, healthy in ((1, 0), (0, 1)):
        fail = nc
        cycles(
            lambda nc=nc: DigitalInput(nc, 20, 20, 100),
            (
                (0, 1, fail, GOOD),
                (20, 1, healthy, GOOD),
                (119, NO, healthy, GOOD),
                (120, NO, fail, STALE),
                (9000, NO, fail, STALE),
                (9010, 1, fail, GOOD),
                (9029, 1, fail, GOOD),
                (9030, 1, healthy, GOOD),
            ),
        )


def test_missing_samples_do_not_count_as_stability():
    cycles(
        lambda: DigitalInput(0, 20, 20, 1000),
        ((0, 0, 0, GOOD), (10, 1, 0, GOOD), (30, NO, 0, GOOD), (40, 0, 0, GOOD), (50, 1, 0, GOOD), (70, 1, 1, GOOD)),
    )


def current(**more):
    # 4..20 mA -> -500..1500
    return lambda: AnalogueInput(-500, 1500, SIG_4_20MA, **more)


def test_current_loop_with_namur_limits():
    cycles(
        current(),
        (
            (0, NO, -500, STALE),
            (10, 4000, -500, GOOD),
            (20, 12000, 500, GOOD),
            (30, 20000, 1500, GOOD),
            (40, 12003, 500, GOOD),  # rounded to the nearest
            (50, 12004, 501, GOOD),
            (60, 3800, -525, GOOD),
            (70, 3799, -525, UNCERTAIN),  # saturated
            (80, 3600, -550, UNCERTAIN),
            (90, 3599, -550, BAD),  # open: the last value stands
            (100, 0, -550, BAD),
            (110, 12000, 500, GOOD),
            (120, 20500, 1563, GOOD),
            (130, 20501, 1563, UNCERTAIN),
            (140, 21000, 1625, UNCERTAIN),
            (150, 21001, 1625, BAD),
        ),
    )
    channel = current()()
    for raw, reason in ((3000, UNDER_RANGE), (3700, UNDER_RANGE), (22000, OVER_RANGE), (20600, OVER_RANGE), (9000, 0)):
        channel(raw, 0)
        assert channel.reason == reason, raw


def test_voltage():
    cycles(
        lambda: AnalogueInput(0, 1000, SIG_0_10V),
        (
            (0, 5000, 500, GOOD),
            (10, -150, -15, GOOD),
            (20, -201, -15, BAD),
            (30, -200, -20, GOOD),
            (40, 10500, 1050, GOOD),
            (50, 10501, 1050, BAD),
            (60, 5004, 500, GOOD),
            (70, 5006, 501, GOOD),
        ),
    )


def test_scaled_and_resistance():
    cycles(
        lambda: AnalogueInput(0, 900, SIG_SCALED),
        ((0, 450, 450, GOOD), (10, 901, 450, BAD), (20, 900, 900, GOOD), (30, -1, 900, BAD)),
    )
    cycles(
        lambda: AnalogueInput(0, 30000, SIG_OHM),
        ((0, 8200, 8200, GOOD), (10, 100000, 30000, BAD), (20, -1, 0, BAD), (30, 0, 0, GOOD)),
    )


def test_a_measurement_without_samples_is_stale():
    cycles(
        current(stale_ms=100),
        (
            (0, 12000, 500, GOOD),
            (99, NO, 500, GOOD),
            (100, NO, 500, STALE),
            (9000, NO, 500, STALE),
            (9010, 12000, 500, GOOD),
        ),
    )
    channel = current(stale_ms=100)()
    assert channel.reason == NO_SIGNAL
    channel(12000, 0)
    assert channel.reason == 0
    channel(NO, 100)
    assert channel.reason == NO_SIGNAL


def test_frozen():
    cycles(
        current(frozen_ms=1000),
        (
            (0, 12000, 500, GOOD),
            (999, 12000, 500, GOOD),
            (1000, 12000, 500, BAD),
            (9000, 12000, 500, BAD),
            (9010, 12001, 500, GOOD),  # one count is life
            (10009, 12001, 500, GOOD),
            (10010, 12001, 500, BAD),
        ),
    )
    channel = current(frozen_ms=10)()
    channel(12000, 0)
    channel(12000, 10)
    assert channel.reason == FROZEN


def test_frozen_for_longer_than_ticks_last():
    channel = current(frozen_ms=1000)()
    now = 0
    channel(12000, now)
    for i in range(40):
        now = ticks_add(now, 1 << 26)
        channel(12000, now)
        assert channel.quality == BAD, i


def test_rate_of_change():
    # 1000 a second: 10 in 10 ms, and one count of grace
    cycles(
        lambda: AnalogueInput(0, 1000, SIG_SCALED, rate_per_s=1000),
        (
            (0, 100, 100, GOOD),
            (10, 111, 111, GOOD),
            (20, 123, 111, BAD),  # jumped: the last good value stands
            (30, 123, 111, BAD),
            (519, 123, 111, BAD),
            (520, 123, 123, GOOD),  # quiet for 500 ms
            (530, 112, 112, GOOD),
            (540, 100, 112, BAD),
            (550, 2000, 112, BAD),  # out of range: what comes next has nothing to be compared with
            (560, 700, 700, GOOD),
        ),
    )
    channel = AnalogueInput(0, 1000, SIG_SCALED, rate_per_s=10)
    channel(0, 0)
    channel(500, 10)
    assert channel.reason == RATE


def test_a_platinum_sensor_that_is_short_or_open():
    cycles(
        lambda: AnalogueInput(-4000, 14000, SIG_PT1000),
        (
            (0, 100000, 0, GOOD),
            (10, 84271, -4000, GOOD),  # the ends of its range belong to it
            (20, 153584, 14000, GOOD),
            (30, 123242, 6000, GOOD),
            (40, 0, -4000, BAD),  # short
            (50, 100000000, 14000, BAD),  # open
            (60, 84200, -4000, BAD),  # a cold that isn't here
            (70, 123242, 6000, GOOD),
        ),
    )
    channel = AnalogueInput(-4000, 14000, SIG_PT1000)
    for raw, reason in ((0, UNDER_RANGE), (100000000, OVER_RANGE), (84200, UNDER_RANGE), (153700, OVER_RANGE)):
        channel(raw, 0)
        assert channel.reason == reason, raw
        assert channel.quality == BAD
    assert "PT1000" in refusal(AnalogueInput, -6000, 14000, SIG_PT1000)
    assert "PT1000" in refusal(AnalogueInput, -4000, 15001, SIG_PT1000)


def test_rate_after_silence():
    cycles(
        lambda: AnalogueInput(0, 1000, SIG_SCALED, stale_ms=2000, rate_per_s=100),
        (
            (0, 100, 100, GOOD),
            (500, NO, 100, GOOD),
            (510, 152, 152, GOOD),  # 510 ms for 51, and one of grace
            (2510, NO, 152, STALE),
            (2520, 900, 900, GOOD),  # nothing to compare it with
        ),
    )


def test_spans_and_rates_beyond_integers_of_a_board_are_refused():
    assert "span" in refusal(AnalogueInput, 0, 60001, SIG_4_20MA)
    assert "span" in refusal(AnalogueInput, 5, 5, SIG_4_20MA)
    assert "rate" in refusal(AnalogueInput, 0, 100, SIG_4_20MA, 2000, 0, 100001)


def test_a_value_from_a_bus():
    cycles(
        lambda: BusInput(100),
        (
            (0, NO, 0, STALE),
            (10, 0, 0, GOOD),
            (20, 1073741823, 1073741823, GOOD),
            (119, NO, 1073741823, GOOD),
            (120, NO, 1073741823, STALE),
            (130, 1073741823, 1073741823, GOOD),
        ),
    )


class Table:
    DI = (("LB_P", 0, 1, 20, 20, 100), ("ZO", 1, 0, 0, 0, 100))
    AI = (("POS", 0x80, 0, 900, SIG_4_20MA, 100, 0, 0),)
    BI = (("READ_TOKEN", 100),)
    FIELD = ()


class Image:
    """A process image before its first attribute."""


def values(io):
    return (io.LB_P, io.LB_P_Q, io.ZO, io.ZO_Q, io.POS, io.POS_Q, io.READ_TOKEN, io.READ_TOKEN_Q)


def test_inputs_condition_the_image():
    inputs, io, raw = Inputs(Table), Image(), array("i", [NO] * 4)
    inputs.start(io)
    assert values(io) == (1, STALE, 0, STALE, 0, STALE, 0, STALE)
    assert bytes(inputs.quality) == bytes((STALE,) * 4)
    for i, sample in enumerate((1, 1, 12000, 77)):
        raw[i] = sample
    inputs.condition(raw, io, 0)
    assert values(io) == (1, GOOD, 1, GOOD, 450, GOOD, 77, GOOD)
    inputs.condition(raw, io, 20)
    assert values(io) == (0, GOOD, 1, GOOD, 450, GOOD, 77, GOOD)
    for i in range(4):
        raw[i] = NO
    inputs.condition(raw, io, 120)
    assert values(io) == (1, STALE, 0, STALE, 450, STALE, 77, STALE)
    assert inputs.names == ("LB_P", "ZO", "POS", "READ_TOKEN")


class FieldTable:
    DI = ()
    AI = ()
    BI = (("SEQ", 100), ("GM_P", 1500))
    FIELD = (("GM_P", 0x80, 1, 0),)


def test_a_value_of_the_field_line_stands_until_its_sample_is_taken_back():
    inputs, io, raw = Inputs(FieldTable), Image(), array("i", [NO] * 2)
    inputs.start(io)
    assert io.GM_P_Q == STALE
    raw[0], raw[1] = 7, -4316
    inputs.condition(raw, io, 0)
    assert (io.SEQ_Q, io.GM_P, io.GM_P_Q) == (GOOD, -4316, GOOD)
    for now in (20, 90, 5000):  # however long: whoever reads the device judges the age
        inputs.condition(raw, io, now)
        assert (io.GM_P, io.GM_P_Q) == (-4316, GOOD)
    raw[1] = BAD_SAMPLE
    inputs.condition(raw, io, 5020)
    assert (io.GM_P, io.GM_P_Q, inputs.quality[1]) == (-4316, BAD, BAD)
    raw[1] = NO
    inputs.condition(raw, io, 5040)
    assert (io.GM_P, io.GM_P_Q) == (-4316, STALE)


def test_only_changes_reach_the_image():
    inputs, io, raw = Inputs(Table), Image(), array("i", [1, 1, 12000, 77])
    inputs.start(io)
    inputs.condition(raw, io, 0)
    io.ZO = io.POS = io.READ_TOKEN = -1  # would be put right by an assignment
    inputs.condition(raw, io, 10)
    assert (io.ZO, io.POS, io.READ_TOKEN) == (-1, -1, -1)


class Supervised:
    DI = (("ZC", 0, 0, 30, 30, 100),)
    AI = (("FT", 0x80, 0, 1000, SIG_SCALED, 100, 1000, 0), ("POS", 0x81, 0, 1000, SIG_SCALED, 2000, 0, 100))
    BI = (("SEQ", 100),)
    FIELD = ()


def test_calls_that_are_spared_lose_nothing():
    """Equal samples are not handed on: debounce, age, freeze and rate must be as if they were."""
    for base in (0, PERIOD_MASK - 555):
        inputs, io, raw = Inputs(Supervised), Image(), array("i", [0, 500, 500, 7])
        alone = Inputs(Supervised).channels
        inputs.start(io)
        for step in range(0, 6000, 10):
            if step == 300:
                raw[0] = 1
            elif step == 500:
                raw[0] = raw[3] = NO
            elif step == 590:
                raw[0] = 1  # 90 ms of silence are not yet stale
            elif step == 700:
                raw[0] = NO
            elif step == 1600:
                raw[1] = 501
            elif step == 2000:
                raw[2] = 502  # 1 after 10 ms and one of grace, though it stood for 2 s before
            elif step == 2500:
                raw[2] = 560
            elif step == 3500:
                raw[0], raw[2], raw[3] = 1, NO, 7
            now = ticks_add(base, step)
            inputs.condition(raw, io, now)
            for i, channel in enumerate(alone):
                channel(raw[i], now)
                got = inputs.channels[i]
                assert (got.value, got.quality) == (channel.value, channel.quality), (base, step, inputs.names[i])
                assert got.quality == getattr(io, inputs.names[i] + "_Q")
                assert got.value == getattr(io, inputs.names[i])


def test_inputs_leave_the_heap_alone():
    inputs, io, raw = Inputs(Table), Image(), array("i", [NO] * 4)
    inputs.start(io)

    def work(i):
        raw[0] = (i >> 2) & 1
        raw[1] = (i >> 3) & 1
        raw[2] = 3000 + (i * 37) % 18000
        raw[3] = (i * 7919) & PERIOD_MASK
        if i & 64:
            raw[0] = raw[1] = raw[2] = raw[3] = NO
        inputs.condition(raw, io, (i * 10) & PERIOD_MASK)

    assert growth(work) == 0
