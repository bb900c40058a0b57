"""What holds of the waste boards whatever happens to them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import layout
from tests.firmware.programs.portable_inlet_bench import SCAN, Bench
from tests.firmware.programs.portable_station_bench import Bench as StationBench

_INPUTS = ("ES", "-ES", "-DV1_ZDOOR", "DV1_ZDOOR", "DV2_JOG", "-DV2_JOG", "PS93=300", "PS93=600", "FIRE", "-FIRE")
_LINKS = (layout.LINK_OK, layout.LINK_LOST, layout.LINK_SAFE)

orders = st.tuples(st.just("order"), st.integers(1, 3), st.sampled_from([0, 1000, 4000, 12000]), st.integers(-3, 2))
happenings = st.one_of(
    orders,
    orders,
    st.tuples(st.just("input"), st.sampled_from(_INPUTS)),
    st.tuples(st.just("stuck"), st.integers(0, 2), st.integers(0, 1)),
    st.tuples(st.just("reset"), st.booleans()),
    st.tuples(st.just("link"), st.sampled_from(_LINKS)),
    st.tuples(st.just("mode"), st.integers(0, 4)),
    st.tuples(st.just("run"), st.integers(1, 150)),
)


@settings(max_examples=60)
@given(st.lists(happenings, max_size=40))
def test_an_inlet_opens_one_valve_for_a_fresh_token_and_never_for_long(story: list[tuple[object, ...]]) -> None:
    bench = Bench()
    newest = 0
    for what, *args in story:
        if what == "order":
            index, open_ms, ahead = args
            token = max(1, newest + int(str(ahead)))
            result = bench.command("DV_DISCHARGE", index, open_ms, token >> 16, token & 0xFFFF)
            assert result != layout.RES_ACCEPTED or token > newest
            newest = max(newest, token)
        elif what == "input":
            bench.set(args[0])
        elif what == "stuck":
            bench.stuck[int(str(args[0]))] = int(str(args[1]))
        elif what == "reset":
            bench.reset(confirm=bool(args[0]))
        elif what == "link":
            bench.io.link = args[0]
        elif what == "mode":
            bench.io.mode = args[0]
        else:
            bench.run(int(str(args[0])) * SCAN)
        bench.scan()  # asserts that one valve at most is energised
        energised = bench.io.DV1_YO or bench.io.DV2_YO or bench.io.DV3_YO
        assert not (energised and bench.io.ES)
        assert not (bench.io.DV1_YO and not bench.io.DV1_ZDOOR)
        assert bench.longest_on <= bench.par.max_open_ms


doings = st.one_of(
    st.tuples(st.sampled_from(["FANS_START", "AV_CLOSE", "FANS_STOP", "COMPACT", "STOP", "START", "FLIGHT_CLEAR"])),
    st.tuples(st.sampled_from(["AV_OPEN", "WASTE"]), st.integers(1, 6)),
    st.tuples(st.sampled_from(["DIVERT", "PURGE"]), st.integers(0, 2)),
    st.tuples(st.just("input"), st.sampled_from(["ES", "-ES", "CNT1_LT=960", "CNT1_LT=0", "ZMAN", "-ZMAN"])),
    st.tuples(st.just("link"), st.sampled_from(_LINKS)),
    st.tuples(st.just("run"), st.integers(1, 800)),
    st.tuples(
        st.just("reset"),
    ),
)


@settings(max_examples=25)
@given(st.lists(doings, max_size=25))
def test_the_station_moves_no_diverter_on_waste_and_starts_nothing_unasked(story: list[tuple[object, ...]]) -> None:
    bench = StationBench()
    asked = False
    for what, *args in story:
        running = bench.io.FAN1_YRUN or bench.io.FAN2_YRUN or bench.io.FAN3_YRUN
        if what == "input":
            bench.set(args[0])
        elif what == "link":
            bench.io.link = args[0]
        elif what == "reset":
            bench.reset(confirm=True)
        elif what != "run":
            result = bench.command(what, *args)
            asked = asked or (what == "FANS_START" and result == layout.RES_ACCEPTED)
        for _ in range(int(str(args[0])) if what == "run" else 1):
            bench.scan()  # asserts that one air-inlet valve at most is off its seat
            io = bench.io
            if io.DIV1_YPOS1 or io.DIV1_YPOS2 or io.DIV1_YPOS3:
                assert not io.FLIGHT
            now = io.FAN1_YRUN or io.FAN2_YRUN or io.FAN3_YRUN
            assert not now or running or asked
            assert not (io.ES and (now or bench.station.branches.av[0].y))
            if running and not now:
                asked = False
            running = now
