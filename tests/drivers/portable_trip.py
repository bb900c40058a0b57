from drivers.blocks.trip import TripEngine
from protocols.layout import (
    ON_BAD_HOLD,
    ON_BAD_IGNORE,
    ON_BAD_TRIP,
    RESET_AUTO,
    RESET_LOCAL,
    RESET_REMOTE,
)
from protocols.quality import BAD, GOOD, STALE, UNCERTAIN
from protocols.ticks import PERIOD_MASK, ticks_add
from tests.portable_helpers import growth, refusal

EF_STOP, EF_OPEN, EF_LOG = 1, 2, 4
# row numbers and bits
DOOR, STOP, HEAT, FIRE, CAR, DUST = range(6)


class Table:
    """Six rows as derive.table makes them; each looks at one contact of its own."""

    DI = tuple([(name, i, 1, 20, 20, 2000) for i, name in enumerate(("A", "B", "D"))])
    AI = (("C", 0x80, 0, 1000, 0, 2000, 0, 0),)
    BI = (("E", 2000), ("F", 2000))
    CAUSES = (
        ("DOOR", DOOR, ON_BAD_TRIP, 1, RESET_REMOTE, EF_STOP, (0,)),
        ("STOP", STOP, ON_BAD_TRIP, 1, RESET_LOCAL, EF_STOP, (1,)),
        ("HEAT", HEAT, ON_BAD_HOLD, 1, RESET_AUTO, EF_LOG, (3,)),
        ("FIRE", FIRE, ON_BAD_TRIP, 1, RESET_LOCAL, EF_OPEN, (2,)),
        ("CAR", CAR, ON_BAD_TRIP, 0, RESET_AUTO, EF_STOP | EF_OPEN, (4,)),
        ("DUST", DUST, ON_BAD_IGNORE, 0, RESET_AUTO, EF_LOG, (5,)),
    )

    @staticmethod
    def causes(io, par, pr, out):
        out[0] = 1 if io.A else 0
        out[1] = 1 if io.B else 0
        too_hot = io.C - par.limit > 0
        out[2] = 1 if too_hot else 0
        out[3] = 1 if io.D else 0
        out[4] = 1 if io.E else 0
        out[5] = 1 if io.F else 0

    @staticmethod
    def delays(par, after, clear):
        after[2] = par.heat_ms
        clear[2] = 200
        after[3] = 100


class Image:
    def __init__(self):
        for name in "ABCDEF":
            setattr(self, name, 0)
            setattr(self, name + "_Q", GOOD)


class Parameters:
    limit = 500
    heat_ms = 50


class Rig:
    def __init__(self, base=0):
        self.io, self.par = Image(), Parameters()
        self.engine = TripEngine(Table)
        self.base = base

    def scan(self, ms, reset=0, local=0, **inputs):
        for name in inputs:
            setattr(self.io, name, inputs[name])
        self.engine.scan(self.io, self.par, self, ticks_add(self.base, ms), reset, local)
        return self.engine


def bits(*rows):
    mask = 0
    for row in rows:
        mask |= 1 << row
    return mask


def test_a_latched_row_outlives_its_cause_and_needs_an_edge():
    rig = Rig()
    e = rig.scan(0)
    assert (e.active, e.latched, e.effects, e.first_out) == (0, 0, 0, 0)
    e = rig.scan(10, A=1)
    assert (e.active, e.latched, e.effects, e.raised) == (bits(DOOR), bits(DOOR), EF_STOP, bits(DOOR))
    e = rig.scan(20, A=0)
    assert (e.active, e.latched, e.effects, e.raised, e.cleared) == (0, bits(DOOR), EF_STOP, 0, 0)
    e = rig.scan(30, reset=1)
    assert (e.latched, e.effects, e.cleared, e.blocked) == (0, 0, bits(DOOR), 0)
    assert rig.scan(40).cleared == 0


def test_a_reset_that_is_held_is_not_fresh():
    rig = Rig()
    rig.scan(0, reset=1)  # jammed in since power-up
    rig.scan(10, reset=1, A=1)
    e = rig.scan(20, reset=1, A=0)
    assert e.latched == bits(DOOR)
    rig.scan(30, reset=0)
    assert rig.scan(40, reset=1).latched == 0


def test_a_refused_reset_must_be_given_anew():
    rig = Rig()
    rig.scan(0, A=1)
    e = rig.scan(10, reset=1)
    assert (e.latched, e.blocked) == (bits(DOOR), bits(DOOR))
    e = rig.scan(20, reset=1, A=0)  # healthy now, but the edge is spent
    assert e.latched == bits(DOOR)
    rig.scan(30)
    assert rig.scan(40, reset=1).latched == 0


def test_local_reset_needs_the_confirmation_with_the_edge():
    rig = Rig()
    rig.scan(0, B=1)
    rig.scan(10, B=0)
    e = rig.scan(20, reset=1)
    assert (e.latched, e.blocked) == (bits(STOP), bits(STOP))
    e = rig.scan(30, reset=1, local=1)  # confirmation after the edge
    assert e.latched == bits(STOP)
    e = rig.scan(40, local=1)  # confirmation alone
    assert e.latched == bits(STOP)
    assert rig.scan(50, reset=1, local=1).latched == 0


def test_no_part_of_a_trip_is_reset_while_another_part_is_active():
    rig = Rig()
    rig.scan(0, A=1, B=1)
    rig.scan(10, A=0)
    e = rig.scan(20, reset=1, local=1)
    assert (e.latched, e.blocked) == (bits(DOOR, STOP), bits(DOOR, STOP))
    rig.scan(30, B=0)
    assert rig.scan(40, reset=1, local=1).latched == 0


def test_another_trip_and_an_inhibit_do_not_block_a_reset():
    rig = Rig()
    rig.scan(0, A=1, D=1)
    rig.scan(100)
    e = rig.scan(110, A=0, E=1)  # FIRE shares no effect with DOOR; CAR does, but doesn't latch
    assert e.latched == bits(DOOR, FIRE)
    e = rig.scan(120, reset=1)
    assert (e.latched, e.blocked) == (bits(FIRE), bits(FIRE))
    assert e.effects == EF_OPEN | EF_STOP  # the inhibit goes on by itself


def test_remote_part_clears_without_local_confirmation():
    rig = Rig()
    rig.scan(0, A=1, B=1)
    rig.scan(10, A=0, B=0)
    e = rig.scan(20, reset=1)
    assert (e.latched, e.blocked, e.cleared) == (bits(STOP), bits(STOP), bits(DOOR))


def test_delays_before_and_after_across_the_wrap_of_ticks():
    rig = Rig(PERIOD_MASK - 120)
    for ms, c, active in (
        (0, 0, 0),
        (10, 501, 0),
        (59, 501, 0),
        (60, 501, 1),  # after 50 ms
        (70, 0, 1),
        (200, 501, 1),  # came back within its 200 ms
        (210, 0, 1),
        (409, 0, 1),
        (410, 0, 0),
    ):
        e = rig.scan(ms, C=c)
        assert e.active == (bits(HEAT) if active else 0), ms
        assert e.latched == e.active  # AUTO: latched and reset by itself
    e = rig.scan(420, C=501)
    rig.par.heat_ms = 20  # parameters are read when they are needed
    assert rig.scan(440).active == bits(HEAT)


def test_first_out_is_frozen_and_later_causes_are_consequential():
    rig = Rig(PERIOD_MASK - 10)
    rig.scan(0)
    e = rig.scan(10, B=1)
    assert (e.first_out, e.first_out_ms) == (STOP + 1, ticks_add(rig.base, 10))
    e = rig.scan(20, A=1)
    assert (e.raised, e.first_out, e.first_out_ms) == (bits(DOOR), STOP + 1, ticks_add(rig.base, 10))
    rig.scan(30, A=0, B=0)
    e = rig.scan(40, reset=1)  # DOOR goes, STOP lacks its confirmation
    assert (e.latched, e.first_out) == (bits(STOP), STOP + 1)
    e = rig.scan(50, B=1)  # the same cause again is no new first-out
    assert e.first_out_ms == ticks_add(rig.base, 10)
    rig.scan(60, B=0)
    e = rig.scan(70, reset=1, local=1)
    assert (e.first_out, e.first_out_ms) == (0, 0)
    e = rig.scan(80, A=1)
    assert (e.first_out, e.first_out_ms) == (DOOR + 1, ticks_add(rig.base, 80))


def test_first_out_stays_with_the_first_even_when_that_one_is_reset_before_others():
    rig = Rig()
    rig.scan(0, A=1)
    rig.scan(10, B=1)
    rig.scan(20, A=0, B=0)
    e = rig.scan(30, reset=1)
    assert (e.latched, e.first_out) == (bits(STOP), DOOR + 1)


def test_of_two_in_one_scan_the_upper_row_is_first():
    assert Rig().scan(0, A=1, B=1).first_out == DOOR + 1


def test_an_inhibit_yields_first_out_to_a_trip():
    rig = Rig()
    e = rig.scan(0, E=1)
    assert (e.first_out, e.effects, e.latched) == (CAR + 1, EF_STOP | EF_OPEN, 0)
    e = rig.scan(10, F=1)
    assert e.first_out == CAR + 1
    e = rig.scan(20, B=1)
    assert (e.first_out, e.first_out_ms) == (STOP + 1, 20)
    rig.scan(30, B=0)
    e = rig.scan(40, reset=1, local=1)
    assert (e.first_out, e.first_out_ms) == (CAR + 1, 0)  # what still inhibits, the earliest first
    e = rig.scan(50, E=0)
    assert (e.first_out, e.first_out_ms, e.cleared) == (DUST + 1, 10, bits(CAR))
    assert rig.scan(60, F=0).first_out == 0


def test_bad_and_stale_points_trip():
    for q in (BAD, STALE):
        rig = Rig()
        assert rig.scan(0, A_Q=UNCERTAIN).active == 0
        assert rig.scan(10, A_Q=q).latched == bits(DOOR)
        rig.scan(20, reset=1)
        assert rig.scan(30, reset=0, A_Q=GOOD).latched == bits(DOOR)
        assert rig.scan(40, reset=1).latched == 0


def test_a_bad_point_waits_for_the_delay_too():
    rig = Rig()
    assert rig.scan(0, D_Q=BAD).active == 0
    assert rig.scan(99).active == 0
    assert rig.scan(100).active == bits(FIRE)


def test_hold_keeps_the_last_judgement():
    rig = Rig()
    rig.scan(0)
    rig.scan(10, C=900, C_Q=BAD)
    assert rig.scan(900).active == 0
    rig.scan(910, C_Q=GOOD)
    assert rig.scan(960).active == bits(HEAT)
    rig.scan(970, C=0, C_Q=STALE)
    assert rig.scan(5000).active == bits(HEAT)
    rig.scan(5010, C_Q=GOOD)
    assert rig.scan(5210).active == 0


def test_ignore_takes_a_bad_point_as_absent():
    rig = Rig()
    assert rig.scan(0, F=1).active == bits(DUST)
    assert rig.scan(10, F_Q=BAD).active == 0
    assert rig.scan(20, F_Q=GOOD).active == bits(DUST)


def test_bits_beyond_a_small_int_are_refused():
    class Wide(Table):
        CAUSES = (("X", 30, ON_BAD_TRIP, 1, RESET_AUTO, 1, ()),)

    assert "X: bit 30" in refusal(TripEngine, Wide)


def test_the_engine_leaves_the_heap_alone():
    rig = Rig()
    io, engine, par = rig.io, rig.engine, rig.par

    def work(i):
        io.A = (i >> 4) & 1
        io.B = (i >> 5) & 1
        io.C = (i * 97) & 1023
        io.D_Q = (i >> 6) & 3
        io.E = (i >> 3) & 1
        engine.scan(io, par, rig, (i * 10) & PERIOD_MASK, (i >> 2) & 1, (i >> 7) & 1)

    assert growth(work) == 0
