"""What the energy management publishes as tags of the gateway: its state, its set-points, and the word for heat."""

from __future__ import annotations

from edge_gateway.control.energy.ems import Ems
from edge_gateway.control.energy.signals import Heat
from edge_gateway.control.energy.state import Island, State
from edge_gateway.tags import Tag, TagDatabase, TagInfo, Value

PREFIX = "ems"
_STALE_MS = 5_000
_PERIOD_MS = 1_000
HEAT = tuple(Heat)
STATES, ISLANDS = tuple(State), tuple(Island)


class EnergyTags:
    """Tags `ems.*`, written once a second. They go stale when the management stands still."""

    def __init__(self, database: TagDatabase) -> None:
        self._database = database
        self._source = database.add_source(PREFIX, _STALE_MS)
        self._due = 0

        def tag(name: str, meaning: str, unit: str = "", enum: tuple[str, ...] = ()) -> Tag:
            return database.add(f"{PREFIX}.{name}", self._source, TagInfo("GW", unit, meaning, enum=enum))

        self._state = tag("STATE", "state of the energy management", enum=tuple(str(state) for state in STATES))
        self._island = tag("ISLAND", "connection to the grid", enum=tuple(str(state) for state in ISLANDS))
        self._heat = tag("HEAT", "what heat shall do (domain brief §5)", enum=tuple(str(word) for word in HEAT))
        self._row = tag("SIGNAL", "row of §5 that holds")
        self._pcs = tag("PCS.SET", "set-point of the battery, discharge positive", "kW")
        self._amps = tag("EV.SHARE", "share current of a charging point", "A")
        self._waiting = tag("EV.WAITING", "vehicles that wait for their turn")
        self._import = tag("IMPORT.CAP", "import cap that is followed", "kW")
        self._export = tag("EXPORT.CAP", "export cap that is followed", "kW")
        self._fallback = tag("RULES", "1: rules stand in for the plan")

    def write(self, ems: Ems, utc_ms: int, now: int) -> None:
        """Once a second."""
        if now < self._due:
            return
        self._due = now + _PERIOD_MS
        self._source.refresh(utc_ms, now)
        made = ems.dispatched
        values: list[tuple[Tag, Value]] = [
            (self._state, STATES.index(ems.state)),
            (self._island, ISLANDS.index(ems.island.state)),
            (self._heat, HEAT.index(ems.signal.heat)),
            (self._row, ems.signal.name),
            (self._pcs, round(made.battery.kw, 1) if made is not None else None),
            (self._amps, round(ems.allocation.amps, 1)),
            (self._waiting, len(ems.allocation.waiting)),
            (self._import, made.import_cap.kw if made is not None else None),
            (self._export, made.export_cap.kw if made is not None else None),
            (self._fallback, int(bool(ems.plan_why))),
        ]
        for tag, value in values:
            self._database.write(tag, value, now)
