"""The ten units of the plant: on a serial line in the world, or one by one for peers."""

from __future__ import annotations

from collections.abc import Sequence

from tools.emulator.energy.charging_device import ChargingDevice
from tools.emulator.energy.converter_device import ConverterDevice
from tools.emulator.energy.district import District
from tools.emulator.energy.instruments import MeterDevice, WeatherDevice
from tools.emulator.energy.inverter_device import InverterDevice
from tools.emulator.energy.station import Device, Station
from tools.emulator.energy.sunspec.device import SunSpecDevice
from tools.emulator.serial_line import SerialLine
from tools.emulator.world import World

UNITS = {
    "INV1": 1, "INV2": 2, "INV3": 3, "INV4": 4, "INV5": 5, "INV6": 6, "PCS": 7, "GM": 8, "EV": 9, "MET": 10,
}  # fmt: skip
NEWER = ("INV2", "INV4", "INV6", "PCS")
"""Units with the 7xx chain."""


class Field:
    """Devices by name. `newer`: which inverters, and whether the PCS, have the 7xx chain."""

    def __init__(self, district: District, newer: Sequence[str] = NEWER, seed: int = 1) -> None:
        self.district = district
        self.devices: dict[str, Device] = {}

        def clock() -> float:
            return district.now_s

        for index, inverter in enumerate(district.inverters):
            name = f"INV{index + 1}"
            self.devices[name] = InverterDevice(
                inverter, clock, f"Q{seed:03}{index + 1:03}", newer=name in newer, seed=seed + index
            )
        self.devices["PCS"] = ConverterDevice(district.converter, clock, f"Q{seed:03}P07", newer="PCS" in newer)
        self.devices["GM"] = MeterDevice(district.meter, clock, f"Q{seed:03}M08", seed=seed + 8)
        self.devices["EV"] = ChargingDevice(district.charging, clock)
        self.devices["MET"] = WeatherDevice(district.weather, clock, f"Q{seed:03}W10", seed=seed + 10)
        for name, device in self.devices.items():
            if isinstance(device, SunSpecDevice):
                device.address = UNITS[name]
                device.build()

    def sunspec(self, name: str) -> SunSpecDevice:
        """One of the SunSpec devices. Raises KeyError for the charging group, and for what isn't there."""
        device = self.devices[name]
        if not isinstance(device, SunSpecDevice):
            raise KeyError(name)
        return device

    def step(self, dt: float) -> None:
        """Let `dt` seconds pass in all devices."""
        for device in self.devices.values():
            device.step(dt)

    def connect(self, world: World, line: SerialLine) -> dict[str, Station]:
        """Put all devices on a line, under their names."""
        return {name: Station(world, line, name, UNITS[name], device) for name, device in self.devices.items()}
