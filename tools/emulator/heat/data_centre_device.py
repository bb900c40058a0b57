"""The hall's controller as a Modbus unit (drivers/data_centre.py): what cooling it wants, how warm its air is."""

from __future__ import annotations

from collections.abc import Callable

from drivers import data_centre as reg
from tools.emulator.heat.unit_device import UnitDevice

_AIR_ALARM = 27.0


class DataCentreDevice(UnitDevice):
    """Registers of the hall. `hall` tells (heat given to the loop in W, supply air in degC).

    beating: False, the controller stands still while its interface goes on answering.
    """

    POINTS = ("REQ", "T")

    def __init__(self, hall: Callable[[], tuple[float, float]]) -> None:
        super().__init__((range(reg.MAGIC, reg.MAP_VERSION + 1), range(reg.BEAT, reg.BEAT + reg.READ_WORDS)))
        self.beating = True
        self._hall = hall
        self._lived_s = 0.0
        self.registers[reg.MAGIC] = reg.MAGIC_VALUE
        self.registers[reg.MAP_VERSION] = reg.VERSION_VALUE

    def step(self, dt: float) -> None:
        """Let `dt` seconds pass."""
        if self.beating:
            self._lived_s += dt

    def refresh(self) -> None:
        """See `UnitDevice`. A controller that stands still shows what it showed last."""
        registers = self.registers
        beat = int(self._lived_s) & 0xFFFF
        if beat == registers[reg.BEAT] and not self.beating:
            return
        watts, air = self._hall()
        registers[reg.BEAT] = beat
        registers[reg.WANTED] = registers[reg.LOAD] = round(watts / 100.0)
        registers[reg.SUPPLY_AIR] = round(air * 100.0) & 0xFFFF
        registers[reg.ALARMS] = int(air > _AIR_ALARM)

    def points(self) -> tuple[int, ...]:
        """See `UnitDevice`."""
        watts, air = self._hall()
        return round(watts / 100.0), round(air * 100.0)
