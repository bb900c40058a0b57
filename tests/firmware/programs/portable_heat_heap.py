"""A scan of the heat program leaves nothing on the heap, whatever its sensors, causes and wishes do."""

from protocols.quality import GOOD, STALE
from tests.firmware.programs.portable_heat_bench import Bench
from tests.firmware.programs.portable_waste_heap import growth


def test_the_heat_program_takes_none():
    for prepare in ("run", "silent", "called"):
        bench = Bench()
        bench.running(1)
        io = bench.io
        table = bench.table
        program = bench.program
        program.wishes._events = type("Silent", (), {"emit": lambda self, *args: None})()

        def work(i, now, io=io, program=program, table=table, prepare=prepare):
            io.TT102 = 2300 + (i & 127)
            io.TT204 = 4400 + (i & 255)
            io.TT305 = 4400 + (i & 127)
            io.TT45 = 5900 + (i & 127)
            io.TT42 = 5300 + (i & 255)
            io.TT50 = 200 + (i & 255)
            io.HP1_KW = i & 2047
            io.HM4_PLS = i >> 5 & 1
            io.PT301 = 100 if i & 256 else 180
            if prepare == "silent":
                io.TT101_Q = STALE if i & 256 else GOOD
                io.TT43_Q = STALE if i & 128 else GOOD
                io.HP1_ST_Q = STALE if i & 512 else GOOD
            if prepare == "called":
                io.IT_T = 2800 if i & 256 else 2500
                io.FIRE = 1 if i > 900 else 0
            program.command(table.CMD_SET_SP, 1, 4000 + (i & 255), 1, 0, io, now)
            program.command(table.CMD_P2H, i & 1023, 1, 0, 0, io, now)

        assert growth(bench, work) <= 0, prepare
