"""The battery converter with its battery as one SunSpec device (domain brief §2a, §7.5)."""

from __future__ import annotations

from tools.emulator.energy.battery import SERIES, Management
from tools.emulator.energy.converter import Converter, Mode
from tools.emulator.energy.grid import NOMINAL_V
from tools.emulator.energy.inverter_device import GRID_DISCONNECT, GROUND_FAULT, OVER_TEMP
from tools.emulator.energy.sunspec.controls import (
    Connection123,
    Heart,
    Operation715,
    Pressed,
    SetPoint704,
    Storage124,
)
from tools.emulator.energy.sunspec.device import Chain, Clock, Control, SunSpecDevice
from tools.emulator.energy.sunspec.image import Value
from tools.emulator.energy.sunspec.ramp import Ramp

STRINGS = 4
NEWER: Chain = [
    (701, {}), (702, {}), (703, {}), (704, {}), (713, {}), (714, {"Prt": 1}), (715, {}), (802, {}),
    (803, {"string": STRINGS}),
]  # fmt: skip
LEGACY: Chain = [
    (103, {}), (120, {}), (121, {}), (122, {}), (123, {}), (124, {}), (802, {}), (803, {"string": STRINGS}),
]  # fmt: skip
INTENTIONAL_ISLAND = 0b0110
"""Capable of islanding and of black start."""
_STATES = {
    Mode.OFF: 1, Mode.STANDBY: 8, Mode.STARTING: 3, Mode.FOLLOWING: 4, Mode.FORMING: 4, Mode.FAULT: 7,
}  # fmt: skip
"""Model 103's St by mode; InvSt of 701 is one less."""
_EVENTS = {"ground_fault": GROUND_FAULT, "over_temperature": OVER_TEMP}


class _Contactors(Control):
    """SetOp of model 802: close or open the battery's contactors."""

    def __init__(self, device: ConverterDevice) -> None:
        self._device = device

    def written(self, names: set[str]) -> None:
        """See `Control.written`."""
        if "SetOp" in names:
            self._device.converter.battery.wanted = self._device.image[802].raw("SetOp") == 1


class ConverterDevice(SunSpecDevice):
    """The converter; `newer` has the 7xx chain. A controller whose heartbeat stops is answered with 0 kW."""

    LATENCY_MS = (20, 30)
    REFRESH_S = 0.2

    def __init__(self, converter: Converter, clock: Clock, serial: str, *, newer: bool = True, seed: int = 1) -> None:
        self.converter = converter
        self.newer = newer
        self.MODEL = "PCS-500-7" if newer else "PCS-500"
        self.ramp = Ramp(0.0)
        self.controller_lost = False
        super().__init__(clock, serial, seed=seed)

    def chain(self) -> Chain:
        """See `SunSpecDevice.chain`."""
        chain = list(NEWER if self.newer else LEGACY)
        if "no704" in self.quirks:
            chain = [(124, {}) if number == 704 else (number, counts) for number, counts in chain]
        return chain

    def prepare(self) -> None:
        """See `SunSpecDevice.prepare`."""
        image, converter = self.image, self.converter
        rating = converter.rating_w
        self.ramp.to(0.0)
        if 704 in image:
            self.control(704, SetPoint704(image[704], self.ramp, rating))
            image[704].update({"WRmp": 0, "WRmpRef": 1, "AntiIslEna": 1})
            if "sf_change" in self.quirks:
                image[704].set_raw("WSet_SF", 3)
        if 124 in image:
            self.control(124, Storage124(image[124], self.ramp, rating, self.rng))
            if "sf_change" in self.quirks:
                image[124].update({"InOutWRte_SF": 0, "OutWRte": 100.0, "InWRte": 100.0})
        if 123 in image:
            self.control(123, Connection123(image[123], self._connect))
        if 715 in image:
            self.control(715, Operation715(image[715], self._operate))
            self.control(715, Heart(image[715], "ControllerHb", self._lost))
            self.control(715, Pressed(image[715], "AlarmReset", self._reset))
        self._battery_settings()
        ratings: dict[str, Value] = {
            "W_SF": 2, "VA_SF": 2, "V_SF": 0, "A_SF": 0, "WMaxRtg": rating, "VAMaxRtg": rating, "WChaRteMaxRtg": rating,
            "WDisChaRteMaxRtg": rating, "VNomRtg": 400, "AMaxRtg": rating / 3 / NOMINAL_V, "WMax": rating,
            "WChaRteMax": rating, "WDisChaRteMax": rating, "VNom": 400, "IntIslandCatRtg": INTENTIONAL_ISLAND,
            "IntIslandCat": INTENTIONAL_ISLAND,
        }  # fmt: skip
        if 702 in image:
            image[702].update(ratings)
            image[703].update({"ES": 1, "ESDlyTms": 1, "ESRndTms": 0, "ESRmpTms": 0, "ESDlyRemTms": 0})
        if 714 in image:
            image[714].set("NPrt", 1)
        if 120 in image:
            image[120].update(
                {"WRtg_SF": 2, "VARtg_SF": 2, "VArRtg_SF": 2, "ARtg_SF": 0, "PFRtg_SF": -2, "WHRtg_SF": 2,
                 "MaxChaRte_SF": 2, "MaxDisChaRte_SF": 2, "DERTyp": 82, "WRtg": rating, "VARtg": rating,
                 "ARtg": rating / 3 / NOMINAL_V, "WHRtg": converter.battery.capacity_wh, "MaxChaRte": rating,
                 "MaxDisChaRte": rating}
            )  # fmt: skip
            image[121].update({"WMax_SF": 2, "WMax": rating, "VRef_SF": 0, "VRef": 400, "VRefOfs_SF": 0, "VRefOfs": 0})
        self.refresh()

    def _battery_settings(self) -> None:
        image, battery = self.image, self.converter.battery
        image[802].update(
            {"AHRtg_SF": 0, "WHRtg_SF": 2, "WChaDisChaMax_SF": 2, "SoC_SF": -1, "SoH_SF": -1, "DoD_SF": -1, "V_SF": -1,
             "CellV_SF": -3, "A_SF": -1, "AMax_SF": 0, "W_SF": 2, "AHRtg": battery.capacity_wh / 768.0,
             "WHRtg": battery.capacity_wh, "WChaRteMax": battery.rating_w, "WDisChaRteMax": battery.rating_w,
             "SoCMax": 100.0, "SoCMin": 0.0, "SocRsvMax": 100.0, "SoCRsvMin": 0.0, "Typ": 4, "LocRemCtl": 0,
             "CtrlHb": 0, "AlmRst": 0, "SetOp": 1, "SetInvState": 3}
        )  # fmt: skip
        image[803].update({"SoC_SF": -1, "SoH_SF": -1, "V_SF": -1, "CellV_SF": -3, "ModTmp_SF": -1, "A_SF": -1})
        image[803].set("NStr", STRINGS)
        self.control(802, Heart(image[802], "CtrlHb", self._lost))
        self.control(802, Pressed(image[802], "AlmRst", self._reset))
        self.control(802, _Contactors(self))

    # -- what is asked of it ---------------------------------------------------------------------------------

    def _operate(self, code: int) -> None:
        self.converter.run = code != 0
        self.converter.standby = code == 2

    def _connect(self, on: bool) -> None:
        self.converter.run = on

    def _lost(self, lost: bool) -> None:
        self.controller_lost = lost

    def _reset(self) -> None:
        self.converter.battery.reset()
        self.converter.reset()

    def step(self, dt: float) -> None:
        """See `SunSpecDevice.step`."""
        super().step(dt)
        setpoint = 0.0 if self.controller_lost else self.ramp.value
        self.converter.setpoint = setpoint if "outranked" not in self.quirks else 0.0

    # -- measurements ----------------------------------------------------------------------------------------

    def measure(self) -> None:
        """See `SunSpecDevice.measure`."""
        (self._measure_701 if 701 in self.image else self._measure_103)()
        self._measure_battery()
        self._measure_strings()

    def _events(self) -> int:
        bits = _EVENTS.get(self.converter.latched, 0)
        return bits | (GRID_DISCONNECT if self.converter.volts_pu < 0.1 else 0)

    def _measure_103(self) -> None:
        converter = self.converter
        volts = converter.volts_pu * NOMINAL_V
        amps = abs(converter.w) / 3 / volts if volts > 1 else 0.0
        self.fill(
            103,
            {"A_SF": -1, "V_SF": -1, "W_SF": 2, "Hz_SF": -2, "WH_SF": 0, "Tmp_SF": -1, "DCV_SF": -1, "DCW_SF": 2,
             "A": 3 * amps, "AphA": amps, "AphB": amps, "AphC": amps, "PhVphA": volts, "PhVphB": volts,
             "PhVphC": volts, "W": converter.w, "Hz": converter.hertz, "WH": int(converter.energy_out_wh),
             "DCV": converter.battery.volts, "DCW": converter.w, "TmpCab": converter.temperature,
             "St": _STATES[converter.mode], "Evt1": self._events(), "Evt2": 0},
        )  # fmt: skip
        battery = converter.battery
        self.fill(124, {"ChaState": 100.0 * battery.soc, "ChaSt": self._charge_state()})

    def _measure_701(self) -> None:
        converter = self.converter
        volts = converter.volts_pu * NOMINAL_V
        amps = converter.w / 3 / volts if volts > 1 else 0.0
        self.fill(
            701,
            {"A_SF": 0, "V_SF": -1, "Hz_SF": -2, "W_SF": 2, "PF_SF": -3, "VA_SF": 2, "Var_SF": 2, "TotWh_SF": 0,
             "Tmp_SF": -1, "ACType": 2, "St": int(converter.run), "InvSt": _STATES[converter.mode] - 1,
             "ConnSt": int(converter.mode in (Mode.FOLLOWING, Mode.FORMING)), "Alrm": self._events(),
             "DERMode": 2 if converter.forming else 1, "W": converter.w, "VA": abs(converter.w), "Var": converter.var,
             "PF": 1.0, "A": 3 * amps, "LLV": volts * 3**0.5, "LNV": volts, "Hz": converter.hertz,
             "TotWhInj": int(converter.energy_out_wh), "TotWhAbs": int(converter.energy_in_wh),
             "TmpCab": converter.temperature, "ThrotPct": 0, "ThrotSrc": 0},
        )  # fmt: skip
        battery = converter.battery
        self.fill(
            713,
            {"WH_SF": 2, "Pct_SF": -1, "WHRtg": battery.capacity_wh, "WHAvail": battery.soc * battery.capacity_wh,
             "SoC": 100.0 * battery.soc, "SoH": 100.0 * battery.soh,
             "Sta": 2 if battery.state is Management.FAULT else int(bool(battery.events))},
        )  # fmt: skip
        self.fill(
            714,
            {"DCA_SF": 0, "DCV_SF": -1, "DCW_SF": 2, "DCWH_SF": 0, "Tmp_SF": -1, "PrtAlrms": 0, "DCA": battery.amps,
             "DCW": battery.w, "DCWhInj": int(battery.discharged_wh), "DCWhAbs": int(battery.charged_wh),
             "Prt[0].PrtTyp": 1, "Prt[0].ID": 1, "Prt[0].IDStr": "Battery", "Prt[0].DCA": battery.amps,
             "Prt[0].DCV": battery.volts, "Prt[0].DCW": battery.w, "Prt[0].DCWhInj": int(battery.discharged_wh),
             "Prt[0].DCWhAbs": int(battery.charged_wh), "Prt[0].Tmp": battery.temperature,
             "Prt[0].DCSta": 3 if battery.state is Management.FAULT else int(battery.closed)},
        )  # fmt: skip

    def _charge_state(self) -> int:
        battery = self.converter.battery
        if not battery.closed:
            return 1
        if battery.w:
            return 3 if battery.w > 0 else 4
        return 5 if battery.soc > 0.999 else 2 if battery.soc < 0.001 else 6

    def _measure_battery(self) -> None:
        battery = self.converter.battery
        volts = max(1.0, battery.volts)
        self.fill(
            802,
            {"SoC": 100.0 * battery.soc, "DoD": 100.0 * (1.0 - battery.soc), "SoH": 100.0 * battery.soh,
             "NCyc": int(battery.discharged_wh / battery.capacity_wh), "ChaSt": self._charge_state(),
             "State": int(battery.state), "Evt1": battery.events, "Evt2": 0, "EvtVnd1": 0, "EvtVnd2": 0,
             "V": battery.volts, "CellVMax": battery.cell_max, "CellVMin": battery.cell_min,
             "CellVAvg": battery.volts / SERIES, "A": battery.amps, "AChaMax": battery.charge_limit / volts,
             "ADisChaMax": battery.discharge_limit / volts, "W": battery.w, "ReqInvState": 0},
        )  # fmt: skip
        self.image[802].set("Hb", battery.heartbeat)

    def _measure_strings(self) -> None:
        battery = self.converter.battery
        values: dict[str, Value] = {
            "NStrCon": STRINGS if battery.closed else 0, "ModTmpMax": battery.hottest, "ModTmpMaxStr": 1,
            "ModTmpMaxMod": 1, "ModTmpMin": battery.coldest, "ModTmpMinStr": STRINGS, "ModTmpMinMod": 1,
            "ModTmpAvg": battery.temperature,
        }  # fmt: skip
        for index in range(STRINGS):
            name = f"string[{index}]"
            values |= {
                f"{name}.StrNMod": 15, f"{name}.StrSt": 3 if battery.closed else 1, f"{name}.StrConFail": 0,
                f"{name}.StrSoC": 100.0 * battery.soc, f"{name}.StrSoH": 100.0 * battery.soh,
                f"{name}.StrA": battery.amps / STRINGS, f"{name}.StrCellVMax": battery.cell_max,
                f"{name}.StrCellVMin": battery.cell_min, f"{name}.StrCellVAvg": battery.volts / SERIES,
                f"{name}.StrModTmpMax": battery.hottest, f"{name}.StrModTmpMin": battery.coldest,
                f"{name}.StrModTmpAvg": battery.temperature, f"{name}.StrDisRsn": 0, f"{name}.StrEvt1": 0,
            }  # fmt: skip
        self.fill(803, values)
