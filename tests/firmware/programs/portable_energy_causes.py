"""The rows E1 to E12 of the energy program (domain brief §2c, §2e): debounce, effect, latch, reset, exact ms."""

from firmware.programs.energy_voltage import Mean
from protocols import layout
from protocols.quality import BAD, GOOD, STALE
from tests.firmware.programs.portable_energy_bench import SCAN, Bench

DONE, ACCEPTED, FAILED = layout.RES_DONE, layout.RES_ACCEPTED, layout.RES_FAILED
INTERLOCK, BUSY = layout.RES_INTERLOCK, layout.RES_BUSY


def test_e1_button_or_fire_drops_the_hold_and_stops_everything_for_five_minutes():
    assert Bench(observed=False).par.rsd_wait_s == 300
    for point in ("RSD_PB", "FIRE"):
        bench = Bench(rsd_wait_s=20)
        bench.load = 9000
        bench.command("SET_PCS", 800, 3600)
        bench.run(3000)
        bench.check("RSD_YHOLD PCS_SET=800")
        bench.set(point)
        bench.scan()
        bench.check("SHUTDOWN -RSD_YHOLD INV_RUN=0 INV1_SET=0 PCS_RUN=0 PCS_SET=0 EV_SHARE=0 ASK=255")
        bench.set("-" + point)
        bench.run(19900)
        bench.reset(confirm=True)
        bench.check("SHUTDOWN -RSD_YHOLD")  # too early
        bench.run(200)
        bench.reset()
        bench.check("SHUTDOWN -RSD_YHOLD")  # nobody on the spot
        bench.reset(confirm=True)
        bench.check("RUN RSD_YHOLD")
        assert bench.io.PCS_SET <= 20 and bench.io.INV1_SET <= 200  # from nothing, by ramps
        assert bench.events.count("RSD") == 2


def test_e1_holds_before_a_device_was_ever_heard():
    bench = Bench(observed=False)
    bench.quality("INV PCS_ BAT_ EV_ GM_")
    bench.set("RSD_PB")
    bench.run(260)
    bench.check("SHUTDOWN ASK=255 INV_RUN=0 PCS_RUN=0 EV_SHARE=0 -RSD_YHOLD")


def test_e2_gas_or_smoke_stops_the_battery_and_seals_the_room():
    for point in ("BAT_GAS", "BAT_SMOKE"):
        bench = Bench()
        bench.load = 9000
        bench.command("SET_PCS", 800, 3600)
        bench.run(3000)
        bench.set(point)
        bench.scan()
        bench.check("RUN PCS_RUN=0 PCS_SET=0 HVAC_YOFF EXH_YRUN RSD_YHOLD INV_RUN=63")
        bench.set("BAT_AGENT")
        bench.scan()
        bench.check("-EXH_YRUN HVAC_YOFF")  # the agent stays in the room
        bench.set("-" + point)
        bench.reset()
        bench.check("PCS_RUN=0")
        bench.reset(confirm=True)
        bench.check("PCS_RUN=1 -HVAC_YOFF -EXH_YRUN")


def test_e3_the_battery_is_at_zero_at_once_and_comes_back_by_the_ramp():
    for word, healthy in (
        ("BAT_EVT=2", "BAT_EVT=0"),
        ("BAT_ST=7", "BAT_ST=3"),
        ("BAT_VMAX=3651", "BAT_VMAX=3650"),
        ("BAT_VMIN=2499", "BAT_VMIN=2500"),
        ("BAT_TMAX=551", "BAT_TMAX=529"),
    ):
        bench = Bench()
        bench.load = 9000
        bench.command("SET_PCS", 800, 3600)
        bench.run(3000)
        bench.set(word)
        bench.scan()
        bench.check("PCS_SET=0 PCS_RUN=1 BESS_STATE=6")
        bench.set(healthy)
        bench.run(1100)
        assert 0 < bench.io.PCS_SET <= 560, word


def test_e3_cold_inhibits_charging_only():
    bench = Bench()
    bench.sun = [0] * 6
    bench.load = 3000
    bench.command("SET_PCS", 0x10000 - 1000, 3600)
    bench.run(4000)
    bench.check("PCS_SET=-1000")
    bench.set("BAT_TMIN=-1")
    bench.scan()
    bench.check("CHARGE_MAX=0")
    bench.scan()
    bench.run(2500)
    bench.check("PCS_SET=0 PCS_WHY=5")
    bench.set("BAT_TMIN=15")
    bench.run(2000)
    bench.check("PCS_SET=0")  # 2 K above before it charges again
    bench.command("SET_PCS", 300, 3600)
    bench.run(3000)
    bench.check("PCS_SET=300")
    bench.set("BAT_TMIN=20")
    bench.run(100)
    bench.check("CHARGE_MAX=5000")


def test_e3_a_silent_battery_or_a_dead_heartbeat_is_zero():
    for names in ("BAT_SOC", "BAT_HB", "PCS_P", "BAT_VMAX", "BAT_VMIN", "BAT_TMAX"):
        bench = Bench()
        bench.load = 9000
        bench.command("SET_PCS", 800, 3600)
        bench.run(3000)
        bench.quality(names, BAD)
        bench.scan()
        bench.check("PCS_SET=0")
        assert bench.tripped("BAT_LOST"), names


def test_e4_the_meter_is_held_for_two_seconds_then_the_fallbacks_follow():
    bench = Bench()
    bench.load = 9000
    bench.command("SET_PCS", 1000, 3600)
    bench.command("EV_SHARE", 160, 3600)
    bench.par.ev_up_s = 1
    bench.run(12000)
    bench.check("PCS_SET=1000 EV_SHARE=160")
    bench.quality("GM_", STALE)
    bench.book(
        (
            (0, "", "RUN PCS_SET=1000 EV_SHARE=160"),
            (1980, "", "RUN PCS_SET=1000 EV_SHARE=160"),
            (2000, "", "METER_LOST EV_SHARE=60 EV_WHY=3"),
        )
    )
    bench.run(1000 + SCAN)
    assert bench.io.INV1_SET <= 500  # its share of 300 kW by nameplate
    bench.run(2000)
    bench.check("PCS_SET=0 PCS_WHY=8 PV_WHY=3")
    bench.quality("GM_", GOOD)
    bench.book(((0, "", "METER_LOST"), (9980, "", "METER_LOST"), (10000, "", "RUN")))
    bench.run(1000)
    assert 0 < bench.io.PCS_SET <= 520


def test_e5_the_battery_shaves_and_charging_gives_way():
    bench = Bench()
    bench.sun = [0] * 6
    bench.load = 9000
    bench.cars = 40
    bench.par.ev_up_s = 1
    bench.command("EV_SHARE", 320, 3600)
    bench.run(30000)
    over = 0
    worst = 0
    bench.load = 12000
    for _ in range(1000):
        bench.scan()
        if bench.grid > 12800 * 105 // 100:
            over += SCAN
        worst = max(worst, bench.grid)
    assert over <= 5000, (over, worst)
    assert bench.grid <= 12800


def test_e5_over_the_transformer_sheds_tier_3_and_latches():
    bench = Bench()
    bench.set("GM_P=16100 GM_Q=0")
    bench.scan()
    bench.ms = SCAN
    bench.run(1980)
    bench.check("-SHED3_Y")
    bench.scan()
    bench.check("SHED3_Y -SHED2_Y EV_SHARE=0 EV_WHY=5")
    bench.set("GM_P=11000")
    bench.run(59000)
    bench.reset()
    bench.check("SHED3_Y")  # healthy only after a minute below 75 %
    bench.run(2000)
    bench.reset()
    assert not bench.tripped("TR_OVER")
    bench.run(61000)
    bench.check("-SHED3_Y")


def test_e5_reactive_power_loads_the_transformer_too():
    bench = Bench()
    bench.set("GM_P=9600 GM_Q=12800")
    bench.scan()
    bench.check("TR_LOAD=1000")


def test_e6_too_much_export_stops_the_inverter_that_follows_worst():
    bench = Bench()
    bench.sun = [1000] * 6
    bench.load = 6000
    bench.run(12000)
    bench.deaf = (4,)
    bench.load = 100
    bench.set("INV4_W=1000 GM_P=-3500")
    bench.run(2980)
    assert not bench.tripped("EXPORT")
    bench.run(40)
    assert bench.tripped("EXPORT")
    bench.run(6980)
    assert not bench.tripped("EXPORT_HIGH")
    bench.run(60)
    assert bench.tripped("EXPORT_HIGH")
    assert bench.events.last("INV_TRIPPED")[0] == 4
    bench.run(1000)
    bench.check("INV_STOPPED=8 INV4_SET=0")
    assert not bench.io.INV_RUN >> 3 & 1
    bench.set("GM_P=-1000 INV4_W=0")
    bench.run(1000)
    bench.reset()
    bench.run(1000)
    bench.check("INV_STOPPED=0")


def test_e7_an_inverter_with_a_fault_stops_alone_until_confirmed():
    bench = Bench()
    bench.set("INV2_EVT=1")
    bench.scan()
    bench.scan()
    bench.check("INV_RUN=61 INV2_SET=0 PCS_RUN=1")
    bench.set("INV2_EVT=0")
    bench.reset()
    bench.scan()
    bench.check("INV_RUN=61")
    bench.reset(confirm=True)
    bench.scan()
    bench.check("INV_RUN=63")


def test_e7_an_arc_has_no_bit_but_the_state_of_fault():
    bench = Bench()
    bench.set("INV2_ST=7 INV2_EVT=4104")  # string fuse, DC side open
    bench.run(40)
    assert bench.tripped("INV2")
    bench.check("INV_RUN=61 INV2_SET=0 PCS_RUN=1")
    bench.set("INV2_ST=4 INV2_EVT=0")
    bench.reset(confirm=True)
    bench.scan()
    bench.check("INV_RUN=63")
    bench.set("INV2_ST=7 INV2_EVT=16")  # off with the grid: its own protection, it comes back by itself
    bench.run(40)
    bench.check("INV_RUN=63")


def test_e8_the_reserve_is_kept_and_given_back_five_percent_higher():
    bench = Bench()
    bench.load = 9000
    bench.command("SET_PCS", 800, 3600)
    bench.run(3000)
    bench.set("BAT_SOC=199")
    bench.scan()
    bench.check("DISCH_MAX=0")
    bench.run(2000)
    bench.check("PCS_SET=0 PCS_WHY=4")
    bench.set("BAT_SOC=249")
    bench.run(2000)
    bench.check("PCS_SET=0")
    bench.set("BAT_SOC=250")
    bench.run(3500)
    bench.check("PCS_SET=800")


def test_e9_a_deaf_inverter_is_named_and_the_others_give_way():
    bench = Bench()
    bench.sun = [1000] * 6
    bench.load = 1000
    bench.run(12000)
    bench.set("INV5_CTL=0")
    bench.scan()
    bench.check("INV_DEAF=16")
    assert bench.events.last("INV_DEAF")[0] == 5
    bench.run(2000)
    assert bench.limit() - bench.io.INV5_SET <= 3000
    bench.set("INV5_CTL=1")
    bench.scan()
    bench.check("INV_DEAF=0")
    assert not bench.tripped("INV_DEAF")


def test_e10_a_breaker_that_stays_closed_is_never_closed_again():
    bench = Bench(grid_back_s=20)
    bench.run(21000)
    bench.stuck = 1
    assert bench.command("QG_OPEN") == DONE
    bench.book(
        (
            (0, "", "ISLAND QG_YTRIP QG_STATE=1"),
            (80, "", "QG_STATE=1"),
            (100, "", "QG_STATE=3 QG_YTRIP -QG_YCLOSE"),
        )
    )
    assert bench.tripped("QG")
    assert bench.command("QG_CLOSE") == INTERLOCK
    bench.stuck = 0
    bench.run(1000)
    bench.check("QG_STATE=2 -QG_YCLOSE PCS_YFORM")
    assert bench.command("QG_CLOSE") == INTERLOCK  # latched
    bench.reset(confirm=True)
    assert bench.command("QG_CLOSE") == ACCEPTED
    bench.run(200)
    assert bench.done == [(DONE, 0)]
    bench.check("QG_STATE=0 -QG_YTRIP -QG_YCLOSE -PCS_YFORM")


def test_a_lost_grid_opens_the_breaker_and_sheds_within_two_seconds():
    bench = Bench()
    bench.run(2000)
    bench.set("-GRID_OK")
    bench.book(
        (
            (0, "", "RUN -QG_YTRIP"),
            (80, "", "RUN -QG_YTRIP"),
            (100, "", "ISLAND QG_YTRIP SHED3_Y EV_SHARE=0"),
            (200, "", "QG_STATE=2 PCS_YFORM"),
        )
    )
    assert bench.events.count("GRID_LOST") == 1
    assert bench.events.last("QG")[0] == 2
    bench.set("BAT_SOC=299")
    bench.scan()
    bench.check("SHED2_Y RESERVE=300")


def test_the_battery_joins_the_grid_with_what_the_island_takes():
    bench = Bench(grid_back_s=20)
    bench.command("SET_PCS", -2000 & 0xFFFF, 300)
    bench.run(6000)
    bench.check("PCS_SET=-2000")
    bench.set("-GRID_OK")
    bench.run(500)
    bench.set("PCS_P=1470")
    bench.run(200)
    bench.check("ISLAND PCS_YFORM PCS_SET=1470 PCS_TARGET=1470")
    bench.set("GRID_OK PCS_P=1530")  # within the band: the line has others to serve
    bench.run(21000)
    bench.check("PCS_SET=1470")
    assert bench.command("QG_CLOSE") == ACCEPTED
    while bench.io.QG_STATE:
        bench.scan()
    before = bench.io.PCS_SET
    bench.run(1000)
    assert before == 1470 and 1470 - 550 <= bench.io.PCS_SET < 1470, bench.io.PCS_SET  # 50 kW/s to what is wished


def test_a_returned_grid_is_waited_for_and_each_flicker_begins_anew():
    bench = Bench(grid_back_s=20)
    bench.set("-GRID_OK")
    bench.run(1000)
    bench.set("GRID_OK")
    bench.run(15000)
    assert bench.command("QG_CLOSE") == INTERLOCK
    assert bench.program.detail == bench.table.PERMISSIVE_GRID
    bench.set("-GRID_OK")
    bench.run(100)
    bench.set("GRID_OK")
    bench.run(19980)
    assert bench.command("QG_CLOSE") == INTERLOCK
    bench.run(60)
    assert bench.command("QG_CLOSE") == ACCEPTED
    assert bench.command("QG_CLOSE") == BUSY
    bench.scan()
    bench.check("QG_STATE=4 QG_YCLOSE -QG_YTRIP")


def test_a_grid_that_goes_while_the_breaker_closes_takes_the_release_back():
    bench = Bench(grid_back_s=20)
    bench.command("QG_OPEN")
    bench.run(21000)
    bench.stuck = 1
    assert bench.command("QG_CLOSE") == ACCEPTED
    bench.run(100)
    bench.set("-GRID_OK")
    bench.run(2 * SCAN)
    bench.check("-QG_YCLOSE QG_YTRIP QG_STATE=2")
    assert bench.done[0][0] == FAILED


def test_a_breaker_opened_by_hand_stays_open():
    bench = Bench(grid_back_s=20)
    bench.set("-QG_ZCL")
    bench.scan()
    bench.check("ISLAND QG_YTRIP QG_STATE=2")
    bench.set("QG_ZCL=free")
    bench.run(30000)
    bench.check("QG_YTRIP -QG_YCLOSE")


def test_e11_gateway_never_heard_is_a_gateway_lost():
    bench = Bench()
    bench.io.link = layout.LINK_NEVER
    bench.scan()
    bench.check("LOCAL EV_SHARE=60")


def test_e12_events_and_voltage_are_told_and_nothing_else_happens():
    bench = Bench()
    bench.set("INV6_EVT=1024")
    bench.run(40)
    assert bench.tripped("UNIT_EVENT")
    bench.check("INV_RUN=63")
    mean = Mean()
    now = 0
    for second in range(601):
        new = mean(2531 if second < 600 else 2300, now)
        now += 1000
        assert new == (1 if second == 599 else 0), second
    assert mean.mean == 2531


def test_a_closing_that_is_overtaken_ends_as_failed_and_can_be_asked_again():
    bench = Bench(grid_back_s=20)
    bench.command("QG_OPEN")
    bench.run(21000)
    bench.stuck = 1
    assert bench.command("QG_CLOSE") == ACCEPTED
    bench.run(60)
    bench.command("QG_OPEN")
    bench.run(40)
    assert bench.done == [(FAILED, 2)]
    bench.check("QG_YTRIP -QG_YCLOSE")
    assert bench.command("QG_CLOSE") == ACCEPTED
    bench.io.mode = layout.MODE_OFF
    bench.run(40)
    assert bench.done[1][0] == FAILED
    bench.check("OFF QG_YTRIP -QG_YCLOSE")
