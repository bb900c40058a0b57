"""Inverters as SunSpec devices: the older chain with models 103 and 123, the newer with 701 and 704 (brief §7.5)."""

from __future__ import annotations

from tools.emulator.energy.grid import NOMINAL_V
from tools.emulator.energy.inverter import DROOP_HZ, Inverter, State
from tools.emulator.energy.sunspec.controls import Connection123, Heart, Limit123, Limit704, Operation715, Pressed
from tools.emulator.energy.sunspec.device import Chain, Clock, SunSpecDevice
from tools.emulator.energy.sunspec.image import Value
from tools.emulator.energy.sunspec.ramp import Ramp

MPPT = 4
PORTS = 3
OUTRANKED = 0.5
_CURVES: Chain = [
    (705, {"Crv": 3, "Pt": 4}),
    (706, {"Crv": 3, "Pt": 2}),
    (707, {"Crv": 2, "Pt": 2}),
    (708, {"Crv": 2, "Pt": 2}),
    (709, {"Crv": 2, "Pt": 2}),
    (710, {"Crv": 2, "Pt": 2}),
    (711, {"Ctl": 2}),
    (712, {"Crv": 2, "Pt": 6}),
]
LEGACY: Chain = [
    (103, {}), (120, {}), (121, {}), (122, {}), (123, {}), (124, {}), (160, {"module": MPPT}), (802, {}),
]  # fmt: skip
SEVEN_HUNDRED: Chain = [
    (701, {}), (702, {}), (703, {}), (704, {}), *_CURVES, (713, {}), (714, {"Prt": PORTS}), (715, {}), (802, {}),
]  # fmt: skip

GROUND_FAULT = 1 << 0
DC_DISCONNECT = 1 << 3
GRID_DISCONNECT = 1 << 4
OVER_TEMP = 1 << 7
BLOWN_FUSE = 1 << 12
EVENTS = {"ground_fault": GROUND_FAULT, "arc": DC_DISCONNECT | BLOWN_FUSE, "over_temperature": OVER_TEMP}
"""What an inverter's own faults look like in Evt1 and Alrm, which have no bit for an arc."""


def events(inverter: Inverter) -> int:
    """Bits of model 103's Evt1, which are those of 701's Alrm."""
    bits = EVENTS.get(inverter.latched, 0)
    if inverter.volts < 0.1:
        bits |= GRID_DISCONNECT
    return bits


class InverterDevice(SunSpecDevice):
    """An inverter of either chain; the storage models of the family are there, not implemented."""

    LATENCY_MS = (20, 45)

    def __init__(self, inverter: Inverter, clock: Clock, serial: str, *, newer: bool, seed: int = 1) -> None:
        self.inverter = inverter
        self.newer = newer
        self.MODEL = "INV-100-7" if newer else "INV-100"
        self.ramp = Ramp(1.0)
        super().__init__(clock, serial, seed=seed)

    def chain(self) -> Chain:
        """See `SunSpecDevice.chain`."""
        chain = list(SEVEN_HUNDRED if self.newer else LEGACY)
        if "no704" in self.quirks:
            chain = [(123, {}) if number == 704 else (number, counts) for number, counts in chain]
        return chain

    def prepare(self) -> None:
        """See `SunSpecDevice.prepare`."""
        image, inverter = self.image, self.inverter
        self.ramp.to(1.0)
        changed = "sf_change" in self.quirks
        if 123 in image:
            self.control(123, Limit123(image[123], self.ramp, self.rng))
            self.control(123, Connection123(image[123], self._connect))
            image[123].update({"OutPFSet_SF": -2, "OutPFSet": 1.0, "OutPFSet_Ena": 0, "VArPct_Ena": 0})
        if 704 in image:
            self.control(704, Limit704(image[704], self.ramp))
        for number, name in ((123, "WMaxLimPct_SF"), (704, "WMaxLimPct_SF")):
            if changed and number in image:
                image[number].update({name: 0, "WMaxLimPct": 100.0})
                if number == 704:
                    image[704].set("WMaxLimPctRvrt", 100.0)
        if 715 in image:
            model = image[715]
            self.control(715, Operation715(model, self._operate))
            self.control(715, Heart(model, "ControllerHb", lambda lost: None))
            self.control(715, Pressed(model, "AlarmReset", lambda: None))
        rating = inverter.rating_va
        for number, name, count in ((160, "N", MPPT), (714, "NPrt", PORTS)):
            if number in image:
                image[number].set(name, count)
        if 120 in image:
            image[120].update(
                {"WRtg_SF": 1, "VARtg_SF": 1, "VArRtg_SF": 1, "ARtg_SF": -1, "PFRtg_SF": -2, "DERTyp": 4,
                 "WRtg": rating, "VARtg": rating, "VArRtgQ1": 0.6 * rating, "VArRtgQ2": -0.6 * rating,
                 "VArRtgQ3": -0.6 * rating, "VArRtgQ4": 0.6 * rating, "ARtg": rating / 3 / NOMINAL_V,
                 "PFRtgQ1": 0.8, "PFRtgQ2": -0.8, "PFRtgQ3": -0.8, "PFRtgQ4": 0.8}
            )  # fmt: skip
            image[121].update(
                {"WMax_SF": 1, "VRef_SF": 0, "VRefOfs_SF": 0, "WMax": rating, "VRef": 400, "VRefOfs": 0, "WGra_SF": 0,
                 "WGra": 20, "ECPNomHz_SF": -2, "ECPNomHz": 50.0}
            )  # fmt: skip
        if 702 in image:
            self._newer_settings(rating)
        self.refresh()

    def _newer_settings(self, rating: float) -> None:
        image = self.image
        image[702].update(
            {"W_SF": 1, "VA_SF": 1, "Var_SF": 1, "V_SF": 0, "A_SF": -1, "PF_SF": -2, "WMaxRtg": rating,
             "VAMaxRtg": rating, "VarMaxInjRtg": 0.6 * rating, "VarMaxAbsRtg": 0.6 * rating, "VNomRtg": 400,
             "AMaxRtg": rating / 3 / NOMINAL_V, "WMax": rating, "VAMax": rating, "VNom": 400, "IntIslandCatRtg": 0}
        )  # fmt: skip
        image[703].update(
            {"V_SF": -1, "Hz_SF": -2, "ES": 1, "ESVHi": 110.0, "ESVLo": 85.0, "ESHzHi": 50.2, "ESHzLo": 47.5,
             "ESDlyTms": round(self.inverter.start_s), "ESRndTms": 0, "ESRmpTms": 0, "ESDlyRemTms": 0}
        )  # fmt: skip
        for number in (705, 706, 712):
            self._curve(number)
        for number in range(707, 711):
            image[number].update({"Ena": 1, "AdptCrvReq": 0, "AdptCrvRslt": 1, "NPt": 2, "NCrvSet": 2})
        trips = {707: ((50.0, 0.2), (85.0, 2.0)), 708: ((135.0, 0.2), (110.0, 2.0))}
        for number, points in trips.items():
            self._trip(number, "V", points)
        for number, points in {709: ((47.0, 0.1), (47.5, 2.0)), 710: ((52.0, 0.1), (51.5, 2.0))}.items():
            self._trip(number, "Hz", points)
        droop = image[711]
        droop.update({"Ena": 1, "AdptCtlReq": 0, "AdptCtlRslt": 1, "NCtl": 2, "Db_SF": -2, "K_SF": -1, "RspTms_SF": 0})
        for index in range(2):
            droop.update(
                {f"Ctl[{index}].DbOf": DROOP_HZ - 50.0, f"Ctl[{index}].DbUf": 0.2, f"Ctl[{index}].KOf": 2.0,
                 f"Ctl[{index}].KUf": 2.0, f"Ctl[{index}].RspTms": 1, f"Ctl[{index}].ReadOnly": int(index == 0)}
            )  # fmt: skip

    def _curve(self, number: int) -> None:
        model = self.image[number]
        curves = sum(name.endswith(".ActPt") for name in model.points)
        points = len({name.split(".")[1] for name in model.points if name.startswith("Crv[0].Pt[")})
        model.update({"Ena": 0, "AdptCrvReq": 0, "AdptCrvRslt": 1, "NPt": points, "NCrv": curves})
        for index in range(curves):
            model.update({f"Crv[{index}].ActPt": points, f"Crv[{index}].ReadOnly": int(index == 0)})

    def _trip(self, number: int, unit: str, points: tuple[tuple[float, float], ...]) -> None:
        model = self.image[number]
        model.update({f"{unit}_SF": -1 if unit == "V" else -2, "Tms_SF": -2})
        for curve in range(2):
            model.set(f"Crv[{curve}].ReadOnly", 1)
            for kind in ("MustTrip", "MayTrip", "MomCess"):
                model.set(f"Crv[{curve}].{kind}.ActPt", len(points) if kind == "MustTrip" else 0)
            for index, (limit, seconds) in enumerate(points):
                name = f"Crv[{curve}].MustTrip.Pt[{index}]"
                model.update({f"{name}.{unit}": limit, f"{name}.Tms": seconds})

    def _connect(self, on: bool) -> None:
        self.inverter.connect = on

    def _operate(self, code: int) -> None:
        self.inverter.connect = code in (1, 3)

    def step(self, dt: float) -> None:
        """See `SunSpecDevice.step`."""
        super().step(dt)
        inverter = self.inverter
        inverter.limit = OUTRANKED if "outranked" in self.quirks else self.ramp.value
        inverter.standby_below = 0.1 if "standby_below_10" in self.quirks else 0.0

    # -- measurements ----------------------------------------------------------------------------------------

    def measure(self) -> None:
        """See `SunSpecDevice.measure`."""
        (self._measure_701 if self.newer else self._measure_103)()

    def _electrical(self) -> tuple[float, float, float, float]:
        inverter = self.inverter
        volts = inverter.volts * NOMINAL_V
        va = (inverter.w**2 + inverter.var**2) ** 0.5
        return volts, va, va / 3 / volts if volts > 1 else 0.0, inverter.w / va if va > 1 else 1.0

    def _measure_103(self) -> None:
        inverter = self.inverter
        volts, va, amps, pf = self._electrical()
        line = volts * 3**0.5
        dc_volts = inverter.array.volts
        scale = 2 if "sf_change" in self.quirks else 1
        self.fill(
            103,
            {"A_SF": -1, "V_SF": -1, "W_SF": scale, "Hz_SF": -2, "VA_SF": scale, "VAr_SF": scale, "PF_SF": -1,
             "WH_SF": 0, "DCA_SF": -1, "DCV_SF": -1, "DCW_SF": scale, "Tmp_SF": -1, "A": 3 * amps, "AphA": amps,
             "AphB": amps, "AphC": amps, "PPVphAB": line, "PPVphBC": line, "PPVphCA": line, "PhVphA": volts,
             "PhVphB": volts, "PhVphC": volts, "W": inverter.w, "Hz": inverter.hertz, "VA": va, "VAr": inverter.var,
             "PF": 100 * pf, "WH": int(inverter.energy_wh), "DCV": dc_volts, "DCW": inverter.dc_w,
             "DCA": inverter.dc_w / dc_volts if dc_volts > 1 else 0.0, "TmpCab": inverter.temperature,
             "St": int(inverter.state), "Evt1": events(inverter), "Evt2": 0},
        )  # fmt: skip
        operating = int(inverter.running)
        self.fill(
            122,
            {"PVConn": 1 | 2 * operating | 4 * operating, "StorConn": 0, "ECPConn": int(inverter.connect),
             "WAval_SF": 1, "WAval": inverter.array.available, "ActWh": int(inverter.energy_wh)},
        )  # fmt: skip
        self._measure_160(dc_volts)

    def _measure_160(self, dc_volts: float) -> None:
        if 160 not in self.image:
            return
        inverter = self.inverter
        share = inverter.dc_w / MPPT
        values: dict[str, Value] = {
            "DCA_SF": -1, "DCV_SF": -1, "DCW_SF": 1, "DCWH_SF": 0, "Evt": events(inverter) & 0xF, "TmsPer": 1,
        }  # fmt: skip
        for index in range(MPPT):
            name = f"module[{index}]"
            values |= {
                f"{name}.ID": index + 1, f"{name}.IDStr": f"MPPT {index + 1}", f"{name}.DCV": dc_volts,
                f"{name}.DCW": share, f"{name}.DCA": share / dc_volts if dc_volts > 1 else 0.0,
                f"{name}.DCWH": int(inverter.dc_energy_wh / MPPT), f"{name}.Tmp": round(inverter.temperature),
                f"{name}.DCSt": int(inverter.state),
            }  # fmt: skip
        self.fill(160, values)

    def _measure_701(self) -> None:
        inverter = self.inverter
        volts, va, amps, pf = self._electrical()
        scale = 2 if "sf_change" in self.quirks else 1
        line = volts * 3**0.5
        throttled = inverter.state is State.THROTTLED
        values: dict[str, Value] = {
            "A_SF": -1, "V_SF": -1, "Hz_SF": -2, "W_SF": scale, "PF_SF": -3, "VA_SF": scale, "Var_SF": scale,
            "TotWh_SF": 0, "TotVarh_SF": 0, "Tmp_SF": -1, "ACType": 2, "St": int(inverter.connect),
            "InvSt": int(inverter.state) - 1, "ConnSt": int(inverter.running), "Alrm": events(inverter), "DERMode": 1,
            "W": inverter.w, "VA": va, "Var": inverter.var, "PF": pf, "A": 3 * amps, "LLV": line, "LNV": volts,
            "Hz": inverter.hertz, "TotWhInj": int(inverter.energy_wh), "TotWhAbs": 0, "TmpCab": inverter.temperature,
            "ThrotPct": 100.0 * inverter.w / inverter.rating_va if throttled else 0.0,
            "ThrotSrc": 1 if throttled else 0,
        }  # fmt: skip
        for phase, between in (("L1", "L1L2"), ("L2", "L2L3"), ("L3", "L3L1")):
            values |= {
                f"W{phase}": inverter.w / 3, f"VA{phase}": va / 3, f"Var{phase}": inverter.var / 3, f"PF{phase}": pf,
                f"A{phase}": amps, f"V{between}": line, f"V{phase}": volts,
            }  # fmt: skip
        self.fill(701, values)
        self.image[703].set("ESDlyRemTms", round(inverter.starts_in))
        self._measure_714()

    def _measure_714(self) -> None:
        inverter = self.inverter
        dc_volts = inverter.array.volts
        share = inverter.dc_w / PORTS
        amps = share / dc_volts if dc_volts > 1 else 0.0
        values: dict[str, Value] = {
            "DCA_SF": -1, "DCV_SF": -1, "DCW_SF": 1, "DCWH_SF": 0, "Tmp_SF": -1, "PrtAlrms": 0,
            "DCA": PORTS * amps, "DCW": inverter.dc_w, "DCWhInj": int(inverter.dc_energy_wh),
        }  # fmt: skip
        for index in range(PORTS):
            name = f"Prt[{index}]"
            values |= {
                f"{name}.PrtTyp": 0, f"{name}.ID": index + 1, f"{name}.IDStr": f"PV {index + 1}", f"{name}.DCA": amps,
                f"{name}.DCV": dc_volts, f"{name}.DCW": share, f"{name}.DCWhInj": int(inverter.dc_energy_wh / PORTS),
                f"{name}.Tmp": inverter.temperature, f"{name}.DCSta": 3 if inverter.latched else int(dc_volts > 1),
            }  # fmt: skip
        self.fill(714, values)
