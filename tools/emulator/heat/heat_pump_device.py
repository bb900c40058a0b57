"""A heat pump's own controller as a Modbus unit (drivers/heat_pump.py), with its contact and its own watchdog."""

from __future__ import annotations

from collections.abc import Callable

from drivers import heat_pump as reg
from protocols.modbus.codes import ILLEGAL_VALUE
from tools.emulator.heat.heat_pump import Code, HeatPump
from tools.emulator.heat.unit_device import UnitDevice

_BLOCKS = (
    range(reg.MAGIC, reg.FALLBACK_S + 1),
    range(reg.HEARTBEAT, reg.HEARTBEAT + reg.WRITE_WORDS),
    range(reg.STATE, reg.STATE + reg.READ_WORDS),
)
_RANGES = {
    reg.SET_POINT: range(reg.MIN_SET_POINT, reg.MAX_SET_POINT + 1),
    reg.PART_LOAD: range(reg.MAX_PART_LOAD + 1),
}
_CODES = {Code.HIGH_PRESSURE: 1, Code.LOW_PRESSURE: 2, Code.COMPRESSOR: 4, Code.START: 4}


class HeatPumpDevice(UnitDevice):
    """Registers of one machine. `back` tells the temperature of its condenser's return in degC.

    The machine has its order while its contact is made and it was written to within the last 30 s.
    """

    POINTS = ("ST", "TO", "HPB", "LPB", "KW", "PEL", "FLT", "FS")

    def __init__(self, machine: HeatPump, back: Callable[[], float]) -> None:
        super().__init__(_BLOCKS, _BLOCKS[1])
        self.machine = machine
        self.contact = False
        """HPn.Y as it reaches the machine, hard-wired layers included."""
        self.silent_s = float(reg.FALLBACK_VALUE)
        """Since the last writing with another heartbeat."""
        self._back = back
        self._told = False
        registers = self.registers
        registers[reg.MAGIC] = reg.MAGIC_VALUE
        registers[reg.MAP_VERSION] = reg.VERSION_VALUE
        registers[reg.RATED] = round(machine.rating_w / 100.0)
        registers[reg.FALLBACK_S] = reg.FALLBACK_VALUE
        registers[reg.SET_POINT] = round(100.0 * machine.set_point)
        registers[reg.PART_LOAD] = reg.MAX_PART_LOAD

    def step(self, dt: float) -> None:
        """Let `dt` seconds pass: the machine's order follows contact and watchdog."""
        self.silent_s += dt
        self._order()

    def _order(self) -> None:
        self.machine.order = self.contact and self.silent_s < reg.FALLBACK_VALUE

    def connect(self, made: bool) -> None:
        """Make or break its contact."""
        self.contact = made
        self._order()

    def refresh(self) -> None:
        """See `UnitDevice`."""
        machine, registers = self.machine, self.registers
        fed = self._told and self.silent_s < reg.FALLBACK_VALUE
        registers[reg.STATE] = int(machine.state)
        registers[reg.OUTLET] = round(100.0 * machine.outlet) & 0xFFFF
        registers[reg.RETURN] = round(100.0 * self._back()) & 0xFFFF
        registers[reg.HIGH_PRESSURE] = round(10.0 * machine.high_bar)
        registers[reg.LOW_PRESSURE] = round(10.0 * machine.low_bar)
        registers[reg.HEAT] = round(machine.heat_w / 100.0)
        registers[reg.ELECTRICAL] = round(machine.power_w / 100.0)
        registers[reg.FAULT] = _CODES.get(machine.code, 0)
        registers[reg.FLOW] = int(machine.flow_switch)
        registers[reg.SET_IN_FORCE] = round(100.0 * machine.set_point) if fed else 0
        registers[reg.LOAD_IN_FORCE] = round(1000.0 * machine.max_load)
        registers[reg.HEARTBEAT_AGE] = min(0xFFFF, int(10.0 * self.silent_s))
        self.put32(reg.STARTS, machine.starts)

    def judge(self, values: dict[int, int]) -> int:
        """See `UnitDevice`."""
        wrong = any(at in _RANGES and value not in _RANGES[at] for at, value in values.items())
        return int(ILLEGAL_VALUE) if wrong else 0

    def take(self, values: dict[int, int]) -> None:
        """See `UnitDevice`."""
        registers = self.registers
        if values.get(reg.HEARTBEAT, registers[reg.HEARTBEAT]) != registers[reg.HEARTBEAT]:
            self.silent_s = 0.0
            self._told = True
        registers.update(values)
        self._follow()

    def tell(self, set_point: int, part_load: int) -> None:
        """Take set-point (0.01 degC) and largest part load (0.1 %) as with a writing: where there is no line."""
        self.silent_s = 0.0
        self._told = True
        self.registers[reg.SET_POINT] = min(max(set_point, reg.MIN_SET_POINT), reg.MAX_SET_POINT)
        self.registers[reg.PART_LOAD] = min(max(part_load, 0), reg.MAX_PART_LOAD)
        self._follow()

    def _follow(self) -> None:
        self.machine.set_point = self.registers[reg.SET_POINT] / 100.0
        self.machine.max_load = self.registers[reg.PART_LOAD] / 1000.0
        self._order()

    def points(self) -> tuple[int, ...]:
        """See `UnitDevice`."""
        machine = self.machine
        return (
            int(machine.state),
            round(100.0 * machine.outlet),
            round(10.0 * machine.high_bar),
            round(10.0 * machine.low_bar),
            round(machine.heat_w / 100.0),
            round(machine.power_w / 100.0),
            _CODES.get(machine.code, 0),
            1 if machine.flow_switch else 0,
        )
