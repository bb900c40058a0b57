"""The energy management: works the tables, one frozen image a step, and keeps what it has decided ready to be sent.

`step` is called in each control scan. The island and the transformer are looked at in every one; a dispatch is made
once a second. Nothing that it keeps is needed after a restart: the set-point is read back, ordered caps stand in the
journal, the rest is seen again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge_gateway.control.energy.battery import keep_soc
from edge_gateway.control.energy.conditions import View
from edge_gateway.control.energy.dispatch import Cap, Dispatch, Situation, Wish, dispatch
from edge_gateway.control.energy.ev import Allocation, Allocator
from edge_gateway.control.energy.image import Image
from edge_gateway.control.energy.island import Islanding
from edge_gateway.control.energy.lasting import Lasting
from edge_gateway.control.energy.plan import Plan
from edge_gateway.control.energy.plant import MINUTE_MS, SECOND_MS, Law, Plant
from edge_gateway.control.energy.rules import rule
from edge_gateway.control.energy.sequence import TABLE, WATCHES
from edge_gateway.control.energy.signals import NORMAL, Row, signal
from edge_gateway.control.energy.signals import View as SignalView
from edge_gateway.control.energy.state import State
from edge_gateway.control.energy.tariff import Tariff
from edge_gateway.control.energy.transformer import Transformer

_DT_MOST_S = 10.0
"""A dispatch that comes later than this ramps no farther."""


@dataclass(frozen=True, slots=True)
class When:
    """The wall clock: UTC ms, and the minute of the local day."""

    utc_ms: int
    minute: int


@dataclass(frozen=True, slots=True)
class Note:
    """Something for the journal. alarm: somebody has to act."""

    name: str
    body: Mapping[str, Any] = field(default_factory=dict)
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A tighter cap that somebody has ordered until a time (monotonic ms)."""

    kw: float
    until: int
    why: str


class Ems:
    """One plant's energy management."""

    def __init__(self, plant: Plant, tariff: Tariff, now: int, law: Law | None = None, stale_ms: int = 2_700_000):
        self.plant = plant
        self.tariff = tariff
        self.law = law or Law()
        self.state = State.INIT
        self.why = "just started"
        self.island = Islanding(plant.grid, plant.battery, now)
        self.transformer = Transformer(plant.transformer_kva)
        self.allocator = Allocator(plant.ev) if plant.ev is not None else None
        self.allocation = Allocation()
        self.dispatched: Dispatch | None = None
        """The latest dispatch; None before the first and while the board isn't heard."""
        self.plan: Plan | None = None
        self.plan_made = 0
        """When it was made (UTC ms)."""
        self.plan_why = "no plan was made yet"
        """Why the rules stand in; empty while the plan is followed."""
        self.signal: Row = NORMAL
        self.orders: dict[str, Order] = {}
        """By `import` and `export`."""
        self._stale_ms = stale_ms
        self._no_plan = ""
        self._lasting = Lasting()
        self._entered = now
        self._dispatched_at = now - SECOND_MS
        self._due = True
        self._load = 0.0
        self._previous: float | None = None
        self._held: float | None = 0.0
        self._kept = False
        self._soc: list[tuple[int, float]] = []

    def step(self, image: Image, now: int, when: When) -> list[Note]:
        """One scan. What is to be sent is in `dispatched`, `allocation` and `island.wanted` afterwards."""
        notes = [
            Note("ISLAND", {"from": str(come), "to": str(to), "why": alarm}, bool(alarm))
            for come, to, alarm in self.island.step(image, now)
        ]
        level = self.transformer.level
        if self.transformer.step(image.grid.kva, now) != level:
            body = {"level": self.transformer.level, "kva": round(image.grid.kva or 0.0, 1)}
            notes.append(Note("TRANSFORMER", body, self.transformer.level >= 100))
        notes += self._move(self._view(image, now), now)
        if self._due or now - self._dispatched_at >= SECOND_MS or self._hurry(image):
            self._dispatch(image, now, when)
        return notes

    def order(self, which: str, kw: float, ttl_ms: int, why: str, now: int) -> None:
        """A tighter cap for a while; `import` or `export`. It can't widen what stands."""
        self.orders[which] = Order(kw, now + ttl_ms, why)

    def follow(self, plan: Plan | None, made_utc: int, why: str = "") -> None:
        """A new plan; or none, and why not."""
        if plan is not None:
            self.plan, self.plan_made = plan, made_utc
        self._no_plan = why if plan is None else ""

    def caps(self, now: int) -> dict[str, Cap]:
        """Both caps that are followed, by `import` and `export`."""
        return {which: self._cap(which, now) for which in ("import", "export")}

    # --- state --------------------------------------------------------------------------------------------------------

    def _view(self, image: Image, now: int) -> View:
        last, grid, net = self._lasting, image.grid, image.net_kw
        cap = self._cap("import", now).kw
        out = -(grid.kw or 0.0)
        limit = self._cap("export", now).kw
        known = grid.kw is not None and net is not None
        need = (net or 0.0) - (cap - self.plant.import_margin)
        planned = self.dispatched.battery if self.dispatched is not None else None
        return View(
            image=image,
            law=self.law,
            island=self.island.state,
            age=now - self._entered,
            metered_ms=last.ms("metered", image.metered and self._knows_battery(image), now),
            blind_ms=last.ms("blind", image.heard and not image.metered, now),
            over_ms=last.ms("over", known and need > 0, now),
            under_ms=last.ms("under", known and need < -0.05 * cap, now),
            export_ms=last.ms("export", known and out >= limit - 2 * self.plant.export_margin, now),
            calm_ms=last.ms("calm", known and out < limit - 2 * self.plant.export_margin - 10, now),
            level=self.transformer.level,
            event=self._event(image, now),
            near=planned is None or "ramp" not in planned.why,
        )

    def _knows_battery(self, image: Image) -> bool:
        return self.plant.battery is None or image.battery.soc is not None

    def _event(self, image: Image, now: int) -> str:
        figures, grid = self.plant.grid, image.grid
        found = ""
        if grid.closed and grid.volts is not None and not figures.volts_low <= grid.volts <= figures.volts_high:
            found = f"grid voltage {grid.volts:.0f} V"
        elif grid.closed and grid.hz is not None and not figures.hz_low <= grid.hz <= figures.hz_high:
            found = f"grid frequency {grid.hz:.2f} Hz"
        return found if self._lasting.ms("event", bool(found), now) >= SECOND_MS else ""

    def _move(self, v: View, now: int) -> list[Note]:
        for watch in WATCHES:
            if self.state in watch.states:
                why = watch.why(v)
                if why:
                    return [self._go(watch.to, why, now)]
        for way in TABLE[self.state]:
            if way.when(v):
                return [self._go(way.to, " ".join(way.when.__name__.split("_")), now)]
        return []

    def _go(self, to: State, why: str, now: int) -> Note:
        body = {"from": str(self.state), "to": str(to), "why": why}
        if to is State.OBSERVE:  # after a restart what the board holds is held; after lost meters nothing is
            self._held = None if self.state is State.INIT else 0.0
        if to is State.INIT:
            self._previous, self.dispatched = None, None
        self.state, self.why, self._entered = to, why, now
        self._due = True
        return Note("ENERGY_STATE", body, to in (State.SHUTDOWN, State.ISLAND))

    # --- dispatch -----------------------------------------------------------------------------------------------------

    def _hurry(self, image: Image) -> bool:
        """Whether the load has just gone beyond the transformer's cap: that waits for no second to be over."""
        load = image.grid.kw
        return load is not None and load > self.plant.import_cap >= self._load

    def _dispatch(self, image: Image, now: int, when: When) -> None:
        dt_s = min((now - self._dispatched_at) / SECOND_MS, _DT_MOST_S)
        self._dispatched_at, self._due, self._load = now, False, image.grid.kw or 0.0
        if self.state is State.INIT:
            self.dispatched, self.allocation = None, Allocation()
            return
        if self._previous is None:  # what the board holds, so that a restart is no kick
            held = image.battery.setpoint if image.battery.setpoint is not None else image.battery.kw
            self._previous = held or 0.0
        if self._held is None:
            self._held = self._previous
        self._keep(image)
        allocator = self.allocator
        made = dispatch(
            Situation(
                image=image,
                state=self.state,
                import_cap=self._cap("import", now),
                export_cap=self._cap("export", now),
                plant=self.plant,
                law=self.law,
                wish=self._wish(image, when),
                previous=self._previous,
                kept=self._kept,
                level=self.transformer.level,
                ev_floor=allocator.floor_kw(image.ev) if allocator is not None else 0.0,
                ev_full=allocator.full_kw(image.ev) if allocator is not None else 0.0,
                ev_given=self.allocation.kw(self.plant.ev) if self.plant.ev is not None else 0.0,
                dt_s=dt_s,
            )
        )
        # Who forms a grid gives what the island takes: from there it goes on when the grid is back.
        self._previous = image.battery.kw if self.state is State.ISLAND else made.battery.kw
        self.dispatched = made
        if allocator is not None:
            budget = 0.0 if self.island.ev_waits(now) else made.ev.kw
            self.allocation = allocator.step(image.ev, budget, now)
        self._signal(image, now)

    def _cap(self, which: str, now: int) -> Cap:
        own = self.plant.import_cap if which == "import" else self.plant.export_cap
        order = self.orders.get(which)
        if order is not None and now >= order.until:
            del self.orders[which]
            order = None
        if order is not None and order.kw < own:
            return Cap(order.kw, f"{which} cap by order: {order.why}")
        return Cap(own, f"{which} cap of {own:.0f} kW")

    def _keep(self, image: Image) -> None:
        """The reserve for the critical board, with 5 % of hysteresis (E8)."""
        figures, soc = self.plant.battery, image.battery.soc
        if figures is None or soc is None:
            return
        if soc <= figures.reserve:
            self._kept = True
        elif soc >= figures.reserve + self.law.reserve_band:
            self._kept = False

    def _wish(self, image: Image, when: When) -> Wish:
        """The plan while it is fresh, with the SoC keeper; the rules otherwise. While it observes, what stands."""
        plan = self.plan
        slot = plan.slot(when.utc_ms) if plan is not None else None
        aim = plan.soc_at(when.utc_ms) if plan is not None else None
        self.plan_why = self._judge(when.utc_ms, slot is not None)
        if self.state is State.OBSERVE:
            return Wish(self._held or 0.0, "held while it observes")
        battery, soc, net = self.plant.battery, image.battery.soc, image.net_kw
        if battery is None or soc is None or net is None:
            return Wish(0.0, "nothing is known to plan with")
        if self.plan_why or slot is None or aim is None or plan is None:
            period = self.tariff.at(when.minute)
            found = rule(battery, period.name, self.tariff.left_min(when.minute), soc, net)
            return Wish(found.kw, f"{found.why} ({self.plan_why})")
        keeper = keep_soc(self.law, soc, aim)
        kw, why = slot.battery + keeper, f"plan {slot.battery:+.0f} kW, SoC keeper {keeper:+.0f} kW"
        if net - kw > plan.peak:
            kw, why = net - plan.peak, f"the plan's peak of {plan.peak:.0f} kW is kept"
        return Wish(kw, why)

    def _judge(self, utc_ms: int, covers: bool) -> str:
        """Why the plan isn't followed; empty when it is."""
        if self.plan is None:
            return self._no_plan or "no plan was made yet"
        age = utc_ms - self.plan_made
        if not 0 <= age <= self._stale_ms:
            why = f"; {self._no_plan}" if self._no_plan else ""
            return f"the plan is {age // MINUTE_MS} min old{why}"
        return "" if covers else "the plan doesn't reach so far"

    def _signal(self, image: Image, now: int) -> None:
        net, soc, pv = image.net_kw, image.battery.soc, image.pv_kw
        if soc is not None and (not self._soc or now - self._soc[-1][0] >= MINUTE_MS):
            self._soc = [*self._soc[-10:], (now, soc)]
        rising = soc is not None and bool(self._soc) and soc > self._soc[0][1]
        known = net is not None and pv is not None
        self.signal = signal(
            SignalView(
                island=self.island.state,
                level=self.transformer.level,
                soc=soc,
                rising=rising,
                surplus_ms=self._lasting.ms("surplus", known and (net or 0.0) < -50, now),
                deficit_ms=self._lasting.ms("deficit", not known or (net or 0.0) > 20, now),
                returning=self.island.returning,
                in_surplus=self.signal.name == "PV surplus",
            )
        )
