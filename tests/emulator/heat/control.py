"""Ideal controllers for checks of the model alone: no board, no sensors, no delays."""

from __future__ import annotations

from tools.emulator.heat.district import P401_KG_S, HeatDistrict
from tools.emulator.heat.water import CP

SOURCE_C = 27.0
OUTLET_C = 62.0


def running(**options: object) -> HeatDistrict:
    """A plant with all pumps on, V401 fully hot and the dry cooler at full speed."""
    district = HeatDistrict(**options)  # type: ignore[arg-type]
    district.p101a_y = district.p201_y = district.p202_y = district.p402_y = True
    district.p101_spd = 0.8
    district.p201_spd = 1.0
    district.v401_sp = 1.0
    district.dryc_spray = 0.0
    return district


class StoreThermostat:
    """Machine 1 charges the store: on when the second lowest node is below 54 °C, until the lowest is above 56.

    P401 takes what the machine can heat to 62 °C, less while the condenser isn't that warm.
    """

    def __init__(self, district: HeatDistrict) -> None:
        self.district = district
        self.on = False
        self._integral = 0.0

    def step(self) -> None:
        """Set the orders of the next second."""
        district = self.district
        machine = district.machines[0]
        if district.tt44 > 56.0:
            self.on = False
        elif district.tt43 < 54.0:
            self.on = True
        machine.order = self.on
        machine.set_point = OUTLET_C
        district.p401_y = self.on and machine.heat_w > 0.0
        if not district.p401_y:
            self._integral = 0.0
            return
        error = district.tt204 - (OUTLET_C - 0.5)
        self._integral = min(0.1, max(-0.15, self._integral + 0.02 / 30.0 * error))
        forward = machine.rating_w / (CP * max(3.0, OUTLET_C - district.tt44)) / P401_KG_S
        speed = min(0.6, max(0.05, forward + 0.02 * error + self._integral))
        district.p401_spd = speed if district.tt204 > district.tt41 + 1.0 else 0.05


class SourceThermostat:
    """V101 holds the evaporator inlet at 27 °C, the fans hold the IT loop."""

    def __init__(self, district: HeatDistrict) -> None:
        self.district = district
        self._share = 0.5

    def step(self) -> None:
        """Set the orders of the next second."""
        district = self.district
        self._share = min(1.0, max(0.0, self._share - 0.0005 * (district.tt201 - SOURCE_C)))
        district.v101_sp = self._share
        district.dryc_fan = min(1.0, max(0.0, 0.5 + 0.1 * (district.tt102 - 24.0)))
