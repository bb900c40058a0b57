"""What comes before what on the heat board: scald and hot-network notices, the hand, bypass, what isn't known."""

from protocols import layout
from protocols.quality import BAD
from tests.firmware.programs.portable_heat_bench import Bench

DONE, INTERLOCK = layout.RES_DONE, layout.RES_INTERLOCK
MINUTE = 60000
HOT_STORE = "TT41=7350 TT42=7350 TT43=7320 TT44=7300"


def _flushing():
    """A hot network with its taps being flushed."""
    bench = Bench(scan_ms=500, tt_pair_s=60)
    bench.set("KEY_DIS")
    assert bench.command("DISINFECT") == DONE
    bench.set(HOT_STORE)
    bench.run(MINUTE)
    bench.set("TT45=7200 TT46=7050")
    bench.run(2000)
    bench.check("NETWORK_DISINFECT HYG_LAMP V401_SP=1000")
    return bench


def test_the_notice_stays_lit_while_hot_water_is_in_the_pipes():
    bench = _flushing()
    bench.io.mode = layout.MODE_OFF
    bench.run(5000)
    bench.check("OFF HYG_LAMP V401_SP=0")
    bench.set("TT45=5900 TT46=5900")
    bench.run(2 * MINUTE)
    bench.check("OFF -HYG_LAMP")


def test_after_a_power_cut_the_notice_is_lit_for_the_water_that_a_hot_network_left():
    bench = Bench(rested=False, scan_ms=500)
    bench.set(HOT_STORE + " TT45=7050 TT46=7050")
    bench.run(2000)
    bench.check("HYG_LAMP V401_SP=0")
    bench.set("TT45=5900 TT46=6100")
    bench.run(2000)
    bench.check("HYG_LAMP")
    bench.set("TT46=5950")
    bench.run(2000)
    bench.check("-HYG_LAMP")


def test_nobody_opens_v401_by_hand_in_a_hygiene_cycle():
    bench = Bench(scan_ms=500)
    assert bench.command("LOOP_MAN", 5, 1000, 600) == DONE
    bench.run(30000)
    bench.check("V401_SP=1000 L5_MODE=1")
    bench.set("TT45=6150")
    assert bench.command("PASTEURISE") == DONE
    bench.run(5000)
    bench.check("PASTEURISE L5_MODE=0 WISHES=0")
    assert bench.events.last("LOOP") == (5, 0)
    opened = bench.io.V401_SP
    bench.run(5000)
    assert bench.io.V401_SP < opened
    assert bench.command("LOOP_MAN", 5, 1000, 600) == INTERLOCK
    assert bench.program.detail == bench.table.PERMISSIVE_NO_CYCLE


def test_an_estimate_of_the_return_releases_no_tap():
    bench = _flushing()
    assert bench.command("FLUSHED", 1) == DONE
    bench.io.TT46_Q = BAD
    bench.set("TT46=14000")
    bench.run(2000)
    assert bench.command("FLUSHED", 2) == INTERLOCK
    bench.io.TT46_Q = 0
    bench.set("TT46=7050")
    bench.run(2000)
    assert bench.command("FLUSHED", 2) == DONE


def test_the_bypass_waits_for_machines_that_run():
    bench = Bench(scan_ms=500, it_water=7500)
    bench.running(1)
    bench.set("TT101=6200")
    bench.run(2000)
    bench.check("HP1_Y -BYP_Y")
    bench.until(lambda: not bench.io.HP1_Y, 10 * MINUTE)
    bench.run(500)
    bench.check("-HP1_Y BYP_Y")


def test_air_of_the_hall_that_is_not_known_counts_as_too_warm():
    bench = Bench(scan_ms=500)
    bench.set("TT102=2200")
    bench.running(1)
    bench.until(lambda: bench.io.V101_SP > 500, 5 * MINUTE)
    bench.io.IT_T_Q = BAD
    bench.set("IT_T=-4000")
    bench.run(1000)
    bench.check("V101_SP=0 DRYC_FAN=1000")
