"""Controls write in order, verify, refresh, and never repeat what the device has taken (domain brief §2a, §2c E9)."""

from drivers.sunspec.control import REFUSED
from drivers.sunspec.models import INVERTER, PCS
from drivers.sunspec.quirks import Quirk
from drivers.sunspec.unit import READING, SunSpecUnit
from drivers.sunspec.values import OVERFLOW, SCALE
from protocols.quality import GOOD
from tests.drivers.sunspec.portable_rig import Device, Rig, chain, common, controls_123, inverter_103, model

AT = 40000 + 2 + 68 + 52  # model 123 of `Inverter`
VALUE, WIN, RVRT, RMP, ENA = AT + 5, AT + 6, AT + 7, AT + 8, AT + 9


class Inverter(Device):
    """A legacy inverter that reverts as its registers say, counted from the last enabling."""

    def __init__(self, unit=1, factor=0, serial="1"):
        Device.__init__(self, unit, chain(common(serial), inverter_103(), controls_123(factor)))
        self.left_ms = 0

    def written(self, address):
        if address == ENA:
            self.left_ms = 1000 * self.regs[RVRT - self.base]

    def tick(self, _ms):
        if self.left_ms:
            self.left_ms -= 1
            if not self.left_ms:
                self.put(ENA, 0)

    def got(self):
        """The writes so far as (offset, value)."""
        return [(address - AT, values[0]) for address, values in self.writes]


def held(device, quirk=None, ask=(600, 30)):
    """A rig whose inverter holds a limit, mirrored."""
    inv = SunSpecUnit(INVERTER, 1, quirk) if quirk else SunSpecUnit(INVERTER, 1)
    rig = Rig([inv], [device])
    rig.each_ms = device.tick
    inv.limit.set(*ask)
    rig.until(lambda: inv.limit.mirrored, 5000)
    return inv, rig


def test_value_ramp_reversion_enable_then_read_back():
    device = Inverter()
    inv, rig = held(device, None, (600, 30, 5))
    assert device.got() == [(5, 60), (8, 5), (7, 30), (9, 1)]
    assert inv.limit.in_force == 600 and inv.limit.in_force_q == GOOD and inv.limit.revert_s == 30
    device.writes.clear()
    inv.limit.set(305, 30, 5)  # 30.5 % of a scale factor 0: a limit is never rounded up
    rig.until(lambda: inv.limit.mirrored)
    assert device.got() == [(5, 30), (9, 1)]
    inv.limit.set(305, 30, 5)
    rig.run(3000)
    assert device.got() == [(5, 30), (9, 1)]  # asked again, written once


def test_the_scale_factor_goes_into_what_is_written():
    device = Inverter(factor=-2)
    held(device)
    assert device.got()[0] == (5, 6000)


def test_refreshed_at_half_the_reversion_time_and_reverts_on_silence():
    device = Inverter()
    inv, rig = held(device)
    device.writes.clear()
    rig.run(14500)
    assert device.got() == []
    rig.run(1500)
    assert device.got() == [(5, 60), (9, 1)]
    inv.limit.leave()
    rig.run(28000)
    assert device.regs[ENA - device.base] == 1
    rig.run(3000)
    assert device.regs[ENA - device.base] == 0


def test_a_device_that_keeps_another_reversion_is_refreshed_in_time():
    device = Inverter()
    inv, rig = held(device, Quirk(revert_s=10))
    device.writes.clear()
    rig.run(11000)
    assert device.got() == [(5, 60), (9, 1)] * 2
    assert inv.limit.overridden == 0


def test_release_disables_and_leaves_the_value():
    device = Inverter()
    inv, rig = held(device)
    device.writes.clear()
    inv.limit.release()
    rig.until(lambda: inv.limit.mirrored)
    assert device.got() == [(9, 0)] and inv.limit.in_force == 1000
    rig.run(20000)
    assert device.got() == [(9, 0)]


def test_another_hand_is_corrected():
    device = Inverter()
    inv, rig = held(device)
    device.writes.clear()
    device.put(VALUE, 100)
    rig.run(4000)
    assert device.got() == [(5, 60), (9, 1)] and inv.limit.mirrored and inv.limit.overridden == 1


def test_accepted_and_ignored_is_uncontrollable_within_10_s():
    device = Inverter()
    inv, rig = held(device)
    device.ignore = True
    inv.limit.set(300, 30)
    took = rig.until(lambda: inv.limit.uncontrollable)
    assert 8900 <= took <= 10000, took
    assert not inv.limit.mirrored and inv.limit.in_force == 600
    device.ignore = False
    rig.until(lambda: inv.limit.mirrored, 10000)
    assert not inv.limit.uncontrollable and device.regs[VALUE - device.base] == 30


def test_ignored_limits_that_change_each_second_count_as_well():
    device = Inverter()
    inv, rig = held(device)
    device.ignore = True
    begin = rig.ms
    for i in range(10):
        inv.limit.set(300 + i, 30)
        rig.run(1000)
    assert inv.limit.uncontrollable, rig.ms - begin


def test_a_silent_unit_is_uncontrollable_and_comes_back_by_itself():
    device = Inverter()
    inv, rig = held(device)
    device.silent = True
    inv.limit.set(300, 30)
    rig.until(lambda: inv.limit.uncontrollable, 10000)
    assert inv.stage != READING
    rig.run(60000)
    device.silent = False
    device.writes.clear()
    rig.until(lambda: inv.limit.mirrored, 12000)
    assert device.regs[VALUE - device.base] == 30 and not inv.limit.uncontrollable


def test_busy_is_asked_again_and_written_once():
    device = Inverter()
    inv, rig = held(device)
    device.writes.clear()
    inv.limit.set(400, 30)
    device.busy = 3
    took = rig.until(lambda: inv.limit.mirrored, 5000)
    assert 600 <= took < 1500, took  # with a pause between, but no longer than that
    assert device.got() == [(5, 40), (9, 1)]


def test_busy_for_a_minute_writes_nothing_wrong_and_then_what_is_asked():
    device = Inverter()
    inv, rig = held(device)
    device.writes.clear()
    device.busy = 100000
    inv.limit.set(400, 0)
    rig.run(60000)
    assert inv.limit.uncontrollable and device.got() == []
    device.busy = 0
    rig.until(lambda: inv.limit.mirrored, 8000)
    assert device.got()[0] == (5, 40)


def test_a_lost_acknowledgement_is_read_back_not_written_again():
    device = Inverter()
    inv, rig = held(device)
    device.writes.clear()
    lose = [3]

    def spoil(frame):
        # The answer to the writing of the value: the device has it, we don't know.
        if frame[1] == 6 and frame[3] == VALUE & 0xFF:
            lose[0] -= 1
            return None if lose[0] == 1 else frame
        return frame

    rig.spoil = spoil
    inv.limit.set(400, 30)
    rig.until(lambda: inv.limit.mirrored, 5000)
    assert device.got() == [(5, 40), (9, 1)]


def test_a_scale_factor_that_is_none_writes_nothing():
    for factor in (-0x8000, 11, -11):
        device = Inverter(factor=factor)
        inv = SunSpecUnit(INVERTER, 1)
        rig = Rig([inv], [device])
        inv.limit.set(600, 30)
        rig.run(12000)
        assert device.writes == [] and inv.limit.fault == SCALE and inv.limit.uncontrollable


def test_what_no_register_holds_writes_nothing():
    device = Inverter(factor=-10)
    inv = SunSpecUnit(INVERTER, 1)
    rig = Rig([inv], [device])
    inv.limit.set(600, 30)
    rig.run(2000)
    assert device.writes == [] and inv.limit.fault == OVERFLOW


def test_a_scale_factor_that_changes_is_used_at_once_and_never_mixed():
    device = Inverter(factor=0)
    inv, rig = held(device)
    rig.run(500)
    device.writes.clear()
    device.put(AT + 23, -1)
    device.put(VALUE, 600)
    inv.limit.set(500, 30)
    rig.until(lambda: inv.limit.mirrored)
    assert inv.rediscoveries == 1
    assert [value for offset, value in device.got() if offset == 5][-1] == 500
    assert 50 not in [value for offset, value in device.got() if offset == 5]


def test_a_refused_write_says_so():
    class Refusing(Inverter):
        def write_registers(self, fc, address, count, data, at):
            return 3

    inv = SunSpecUnit(INVERTER, 1)
    rig = Rig([inv], [Refusing()])
    inv.limit.set(600, 30)
    rig.run(10000)
    assert inv.limit.fault == REFUSED and inv.limit.uncontrollable and inv.limit.writes < 6


# Models 704, 124, 715, 802.


def der_704(more=()):
    points = {14: 0, 15: 1000, 16: 1000, 17: 0, 18: [0, 0], 22: 0, 23: 0, 24: [0, 0], 26: [0, 0], 30: 0, 31: [0, 0],
              49: 0, 54: -1, 55: 2, 56: 0}  # fmt: skip
    points.update(more)
    return model(704, 65, points)


def pcs(*models):
    return Device(7, chain(common(), *models))


def test_704_limit_has_a_safe_value_to_revert_to():
    device = pcs(der_704())
    inv = SunSpecUnit(INVERTER, 7)
    rig = Rig([inv], [device])
    inv.limit.set(600, 30, 0, 250)
    rig.until(lambda: inv.limit.mirrored)
    at = 40070
    assert device.writes == [
        (at + 15, [600]), (at + 16, [250]), (at + 17, [1]), (at + 18, [0, 30]), (at + 14, [1])]  # fmt: skip


def test_a_ramp_left_over_in_704_does_not_slow_a_limit():
    device = pcs(der_704())
    inv = SunSpecUnit(INVERTER, 7)
    rig = Rig([inv], [device])
    inv.limit.set(600, 30, 10)
    rig.until(lambda: inv.limit.mirrored)
    at = 40070
    assert (at + 49, [10]) in device.writes
    device.writes.clear()
    inv.limit.set(300, 30)
    rig.until(lambda: inv.limit.mirrored)
    assert device.writes == [(at + 15, [300]), (at + 49, [100]), (at + 14, [1])]
    device.writes.clear()
    device.put(at + 49, 0)  # none: left as it is
    inv.limit.set(200, 30)
    rig.until(lambda: inv.limit.mirrored)
    assert device.writes == [(at + 15, [200]), (at + 14, [1])]


def test_704_set_point_in_watts():
    device = pcs(der_704())
    unit = SunSpecUnit(PCS, 7)
    rig = Rig([unit], [device])
    unit.setpoint.set(-1205, 30, 0, 0)
    rig.until(lambda: unit.setpoint.mirrored)
    at = 40070
    assert device.writes == [
        (at + 24, [0xFFFF, 0x10000 - 1205]), (at + 23, [1]), (at + 30, [1]), (at + 31, [0, 30]), (at + 22, [1])
    ]  # fmt: skip
    assert unit.setpoint.in_force == -1205
    device.writes.clear()
    unit.setpoint.set(700, 30, 0, 0)
    rig.until(lambda: unit.setpoint.mirrored)
    assert device.writes == [(at + 24, [0, 700]), (at + 22, [1])] and unit.setpoint.in_force == 700


def test_124_both_rates_go_in_one_write():
    points = {2: 5000, 5: 0, 12: 0, 13: 0, 15: 0, 16: 0, 17: 0, 18: 2, 25: -2}
    device = pcs(model(124, 24, points))
    unit = SunSpecUnit(PCS, 7)
    rig = Rig([unit], [device])
    unit.setpoint.set(-2500, 60)  # charge with half of 500 kW
    rig.until(lambda: unit.setpoint.mirrored)
    at = 40070
    assert device.writes == [(at + 12, [0x10000 - 5000, 5000]), (at + 17, [1]), (at + 15, [60]), (at + 5, [3])]
    assert unit.setpoint.in_force == -2500


def test_stop_and_start_by_715_and_heartbeats():
    device = pcs(model(715, 7, {2: 0, 3: [0, 0], 5: [0, 0], 7: 0, 8: 1}), model(802, 62, {11: 500, 19: 0, 56: -1}))
    unit = SunSpecUnit(PCS, 7)
    rig = Rig([unit], [device])
    rig.until(lambda: unit.stage == READING)
    unit.heart.on = 1
    rig.run(5500)
    beats = [values for address, values in device.writes if address == 40070 + 5]
    assert beats == [[0, i] for i in range(1, len(beats) + 1)] and 5 <= len(beats) <= 6
    assert [values for address, values in device.writes if address == 40079 + 19][-1] == [len(beats)]
    unit.heart.on = 0
    device.writes.clear()
    unit.operation.set(0)
    rig.until(lambda: unit.operation.mirrored)
    assert device.writes == [(40070 + 8, [0])]
    unit.operation.set(1)
    rig.until(lambda: unit.operation.mirrored)
    assert device.writes == [(40070 + 8, [0]), (40070 + 8, [1])]
