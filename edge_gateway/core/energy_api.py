"""Methods of the local API for the energy management."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from edge_gateway.api.server import Connection, Method
from edge_gateway.api.wire import ApiError, Code
from edge_gateway.control.energy import kpi
from edge_gateway.control.energy.lost import TABLE as LOST
from edge_gateway.core.api_arguments import journalled, number, period, reason
from edge_gateway.core.clock import now_ms, utc_ms
from edge_gateway.core.energy_task import LIMIT_MOST_S, EnergyTask
from edge_gateway.core.energy_words import caps, explain, limits, status

_MOST_KW = 6553
"""What a board's register holds."""


class EnergyApi:
    """`energy.*`. task: None on a site without an energy section."""

    def __init__(self, task: EnergyTask | None, journal: Path) -> None:
        self._task = task
        self._journal = journal

    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "energy.status": self.status,
            "energy.limits": self.limits,
            "energy.explain": self.explain,
            "energy.report": self.report,
            "energy.limit": self.limit,
            "energy.lost": self.lost,
        }

    def status(self, _connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        """Where power flows, and how everything stands."""
        return status(self._there(), now_ms(), utc_ms())

    def limits(self, _connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        """Every limit with what is left of it."""
        return limits(self._there(), now_ms())

    def explain(self, _connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        """Each set-point: who limits it, and why."""
        return explain(self._there(), utc_ms())

    def limit(self, connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """A tighter cap for `ttl_s`: `cap` (import or export), `kw`, `why`. kw above the site's own changes nothing."""
        task, which = self._there(), params.get("cap")
        if which not in ("import", "export"):
            raise ApiError(Code.BAD_PARAMS, "`cap` must be import or export")
        kw = number(params, "kw", least=0, most=_MOST_KW)
        ttl_ms = round(1000 * number(params, "ttl_s", 3600, most=LIMIT_MOST_S))
        task.limit(str(which), kw, ttl_ms, reason(params), connection.user, now_ms())
        return {"caps": caps(task, now_ms())}

    def lost(self, _connection: Connection, _params: dict[str, Any]) -> list[dict[str, Any]]:
        """What is done when a signal is lost."""
        self._there()
        return [row._asdict() for row in LOST]

    async def report(self, _connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """Figures over the last `hours` (24)."""
        task = self._there()
        since, until = period(params)
        kwp = sum(inverter.kwp for inverter in task.config.inverters)
        kwh = task.config.battery.kwh if task.config.battery is not None else 0.0
        return await asyncio.to_thread(self._report, since, until, kwp, kwh)

    def _there(self) -> EnergyTask:
        if self._task is None:
            raise ApiError(Code.NOT_FOUND, "this site has no power plant (its site file has no `energy` section)")
        return self._task

    def _report(self, since: int, until: int, kwp: float, kwh: float) -> dict[str, Any]:
        records = journalled(self._journal, kpi.NAMES, since, until)
        return kpi.kpis((record.body for record in records), since, until, kwp=kwp, kwh=kwh)
