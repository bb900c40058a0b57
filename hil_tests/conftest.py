"""The rigs: ``--rig unix`` (real MicroPython, the default), ``--rig host`` (same firmware under CPython), or both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from hil_tests.demo_run import DemoRun
from hil_tests.energy_rig import EnergyRig
from hil_tests.heat_rig import HeatRig
from hil_tests.lane_rig import LaneRig
from hil_tests.one_board import RUNTIMES
from hil_tests.waste_rig import WasteRig

AnyRig = TypeVar("AnyRig", LaneRig, WasteRig, EnergyRig, HeatRig)
MakeRig = Callable[..., LaneRig]
MakeWaste = Callable[..., WasteRig]
MakeEnergy = Callable[..., EnergyRig]
MakeHeat = Callable[..., HeatRig]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rig",
        action="append",
        choices=RUNTIMES,
        help="what runs the firmware: unix (MicroPython processes, the default) or host (CPython); may be repeated",
    )
    parser.addoption("--trips", type=int, default=1000, help="vehicles of PK2 and PK9 (10000 for the whole test)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "runtime" in metafunc.fixturenames:
        metafunc.parametrize("runtime", metafunc.config.getoption("--rig") or ["unix"], scope="session")


def made_rigs(kind: type[AnyRig], folder: Path, runtime: str) -> Iterator[Callable[..., AnyRig]]:
    """Make rigs of a kind, powered up unless said otherwise; off at the end, and what they know is told."""
    made: list[AnyRig] = []

    def make(*, power: bool = True, **options: Any) -> AnyRig:
        rig = kind(folder / f"{kind.__name__}{len(made)}", runtime=runtime, **options)
        made.append(rig)
        if power:
            rig.start()
        return rig

    yield make
    for rig in made:
        rig.close()
        print(rig.logbook())
        for board in rig.boards.values():
            print(board.runner.console())


@pytest.fixture
def make_rig(runtime: str, tmp_path: Path) -> Iterator[MakeRig]:
    """Make lanes with the parameters of `LaneRig`."""
    yield from made_rigs(LaneRig, tmp_path, runtime)


@pytest.fixture
def rig(make_rig: MakeRig) -> LaneRig:
    """An entry lane with its gateway, running."""
    return make_rig()


@pytest.fixture
def make_waste(runtime: str, tmp_path: Path) -> Iterator[MakeWaste]:
    """Make waste plants with the parameters of `WasteRig`."""
    yield from made_rigs(WasteRig, tmp_path, runtime)


@pytest.fixture
def make_energy(runtime: str, tmp_path: Path) -> Iterator[MakeEnergy]:
    """Make energy plants with the parameters of `EnergyRig`."""
    yield from made_rigs(EnergyRig, tmp_path, runtime)


@pytest.fixture
def make_heat(runtime: str, tmp_path: Path) -> Iterator[MakeHeat]:
    """Make heat plants with the parameters of `HeatRig`."""
    yield from made_rigs(HeatRig, tmp_path, runtime)


@pytest.fixture
def demo_run() -> Iterator[list[DemoRun]]:
    """Runs put into the list are ended for certain."""
    runs: list[DemoRun] = []
    yield runs
    for run in runs:
        run.end()
