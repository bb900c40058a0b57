"""Evaporator circuit: from HX1, or in summer from the chilled-water network, to the machines (domain brief §4a)."""

from __future__ import annotations

from tools.emulator.heat.pump import Pump
from tools.emulator.heat.water import CP, Volume

HALF_KG = 500.0
NETWORK_KG = 4000.0
COILS_W_K = 35e3
"""Fan coils on chilled water: 500 kW between rooms of 24 °C and water of 9.5 °C."""
THERMOSTAT_FROM_C = 22.0
THERMOSTAT_K = 2.0
"""Fan coils open in proportion over this."""
RATED_KG_S = 32.0


class Evaporator:
    """The circuit. `warm` is what the machines get (TT201), `cold` what leaves them (TT202)."""

    def __init__(self, warm: float, cold: float) -> None:
        self.warm = Volume(HALF_KG, warm)
        self.cold = Volume(HALF_KG, cold)
        self.network = Volume(NETWORK_KG, 18.0)
        """Chilled-water network of the buildings."""
        self.pump = Pump(RATED_KG_S, 12.0)
        self.chilled = False
        """The machines cool the buildings' network instead of the IT loop (CHW.Y)."""
        self.cooled_w = 0.0
        """What fan coils take from the rooms."""

    @property
    def stored_j(self) -> float:
        """Energy of all its water above 0 °C."""
        return self.warm.stored_j + self.cold.stored_j + self.network.stored_j

    def step(self, dt: float, flow: float, arrives: float, source_w: float, room: float) -> None:
        """Go on by `dt` seconds: `arrives` °C comes from HX1, the machines take `source_w`."""
        warm = self.warm
        cold = self.cold
        self.cooled_w = 0.0
        if flow <= 0.0:
            # What the machines still take without a flow comes out of the water that stands in them.
            cold.heat(-source_w * dt)
            return
        leaves = cold.t
        if self.chilled:
            network = self.network
            arrives = network.t
            opening = (room - THERMOSTAT_FROM_C) / THERMOSTAT_K
            if opening > 0.0 and room > network.t:
                self.cooled_w = COILS_W_K * (opening if opening < 1.0 else 1.0) * (room - network.t)
            network.t += (flow * (leaves - arrives) + self.cooled_w / CP) * dt / network.kg
        machines = warm.t
        part = flow * dt / HALF_KG
        warm.t = machines + part * (arrives - machines)
        cold.t = leaves + part * (machines - leaves) - source_w * dt / (HALF_KG * CP)
