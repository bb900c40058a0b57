"""Methods of the local API for the waste collection."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from edge_gateway.api.server import Connection, Method
from edge_gateway.api.wire import ApiError, Code
from edge_gateway.control.waste import kpi
from edge_gateway.control.waste.requests import Kind, RefusedError
from edge_gateway.control.waste.schedule import Hints
from edge_gateway.core.api_arguments import journalled, number, period, reason
from edge_gateway.core.clock import now_ms
from edge_gateway.core.waste_task import WasteTask


class WasteApi:
    """`waste.*`. task: None on a site without a waste section."""

    def __init__(self, task: WasteTask | None, journal: Path) -> None:
        self._task = task
        self._journal = journal

    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "waste.status": self.status,
            "waste.collect": self.collect,
            "waste.plan": self.plan,
            "waste.report": self.report,
            "waste.reset": self.reset,
            "waste.resume": self.resume,
            "waste.change": self.change,
            "waste.hint": self.hint,
        }

    def status(self, _connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        """How it stands, with every chute."""
        task = self._there()
        return {**task.as_dict(), "chutes": task.chutes()}

    def collect(self, connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """Asks for a run: `fraction`, `inlet`, both or neither."""
        with _refusals():
            return self._there().collect(_name(params, "fraction"), _name(params, "inlet"), connection.user)

    def plan(self, _connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        """What would run and when, and why."""
        with _refusals():
            return self._there().plan()

    async def report(self, _connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """Figures over the last `hours` (24)."""
        task = self._there()
        since, until = period(params)
        return await asyncio.to_thread(self._report, since, until, len(task.plant.chutes), task.full_limit_ms)

    def reset(self, connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        """A person has seen to the trip."""
        with _refusals():
            return self._there().reset(connection.user, now_ms())

    def resume(self, connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        """Runs may start by themselves again."""
        with _refusals():
            return self._there().resume(connection.user)

    def change(self, connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """Begins the change of `container`."""
        container = params.get("container")
        if not isinstance(container, int) or isinstance(container, bool):
            raise ApiError(Code.BAD_PARAMS, "`container` must be a number")
        with _refusals():
            return self._there().change(container, connection.user)

    def hint(self, _connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """What the power plant says for `ttl_s` (60): `surplus`, `defer`, `forbid`, `why`."""
        ttl_ms = round(1000 * number(params, "ttl_s", 60, most=3600))
        flags = {name: params.get(name, False) for name in ("surplus", "defer", "forbid")}
        if not all(isinstance(flag, bool) for flag in flags.values()):
            raise ApiError(Code.BAD_PARAMS, "surplus, defer and forbid are true or false")
        self._there().hint(Hints(**flags, why=reason(params)), ttl_ms, now_ms())
        return {}

    def _there(self) -> WasteTask:
        if self._task is None:
            raise ApiError(Code.NOT_FOUND, "this site collects no waste (its site file has no `waste` section)")
        return self._task

    def _report(self, since: int, until: int, chutes: int, full_limit_ms: int) -> dict[str, Any]:
        records = journalled(self._journal, kpi.NAMES, since, until)
        entries = (kpi.Entry(record.utc_ms, record.source, record.name, record.body) for record in records)
        return kpi.kpis(entries, since, until, chutes, full_limit_ms)


class _refusals:  # noqa: N801 - reads as a word: with _refusals():
    """Turns refusals into errors of the API."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, RefusedError):
            code = Code.NOT_FOUND if error.kind is Kind.UNKNOWN else Code.REFUSED
            raise ApiError(code, str(error)) from None


def _name(params: dict[str, Any], key: str) -> str | None:
    value = params.get(key)
    if value is not None and not isinstance(value, str):
        raise ApiError(Code.BAD_PARAMS, f"`{key}` must be a text")
    return value
