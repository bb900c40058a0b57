"""What follows when a signal of the heat plant is lost: the table is walked, row by row."""

from __future__ import annotations

from collections.abc import Callable

from edge_gateway.control.energy.signals import Heat
from edge_gateway.control.heat.image import Machine
from edge_gateway.control.heat.lost import TABLE
from protocols.sheets import load
from tests.edge_gateway.control.heat.harness import Bench, image, power


def _outdoor() -> bool:
    bench = Bench()
    bench.run(2, image(outdoor=0.0))
    bench.run(60, image(outdoor=None))
    return bench.value("heating") == 46.2 or bench.value("heating") == 46.3


def _supply() -> bool:
    bench = Bench()
    bench.run(11 * 60, image(running=3, supply=38.0))
    stood = bench.value("eh1")
    bench.run(1, image(running=3, supply=None))
    return stood == 50.0 and bench.value("eh1") == 0.0


def _source() -> bool:
    bench = Bench(minute=0)
    bench.run(1, image(it_out=None))
    return bench.value("fans") == 100.0


def _demand() -> bool:
    bench = Bench()
    bench.run(900, image(it_heat=None))
    silent = bench.heat.lost
    bench.run(900, image(it_heat=None, source_lost=("IT_STALE",)))
    return not silent and "IT_STALE" in bench.heat.lost


def _season() -> bool:
    bench = Bench()
    bench.run(1, image(season=None))
    return bench.value("heating") == 42.5


def _phase() -> bool:
    return not Machine(None).runs


def _heater() -> bool:
    bench = Bench()
    bench.run(300, image(power=power(Heat.SURPLUS, 400.0), eh1=None))
    return bench.value("eh1") == 0.0


def _power() -> bool:
    bench = Bench()
    bench.run(300, image(power=power(Heat.NO_POWER_TO_HEAT, None)))
    return (bench.value("eh1"), bench.value("machines"), bench.value("charge")) == (0.0, 3, 62.0)


def _board() -> bool:
    bench = Bench()
    bench.run(1, image())
    bench.run(1, image(heard=False))
    return bench.heat.dispatched is None


FOLLOWS: dict[str, Callable[[], bool]] = {
    "TT50": _outdoor,
    "L1.PV": _supply,
    "TT101": _source,
    "IT.REQ": _demand,
    "SEASON": _season,
    "HP.PHASE": _phase,
    "EH1.KW": _heater,
    "power plant": _power,
    "board": _board,
}
ELSEWHERE = {"HP.KW", "KEY.DIS"}
"""Shown, or refused by the local API: tests/edge_gateway/core/test_heat.py."""


def test_every_row_holds() -> None:
    assert {row.signal for row in TABLE} == {*FOLLOWS, *ELSEWHERE}
    assert not [signal for signal, holds in FOLLOWS.items() if not holds()]


def test_every_row_is_a_point_of_the_board_or_a_partner() -> None:
    points = {point.name.replace("HP1.", "HP.") for point in load("heat_loop").points}
    assert not [row.signal for row in TABLE if row.signal not in points | {"power plant", "board"}]
