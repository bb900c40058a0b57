"""Has the day-ahead plan made: in a process of its own, with a time limit, while the scan goes on."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from edge_gateway.control.energy.books import QUARTER
from edge_gateway.control.energy.ems import Ems, When
from edge_gateway.control.energy.forecast import DAY_MS, forecast
from edge_gateway.control.energy.image import Image
from edge_gateway.control.energy.plan import SLOT_MS, SLOTS, Plan, Problem
from edge_gateway.control.energy.plant import MINUTE_MS
from edge_gateway.journal import JournalReader
from edge_gateway.site import EnergyPlan

log = logging.getLogger(__name__)

WORKER = "edge_gateway.control.energy.worker"
_START_S = 15.0
"""On top of the solver's own limit: for a small machine to import it."""

Told = Callable[[Plan | None, str], None]
"""`told(plan, why)`: a plan, or why there is none."""


class Planner:
    """One at a time, every `every_min`, and again after a minute when it has failed."""

    def __init__(self, config: EnergyPlan, journal: Path, told: Told, now: int) -> None:
        self._config = config
        self._journal = journal
        self._told = told
        self._due = now + 5_000  # the first values must be there
        self._again = now
        self._task: asyncio.Task[None] | None = None

    def scan(self, ems: Ems, image: Image, now: int, when: When) -> None:
        """Begins when it is time and everything is known that it takes."""
        soc, net, pv = image.battery.soc, image.net_kw, image.pv_kw
        if self._config.method != "optimiser" or ems.plant.battery is None or now < self._due:
            return
        if soc is None or (self._task is not None and not self._task.done()):
            return
        self._due = now + round(self._config.every_min * MINUTE_MS)
        self._again = now + MINUTE_MS
        consumption = net + pv if net is not None and pv is not None else None
        self._task = asyncio.get_running_loop().create_task(self._make(ems, soc, (consumption, pv), when))

    def close(self) -> None:
        """Ends what is under way."""
        if self._task is not None:
            self._task.cancel()

    async def _make(self, ems: Ems, soc: float, now_kw: tuple[float | None, float | None], when: When) -> None:
        try:
            problem = await asyncio.to_thread(self._problem, ems, soc, now_kw, when)
            plan = await self._solve(problem)
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("no plan: %s", error)
            self._due = self._again
            self._told(None, str(error))
            return
        self._told(plan, "")

    def _problem(self, ems: Ems, soc: float, now_kw: tuple[float | None, float | None], when: When) -> Problem:
        """In a thread: the journal may be large."""
        begin = when.utc_ms - when.utc_ms % SLOT_MS
        first = (when.minute - (when.utc_ms - begin) // MINUTE_MS) % 1440
        reader = JournalReader(self._journal)
        try:
            records = reader.named((QUARTER,), begin - DAY_MS, begin)
        finally:
            reader.close()
        quarters = [record.body for record in records]
        expected = forecast(begin, first, self._config.load_kw, self._config.pv_kw, quarters, now_kw)
        minutes = tuple((first + 15 * slot) % 1440 for slot in range(SLOTS))
        prices = [ems.tariff.at(minute) for minute in minutes]
        today = [float(q["import"]) * 4 for q in quarters if int(q["begin"]) >= begin - first * MINUTE_MS]
        battery = ems.plant.battery
        assert battery is not None
        return Problem(
            begin_utc=begin,
            soc=soc,
            consumption=expected.consumption,
            pv=expected.pv,
            buy=tuple(price.buy for price in prices),
            names=tuple(price.name for price in prices),
            minutes=minutes,
            sell=ems.tariff.sell,
            peak_price=ems.tariff.peak_kw,
            import_cap=ems.plant.import_cap - ems.plant.import_margin,
            export_cap=max(0.0, ems.plant.export_cap - ems.plant.export_margin),
            battery=battery,
            peak_so_far=max(today, default=0.0),
        )

    async def _solve(self, problem: Problem) -> Plan:
        """Asks the worker. Raises ValueError with what it says, OSError when it can't be started."""
        asked = json.dumps({"problem": asdict(problem), "limit_s": self._config.limit_s}).encode()
        pipe = asyncio.subprocess.PIPE
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", WORKER, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(self._config.limit_s + _START_S):
                answer, _nothing = await worker.communicate(asked)
        except TimeoutError:
            raise ValueError(f"the optimiser took longer than {self._config.limit_s:g} s") from None
        finally:
            if worker.returncode is None:
                worker.kill()
                await worker.wait()
        try:
            found: dict[str, Any] = json.loads(answer)
        except ValueError:
            raise ValueError(f"the optimiser ended with code {worker.returncode} and no answer") from None
        if "plan" not in found:
            raise ValueError(str(found.get("error", "the optimiser gave no reason")))
        return Plan.of(found["plan"])
