"""The client's line: many units share it, none holds up the others, damage makes neither values nor writes wrong."""

from drivers.modbus_line import ModbusLine
from drivers.register_unit import RegisterUnit
from drivers.sunspec.models import GM_P, INV_W, INVERTER, METER, PCS, PCS_P
from drivers.sunspec.quirks import STANDARD, Quirk
from drivers.sunspec.unit import READING, SunSpecUnit
from protocols.quality import GOOD, STALE
from protocols.ticks import ticks_diff
from tests.drivers.sunspec.portable_rig import Device, Rig, chain, common, controls_123, inverter_103, model
from tests.portable_helpers import refusal

AT_123 = 40000 + 2 + 68 + 52


def meter(p=250):
    points = {2: 100, 6: 0, 7: 2301, 15: -1, 16: 4998, 17: -2, 18: p, 22: 3, 28: 40, 32: 3}
    return chain(common("m"), model(203, 105, points))


def storage():
    measured = {3: 1, 4: 3, 6: [0, 0], 8: [0, 0], 10: -500, 36: 300, 115: -2, 116: 2, 122: -1}
    der = {14: 0, 15: 1000, 16: 1000, 17: 0, 18: [0, 0], 22: 0, 23: 0, 24: [0, 0], 26: [0, 0], 30: 0, 31: [0, 0]}
    der.update({49: 20, 54: -1, 55: 2, 56: 0})
    battery = {11: 555, 13: 98, 18: 7, 19: 0, 22: 3, 26: [0, 2], 37: 3400, 40: 3301, 56: -1, 58: 0, 60: -3}
    return chain(
        common("p"),
        model(701, 153, measured),
        model(704, 65, der),
        model(715, 7, {2: 0, 3: [0, 0], 5: [0, 0], 7: 0, 8: 1}),
        model(802, 62, battery),
        model(803, 58, {4: 31, 7: 25, 23: 0}),
    )


class Plant:
    """Six inverters, a battery converter, a meter and a controller with a map of its own: nine units on a line."""

    def __init__(self):
        self.inverters = [SunSpecUnit(INVERTER, n) for n in range(1, 7)]
        self.pcs = SunSpecUnit(PCS, 7)
        self.meter = SunSpecUnit(METER, 8)
        self.chargers = RegisterUnit(9, 0x20, 22, 0x10, 8, 1000, 0)
        self.devices = [Device(n, chain(common(str(n)), inverter_103(100 * n), controls_123())) for n in range(1, 7)]
        self.devices.append(Device(7, storage()))
        self.devices.append(Device(8, meter()))
        self.devices.append(Device(9, [0] * 64, 0))
        self.units = self.inverters + [self.pcs, self.meter]
        self.rig = Rig(self.units + [self.chargers], self.devices)

    def wait(self):
        """Until all are read; returns the ms that it took."""
        return self.rig.until(lambda: all([unit.passes for unit in self.units]) and self.chargers.passes)

    def gaps(self, ms, counter):
        """Run for ``ms``; return the longest time between two changes of ``counter()``."""
        rig = self.rig
        last = counter()
        at = rig.ms
        worst = 0
        for _ in range(ms // 5):
            rig.run(5)
            if counter() != last:
                last = counter()
                worst = max(worst, ticks_diff(rig.ms, at))
                at = rig.ms
        return max(worst, ticks_diff(rig.ms, at))


def test_nine_units_each_at_its_period():
    plant = Plant()
    took = plant.wait()
    assert took < 1500, took
    before = [unit.passes for unit in plant.units]
    plant.rig.run(10000)
    done = [unit.passes - n for unit, n in zip(plant.units, before)]
    assert all([9 <= n <= 11 for n in done[:6]]) and 19 <= done[6] <= 21 and 48 <= done[7] <= 51, done
    for n in range(6):
        assert plant.inverters[n].values[INV_W] == 100 * (n + 1) and plant.inverters[n].quality[INV_W] == GOOD
    assert plant.pcs.values[PCS_P] == -500 and plant.meter.values[GM_P] == 2500
    assert 0 < plant.rig.line.load < plant.rig.line.share < 1000


def test_one_dead_unit_never_delays_the_others():
    plant = Plant()
    plant.wait()
    plant.devices[2].silent = True
    plant.rig.run(10000)  # while it is being given up
    assert plant.inverters[2].stage != READING and plant.inverters[2].quality[INV_W] == STALE
    before = [unit.passes for unit in plant.units]
    worst = plant.gaps(20000, lambda: plant.meter.passes)
    done = [unit.passes - n for unit, n in zip(plant.units, before)]
    assert worst <= 450, worst
    assert done[7] >= 96 and done[6] >= 38 and all([done[n] >= 19 for n in (0, 1, 3, 4, 5)]), done


def test_while_it_is_given_up_the_meter_is_never_stale():
    plant = Plant()
    plant.wait()
    for n in (0, 2, 4):
        plant.devices[n].silent = True
    stale = [0]

    def look(_ms):
        stale[0] += plant.meter.quality[GM_P] != GOOD

    plant.rig.each_ms = look
    plant.rig.run(20000)
    assert stale[0] == 0


def test_all_dead_and_all_come_back():
    plant = Plant()
    plant.wait()
    for device in plant.devices:
        device.silent = True
    plant.rig.run(30000)
    assert all([unit.quality[0] == STALE for unit in plant.units]) and plant.chargers.quality == STALE
    for device in plant.devices:
        device.silent = False
    took = plant.rig.until(lambda: all([unit.quality[0] == GOOD for unit in plant.units]), 20000)
    assert took < 15000, took


class Noise:
    """Damages a share of the frames: one bit, or all lost. Its own generator, the same on both runtimes."""

    def __init__(self, percent):
        self.percent = percent
        self.x = 12345
        self.hits = 0

    def draw(self, n):
        self.x = (self.x * 1103 + 12345) & 0xFFFFF
        return (self.x >> 4) % n

    def __call__(self, frame):
        if self.draw(100) >= self.percent:
            return frame
        self.hits += 1
        if self.draw(5) == 0:
            return None
        at = self.draw(len(frame))
        return frame[:at] + bytes((frame[at] ^ (1 << self.draw(8)),)) + frame[at + 1 :]


def test_a_third_of_the_frames_damaged_no_value_and_no_write_is_wrong():
    plant = Plant()
    rig = plant.rig
    noise = Noise(30)
    rig.spoil = noise
    bad = []

    def look(_ms):
        for n in range(6):
            unit = plant.inverters[n]
            if unit.quality[INV_W] == GOOD and unit.values[INV_W] != 100 * (n + 1):
                bad.append(n)
        if plant.meter.quality[GM_P] == GOOD and plant.meter.values[GM_P] != 2500:
            bad.append(8)

    rig.each_ms = look
    wanted = [set() for _ in range(6)]
    for second in range(30):
        for n in range(6):
            limit = 300 + 10 * ((second // 5 + n) % 7)
            wanted[n].add(limit // 10)
            plant.inverters[n].limit.set(limit, 30)
        rig.run(1000)
    assert noise.hits > 200 and not bad
    for n in range(6):
        limit = plant.inverters[n].limit
        for address, values in plant.devices[n].writes:
            offset = address - AT_123
            allowed = {5: wanted[n], 8: {0}, 7: {30}, 9: {1}}
            assert offset in allowed and values[0] in allowed[offset], (n, offset, values)
        assert plant.inverters[n].stage == READING or not plant.inverters[n].alive
        assert limit.misses < 10
    rig.spoil = None
    rig.until(lambda: all([unit.limit.mirrored for unit in plant.inverters]), 15000)


def slow_unit(quirk):
    """A unit that takes a second to answer, beside a meter; returns (unit, meter, device, rig)."""
    device = Device(1, chain(common(), inverter_103(), controls_123()))
    device.latency = 1000000
    inv = SunSpecUnit(INVERTER, 1, quirk)
    gm = SunSpecUnit(METER, 8)
    rig = Rig([inv, gm], [device, Device(8, meter())])
    inv.limit.set(600, 60)
    return inv, gm, device, rig


def test_a_unit_known_to_take_a_second_is_read_and_written_right():
    inv, _, device, rig = slow_unit(Quirk(timeout_ms=1500))
    rig.until(lambda: inv.limit.mirrored, 30000)
    assert inv.values[INV_W] == 500
    assert [(address - AT_123, values[0]) for address, values in device.writes] == [(5, 60), (7, 60), (9, 1)]


def test_a_unit_not_known_to_take_a_second_is_dead_and_its_late_answers_are_nobodys():
    inv, gm, device, rig = slow_unit(STANDARD)
    rig.run(30000)
    assert inv.quality[INV_W] != GOOD and device.writes == []
    assert gm.quality[GM_P] == GOOD and gm.values[GM_P] == 2500 and rig.line.client.late + rig.line.client.foreign > 0


def test_a_saturated_line_is_used_to_seven_tenths_and_more():
    units = [SunSpecUnit(PCS, n, period_ms=100) for n in range(1, 9)]
    devices = [Device(n, storage()) for n in range(1, 9)]
    for device in devices:
        device.latency = 0
    rig = Rig(units, devices)
    rig.until(lambda: all([unit.passes for unit in units]))
    before = [unit.passes for unit in units]
    rig.run(5000)
    assert rig.line.load >= 700, rig.line.load
    passes = [unit.passes - n for unit, n in zip(units, before)]
    assert min(passes) >= 10 and max(passes) - min(passes) <= 4, passes  # and all have their share


def test_writes_go_first_but_never_keep_reading_off():
    plant = Plant()
    plant.wait()
    plant.rig.each_ms = lambda ms: [unit.limit.set(300 + ms % 500, 30) for unit in plant.inverters]
    worst = plant.gaps(10000, lambda: plant.meter.passes)
    assert worst < 1000, worst


def test_a_unit_that_is_written_to_all_the_time_leaves_room_to_read():
    greedy = RegisterUnit(9, 0x20, 22, 0x10, 8, 1, 0)
    gm = SunSpecUnit(METER, 8)
    rig = Rig([greedy, gm], [Device(9, [0] * 64, 0), Device(8, meter())])
    greedy.writing = 1
    rig.run(10000)
    assert gm.passes > 20 and greedy.writes > 4 * gm.passes // 2


def test_units_that_never_answer_get_a_tenth_of_the_line_all_together():
    missing = [SunSpecUnit(INVERTER, n) for n in range(1, 8)]
    gm = SunSpecUnit(METER, 8)
    rig = Rig(missing + [gm], [Device(8, meter())])
    rig.run(30000)
    before = sum([unit.failures for unit in missing])
    rig.run(60000)
    asked = sum([unit.failures for unit in missing]) - before
    assert 5 <= asked and asked * 250 <= 60000 // 8, asked  # each waits 100, 200 or 400 ms
    assert gm.quality[GM_P] == GOOD


def test_a_map_of_its_own_is_read_and_written_each_period():
    device = Device(9, [0] * 64, 0)
    unit = RegisterUnit(9, 0x20, 22, 0x10, 8, 1000, 0)
    rig = Rig([unit], [device])
    device.put(0x20, 77)
    rig.run(2500)
    assert unit.quality == GOOD and unit.regs[0] == 77 and device.writes == []
    unit.out[1] = 160
    unit.writing = 1
    rig.run(5000)
    beats = [values[0] for _, values in device.writes]
    assert beats == list(range(1, len(beats) + 1)) and 5 <= len(beats) <= 6
    assert device.writes[0][0] == 0x10 and device.writes[0][1][1] == 160
    device.silent = True
    rig.run(6500)
    assert unit.quality == STALE


def test_units_are_told_apart():
    assert "two units have the address 3" in refusal(ModbusLine, (SunSpecUnit(METER, 3), SunSpecUnit(PCS, 3)))
    assert len(ModbusLine((SunSpecUnit(METER, 0), SunSpecUnit(PCS, 3))).stations) == 1
    refusal(SunSpecUnit, METER, 248)
