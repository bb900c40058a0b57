"""Stratified tank with four nodes (domain brief §4f). It is charged from the top and cold at the bottom."""

from __future__ import annotations

from tools.emulator.heat.water import CP

NODES = 4
UA = 25.0
"""Loss of a node to the room, W/K."""
CONDUCTION = 30.0
"""Between neighbouring nodes, W/K."""


class Tank:
    """One tank of `kg` water. `t[0]` is its top, `t[3]` its bottom, °C."""

    __slots__ = ("kg", "t")

    def __init__(self, kg: float, t: tuple[float, float, float, float]) -> None:
        self.kg = kg
        self.t = list(t)

    @property
    def stored_j(self) -> float:
        """Energy above 0 °C."""
        return self.kg / NODES * CP * sum(self.t)

    def step(
        self,
        dt: float,
        top: tuple[float, float, float],
        bottom: tuple[float, float],
        heat: tuple[float, float],
        room: float,
    ) -> float:
        """Go on by `dt` seconds; return the heat lost to the room, J.

        `top`: kg/s and temperature of what enters at the top, kg/s that leaves there. `bottom`: kg/s and temperature of
        what enters at the bottom; what doesn't leave at the top leaves here. `heat`: W into the second node and into
        the bottom. All that leaves does so at the temperature of the step's beginning.
        """
        t = self.t
        t0, t1, t2, t3 = t
        inlet, hot, outlet = top
        entry, cold = bottom
        down = inlet - outlet
        carried = down * CP
        if down > 0.0:
            flux01 = carried * t0 + CONDUCTION * (t0 - t1)
            flux12 = carried * t1 + CONDUCTION * (t1 - t2)
            flux23 = carried * t2 + CONDUCTION * (t2 - t3)
        else:
            flux01 = carried * t1 + CONDUCTION * (t0 - t1)
            flux12 = carried * t2 + CONDUCTION * (t1 - t2)
            flux23 = carried * t3 + CONDUCTION * (t2 - t3)
        gain = dt * NODES / (self.kg * CP)
        n0 = t0 + gain * (CP * (inlet * hot - outlet * t0) - flux01 - UA * (t0 - room))
        n1 = t1 + gain * (flux01 - flux12 + heat[0] - UA * (t1 - room))
        n2 = t2 + gain * (flux12 - flux23 - UA * (t2 - room))
        n3 = t3 + gain * (flux23 + CP * (entry * cold - (down + entry) * t3) + heat[1] - UA * (t3 - room))
        t[0] = n0
        t[1] = n1
        t[2] = n2
        t[3] = n3
        if n0 < n1 or n1 < n2 or n2 < n3:
            self.settle()
        return UA * (t0 + t1 + t2 + t3 - NODES * room) * dt

    def settle(self) -> None:
        """Mix what lies warmer below colder water with it, as far up as buoyancy carries; energy stays."""
        pools: list[list[float]] = []
        for value in self.t:
            pools.append([value, 1.0])
            while len(pools) > 1 and pools[-2][0] < pools[-1][0]:
                below = pools.pop()
                above = pools[-1]
                total = above[1] + below[1]
                above[0] = (above[0] * above[1] + below[0] * below[1]) / total
                above[1] = total
        node = 0
        for value, count in pools:
            for _ in range(int(count)):
                self.t[node] = value
                node += 1
