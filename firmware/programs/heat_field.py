"""The devices of the heat board's own line: three heat pumps, three heat meters and the data centre (domain brief §4a).

Which are fitted, and where, say the parameters. Their values become bus inputs, each for as long as it is fresh; the
data centre's only while its heartbeat moves. A heat pump is written to while an outlet is asked of it (HPn.SP above 0):
left alone, it stops by itself after 30 s.
"""

from array import array

from drivers import data_centre, heat_meter, heat_pump
from drivers.data_centre import DataCentre
from drivers.heat_meter import HeatMeter
from drivers.heat_pump import HeatPump
from drivers.modbus_line import ModbusLine
from firmware.runtime.field import Devices, Group
from protocols.layout import BAD_SAMPLE
from protocols.port import const
from protocols.quality import GOOD

MACHINES = const(3)
METERS = const(3)
_REST_MS = const(20)  # a second is soon enough for all of them
_COUNT_MASK = const(0x3FFFFFFF)
_NOTHING = const(0x8000)  # what a device shows where it has no value
_MOST = const(0x7FFF)
_DEAF = const(2)  # of the event DEVICE: it answers, and doesn't do what it is told


class HeatField(Devices):
    """Stations, samples and set-points of the heat board.

    machines, meters, hall   their stations; address 0 is one that isn't fitted
    """

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.baud = par.field_baud_100 * 100
        wait = par.answer_ms
        self.machines = tuple([HeatPump(getattr(par, "hp%d_unit" % k), wait) for k in range(1, MACHINES + 1)])
        self.meters = tuple(
            [HeatMeter(getattr(par, "hm%d_unit" % k), par.meter_kw, wait) for k in range(1, METERS + 1)]
        )
        self.hall = DataCentre(par.dc_unit, wait)
        self._units = (self.hall,) + self.machines + self.meters
        self.line = ModbusLine(self._units, self.baud, rest_ms=_REST_MS)
        names = [row[0] for row in table.FIELD]
        stale = {}
        for row in table.BI:
            stale[row[0]] = row[1]

        def group(first, n):
            return Group(names.index(first), n, stale[first])

        self._groups = (
            (group("IT_REQ", 2),)
            + tuple([group("HP%d_ST" % k, 8) for k in range(1, MACHINES + 1)])
            + tuple([group("HM%d_KW" % k, 2) for k in range(1, METERS + 1)])
        )
        self._passes = array("i", [-1] * len(self._units))
        self._states = bytearray(len(self._units))
        self._counted = array("i", [0] * METERS)
        self._errors = array("i", [0] * METERS)
        self._sp = tuple(["HP%d_SP" % k for k in range(1, MACHINES + 1)])
        self._plr = tuple(["HP%d_PLR" % k for k in range(1, MACHINES + 1)])
        self._kwh = tuple(["HM%d_KWH" % k for k in range(1, METERS + 1)])

    # -- samples -----------------------------------------------------------------------------------------------

    def sample(self, raw, at, now):
        """Values of devices that were read since the last scan; of those that were not for too long, none."""
        passes = self._passes
        for i in range(len(self._units)):
            unit = self._units[i]
            if not unit.address:
                continue
            unit.tick(now)
            group = self._groups[i]
            if unit.passes != passes[i]:
                passes[i] = unit.passes
                if unit.quality == GOOD:
                    self._take(i, unit, group, raw, at + group.first, now)
            state = unit.alive
            if state and 0 < i <= MACHINES and not self.machines[i - 1].controlled:
                state = _DEAF
            if state != self._states[i]:
                self._states[i] = state
                self.events.emit(self.table.EV_DEVICE, unit.address, state)
            group.expire(raw, at, now)

    def _take(self, i, unit, group, raw, at, now):
        if i == 0:
            if not unit.beating:
                return
            raw[at] = min(unit.regs[data_centre.WANTED - data_centre.BEAT], _MOST)
            raw[at + 1] = _signed(unit.regs[data_centre.SUPPLY_AIR - data_centre.BEAT])
            group.at = unit.beat_at
            group.there = 1
            return
        if i <= MACHINES:
            self._take_machine(unit.regs, raw, at)
        else:
            raw[at] = BAD_SAMPLE if unit.error & heat_meter.ERR_POWER else _signed(unit.regs[0])
            raw[at + 1] = unit.error
            self._told(i - MACHINES - 1, unit.error)
        group.at = now
        group.there = 1

    def _told(self, meter, error):
        """A reading that is refused has a name and a line in the event ring: once, until it changes."""
        if error != self._errors[meter]:
            self._errors[meter] = error
            self.events.emit(self.table.EV_METER, meter + 1, error)

    def _take_machine(self, regs, raw, at):
        state = regs[0]
        raw[at] = state if state < len(heat_pump.STATES) else heat_pump.ST_UNKNOWN
        raw[at + 1] = _signed(regs[heat_pump.OUTLET - heat_pump.STATE])
        for k in range(4):  # pressures and powers
            raw[at + 2 + k] = _signed(regs[heat_pump.HIGH_PRESSURE - heat_pump.STATE + k])
        raw[at + 6] = min(regs[heat_pump.FAULT - heat_pump.STATE], _MOST)
        raw[at + 7] = 1 if regs[heat_pump.FLOW - heat_pump.STATE] == 1 else 0

    # -- set-points --------------------------------------------------------------------------------------------

    def want(self, io, now):
        """Set-points of the machines that an outlet is asked of; what the meters counted goes to the image."""
        for k in range(MACHINES):
            unit = self.machines[k]
            if not unit.address:
                continue
            set_point = getattr(io, self._sp[k])
            if set_point > 0:
                unit.set(set_point, getattr(io, self._plr[k]))
            else:
                unit.leave()
        refused = 0
        deaf = 0
        for unit in self.machines:
            deaf += unit.refusals
        for k in range(METERS):
            energy = self.meters[k].energy
            refused += energy.refused
            if energy.total != self._counted[k]:
                more = (energy.total - self._counted[k]) & _COUNT_MASK
                self._counted[k] = energy.total
                setattr(io, self._kwh[k], (getattr(io, self._kwh[k]) + more) & _COUNT_MASK)
        io.METER_BAD = refused
        client = self.line.client
        io.FIELD_LOAD = self.line.share
        io.FIELD_LATE = client.timeouts & _COUNT_MASK
        io.FIELD_WRONG = client.crc_errors + client.foreign + client.malformed + deaf & _COUNT_MASK


def _signed(word):
    if word == _NOTHING:
        return BAD_SAMPLE
    return word - 0x10000 if word & 0x8000 else word
