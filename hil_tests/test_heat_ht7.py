"""HT7: a set-point step of each loop: overshoot, settling, and no swinging with a plant that isn't as tuned for (§4d).

The time constant of a loop is here what it has to wait for: lag and dead time of the process, and what its actuator
takes for the step. Once on the real board; with gain and lag off by 30 % the same firmware under CPython.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from hil_tests.conftest import MakeHeat
from hil_tests.heat_rig import HeatRig
from hil_tests.heat_steps import Response, respond
from protocols import layout
from tools.emulator.site import program_table

LAPSE_MS = 500
"""The period of the laws: they are what this is about."""
OVERSHOOT = 0.10
OFF = (0.7, 1.3)


def _lag(rig: HeatRig, loop: str, factor: float) -> None:
    """A process slower or faster than the loop was tuned for."""
    district: Any = rig.district
    if loop == "heating":
        district.building.header.kg *= factor
    elif loop == "heating-pump":
        district.building.pump.lag_s *= factor
    elif loop == "dhw":
        district.dhw.header.kg *= factor
    else:
        district.hall.loop.kg *= factor


@dataclass(frozen=True)
class Case:
    """A loop, its plant, and the step. `before`, `after`: set-points in the register's scale; `scale` of them."""

    loop: str
    number: int
    tag: str
    before: int
    after: int
    tau_s: float
    band: float
    gain: str
    options: dict[str, Any]
    steady_s: int = 300
    scale: float = 100.0
    follow_s: int = 0


WELL_CHARGED = {"store": (63.0, 62.9, 62.8, 62.7), "draw": 0.05}
CASES = (
    Case("heating", 1, "TT305", 4200, 4600, 20.0 + 5.0, 0.5, "mix_kp", {"buffer": (58.0, 57.0, 56.0, 55.0)}),
    Case("heating-pump", 2, "DP301", 18, 28, 3.0 + 2.0, 0.015, "dp_kp", {"buffer": (58.0, 57.0, 56.0, 55.0)}),
    Case(
        "dhw", 5, "TT45", 5600, 5800, 3.0 + 2.0 + 2.0, 0.5, "tap_kp", {"store": (64.0, 63.5, 63.0, 62.0), "draw": 1.0}
    ),
    Case("it", 6, "TT102", 2400, 2100, 20.0, 0.5, "it_kp", {"outdoor": -2.0, **WELL_CHARGED}, 1200),
    Case("dry-cooler", 6, "TT102", 2400, 2100, 90.0, 0.5, "dryc_kp", {"season": "autumn", **WELL_CHARGED}, 600),
)


def step(rig: HeatRig, case: Case) -> Response:
    """Bring the loop to rest, command the step, look."""
    if case.loop == "dry-cooler":
        rig.command("HP_MAX", 0, 3600)
    elif case.loop == "it":
        rig.run_up()
    rig.command("SET_SP", case.number, case.before, 0)
    rig.run(case.steady_s)
    assert rig.command("SET_SP", case.number, case.after, 0).result == layout.RES_DONE
    return respond(
        lambda: rig.true(case.tag),
        lambda: rig.now,
        lambda: rig.run(LAPSE_MS / 1000.0),
        goal=case.after / case.scale,
        seconds=case.follow_s or max(60.0, 5.0 * case.tau_s),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.loop)
def test_ht7_a_step_is_followed_without_much_beyond(make_heat: MakeHeat, case: Case) -> None:
    rig = make_heat(lapse_ms=LAPSE_MS, **case.options)
    seen = step(rig, case)
    told = f"{case.loop}: {100 * seen.overshoot:.1f} % beyond, settled after {seen.settled_s(case.band):.0f} s"
    print(told, seen.start, seen.values[-1])
    assert abs(seen.goal - seen.start) > 2 * case.band, "a step"
    assert seen.overshoot <= OVERSHOOT, told
    assert seen.settled_s(case.band) <= 3.0 * case.tau_s, told
    assert seen.swings(case.band) == 0


def test_ht7_the_outlet_and_the_charge_follow_a_warmer_store(make_heat: MakeHeat) -> None:
    """Cascade: the outlet asked for rises by 1 K a minute, P401 holds the condenser at it, just below."""
    rig = make_heat(lapse_ms=LAPSE_MS, season="spring", store=(52.0, 50.0, 48.0, 46.0), hp_pumps_s=10)
    rig.run_up()
    rig.until(lambda: rig.district.p401_y, within_s=3000)
    rig.run(900)
    before = rig.value("L3.SP")
    assert before is not None
    assert rig.command("SET_SP", 4, 6400, 0).result == layout.RES_DONE
    seen = respond(
        lambda: rig.true("TT204"), lambda: rig.now, lambda: rig.run(LAPSE_MS / 1000.0), goal=64.0, seconds=300.0
    )
    print(seen.overshoot, seen.settled_s(0.6), seen.start, seen.values[-1])
    assert seen.overshoot <= OVERSHOOT
    assert seen.settled_s(0.6) <= 120.0 + 3 * 15.0, "the ramp, and three time constants of the charge"
    assert seen.swings(0.6) == 0
    assert rig.value("L3.SP") == 6400


@pytest.fixture
def make_direct(tmp_path: Path) -> Any:
    """Make plants whose board is the same firmware under CPython."""
    made: list[HeatRig] = []

    def make(**options: Any) -> HeatRig:
        made.append(HeatRig(tmp_path / str(len(made)), runtime="host", lapse_ms=LAPSE_MS, **options))
        return made[-1]

    yield make
    for rig in made:
        rig.close()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.loop)
def test_ht7_nothing_swings_with_gain_and_lag_off_by_30_percent(
    make_direct: Callable[..., HeatRig], case: Case
) -> None:
    """A plant of another gain is a loop of another gain: it is set at the controller."""
    nominal = next(row[2] for row in program_table("heat_loop").PARAMS if row[0] == case.gain)
    for gain, lag in product(OFF, OFF):
        rig = make_direct(**case.options, **{case.gain: round(nominal * gain)})
        _lag(rig, case.loop, lag)
        rig.start()
        seen = step(rig, case)
        told = f"{case.loop} with gain {gain} and lag {lag}: {seen.overshoot:.2f}, {seen.settled_s(case.band):.0f} s"
        print(told)
        assert seen.swings(case.band) <= 1, told
        late = Response(seen.start, seen.goal, seen.times[-20:], seen.values[-20:])
        assert late.settled_s(2 * case.band) == 0.0, told
