"""The station as the terminals of its `waste_station` board see it."""

from __future__ import annotations

from random import Random

from tools.emulator.plant import Signals
from tools.emulator.waste.auxiliaries import noise
from tools.emulator.waste.containers import TARE_G
from tools.emulator.waste.layout import FRACTIONS
from tools.emulator.waste.network import Network
from tools.emulator.waste.station_faults import fail

RIPPLE_MS = 0.04
"""Ripple of a flow meter in moving air, m/s: FT90 is a lively signal."""
_HAND = ("KEY", "ATT")


class StationPlant:
    """The station of a network. Values by point attribute, in the registers' scales."""

    PROGRAM = "waste_station"

    def __init__(self, network: Network, seed: int = 1) -> None:
        self.network = network
        self.now_ms = network.now_ms
        self.horn = 0
        self._rng = Random(seed)
        self._seen = -1
        self._inputs: Signals = dict.fromkeys(_HAND, 0)
        self._inputs["FIRE_ST"] = 0
        self._driven: Signals = {}
        self._valves = tuple(
            (valve, f"{name}{number}_ZSO", f"{name}{number}_ZSC")
            for name, valves in (("AV", network.air_inlets), ("SV", network.sections))
            for number, valve in enumerate(valves, 1)
        )

    # -- the world's side ------------------------------------------------------------------------------------

    def step(self, dt_ms: int, outputs: Signals) -> None:
        """Let the common network reach this board's time; it moves on once, whoever asks first."""
        self.now_ms += dt_ms
        self.network.advance_to(self.now_ms)

    def drive(self, outputs: Signals) -> None:
        """Take outputs that changed now."""
        network = self.network
        network.act_at(self.now_ms)
        before = self._driven
        changed = {name for name, value in outputs.items() if before.get(name) != value}
        self._driven = dict(outputs)
        for number, valve in enumerate(network.air_inlets, 1):
            if f"AV{number}_YO" in changed:
                network.order(valve, bool(outputs[f"AV{number}_YO"]))
        for branch in range(len(network.sections)):
            opens, shuts = f"SV{branch + 1}_YO", f"SV{branch + 1}_YC"
            if opens in changed or shuts in changed:
                network.order_section(branch, outputs[opens] - outputs[shuts])
        for fan in range(len(network.fans.fans)):
            run, speed = f"FAN{fan + 1}_YRUN", f"FAN{fan + 1}_SREF"
            if run in changed or speed in changed:
                network.order_fan(fan, outputs[run], outputs[speed] / 1000.0)
        self._containers(outputs, changed)
        network.order(network.damper, bool(outputs["SEP_YO"]))
        network.cleaning = outputs["FLT_YCLN"]
        if "CMP_YRUN" in changed:
            network.compactor.run = int(outputs["CMP_YRUN"] and network.mains and not network.stop_pressed)
        self.horn = outputs["HORN"]

    def _containers(self, outputs: Signals, changed: set[str]) -> None:
        network = self.network
        positions = [k for k in range(FRACTIONS) if outputs[f"DIV1_YPOS{k + 1}"]]
        if any(f"DIV1_YPOS{k + 1}" in changed for k in range(FRACTIONS)):
            network.diverter.command(positions[0] if len(positions) == 1 else -1)
        for k, container in enumerate(network.containers):
            if f"CNT{k + 1}_YGATE" in changed:
                container.command(bool(outputs[f"CNT{k + 1}_YGATE"]))

    def inputs(self) -> Signals:
        """Conditions and scaled values by point attribute; the same mapping every time."""
        revision = self.network.revision
        if revision != self._seen:
            self._seen = revision
            self._sense()
        return self._inputs

    def _sense(self) -> None:
        inputs = self._inputs
        network = self.network
        for valve, zso, zsc in self._valves:
            inputs[zso] = valve.opened
            inputs[zsc] = valve.closed
        air = network.air
        inputs["PT90"] = _vacuum(air.pressure)
        speed = air.speed
        if speed > 1.0:
            speed += self._rng.uniform(-RIPPLE_MS, RIPPLE_MS)
        inputs["FT90"] = min(3500, int(speed * 100.0 + 0.5))
        for number, vacuum in enumerate(network.taps.vacuum, 1):
            inputs[f"PT{number}"] = _vacuum(vacuum)
        for number, fan in enumerate(network.fans.fans, 1):
            inputs[f"FAN{number}_ZRUN"] = fan.running
            inputs[f"FAN{number}_IT"] = min(2500, int(fan.amps * 10.0))
            inputs[f"FAN{number}_TB"] = min(1200, int(fan.bearing * 10.0))
            inputs[f"FAN{number}_VIB"] = min(2000, int(fan.vibration * 100.0))
        diverter = network.diverter
        for position, name in enumerate(("DIV1_ZA", "DIV1_ZB", "DIV1_ZC")):
            inputs[name] = diverter.feedback(position)
        for number, container in enumerate(network.containers, 1):
            inputs[f"CNT{number}_ZDOCK"] = int(container.docked)
            inputs[f"CNT{number}_ZGATE"] = int(container.open)
            inputs[f"CNT{number}_LT"] = int(container.level * 10.0)
            weight = container.grams + TARE_G if container.docked else 0
            inputs[f"CNT{number}_WT"] = min(3000, weight // 10_000)
        inputs["CMP_PT"] = min(2500, int(network.compactor.bar * 10.0))
        inputs["CMP_ZHOME"] = network.compactor.home
        inputs["PDT91"] = min(500, int(network.filter.kilopascal * 100.0))
        inputs["TT92"] = min(1500, int(network.separator.celsius * 10.0))
        inputs["XS92"] = int(network.separator.spark)
        inputs["PS93"] = min(1000, int(network.instrument_air.bar * 100.0))
        inputs["NS94"] = int(noise(network.fans.head / air.cal.shut_off) * 10.0)
        inputs["ES"] = int(network.stop_pressed)
        inputs["FIRE"] = int(network.fire or any(inlet.fire for inlet in network.inlets))
        inputs["ZMAN"] = int(network.manhole_open)
        inputs["ZINL"] = int(not all(inlet.loop_closed for inlet in network.inlets))

    # -- the bench's side ------------------------------------------------------------------------------------

    def turn(self, point: str, on: int) -> None:
        """Set a switch or contact: ES, FIRE, FIRE.ST, ZMAN, KEY, ATT, CNTk.ZDOCK (0 undocks, 1 docks an empty one)."""
        network = self.network
        network.act_at(self.now_ms)
        attr = point.replace(".", "_")
        if attr == "ES":
            network.press_stop(bool(on))
        elif attr == "FIRE":
            network.fire = bool(on)
        elif attr == "ZMAN":
            network.open_manhole(bool(on))
        elif attr in ("KEY", "ATT", "FIRE_ST"):
            self._inputs[attr] = int(bool(on))
        elif attr in ("CNT1_ZDOCK", "CNT2_ZDOCK", "CNT3_ZDOCK"):
            container = network.containers[int(attr[3]) - 1]
            if on:
                container.exchange()
            else:
                container.undock()
        else:
            raise ValueError(f"{point} is no switch of the station")

    def fail(self, device: str, kind: str) -> None:
        """Start a fault of a device, end it with kind "" (see `station_faults`). Raises ValueError."""
        self.network.act_at(self.now_ms)
        fail(self.network, device, kind)

    def counters(self) -> dict[str, int]:
        """Ground truth of the whole network, grams and counts."""
        network = self.network
        balance = network.balance
        return {
            "received_g": balance.received,
            "chutes_g": balance.chutes,
            "in_flight_g": balance.in_flight,
            "landed_g": balance.landed,
            "hopper_g": network.reception.hopper_g,
            "misdirected_g": network.reception.misdirected_g,
            "energy_wh": int(network.energy_kwh * 1000.0),
            "blockages": network.conveying.blockages,
            "two_open_ms": network.two_open_ms,
        }


def _vacuum(pascal: float) -> int:
    """Pressure in 0.01 kPa, negative below the atmosphere."""
    return -min(5000, max(0, int(pascal / 10.0 + 0.5)))
