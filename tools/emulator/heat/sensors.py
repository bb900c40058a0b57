"""Transmitters of the heat plant: what the terminals get of its true temperatures, flows and pressures.

Each reading has a noise of a digit or three, so that a value that stands still is that of a dead sensor. A sensor's own
faults are here; what goes wrong on its wires is the wiring's (`tools.emulator.faults`).
"""

from __future__ import annotations

from math import floor
from operator import attrgetter
from random import Random

from tools.emulator.heat.district import HeatDistrict
from tools.emulator.plant import Signals

TEMPERATURES = (
    *("TT101", "TT102", "TT201", "TT202", "TT203", "TT204", "TT301", "TT302", "TT303", "TT304", "TT305", "TT306"),
    *("TT41", "TT42", "TT43", "TT44", "TT45", "TT46", "TT47", "TT50"),
)
FLOWS = ("FT101", "FT201", "FT301", "FT401", "FT402")
PRESSURES = ("PT101", "PT201", "PT301", "DP101", "DP301")
NAMES = TEMPERATURES + FLOWS + PRESSURES
SWAPS = {
    "TT101": "TT102",
    "TT201": "TT202",
    "TT203": "TT204",
    "TT305": "TT306",
    "TT45": "TT46",
    "TT41": "TT44",
}
"""Pairs that an installer mixes up: supply and return, top and bottom."""
FAULTS = ("open", "short", "frozen", "drift", "drift_down", "swapped")
OPEN_C = 850.0
"""What a broken element looks like, far above all that is measured; a shorted one likewise below."""
SHORT_C = -200.0
DRIFT_K = 5.0
DRIFT_K_S = 1.0 / 60.0
NOISE_T = 1
"""Digits either way, 0.01 degC."""
NOISE_F = 3
_SCALE = 100.0


class Sensors:
    """All transmitters. `read` brings `inputs` up to date, by attribute, in the registers' scale."""

    def __init__(self, district: HeatDistrict, inputs: Signals, seed: int = 1) -> None:
        self.faults: dict[str, str] = {}
        """By the name of the sensor."""
        self._district = district
        self._inputs = inputs
        self._measure = attrgetter(*(name.lower() for name in NAMES))
        self._random = Random(seed).random
        self._drift: dict[str, float] = {}
        self.read(0.0)

    def fail(self, name: str, kind: str) -> None:
        """Start a fault of a sensor, or end it with "". Raises ValueError for one that it can't have."""
        kinds = FAULTS if name in TEMPERATURES else ("frozen",)
        if (kind and kind not in kinds) or (kind == "swapped" and name not in SWAPS):
            raise ValueError(f"{name} can be {', '.join(kinds)}, not {kind!r}")
        self._drift.pop(name, None)
        self.faults.pop(name, None)
        if kind:
            self.faults[name] = kind

    def read(self, dt: float) -> None:
        """Take a reading of everything, `dt` seconds after the last."""
        inputs, random = self._inputs, self._random
        frozen = {name: inputs[name] for name, kind in self.faults.items() if kind == "frozen"} if self.faults else {}
        for at, (name, value) in enumerate(zip(NAMES, self._measure(self._district), strict=True)):
            if at < len(TEMPERATURES):
                inputs[name] = floor(value * _SCALE + (2 * NOISE_T + 1) * random()) - NOISE_T
            elif value > 0.0:
                inputs[name] = max(0, int(value * _SCALE + (2 * NOISE_F + 1) * random()) - NOISE_F)
            else:
                inputs[name] = 0
        if self.faults:
            self._disturb(dt)
            inputs.update(frozen)

    def _disturb(self, dt: float) -> None:
        inputs = self._inputs
        for name, kind in self.faults.items():
            if kind == "open":
                inputs[name] = int(OPEN_C * _SCALE)
            elif kind == "short":
                inputs[name] = int(SHORT_C * _SCALE)
            elif kind == "swapped":
                other = SWAPS[name]
                inputs[name], inputs[other] = inputs[other], inputs[name]
            elif kind.startswith("drift"):
                drifted = min(DRIFT_K, self._drift.get(name, 0.0) + DRIFT_K_S * dt)
                self._drift[name] = drifted
                inputs[name] += round(_SCALE * (drifted if kind == "drift" else -drifted))
