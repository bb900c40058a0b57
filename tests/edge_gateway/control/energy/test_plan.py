"""The day-ahead plan: feasible from the optimiser and from the rules, and what each is worth on a simulated day."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_gateway.control.energy.forecast import forecast
from edge_gateway.control.energy.optimiser import optimise
from edge_gateway.control.energy.plan import SLOT_MS, SLOTS, InfeasibleError, Plan, Problem, violations
from edge_gateway.control.energy.plant import BatteryFigures, Plant
from edge_gateway.control.energy.rules import plan_by_rules
from edge_gateway.control.energy.tariff import Tariff
from tests.edge_gateway.control.energy.day import Course, live, problem

TARIFF = Tariff(peak_kw=1.0)
KW = st.floats(0, 900)


def short(consumption: list[float], pv: list[float], soc: float, reserve: float = 30.0) -> Problem:
    """A day of as many quarter hours as are given, repeated."""
    minutes = tuple(15 * slot for slot in range(SLOTS))
    times = SLOTS // len(consumption) + 1
    return Problem(
        begin_utc=0,
        soc=soc,
        consumption=tuple((consumption * times)[:SLOTS]),
        pv=tuple((pv * times)[:SLOTS]),
        buy=tuple(TARIFF.at(minute).buy for minute in minutes),
        names=tuple(TARIFF.at(minute).name for minute in minutes),
        minutes=minutes,
        sell=TARIFF.sell,
        peak_price=TARIFF.peak_kw,
        import_cap=1270.0,
        export_cap=195.0,
        battery=BatteryFigures(reserve=reserve),
    )


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(KW, st.floats(0, 600)), min_size=3, max_size=8),
    st.floats(0, 100),
    st.sampled_from([0.0, 30.0, 90.0]),
)
def test_both_give_feasible_plans_and_the_optimiser_is_never_dearer(
    day: list[tuple[float, float]], soc: float, reserve: float
) -> None:
    asked = short([use for use, _sun in day], [sun for _use, sun in day], soc, reserve)
    best, rules = optimise(asked), plan_by_rules(asked, TARIFF)
    assert violations(best, asked) == [] and violations(rules, asked) == []
    assert _bill(best, asked) <= _bill(rules, asked) + 0.01


def test_nothing_is_bought_to_be_sold() -> None:
    """The valley buys for 0.35 what sells for 0.4; peak and cost are those of what really flows."""
    asked = replace(short([300.0], [0.0], 50.0), peak_price=0.0)
    plan = optimise(asked)
    assert plan.peak == max(slot.grid for slot in plan.slots)
    assert plan.cost == pytest.approx(sum(0.25 * b * s.grid for b, s in zip(asked.buy, plan.slots, strict=True)))
    assert min(slot.grid for slot in plan.slots) >= -1e-6
    assert optimise(replace(asked, sell=0.3)).cost == pytest.approx(plan.cost)


def _bill(plan: Plan, asked: Problem) -> float:
    """The optimiser's own sum for any plan: energy, peak, wear, what is missing in the reserve, what is left."""
    battery, total = asked.battery, asked.peak_price * max(plan.peak, 0.0)
    for index, slot in enumerate(plan.slots):
        total += 0.25 * (asked.buy[index] * max(slot.grid, 0.0) - asked.sell * max(-slot.grid, 0.0))
        total += 0.25 * abs(slot.battery) * battery.wear / 2
        total += 0.25 * 100.0 * max(battery.reserve - slot.soc, 0.0) / 100 * battery.kwh
    return total - plan.slots[-1].soc / 100 * battery.kwh * min(asked.buy) * battery.efficiency


def test_what_can_not_be_is_said() -> None:
    asked = short([2000.0], [0.0], 50.0)
    with pytest.raises(InfeasibleError, match="infeasible"):
        optimise(asked)
    wrong = replace(plan_by_rules(short([300.0], [0.0], 50.0), TARIFF), soc=80.0)
    assert "does not follow" in violations(wrong, replace(asked, soc=80.0))[0]


def test_the_workers_process_answers_with_a_reason_when_there_is_no_plan() -> None:
    asked = replace(short([300.0], [0.0], 50.0), import_cap=100.0)
    ended = subprocess.run(
        [sys.executable, "-m", "edge_gateway.control.energy.worker"],
        input=json.dumps({"problem": asdict(asked), "limit_s": 10}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1 and "infeasible" in json.loads(ended.stdout)["error"], ended.stderr


def test_a_simulated_day_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    """Self-consumption and peak of optimiser, rules and no control; caps kept, reserve kept, balance closed."""
    course, plant = Course(), Plant()
    plan = optimise(problem(course, plant, TARIFF, 50.0))
    days = {
        "optimiser": live(course, plant, TARIFF, plan),
        "rules": live(course, plant, TARIFF, None),
        "no control": live(course, plant, TARIFF, None, control=False),
    }
    with capsys.disabled():
        print()
        for name, day in days.items():
            print(
                f"  {name:10}  self-consumption {100 * day.self_consumption:5.1f} %  peak {day.peak:5.0f} kW  "
                f"import {day.imported:6.0f} kWh  cost {day.cost:6.0f}  SoC {day.soc:3.0f} %"
            )
    best, rules, none = days.values()
    for day in days.values():
        assert abs(day.lost - day.heat) < 1e-6 * day.pv, "what came in is used, stored, lost in the battery or gone out"
    for day in (best, rules):
        assert day.over <= 0.05 * plant.import_cap and day.out <= 0.25 * plant.export_cap
        assert day.low >= 29.0, "the reserve of the critical board"
        assert day.self_consumption > none.self_consumption + 0.02
    assert best.peak < rules.peak < none.peak + 50.0
    assert best.cost < rules.cost < none.cost


def test_the_forecast_takes_yesterday_then_the_profile_and_begins_at_now() -> None:
    load, sun = [400.0] * 24, [0.0] * 6 + [100.0] * 12 + [0.0] * 6
    flat = forecast(0, 0, load, sun, [])
    assert flat.consumption[0] == 400.0 and flat.pv[0] == 0.0 and flat.pv[48] == 100.0
    assert 0.0 < forecast(0, 0, load, sun, []).pv[24] < 100.0, "between the hours in a straight line"
    quarter = {"begin": -SLOT_MS * 95, "seen_s": 900, "consumption": 200.0, "pv": 50.0}
    known = forecast(0, 0, load, sun, [quarter, {**quarter, "begin": -SLOT_MS * 90, "seen_s": 100}])
    assert (known.consumption[1], known.pv[1]) == (800.0, 200.0) and known.consumption[6] == 400.0
    now = forecast(0, 0, load, sun, [], (600.0, None))
    assert [round(kw) for kw in now.consumption[:5]] == [600, 550, 500, 450, 400]


def test_periods_of_one_price_count_as_one() -> None:
    tariff = Tariff()
    assert [tariff.left_min(minute) for minute in (0, 7 * 60, 12 * 60, 23 * 60)] == [480, 60, 360, 60]
