"""The devices of the energy board's own line: six inverters, battery inverter with its battery, grid meter, charging
group, weather station (domain brief §2a).

Which are fitted, and where, say the parameters; what they can do is discovered (`drivers.sunspec`). Their values
become bus inputs, each for as long as it is fresh. ASK of the image says which of them are commanded: what isn't is
left to its own fallback.
"""

from array import array

from drivers import ev_group
from drivers.modbus_line import ModbusLine
from drivers.register_unit import RegisterUnit
from drivers.sunspec import models
from drivers.sunspec.controls import STARTED, STOPPED
from drivers.sunspec.quirks import QUIRKS
from drivers.sunspec.unit import SunSpecUnit
from drivers.sunspec.values import NOT_IMPLEMENTED
from firmware.runtime.field import Devices, Group
from protocols.layout import BAD_SAMPLE
from protocols.port import const
from protocols.quality import BAD, GOOD
from protocols.ticks import ticks_add, ticks_diff

INVERTERS = const(6)
_PCS_BIT = const(1 << 6)
_EV_BIT = const(1 << 7)
_PCS_STEP_MS = const(500)  # a ramp is sent in steps: the line has others to serve
_UNLIMITED = const(0x7FFF)
_CURRENT_MAX = const(20000)  # 0.1 A and 0.1 V: their product stays a small integer
_EVENTS = const(0x3FFFFFFF)
_FAULT_OF_BATTERY = const(99)  # model 802
_DC_BIT = ev_group.DC_FROM & 15
_DC_WORD = ev_group.DC_FROM >> 4
_UNKNOWN = const(2)  # CTL: not known yet


# In the order of the sheet's parameters
QUIRK_NAMES = (
    "standard",
    "reversion_60s",
    "standby_below_10",
    "latency_200ms",
    "whole_models",
    "export_positive_meter",
)


def _quirk(number):
    return QUIRKS[QUIRK_NAMES[number]]


def points_of(words, at, mask, mask_at):
    """Points in the six words at `words[at:]` that stand in `mask` too; a DC point counts as its power in AC points."""
    n = 0
    for i in range(6):
        word = words[at + i] & mask[mask_at + i]
        bit = 0
        while word:
            if word & 1:
                n += ev_group.DC_WEIGHT if i == _DC_WORD and bit >= _DC_BIT else 1
            word >>= 1
            bit += 1
    return n


class EnergyField(Devices):
    """Stations, samples and set-points of the energy board."""

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.baud = par.field_baud_100 * 100
        self.inverters = tuple(
            [
                SunSpecUnit(models.INVERTER, getattr(par, "inv%d_unit" % k), _quirk(par.inv_quirk))
                for k in range(1, INVERTERS + 1)
            ]
        )
        self.pcs = SunSpecUnit(models.PCS, par.pcs_unit, _quirk(par.pcs_quirk))
        self.meter = SunSpecUnit(models.METER, par.gm_unit, _quirk(par.gm_quirk))
        self.weather = SunSpecUnit(models.WEATHER, par.met_unit)
        self.cars = RegisterUnit(
            par.ev_unit, ev_group.TOTAL_W, ev_group.READ_WORDS, ev_group.HEARTBEAT, ev_group.WRITE_WORDS, 1000, 0
        )
        self._units = self.inverters + (self.pcs, self.meter, self.weather, self.cars)
        self.line = ModbusLine((self.meter, self.pcs) + self.inverters + (self.cars, self.weather), self.baud)
        names = [row[0] for row in table.FIELD]
        stale = {}
        for row in table.BI:
            stale[row[0]] = row[1]

        def group(first, n):
            return Group(names.index(first), n, stale[first])

        self._meter = group("GM_P", 5)
        self._inverters = tuple([group("INV%d_W" % k, 6) for k in range(1, INVERTERS + 1)])
        self._battery = group("PCS_P", 15)
        self._cars = group("EV_P", 16)
        self._weather = group("MET_G", 3)
        self._passes = array("i", [-1] * len(self._units))
        self._alive = bytearray(len(self._units))
        self._set = tuple(["INV%d_SET" % k for k in range(1, INVERTERS + 1)])
        self._en = tuple(["EV_EN%d" % k for k in range(1, 7)])
        self._frozen = array("i", [0] * 5)
        self._frozen_at = 0
        self._beat = -1
        self._beat_at = 0
        self._pcs_at = 0
        self._ticked = 0
        self._told = -1

    def plans(self):
        """Those of all units."""
        n = 0
        for unit in self._units:
            n += unit.plans
        return n

    # -- samples -----------------------------------------------------------------------------------------------

    def sample(self, raw, at, now):
        """Values of devices that were read since the last scan; of those that were not for too long, none."""
        passes = self._passes
        i = 0
        for unit in self._units:
            if unit.address:
                if i < INVERTERS + 3:
                    unit.tick(now)
                if unit.passes != passes[i]:
                    passes[i] = unit.passes
                    self._take(i, unit, raw, at, now)
                if unit.alive != self._alive[i]:
                    self._alive[i] = unit.alive
                    self.events.emit(self.table.EV_DEVICE, unit.address, unit.alive)
            i += 1
        self._controls(raw, at)
        self._meter.expire(raw, at, now)
        for group in self._inverters:
            group.expire(raw, at, now)
        self._battery.expire(raw, at, now)
        self._cars.expire(raw, at, now)
        self._weather.expire(raw, at, now)

    def _take(self, i, unit, raw, at, now):
        if i < INVERTERS:
            group = self._inverters[i]
            self._take_inverter(unit, raw, at + group.first)
        elif unit is self.pcs:
            group = self._battery
            self._take_battery(unit, raw, at + group.first, now)
        elif unit is self.meter:
            group = self._meter
            self._take_meter(unit, raw, at + group.first, now)
        elif unit is self.cars:
            if unit.quality != GOOD:
                return
            group = self._cars
            self._take_cars(unit.regs, raw, at + group.first)
        else:
            group = self._weather
            for k in range(3):
                raw[at + group.first + k] = _sample(unit, models.MET_G + k)
        group.at = now
        group.there = 1

    def _take_inverter(self, unit, raw, at):
        raw[at] = _sample(unit, models.INV_W)
        raw[at + 1] = _sample(unit, models.INV_ST)
        raw[at + 2] = _sample(unit, models.INV_TMP)
        raw[at + 3] = unit.limit.in_force if unit.limit.in_force_q < BAD else BAD_SAMPLE
        raw[at + 4] = _mirror(unit.limit)
        raw[at + 5] = _bits(unit, models.INV_EVT)

    def _take_battery(self, unit, raw, at, now):
        raw[at] = _sample(unit, models.PCS_P)
        raw[at + 1] = unit.setpoint.in_force if unit.setpoint.in_force_q < BAD else BAD_SAMPLE
        raw[at + 2] = _sample(unit, models.PCS_ST)
        raw[at + 3] = _mirror(unit.setpoint)
        for k in range(6):
            raw[at + 4 + k] = _sample(unit, models.BAT_SOC + k)
        state = _sample(unit, models.BAT_ST)
        raw[at + 10] = 7 if state == _FAULT_OF_BATTERY else state
        beat = _sample(unit, models.BAT_HB)
        if beat != self._beat:
            self._beat = beat
            self._beat_at = now
        still = ticks_diff(now, self._beat_at) >= self.par.bms_beat_ms
        raw[at + 11] = BAD_SAMPLE if still or beat == BAD_SAMPLE else beat & 0x7FFF
        raw[at + 12] = _power(unit, models.BAT_ACHA)
        raw[at + 13] = _power(unit, models.BAT_ADIS)
        raw[at + 14] = _bits(unit, models.BAT_EVT)

    def _take_meter(self, unit, raw, at, now):
        """A meter whose five values all stand still is frozen, however alive its answers look."""
        frozen = self._frozen
        moved = 0
        for k in range(5):
            value = _sample(unit, models.GM_P + k)
            if value != frozen[k]:
                frozen[k] = value
                moved = 1
        if moved:
            self._frozen_at = now
        longest = self.par.meter_frozen_ms
        stands = longest and ticks_diff(now, self._frozen_at) >= longest
        if stands and ticks_diff(now, self._frozen_at) > 0x8000000:
            self._frozen_at = ticks_add(now, -longest)
        for k in range(5):
            raw[at + k] = BAD_SAMPLE if stands else frozen[k]

    def _take_cars(self, regs, raw, at):
        raw[at] = regs[0]
        raw[at + 1] = regs[ev_group.SHARE_IN_FORCE - ev_group.TOTAL_W]
        connected = ev_group.CONNECTED - ev_group.TOTAL_W
        charging = ev_group.CHARGING - ev_group.TOTAL_W
        raw[at + 2] = points_of(regs, charging, regs, charging)
        raw[at + 3] = points_of(regs, connected, self.cars.out, ev_group.ENABLED - ev_group.HEARTBEAT)
        for k in range(6):
            raw[at + 4 + 2 * k] = regs[connected + k]
            raw[at + 5 + 2 * k] = regs[charging + k]

    def _controls(self, raw, at):
        """What counts set-points that are not mirrored runs on while a device is silent: it needs no new reading."""
        for k in range(INVERTERS):
            group = self._inverters[k]
            if group.there:
                raw[at + group.first + 4] = _mirror(self.inverters[k].limit)
        if self._battery.there:
            raw[at + self._battery.first + 3] = _mirror(self.pcs.setpoint)

    # -- set-points --------------------------------------------------------------------------------------------

    def want(self, io, now):
        """Set-points of what ASK names; the others are left alone."""
        par = self.par
        ask = io.ASK
        run = io.INV_RUN
        for k in range(INVERTERS):
            unit = self.inverters[k]
            if not unit.address:
                continue
            if ask & 1 << k:
                unit.limit.set(getattr(io, self._set[k]), par.rvrt_s, 0, io.INV_REVERT)
                unit.operation.set(STARTED if run & 1 << k else STOPPED)
            else:
                unit.limit.leave()
                unit.operation.leave()
        self._want_battery(io, ask & _PCS_BIT, now)
        self._want_cars(io, ask & _EV_BIT)
        client = self.line.client
        io.FIELD_LOAD = self.line.share
        io.FIELD_LATE = client.timeouts & 0x3FFFFFFF
        io.FIELD_WRONG = client.crc_errors + client.foreign + client.malformed & 0x3FFFFFFF

    def _want_battery(self, io, ask, now):
        unit = self.pcs
        if not unit.address:
            return
        unit.heart.on = 1 if ask else 0
        if not ask:
            unit.setpoint.leave()
            unit.operation.leave()
            return
        unit.operation.set(STARTED if io.PCS_RUN else STOPPED)
        wanted = io.PCS_SET
        if not wanted or ticks_diff(now, self._pcs_at) >= _PCS_STEP_MS or ticks_diff(now, self._pcs_at) < 0:
            self._pcs_at = now
            unit.setpoint.set(wanted, self.par.rvrt_s, 0, 0)

    def _want_cars(self, io, ask):
        unit = self.cars
        if not unit.address:
            return
        out = unit.out
        unit.writing = 1 if ask else 0
        if not ask:
            return
        urgent = 0
        share = ev_group.SHARE - ev_group.HEARTBEAT
        if out[share] != io.EV_SHARE:
            urgent = 1 if io.EV_SHARE < out[share] else 0
            out[share] = io.EV_SHARE
        at = ev_group.ENABLED - ev_group.HEARTBEAT
        for k in range(6):
            word = getattr(io, self._en[k])
            if out[at + k] & ~word:
                urgent = 1
            out[at + k] = word
        if urgent:
            unit.now()


def _sample(unit, field):
    return unit.values[field] if unit.quality[field] < BAD else BAD_SAMPLE


def _bits(unit, field):
    return unit.values[field] & _EVENTS if unit.quality[field] < BAD else BAD_SAMPLE


def _mirror(control):
    """CTL: 0 not controllable (E9), 1 mirrored at the last look, 2 nothing asked yet or under way."""
    if control.uncontrollable:
        return 0
    return 1 if control.mirrored else _UNKNOWN


def _power(unit, field):
    """Power (0.1 kW) of the current that the battery management allows; a battery that doesn't say allows any."""
    if unit.quality[field] >= BAD:
        return _UNLIMITED if unit.why[field] == NOT_IMPLEMENTED else BAD_SAMPLE
    volts = min(_CURRENT_MAX, unit.values[models.BAT_V])
    amps = min(_CURRENT_MAX, unit.values[field])
    return min(_UNLIMITED, volts * amps // 10000)
