"""Heat meters: Modbus units (drivers/heat_meter.py) and such that only give pulses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers import heat_meter as reg
from tools.emulator.heat.unit_device import UnitDevice

JUMP_KWH = 5_000
FAULTS = {
    "supply_sensor": reg.ERR_SUPPLY,
    "return_sensor": reg.ERR_RETURN,
    "flow_sensor": reg.ERR_FLOW,
    "battery": reg.ERR_BATTERY,
    "swapped": reg.ERR_REVERSED,
}
"""What the meter itself finds. Besides: ``jump`` (the counter leaps by 5,000 kWh), ``wrap`` (it is about to turn over),
``stands`` (power is shown, nothing is counted)."""
EVENTS = ("jump", "wrap", "stands")


class MeterDevice(UnitDevice):
    """One meter. `measure` tells (power in W, flow in kg/s, supply and return in degC) where it sits."""

    POINTS = ("KW", "ERR")

    def __init__(self, measure: Callable[[], tuple[float, float, float, float]], kwh: float = 0.0) -> None:
        super().__init__((range(reg.MAGIC, reg.MAP_VERSION + 1), range(reg.POWER, reg.POWER + reg.READ_WORDS)))
        self.faults: set[str] = set()
        self.kwh = kwh
        """Its counter, which turns over at 100,000,000."""
        self._measure = measure
        self._m3 = 0.0
        self.registers[reg.MAGIC] = reg.MAGIC_VALUE
        self.registers[reg.MAP_VERSION] = reg.VERSION_VALUE

    @property
    def kw(self) -> float:
        """Power that it shows; negative with its sensors swapped."""
        if self.faults & {"supply_sensor", "return_sensor", "flow_sensor"}:
            return 0.0
        power = self._measure()[0] / 1000.0
        return -power if "swapped" in self.faults else power

    @property
    def error(self) -> int:
        """Its own error bits."""
        return sum(FAULTS.get(fault, 0) for fault in self.faults)

    def fail(self, kind: str) -> None:
        """Start a fault, or end all with "". Raises ValueError for one that it doesn't have."""
        if kind and kind not in FAULTS and kind not in EVENTS:
            raise ValueError(f"a heat meter can be {', '.join((*FAULTS, *EVENTS))}, not {kind!r}")
        if kind == "jump":
            self.kwh = (self.kwh + JUMP_KWH) % reg.MODULUS
        elif kind == "wrap":
            self.kwh = reg.MODULUS - 1.0
        elif kind:
            self.faults.add(kind)
        else:
            self.faults.clear()

    def step(self, dt: float) -> None:
        """Count for `dt` seconds."""
        if "stands" in self.faults:
            return
        self.kwh = (self.kwh + max(0.0, self.kw) * dt / 3600.0) % reg.MODULUS
        self._m3 = (self._m3 + max(0.0, self._measure()[1]) * dt / 1000.0) % (reg.MODULUS / 10)

    def refresh(self) -> None:
        """See `UnitDevice`."""
        _watts, flow, supply, back = self._measure()
        if "swapped" in self.faults:
            supply, back = back, supply
        registers = self.registers
        registers[reg.POWER] = round(self.kw * 10.0) & 0xFFFF
        self.put32(reg.ENERGY, int(self.kwh))
        self.put32(reg.VOLUME, int(self._m3 * 10.0))
        registers[reg.FLOW] = max(0, round(flow * 100.0))
        registers[reg.SUPPLY] = round(supply * 100.0) & 0xFFFF
        registers[reg.RETURN] = round(back * 100.0) & 0xFFFF
        registers[reg.ERROR] = self.error

    def points(self) -> tuple[int, ...]:
        """See `UnitDevice`."""
        return round(self.kw * 10.0), self.error


@dataclass
class PulseOutput:
    """A contact that closes once for each `unit` of something; `closed` for `width_s`, and as long open."""

    unit: float
    width_s: float
    closed: bool = False
    pulses: int = 0
    _waiting: float = 0.0
    _since_s: float = 0.0

    def step(self, dt: float, amount: float) -> None:
        """Let `amount` more pass within `dt` seconds."""
        self._waiting += amount
        self._since_s += dt
        if self._since_s < self.width_s:
            return
        if self.closed:
            self.closed = False
            self._since_s = 0.0
        elif self._waiting >= self.unit:
            self._waiting -= self.unit
            self.closed = True
            self.pulses += 1
            self._since_s = 0.0
