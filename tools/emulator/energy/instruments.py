"""The grid meter and the weather station as SunSpec devices."""

from __future__ import annotations

from tools.emulator.energy.meter import Meter
from tools.emulator.energy.sunspec.device import Chain, Clock, SunSpecDevice
from tools.emulator.energy.weather import Weather


class MeterDevice(SunSpecDevice):
    """Model 203, import positive. Energy registers are 32 bits of Wh and wrap."""

    MODEL = "GM-05S"
    LATENCY_MS = (20, 25)
    REFRESH_S = 0.0

    def __init__(self, meter: Meter, clock: Clock, serial: str, *, seed: int = 1) -> None:
        self.meter = meter
        super().__init__(clock, serial, seed=seed)

    def chain(self) -> Chain:
        """See `SunSpecDevice.chain`."""
        return [(203, {})]

    def prepare(self) -> None:
        """See `SunSpecDevice.prepare`."""
        self.refresh()

    def measure(self) -> None:
        """See `SunSpecDevice.measure`."""
        meter = self.meter
        scale = 3 if "sf_change" in self.quirks else 2
        va = (meter.w**2 + meter.var**2) ** 0.5
        line = meter.volts * 3**0.5
        self.fill(
            203,
            {"A_SF": 0, "V_SF": -1, "Hz_SF": -2, "W_SF": scale, "VA_SF": scale, "VAR_SF": scale, "PF_SF": -1,
             "TotWh_SF": 0, "A": 3 * meter.amps, "AphA": meter.amps, "AphB": meter.amps, "AphC": meter.amps,
             "PhV": meter.volts, "PhVphA": meter.volts, "PhVphB": meter.volts, "PhVphC": meter.volts, "PPV": line,
             "PhVphAB": line, "PhVphBC": line, "PhVphCA": line, "Hz": meter.hertz, "W": meter.w, "WphA": meter.w / 3,
             "WphB": meter.w / 3, "WphC": meter.w / 3, "VA": va, "VAR": meter.var,
             "PF": 100.0 * meter.w / va if va else 100.0, "TotWhExp": int(meter.exported_wh),
             "TotWhImp": int(meter.imported_wh), "Evt": 0},
        )  # fmt: skip


class WeatherDevice(SunSpecDevice):
    """Models 302 and 307."""

    MODEL = "MET-1"
    LATENCY_MS = (40, 90)
    REFRESH_S = 1.0

    def __init__(self, weather: Weather, clock: Clock, serial: str, *, seed: int = 1) -> None:
        self.weather = weather
        super().__init__(clock, serial, seed=seed)

    def chain(self) -> Chain:
        """See `SunSpecDevice.chain`."""
        return [(302, {"repeating": 1}), (307, {})]

    def prepare(self) -> None:
        """See `SunSpecDevice.prepare`."""
        self.refresh()

    def measure(self) -> None:
        """See `SunSpecDevice.measure`."""
        weather = self.weather
        self.fill(302, {"repeating[0].GHI": weather.irradiance, "repeating[0].POAI": weather.irradiance})
        self.fill(307, {"TmpAmb": weather.ambient, "WndSpd": round(weather.wind), "RH": 60, "Pres": 1013})
