"""Every state of the energy management over a real board, each reached by what leads to it, and what is watched there.

`PLACES` has the district of each state; `KilledPlant.enter` leads into the state again and again, since each case of
`test_energy_killed.py` begins there. What is watched all the time: both caps, and from `mended` on the set-point of the
battery, which may not step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edge_gateway.control.energy.plant import Law
from edge_gateway.control.energy.state import State
from hil_tests.energy_gateway import EnergyGateway
from hil_tests.energy_rig import INVERTERS, EnergyRig

IMPORT_KW = 1280.0
EXPORT_KW = 200.0
TRANSFORMER_KW = 1600.0
OVER = 1.05
OVER_S = 5.0
RAMP_KW_S = 50.0
NEAR_KW = 5.0
RVRT_S = 10
LOOK_MS = 100
PARAMS = {"observe_s": 2, "rvrt_s": RVRT_S, "grid_back_s": 20, "restore_s": 5, "export_cap": int(10 * EXPORT_KW)}
PARAMS |= {"pv_settle_ms": 2_000, "pv_up": 25}
"""Limits rise by 5 % every 2 s: the cases follow each other."""
SLOW_MS = 60_000


@dataclass(frozen=True)
class Place:
    """Where a state is reached.

    price: of the whole day; while it is `peak`, the battery covers what the sun doesn't. cars: sixty of them come; they
    would take what is to be too much. alone_kw: most import once nobody shaves: without their board the devices know
    of no import cap, and the transformer's rating is what holds.
    """

    base_kw: float
    hour: float = 10.0
    soc: float = 0.7
    law: Law = field(default_factory=lambda: Law(observe_ms=3_000, recover_ms=3_000))
    price: str = "peak"
    cars: bool = True
    alone_kw: float = IMPORT_KW

    @property
    def section(self) -> dict[str, Any]:
        """The site file's part."""
        day = {"from": "00:00", "to": "24:00", "name": self.price, "buy": 1.0}
        return {"grid": {"back_s": 20, "ev_after_s": 5}, "tariff": {"periods": [day]}}


PLACES: dict[State, Place] = {
    State.INIT: Place(700),
    State.OBSERVE: Place(700, law=Law(observe_ms=SLOW_MS)),
    State.OPTIMISE: Place(700),
    State.PEAK_SHAVE: Place(1400, hour=22.0, soc=0.6, price="flat", alone_kw=TRANSFORMER_KW),
    State.EXPORT_LIMIT: Place(500, cars=False, hour=12.0, soc=1.0),
    State.GRID_EVENT: Place(700),
    State.ISLAND: Place(300, hour=22.0),
    State.SHUTDOWN: Place(700),
    State.RECOVER: Place(1000, hour=22.0, law=Law(observe_ms=3_000, recover_ms=SLOW_MS, calm_ms=1_000)),
}


@dataclass
class Watched:
    """What was seen since `begin`, looked at every 100 ms: highest import and export (kW), and how long beyond."""

    import_cap: float
    highest: float = 0.0
    lowest: float = 0.0
    over_s: float = 0.0

    def see(self, grid_kw: float) -> None:
        """One look."""
        self.highest, self.lowest = max(self.highest, grid_kw), min(self.lowest, grid_kw)
        if grid_kw > self.import_cap or -grid_kw > EXPORT_KW:
            self.over_s += LOOK_MS / 1000

    def check(self) -> None:
        """Both limits: at most 5 % beyond, for at most 5 s."""
        assert self.highest <= OVER * self.import_cap, f"{self.highest:.0f} kW were taken"
        assert -self.lowest <= OVER * EXPORT_KW, f"{-self.lowest:.0f} kW were given"
        assert self.over_s <= OVER_S, f"beyond a cap for {self.over_s:.1f} s"


class KilledPlant:
    """A rig in one state, with the gateway's own management above its board."""

    def __init__(self, state: State, make: Callable[..., EnergyRig], folder: Path) -> None:
        self.target = state
        self.place = PLACES[state]
        self._folder = folder
        self._lives = 0
        self._gateway: EnergyGateway | None = None
        self._mended, self._gave = 0, 0.0
        self.watched = Watched(IMPORT_KW)
        place = self.place
        self.rig = make(
            hour=place.hour, base_kw=place.base_kw, soc=place.soc, newer=(*INVERTERS, "PCS"), gateway=False, **PARAMS
        )
        if place.cars:
            self.rig.fail("EV", "surge")
        self.rig.run(2)
        self._look()
        self.begin_gateway()

    # -- the gateway's lives ---------------------------------------------------------------------------------

    @property
    def gateway(self) -> EnergyGateway:
        """The one that lives, or died last."""
        assert self._gateway is not None
        return self._gateway

    def begin_gateway(self) -> None:
        """A new life; the one before must be over."""
        self._lives += 1
        folder = self._folder / f"gateway{self._lives}"
        self._gateway = EnergyGateway(self.rig, folder, self.place.section, PARAMS, round(60 * self.place.hour))
        self._gateway.ems.law = self.place.law

    def states(self) -> list[str]:
        """Every state that the living gateway has gone to."""
        return [str(draft.body["to"]) for _at, draft in self.gateway.journal if draft.name == "ENERGY_STATE"]

    # -- into the state --------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Run until the management is in its state, whatever the case before has left."""
        _WAYS[self.target](self)
        assert self.gateway.state == self.target
        self.watched = Watched(IMPORT_KW)

    def until(self, *states: State, within_s: float) -> None:
        """Run until the management is in one of some states."""
        self.rig.until(lambda: self.gateway.state in states, within_s)

    def settled(self, within_s: float = 40) -> None:
        """Run until economics rule, and the battery has come to what it is asked."""
        self.until(*_FOLLOWING, within_s=within_s)
        self.rig.until(lambda: self.gateway.ems.dispatched is not None and self.at_rest(), within_s)

    def back(self, within_s: float) -> None:
        """Run until the management is at work again, and the battery at rest."""
        waits = (State.INIT,) if self.target is State.OBSERVE else (State.INIT, State.OBSERVE)
        self.rig.until(lambda: self.gateway.state not in waits, within_s)
        if self.gateway.state not in (State.ISLAND, State.SHUTDOWN):
            self.rig.until(self.at_rest, within_s)
        self.rig.run(2)

    def at_rest(self) -> bool:
        """The battery does what the latest dispatch says, within its dead band."""
        made = self.gateway.ems.dispatched
        return made is not None and made.battery.why != "ramp" and abs(self.rig.kw("pcs") - made.battery.kw) < 15

    # -- watching --------------------------------------------------------------------------------------------

    def _look(self) -> None:
        self.watched.see(self.rig.kw("grid"))
        self.rig.world.after(LOOK_MS, self._look)

    def mend(self) -> None:
        """From here on everything is in order again, and the battery's set-point is looked at."""
        self._mended, self._gave = self.rig.now, self.rig.kw("pcs")

    def steps(self) -> list[str]:
        """Set-points written to the battery since `mend` that lie farther from the one before than the ramp allows for
        the time between; the first is compared with what the battery gave then. Who forms an island follows none."""
        found: list[str] = []
        was, at = self._gave, self._mended
        for ms, _model, point, raw in self.rig.written("PCS", self._mended):
            if point == "WSet" and self.target is not State.ISLAND:
                kw = raw / 10
                if abs(kw - was) > RAMP_KW_S * max(1.0, (ms - at) / 1000) + NEAR_KW:
                    found.append(f"{was:.0f} to {kw:.0f} kW, {ms - at} ms later, at {ms} ms")
                was, at = kw, ms
        return found


_FOLLOWING = (State.OPTIMISE, State.PEAK_SHAVE, State.EXPORT_LIMIT, State.RECOVER)


def _observe(plant: KilledPlant) -> None:
    plant.gateway.kill()
    plant.begin_gateway()
    plant.until(State.OBSERVE, within_s=15)


def _init(plant: KilledPlant) -> None:
    plant.settled()
    plant.gateway.kill()
    plant.begin_gateway()


def _optimise(plant: KilledPlant) -> None:
    plant.until(State.OPTIMISE, within_s=60)
    plant.rig.until(plant.at_rest, within_s=40)


def _peak_shave(plant: KilledPlant) -> None:
    plant.until(State.PEAK_SHAVE, within_s=60)
    plant.rig.until(lambda: plant.rig.kw("grid") < IMPORT_KW, within_s=20)


def _export_limit(plant: KilledPlant) -> None:
    """Less load than sun and a full battery."""
    plant.until(*_FOLLOWING, within_s=60)
    plant.rig.district.loads.fixed_w = 300_000.0
    plant.until(State.EXPORT_LIMIT, within_s=90)
    plant.rig.until(lambda: plant.rig.kw("grid") > -EXPORT_KW, within_s=20)


def _grid_event(plant: KilledPlant) -> None:
    if plant.gateway.state != State.GRID_EVENT:
        plant.rig.district.network.level = 1.0
        plant.settled()
        plant.rig.district.network.level = 1.085
        plant.until(State.GRID_EVENT, within_s=15)


def _island(plant: KilledPlant) -> None:
    plant.until(State.OPTIMISE, State.ISLAND, within_s=60)
    plant.rig.fail("GRID", "lost")
    plant.until(State.ISLAND, within_s=5)
    plant.rig.until(lambda: plant.rig.district.converter.forming, within_s=30)
    plant.rig.run(3)


def _shutdown(plant: KilledPlant) -> None:
    plant.until(State.OPTIMISE, State.SHUTDOWN, within_s=60)
    plant.rig.turn("RSD.PB", 1)
    plant.until(State.SHUTDOWN, within_s=5)
    plant.rig.run(2)


def _recover(plant: KilledPlant) -> None:
    """A load that was shaved and is gone: the battery goes back gently."""
    plant.until(State.OPTIMISE, State.PEAK_SHAVE, State.RECOVER, within_s=90)
    plant.rig.until(plant.at_rest, within_s=30)
    plant.rig.fail("LOAD", "high")
    plant.until(State.PEAK_SHAVE, within_s=20)
    plant.rig.fail("LOAD", "")
    plant.until(State.RECOVER, within_s=20)


_WAYS: dict[State, Callable[[KilledPlant], None]] = {
    State.INIT: _init,
    State.OBSERVE: _observe,
    State.OPTIMISE: _optimise,
    State.PEAK_SHAVE: _peak_shave,
    State.EXPORT_LIMIT: _export_limit,
    State.GRID_EVENT: _grid_event,
    State.ISLAND: _island,
    State.SHUTDOWN: _shutdown,
    State.RECOVER: _recover,
}
