"""Methods of the local API for the heat plant."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from edge_gateway.api.server import Connection, Method
from edge_gateway.api.wire import ApiError, Code
from edge_gateway.control.heat import kpi
from edge_gateway.control.heat.hygiene import FLUSH
from edge_gateway.control.heat.hygiene import Kind as Cycle
from edge_gateway.control.heat.loops import TESTS
from edge_gateway.control.heat.lost import TABLE as LOST
from edge_gateway.core.api_arguments import journalled, number, period, reason
from edge_gateway.core.clock import now_ms, utc_ms
from edge_gateway.core.commands import outcome
from edge_gateway.core.heat_task import ORDER_MOST_S, HeatTask
from edge_gateway.core.heat_words import explain, hygiene, status
from edge_gateway.core.ordering import order
from edge_gateway.fieldbus.command import Command, CommandEnd
from edge_gateway.site.model import SiteInfo
from edge_gateway.site.problems import did_you_mean

_HOUR_MS = 3_600_000
_MOST = 1_000_000.0
_ANSWER_S = 10.0
"""A board that is there answers sooner."""
_TAKEN_S = 3.0


class HeatApi:
    """`heat.*`. task: None on a site without a heat section."""

    def __init__(self, task: HeatTask | None, site: SiteInfo, journal: Path) -> None:
        self._task = task
        self._site = site
        self._journal = journal

    def methods(self) -> dict[str, Method]:
        """By name."""
        return {
            "heat.status": self.status,
            "heat.explain": self.explain,
            "heat.setpoint": self.setpoint,
            "heat.pasteurise": self.pasteurise,
            "heat.disinfect": self.disinfect,
            "heat.abort": self.abort,
            "heat.flush": self.flush,
            "heat.report": self.report,
            "heat.lost": self.lost,
            "heat.tune.start": self.tune_start,
            "heat.tune.status": self.tune_status,
            "heat.tune.abort": self.tune_abort,
        }

    # --- looking ------------------------------------------------------------------------------------------------------

    def status(self, _connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        """Temperatures, flows, machines, loops, hygiene."""
        return {**status(self._there(), now_ms()), "site": self._site.id}

    def explain(self, _connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        """Each set-point: who limits it, and why."""
        return explain(self._there(), now_ms())

    def lost(self, _connection: Connection, _params: dict[str, Any]) -> list[dict[str, Any]]:
        """What is done when a signal is lost."""
        self._there()
        return [row._asdict() for row in LOST]

    async def report(self, _connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """Figures over the last `hours` (24), the books by day, and the hygiene records."""
        task, (since, until) = self._there(), period(params)
        records = await asyncio.to_thread(journalled, self._journal, kpi.NAMES, since, until)
        # An hour belongs to the period in which most of it lies, whenever its entry was written.
        hours = [record.body for record in records if int(record.body["begin"]) >= since - _HOUR_MS // 2]
        now = task.records.books.so_far()
        if now is not None and now["begin"] + until >= 2 * since:
            hours.append(now)
        return {
            **kpi.kpis(hours, since, until),
            "days": kpi.days(hours, ZoneInfo(self._site.timezone)),
            "hygiene": task.records.hygiene.summary(until),
        }

    # --- set-points ---------------------------------------------------------------------------------------------------

    async def setpoint(self, connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """A set-point for `minutes` (60): `name`, `value` in its unit, `why`. No value: the plant's own law again."""
        task, name = self._there(), _text(params, "name")
        row = task.heat.settable.get(name)
        if row is None:
            hint = did_you_mean(name, list(task.heat.settable), noun="there are")
            raise ApiError(Code.NOT_FOUND, f"nothing is set by the name `{name}`; {hint}")
        if task.tuning.holds == name:
            raise ApiError(Code.REFUSED, f"{name} is being tested; `edgectl heat tune --abort` ends it")
        if params.get("value") is None:
            task.release(name, connection.user, now_ms())
        else:
            value = number(params, "value", most=_MOST, least=-_MOST)
            minutes = number(params, "minutes", 60, most=ORDER_MOST_S // 60)
            try:
                task.order(name, value, 60 * minutes, reason(params), connection.user, now_ms())
            except ValueError as error:
                raise ApiError(Code.BAD_PARAMS, str(error)) from None
        task.decide(now_ms())
        await task.orders.answered(name, _TAKEN_S)
        made = {each["name"]: each for each in explain(task, now_ms())["set_points"]}
        refused = task.orders.problems().get(name, "")
        if refused:
            raise ApiError(Code.REFUSED, f"{task.config.board} did not take it: {refused}")
        return {"name": name, "board": task.config.board, "heard": task.image.heard, **made.get(name, {})}

    # --- hygiene ------------------------------------------------------------------------------------------------------

    async def pasteurise(self, connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        """Heats the store up now: 70 degC for an hour, while the taps stay at theirs."""
        task = self._commandable()
        done = await self._send(task, "PASTEURISE", (), connection.user)
        task.records.asked(Cycle.PASTEURISE, connection.user)
        return done

    async def disinfect(self, connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """Makes the network hot. `responsible`: who watches it; `notice`: how people were told; `confirm`: the words
        DISINFECT and the site's id. The key at the board must be turned."""
        task = self._commandable()
        words = f"DISINFECT {self._site.id}"
        if params.get("confirm") != words:
            raise ApiError(Code.BAD_PARAMS, f"`confirm` must be `{words}`: hot water at every tap scalds")
        responsible, notice = _said(params, "responsible"), _said(params, "notice")
        if not task.image.key:
            board = task.config.board
            why = f"the disinfection key at {board} (KEY.DIS) is not turned: somebody must be on the spot"
            raise ApiError(Code.REFUSED, why)
        task.audit("DISINFECT", connection.user, responsible=responsible, notice=notice)
        done = await self._send(task, "DISINFECT", (), connection.user)
        task.records.asked(Cycle.NETWORK_DISINFECT, f"{responsible} ({connection.user})")
        taps = [{"number": n, "id": tap.id, "where": tap.where} for n, tap in enumerate(task.config.taps, 1)]
        return {**done, "responsible": responsible, "notice": notice, "taps": taps}

    async def abort(self, connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        """Ends the hygiene cycle that is under way. `cycle`: which that was, as far as the board has told."""
        task = self._commandable()
        cycle = hygiene(task)["cycle"]
        return {**await self._send(task, "ABORT", (), connection.user), "cycle": cycle}

    async def flush(self, connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """Somebody has flushed a tap: `tap` (its id or number), `by` (who did)."""
        task, by = self._commandable(), _said(params, "by")
        number = _tap(task, params.get("tap"))
        tap = task.config.taps[number - 1]
        if task.image.state != Cycle.NETWORK_DISINFECT:
            raise ApiError(Code.REFUSED, "no network is being disinfected; `edgectl heat disinfect` begins it")
        if task.records.running is None:
            raise ApiError(Code.REFUSED, "the record of this cycle is just being opened; say it again in a second")
        done = await self._send(task, "FLUSHED", (number,), connection.user)
        try:
            made = task.records.flushed(number, by, utc_ms())
        except ValueError as error:
            raise ApiError(Code.REFUSED, f"the board has taken it, but it isn't on record: {error}") from None
        task.audit(FLUSH, connection.user, tap=number, id=tap.id, flushed_by=by, return_c=made.return_c)
        running = task.records.running
        left = running.open(task.records.hygiene.taps) if running is not None else {}
        return {**done, "tap": tap.id, "number": number, "flushed_by": by, "left": list(left.values())}

    # --- tuning -------------------------------------------------------------------------------------------------------

    def tune_start(self, connection: Connection, params: dict[str, Any]) -> dict[str, Any]:
        """Begins a step test of `loop`, by `step` at most. It never applies what it finds."""
        task, loop = self._commandable(), _text(params, "loop")
        if loop not in TESTS:
            raise ApiError(Code.NOT_FOUND, f"no loop `{loop}`; {did_you_mean(loop, list(TESTS), noun='loops')}")
        if loop in task.heat.orders:
            raise ApiError(Code.REFUSED, f"an order stands for {loop}; `edgectl heat setpoint {loop} auto` ends it")
        step = None if params.get("step") is None else number(params, "step", most=100)
        try:
            begun = task.tuning.start(loop, step, connection.user, now_ms())
        except ValueError as error:
            raise ApiError(Code.REFUSED, str(error)) from None
        task.audit("HEAT_TUNE", connection.user, loop=loop)
        return begun

    def tune_status(self, _connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        """How the test goes. A test that nobody asks about is given up."""
        return _test(self._there().tuning.watched(now_ms()))

    def tune_abort(self, connection: Connection, _params: dict[str, Any]) -> dict[str, Any]:
        """Ends the test; the loop goes back to AUTO."""
        return _test(self._there().tuning.abort(f"ended by {connection.user}", now_ms()))

    # --- own ----------------------------------------------------------------------------------------------------------

    def _there(self) -> HeatTask:
        if self._task is None:
            raise ApiError(Code.NOT_FOUND, "this site has no heat plant (its site file has no `heat` section)")
        return self._task

    def _commandable(self) -> HeatTask:
        """The task, when its board may be told something."""
        task = self._there()
        if not task.image.heard:
            raise ApiError(Code.REFUSED, f"{task.config.board} is silent")
        if task.image.refusal:
            raise ApiError(Code.REFUSED, task.image.refusal)
        return task

    async def _send(self, task: HeatTask, name: str, args: tuple[int, ...], by: str) -> dict[str, Any]:
        """Orders a command and waits until the board has taken it. Raises ApiError when it doesn't."""
        command: Command = await order(lambda ended: task.command(name, args, by, now_ms(), ended), _ANSWER_S)
        found = {"board": task.config.board, "command": name, **outcome(command, task.board.sheet)}
        if command.end in (None, CommandEnd.DONE, CommandEnd.OVERTAKEN) and (command.accepted or found["done"]):
            return found
        if command.end is None or command.end is CommandEnd.UNACKNOWLEDGED:
            raise ApiError(Code.TIMEOUT, f"{task.config.board} did not answer {name} in time")
        raise ApiError(Code.REFUSED, f"{task.config.board}: {name}: {found['reason'] or found['end']}")


def _tap(task: HeatTask, given: Any) -> int:
    """Number of a tap by its id or number. Raises ApiError."""
    names = [tap.id for tap in task.config.taps]
    if given in names:
        return names.index(given) + 1
    if isinstance(given, str) and given.isdecimal():
        given = int(given)
    if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= len(names):
        return given
    raise ApiError(Code.NOT_FOUND, f"no tap `{given}`; {did_you_mean(str(given), names, noun='taps')}")


def _test(found: dict[str, Any] | None) -> dict[str, Any]:
    if found is None:
        raise ApiError(Code.NOT_FOUND, "no loop was tested since the gateway has started")
    return found


def _text(params: dict[str, Any], key: str) -> str:
    value = params.get(key)
    if not isinstance(value, str):
        raise ApiError(Code.BAD_PARAMS, f"`{key}` must be a text")
    return value


def _said(params: dict[str, Any], key: str) -> str:
    """Something a person must say: it is on record."""
    value = _text(params, key).strip()[:80]
    if not value:
        raise ApiError(Code.BAD_PARAMS, f"`{key}` must not be empty: it is on record")
    return value
