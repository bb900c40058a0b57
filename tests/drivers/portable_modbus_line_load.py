"""Ten units that take 20 ms and more to answer, and a set-point that changes each second: what is needed stays fresh.

Domain brief §2a (periods), §2f (latency of a unit).
"""

from drivers.register_unit import RegisterUnit
from drivers.sunspec.models import BAT_SOC, BAT_TMAX, GM_P, INVERTER, METER, PCS, PCS_P, WEATHER
from drivers.sunspec.unit import SunSpecUnit
from protocols.ticks import ticks_diff
from tests.drivers.portable_modbus_line import meter, storage
from tests.drivers.sunspec.portable_rig import Device, Rig, chain, common, controls_123, inverter_103, model

AT_704 = 40002 + 68 + 155


def weather():
    return chain(common("w"), model(302, 5, {2: 900}), model(307, 11, {2: 215, 5: 2}))


class Slow(Device):
    """Takes another time for each answer, spread evenly from `least` to `most` ms, the same on both runtimes."""

    least_ms = 20
    most_ms = 200

    def __init__(self, unit, regs, base=40000):
        Device.__init__(self, unit, regs, base)
        self.x = 777 * unit + 5

    def _draw(self):
        self.x = (self.x * 1103 + 12345) & 0xFFFFF
        self.latency = 1000 * (self.least_ms + (self.x >> 4) % (self.most_ms - self.least_ms + 1))

    def read_registers(self, fc, address, count, out, at):
        self._draw()
        return Device.read_registers(self, fc, address, count, out, at)

    def write_registers(self, fc, address, count, data, at):
        self._draw()
        return Device.write_registers(self, fc, address, count, data, at)


class Ages:
    """The longest time between two samples of a field, looked at each ms."""

    def __init__(self, rig, watched):
        self.watched = watched
        self.rig = rig
        self.since = [rig.ms] * len(watched)
        self.worst = [0] * len(watched)
        rig.each_ms = self.look

    def look(self, ms):
        i = 0
        for unit, field in self.watched:
            if unit.fresh[field]:
                unit.fresh[field] = 0
                self.since[i] = ms
            self.worst[i] = max(self.worst[i], ticks_diff(ms, self.since[i]))
            i += 1


def line_of_ten(most_ms):
    """Return (rig, pcs unit, pcs device, meter, inverters, chargers), all read."""
    inverters = [SunSpecUnit(INVERTER, n) for n in range(1, 7)]
    devices = [Slow(n, chain(common(str(n)), inverter_103(100 * n), controls_123())) for n in range(1, 7)]
    pcs, gm, met = SunSpecUnit(PCS, 7), SunSpecUnit(METER, 8), SunSpecUnit(WEATHER, 10)
    cars = RegisterUnit(9, 0x20, 22, 0x10, 8, 1000, 0)
    devices += [Slow(7, storage()), Slow(8, meter()), Slow(9, [0] * 64, 0), Slow(10, weather())]
    for device in devices:
        device.most_ms = most_ms
    rig = Rig(inverters + [pcs, gm, cars, met], devices)
    rig.until(lambda: all([unit.complete() for unit in inverters + [pcs, gm, met]]) and cars.passes)
    pcs.heart.on = 1
    cars.writing = 1
    for unit in inverters:
        unit.limit.set(1000, 30)
    pcs.setpoint.set(0, 30, 0, 0)
    rig.until(lambda: pcs.setpoint.mirrored and all([unit.limit.mirrored for unit in inverters]))
    rig.run(5000)
    return rig, pcs, devices[6], gm, inverters, cars


def ramp(most_ms):
    """A minute of a ramp in steps of 50 kW.

    Returns the greatest ages in ms (meter, PCS, battery twice, six inverters), the set-points asked and those that the
    device got, in order, and how many were not mirrored when the next one came.
    """
    rig, pcs, device, gm, inverters, cars = line_of_ten(most_ms)
    watched = [(gm, GM_P), (pcs, PCS_P), (pcs, BAT_SOC), (pcs, BAT_TMAX)] + [(unit, 0) for unit in inverters]
    ages = Ages(rig, watched)
    device.writes.clear()
    asked = []
    missed = 0
    for second in range(60):
        kw = 50 * (second % 10) - 225
        pcs.setpoint.set(10 * kw, 30, 0, 0)
        asked.append(kw * 10)
        rig.run(1000)
        missed += not pcs.setpoint.mirrored
    rig.until(lambda: pcs.setpoint.mirrored, 3000)
    got = [values[1] if values[0] == 0 else values[1] - 0x10000 for at, values in device.writes if at == AT_704 + 24]
    return ages.worst, asked, got, missed, pcs, cars


def test_a_set_point_each_second_leaves_every_value_its_share():
    worst, asked, got, missed, pcs, cars = ramp(60)
    assert got == asked and missed == 0
    assert worst[0] <= 1000 and worst[1] <= 1000, worst  # meter and PCS
    assert max(worst[2:4]) <= 3000 and max(worst[4:]) <= 5000, worst  # battery, inverters
    assert pcs.heart.beats >= 30 and cars.writes >= 20, (pcs.heart.beats, cars.writes)


def test_on_a_line_too_slow_for_all_the_latest_set_point_replaces_those_that_wait():
    worst, asked, got, _, pcs, cars = ramp(200)
    assert worst[0] <= 2000, worst  # the meter is never stale
    left = iter(asked)
    assert all([value in left for value in got]) and got[-1] == asked[-1], got  # in order, none made up, the last one
    assert len(got) >= 40 and not pcs.setpoint.misses, (len(got), pcs.setpoint.misses)
    assert pcs.heart.beats >= 6 and cars.writes >= 6, (pcs.heart.beats, cars.writes)
