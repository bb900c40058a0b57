"""Condenser circuit: P202, machine branches, and the way to store or buffer (domain brief §4a).

Each machine's branch opens with it, so an idle machine doesn't cool the outlet of a running one. The change-over valve
between HX2 and the buffer has no order of its own: it goes with the contactor of P401.
"""

from __future__ import annotations

from tools.emulator.heat.pump import Pump
from tools.emulator.heat.valve import Valve
from tools.emulator.heat.water import CP, Volume

HALF_KG = 400.0
RATED_KG_S = 22.0
COMMON = 0.45
"""Share of the resistance outside the branches, with all three open."""
CHANGE_OVER_S = 10.0


class Condenser:
    """The circuit. `back` is what the machines get (TT203), `out` what leaves them (TT204)."""

    def __init__(self, back: float, out: float) -> None:
        self.back = Volume(HALF_KG, back)
        self.out = Volume(HALF_KG, out)
        self.pump = Pump(RATED_KG_S, 10.0)
        self.pump.speed_signal = 1.0
        self.change_over = Valve(CHANGE_OVER_S, 0.0)
        """0: to the buffer, 1: to HX2."""
        resistance = self.pump.k
        self._k = tuple(resistance * (COMMON + (1.0 - COMMON) * 9.0 / (n * n)) for n in (1, 1, 2, 3))

    @property
    def stored_j(self) -> float:
        """Energy of all its water above 0 °C."""
        return self.back.stored_j + self.out.stored_j

    def circulate(self, dt: float, branches: int, bar: float, charging: bool) -> float:
        """Flow with so many branches open, kg/s (with none open one stays open)."""
        self.change_over.signal = 1.0 if charging else 0.0
        self.change_over.step(dt)
        return self.pump.step(dt, bar, self._k[branches])

    def step(self, dt: float, flow: float, heat_w: float, returned: float, rejected_w: float) -> None:
        """Go on by `dt` seconds: machines give `heat_w`, `returned` °C comes back, a coil has taken `rejected_w`."""
        back = self.back
        out = self.out
        to_machines = back.t
        leaves = out.t
        part = flow * dt / HALF_KG
        back.t = to_machines + part * (returned - to_machines) - rejected_w * dt / (HALF_KG * CP)
        out.t = leaves + part * (to_machines - leaves) + heat_w * dt / (HALF_KG * CP)
