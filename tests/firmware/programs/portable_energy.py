"""The energy program: the caps second by second, the battery, charging, wishes, states (domain brief §2b, §2d)."""

from protocols import layout
from protocols.quality import GOOD
from tests.firmware.programs.portable_energy_bench import SCAN, UNITS, Bench

DONE, BAD_ARGUMENT = layout.RES_DONE, layout.RES_BAD_ARGUMENT


def test_it_observes_for_a_minute_and_begins_where_the_devices_are():
    bench = Bench(observed=False, observe_s=60)
    bench.limits = [430, 1000, 1000, 1000, 1000, 0]
    bench.battery = -1200
    bench._measure()
    bench.check("OFF ASK=0")
    bench.run(240)
    bench.check("OBSERVE ASK=255 INV1_SET=430 INV2_SET=1000 INV6_SET=0 EV_SHARE=60 RSD_YHOLD")
    assert -1200 <= bench.io.PCS_SET <= -1190  # and from there to zero by the ramp
    assert bench.until("RUN") <= 60240
    bench.check("PCS_WHY=0")


def test_nothing_is_commanded_before_the_contacts_are_known():
    bench = Bench(observed=False)
    bench.io.FIRE_Q = 3
    for _ in range(2480 // SCAN):
        bench.scan()
        bench.check("OFF ASK=0 -RSD_YHOLD")


def test_the_export_law_brings_a_lost_load_back_within_five_kilowatts():
    bench = Bench()
    bench.sun = [1000] * 6
    bench.load = 3500
    bench.run(15000)
    assert -3000 <= bench.grid <= -2450, bench.grid
    bench.load -= 2500
    worst = 0
    back = 0
    begin = bench.ms
    while bench.ms - begin < 12000:
        bench.scan()
        worst = min(worst, bench.grid)
        if bench.grid < -3050:
            back = bench.ms - begin
    assert worst <= -4800 and back <= 5000, (worst, back)
    assert not bench.tripped("EXPORT_HIGH")


def test_a_sun_that_leaves_room_is_used_and_none_exports_more_than_the_cap():
    """What one inverter in the shade doesn't use, the others may."""
    bench = Bench()
    bench.load = 500
    bench.sun = [1000, 1000, 1000, 1000, 100, 100]
    bench.run(40000)
    assert -3000 <= bench.grid <= -2600, bench.grid
    assert max(bench.power) - min(bench.power[:4]) <= 120, bench.power
    assert min(bench.power[4:]) == 100


def test_limits_fall_at_once_and_rise_slowly():
    bench = Bench()
    bench.sun = [1000] * 6
    bench.load = 3500
    bench.run(15000)
    bench.load = 0
    bench.run(3000)
    low = bench.limit()
    assert low < 3100
    bench.load = 9000
    seen = []
    for _ in range(20):
        bench.run(1000)
        seen.append(bench.limit())
    steps = [b - a for a, b in zip([low] + seen, seen)]
    assert max(steps) <= 1200, steps  # 20 % each 5 s
    assert seen[-1] == 6000


def test_a_silent_inverter_counts_with_its_nameplate_and_the_others_give_way():
    bench = Bench()
    bench.sun = [1000] * 6
    bench.load = 1000
    bench.run(15000)
    before = bench.limit()
    bench.quality("INV3_")
    bench.run(3000)
    bench.check("INV_SILENT=4")
    assert bench.limit() - bench.io.INV3_SET <= before - 1000 + 60
    bench.quality("INV3_", GOOD)
    bench.run(20000)
    assert bench.limit() >= before - 60


def test_the_battery_follows_a_wish_by_its_ramp_and_forgets_it():
    bench = Bench(wish_s=10)
    bench.load = 8000
    bench.run(2000)
    assert bench.command("SET_PCS", 1000, 5) == DONE
    bench.until(lambda: bench.io.PCS_SET > 0)
    bench.ms = 0
    bench.until(lambda: bench.io.PCS_SET == 1000)
    assert 1940 <= bench.ms <= 2000, bench.ms  # 100 kW at 50 kW/s
    bench.check("PCS_WHY=1 PCS_WISH=1000 WISHES=1 BESS_STATE=3")
    bench.run(6000)
    bench.check("PCS_SET=0 PCS_WHY=0 PCS_WISH=0 WISHES=0")
    assert bench.events.last("WISH_EXPIRED") == (0, 0)


def test_between_charge_and_discharge_it_rests_at_zero_until_the_device_does():
    bench = Bench()
    bench.load = 8000
    bench.command("SET_PCS", 500, 600)
    bench.run(5000)
    bench.check("PCS_SET=500")
    bench.set("PCS_SP=500")  # the device tells nothing new
    bench.command("SET_PCS", 0x10000 - 500, 600)
    bench.run(5000)
    bench.check("PCS_SET=0 BESS_STATE=4")
    bench.set("PCS_SP=0")
    bench.run(180)
    bench.check("PCS_SET=0")
    bench.run(60)
    assert bench.io.PCS_SET < 0
    bench.set("PCS_SP=free")
    bench.run(3000)
    bench.check("PCS_SET=-500 BESS_STATE=2")


def test_a_target_within_ten_kilowatts_is_no_new_one():
    bench = Bench()
    bench.load = 8000
    bench.command("SET_PCS", 500, 600)
    bench.run(5000)
    bench.command("SET_PCS", 590, 600)
    bench.run(5000)
    bench.check("PCS_SET=500")
    bench.command("SET_PCS", 610, 600)
    bench.run(5000)
    bench.check("PCS_SET=610")
    bench.command("SET_PCS", 0, 600)
    bench.run(5000)
    bench.check("PCS_SET=0")


def test_the_band_around_a_target_never_costs_a_cap():
    bench = Bench()
    bench.sun = [0] * 6
    bench.cars = 0
    bench.load = 14000
    bench.run(10000)
    for load in (14060, 14090, 14140, 14000, 14095):  # steps that are smaller than the band
        bench.load = load
        bench.run(8000)
        assert bench.grid <= 12750, (load, bench.grid)
    bench.load = 14000
    bench.run(8000)
    assert bench.grid >= 12600, bench.grid  # downwards it does count


def test_charging_tapers_near_full_and_the_management_may_allow_less():
    bench = Bench()
    bench.set("BAT_SOC=950")
    bench.run(1000)
    bench.check("CHARGE_MAX=2500 DISCH_MAX=5000")
    bench.set("BAT_SOC=1000")
    bench.run(1000)
    bench.check("CHARGE_MAX=0")
    bench.set("BAT_SOC=600 BAT_PCHA=1234 BAT_PDIS=777")
    bench.run(1000)
    bench.check("CHARGE_MAX=1234 DISCH_MAX=777")
    bench.command("SET_PCS", 0x10000 - 3000, 60)
    bench.run(6000)
    bench.check("PCS_SET=-1234 PCS_WHY=6")


def test_the_battery_never_discharges_over_the_export_cap_nor_charges_over_the_import_cap():
    bench = Bench()
    bench.load = 3000
    bench.run(5000)
    bench.command("SET_PCS", 4000, 600)
    for _ in range(20):
        bench.run(1000)
        assert bench.grid >= -3050, (bench.ms, bench.grid)
    bench.check("PCS_WHY=3")
    bench.sun = [0] * 6
    bench.load = 11000
    bench.command("SET_PCS", 0x10000 - 5000, 600)
    for _ in range(20):
        bench.run(1000)
        assert bench.grid <= 12800, (bench.ms, bench.grid)
    assert -1800 <= bench.io.PCS_SET <= -1700


def test_a_tighter_import_cap_is_shaved_and_a_looser_one_is_none():
    bench = Bench()
    bench.sun = [0] * 6
    bench.load = 9000
    bench.run(20000)
    assert bench.command("SET_IMPORT_CAP", 8000, 60) == DONE
    bench.run(10000)
    assert 7850 <= bench.grid <= 8000, bench.grid
    bench.check("IMPORT_CAP=8000 PCS_WHY=2")
    bench.command("SET_IMPORT_CAP", 20000, 60)
    bench.run(100)
    bench.check("IMPORT_CAP=12800")


def test_wishes_can_only_tighten():
    bench = Bench()
    bench.command("SET_EXPORT_CAP", 9000, 20)
    bench.command("INV_LIMIT", 0, 700, 20)
    bench.command("INV_LIMIT", 2, 300, 20)
    bench.command("SET_RESERVE", 100, 20)
    bench.run(5000)
    bench.check("EXPORT_CAP=3000 RESERVE=200 INV1_SET=700 INV2_SET=300 PV_WHY=2 WISHES=162")
    bench.command("SET_EXPORT_CAP", 500, 10)
    bench.command("SET_RESERVE", 700, 10)
    bench.run(5000)
    bench.check("EXPORT_CAP=500 RESERVE=700")
    bench.run(12000)
    bench.check("EXPORT_CAP=3000 RESERVE=200 WISHES=0")
    bench.until(lambda: bench.io.INV2_SET == 1000)


def test_charging_falls_at_once_and_rises_one_ampere_in_ten_seconds():
    bench = Bench()
    bench.sun = [0] * 6
    bench.load = 4000
    bench.cars = 80
    assert bench.command("EV_SHARE", 320, 3600) == DONE
    bench.run(9980)
    bench.check("EV_SHARE=60")
    bench.run(40)
    bench.check("EV_SHARE=70 EV_WHY=7")
    bench.run(20000)
    bench.check("EV_SHARE=90")
    bench.load = 12000
    bench.run(1100 + 200)
    assert bench.io.EV_SHARE < 60 or bench.io.EV_SHARE == 0
    bench.check("EV_SHARE=0 EV_WHY=2")
    bench.run(5000)
    assert bench.grid <= 12800
    bench.command("EV_SHARE", 60, 60)
    bench.load = 4000
    bench.run(11000)
    bench.check("EV_SHARE=60 EV_WHY=0")


def test_points_are_enabled_by_words_for_as_long_as_it_is_said():
    bench = Bench()
    assert bench.command("EV_ENABLE", 0, 0x00F0, 5) == DONE
    assert bench.command("EV_ENABLE", 6, 1, 5) == BAD_ARGUMENT
    bench.scan()
    bench.check("EV_EN1=240 EV_EN2=65535")
    bench.run(5000)
    bench.check("EV_EN1=65535 WISHES=0")


def test_tiers_are_shed_at_once_and_come_back_one_by_one():
    bench = Bench(restore_s=10)
    assert bench.command("SHED", 1) == BAD_ARGUMENT
    assert bench.command("SHED", 2, 600) == DONE
    bench.scan()
    bench.check("SHED2_Y SHED3_Y SHED_TIER=2")
    bench.command("SHED", 0)
    bench.ms = 0
    bench.until(lambda: not bench.io.SHED2_Y)
    assert 9900 <= bench.ms <= 10100
    bench.check("SHED3_Y")
    bench.until(lambda: not bench.io.SHED3_Y)
    assert 19900 <= bench.ms <= 20100


def test_units_are_stopped_by_hand_and_start_from_nothing():
    bench = Bench()
    assert bench.command("UNIT_STOP", 3) == DONE
    assert bench.command("UNIT_STOP", 7) == DONE
    assert bench.command("UNIT_STOP", 8) == BAD_ARGUMENT
    bench.run(40)
    bench.check("INV_RUN=59 INV3_SET=0 PCS_RUN=0 BESS_STATE=0")
    bench.command("UNIT_START", 3)
    bench.command("UNIT_START", 7)
    bench.run(2000)
    bench.check("INV_RUN=63 PCS_RUN=1")
    assert bench.io.INV3_SET <= 200


def test_without_a_gateway_the_limits_go_on():
    bench = Bench()
    bench.sun = [1000] * 6
    bench.load = 8000
    bench.command("SET_PCS", 2000, 3600)
    bench.command("EV_SHARE", 160, 3600)
    bench.par.ev_up_s = 1
    bench.run(12000)
    bench.check("PCS_SET=2000 EV_SHARE=160")
    bench.io.link = layout.LINK_LOST
    bench.run(20000)
    bench.check("RUN PCS_SET=2000 EV_SHARE=160")  # the safe timer runs
    bench.io.link = layout.LINK_SAFE
    bench.scan()
    bench.check("LOCAL EV_SHARE=60 EV_WHY=4")
    bench.run(1000)
    assert 1400 <= bench.io.PCS_SET <= 1980
    bench.run(4000)
    bench.check("PCS_SET=0 PCS_WHY=7")
    bench.load = 0
    bench.run(6000)
    assert bench.grid >= -3050
    bench.io.link = layout.LINK_OK
    bench.run(2000)
    bench.check("RUN PCS_SET=0 PCS_WISH=0")  # nothing comes back by itself


def test_off_and_maintenance_leave_the_devices_to_themselves():
    for mode, state in ((layout.MODE_OFF, "OFF"), (layout.MODE_MAINT, "MAINT")):
        bench = Bench()
        bench.io.mode = mode
        bench.scan()
        bench.check(state + " ASK=0")
        assert bench.outputs() == []
        bench.io.mode = layout.MODE_AUTO
        bench.run(300)
        bench.check("OBSERVE ASK=255 RSD_YHOLD")


def test_a_unit_that_is_not_fitted_is_never_asked():
    bench = Bench(inv6_unit=0, inv5_unit=0)
    bench.check("ASK=207")
    for k in UNITS:
        assert bench.program.pv.rating[k - 1] == (0 if k > 4 else 1000)


def test_stop_and_start_are_for_the_whole_plant():
    bench = Bench()
    assert bench.command("STOP") == DONE
    bench.scan()
    bench.scan()
    bench.check("INV_RUN=0 INV1_SET=0 PCS_RUN=0 EV_SHARE=0 EV_WHY=6 RSD_YHOLD ASK=255")
    assert bench.command("START") == DONE
    bench.run(1000)
    bench.check("INV_RUN=63 PCS_RUN=1")


def test_a_device_that_is_heard_late_is_begun_where_it_is():
    bench = Bench(observed=False)
    bench.load = 9000
    bench.quality("INV4_ PCS_ BAT_ EV_")
    bench.run(5000)
    bench.check("ASK=55 INV1_SET=1000 INV_REVERT=500")  # who has not told is not commanded
    bench.battery = 700
    bench._measure()
    bench.quality("PCS_ BAT_ EV_", GOOD)
    bench.run(100)
    bench.check("ASK=247")
    assert 600 <= bench.io.PCS_SET <= 700
    bench.run(6000)
    bench.limits[3] = 555
    bench._measure()
    bench.quality("INV4_", GOOD)
    bench.scan()
    bench.check("ASK=255")
    assert bench.io.INV4_SET == 555
