"""The seven units of the heat plant's own line: three heat pumps, three heat meters, the data centre."""

from __future__ import annotations

from protocols.layout import NO_SAMPLE
from tools.emulator.energy.station import Station
from tools.emulator.heat.data_centre_device import DataCentreDevice
from tools.emulator.heat.district import HeatDistrict
from tools.emulator.heat.heat_pump_device import HeatPumpDevice
from tools.emulator.heat.meter_device import MeterDevice
from tools.emulator.heat.unit_device import UnitDevice
from tools.emulator.plant import Signals
from tools.emulator.serial_line import SerialLine
from tools.emulator.world import World

UNITS = {"HP1": 1, "HP2": 2, "HP3": 3, "HM1": 11, "HM2": 12, "HM3": 13, "DC": 20}
_PREFIXES = {"DC": "IT"}
FIRST_KWH = (184_210.0, 902_733.0, 97_118.0)
"""What the meters have counted before the emulation begins."""


class HeatField:
    """Devices by name."""

    def __init__(self, district: HeatDistrict) -> None:
        d = district

        def recovered() -> tuple[float, float, float, float]:
            return d.hm1_w, d.ft201, d.hx1.cold_out, d.tt202

        def heating() -> tuple[float, float, float, float]:
            return d.hm2_w, d.ft301, d.tt305, d.tt306

        def charged() -> tuple[float, float, float, float]:
            return d.hm3_w, d.ft401, d.hx2.cold_out, d.tt44

        self.machines = tuple(HeatPumpDevice(machine, lambda: d.tt203) for machine in d.machines)
        self.meters = tuple(
            MeterDevice(where, kwh) for where, kwh in zip((recovered, heating, charged), FIRST_KWH, strict=True)
        )
        self.data_centre = DataCentreDevice(lambda: (d.it_w, d.it_air))
        self.devices: dict[str, UnitDevice] = {f"HP{n}": each for n, each in enumerate(self.machines, 1)}
        self.devices.update({f"HM{n}": each for n, each in enumerate(self.meters, 1)})
        self.devices["DC"] = self.data_centre
        self._all = tuple(self.devices.values())
        self._points = tuple(
            (device, tuple(f"{_PREFIXES.get(name, name)}_{point}" for point in device.POINTS))
            for name, device in self.devices.items()
        )

    def step(self, dt: float) -> None:
        """Let `dt` seconds pass in all devices."""
        for device in self._all:
            device.step(dt)

    def connect(self, world: World, line: SerialLine) -> dict[str, Station]:
        """Put all devices on a line, under their names."""
        return {name: Station(world, line, name, UNITS[name], device) for name, device in self.devices.items()}

    def publish(self, signals: Signals) -> None:
        """Put what the line would bring into `signals`; a device that is dead, or stands still, brings nothing."""
        for device, attrs in self._points:
            if device.answers and (device is not self.data_centre or self.data_centre.beating):
                signals.update(zip(attrs, device.points(), strict=True))
            else:
                signals.update(dict.fromkeys(attrs, NO_SAMPLE))
