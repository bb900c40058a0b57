"""Hot-water side: store, mixing valve V401, taps and circulation (domain brief §4a, §4f).

Supply water is mixed from the store's top (V401 towards 1) and from what comes back: circulation return and the cold
feed in the shares in which they flow. The rest of both enters the store at its bottom, so V401 fully hot is store water
alone and fully cold leaves the store alone.

The risers of the network have thermostatic balancing valves with a disinfection stage: above 62 °C in the return they
open, and P402 moves twice as much. At the usual flow a return of 70 °C would need 77 °C in the store, past its limit
thermostat.
"""

from __future__ import annotations

from tools.emulator.heat.draw import Draw
from tools.emulator.heat.pump import Pump
from tools.emulator.heat.tank import Tank
from tools.emulator.heat.valve import Valve
from tools.emulator.heat.water import CP, Pipe, Volume

STORE_KG = 10_000.0
CIRCULATION_KG_S = 0.9
BALANCED_C = 62.0
"""Return from which the thermostatic balancing valves of the risers open for a thermal disinfection."""
BALANCED_K = 5.0
DISINFECTING_KG_S = 1.8
"""With all of them open; P402's own rating."""
NETWORK_W_K = 460.0
"""Loss of the network: 4.5 K between supply and return at 0.9 kg/s and 60 °C."""
NETWORK_ROOM_C = 20.0
HEADER_KG = 4.0
"""Behind V401, 3 s at a usual flow."""
STEP_W = 50e3
"""Of one step of EH1. Steps 1 to 3 sit below the top, in the second node, steps 4 to 6 at the bottom."""
STEPS = 6
PLANT_ROOM_C = 20.0
MAINS_BAR = 4.0


class HotWater:
    """Store and network. Temperatures °C, flows kg/s."""

    def __init__(self, draw: Draw, store: tuple[float, float, float, float], supply: float, back: float) -> None:
        self.draw = draw
        self.store = Tank(STORE_KG, store)
        self.mixer = Valve(20.0, 1.0, spring=0.0, spring_s=10.0)
        self.circulation = Pump(DISINFECTING_KG_S, 6.0)
        self.circulation.speed_signal = 1.0
        self.header = Volume(HEADER_KG, supply)
        self.supply_pipe = Pipe(250.0, supply)
        self.taps = Volume(150.0, supply - 1.5)
        """The network as far as the taps."""
        self.return_pipe = Pipe(150.0, back + 1.0)
        self.back = Volume(100.0, back)
        """The network's return as it reaches the plant room (TT46)."""
        self.steps = [False] * STEPS
        """Contactors of EH1."""
        self.limit_tripped = False
        """A limit thermostat has taken EH1 away, past all boards."""
        self.backup_w = 0.0
        self.tapped = 0.0
        """Hot water that leaves at the taps."""
        self.circulated = 0.0
        self.tap_w = 0.0
        self.network_w = 0.0

    @property
    def stored_j(self) -> float:
        """Energy of all its water above 0 °C."""
        pipes = self.supply_pipe.stored_j + self.return_pipe.stored_j
        return self.store.stored_j + self.header.stored_j + self.taps.stored_j + self.back.stored_j + pipes

    def step(self, dt: float, charge: float, charge_kg_s: float, cold: float) -> float:
        """Go on by `dt` seconds with `charge_kg_s` of `charge` °C into the store's top; return the store's loss, J."""
        share = self.mixer.step(dt)
        taps = self.taps
        back = self.back
        rated = CIRCULATION_KG_S
        if back.t > BALANCED_C:
            opening = (back.t - BALANCED_C) / BALANCED_K
            rated += (DISINFECTING_KG_S - CIRCULATION_KG_S) * (1.0 if opening > 1.0 else opening)
        pump = self.circulation
        circulated = pump.step(dt, MAINS_BAR, pump.h0 / (rated * rated) - pump.a)
        header = self.header
        tapped = self.draw.hot(taps.t, cold)
        flow = tapped + circulated
        at_taps = taps.t
        returned = back.t
        cool = cold
        if flow > 0.0:
            kg = flow * dt
            cool = (circulated * returned + tapped * cold) / flow
            mixed = share * self.store.t[0] + (1.0 - share) * cool
            arrived = self.supply_pipe.flow(kg, header.flow(kg, mixed))
            taps.t = at_taps + kg / taps.kg * (arrived - at_taps)
            kg = circulated * dt
            if kg > 0.0:
                back.t = returned + kg / back.kg * (self.return_pipe.flow(kg, at_taps) - returned)
        lost = NETWORK_W_K * 0.5 * (at_taps + returned - 2.0 * NETWORK_ROOM_C)
        taps.t -= NETWORK_W_K * 0.5 * (at_taps - NETWORK_ROOM_C) * dt / (taps.kg * CP)
        back.t -= NETWORK_W_K * 0.5 * (returned - NETWORK_ROOM_C) * dt / (back.kg * CP)
        upper = lower = 0.0
        if not self.limit_tripped:
            steps = self.steps
            upper = STEP_W * (steps[0] + steps[1] + steps[2])
            lower = STEP_W * (steps[3] + steps[4] + steps[5])
        self.backup_w = upper + lower
        self.tapped = tapped
        self.circulated = circulated
        self.tap_w = tapped * CP * (at_taps - cold)
        self.network_w = lost
        from_store = share * flow
        return self.store.step(dt, (charge_kg_s, charge, from_store), (from_store, cool), (upper, lower), PLANT_ROOM_C)
