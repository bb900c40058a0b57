"""PASTEURISE, NETWORK_DISINFECT, and what H7 and H8 count, cycle by cycle (domain brief §4b, §4c)."""

from firmware.programs import heat_hygiene as hy
from firmware.programs.heat_week import UNKNOWN, week_minute
from protocols.quality import BAD
from tests.firmware.programs.portable_heat_dhw_bench import MINUTE
from tests.firmware.programs.portable_heat_dhw_bench import Side as Plain

HOT = {"TT41": 7150, "TT42": 7150, "TT43": 7100, "TT44": 7000}
DAY = 1440


def Side(scan, **par):
    """A side that lets a test move its store by leaps."""
    return Plain(scan, tt_drift=20000, **par)


def network(phase, **par):
    """A side whose NETWORK_DISINFECT has come to `phase`."""
    side = Side(1000, **par)
    side.put(KEY_DIS=1)
    side.run(1000)
    assert side.hygiene.disinfect(side.io, side.now)
    side.put(TT41=7350, TT42=7350, TT43=7200, TT44=7100)
    side.run(2000)
    if phase >= hy.FLUSHING:
        side.put(TT45=7350, TT46=7000)
        side.run(2000)
    if phase == hy.COOLING:
        side.hygiene.abort(hy.ABORTED)
    assert side.hygiene.phase == phase
    return side


# -- PASTEURISE --------------------------------------------------------------------------------------------------


def test_the_whole_store_is_hot_for_60_minutes_without_a_break():
    side = Side(5000)
    assert side.hygiene.pasteurise(hy.OPERATOR)
    side.run(10000)
    hygiene = side.hygiene
    assert (hygiene.cycle, hygiene.phase, hygiene.why) == (hy.PASTEURISE, hy.HEATING, hy.OPERATOR)
    assert hygiene.heat_to == 7150 and hygiene.tap_sp == 6000 and not hygiene.lamp and not hygiene.suspended
    side.put(**HOT)
    side.run(59 * MINUTE)
    assert hygiene.phase == hy.HOLDING and hygiene.hot_min == 58
    side.put(TT44=6999)
    side.scan()
    assert hygiene.phase == hy.HEATING and hygiene.hot_min == 0
    side.put(TT44=7000)
    took = side.until(lambda s: s.hygiene.ended, 61 * MINUTE)
    assert 60 * MINUTE <= took <= 60 * MINUTE + 10000
    assert hygiene.result == hy.DONE and hygiene.cycle == hy.NONE and hygiene.since_min == 0
    assert hygiene.heat_to == 0 and hygiene.tap_sp == 0
    side.scan()
    assert not hygiene.ended  # told once


def test_it_ends_after_4_hours_whatever_it_reached():
    for reached in (5000, 6990):
        side = Side(10000)
        side.put(TT41=7150, TT42=7150, TT43=7000, TT44=reached)
        side.hygiene.pasteurise(hy.OPERATOR)
        side.scan()
        assert side.hygiene.left_min == 240
        took = side.until(lambda s: s.hygiene.ended, 241 * MINUTE)
        assert 240 * MINUTE <= took <= 240 * MINUTE + 20000
        assert side.hygiene.result == hy.TIME_OUT and side.hygiene.since_min


def test_a_node_that_is_an_estimate_proves_nothing():
    side = Side(5000)
    side.put(**HOT)
    side.hygiene.pasteurise(hy.OPERATOR)
    side.run(30 * MINUTE)
    side.put(TT43_Q=BAD, TT43=14000)
    side.run(MINUTE)
    side.put(TT43_Q=0, TT43=7100)
    side.until(lambda s: s.hygiene.ended, 61 * MINUTE)
    assert side.hygiene.result == hy.UNPROVEN


def test_weekly_at_its_minute():
    side = Side(1000)
    side.synced = 1
    side.week = DAY + 179  # Tuesday 02:59
    side.hygiene.since_min = 3 * DAY
    side.run(2000)
    assert not side.hygiene.cycle and side.hygiene.next_min == 1
    side.week = DAY + 180
    side.scan()
    assert side.hygiene.cycle == hy.PASTEURISE and side.hygiene.why == hy.WEEKLY
    side.put(**HOT)
    side.scan_ms = 5000
    side.until(lambda s: s.hygiene.ended, 61 * MINUTE)
    side.week = DAY + 200  # the clock was put back into the hour: not again
    side.run(2000)
    assert not side.hygiene.cycle and not side.hygiene.queued


def test_a_reset_within_the_hour_doesnt_repeat_it():
    side = Side(1000)
    side.synced = 1
    side.week = DAY + 190
    side.hygiene.since_min = 5  # kept over the reset
    side.run(2000)
    assert not side.hygiene.queued and not side.hygiene.cycle


def test_by_counter_without_a_clock():
    for synced, every in ((0, 7 * DAY), (1, 8 * DAY)):  # with one it has its turn first; a missed week counts
        side = Side(60000)
        side.synced = synced
        side.week = 3 * DAY if synced else UNKNOWN
        side.hygiene.since_min = every - 3
        side.run(2 * MINUTE)
        assert not side.hygiene.cycle
        if not synced:
            assert side.hygiene.next_min == every - side.hygiene.since_min
        side.run(3 * MINUTE)
        assert side.hygiene.cycle == hy.PASTEURISE and side.hygiene.why == hy.COUNTER


def test_the_minute_of_the_week():
    for utc, zone, minute in (
        (0, 0, 3 * DAY),  # 1 January 1970 was a Thursday
        (1795316400, 480, 6 * DAY + 11 * 60),  # Sunday 2026-11-22 03:00 UTC is 11:00 in Hangzhou
        (1795363200, 480, 0),  # 13 hours later it is Monday
        (4294967295, 0, 6 * DAY + 6 * 60 + 28),  # Sunday 2106-02-07 06:28:15
    ):
        assert week_minute(utc >> 16, utc & 0xFFFF, zone) == minute


# -- H7, H8 ----------------------------------------------------------------------------------------------------------


def test_a_lukewarm_node_is_stagnant_after_24_hours():
    side = Side(60000)
    side.admits = 0
    side.put(TT44=2500)
    side.run((DAY + 1) * MINUTE)
    assert side.hygiene.luke_min == DAY and side.hygiene.stagnant and side.hygiene.queued == hy.STAGNANT
    side.put(TT44=6000)  # leaving the band afterwards heals nothing
    side.run(5 * MINUTE)
    assert side.hygiene.stagnant
    side.admits = 1
    side.put(**HOT)
    side.run(65 * MINUTE)
    assert not side.hygiene.stagnant and side.hygiene.result == hy.DONE and side.hygiene.luke_min == 0


def test_a_node_that_leaves_the_band_begins_anew():
    for leaves, luke in ((2449, 0), (5051, 0), (2499, 11), (5049, 11)):  # half a kelvin outside is outside
        side = Side(60000)
        side.put(TT44=4000)
        side.run(10 * MINUTE)
        side.put(TT44=leaves)
        side.run(2 * MINUTE)
        assert side.hygiene.luke_min == luke, leaves


def test_the_whole_store_is_charged_before_a_node_is_stagnant():
    side = Side(60000)
    side.put(TT44=4000)
    side.run(1201 * MINUTE)
    assert side.hygiene.deep and side.charge.wanted and not side.hygiene.stagnant
    side.put(TT44=5049)
    side.run(2 * MINUTE)
    assert side.charge.wanted
    side.put(TT44=5650, TT42=6100)
    side.run(2 * MINUTE)
    assert not side.charge.wanted and not side.hygiene.deep


def test_h7_times():
    side = Side(2000)
    side.put(TT45=5499, TT46=4999)
    assert side.until(lambda s: s.hygiene.supply_low, 11 * MINUTE) in (10 * MINUTE, 10 * MINUTE + 2000)
    assert side.until(lambda s: s.hygiene.return_low, 31 * MINUTE) in (20 * MINUTE, 20 * MINUTE - 2000)
    side.put(TT45=5549, TT46=5049)
    side.scan()
    assert side.hygiene.supply_low and side.hygiene.return_low
    side.put(TT45=5550, TT46=5050)
    side.scan()
    assert not side.hygiene.supply_low and not side.hygiene.return_low


def test_what_failed_is_asked_for_again_a_day_later():
    side = Side(60000)
    side.put(P402_RUN=0)  # circulation off: asked for after an hour, and again as long as it is off
    side.run(62 * MINUTE)
    assert side.hygiene.why == hy.CIRCULATION and side.hygiene.stagnant  # until the store has been hot
    side.run(241 * MINUTE)
    assert side.hygiene.result == hy.TIME_OUT and not side.hygiene.cycle
    side.run((DAY - 10) * MINUTE)
    assert not side.hygiene.cycle
    side.run(15 * MINUTE)
    assert side.hygiene.why == hy.CIRCULATION


# -- NETWORK_DISINFECT -----------------------------------------------------------------------------------------------


def test_it_needs_the_key():
    side = Side(1000)
    side.run(1000)
    for values in ({"KEY_DIS": 0}, {"KEY_DIS": 1, "KEY_DIS_Q": BAD}):
        side.put(**values)
        assert not side.hygiene.disinfect(side.io, side.now)
    side.put(KEY_DIS=1, KEY_DIS_Q=0)
    side.hygiene.pasteurise(hy.OPERATOR)
    side.run(1000)
    assert not side.hygiene.disinfect(side.io, side.now)  # a cycle runs


def test_the_network_is_hot_only_after_the_store():
    side = Side(1000)
    side.put(KEY_DIS=1)
    side.run(1000)
    assert side.hygiene.disinfect(side.io, side.now)
    side.run(60000)
    hygiene = side.hygiene
    assert hygiene.phase == hy.HEATING and hygiene.lamp and not hygiene.tap_hot and not hygiene.suspended
    assert hygiene.heat_to == 7350 and not hygiene.tap_flushed(1)
    side.put(TT41=7350, TT42=7350, TT43=7200)
    side.run(22000)
    assert hygiene.phase == hy.NETWORK and hygiene.suspended == hy.SCALD_OFF and side.tap.out == 1000
    side.put(TT45=7350, TT46=6999)
    side.run(60000)
    assert hygiene.phase == hy.NETWORK and not side.tap.scald and not side.tap.scorch
    assert not hygiene.tap_flushed(1)
    side.put(TT46=7000)
    side.scan()
    assert hygiene.phase == hy.FLUSHING
    assert hygiene.tap_flushed(1) and hygiene.tap_flushed(1) and hygiene.tap_flushed(255) and hygiene.flushed == 2
    assert not hygiene.tap_flushed(0) and not hygiene.tap_flushed(256)
    side.put(TT46=6999)
    side.scan()
    assert hygiene.phase == hy.FLUSHING and not hygiene.tap_flushed(3)  # below 70 no tap counts


def test_how_it_ends():
    side = network(hy.FLUSHING)
    side.put(KEY_DIS=0)
    side.scan()
    assert side.hygiene.phase == hy.COOLING and side.hygiene.result == hy.KEY_REMOVED
    side = network(hy.NETWORK)
    side.scan_ms = 10000
    took = side.until(lambda s: s.hygiene.phase == hy.COOLING, 361 * MINUTE)
    assert took <= 360 * MINUTE + 10000 and side.hygiene.result == hy.TIME_OUT
    side = network(hy.FLUSHING, dis_taps=2)
    side.hygiene.tap_flushed(7)
    side.run(2000)
    assert side.hygiene.phase == hy.FLUSHING
    side.hygiene.tap_flushed(9)
    side.run(2000)
    assert side.hygiene.phase == hy.COOLING and side.hygiene.result == hy.DONE
    for flushed, result in ((0, hy.ABORTED), (1, hy.DONE)):  # an operator says that all taps are done
        side = network(hy.FLUSHING)
        if flushed:
            side.hygiene.tap_flushed(1)
        side.hygiene.abort(hy.ABORTED)
        assert side.hygiene.result == result
    side = Side(1000)
    side.put(KEY_DIS=1)
    side.hygiene.disinfect(side.io, side.now)
    side.run(1000)
    side.put(KEY_DIS=0)
    side.scan()
    assert side.hygiene.ended and side.hygiene.result == hy.KEY_REMOVED  # V401 never opened: nothing is hot


def test_the_hot_network_cools_without_an_alarm():
    side = network(hy.COOLING)
    side.scan()
    hygiene = side.hygiene
    assert hygiene.lamp and hygiene.tap_sp == 5700 and hygiene.heat_to == 0 and side.backup.wanted == 0
    side.put(TT45=7000, TT46=7000)  # nobody draws: V401 shut, TT45 is what comes back
    side.run(4 * MINUTE)
    assert not side.tap.scald and side.tap.out == 0
    side.put(TT45=5900, TT46=6700)
    side.run(2000)
    assert hygiene.suspended == hy.SCALD_TT45 and not side.tap.scald and hygiene.cycle  # the return is still hot
    side.put(TT45=6600)  # and it may not come hot again
    side.scan()
    assert side.tap.scald
    side.put(TT45=5900)
    side.scan()
    assert not side.tap.scald
    side.put(TT46=6199)
    side.scan()
    assert hygiene.cycle and hygiene.lamp  # what left the store last hasn't come round yet
    took = side.until(lambda s: s.hygiene.ended, 15 * MINUTE)
    assert took >= 10 * MINUTE
    assert hygiene.cycle == hy.NONE and not hygiene.lamp and hygiene.suspended == 0
    side.run(5000)
    assert not side.tap.scald


def test_a_valve_that_stays_hot_brings_scald_protection_back():
    side = network(hy.COOLING)
    side.put(TT45=7300, TT46=7000)
    side.run(2 * MINUTE - 2000)
    assert not side.tap.scald
    side.run(5000)
    assert side.hygiene.suspended == hy.SCALD_TT45 and side.tap.scald and side.tap.scorch


def test_cooling_ends_after_90_minutes():
    side = network(hy.COOLING)
    side.scan_ms = 10000
    side.put(TT45=6900, TT46=6900)
    took = side.until(lambda s: s.hygiene.ended, 91 * MINUTE)
    assert 90 * MINUTE - 10000 <= took <= 90 * MINUTE + 10000
    side.scan()
    assert side.tap.scald and side.hygiene.result == hy.ABORTED
