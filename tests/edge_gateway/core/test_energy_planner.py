"""The planner: a process of its own makes the plan from the journal, and what goes wrong is told in words."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edge_gateway.control.energy.books import FLOWS, QUARTER, Books
from edge_gateway.control.energy.ems import Ems, When
from edge_gateway.control.energy.image import Image, Inverter
from edge_gateway.control.energy.kpi import kpis
from edge_gateway.control.energy.plan import SLOT_MS, SLOTS, Plan
from edge_gateway.control.energy.plant import Plant
from edge_gateway.control.energy.tariff import Tariff
from edge_gateway.core import energy_planner
from edge_gateway.core.energy_planner import Planner
from edge_gateway.journal import Draft, JournalWriter, Kind, Limits
from edge_gateway.site import EnergyPlan
from tests.edge_gateway.control.energy.harness import image

DAY = 86_400_000
MIDNIGHT = 20_000 * DAY
SEEN = image(grid=400.0, soc=50.0)
Answer = tuple[Plan | None, str]


def quarter(slot: int, **given: Any) -> dict[str, Any]:
    """A quarter hour of yesterday."""
    body = {**dict.fromkeys(FLOWS, 0.0), "begin": MIDNIGHT - DAY + slot * SLOT_MS, "seen_s": 900, "curtailed_by": {}}
    body |= {"up_s": {"1": 900}, "fallback_s": 0, "shed_s": 0, "irradiation": 0.0, "soc": [50.0, 50.0], "soh": 99.0}
    return {**body, "waiting_h": 0.0, "latency": [0] * 6, "failed": 0, **given}


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    path = tmp_path / "journal.db"
    writer = JournalWriter(path, Limits(10_000_000, 10_000_000, 90), group_ms=1, utc_ms=lambda: MIDNIGHT)
    for slot in range(SLOTS):
        body = quarter(slot, consumption=150.0, **{"import": 150.0})
        writer.append(Draft(Kind.EVENT, MIDNIGHT - DAY + (slot + 1) * SLOT_MS, "energy", QUARTER, body))
    assert writer.close()
    return path


def made(journal: Path, plant: Plant, seen: Image = SEEN, **config: Any) -> Answer:
    """What the planner tells at midnight."""

    async def ask() -> Answer:
        told: asyncio.Queue[Answer] = asyncio.Queue()
        planner = Planner(EnergyPlan(**config), journal, lambda plan, why: told.put_nowait((plan, why)), 0)
        ems, when = Ems(plant, Tariff(), 0), When(MIDNIGHT + 1000, 0)
        planner.scan(ems, seen, 4_000, when)
        assert told.empty(), "not before the first values are there"
        planner.scan(ems, seen, 6_000, when)
        planner.scan(ems, seen, 6_100, when)
        async with asyncio.timeout(120):
            answer = await told.get()
        assert told.empty(), "one at a time"
        planner.close()
        return answer

    return asyncio.run(ask())


def test_a_plan_from_yesterdays_journal(journal: Path) -> None:
    plan, why = made(journal, Plant())
    assert plan is not None and not why
    assert (plan.source, plan.begin_utc, len(plan.slots)) == ("optimiser", MIDNIGHT, SLOTS)
    drawn = [slot.grid + slot.battery for slot in plan.slots]
    assert drawn[0] == pytest.approx(400.0) and drawn[50] == pytest.approx(600.0), "now, then as yesterday"
    assert min(slot.battery for slot in plan.slots[:32]) < 0 < max(slot.battery for slot in plan.slots[72:88])


def test_what_goes_wrong_is_told(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, why = made(journal, Plant(import_cap=100.0))
    assert plan is None and "infeasible" in why
    monkeypatch.setattr(energy_planner, "WORKER", "no.such.worker")
    plan, why = made(journal, Plant())
    assert plan is None and why == "the optimiser ended with code 1 and no answer"
    monkeypatch.setattr(energy_planner, "WORKER", "tests.edge_gateway.core.slow_worker")
    monkeypatch.setattr(energy_planner, "_START_S", -0.5)
    plan, why = made(journal, Plant(), limit_s=1.0)
    assert plan is None and why == "the optimiser took longer than 1 s"


def test_curtailment_ends_at_what_inverters_can_give_and_availability_is_each_ones_own() -> None:
    books = Books(kwp=450.0, kw=300.0, numbers=(2, 4, 5))
    sleeps, silent, generates = Inverter(0.0, 100.0), Inverter(None, None, True), Inverter(250.0, 100.0, True, True)
    seen = replace(image(grid=0.0), inverters=(replace(sleeps, ready=True), silent, generates), irradiance=1000.0)
    body = None
    for second in range(901):
        shown = replace(seen, inverters=(*seen.inverters[:1], sleeps, generates)) if second > 450 else seen
        body = books.step(shown, 1000 * second, MIDNIGHT + 1000 * second, False, 0, "export cap") or body
    assert body is not None and body["up_s"] == {"2": 899, "4": 0, "5": 899}
    assert body["curtailed"] == pytest.approx((300 - 250) * 449 / 3600, abs=0.01), "not what the strings alone could"


def test_the_books_of_a_quarter_hour_and_the_figures_of_a_day() -> None:
    books = Books(kwp=900.0, kw=600.0, numbers=range(1, 7))
    seen = image(grid=-100.0, bat=-200.0, pv=500.0, ev=50.0)
    begin, body = MIDNIGHT, None
    for second in range(901):
        if second == 10:
            books.told(300, True)
            books.told(0, False)
        body = books.step(seen, 1000 * second, begin + 1000 * second, second < 60, 2, "export cap") or body
    assert body is not None and body["begin"] == MIDNIGHT and body["seen_s"] == 899
    assert (body["pv"], body["export"], body["charge"], body["consumption"]) == pytest.approx(
        (124.86, 24.97, 49.94, 49.94), abs=0.02
    )
    assert (body["fallback_s"], body["failed"], body["up_s"]["6"]) == (59, 1, 899)
    late = books.step(seen, 2_000_000, begin + 2_000_000, False, 0, "")
    assert late is not None and late["seen_s"] == 1, "a gap isn't in the books"

    day = [
        quarter(0, pv=100.0, export=20.0, consumption=90.0, charge=50.0, soc=[50.0, 54.8], **{"import": 60.0}),
        quarter(
            1, discharge=130.0, consumption=150.0, soc=[54.8, 41.0], latency=[18, 0, 1, 1, 0, 0], **{"import": 20.0}
        ),
    ]
    figures = kpis(day, 0, 2 * SLOT_MS, kwp=900.0, kwh=1000.0)
    assert (figures["self_consumption_pct"], figures["self_sufficiency_pct"]) == (80.0, 66.67)
    assert (figures["peak_import_kw"], figures["covered_pct"]) == (240.0, 100.0)
    assert (figures["set_point_p95_ms"], figures["set_point_success_pct"]) == (1000, 100.0)
    assert figures["round_trip_pct"] == pytest.approx(100 * (130 - 45) / (50 + 45), abs=0.01)
    assert figures["availability_pct"] == {"1": 100.0} and figures["performance_ratio_pct"] is None
    empty = kpis([], 0, 1, kwp=1.0, kwh=0.0)
    assert empty["peak_import_kw"] is None and empty["set_point_p95_ms"] is None
