"""Faults and events of the heat plant, by name.

==============  =======================================================================================================
P101A, P101B,   trip (the drive is in fault), seized (the motor turns, nothing flows), decay (flow fades by 10 % a
P201, P202,     second)
P301, P401,
P402
V101            stuck, no_power (its spring takes it home)
V301, V401      stuck, hot (goes there and sticks), cold
HP1..3          trip, high_pressure, low_pressure, no_start, weak (half its rating), no_switch (its flow switch sticks
                closed); every quirk of `unit_device`
HM1..3          see `meter_device`; every quirk
DC              still (its heartbeat stops, it goes on answering); every quirk
TT...           open, short, frozen, drift (+5 K), drift_down, swapped (with its partner); FT..., PT..., DP...: frozen
IT.LOOP,        leak (0.1 bar a minute), low (0.5 bar at once), high (2.95 bar at once)
EVAP.LOOP,
HEAT.LOOP
IT              surge (1 MW at once), idle (nothing)
DRYC            fans (half of them stand still)
FILTER          clogged (seven times its resistance)
EH1             dry (stands in steam), welded (all its contactors)
FS201           stuck (says that water flows)
TAPS            burst (8 kg/s more), none
LINE            corrupt, drop (30 % of the answers), noise (30 % of all bursts are damaged, both ways), delay (20 ms),
                mute
==============  =======================================================================================================

Kind "" ends everything that was begun for that device, and acknowledges the fault of a heat pump at the machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.emulator.heat.field import UNITS
from tools.emulator.heat.heat_pump import Code
from tools.emulator.heat.sensors import NAMES
from tools.emulator.heat.unit_device import QUIRKS

if TYPE_CHECKING:
    from tools.emulator.heat.plant import HeatPlant

PUMP_FAULTS = ("trip", "seized", "decay")
VALVE_FAULTS = {"V101": ("stuck", "no_power"), "V301": ("stuck", "hot", "cold"), "V401": ("stuck", "hot", "cold")}
MACHINE_FAULTS = ("trip", "high_pressure", "low_pressure", "no_start", "weak", "no_switch")
CIRCUITS = ("IT.LOOP", "EVAP.LOOP", "HEAT.LOOP")
CIRCUIT_FAULTS = ("leak", "low", "high")
LINE_FAULTS = ("corrupt", "drop", "noise", "delay", "mute")
DECAY_S = 10.0
LEAK_BAR_MIN = 0.1
LOW_BAR = 0.5
HIGH_BAR = 2.95
NORMAL_BAR = 1.6
SURGE_W = 1e6
BURST_KG_S = 8.0
LINE_CHANCE = 0.3
LINE_DELAY_US = 20_000
_TRIPS = {"trip": Code.COMPRESSOR, "high_pressure": Code.HIGH_PRESSURE, "low_pressure": Code.LOW_PRESSURE}
_OTHERS = {
    "IT": ("surge", "idle"),
    "DRYC": ("fans",),
    "FILTER": ("clogged",),
    "EH1": ("dry", "welded"),
    "FS201": ("stuck",),
    "TAPS": ("burst", "none"),
}


def _known(device: str, kind: str, kinds: tuple[str, ...]) -> None:
    if kind and kind not in kinds:
        raise ValueError(f"{device} can be {', '.join(kinds)}, not {kind!r}")


class PlantFaults:
    """Faults of one plant. `order` lets them act on what was commanded, `step` lets them grow."""

    def __init__(self, plant: HeatPlant) -> None:
        self._plant = plant
        self._decay: dict[str, float] = {}
        """Share of its flow that a fading pump has left."""
        self._valves: dict[str, str] = {}
        self._welded = False

    def step(self, dt: float) -> None:
        """Let `dt` seconds pass."""
        for name in self._decay:
            self._decay[name] = max(0.0, self._decay[name] - dt / DECAY_S)
            self._plant.pumps[name].loss = 1.0 - self._decay[name]

    def order(self) -> None:
        """Put what is broken in the place of what was commanded."""
        if not (self._valves or self._welded):
            return
        district = self._plant.district
        for name, kind in self._valves.items():
            if name == "V101":
                district.v101_sp = None if kind == "no_power" else district.v101_sp
            elif name == "V301":
                district.v301_sp = {"hot": 1.0, "cold": 0.0}.get(kind, district.v301_sp)
            else:
                district.v401_sp = {"hot": 1.0, "cold": 0.0}.get(kind, district.v401_sp)
        if self._welded:
            district.dhw.steps[:] = [True] * len(district.dhw.steps)

    def fail(self, device: str, kind: str) -> None:
        """Start a fault, or end all of a device with "". Raises ValueError for what doesn't exist."""
        plant = self._plant
        if device in plant.pumps:
            self._pump(device, kind)
        elif device in VALVE_FAULTS:
            self._valve(device, kind)
        elif device in plant.field.devices:
            self._device(device, kind)
        elif device in NAMES:
            plant.sensors.fail(device, kind)
        elif device in CIRCUITS:
            self._circuit(device, kind)
        elif device in _OTHERS:
            _known(device, kind, _OTHERS[device])
            self._other(device, kind)
        elif device == "LINE" and plant.line is not None:
            self._line(kind)
        else:
            raise ValueError(f"the heat plant has no device {device!r} that can fail by itself")

    def _pump(self, name: str, kind: str) -> None:
        _known(name, kind, PUMP_FAULTS)
        pump = self._plant.pumps[name]
        pump.fault = kind == "trip"
        pump.seized = kind == "seized"
        self._decay.pop(name, None)
        pump.loss = 0.0
        if kind == "decay":
            self._decay[name] = 1.0

    def _valve(self, name: str, kind: str) -> None:
        _known(name, kind, VALVE_FAULTS[name])
        district = self._plant.district
        valve = {"V101": district.v101, "V301": district.building.mixer, "V401": district.dhw.mixer}[name]
        valve.stuck = kind == "stuck"
        self._valves.pop(name, None)
        if kind and kind != "stuck":
            self._valves[name] = kind

    def _device(self, name: str, kind: str) -> None:
        field = self._plant.field
        device = field.devices[name]
        if kind in QUIRKS:
            device.turn(kind)
            return
        if not kind:
            for quirk in sorted(device.quirks):
                device.turn(quirk, False)
        if name == "DC":
            _known(name, kind, ("still", *QUIRKS))
            field.data_centre.beating = kind != "still"
        elif name.startswith("HM"):
            field.meters[int(name[2:]) - 1].fail(kind)
        else:
            self._machine(int(name[2:]) - 1, kind)

    def _machine(self, index: int, kind: str) -> None:
        _known(f"HP{index + 1}", kind, (*MACHINE_FAULTS, *QUIRKS))
        machine = self._plant.district.machines[index]
        if kind in _TRIPS:
            machine.trip(_TRIPS[kind])
        elif kind == "no_start":
            machine.no_start = True
        elif kind == "weak":
            machine.capacity = 0.5
        elif kind == "no_switch":
            machine.flow_switch_stuck = True
        else:
            machine.no_start = False
            machine.capacity = 1.0
            machine.flow_switch_stuck = None
            machine.reset()

    def _circuit(self, name: str, kind: str) -> None:
        _known(name, kind, CIRCUIT_FAULTS)
        district = self._plant.district
        at = CIRCUITS.index(name)
        circuit = district.circuits[at]
        t = (district.tt101, district.tt201, district.tt204)[at]
        circuit.leak_bar_min = LEAK_BAR_MIN if kind == "leak" else 0.0
        if kind != "leak":
            circuit.force({"low": LOW_BAR, "high": HIGH_BAR, "": NORMAL_BAR}[kind], t)

    def _other(self, name: str, kind: str) -> None:
        plant = self._plant
        district = plant.district
        if name == "IT":
            district.hall.forced = {"surge": SURGE_W, "idle": 0.0, "": None}[kind]
            district.hall.plan(0.0, district.second)
        elif name == "DRYC":
            district.cooler.fan_failed = 0.5 if kind else 0.0
        elif name == "FILTER":
            district.clogged = 6.0 if kind else 0.0
        elif name == "EH1":
            plant.hard_wired.dry = kind == "dry"
            self._welded = kind == "welded"
        elif name == "FS201":
            plant.hard_wired.stuck = bool(kind)
        else:
            district.draw.extra = BURST_KG_S if kind == "burst" else 0.0
            district.draw.forced = 0.0 if kind == "none" else None
            district.draw.step(0.0, district.second)

    def _line(self, kind: str) -> None:
        _known("LINE", kind, LINE_FAULTS)
        line = self._plant.line
        assert line is not None
        line.mend()
        if kind == "noise":
            line.fault("corrupt", chance=LINE_CHANCE)
        elif kind in ("mute", "delay"):
            line.fault(kind, amount=LINE_DELAY_US)
        elif kind:
            for name in UNITS:
                line.fault(kind, name, LINE_CHANCE)
