"""A unit is found and read; what it says is believed only when it can be."""

from drivers.sunspec.models import (
    BAT_EVT,
    BAT_HB,
    BAT_SOC,
    BAT_SOH,
    BAT_ST,
    BAT_TMAX,
    BAT_TMIN,
    BAT_VMAX,
    BAT_VMIN,
    GM_F,
    GM_I,
    GM_P,
    GM_Q,
    GM_V,
    INV_EVT,
    INV_ST,
    INV_TMP,
    INV_W,
    INV_WRTG,
    INVERTER,
    MET_G,
    MET_TA,
    MET_WIND,
    METER,
    PCS,
    PCS_P,
    WEATHER,
)
from drivers.sunspec.quirks import Quirk
from drivers.sunspec.states import ST_RUNNING
from drivers.sunspec.unit import READING, SunSpecUnit
from drivers.sunspec.values import NO_MODEL, NOT_IMPLEMENTED, NOT_READ, OLD
from protocols.quality import BAD, GOOD, STALE
from tests.drivers.sunspec.portable_rig import Device, Rig, chain, common, controls_123, inverter_103, model


def test_an_inverter_is_found_and_read():
    inv = SunSpecUnit(INVERTER, 1)
    rig = Rig([inv], [Device(1, chain(common(), inverter_103(), controls_123()))])
    took = rig.until(lambda: inv.passes == 1)
    assert took < 300, took
    assert inv.stage == READING and inv.quality[INV_W] == GOOD
    assert inv.values[INV_W] == 500 and inv.values[INV_ST] == ST_RUNNING and inv.values[INV_TMP] == 415
    assert inv.quality[INV_WRTG] == BAD and inv.why[INV_WRTG] == NO_MODEL
    rig.run(5000)
    assert 5 <= inv.passes <= 7 and inv.rediscoveries == 0


def fitted(regs, kind=INVERTER, quirk=None, before=None):
    """A unit that was found, its rig and its device."""
    device = Device(1, regs)
    device.before_read = before
    unit = SunSpecUnit(kind, 1, quirk) if quirk else SunSpecUnit(kind, 1)
    rig = Rig([unit], [device])
    rig.until(lambda: unit.passes)
    return unit, rig, device


def test_not_implemented_everywhere_is_bad_everywhere():
    nothing = {2: 0xFFFF, 14: 0x8000, 15: 0x8000, 33: 0x8000, 37: 0x8000, 38: 0xFFFF, 40: [0xFFFF, 0xFFFF]}
    inv, rig, _ = fitted(chain(common(), model(103, 50, nothing), controls_123()))
    for i in range(len(inv.values)):
        assert inv.quality[i] == BAD and inv.why[i]
    assert inv.values[INV_W] == 0


def test_a_value_that_is_not_implemented_is_bad_not_65535_watts():
    inv, rig, device = fitted(chain(common(), inverter_103()))
    assert inv.quality[INV_W] == GOOD
    device.put(40070 + 14, 0x8000)
    rig.run(1100)
    assert inv.quality[INV_W] == BAD and inv.why[INV_W] == NOT_IMPLEMENTED and inv.quality[INV_TMP] == GOOD
    device.put(40070 + 14, 300)
    rig.run(1100)
    assert inv.quality[INV_W] == GOOD and inv.values[INV_W] == 300


def test_nan_of_a_float_model_is_bad():
    regs = {22: [0x7FC0, 0], 40: [0x4204, 0], 48: 4, 50: [0, 1]}
    inv, rig, device = fitted(chain(common(), model(113, 60, regs)))
    assert inv.quality[INV_W] == BAD and inv.why[INV_W] == NOT_IMPLEMENTED
    assert inv.values[INV_TMP] == 330 and inv.values[INV_EVT] == 1 and inv.values[INV_ST] == ST_RUNNING
    device.regs[70 + 22] = 0x47C3  # 100,000 W
    device.regs[70 + 23] = 0x5000
    rig.run(1100)
    assert inv.quality[INV_W] == GOOD and inv.values[INV_W] == 1000


def model_701(w=-120, w_sf=2, more=()):
    points = {2: 2, 3: 1, 4: 3, 5: 1, 6: [0, 0], 8: [0, 0], 10: w, 36: 415, 115: -2, 116: w_sf, 122: -1}
    points.update(more)
    return model(701, 153, points)


def test_701_in_one_reading_and_its_states():
    inv, rig, device = fitted(chain(common(), model_701()))
    assert inv.values[INV_W] == -120 and inv.values[INV_TMP] == 415 and inv.values[INV_ST] == ST_RUNNING
    for raw, state in ((0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (6, 7), (7, 8), (200, 0)):
        device.put(40070 + 4, raw)
        rig.run(1100)
        assert inv.values[INV_ST] == state, raw


def test_701_in_two_readings_is_believed_when_both_have_come_with_the_same_scale():
    inv, rig, device = fitted(chain(common(), model_701()), INVERTER, Quirk(max_read=64))
    assert inv.values[INV_W] == -120 and inv.quality[INV_W] == GOOD
    # The scale factor changes between the two readings of one pass: the value of the first half is not believed.
    seen = []

    def between(device, address, count):
        if address == 40070 + 64 and not seen:
            seen.append(inv.passes)
            device.put(40070 + 116, 1)
            device.put(40070 + 10, -1200)

    device.before_read = between
    for _ in range(3000):
        rig.run(1)
        assert inv.values[INV_W] == -120 and inv.quality[INV_W] == GOOD
    assert seen and inv.rediscoveries == 1 and inv.passes > seen[0] + 1


def test_a_scale_factor_that_changes_brings_a_new_discovery():
    inv, rig, device = fitted(chain(common(), inverter_103(500, 2)))
    device.put(40070 + 14, 5000)
    device.put(40070 + 15, 1)
    for _ in range(3000):
        rig.run(1)
        assert inv.values[INV_W] == 500
    assert inv.rediscoveries == 1 and inv.quality[INV_W] == GOOD


def test_a_model_that_moves_is_found_again():
    inv, rig, device = fitted(chain(common(), inverter_103()))
    device.regs = type(device.regs)("H", chain(common(), [64001, 3, 1, 2, 3], inverter_103(), [64002, 1, 1]))
    rig.run(2500)
    assert inv.rediscoveries == 1 and inv.walk.addresses[2] == 40075 and inv.values[INV_W] == 500


def test_another_model_in_its_place_is_not_believed():
    inv, rig, device = fitted(chain(common(), inverter_103()))
    device.put(40070, 64103)
    device.put(40070 + 14, 999)
    for _ in range(2000):
        rig.run(1)
        assert inv.values[INV_W] == 500
    assert inv.rediscoveries == 1 and inv.quality[INV_W] == BAD and inv.why[INV_W] == NO_MODEL


def test_another_device_in_its_place_is_noticed_by_its_name():
    inv, rig, device = fitted(chain(common("1"), inverter_103()))
    before = inv.identity
    device.silent = True
    rig.run(4000)
    device.silent = False
    rig.until(lambda: inv.stage == READING, 10000)
    assert (inv.identity, inv.rediscoveries) == (before, 0)  # the same one: nothing to find
    device.silent = True
    rig.run(4000)
    device.silent = False
    device.regs = type(device.regs)("H", chain(common("2"), inverter_103()))
    rig.until(lambda: inv.stage == READING, 10000)
    assert inv.identity != before and inv.rediscoveries == 1


def test_readings_are_split_between_points():
    inv, rig, device = fitted(chain(common(), model_701(more={6: [1, 2]})), INVERTER, Quirk(max_read=7))
    parts = inv._blocks[0].parts
    assert parts[0] == (0, 6) and all([count <= 7 for _, count in parts])  # Alrm is 6 and 7
    assert sum([count for _, count in parts]) == 123
    rig.until(lambda: inv.quality[INV_EVT] == GOOD)
    assert inv.values[INV_EVT] == 0x10002


def test_the_first_pass_of_split_readings_is_not_believed_by_itself():
    seen = []

    def between(device, address, count):
        if address == 40070 + 64 and not seen:
            seen.append(1)
            device.put(40070 + 116, 1)
            device.put(40070 + 10, -1200)

    device = Device(1, chain(common(), model_701()))
    device.before_read = between
    inv = SunSpecUnit(INVERTER, 1, Quirk(max_read=64))
    rig = Rig([inv], [device])
    for _ in range(3000):
        rig.run(1)
        assert inv.values[INV_W] in (0, -120)
    assert seen and inv.values[INV_W] == -120 and inv.quality[INV_W] == GOOD


def test_values_grow_old_and_come_back_with_the_unit():
    inv, rig, device = fitted(chain(common(), inverter_103()))
    device.silent = True
    rig.run(4000)
    assert inv.quality[INV_W] == GOOD and inv.stage != READING
    rig.run(2500)
    assert inv.quality[INV_W] == STALE and inv.why[INV_W] == OLD and not inv.alive
    device.silent = False
    device.regs = type(device.regs)("H", chain(common("2"), model_701()))
    before = inv.identity
    rig.until(lambda: inv.quality[INV_W] == GOOD, 12000)
    assert inv.values[INV_W] == -120 and inv.identity != before


def test_busy_for_a_minute_is_old_not_wrong():
    inv, rig, device = fitted(chain(common(), inverter_103()))
    device.busy = 100000
    rig.run(60000)
    assert inv.quality[INV_W] == STALE and inv.busy > 20 and inv.alive
    device.busy = 0
    rig.run(1500)
    assert inv.quality[INV_W] == GOOD


def test_a_block_that_is_refused_for_good_is_not_asked_for_all_the_time():
    device = Device(1, chain(common(), inverter_103(), model(120, 26, {3: 1000, 4: 2})))
    refuse = 40070 + 52

    class Refusing(Device):
        def read_registers(self, fc, address, count, out, at):
            return 3 if address == refuse and count > 2 else Device.read_registers(self, fc, address, count, out, at)

    device = Refusing(1, chain(common(), inverter_103(), model(120, 26, {3: 1000, 4: 2})))
    inv = SunSpecUnit(INVERTER, 1)
    rig = Rig([inv], [device])
    rig.run(20000)
    assert inv.rediscoveries == 1 and inv.quality[INV_W] == GOOD
    assert inv.quality[INV_WRTG] == BAD and inv.why[INV_WRTG] == NOT_READ


def test_a_meter_that_counts_the_other_way():
    for sign in (1, -1):
        points = {2: 100, 6: 0, 7: 2301, 15: -1, 16: 4998, 17: -2, 18: -250, 22: 3, 28: 40, 32: 3}
        gm, rig, _ = fitted(chain(common(), model(203, 105, points)), METER, Quirk(meter_sign=sign))
        assert (gm.values[GM_P], gm.values[GM_Q]) == (-2500 * sign, 400 * sign)
        assert (gm.values[GM_V], gm.values[GM_F], gm.values[GM_I]) == (2301, 4998, 333)


def test_the_current_of_a_meter_is_the_mean_of_its_phases():
    for number, mean in ((201, 900), (202, 450), (203, 300), (204, 300)):
        points = {2: 90, 6: 0, 7: 2301, 15: -1, 16: 4998, 17: -2, 18: -250, 22: 3, 28: 40, 32: 3}
        gm, rig, _ = fitted(chain(common(), model(number, 105, points)), METER)
        assert gm.values[GM_I] == mean, number


def test_a_battery():
    points = {11: 555, 13: 98, 18: 7, 22: 3, 26: [0, 2], 37: 3400, 40: 3301, 56: -1, 58: 0, 60: -3}
    modules = model(803, 26 + 32, {4: 31, 7: 25, 23: 0})
    unit, rig, _ = fitted(chain(common(), model_701(-120, 3), model(802, 62, points), modules), PCS)
    rig.run(1500)
    values = unit.values
    assert (values[PCS_P], values[BAT_SOC], values[BAT_SOH], values[BAT_HB]) == (-1200, 555, 980, 7)
    assert (values[BAT_VMAX], values[BAT_VMIN], values[BAT_TMAX], values[BAT_TMIN]) == (3400, 3301, 310, 250)
    assert (values[BAT_ST], values[BAT_EVT]) == (3, 2)


def test_weather():
    met, rig, _ = fitted(chain(common(), model(302, 5, {2: 903}), model(307, 11, {2: -35, 5: 4})), WEATHER)
    rig.run(200)
    assert (met.values[MET_G], met.values[MET_TA], met.values[MET_WIND]) == (903, -35, 40)
