"""An inlet group as the terminals of its `waste_inlet` board see it."""

from __future__ import annotations

from tools.emulator.plant import Signals
from tools.emulator.waste.inlet import Chute
from tools.emulator.waste.layout import VALVES
from tools.emulator.waste.network import Network

VACUUM_SWITCH_PA = 800.0


class InletPlant:
    """Inlet `number` (from 1) of a network. Values by point attribute; a valve that isn't fitted has open contacts."""

    PROGRAM = "waste_inlet"

    def __init__(self, network: Network, number: int) -> None:
        if not 1 <= number <= len(network.inlets):
            raise ValueError(f"inlets have the numbers 1 to {len(network.inlets)}, not {number}")
        self.network = network
        self.inlet = network.inlets[number - 1]
        self.now_ms = network.now_ms
        self._seen = -1
        self._inputs: Signals = {"KEY": 0, "ATT": 0}
        self._driven: Signals = {}
        for k in range(1, VALVES + 1):
            self._inputs[f"DV{k}_JOG"] = 0
            for point, value in (("ZSO", 0), ("ZSC", 0), ("LSH", 1), ("LSHH", 1), ("ZDOOR", 0)):
                self._inputs[f"DV{k}_{point}"] = value
        self._chutes = tuple((chute, f"DV{k}_") for k, chute in enumerate(self.inlet.chutes, 1))

    # -- the world's side ------------------------------------------------------------------------------------

    def step(self, dt_ms: int, outputs: Signals) -> None:
        """Let the common network reach this board's time; it moves on once, whoever asks first."""
        self.now_ms += dt_ms
        self.network.advance_to(self.now_ms)

    def drive(self, outputs: Signals) -> None:
        """Take outputs that changed now."""
        network = self.network
        network.act_at(self.now_ms)
        driven = self._driven
        for k, chute in enumerate(self.inlet.chutes, 1):
            name = f"DV{k}_YO"
            if outputs[name] != driven.get(name):
                network.order(chute.valve, bool(outputs[name]))
            chute.unlocked = bool(outputs[f"DV{k}_YLOCK"])
        self.inlet.loop_closed = bool(outputs["YOK"])
        self._driven = dict(outputs)

    def inputs(self) -> Signals:
        """Conditions and scaled values by point attribute; the same mapping every time."""
        network = self.network
        if network.revision != self._seen:
            self._seen = network.revision
            self._sense()
        return self._inputs

    def _sense(self) -> None:
        inputs = self._inputs
        network = self.network
        inlet = self.inlet
        for chute, name in self._chutes:
            valve = chute.valve
            inputs[name + "ZSO"] = valve.opened
            inputs[name + "ZSC"] = valve.closed
            inputs[name + "LSH"] = chute.level_high
            inputs[name + "LSHH"] = chute.level_full
            inputs[name + "ZDOOR"] = int(not chute.door_open)
        inputs["ES"] = int(network.stop_pressed)
        inputs["FIRE"] = int(inlet.fire)
        inputs["VS"] = int(network.taps.vacuum[inlet.branch] > VACUUM_SWITCH_PA)
        inputs["PS93"] = min(1000, int(network.instrument_air.bar * 100.0))
        inputs["READ_SEQ"] = inlet.reader.sequence
        inputs["READ_TOKEN"] = inlet.reader.token

    # -- the bench's side ------------------------------------------------------------------------------------

    def turn(self, point: str, on: int) -> None:
        """Set a switch or contact: ES (of the whole network), FIRE, KEY, ATT, DVk.JOG, DVk.ZDOOR (0: forced open)."""
        network = self.network
        network.act_at(self.now_ms)
        attr = point.replace(".", "_")
        if attr == "ES":
            network.press_stop(bool(on))
        elif attr == "FIRE":
            self.inlet.fire = bool(on)
        elif attr in ("KEY", "ATT") or (attr.startswith("DV") and attr.endswith("_JOG") and attr in self._inputs):
            self._inputs[attr] = int(bool(on))
        elif attr.startswith("DV") and attr.endswith("_ZDOOR"):
            self._chute(attr[2:-6], point).forced = not on
            network.openings_changed()
        else:
            raise ValueError(f"{point} is no switch of an inlet")

    def fail(self, device: str, kind: str) -> None:
        """Start a fault of a valve ("DV2", "stuck"; see `valve.FAULTS`), end it with kind ""."""
        self.network.act_at(self.now_ms)
        if not device.startswith("DV"):
            raise ValueError(f"an inlet has no device {device!r} that can fail by itself")
        self.network.fail_valve(self._chute(device[2:], device).valve, kind)

    def _chute(self, number: str, name: str) -> Chute:
        if number.isdigit() and 1 <= int(number) <= len(self.inlet.chutes):
            return self.inlet.chutes[int(number) - 1]
        raise ValueError(f"{name}: this inlet has the valves 1 to {len(self.inlet.chutes)}")

    def counters(self) -> dict[str, int]:
        """Ground truth of this inlet, grams and counts."""
        chutes = self.inlet.chutes
        return {
            "received_g": sum(chute.received_g for chute in chutes),
            "chutes_g": self.inlet.grams,
            "deposits": sum(chute.deposits for chute in chutes),
            "refused": sum(chute.refused for chute in chutes),
            "strokes": sum(chute.valve.strokes for chute in chutes),
        }
