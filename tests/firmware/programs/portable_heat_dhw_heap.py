"""A scan of the hot-water and heating side leaves nothing on the heap, whatever sensors, orders and cycles do."""

from protocols.quality import BAD, GOOD
from protocols.ticks import PERIOD_MASK
from tests.firmware.programs.portable_heat_dhw_bench import Side
from tests.portable_helpers import growth

CALLS = 1500


def test_the_side_takes_none():
    side = Side(1000)
    io = side.io
    side.put(KEY_DIS=1, P401_RUN=1, P301_RUN=1, P202_RUN=1, HP1_ST=3, HP1_TO=6200)
    side.run_heating = 1
    side.heating = 1

    def work(i):
        io.TT41 = 5000 + (i * 37 & 2047)
        io.TT42 = 4800 + (i * 11 & 1023)
        io.TT43 = 3000 + (i * 53 & 4095)
        io.TT45 = 5900 + (i & 1023)
        io.TT46 = 5500 + (i & 1023)
        io.TT101 = 3400 + (i & 255)
        io.TT43_Q = BAD if i & 256 else GOOD
        io.TT101_Q = BAD if i & 128 else GOOD
        io.TT50_Q = BAD if i & 64 else GOOD
        io.TT305_Q = BAD if i & 32 else GOOD
        io.FT401 = i & 511
        io.FQ_L = i * 10
        io.reset = 1 if i & 1023 == 700 else 0
        side.cold = i >> 5 & 1
        side.p2h_kw = i & 4095
        side.cap = i >> 7 & 7
        side.no_source = i >> 8 & 1
        hygiene = side.hygiene
        if i & 511 == 100:
            hygiene.disinfect(io, side.now)
        elif i & 511 == 300:
            hygiene.abort(3)
            hygiene.pasteurise(5)
        hygiene.tap_flushed(i & 255)
        side.scan()
        side.now = side.now + 1000 & PERIOD_MASK

    assert growth(work, CALLS) <= 0
