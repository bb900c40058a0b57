"""Buildings: buffer, mixing valve V301, P301, radiators, rooms (domain brief §4d, §4f).

From V301 to its sensor TT305 water takes 5 s through a pipe and 20 s through a well-mixed header, at the rated flow.
"""

from __future__ import annotations

from tools.emulator.heat.pump import Pump
from tools.emulator.heat.tank import Tank
from tools.emulator.heat.valve import Valve
from tools.emulator.heat.water import CP, GRAVITY, Pipe, Volume

BUFFER_KG = 20_000.0
RATED_KG_S = 20.0
DEAD_S = 5.0
MIXED_S = 20.0
RADIATOR_KG = 3000.0
RADIATORS_W_K = 28e3
"""600 kW with 45/38 °C in rooms of 20 °C."""
ROOMS_W_K = 24e3
"""600 kW at -5 °C outdoors."""
ROOMS_J_K = 4.3e9
GAINS_W = 60e3
"""People, sun, lights."""
ROOM_C = 20.0
THERMOSTAT_FROM_C = 20.5
THERMOSTAT_K = 2.0
LEAST_OPEN = 0.25
"""Bypasses that stay open when every radiator valve is shut."""
RATED_HEAD_M = 9.0
PLANT_SHARE = 0.45
"""Share of the circuit's resistance inside the plant room at the rated flow; the rest is what DP301 sees."""
FLOW_LAG_S = 3.0
PLANT_ROOM_C = 20.0


class Building:
    """Heating side. Temperatures °C, flows kg/s."""

    def __init__(self, buffer: tuple[float, float, float, float], supply: float, back: float) -> None:
        self.buffer = Tank(BUFFER_KG, buffer)
        self.mixer = Valve(60.0, 0.5)
        self.pump = Pump(22.0, RATED_HEAD_M, lag_s=FLOW_LAG_S)
        self.pipe = Pipe(RATED_KG_S * DEAD_S, supply, parts=60)
        self.header = Volume(RATED_KG_S * MIXED_S, supply)
        self.radiators = Volume(RADIATOR_KG, back)
        self.room = ROOM_C
        self.flow = 0.0
        self.difference_bar = 0.0
        """What DP301 sees across the buildings."""
        self.heat_w = 0.0
        """What radiators give to the rooms."""
        self.meter_w = 0.0
        """What a meter between supply and return sees (HM2)."""
        self.closed_share = 0.0
        """Share of the radiators that somebody has shut off."""

    @property
    def stored_j(self) -> float:
        """Energy of all its water above 0 °C."""
        return self.buffer.stored_j + self.pipe.stored_j + self.header.stored_j + self.radiators.stored_j

    def step(self, dt: float, hot: float, hot_kg_s: float, outdoor: float, bar: float, cooled_w: float) -> float:
        """Go on by `dt` seconds with `hot_kg_s` of `hot` °C from the condensers; return the loss of the buffer, J.

        `cooled_w` is what chilled water takes from the rooms.
        """
        room = self.room
        opening = (THERMOSTAT_FROM_C + THERMOSTAT_K - room) / THERMOSTAT_K
        opening = LEAST_OPEN if opening < LEAST_OPEN else 1.0 if opening > 1.0 else opening
        opening *= 1.0 - self.closed_share
        pump = self.pump
        outside = pump.k * (1.0 - PLANT_SHARE) / (opening * opening + 1e-6)
        flow = pump.step(dt, bar, pump.k * PLANT_SHARE + outside)
        self.flow = flow
        self.difference_bar = outside * flow * flow * GRAVITY / 1e2
        share = self.mixer.step(dt)
        radiators = self.radiators
        header = self.header
        back = radiators.t
        drawn = share * flow
        top = self.buffer.t[0]
        if flow > 0.0:
            kg = flow * dt
            header.flow(kg, self.pipe.flow(kg, share * top + (1.0 - share) * back))
        supply = header.t
        given = RADIATORS_W_K * (0.5 * (supply + back) if flow > 0.1 else back) - RADIATORS_W_K * room
        if given < 0.0:
            given = 0.0
        radiators.t = back + (flow * CP * (supply - back) - given) * dt / (RADIATOR_KG * CP)
        self.meter_w = flow * CP * (supply - back)
        self.heat_w = given
        self.room = room + (given + GAINS_W - cooled_w - ROOMS_W_K * (room - outdoor)) * dt / ROOMS_J_K
        return self.buffer.step(dt, (hot_kg_s, hot, drawn), (drawn, back), (0.0, 0.0), PLANT_ROOM_C)
