"""Above the board's own staging: when electric heat helps the heat pumps, and when the data centre's heat is lost.

The board starts and stops machines by its own law and keeps hot water safe by itself. What it can't see is that heat is
short for the whole district: heat pumps lead, EH1 lags. EH1 stands in the hot-water store, so that what it gives to hot
water leaves the machines to the heating.
"""

from __future__ import annotations

from edge_gateway.control.energy.lasting import Lasting
from edge_gateway.control.heat.image import Image
from edge_gateway.control.heat.plant import Law, Plant


class BackUp:
    """Steps of EH1 that the heating is short of. `step` in each dispatch."""

    def __init__(self, plant: Plant, law: Law) -> None:
        self._plant = plant
        self._law = law
        self._lasting = Lasting()
        self.kw = 0.0

    def step(self, image: Image, wanted: float | None, allowed: int, now: int) -> float:
        """wanted: supply temperature, None when nobody is heated. allowed: machines that may run."""
        law, plant, last = self._law, self._plant, self._lasting
        if wanted is None or image.supply is None:
            last.clear()
            self.kw = 0.0
            return self.kw
        missing = wanted - image.supply
        able = sum(machine.fault == 0 for machine in image.machines) if not image.no_machines else 0
        at_work = image.running >= min(allowed, able)
        if last.ms("short", missing > law.back_up_error and at_work, now) >= law.back_up_after_ms:
            last.clear()
            self.kw = min(self.kw + plant.back_up_step, plant.back_up_kw)
        elif last.ms("enough", missing < law.back_up_off, now) >= law.back_up_after_ms:
            last.clear()
            self.kw = max(self.kw - plant.back_up_step, 0.0)
        return self.kw


class HeatLoss:
    """Whether the data centre's heat is lost (§5). `step` in each dispatch; `why` says it, empty when it isn't."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._lasting = Lasting()
        self.why = ""

    def step(self, image: Image, now: int) -> str:
        """A value that isn't known says nothing: the board holds the source at the dry cooler then, which does."""
        little = image.it_heat is not None and image.it_heat < self._law.loss_kw
        found = ""
        if image.source_lost:
            found = f"the source is held at the dry cooler ({', '.join(image.source_lost)})"
        elif little:
            found = f"IT gives less than {self._law.loss_kw:g} kW"
        elif image.no_machines:
            found = f"no heat pump may run ({', '.join(image.no_machines)})"
        lasts = self._lasting.ms("lost", bool(found) and image.heard, now)
        self.why = found if lasts >= self._law.loss_ms else ""
        return self.why
