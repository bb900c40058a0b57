"""What must hold for any numbers: the inverters' shares, the battery's ramp, wishes that only tighten."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.programs.energy_bess import Bess
from firmware.programs.energy_pv import FULL, UNITS, Pv
from firmware.programs.energy_wishes import EXPORT, INV_ALL, Wishes
from firmware.runtime.image import make_parameters
from protocols.sheets import load
from protocols.sheets.derive import table as make_table

TABLE = make_table(load("energy"))
SCAN = 20


class NoEvents:
    """An event ring that nobody reads."""

    def emit(self, code: int, arg0: int = 0, arg1: int = 0) -> None:
        """Forget it."""


unit = st.tuples(
    st.integers(0, 3000),  # nameplate, 0.1 kW
    st.integers(0, FULL),  # what it gives, 0.1 % of that
    st.integers(0, FULL),  # limit that stands
    st.booleans(),  # silent or deaf
    st.booleans(),  # stopped
)


@settings(max_examples=300, deadline=None)
@given(st.lists(unit, min_size=UNITS, max_size=UNITS), st.integers(-30000, 30000), st.booleans())
def test_limits_together_never_exceed_what_is_allowed(
    units: list[tuple[int, int, int, bool, bool]], allow: int, settled: bool
) -> None:
    pv = Pv()
    for k, (rating, power, limit, bad, stop) in enumerate(units):
        pv.rating[k] = rating
        pv.power[k] = rating * power // FULL
        pv.limit[k] = limit
        pv.known[k] = 1
        pv.bad[k] = bad
        pv.stop[k] = stop
    before = list(pv.limit)
    pv.split(allow, 50)
    pv.take(200, settled, 20, Wishes(NoEvents(), 0), INV_ALL)
    good = [k for k in range(UNITS) if pv.rating[k] and not pv.bad[k] and not pv.stop[k]]
    free = max(0, allow - sum(pv.rating[k] for k in range(UNITS) if pv.rating[k] and pv.bad[k] and not pv.stop[k]))
    given_out = sum(pv.limit[k] * pv.rating[k] // FULL for k in good)
    assert given_out <= free + 20 + UNITS, (list(pv.limit), free)
    for k in range(UNITS):
        assert 0 <= pv.limit[k] <= FULL
        assert pv.limit[k] <= before[k] + 200
        assert settled or pv.limit[k] <= before[k]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-6000, 6000), st.integers(0, 5000), st.integers(0, 5000), st.integers(1, 40)),
        min_size=1,
        max_size=12,
    ),
    st.integers(0, 30),
)
def test_the_ramp_keeps_its_pace_its_limits_and_its_dead_time(steps: list[tuple[int, int, int, int]], lag: int) -> None:
    """steps: target, charge and discharge allowed, scans. The device does what it was told `lag` scans ago."""
    par = make_parameters(TABLE)
    bess = Bess()
    bess.begin(0)
    told = [0] * (lag + 1)
    last, rest, now = 0, 99, 0
    for target, charge, discharge, scans in steps:
        for _ in range(scans):
            now += SCAN
            before = bess.q
            bess.charge, bess.discharge = charge, discharge
            bess.aim(target, -30000, 30000, 0, 0)
            bess.clamp()
            device = told[-1 - lag]
            bess.move(par, 1 if device == 0 else 0, now)
            told.append(bess.q)
            rest = rest + 1 if device == 0 else 0
            assert -charge <= bess.q <= discharge
            assert before * bess.q >= 0, "through zero in one step"
            assert bess.q <= max(before, 0) + 10 and bess.q >= min(before, 0) - 10
            if bess.q * last < 0 and not before:
                assert rest * SCAN > par.dead_ms, "the other side before the device has rested"
            if device:
                last = 1 if device > 0 else -1


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 30000), st.integers(0, 30000), st.integers(0, 5000), st.integers(0, 5000))
def test_a_wish_tightens_while_it_is_valid_and_never_loosens(own: int, wish: int, valid_s: int, later_s: int) -> None:
    wishes = Wishes(NoEvents(), 0)
    wishes.hold(EXPORT, wish, valid_s, 30, 0)
    wishes.scan(later_s * 1000)
    life = min(valid_s or 30, 3600)
    assert wishes.tighter(EXPORT, own) == (min(own, wish) if later_s < life else own)
