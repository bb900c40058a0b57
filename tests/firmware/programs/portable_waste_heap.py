"""A scan of either waste program leaves nothing on the heap, whatever it does."""

import gc

from protocols import layout
from protocols.port import MICROPYTHON
from protocols.ticks import ticks_add
from tests.firmware.programs import portable_inlet_bench, portable_station_bench

SCANS = 1000


class Silent:
    """An event ring that is not a Python list."""

    def emit(self, code, arg0=0, arg1=0):
        pass


def growth(bench, work):
    """Bytes that `SCANS` scans leave behind; `work(i)` changes the inputs of each."""
    program = bench.program
    program.events = Silent()
    if hasattr(program, "hatches"):
        program.hatches.events = program.events
    now = bench.now

    def run(n):
        at = now
        for i in range(n):
            at = ticks_add(at, 20)
            work(i, at)
            program.scan(bench.io, at)

    run(200)
    gc.collect()
    if not MICROPYTHON:
        return 0
    gc.disable()
    before = gc.mem_alloc()
    run(SCANS)
    after = gc.mem_alloc()
    gc.enable()
    return after - before - growth_of_nothing(now)


def growth_of_nothing(now):
    """What an empty run of the same shape takes."""
    gc.disable()
    before = gc.mem_alloc()

    def run(n):
        at = now
        for _ in range(n):
            at = ticks_add(at, 20)

    run(SCANS)
    after = gc.mem_alloc()
    gc.enable()
    return after - before


def test_an_inlet_takes_none():
    for mode in (layout.MODE_AUTO, layout.MODE_LOCAL, layout.MODE_MAINT, layout.MODE_OFF):
        bench = portable_inlet_bench.Bench(valves=4)
        io = bench.io
        io.mode = mode
        code = bench.table.CMD_DV_DISCHARGE

        def work(i, now, bench=bench, io=io, code=code):
            io.DV1_ZSO = io.DV1_YO
            io.DV1_ZSC = 1 - io.DV1_YO
            io.DV2_ZDOOR = i >> 4 & 1
            io.DV3_JOG = i >> 5 & 1
            io.READ_SEQ = i >> 6
            io.ES = 1 if i > 800 else 0
            bench.program.command(code, 1, 2000, 0, i + 1, io, now)

        assert growth(bench, work) <= 0, mode


def test_the_station_takes_none():
    for prepare in ("idle", "vacuum", "convey", "purge"):
        bench = portable_station_bench.Bench()
        io = bench.io
        if prepare == "vacuum":
            bench.vacuum_up()
        elif prepare != "idle":
            bench.convey()
            if prepare == "purge":
                bench.command("PURGE", 1)

        def work(i, now, io=io):
            io.FT90 = 2150 + (i & 63)
            io.PT90 = -1700 - (i & 127)
            io.CNT1_LT = i >> 2
            io.FAN1_IT = i & 1023
            io.ES = 1 if i > 800 else 0

        assert growth(bench, work) <= 0, prepare
