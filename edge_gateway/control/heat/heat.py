"""District heat: one frozen image a step, and what it has decided ready to be sent.

`step` is called in each control scan; a dispatch is made once a second. Nothing that it keeps is needed after a
restart: ordered set-points stand in the journal, the rest is seen again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edge_gateway.control.energy.ems import Note
from edge_gateway.control.energy.plant import SECOND_MS
from edge_gateway.control.heat.bands import SETTABLE, Settable
from edge_gateway.control.heat.curve import Believed, Need, Needs, Outdoor
from edge_gateway.control.heat.dispatch import Dispatch, Situation, Wish, dispatch
from edge_gateway.control.heat.image import Image, Season
from edge_gateway.control.heat.plant import Law, Plant
from edge_gateway.control.heat.power_to_heat import Allowance, Rows, Surplus
from edge_gateway.control.heat.staging import BackUp, HeatLoss


@dataclass(frozen=True, slots=True)
class When:
    """The wall clock: UTC ms, minute of the local day, month from 1 to 12."""

    utc_ms: int
    minute: int
    month: int


@dataclass(frozen=True, slots=True)
class Order:
    """A set-point that a person has ordered until a time (monotonic ms)."""

    value: float
    until: int
    why: str


class DistrictHeat:
    """One plant's heat."""

    def __init__(
        self, plant: Plant, now: int, law: Law | None = None, settable: Mapping[str, Settable] | None = None
    ) -> None:
        self.plant = plant
        self.law = law or Law()
        self.settable: Mapping[str, Settable] = settable or SETTABLE
        self.orders: dict[str, Order] = {}
        """By the name of what is set."""
        self.dispatched: Dispatch | None = None
        """The latest dispatch; None before the first and while the board isn't heard."""
        self.allowance = Allowance("normal", plant.machines)
        self.outdoor = Believed(plant.climate[0], "climate")
        self.need = Need(None)
        self.lost = ""
        """Why the data centre's heat is lost."""
        self._rows = Rows(plant, self.law)
        self._surplus = Surplus(plant, self.law)
        self._back_up = BackUp(plant, self.law)
        self._loss = HeatLoss(self.law)
        self._outdoor = Outdoor(self.law, plant.climate)
        self._needs = Needs(self.law, plant.buildings)
        self._due = now
        self._power: tuple[str, int] | None = None
        self._told: float | None = None

    def step(self, image: Image, now: int, when: When) -> list[Note]:
        """One scan. What is to be sent is in `dispatched` afterwards."""
        notes = self._expire(now)
        told, self._power = self._power, (image.power.row, image.power.shed)
        if now < self._due and told == self._power:  # what the grid asks for waits for no second to be over
            return notes
        self._due = now + SECOND_MS
        if not image.heard or image.refusal:
            self.dispatched = None
            return notes
        return notes + self._dispatch(image, now, when)

    def order(self, name: str, value: float, ttl_ms: int, why: str, now: int) -> None:
        """A person's set-point for a while. ValueError when it is outside its band, KeyError for another name."""
        wrong = self.settable[name].wrong(value)
        if wrong:
            raise ValueError(wrong)
        self.orders[name] = Order(value, now + ttl_ms, why)
        self._due = now

    def release(self, name: str, now: int) -> bool:
        """The plant's own law again. Returns whether an order stood."""
        self._due = now
        return self.orders.pop(name, None) is not None

    # --- own ----------------------------------------------------------------------------------------------------------

    def _expire(self, now: int) -> list[Note]:
        over = [name for name, order in self.orders.items() if now >= order.until]
        return [Note("HEAT_ORDER_OVER", {"name": name, "value": self.orders.pop(name).value}) for name in over]

    def _dispatch(self, image: Image, now: int, when: When) -> list[Note]:
        notes = self._look(image, now, when)
        wanted = self.need.supply if image.season in (Season.HEATING, None) else None
        made = dispatch(
            Situation(
                image=image,
                allowance=self.allowance,
                need=self._steady(self.need),
                outdoor=self.outdoor,
                plant=self.plant,
                law=self.law,
                orders={name: Wish(order.value, order.why) for name, order in self.orders.items()},
                settable=self.settable,
                back_up=self._back_up.step(image, wanted, self.allowance.machines, now),
                surplus=self._surplus.step(self.allowance.surplus, image.power.spare, image.eh1, now),
                lost=self.lost,
                curfew=self.plant.curfew.holds(when.minute),
            )
        )
        self.dispatched = made
        return notes

    def _look(self, image: Image, now: int, when: When) -> list[Note]:
        """What is seen outside of the set-points: rows of §5, the outdoor temperature, the source."""
        notes = []
        before, self.allowance = self.allowance, self._rows.step(image.power, image.running, now)
        if before.why != self.allowance.why:
            notes.append(Note("HEAT_ROW", {"from": before.why, "to": self.allowance.why}))
        source, self.outdoor = self.outdoor.source, self._outdoor.step(image.outdoor, when.month, now)
        if source != self.outdoor.source:
            body = {"source": self.outdoor.source, "degC": round(self.outdoor.value, 1)}
            notes.append(Note("HEAT_OUTDOOR", body, self.outdoor.source == "climate"))
        self.need = self._needs.step(self.outdoor.value, self.allowance.comfort)
        lost, self.lost = self.lost, self._loss.step(image, now)
        if bool(lost) != bool(self.lost):
            notes.append(Note("HEAT_LOST" if self.lost else "HEAT_BACK", {"why": self.lost or lost}, bool(self.lost)))
        return notes

    def _steady(self, need: Need) -> Need:
        """The same need while it moves within the dead band: a valve has better things to do."""
        if need.supply is None:
            self._told = None
            return need
        if self._told is None or abs(need.supply - self._told) >= self.law.dead_band:
            self._told = round(need.supply, 1)
        return Need(self._told, need.who)
