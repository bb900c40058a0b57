"""What district heat publishes as tags of the gateway: its set-points, the row of §5, the outdoor temperature."""

from __future__ import annotations

from edge_gateway.control.heat.heat import DistrictHeat
from edge_gateway.tags import Tag, TagDatabase, TagInfo, Value

PREFIX = "heat"
_STALE_MS = 5_000
_PERIOD_MS = 1_000


class HeatTags:
    """Tags `heat.*`, written once a second. They go stale when district heat stands still."""

    def __init__(self, database: TagDatabase, heat: DistrictHeat) -> None:
        self._database = database
        self._source = database.add_source(PREFIX, _STALE_MS)
        self._due = 0

        def tag(name: str, meaning: str, unit: str = "") -> Tag:
            return database.add(f"{PREFIX}.{name}", self._source, TagInfo("GW", unit, meaning))

        self._row = tag("ROW", "row of §5 that holds for heat")
        self._outdoor = tag("OUTDOOR", "outdoor temperature that is believed", "degC")
        self._source_of = tag("OUTDOOR.FROM", "measured, last value or climate")
        self._lost = tag("LOST", "1: the data centre's heat is lost")
        self._set = {
            name: tag(f"{name.upper()}.SET", f"set-point: {row.what}", row.unit) for name, row in heat.settable.items()
        }
        self._fans = tag("FANS.CAP", "largest speed of the dry cooler", "%")

    def write(self, heat: DistrictHeat, utc_ms: int, now: int) -> None:
        """Once a second."""
        if now < self._due:
            return
        self._due = now + _PERIOD_MS
        self._source.refresh(utc_ms, now)
        made = heat.dispatched or {}
        values: list[tuple[Tag, Value]] = [
            (self._row, heat.allowance.why),
            (self._outdoor, round(heat.outdoor.value, 1)),
            (self._source_of, heat.outdoor.source),
            (self._lost, int(bool(heat.lost))),
            (self._fans, made["fans"].value if made else None),
        ]
        values += [(tag, made[name].value if made else None) for name, tag in self._set.items()]
        for tag, value in values:
            self._database.write(tag, value, now)
