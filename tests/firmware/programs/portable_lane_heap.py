"""A lane's scan leaves nothing on the heap, whatever it does."""

import gc

from protocols import layout
from protocols.port import MICROPYTHON
from protocols.ticks import ticks_add
from tests.firmware.programs.portable_lane_bench import TABLE, Bench

SCANS = 2000


class Silent:
    """An event ring that is not a Python list."""

    def emit(self, code, arg0=0, arg1=0):
        pass


def growth(bench):
    """Bytes that `SCANS` scans leave behind, with opening commands among them."""
    lane = bench.lane
    io = bench.io
    lane.events = lane.admission.events = Silent()
    now = bench.now
    code = TABLE.CMD_OPEN_ONCE
    for i in range(300):
        now = ticks_add(now, 10)
        lane.scan(io, now)
        lane.command(code, 1, i, 0, 0, io, now)
    gc.collect()
    if not MICROPYTHON:
        return 0
    gc.disable()
    before = gc.mem_alloc()
    for i in range(SCANS):
        now = ticks_add(now, 10)
        io.LB_P = i >> 5 & 1
        io.PE1 = i >> 6 & 1
        io.LC_P = i >> 7 & 1
        io.FIRE = 1 if i > 1500 else 0
        lane.scan(io, now)
        lane.command(code, 1, i, 0, 0, io, now)
    after = gc.mem_alloc()
    gc.enable()
    return after - before


def test_a_scan_allocates_nothing_in_any_state():
    for prepare in ("closed", "open", "closing", "maint", "off", "local"):
        bench = Bench(role=1)
        bench.set("LA_P")
        if prepare == "open":
            bench.lift()
        elif prepare == "closing":
            bench.set("-LA_P")
            bench.closing()
        elif prepare == "maint":
            bench.io.mode = layout.MODE_MAINT
            bench.set("JOG_O")
        elif prepare == "off":
            bench.io.mode = layout.MODE_OFF
        elif prepare == "local":
            bench.io.link = layout.LINK_SAFE
        assert growth(bench) == 0, prepare
