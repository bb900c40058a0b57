"""A scan of the energy program leaves nothing on the heap, whatever its devices, causes and wishes do."""

from protocols.quality import GOOD, STALE
from tests.firmware.programs.portable_energy_bench import Bench
from tests.firmware.programs.portable_waste_heap import growth


def test_the_energy_program_takes_none():
    for prepare in ("run", "island", "silent"):
        bench = Bench()
        io = bench.io
        table = bench.table
        if prepare == "island":
            bench.command("QG_OPEN")
            bench.run(1000)
        program = bench.program
        program.wishes._events = type("Silent", (), {"emit": lambda self, *args: None})()

        def work(i, now, io=io, program=program, table=table, prepare=prepare):
            io.GM_P = -2900 + (i & 511)
            io.GM_Q = i & 255
            io.INV1_W = 400 + (i & 127)
            io.PCS_P = io.PCS_SET
            io.PCS_SP = io.PCS_SET
            io.EV_N = i >> 4 & 63
            io.BAT_TMIN = 0 if i & 256 else 200
            io.INV3_EVT = i >> 7 & 1
            if prepare == "silent":
                io.GM_P_Q = STALE if i & 512 else GOOD
                io.INV2_W_Q = STALE if i & 64 else GOOD
            io.RSD_PB = 1 if i > 900 else 0
            program.command(table.CMD_SET_PCS, i & 1023, 1, 0, 0, io, now)
            program.command(table.CMD_EV_SHARE, 60 + (i & 255), 1, 0, 0, io, now)

        assert growth(bench, work) <= 0, prepare
