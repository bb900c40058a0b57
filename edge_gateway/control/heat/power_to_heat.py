"""What electricity allows: the rows of the domain brief §5 that are about heat, and EH1 by the sun's surplus.

A row is told by the energy management (`control/energy/signals.py`); shed tiers are those of its board: tier 3 takes
EH1 and all heat pumps but one, tier 2 that one too. Pumps, dry cooler and hot water's circulation are no business of
these rows: the board keeps them.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_gateway.control.energy.lasting import Lasting
from edge_gateway.control.energy.signals import Heat
from edge_gateway.control.heat.image import Power
from edge_gateway.control.heat.plant import Law, Plant


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the rows leave, and the row in words.

    machines: most heat pumps that may run. eh1: it may run at all. bought: it may run on bought energy because somebody
    likes it to (back-up may anyway). surplus: the sun's surplus may be used. comfort: K of room temperature given up.
    """

    why: str
    machines: int
    eh1: bool = True
    bought: bool = True
    surplus: bool = False
    comfort: float = 0.0


class Rows:
    """Works the rows. `step` in each dispatch. The board keeps a machine's least time by itself."""

    def __init__(self, plant: Plant, law: Law) -> None:
        self._plant = plant
        self._law = law
        self._down_since: int | None = None
        self._rest_until: int | None = None
        self._left = 0
        self._back_since: int | None = None

    def step(self, power: Power, running: int, now: int) -> Allowance:
        """running: heat pumps that run now."""
        all_of_them, row = self._plant.machines, power.heat
        back = self._returned(row is Heat.RETURN, now)
        down = self._stage_down(row is Heat.STAGE_DOWN, running, now)
        if 0 < power.shed <= 2:
            return Allowance(f"tier {power.shed} is shed", 0, eh1=False, bought=False)
        if row is Heat.ISLAND:
            return Allowance(power.row, 0, eh1=False, bought=False)
        if power.shed == 3:
            return Allowance("tier 3 is shed", min(1, all_of_them), eh1=False, bought=False)
        if row is Heat.RETURN:
            return Allowance(f"{power.row}: one machine a minute", min(back, all_of_them), eh1=False, bought=False)
        if row is Heat.EH1_OFF:
            return Allowance(power.row, min(1, all_of_them), eh1=False, bought=False)
        if row is Heat.STAGE_DOWN:
            if down is None:
                return Allowance(f"{power.row}: its 30 min are over", all_of_them, bought=False)
            return Allowance(power.row, down, bought=False, comfort=self._law.comfort)
        if row is Heat.NO_POWER_TO_HEAT:
            return Allowance(power.row, all_of_them, bought=False)
        return Allowance(power.row, all_of_them, surplus=row is Heat.SURPLUS)

    def _returned(self, holds: bool, now: int) -> int:
        """How many machines may be back by now."""
        if not holds:
            self._back_since = None
            return 0
        if self._back_since is None:
            self._back_since = now
        return 1 + (now - self._back_since) // self._law.return_step_ms

    def _stage_down(self, holds: bool, running: int, now: int) -> int | None:
        """The machines that are left while the transformer takes one; None when it doesn't, or not any longer."""
        if not holds:
            self._down_since = None
            return None
        resting = self._rest_until is not None and now < self._rest_until
        if self._down_since is None:
            if resting:
                return None
            self._down_since, self._left = now, min(max(running - 1, 1), self._plant.machines)
        elif now - self._down_since >= self._law.stage_down_ms:
            self._down_since, self._rest_until = None, now + self._law.stage_rest_ms
            return None
        return self._left


class Surplus:
    """EH1 in whole steps by what would go into the grid: up calmly, down in seconds. `step` in each dispatch."""

    def __init__(self, plant: Plant, law: Law) -> None:
        self._plant = plant
        self._law = law
        self._lasting = Lasting()
        self.kw = 0.0

    def step(self, allowed: bool, spare: float | None, eh1: float | None, now: int) -> float:
        """spare: what goes into the grid now, eh1: what EH1 takes of it (kW). What isn't known buys nothing."""
        law, last = self._law, self._lasting
        if not allowed or spare is None or eh1 is None:
            last.clear()
            self.kw = 0.0
            return self.kw
        step = self._plant.back_up_step
        # Both are measured, so this holds whether EH1 has followed by now or not: there is nothing to wind up.
        there = max(eh1 + spare - law.surplus_margin, 0.0)
        most = min(step * (there // step), self._plant.power_to_heat_kw)
        if last.ms("more", most > self.kw, now) >= law.surplus_up_ms:
            last.clear()
            self.kw = min(self.kw + step, most)
        elif last.ms("less", most < self.kw, now) >= law.surplus_down_ms:
            last.clear()
            self.kw = most
        return self.kw
