"""What holds on the hot-water and heating side for any course of temperatures, orders and scans."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware.programs import heat_hygiene as hy
from firmware.programs.heat_controller import NO_HAND, Controller
from protocols.quality import BAD, GOOD
from protocols.ticks import PERIOD_MASK
from tests.firmware.programs.portable_heat_dhw_bench import Side

Course = list[tuple[int, str, int]]

SCANS = st.sampled_from((100, 500, 1000))
TEMPERATURES = st.integers(500, 8500)
STORE = st.sampled_from(("TT41", "TT42", "TT43", "TT44", "TT45", "TT46"))
QUALITIES = st.sampled_from(("TT41_Q", "TT42_Q", "TT43_Q", "TT44_Q", "TT45_Q", "TT46_Q"))
ORDERS = st.one_of(
    st.tuples(st.just("p2h_kw"), st.integers(0, 4000)),
    st.tuples(st.just("cap"), st.integers(0, 6)),
    st.tuples(st.sampled_from(("heater_stop", "no_source", "heating", "charge_stop", "cold")), st.integers(0, 1)),
)
INPUTS = st.one_of(st.tuples(STORE, TEMPERATURES), st.tuples(QUALITIES, st.sampled_from((GOOD, BAD))))
STEPS = st.lists(st.tuples(st.integers(0, 40), st.one_of(ORDERS, INPUTS)), max_size=40)


def apply(side: Any, name: str, value: int) -> None:
    """Set an order of the bench or an input of the image."""
    setattr(side if hasattr(side, name) else side.io, name, value)


CAP_BY_ONE: list[tuple[int, tuple[str, int]]] = [
    (19, ("p2h_kw", 0)),
    (40, ("p2h_kw", 500)),
    (0, ("cap", 0)),
    (19, ("cap", 1)),
    (40, ("p2h_kw", 1000)),
]
"""While one step rests, another is on at a limit of one, and two are wanted: who is on stays on."""


@settings(max_examples=60, deadline=None)
@given(SCANS, STEPS)
@example(1000, CAP_BY_ONE)
def test_steps_of_eh1_keep_their_times_but_for_a_protection(
    scan: int, steps: list[tuple[int, tuple[str, int]]]
) -> None:
    side = Side(scan)
    par, backup = side.par, side.backup
    changed = [-10_000_000] * 6
    for wait, (name, value) in steps:
        apply(side, name, value)
        for _ in range(1 + wait):
            before = backup.mask
            side.scan()
            mask = backup.mask
            assert backup.steps == mask.bit_count() <= side.cap and backup.kw == backup.steps * par.eh_kw
            if side.heater_stop or side.temps.store_blind:
                assert mask == 0
            hottest = [side.temps.value[k] for k in range(12, 16)]
            if max(hottest[:2]) >= par.store_max:
                assert not mask & 7
            if max(hottest[2:]) >= par.store_max:
                assert not mask & 0x38
            assert (mask & ~before).bit_count() <= 1  # never two at once
            held = side.heater_stop or side.temps.store_blind or max(hottest) >= par.store_max - 100
            for n in range(6):
                was, on = before >> n & 1, mask >> n & 1
                if was == on:
                    continue
                if on:
                    assert side.ms - changed[n] >= par.eh_off_s * 1000 or changed[n] < 0
                elif not held and before.bit_count() <= side.cap:
                    assert side.ms - changed[n] >= par.eh_on_s * 1000
                changed[n] = side.ms
            side.ms += scan
            side.now = side.now + scan & PERIOD_MASK


HYGIENE = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.one_of(
            st.tuples(st.just("KEY_DIS"), st.integers(0, 1)),
            st.tuples(st.sampled_from(("pasteurise", "disinfect", "disinfect", "abort", "flush", "heat")), st.just(0)),
            st.tuples(STORE, TEMPERATURES),
        ),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(HYGIENE)
def test_the_network_is_hot_only_with_the_key_and_every_cycle_ends(steps: list[tuple[int, tuple[str, int]]]) -> None:
    scald, tap_at = 6500, 7000
    side = Side(30000, past_max_min=60, dis_max_min=60, dis_cool_min=10, tt_drift=20000)
    hygiene, io = side.hygiene, side.io
    ran = 0
    for wait, (name, value) in [*steps, (20, ("heat", 0)), (150, ("KEY_DIS", 0))]:
        before = hygiene.cycle
        if name == "pasteurise":
            hygiene.pasteurise(hy.OPERATOR)
        elif name == "disinfect":
            assert not hygiene.disinfect(io, side.now) or io.KEY_DIS
        elif name == "abort":
            hygiene.abort(hy.ABORTED)
        elif name == "flush":
            back = io.TT46
            assert not hygiene.tap_flushed(9) or (hygiene.phase == hy.FLUSHING and back >= tap_at)
        elif name == "heat":
            side.put(TT41=7400, TT42=7390, TT43=7380, TT44=7300)
        else:
            setattr(io, name, value)
        for _ in range(1 + wait):
            side.run(30000)
            ran = ran + 30 if hygiene.cycle and before == hygiene.cycle else 0
            assert ran <= 71 * 60
            if hygiene.tap_hot:
                assert io.KEY_DIS and hygiene.cycle == hy.DISINFECT and hygiene.lamp
            if hygiene.suspended:
                assert hygiene.cycle == hy.DISINFECT and hygiene.lamp
            else:
                hottest = max(io.TT45, io.TT46)
                assert side.tap.scald or hottest <= scald
            if hygiene.ended:
                assert before and hygiene.result and not hygiene.cycle
            if not hygiene.cycle:
                assert not (hygiene.heat_to or hygiene.tap_sp or hygiene.lamp or hygiene.left_min)
            before = hygiene.cycle
    assert not hygiene.suspended


@settings(max_examples=100, deadline=None)
@given(
    SCANS,
    st.integers(1, 500),
    st.integers(10, 6000),
    st.integers(10, 1000),
    st.lists(st.tuples(st.integers(-9000, 16000), st.integers(-1, 1000), st.sampled_from((GOOD, BAD))), max_size=60),
)
def test_a_loop_stays_in_its_limits_and_moves_no_faster_than_its_slew(
    scan: int, kp: int, ti: int, slew: int, course: list[tuple[int, int, int]]
) -> None:
    loop = Controller(400)
    now = 0x3FFFFF00
    for pv, hand, quality in course:
        loop.tune(kp, ti, slew)
        before, mode = loop.out, loop.mode
        loop.step(6000, pv, quality, 200, 900, hand, now, 500)
        now = now + scan & PERIOD_MASK
        assert abs(loop.out - before) <= slew * scan // 1000 + 1
        assert 200 <= loop.out <= 900
        if hand == NO_HAND and quality == BAD:
            assert loop.out == before or mode != loop.mode or loop.hold.q
